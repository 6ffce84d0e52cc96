/*
 * A command's turn: what its text means to the stack is done; nothing is executed.
 */
#include "drill/runner_private.h"
#include "script/shell_line.h"

struct saved_sysctl {
        char *name;
        char *value;
};

static void free_saved(void *data)
{
        struct saved_sysctl *saved = data;
        g_free(saved->name);
        g_free(saved->value);
        g_free(saved);
}

/* A mark is of all counters: those that the script will ever look at. */
static void collect_counters(const char *text, GHashTable *marks)
{
        g_autoptr(GPtrArray) actions = shell_line_read(text);
        for (guint i = 0; i < actions->len; i++) {
                const struct shell_action *action = actions->pdata[i];
                if (action->kind == SHELL_COUNTER)
                        g_hash_table_insert(marks, g_strdup(action->name), NULL);
        }
}

void run_commands_init(struct run_commands *commands, const struct script *script)
{
        *commands = (struct run_commands){
                .sysctls = sysctls_new_profile(),
                .saved = g_ptr_array_new_with_free_func(free_saved),
                .marks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
        };
        for (guint i = 0; i < script->events->len; i++) {
                const struct script_event *event = script->events->pdata[i];
                if (event->kind == SCRIPT_COMMAND)
                        collect_counters(event->command, commands->marks);
        }
        if (script->cleanup_command != NULL)
                collect_counters(script->cleanup_command, commands->marks);
}

void run_commands_clear(struct run_commands *commands)
{
        sysctls_free(commands->sysctls);
        g_ptr_array_unref(commands->saved);
        g_hash_table_destroy(commands->marks);
}

/* ---- Settings ---- */

static void remember(Runner *runner, const char *name)
{
        const char *value = sysctls_get(runner->commands.sysctls, name);
        if (value == NULL)
                return;
        struct saved_sysctl *saved = g_new(struct saved_sysctl, 1);
        *saved = (struct saved_sysctl){ g_strdup(name), g_strdup(value) };
        g_ptr_array_add(runner->commands.saved, saved);
}

/* What follows would be another TCP's answers than the script asks for. */
static bool refuse_sysctl(Runner *runner, const char *name, const char *value, struct script_place place)
{
        g_autofree char *choices = sysctls_choices(name);
        runner_fail(runner, place, "%s = %s cannot be had from this TCP; it has %s", name, value, choices);
        if (!runner->rules->strict_sysctls)
                runner->result->verdict = SCRIPT_NOT_RUN;
        return false;
}

/* What it asks for may not matter to the script: a warning, unless the user wants none. */
static bool pass_over_sysctl(Runner *runner, const char *name, const char *value, struct script_place place)
{
        g_autofree char *choices = sysctls_choices(name);
        g_autofree char *text =
                choices == NULL ? g_strdup_printf("%s = %s means nothing to this TCP", name, value)
                                : g_strdup_printf("%s = %s means nothing to this TCP; it is as with %s", name,
                                          value, choices);
        if (runner->rules->strict_sysctls)
                return runner_fail(runner, place, "%s", text);
        runner_warn(runner, place, "%s", text);
        return true;
}

static bool put_sysctl(Runner *runner, const char *name, const char *value, struct script_place place)
{
        g_autoptr(GError) error = NULL;
        switch (sysctls_set(runner->commands.sysctls, name, value)) {
        case SYSCTL_BAD_VALUE:
                return runner_fail(runner, place, "%s cannot be \"%s\"", name, value);
        case SYSCTL_IMPOSSIBLE:
                if (runner->ops != &stack_simulated)
                        break;
                return refuse_sysctl(runner, name, value, place);
        case SYSCTL_UNKNOWN:
                if (runner->ops != &stack_simulated)
                        break; /* a kernel knows them all */
                if (!pass_over_sysctl(runner, name, value, place))
                        return false;
                break;
        case SYSCTL_APPLIED:
        case SYSCTL_ACCEPTED:
                break;
        }
        if (runner->ops->set_sysctl(runner->stack, name, value, &error))
                return true;
        if (error != NULL)
                return runner_fail_with(runner, place, error);
        runner_warn(runner, place, "the %s stack has no %s of its own", runner->ops->name, name);
        return true;
}

static bool set_sysctl(Runner *runner, const struct shell_action *action, struct script_place place)
{
        if (action->is_saved)
                remember(runner, action->name);
        return put_sysctl(runner, action->name, action->value, place);
}

static bool restore_sysctls(Runner *runner, struct script_place place)
{
        GPtrArray *saved = runner->commands.saved;
        while (saved->len > 0) {
                const struct saved_sysctl *last = saved->pdata[saved->len - 1];
                if (!put_sysctl(runner, last->name, last->value, place))
                        return false;
                g_ptr_array_remove_index(saved, saved->len - 1);
        }
        return true;
}

struct profile_setting {
        Runner *runner;
        struct script_place place;
        bool is_good;
};

static void set_from_profile(void *data, const char *name, const char *value)
{
        struct profile_setting *setting = data;
        setting->is_good = setting->is_good && put_sysctl(setting->runner, name, value, setting->place);
}

static bool set_profile(Runner *runner, struct script_place place)
{
        struct profile_setting setting = { runner, place, true };
        sysctls_foreach_profile(set_from_profile, &setting);
        return setting.is_good;
}

/* ---- The device ---- */

