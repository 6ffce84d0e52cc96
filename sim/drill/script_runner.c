/*
 * The interpreter: turns to one event after the other. What a packet's, call's or block's turn is stands in
 * run_packets.c, run_calls.c and run_code.c; here are the times, the order, and the end.
 */
#include "drill/call_names.h"
#include "drill/runner_private.h"

/* Scripts begin at a multiple of this, which is one of every kernel's tick: its timers are as exact as that,
 * and its stack's clock begins as far from one as can be. */
#define START_STEP (20 * MILLISECOND)

/* What the script says is not in question. */
static bool fail_without_means(Runner *runner, const GError *error)
{
        g_free(g_steal_pointer(&runner->result->message));
        runner_fail(runner, (struct script_place){ 0, 0 }, "%s", error->message);
        runner->result->verdict = SCRIPT_NO_MEANS;
        return false;
}

/* ---- Times ---- */

/* When relative times begin. Between two injected packets: when the first was due, so that a burst does not
 * drift. */
static time_ns relative_base(const Runner *runner, const struct script_event *event)
{
        const struct script_event *before = runner->previous;
        bool both_injected = before != NULL && before->kind == SCRIPT_PACKET &&
                             event->kind == SCRIPT_PACKET && before->packet.direction == SCRIPT_INJECTED &&
                             event->packet.direction == SCRIPT_INJECTED;
        return both_injected ? runner->previous_due : runner->turned_at;
}

/* Times beyond it are one: no sum of a script's overflows. Seventy years. */
#define LATEST_BASE (TIME_NEVER / 4)

static time_ns due_time(const Runner *runner, const struct script_event *event,
        const struct script_time *time, duration_ns offset)
{
        bool is_relative = time->form == SCRIPT_TIME_RELATIVE || time->form == SCRIPT_TIME_RELATIVE_RANGE;
        time_ns base = is_relative ? relative_base(runner, event) : runner->start;
        return offset + MIN(base, LATEST_BASE);
}

static void find_due(Runner *runner, const struct script_event *event)
{
        const struct script_time *time = &event->time;
        struct due *due = &runner->due;
        due->is_any = time->form == SCRIPT_TIME_ANY;
        due->from = due_time(runner, event, time, time->from);
        due->to = due_time(runner, event, time, time->to);
        if (due->is_any)
                due->from = due->to = runner->turned_at;
        due->tolerance = runner_tolerance(runner, due->from - runner->previous_due);
}

/* ---- One event ---- */

static bool run_event(Runner *runner, const struct script_event *event)
{
        switch (event->kind) {
        case SCRIPT_PACKET:
                return event->packet.direction == SCRIPT_INJECTED ? runner_inject(runner, event)
                                                                  : runner_expect(runner, event);
        case SCRIPT_CALL:
                return runner_call(runner, event);
        case SCRIPT_COMMAND:
                if (!runner_wait_for_due(runner, event))
                        return false;
                runner_log(runner, runner->due.from, "`", event->command);
                return runner_command(runner, event->command, event->place);
        case SCRIPT_CODE:
                return runner_wait_for_due(runner, event) && runner_code(runner, event);
        }
        g_assert_not_reached();
}

static bool turn_to(Runner *runner, const struct script_event *event)
{
        runner->turned_at = runner->ops->now(runner->stack);
        if (!runner_check_pending(runner, false))
                return false;
        find_due(runner, event);
        time_ns due = runner->due.from;
        bool is_any = runner->due.is_any;
        if (!run_event(runner, event))
                return false;
        runner->previous = event;
        runner->previous_due = is_any ? runner->ops->now(runner->stack) : due;
        return true;
}

static bool run_events(Runner *runner)
{
        for (guint i = 0; i < runner->script->events->len; i++) {
                if (!turn_to(runner, runner->script->events->pdata[i]))
                        return false;
        }
        return runner_check_pending(runner, true) && runner_look_for_extras(runner);
}

/* ---- From beginning to end ---- */

