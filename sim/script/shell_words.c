/*
 * A shell text as commands of words. POSIX sh, the part of it that scripts use.
 */
#include "script/shell_words.h"

#include <string.h>
#include "script/code_tree.h"

static const char *const unknown_words[] = { "if", "then", "else", "fi", "for", "while", "until", "do",
        "done", "case", "esac", "function", "{", "}", NULL };

struct splitter {
        const char *at;
        GPtrArray *commands;
        struct shell_command *command; /* being read; NULL: none yet */
        const char *begin;             /* of it */
};

static void command_free(struct shell_command *command)
{
        g_ptr_array_unref(command->words);
        g_free(command->text);
        g_free(command->output);
        g_free(command);
}

unsigned shell_word_count(const struct shell_command *command)
{
        return command->words->len - 1;
}

/* ---- Words ---- */

static bool no_names(void *data, const char *name, int64_t *value)
{
        (void)data;
        (void)name;
        (void)value;
        return false;
}

/* What stands between $(( and )); NULL: it is not understood. */
static char *compute(const char *expression)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) statements =
                code_parse("shell", expression, (struct script_place){ 1, 1 }, &error);
        if (statements == NULL || statements->len != 1)
                return NULL;
        const struct code_statement *statement = statements->pdata[0];
        if (statement->kind != CODE_EXPRESSION)
                return NULL;
        g_autoptr(GPtrArray) store = code_store_new();
        g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
        g_autoptr(GString) printed = g_string_new(NULL);
        struct code_scope scope = { .store = store, .names = names, .lookup = no_names, .printed = printed };
        g_autofree char *why = NULL;
        const struct code_value *value = code_evaluate(&scope, statement->condition, &why);
        return value != NULL ? code_text(value, false) : NULL;
}

/* At "$": arithmetic is computed, a variable stays as it is written, a command is not understood. */
static bool read_dollar(struct splitter *splitter, GString *word)
{
        if (!g_str_has_prefix(splitter->at, "$(")) {
                g_string_append_c(word, *splitter->at++);
                return true;
        }
        const char *end = g_str_has_prefix(splitter->at, "$((") ? strstr(splitter->at, "))") : NULL;
        if (end == NULL)
                return false;
        g_autofree char *expression = g_strndup(splitter->at + 3, (gsize)(end - splitter->at - 3));
        g_autofree char *result = compute(expression);
        if (result == NULL)
                return false;
        g_string_append(word, result);
        splitter->at = end + 2;
        return true;
}

static bool read_quoted(struct splitter *splitter, GString *word)
{
        char quote = *splitter->at++;
        while (*splitter->at != quote) {
                if (*splitter->at == '\0')
                        return false;
                if (quote == '"' && *splitter->at == '$') {
                        if (!read_dollar(splitter, word))
                                return false;
                        continue;
                }
                bool is_escaped =
                        quote == '"' && *splitter->at == '\\' && strchr("\"\\$`", splitter->at[1]) != NULL;
                splitter->at += is_escaped && splitter->at[1] != '\0';
                g_string_append_c(word, *splitter->at++);
        }
        splitter->at++;
        return true;
}

static bool read_word_part(struct splitter *splitter, GString *word)
{
        char c = *splitter->at;
        if (c == '"' || c == '\'')
                return read_quoted(splitter, word);
        if (c == '$')
                return read_dollar(splitter, word);
        splitter->at += c == '\\' && splitter->at[1] != '\0';
        g_string_append_c(word, *splitter->at++);
        return true;
}

/* NULL: not understood. */
static char *read_word(struct splitter *splitter)
{
        g_autoptr(GString) word = g_string_new(NULL);
        while (*splitter->at != '\0' && strchr(" \t\r\n;&|<>()", *splitter->at) == NULL)
                if (!read_word_part(splitter, word))
                        return NULL;
        return g_string_free(g_steal_pointer(&word), FALSE);
}

/* ---- Commands ---- */

