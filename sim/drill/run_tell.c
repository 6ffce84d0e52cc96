/*
 * What every turn says: a line of the exchange, a warning, a failure; and whether something came in time.
 */
#include "drill/runner_private.h"

static char *line_of(const Runner *runner, time_ns at, const char *what, const char *text)
{
        GString *line = g_string_new(NULL);
        packet_text_time(at - runner->start, line);
        g_string_append_printf(line, " %s %s", what, text);
        return g_string_free(line, FALSE);
}

void runner_log(Runner *runner, time_ns at, const char *what, const char *text)
{
        g_ptr_array_add(runner->result->exchange, line_of(runner, at, what, text));
}

/* The microseconds that a line begins with. */
static int64_t time_of_line(const char *line)
{
        char *point;
        int64_t seconds = g_ascii_strtoll(line, &point, 10);
        return seconds * (SECOND / MICROSECOND) + g_ascii_strtoll(point + 1, NULL, 10);
}

void runner_log_in_order(Runner *runner, time_ns at, const char *what, const char *text)
{
        GPtrArray *lines = runner->result->exchange;
        char *line = line_of(runner, at, what, text);
        guint index = lines->len;
        while (index > 0 && time_of_line(lines->pdata[index - 1]) > time_of_line(line))
                index--;
        g_ptr_array_insert(lines, (gint)index, line);
}

/* Scripts may quote bytes that are no text. */
static G_GNUC_PRINTF(1, 0) char *readable(const char *format, va_list values)
{
        g_autofree char *message = g_strdup_vprintf(format, values);
        return g_utf8_make_valid(message, -1);
}

void runner_warn(Runner *runner, struct script_place place, const char *format, ...)
{
        va_list values;
        va_start(values, format);
        g_autofree char *message = readable(format, values);
        va_end(values);
        g_ptr_array_add(
                runner->result->warnings, g_strdup_printf("%s:%d:%d: warning: %s", runner->script->name,
                                                  place.line, place.column, message));
}

bool runner_fail(Runner *runner, struct script_place place, const char *format, ...)
{
        va_list values;
        va_start(values, format);
        runner->result->message = readable(format, values);
        va_end(values);
        runner->result->verdict = SCRIPT_FAILED;
        runner->result->place = place;
        return false;
}

/* "12:5: error: ..." begins with a place of its own. */
static void take_own_place(struct script_result *result)
{
        int line;
        int column;
        int taken = 0;
        if (sscanf(result->message, "%d:%d: error: %n", &line, &column, &taken) != 2 || taken == 0)
                return;
        result->place = (struct script_place){ line, column };
        memmove(result->message, result->message + taken, strlen(result->message + taken) + 1);
}

bool runner_fail_with(Runner *runner, struct script_place place, const GError *error)
{
        bool is_refused = g_error_matches(error, SCRIPT_ERROR, SCRIPT_ERROR_REFUSED);
        const char *message = error->message;
        if (g_str_has_prefix(message, "error: "))
                message += strlen("error: ");
        runner_fail(runner, place, "%s", message);
        if (error->domain == SCRIPT_ERROR)
                take_own_place(runner->result);
        if (is_refused)
                runner->result->verdict = SCRIPT_NOT_RUN;
        return false;
}

duration_ns runner_tolerance(const Runner *runner, duration_ns distance)
{
        duration_ns bounded = CLAMP(distance, 0, TIME_NEVER / 100);
        return MAX(runner->settings.tolerance,
                bounded / 1000 * (duration_ns)runner->settings.tolerance_percent_x10);
}

bool runner_is_in_time(const struct due *due, time_ns at)
{
        return due->is_any || (at >= due->from - due->tolerance && at <= due->to + due->tolerance);
}

bool runner_wait_for_due(Runner *runner, const struct script_event *event)
{
        const struct due *due = &runner->due;
        runner->ops->wait_until(runner->stack, due->from);
        time_ns now = runner->ops->now(runner->stack);
        if (runner_is_in_time(due, now))
                return true;
        g_autoptr(GString) text = g_string_new("the event's turn came at");
        packet_text_time(now - runner->start, text);
        g_string_append(text, ", and it was due at");
        packet_text_time(due->from - runner->start, text);
        return runner_fail(runner, event->place, "%s", text->str);
}
