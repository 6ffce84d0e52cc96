/*
 * Fuzz target: packet scripts run against our TCP. Whatever a script does to it, the run ends with a verdict.
 */
#include <string.h>
#include "drill/script_runner.h"
#include "fuzz_bytes.h"

#define SIZE_MOST   4096
#define EVENTS_MOST 60
#define TIME_MOST   (100 * SECOND) /* of a script; more is only more of the same probes */

static bool is_short(const struct script *script)
{
        time_ns sum = 0;
        for (unsigned i = 0; i < script->events->len && sum <= TIME_MOST; i++) {
                const struct script_event *event = script->events->pdata[i];
                sum += event->time.to;
                if (event->kind == SCRIPT_CALL && event->call.is_blocking)
                        sum += event->call.end.to;
        }
        return script->events->len <= EVENTS_MOST && sum <= TIME_MOST;
}

static void check_result(const struct script_result *result)
{
        g_assert((result->verdict == SCRIPT_PASSED) == (result->message == NULL));
        if (result->message != NULL)
                g_assert(result->place.line > 0 && g_utf8_validate(result->message, -1, NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
        if (size > SIZE_MOST)
                return 0;
        g_autoptr(Script) script = script_parse("x.pkt", (const char *)bytes, size, NULL, NULL);
        if (script == NULL || !is_short(script))
                return 0;
        struct script_result result;
        script_run(script, &(struct run_rules){ .stack = &stack_simulated }, &result);
        check_result(&result);
        script_result_clear(&result);
        return 0;
}
