/*
 * Delays, a packet a line.
 */
#include "run/path_delays.h"

#include "run/path_file.h"
#include "run/field.h"
#include "run/path_names.h"

#include <string.h>

#define HEADER "link,to,ordinal,copy,delay_ns,overtakes"

/* Reordering is told with the other events. */
bool path_event_is_jitter(const struct path_event *event)
{
        return event->kind == PATH_DELAY && !event->is_delayed && !event->is_early;
}

char *path_file_write_delays(const Scenario *scenario, const PathLog *log)
{
        g_autoptr(GPtrArray) links = path_names_new(scenario);
        GString *text = g_string_new(HEADER "\n");
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

/* ---- Reading: a file of ours, line by line as it was written ---- */

struct delays_reading {
        const char *path;
        GHashTable *places;
        PathLog *log;
        unsigned line;
        uint64_t last[4]; /* link, direction, ordinal and copy of the line before */
        GError **error;
};

static bool fail(
        const struct delays_reading *reading, const char *line, const char *what, const char *accepted)
{
        g_set_error(reading->error, SCENARIO_ERROR, 0, "%s:%u:1: error: '%.60s' %s; accepted: %s",
                reading->path, reading->line, line, what, accepted);
        return false;
}

static int compare_places(const uint64_t *one, const uint64_t *other)
{
        for (unsigned i = 0; i < 4; i++)
                if (one[i] != other[i])
                        return one[i] < other[i] ? -1 : 1;
        return 0;
}

/* Each once, in the order of links, directions, ordinals and copies. */
static bool check_order(struct delays_reading *reading, const char *line, const uint64_t place[4])
{
        int order = compare_places(reading->last, place);
        memcpy(reading->last, place, sizeof reading->last);
        if (order == 0)
                return fail(reading, line, "is a second delay of that packet", "one a packet");
        return order < 0 || fail(reading, line, "is before the line above it",
                                    "the order of the scenario's links, then of ordinals and copies");
}

/* Ordinal, copy, delay, and whether it may overtake. */
static bool read_numbers(char *const *texts, gint64 numbers[4])
{
        static const gint64 least[4] = { 1, 0, -(gint64)FIELD_DRAWN_TIME_MOST, 0 };
        static const gint64 most[4] = { INT64_MAX, 15, FIELD_DRAWN_TIME_MOST, 1 };
        for (int i = 0; i < 4; i++)
                if (!g_ascii_string_to_signed(texts[i], 10, least[i], most[i], &numbers[i], NULL))
                        return false;
        return true;
}

static bool add_delay(struct delays_reading *reading, const char *line)
{
        g_auto(GStrv) parts = g_strsplit(line, ",", -1);
        gint64 numbers[4];
        uint32_t link;
        unsigned direction;
        if (g_strv_length(parts) != 6 || !read_numbers(parts + 2, numbers))
                return fail(reading, line, "is no delay", HEADER);
        if (!path_names_find(reading->places, parts[0], parts[1], &link, &direction))
                return fail(reading, line, "is of no link that leads there", "the scenario's");
        const uint64_t place[4] = { link, direction, (uint64_t)numbers[0], (uint64_t)numbers[1] };
        const struct path_event event = {
                .kind = PATH_DELAY,
                .stage = PATH_LINE,
                .number = (uint64_t)numbers[0],
                .copy = (uint32_t)numbers[1],
                .delay = numbers[2],
                .may_overtake = numbers[3] != 0,
                .line = reading->line,
                .is_jitter = true,
        };
        if (!check_order(reading, line, place))
                return false;
        path_log_add(reading->log, link, direction, &event, NULL);
        return true;
}

static bool read_line(struct delays_reading *reading, const char *line)
{
        if (++reading->line > 1)
                return add_delay(reading, line);
        return strcmp(line, HEADER) == 0 || fail(reading, line, "is not the header", HEADER);
}

/* Some editors end lines with a carriage return, too. */
static bool read_lines(struct delays_reading *reading, const char *text, gsize size)
{
        const char *end = text + size;
        for (const char *next; text < end; text = next) {
                const char *stop = memchr(text, '\n', (gsize)(end - text));
                gsize length = (gsize)((stop ? stop : end) - text);
                next = stop ? stop + 1 : end;
                length -= length > 0 && text[length - 1] == '\r';
                g_autofree char *line = g_strndup(text, length);
                if (!read_line(reading, line))
                        return false;
        }
        return true;
}

/* Of the file as a whole. */
static bool fail_file(const struct delays_reading *reading, const char *wrong, const char *accepted)
{
        g_set_error(reading->error, SCENARIO_ERROR, 0, "%s:1:1: error: %s; accepted: %s", reading->path,
                wrong, accepted);
        return false;
}

bool path_delays_read(
        const char *path, const char *text, gsize size, GHashTable *places, PathLog *log, GError **error)
{
        struct delays_reading reading = { .path = path, .places = places, .log = log, .error = error };
        if (size > PATH_DELAYS_SIZE_MOST)
                return fail_file(&reading, "the file is too long", "1 GiB");
        if (size == 0)
                return fail_file(&reading, "the file is empty", HEADER);
        if (memchr(text, '\0', size))
                return fail_file(&reading, "a NUL character", "text without it");
        return read_lines(&reading, text, size);
}
