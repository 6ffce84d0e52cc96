/*
 * Delays, a packet a line.
 */
#include "run/path_delays.h"

#include "run/path_file.h"
#include "run/path_names.h"

/* Reordering is told with the other events. */
bool path_event_is_jitter(const struct path_event *event)
{
        return event->kind == PATH_DELAY && !event->is_delayed && !event->is_early;
}

char *path_file_write_delays(const Scenario *scenario, const PathLog *log)
{
        g_autoptr(GPtrArray) links = path_names_new(scenario);
        GString *text = g_string_new("link,to,ordinal,copy,delay_ns,overtakes\n");
        for (uint32_t link = 0; link < links->len; link++) {
                const struct path_name *name = g_ptr_array_index(links, link);
                for (unsigned d = 0; d < 2; d++) {
                        unsigned count;
                        const struct path_event *events = path_log_events(log, link, d, &count);
                        for (unsigned i = 0; i < count; i++) {
                                if (!path_event_is_jitter(&events[i]))
                                        continue;
                                g_string_append_printf(text,
                                        "%s,%s,%" G_GUINT64_FORMAT ",%u,%" G_GINT64_FORMAT ",%d\n",
                                        name->link, name->far_end[d], events[i].number, events[i].copy,
                                        (gint64)events[i].delay, events[i].may_overtake);
                        }
                }
        }
        return g_string_free(text, FALSE);
}

static bool add_delay(const GPtrArray *names, PathLog *log, const char *line)
{
        g_auto(GStrv) parts = g_strsplit(line, ",", -1);
        gint64 numbers[4];
        uint32_t link;
        unsigned direction;
        if (g_strv_length(parts) != 6)
                return false;
        for (int i = 0; i < 4; i++)
                if (!g_ascii_string_to_signed(
                            parts[2 + i], 10, i == 2 ? INT64_MIN : 0, INT64_MAX, &numbers[i], NULL))
                        return false;
        if (!path_names_find(names, parts[0], parts[1], &link, &direction))
                return false;
        const struct path_event event = {
                .kind = PATH_DELAY,
                .stage = PATH_LINE,
                .number = (uint64_t)numbers[0],
                .copy = (uint32_t)numbers[1],
                .delay = numbers[2],
                .may_overtake = numbers[3] != 0,
        };
        path_log_add(log, link, direction, &event, NULL);
        return true;
}

bool path_delays_read(const char *path, const GPtrArray *names, PathLog *log, GError **error)
{
        g_autofree char *text = NULL;
        if (!g_file_get_contents(path, &text, NULL, error))
                return false;
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
        for (unsigned i = 1; lines[0] && lines[i]; i++) {
                if (*lines[i] == '\0' || add_delay(names, log, lines[i]))
                        continue;
                g_set_error(error, SCENARIO_ERROR, 0,
                        "%s:%u:1: error: '%s' is no delay; accepted: link,to,ordinal,copy,delay_ns,overtakes",
                        path, i + 1, lines[i]);
                return false;
        }
        return true;
}
