/*
 * A call's turn: made at its time, and compared when it has returned.
 */
#include "drill/runner_private.h"

/* A plain call should return at once; one that waits, as poll() with a time does, holds up the script so
 * long. */
#define PLAIN_CALL_PATIENCE (10 * SECOND)
/* A call that comes while a blocking one is under way waits for it. */
#define BLOCKING_CALL_PATIENCE SECOND

static void log_call(Runner *runner, const ScriptCall *call, time_ns at)
{
        g_autoptr(GString) text = g_string_new(NULL);
        script_call_describe(call, text);
        runner_log(runner, at, " ", text->str);
}

static bool differ(
        Runner *runner, const struct script_event *event, const ScriptCall *call, const char *differences)
{
        if (!runner->settings.calls_are_fatal) {
                runner_warn(runner, event->place, "%s", differences);
                return true;
        }
        g_autoptr(GString) seen = g_string_new(NULL);
        script_call_describe(call, seen);
        runner->result->expected = g_strdup(event->text);
        runner->result->seen = g_string_free(g_steal_pointer(&seen), FALSE);
        return runner_fail(runner, event->place, "%s", differences);
}

static bool compare(Runner *runner, const struct script_event *event, ScriptCall *call)
{
        g_autoptr(GString) differences = g_string_new(NULL);
        script_call_check(call, differences);
        return differences->len == 0 || differ(runner, event, call, differences->str);
}

void runner_do(Runner *runner, void (*main)(Caller *caller, void *data), void *data)
{
        struct errand errand = { .main = main, .data = data };
        runner->ops->start(runner->stack, &errand);
        bool has_ended =
                runner->ops->finish(runner->stack, &errand, runner->ops->now(runner->stack) + SECOND);
        g_assert(has_ended);
}

/* ---- Blocking ---- */

void runner_forget_pending(Runner *runner)
{
        script_call_free(g_steal_pointer(&runner->pending.call));
        runner->pending.event = NULL;
}

static bool compare_pending(Runner *runner)
{
        struct pending_call *pending = &runner->pending;
        const struct script_event *event = g_steal_pointer(&pending->event);
        g_autoptr(ScriptCall) call = g_steal_pointer(&pending->call);
        log_call(runner, call, pending->errand.ended);
        if (!runner_is_in_time(&pending->end, pending->errand.ended)) {
                g_autoptr(GString) text = g_string_new("the call returned at");
                packet_text_time(pending->errand.ended - runner->start, text);
                g_string_append(text, ", and should at");
                packet_text_time(pending->end.from - runner->start, text);
                return differ(runner, event, call, text->str);
        }
        return compare(runner, event, call);
}

static bool wait_for_pending(Runner *runner, time_ns until)
{
        struct pending_call *pending = &runner->pending;
        if (pending->event == NULL)
                return true;
        if (!runner->ops->finish(runner->stack, &pending->errand, until))
                return runner_fail(runner, pending->event->place, "the blocking call did not return");
        return compare_pending(runner);
}

bool runner_check_pending(Runner *runner, bool is_last)
{
        struct pending_call *pending = &runner->pending;
        if (pending->event == NULL)
                return true;
        if (is_last)
                return wait_for_pending(
                        runner, pending->end.to + pending->end.tolerance + BLOCKING_CALL_PATIENCE);
        return !pending->errand.has_ended || compare_pending(runner);
}

static bool start_blocking(Runner *runner, const struct script_event *event, ScriptCall *call)
{
        struct pending_call *pending = &runner->pending;
        time_ns began = runner->due.from;
        bool is_relative = event->call.end.form == SCRIPT_TIME_RELATIVE;
        time_ns end = event->call.end.from + (is_relative ? runner->turned_at : runner->start);
        *pending = (struct pending_call){ .event = event,
                .call = call,
                .errand = { .main = script_call_run, .data = call },
                .end = { .from = end, .to = end, .tolerance = runner_tolerance(runner, end - began) } };
        runner->ops->start(runner->stack, &pending->errand);
        return true;
}

/* ---- Plain ---- */

static bool run_plain(Runner *runner, const struct script_event *event, ScriptCall *call)
{
        struct errand *errand = &runner->pending.errand;
        *errand = (struct errand){ .main = script_call_run, .data = call };
        runner->ops->start(runner->stack, errand);
        time_ns until = runner->ops->now(runner->stack) + PLAIN_CALL_PATIENCE;
        if (!runner->ops->finish(runner->stack, errand, until)) {
                /* It goes on until the stack is closed. */
                runner->pending.call = call;
                return runner_fail(runner, event->place,
                        "the call waits, and does not return; blocking calls are written START...END");
        }
        log_call(runner, call, errand->ended);
        bool is_equal = compare(runner, event, call);
        script_call_free(call);
        return is_equal;
}

bool runner_call(Runner *runner, const struct script_event *event)
{
        g_autoptr(GError) error = NULL;
        if (!runner_wait_for_due(runner, event))
                return false;
        time_ns patience = runner->ops->now(runner->stack) + BLOCKING_CALL_PATIENCE;
        if (!wait_for_pending(runner, patience))
                return false;
        ScriptCall *call = script_call_new(&runner->calls, &event->call, &error);
        if (call == NULL)
                return runner_fail_with(runner, event->place, error);
        if (event->call.is_blocking)
                return start_blocking(runner, event, call);
        return run_plain(runner, event, call);
}
