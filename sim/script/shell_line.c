/*
 * What the commands of a shell text mean to a stack.
 */
#include "script/shell_line.h"

#include <string.h>
#include "script/shell_counter.h"
#include "script/shell_words.h"

#define MTU_MAX          65535
#define TUN_QUEUE_LENGTH 500 /* packets */

/* ---- Actions ---- */

static void action_free(struct shell_action *action)
{
        g_free(action->text);
        g_free(action->name);
        g_free(action->value);
        g_clear_pointer(&action->filters, g_ptr_array_unref);
        g_free(action);
}

static struct shell_action *action_add(
        GPtrArray *actions, enum shell_action_kind kind, const struct shell_command *command)
{
        struct shell_action *action = g_new0(struct shell_action, 1);
        action->kind = kind;
        action->text = g_strdup(command->text);
        action->is_negated = command->is_negated;
        g_ptr_array_add(actions, action);
        return action;
}

/* A number from 0 to `most`; -1: it is none. */
static int64_t read_number(const char *word, int64_t most)
{
        guint64 value;
        return word != NULL && g_ascii_string_to_unsigned(word, 10, 0, (guint64)most, &value, NULL)
                       ? (int64_t)value
                       : -1;
}

/* The word behind `word`, NULL: there is none. */
static const char *word_after(const struct shell_command *command, const char *word)
{
        for (unsigned i = 0; i < shell_word_count(command); i++)
                if (strcmp(command->words->pdata[i], word) == 0)
                        return command->words->pdata[i + 1];
        return NULL;
}

static bool has_word(const struct shell_command *command, unsigned index, const char *word)
{
        return index < shell_word_count(command) && strcmp(command->words->pdata[index], word) == 0;
}

/* ---- Commands: false means "not understood" ---- */

static bool add_sysctl(
        GPtrArray *actions, const struct shell_command *command, const char *assignment, bool is_saved)
{
        const char *equals = strchr(assignment, '=');
        if (equals == NULL || equals == assignment)
                return false;
        g_autofree char *written = g_strndup(assignment, (gsize)(equals - assignment));
        struct shell_action *action = action_add(actions, SHELL_SYSCTL, command);
        action->name = sysctl_name(g_strstrip(written));
        action->value = g_strstrip(g_strdup(equals + 1));
        action->is_saved = is_saved;
        return true;
}

/* sysctl [-q] [-w] NAME=VALUE...; without a value it only shows. */
static bool read_sysctl(const struct shell_command *command, GPtrArray *actions)
{
        bool shows = false;
        for (unsigned i = 1; i < shell_word_count(command); i++) {
                const char *word = command->words->pdata[i];
                if (*word == '-' && strspn(word + 1, "qwenN") != strlen(word + 1))
                        return false;
                shows |= *word != '-' && strchr(word, '=') == NULL;
                if (*word != '-' && strchr(word, '=') != NULL && !add_sysctl(actions, command, word, false))
                        return false;
        }
        if (shows)
                action_add(actions, SHELL_NOTHING, command);
        return shell_word_count(command) > 1;
}

static bool read_set_sysctls(const struct shell_command *command, GPtrArray *actions)
{
        for (unsigned i = 1; i < shell_word_count(command); i++)
                if (!add_sysctl(actions, command, command->words->pdata[i], true))
                        return false;
        return shell_word_count(command) > 1;
}

static bool read_defaults(const struct shell_command *command, GPtrArray *actions)
{
        action_add(actions, SHELL_PROFILE, command);
        return true;
}

static bool read_restore(const struct shell_command *command, GPtrArray *actions)
{
        action_add(actions, SHELL_RESTORE, command);
        return true;
}

static bool read_true(const struct shell_command *command, GPtrArray *actions)
{
        action_add(actions, SHELL_NOTHING, command);
        return true;
}

static bool read_false(const struct shell_command *command, GPtrArray *actions)
{
        action_add(actions, SHELL_FALSE, command);
        return true;
}

/* exit [N] */
static bool read_exit(const struct shell_command *command, GPtrArray *actions)
{
        int64_t status = shell_word_count(command) == 2 ? read_number(command->words->pdata[1], 255) : -1;
        if (shell_word_count(command) > 1 && status < 0)
                return false;
        action_add(actions, SHELL_EXIT, command)->number = status;
        return true;
}