static void begin_command(struct splitter *splitter)
{
        if (splitter->command != NULL)
                return;
        splitter->command = g_new0(struct shell_command, 1);
        splitter->command->words = g_ptr_array_new_with_free_func(g_free);
        splitter->begin = splitter->at;
        g_ptr_array_add(splitter->commands, splitter->command);
}

static void end_command(struct splitter *splitter, const char *end, enum shell_separator after)
{
        if (splitter->command == NULL)
                return;
        splitter->command->text = g_strstrip(g_strndup(splitter->begin, (gsize)(end - splitter->begin)));
        splitter->command->after = after;
        g_ptr_array_add(splitter->command->words, NULL);
        splitter->command = NULL;
}

/* "> FILE", "2>&1", "< FILE" */
static bool read_redirection(struct splitter *splitter)
{
        bool is_output = *splitter->at == '>';
        begin_command(splitter);
        splitter->at += strspn(splitter->at, "<>&");
        splitter->at += strspn(splitter->at, " \t");
        g_autofree char *target = read_word(splitter);
        if (target == NULL || *target == '\0' || !is_output)
                return false;
        if (strcmp(target, "1") == 0 || strcmp(target, "2") == 0)
                return true;
        g_free(splitter->command->output);
        splitter->command->output = g_steal_pointer(&target);
        return true;
}

static bool read_argument(struct splitter *splitter)
{
        begin_command(splitter);
        struct shell_command *command = splitter->command;
        bool is_descriptor = (*splitter->at == '1' || *splitter->at == '2') && splitter->at[1] == '>';
        if (is_descriptor) {
                g_autofree char *before = g_steal_pointer(&command->output);
                bool is_error = *splitter->at++ == '2';
                bool is_read = read_redirection(splitter);
                if (is_error) {
                        g_free(command->output);
                        command->output = g_steal_pointer(&before);
                }
                return is_read;
        }
        char *word = read_word(splitter);
        if (word == NULL)
                return false;
        bool is_first = command->words->len == 0;
        if (is_first && strcmp(word, "!") == 0) {
                command->is_negated = !command->is_negated;
                g_free(word);
                return true;
        }
        g_ptr_array_add(command->words, word);
        return !is_first || !g_strv_contains(unknown_words, word);
}

static bool read_separator(struct splitter *splitter)
{
        static const struct {
                const char *text;
                enum shell_separator separator;
        } separators[] = { { "&&", SHELL_AND }, { "||", SHELL_OR }, { "|", SHELL_PIPE },
                { ";", SHELL_SEQUENCE }, { "\n", SHELL_SEQUENCE } };
        for (size_t i = 0; i < G_N_ELEMENTS(separators); i++) {
                if (!g_str_has_prefix(splitter->at, separators[i].text))
                        continue;
                end_command(splitter, splitter->at, separators[i].separator);
                splitter->at += strlen(separators[i].text);
                return true;
        }
        return false;
}

static bool read_next(struct splitter *splitter)
{
        char c = *splitter->at;
        if (c == '#') {
                splitter->at += strcspn(splitter->at, "\n");
                return true;
        }
        if (c == '\\' && splitter->at[1] == '\n') {
                splitter->at += 2;
                return true;
        }
        if (c == ' ' || c == '\t' || c == '\r') {
                splitter->at++;
                return true;
        }
        if (g_str_has_prefix(splitter->at, "&>") || c == '>' || c == '<') {
                splitter->at += c == '&';
                return read_redirection(splitter);
        }
        if (strchr("()&`", c) != NULL && !g_str_has_prefix(splitter->at, "&&"))
                return false;
        return strchr(";&|\n", c) != NULL ? read_separator(splitter) : read_argument(splitter);
}

GPtrArray *shell_split(const char *text)
{
        struct splitter splitter = { .at = text,
                .commands = g_ptr_array_new_with_free_func((GDestroyNotify)command_free) };
        bool is_known = true;
        while (is_known && *splitter.at != '\0')
                is_known = read_next(&splitter);
        end_command(&splitter, splitter.at, SHELL_END);
        if (!is_known)
                g_clear_pointer(&splitter.commands, g_ptr_array_unref);
        return splitter.commands;
}
