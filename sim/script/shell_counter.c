/*
 * nstat of iproute2, alone or with greps behind it.
 */
#include "script/shell_counter.h"

#include <string.h>

struct nstat_options {
        bool is_silent;   /* -n: only a mark */
        bool is_absolute; /* -a */
        bool shows_zero;  /* -z */
        bool keeps_mark;  /* -s */
        const char *name; /* the last argument; NULL: all counters */
};

void shell_filter_free(struct shell_filter *filter)
{
        g_regex_unref(filter->regex);
        g_free(filter);
}

/* ---- nstat ---- */

static bool read_flags(const char *flags, struct nstat_options *options)
{
        static const char *const long_names[] = { "--noupdate", "--absolute", "--zeros", "--ignore",
                "--nooutput", "--reset" };
        static const char letters[] = "saz-nr";
        for (size_t i = 0; i < G_N_ELEMENTS(long_names); i++)
                if (strcmp(flags, long_names[i]) == 0)
                        return letters[i] == '-' ||
                               read_flags((const char[]){ '-', letters[i], '\0' }, options);
        for (const char *letter = flags + 1; *letter != '\0'; letter++) {
                if (strchr("nazsr", *letter) == NULL)
                        return false;
                options->is_silent |= *letter == 'n';
                options->is_absolute |= *letter == 'a' || *letter == 'r';
                options->shows_zero |= *letter == 'z';
                options->keeps_mark |= *letter == 's';
        }
        return true;
}

static bool read_options(const struct shell_command *command, struct nstat_options *options)
{
        for (unsigned i = 1; i < shell_word_count(command); i++) {
                const char *word = command->words->pdata[i];
                if (*word != '-')
                        options->name = word;
                else if (!read_flags(word, options))
                        return false;
        }
        return true;
}

/* ---- grep ---- */

/* A basic regular expression as an extended one: what is special stands behind a backslash. */
static char *extended(const char *basic)
{
        static const char swapped[] = "+?|(){}";
        g_autoptr(GString) text = g_string_new(NULL);
        for (; *basic != '\0'; basic++) {
                if (*basic == '\\' && basic[1] != '\0') {
                        basic++;
                        g_string_append_printf(text, strchr(swapped, *basic) ? "%c" : "\\%c", *basic);
                } else {
                        g_string_append_printf(text, strchr(swapped, *basic) ? "\\%c" : "%c", *basic);
                }
        }
        return g_string_free(g_steal_pointer(&text), FALSE);
}

struct grep_options {
        bool is_extended;
        bool is_fixed;
        bool is_inverted;
        bool is_word;
        bool ignores_case;
        const char *pattern;
};

static bool read_grep_flags(const char *word, struct grep_options *options)
{
        for (const char *letter = word + 1; *letter != '\0'; letter++) {
                if (strchr("qEFviwsec", *letter) == NULL)
                        return false;
                options->is_extended |= *letter == 'E';
                options->is_fixed |= *letter == 'F';
                options->is_inverted |= *letter == 'v';
                options->is_word |= *letter == 'w';
                options->ignores_case |= *letter == 'i';
        }
        return true;
}

static bool read_grep(const struct shell_command *command, struct grep_options *options)
{
        static const char *const greps[] = { "grep", "egrep", "fgrep", NULL };
        const char *name = shell_word_count(command) > 0 ? command->words->pdata[0] : "";
        if (!g_strv_contains(greps, name) || command->is_negated)
                return false;
        *options = (struct grep_options){ .is_extended = *name == 'e', .is_fixed = *name == 'f' };
        for (unsigned i = 1; i < shell_word_count(command); i++) {
                const char *word = command->words->pdata[i];
                if (*word == '-' && options->pattern == NULL && word[1] != '\0') {
                        if (!read_grep_flags(word, options))
                                return false;
                } else if (options->pattern != NULL) {
                        return false;
                } else {
                        options->pattern = word;
                }
        }
        return options->pattern != NULL;
}

static struct shell_filter *filter_new(const struct grep_options *options)
{
        g_autofree char *pattern = options->is_fixed      ? g_regex_escape_string(options->pattern, -1)
                                   : options->is_extended ? g_strdup(options->pattern)
                                                          : extended(options->pattern);
        g_autofree char *whole = g_strdup_printf(options->is_word ? "\\b(?:%s)\\b" : "%s", pattern);
        GRegex *regex = g_regex_new(whole, options->ignores_case ? G_REGEX_CASELESS : 0, 0, NULL);
        if (regex == NULL)
                return NULL;
        struct shell_filter *filter = g_new0(struct shell_filter, 1);
        filter->regex = regex;
        filter->is_inverted = options->is_inverted;
        return filter;
}

/* ---- The pipeline ---- */

/* "TcpExtBeyondWindow" of "^TcpExtBeyondWindow .* 1 ", and of "BeyondWindow": a name without a group is
 * TcpExt's. */
static char *name_in(const char *pattern)
{
        pattern += *pattern == '^';
        size_t size = strspn(pattern, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_");
        if (size < 3 || (pattern[size] != '\0' && strchr("*+?|[(", pattern[size]) != NULL))
                return NULL;
        static const char *const groups[] = { "Tcp", "Ip", "Udp", "Icmp", "MPTcp" };
        g_autofree char *name = g_strndup(pattern, size);
        for (size_t i = 0; i < G_N_ELEMENTS(groups); i++)
                if (g_str_has_prefix(name, groups[i]))
                        return g_steal_pointer(&name);
        return g_strconcat("TcpExt", name, NULL);
}

static bool read_filters(struct shell_command *const *commands, unsigned count, struct nstat_options *nstat,
        struct shell_action *action)
{
        g_autoptr(GPtrArray) filters = g_ptr_array_new_with_free_func((GDestroyNotify)shell_filter_free);
        g_autofree char *name = nstat->name ? name_in(nstat->name) : NULL;
        for (unsigned i = 1; i < count; i++) {
                struct grep_options options;
                struct shell_filter *filter = read_grep(commands[i], &options) ? filter_new(&options) : NULL;
                if (filter == NULL)
                        return false;
                g_ptr_array_add(filters, filter);
                if (name == NULL && !filter->is_inverted)
                        name = name_in(options.pattern);
        }
        if (name == NULL)
                return false;
        action->kind = SHELL_COUNTER;
        action->name = g_steal_pointer(&name);
        action->filters = g_steal_pointer(&filters);
        action->is_absolute = nstat->is_absolute;
        action->shows_zero = nstat->shows_zero;
        action->marks = !nstat->keeps_mark;
        return true;
}

bool shell_read_nstat(struct shell_command *const *commands, unsigned count, struct shell_action *action)
{
        struct nstat_options options = { .name = NULL };
        if (!read_options(commands[0], &options))
                return false;
        if (count > 1)
                return read_filters(commands, count, &options, action);
        action->kind = options.keeps_mark ? SHELL_NOTHING : SHELL_COUNTERS_MARK;
        return true;
}

/* As nstat prints it. */
bool shell_counter_holds(const struct shell_action *action, int64_t value)
{
        g_autofree char *line =
                g_strdup_printf("%-32s%-16" G_GINT64_FORMAT "%6.1f", action->name, (gint64)value, 0.0);
        bool passes = value != 0 || action->shows_zero;
        for (unsigned i = 0; passes && i < action->filters->len; i++) {
                const struct shell_filter *filter = action->filters->pdata[i];
                passes = g_regex_match(filter->regex, line, 0, NULL) != filter->is_inverted;
        }
        return passes;
}