static bool add_mtu(GPtrArray *actions, const struct shell_command *command)
{
        int64_t mtu = read_number(word_after(command, "mtu"), MTU_MAX);
        if (mtu < 0)
                return false;
        action_add(actions, SHELL_MTU, command)->number = mtu;
        return true;
}

/* ip link set [dev] tun0 mtu N; ip tcp_metrics flush all */
static bool read_ip(const struct shell_command *command, GPtrArray *actions)
{
        bool is_metrics = has_word(command, 1, "tcp_metrics") || has_word(command, 1, "tcpmetrics");
        if (is_metrics && (has_word(command, 2, "flush") || has_word(command, 2, "show")))
                return read_true(command, actions);
        return has_word(command, 1, "link") && has_word(command, 2, "set") &&
               shell_word_count(command) <= 7 && add_mtu(actions, command);
}

static bool read_ifconfig(const struct shell_command *command, GPtrArray *actions)
{
        return has_word(command, 2, "mtu") && shell_word_count(command) == 4 && add_mtu(actions, command);
}

/* tc qdisc replace dev tun0 root pfifo [limit N]; without one it is the device's queue length (tun.c). */
static bool read_tc(const struct shell_command *command, GPtrArray *actions)
{
        static const char *const queues[] = { "pfifo", "pfifo_fast", "noqueue", NULL };
        const char *dev = word_after(command, "dev");
        const char *queue = word_after(command, "root");
        if (!has_word(command, 1, "qdisc") || dev == NULL)
                return false;
        if (has_word(command, 2, "show") || has_word(command, 2, "del"))
                return read_true(command, actions);
        if (queue == NULL || !g_strv_contains(queues, queue))
                return false;
        const char *limit = word_after(command, "limit");
        int64_t packets = limit != NULL ? read_number(limit, INT32_MAX) : TUN_QUEUE_LENGTH;
        if (packets < 0)
                return false;
        action_add(actions, SHELL_QUEUE_LIMIT, command)->number = packets;
        return true;
}

/* echo VALUE > /proc/sys/net/ipv4/NAME */
static bool read_echo(const struct shell_command *command, GPtrArray *actions)
{
        unsigned first = has_word(command, 1, "-n") ? 2 : 1;
        if (command->output == NULL)
                return read_true(command, actions);
        if (!g_str_has_prefix(command->output, "/proc/sys/"))
                return false;
        g_autofree char *value =
                g_strjoinv(" ", (char **)command->words->pdata + MIN(first, shell_word_count(command)));
        g_autofree char *assignment = g_strconcat(command->output, "=", value, NULL);
        return add_sysctl(actions, command, assignment, false);
}

/* sleep 1.5 */
static bool read_sleep(const struct shell_command *command, GPtrArray *actions)
{
        if (shell_word_count(command) != 2)
                return false;
        g_auto(GStrv) parts = g_strsplit(command->words->pdata[1], ".", 2);
        int64_t seconds = read_number(parts[0], 1000000);
        g_autofree char *decimals = g_strdup_printf("%.9s", parts[0] && parts[1] ? parts[1] : "0");
        int64_t fraction = read_number(decimals, SECOND);
        if (seconds < 0 || fraction < 0)
                return false;
        for (size_t i = strlen(decimals); i < 9; i++)
                fraction *= 10;
        action_add(actions, SHELL_SLEEP, command)->number = seconds * SECOND + fraction;
        return true;
}

static const struct {
        const char *name; /* without directories */
        bool (*read)(const struct shell_command *command, GPtrArray *actions);
} commands[] = {
        { "sysctl", read_sysctl },
        { "set_sysctls.py", read_set_sysctls },
        { "defaults.sh", read_defaults },
        { "sysctl_restore", read_restore },
        { "ip", read_ip },
        { "ifconfig", read_ifconfig },
        { "tc", read_tc },
        { "echo", read_echo },
        { "sleep", read_sleep },
        { "cat", read_true },
        { "true", read_true },
        { ":", read_true },
        { "set", read_true },
        { "false", read_false },
        { "exit", read_exit },
};