static void make_context(Runner *runner)
{
        const struct script_settings *settings = &runner->settings;
        const struct endpoint local = { settings->local, settings->bind_port };
        const struct endpoint remote = { settings->remote, settings->connect_port };
        conversation_init(&runner->conversation, &local, &remote);
        runner->conversation.extrapolates_echoes = settings->timestamp_echo_scaled;
        runner->calls = (struct call_context){ .sockets = runner->ops->sockets,
                .tolerance = runner->settings.tolerance,
                .conversation = &runner->conversation,
                .fds = g_hash_table_new(NULL, NULL),
                .domain = settings->ip_version == SCRIPT_IPV4 ? AF_INET : AF_INET6,
                .local = local,
                .remote = remote };
        runner->names = code_names_new();
        run_commands_init(&runner->commands, runner->script);
}

static bool open_stack(Runner *runner)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(Sysctls) profile = sysctls_new_profile();
        const struct stack_config config = { .local = runner->settings.local,
                .remote = runner->settings.remote,
                .prefix = runner->settings.prefix,
                .mtu = runner->settings.mtu,
                .merge_size = runner->settings.merge_size,
                .sysctls = profile,
                .adjust = runner->rules->adjust,
                .adjust_data = runner->rules->adjust_data,
                .patience = runner->rules->patience,
                .trace_file = runner->rules->trace_file,
                .name = runner->script->name };
        runner->stack = runner->ops->open(&config, &error);
        if (runner->stack != NULL)
                return true;
        return fail_without_means(runner, error);
}

static bool run_init(Runner *runner)
{
        const struct script *script = runner->script;
        if (script->init_command != NULL && !runner_command(runner, script->init_command, script->init_place))
                return false;
        time_ns start = (runner->ops->now(runner->stack) + START_STEP - 1) / START_STEP * START_STEP;
        runner->ops->wait_until(runner->stack, start);
        runner->start = runner->turned_at = runner->previous_due = start;
        runner->calls.clock_origin = runner->ops->clock_origin(runner->stack) + start;
        return true;
}

static void run_cleanup(Runner *runner)
{
        const struct script *script = runner->script;
        if (script->cleanup_command == NULL)
                return;
        bool was_passing = runner->result->verdict == SCRIPT_PASSED;
        if (was_passing)
                runner_command(runner, script->cleanup_command, script->cleanup_place);
}

static void run_on_stack(Runner *runner)
{
        g_autoptr(GError) error = NULL;
        if (!open_stack(runner))
                return;
        make_context(runner);
        if (run_init(runner)) {
                run_events(runner);
                run_cleanup(runner);
                if (runner->result->verdict != SCRIPT_PASSED)
                        runner_log_rest(runner);
        }
        runner->result->simulated = runner->ops->now(runner->stack) - runner->start;
        runner_forget_packets(runner);
        if (!runner->ops->close(runner->stack, &error))
                fail_without_means(runner, error);
        runner_forget_pending(runner);
        conversation_clear(&runner->conversation);
        g_hash_table_destroy(runner->calls.fds);
        code_names_free(runner->names);
        run_commands_clear(&runner->commands);
}

void script_run(const struct script *script, const struct run_rules *rules, struct script_result *result)
{
        g_autoptr(GError) error = NULL;
        *result = (struct script_result){ .verdict = SCRIPT_PASSED,
                .exchange = g_ptr_array_new_with_free_func(g_free),
                .warnings = g_ptr_array_new_with_free_func(g_free) };
        Runner runner = { .script = script, .rules = rules, .ops = rules->stack, .result = result };
        g_queue_init(&runner.waiting);
        g_queue_init(&runner.passed_over);
        if (!script_settings_read(script, rules->options, &runner.settings, &error)) {
                runner_fail_with(&runner, (struct script_place){ 1, 1 }, error);
                return;
        }
        if (!call_names_check(script, &error)) {
                runner_fail_with(&runner, (struct script_place){ 1, 1 }, error);
                return;
        }
        if (runner.settings.wants_init_scripts)
                runner_warn(&runner, (struct script_place){ 1, 1 },
                        "--init_scripts: not run, nothing is executed");
        if (runner.settings.dry_run)
                return;
        if (!runner_open_pcap(&runner, &error)) {
                fail_without_means(&runner, error);
                return;
        }
        run_on_stack(&runner);
        if (!runner_close_pcap(&runner, &error))
                fail_without_means(&runner, error);
}

void script_result_clear(struct script_result *result)
{
        g_free(result->message);
        g_free(result->expected);
        g_free(result->seen);
        g_ptr_array_unref(result->exchange);
        g_ptr_array_unref(result->warnings);
}