static bool set_mtu(Runner *runner, const struct shell_action *action, struct script_place place)
{
        g_autoptr(GError) error = NULL;
        return runner->ops->set_mtu(runner->stack, (uint32_t)action->number, &error) ||
               runner_fail_with(runner, place, error);
}

static bool set_queue_limit(Runner *runner, const struct shell_action *action, struct script_place place)
{
        g_autoptr(GError) error = NULL;
        if (runner->ops->set_queue_limit(runner->stack, (uint32_t)action->number, &error))
                return true;
        if (error != NULL)
                return runner_fail_with(runner, place, error);
        runner_warn(runner, place, "the %s stack's device takes no time to send, so nothing queues: %s",
                runner->ops->name, action->text);
        return true;
}

/* ---- Counters ---- */

static void mark_counters(Runner *runner)
{
        GHashTableIter iter;
        gpointer name;
        g_hash_table_iter_init(&iter, runner->commands.marks);
        while (g_hash_table_iter_next(&iter, &name, NULL)) {
                int64_t count = 0;
                runner->ops->counter(runner->stack, name, &count);
                g_hash_table_iter_replace(&iter, GSIZE_TO_POINTER((gsize)count));
        }
}

static int64_t mark_of(const Runner *runner, const char *name)
{
        return (int64_t)GPOINTER_TO_SIZE(g_hash_table_lookup(runner->commands.marks, name));
}

/* How a text's commands went so far. */
struct command_outcome {
        bool was_done;                      /* the last one that was met */
        const struct shell_action *failure; /* the last one that was done failed; NULL: it did not */
        int64_t count;                      /* what a counter stood at then */
};

static bool look_at_counter(Runner *runner, const struct shell_action *action, struct script_place place,
        struct command_outcome *outcome)
{
        int64_t count;
        if (!runner->ops->counter(runner->stack, action->name, &count)) {
                runner_warn(runner, place, "not checked, the counter %s is not kept here: %s", action->name,
                        action->text);
                return true;
        }
        int64_t since = action->is_absolute ? count : count - mark_of(runner, action->name);
        if (action->marks)
                mark_counters(runner);
        outcome->count = since;
        return shell_counter_holds(action, since) != action->is_negated;
}

static bool fail_as(Runner *runner, const struct command_outcome *outcome, struct script_place place)
{
        const struct shell_action *failure = outcome->failure;
        if (failure->kind != SHELL_COUNTER)
                return runner_fail(runner, place, "the command fails: %s", failure->text);
        runner->result->expected = g_strdup(failure->text);
        runner->result->seen = g_strdup_printf("%s %" G_GINT64_FORMAT, failure->name, outcome->count);
        return runner_fail(runner, place, "the counter is not what the command looks for");
}

/* ---- Commands ---- */

/* False: the run ends here. */
static bool change(Runner *runner, const struct shell_action *action, struct script_place place)
{
        switch (action->kind) {
        case SHELL_SYSCTL:
                return set_sysctl(runner, action, place);
        case SHELL_PROFILE:
                return set_profile(runner, place);
        case SHELL_RESTORE:
                return restore_sysctls(runner, place);
        case SHELL_MTU:
                return set_mtu(runner, action, place);
        case SHELL_QUEUE_LIMIT:
                return set_queue_limit(runner, action, place);
        case SHELL_COUNTERS_MARK:
                mark_counters(runner);
                return true;
        case SHELL_SLEEP:
                runner->ops->wait_until(runner->stack, runner->ops->now(runner->stack) + action->number);
                return true;
        case SHELL_NOT_CHECKED:
                runner_warn(runner, place, "not checked, nothing is executed: %s", action->text);
                return true;
        case SHELL_COUNTER:
        case SHELL_NOTHING:
        case SHELL_FALSE:
        case SHELL_EXIT:
                return true;
        }
        g_assert_not_reached();
}

/* Whether the shell would call it a success. What is not checked is one. */
static bool succeeds(Runner *runner, const struct shell_action *action, struct script_place place,
        struct command_outcome *outcome)
{
        if (action->kind == SHELL_COUNTER)
                return look_at_counter(runner, action, place, outcome);
        if (action->kind == SHELL_EXIT)
                return action->number == 0 || (action->number < 0 && outcome->failure == NULL);
        return action->kind == SHELL_NOT_CHECKED || (action->kind == SHELL_FALSE) == action->is_negated;
}

static bool is_its_turn(const struct shell_action *action, const struct command_outcome *outcome)
{
        switch (action->when) {
        case SHELL_ALWAYS:
                return true;
        case SHELL_IF_SUCCESS:
                return outcome->failure == NULL;
        case SHELL_IF_FAILURE:
                return outcome->failure != NULL;
        case SHELL_WITH_PREVIOUS:
                return outcome->was_done;
        }
        g_assert_not_reached();
}

bool runner_command(Runner *runner, const char *text, struct script_place place)
{
        g_autoptr(GPtrArray) actions = shell_line_read(text);
        struct command_outcome outcome = { .failure = NULL };
        for (guint i = 0; i < actions->len; i++) {
                const struct shell_action *action = actions->pdata[i];
                outcome.was_done = is_its_turn(action, &outcome);
                if (!outcome.was_done)
                        continue;
                if (!change(runner, action, place))
                        return false;
                outcome.failure = succeeds(runner, action, place, &outcome) ? NULL : action;
                if (action->kind == SHELL_EXIT)
                        break;
        }
        return outcome.failure == NULL || fail_as(runner, &outcome, place);
}