static bool is_named(const char *word, const char *name)
{
        const char *slash = strrchr(word, '/');
        const char *base = slash ? slash + 1 : word;
        if (strcmp(name, "sysctl_restore") == 0)
                return g_str_has_prefix(base, name);
        return strcmp(base, name) == 0;
}

/* ---- Pipelines and lists ---- */

static void read_single(const struct shell_command *command, GPtrArray *actions)
{
        const char *word = command->words->pdata[0];
        unsigned before = actions->len;
        if (word == NULL)
                return;
        for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
                if (!is_named(word, commands[i].name))
                        continue;
                if (commands[i].read(command, actions))
                        return;
                break;
        }
        g_ptr_array_set_size(actions, (int)before);
        action_add(actions, SHELL_NOT_CHECKED, command);
}

static char *pipeline_text(struct shell_command *const *commands, unsigned count)
{
        g_autoptr(GString) text = g_string_new(commands[0]->text);
        for (unsigned i = 1; i < count; i++)
                g_string_append_printf(text, " | %s", commands[i]->text);
        return g_string_free(g_steal_pointer(&text), FALSE);
}

/* `count` commands with pipes between them. */
static void read_pipeline(struct shell_command *const *commands, unsigned count, GPtrArray *actions)
{
        const char *word = commands[0]->words->pdata[0];
        bool is_nstat = word != NULL && is_named(word, "nstat");
        if (count == 1 && !is_nstat) {
                read_single(commands[0], actions);
                return;
        }
        struct shell_action *action = action_add(actions, SHELL_NOT_CHECKED, commands[0]);
        g_free(action->text);
        action->text = pipeline_text(commands, count);
        if (is_nstat)
                shell_read_nstat(commands, count, action);
}

/* The actions of one pipeline, behind what separates it from the one before. */
static void set_when(GPtrArray *actions, unsigned from, enum shell_separator before)
{
        for (unsigned i = from; i < actions->len; i++) {
                struct shell_action *action = actions->pdata[i];
                action->when = i > from              ? SHELL_WITH_PREVIOUS
                               : before == SHELL_AND ? SHELL_IF_SUCCESS
                               : before == SHELL_OR  ? SHELL_IF_FAILURE
                                                     : SHELL_ALWAYS;
        }
}

static void add_whole(GPtrArray *actions, const char *text)
{
        g_autofree char *copy = g_strdup(text);
        const struct shell_command whole = { .text = g_strstrip(copy) };
        action_add(actions, SHELL_NOT_CHECKED, &whole);
}

static enum shell_separator separator_after(const GPtrArray *split, unsigned index)
{
        const struct shell_command *command = split->pdata[index];
        return command->after;
}

char *sysctl_name(const char *written)
{
        static const char proc[] = "/proc/sys/";
        static const char ipv4[] = "net.ipv4.";
        bool is_path = g_str_has_prefix(written, proc);
        g_autofree char *name = g_strdup(is_path ? written + strlen(proc) : written);
        bool has_slashes = strchr(name, '/') != NULL && (is_path || strchr(name, '.') == NULL);
        if (has_slashes)
                g_strdelimit(name, "/", '.');
        bool is_short = g_str_has_prefix(name, ipv4) && strchr(name + strlen(ipv4), '.') == NULL;
        return g_strdup(is_short ? name + strlen(ipv4) : name);
}

GPtrArray *shell_line_read(const char *text)
{
        GPtrArray *actions = g_ptr_array_new_with_free_func((GDestroyNotify)action_free);
        g_autofree char *readable = g_utf8_make_valid(text, -1);
        g_autoptr(GPtrArray) split = shell_split(readable);
        if (split == NULL)
                add_whole(actions, readable);
        for (unsigned from = 0, to; split != NULL && from < split->len; from = to) {
                for (to = from + 1; to < split->len && separator_after(split, to - 1) == SHELL_PIPE; to++)
                        continue;
                unsigned before = actions->len;
                read_pipeline((struct shell_command *const *)split->pdata + from, to - from, actions);
                set_when(actions, before, from > 0 ? separator_after(split, from - 1) : SHELL_SEQUENCE);
        }
        return actions;
}
