/*
 * Logs of the path: a list for each link direction.
 */
#include "net/path_log.h"

#include <string.h>

struct PathLog {
        uint64_t seed;
        bool has_meanings;
        GPtrArray *directions; /* of GArray of struct path_event; NULL: none yet */
};

static void free_events(void *events)
{
        if (events != NULL)
                g_array_unref(events);
}

PathLog *path_log_new(uint64_t seed)
{
        PathLog *log = g_new0(PathLog, 1);
        log->seed = seed;
        log->directions = g_ptr_array_new_with_free_func(free_events);
        return log;
}

void path_log_free(PathLog *log)
{
        if (log == NULL)
                return;
        g_ptr_array_unref(log->directions);
        g_free(log);
}

uint64_t path_log_seed(const PathLog *log)
{
        return log->seed;
}

static const GArray *events_of(const PathLog *log, uint32_t link, unsigned direction)
{
        uint32_t place = 2 * link + direction;
        return place < log->directions->len ? log->directions->pdata[place] : NULL;
}

static GArray *make_events_of(PathLog *log, uint32_t link, unsigned direction)
{
        uint32_t place = 2 * link + direction;
        if (place >= log->directions->len)
                g_ptr_array_set_size(log->directions, (int)place + 1);
        if (log->directions->pdata[place] == NULL)
                log->directions->pdata[place] = g_array_new(FALSE, FALSE, sizeof(struct path_event));
        return log->directions->pdata[place];
}

void path_log_add(PathLog *log, uint32_t link, unsigned direction, const struct path_event *event,
        const struct packet *packet)
{
        struct path_event added = *event;
        if (packet != NULL) {
                added.note = packet->note;
                added.has_segment = segment_name_of(packet, &added.segment);
                added.payload_size = packet->payload.length;
        }
        log->has_meanings |= added.is_by_meaning;
        g_array_append_val(make_events_of(log, link, direction), added);
}

const struct path_event *path_log_events(
        const PathLog *log, uint32_t link, unsigned direction, unsigned *count)
{
        const GArray *events = events_of(log, link, direction);
        *count = events != NULL ? events->len : 0;
        return events != NULL ? (const struct path_event *)(const void *)events->data : NULL;
}

/* ---- Finding ---- */

static int compare_names(const struct path_event *a, const struct path_event *b)
{
        if (a->stage != b->stage)
                return a->stage < b->stage ? -1 : 1;
        if (a->is_by_meaning != b->is_by_meaning)
                return a->is_by_meaning ? 1 : -1;
        return (a->number > b->number) - (a->number < b->number);
}

/* g_array_sort() is stable. */
static int compare_events(const void *a, const void *b)
{
        return compare_names(a, b);
}

void path_log_sort(PathLog *log)
{
        for (guint i = 0; i < log->directions->len; i++) {
                if (log->directions->pdata[i] != NULL)
                        g_array_sort(log->directions->pdata[i], compare_events);
        }
}

/* The first that is not before `name`. */
static unsigned lower_bound(const struct path_event *events, unsigned count, const struct path_event *name)
{
        unsigned low = 0;
        unsigned high = count;
        while (low < high) {
                unsigned middle = low + (high - low) / 2;
                if (compare_names(&events[middle], name) < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

bool path_log_has_meanings(const PathLog *log)
{
        return log->has_meanings;
}

struct path_event *path_log_find(
        PathLog *log, uint32_t link, unsigned direction, const struct path_event *name, unsigned *count)
{
        const GArray *array = events_of(log, link, direction);
        *count = 0;
        if (array == NULL)
                return NULL;
        struct path_event *events = (struct path_event *)(void *)array->data;
        unsigned first = lower_bound(events, array->len, name);
        unsigned end = first;
        while (end < array->len && compare_names(&events[end], name) == 0)
                end++;
        *count = end - first;
        return *count > 0 ? &events[first] : NULL;
}

static void visit_all(PathLog *log, uint32_t link, unsigned direction, const struct path_event *name,
        void (*visit)(void *data, struct path_event *event), void *data)
{
        unsigned count;
        struct path_event *events = path_log_find(log, link, direction, name, &count);
        for (unsigned i = 0; i < count; i++)
                visit(data, &events[i]);
}

void path_log_each(PathLog *log, uint32_t link, unsigned direction, enum path_stage stage, uint64_t number,
        const struct packet *packet, void (*visit)(void *data, struct path_event *event), void *data)
{
        struct path_event name = { .stage = stage, .number = number };
        struct segment_name segment;
        visit_all(log, link, direction, &name, visit, data);
        if (!log->has_meanings || !segment_name_of(packet, &segment))
                return;
        name.is_by_meaning = true;
        name.number = segment_name_luck(&segment);
        visit_all(log, link, direction, &name, visit, data);
}

static int compare_lines(const void *a, const void *b)
{
        const uint32_t *one = a;
        const uint32_t *other = b;
        return (*one > *other) - (*one < *other);
}

GArray *path_log_unmet(const PathLog *log, bool of_jitter)
{
        GArray *lines = g_array_new(FALSE, FALSE, sizeof(uint32_t));
        for (guint i = 0; i < log->directions->len; i++) {
                const GArray *events = log->directions->pdata[i];
                for (guint k = 0; events != NULL && k < events->len; k++) {
                        const struct path_event *event = &g_array_index(events, struct path_event, k);
                        if (!event->is_met && event->line > 0 && event->is_jitter == of_jitter)
                                g_array_append_val(lines, event->line);
                }
        }
        g_array_sort(lines, compare_lines);
        return lines;
}

/* ---- Verdicts ---- */

static void add_flips(PathLog *log, uint32_t link, unsigned direction, struct path_event event,
        const struct packet *packet, const struct impair *impair, const struct impair_verdict *verdict)
{
        uint32_t first = packet_area_bits(impair->config.corrupt_area, packet).first;
        event.kind = PATH_FLIPS;
        event.flip_count = verdict->flip_count;
        for (unsigned i = 0; i < verdict->flip_count; i++)
                event.flips[i] = first + verdict->flips[i];
        path_log_add(log, link, direction, &event, packet);
}

static void add_delay(PathLog *log, uint32_t link, unsigned direction, struct path_event event,
        const struct packet *packet, const struct impair_verdict *verdict)
{
        event.kind = PATH_DELAY;
        event.delay = verdict->extra_delay;
        event.is_delayed = verdict->is_delayed;
        event.is_early = verdict->is_early;
        event.may_overtake = verdict->may_overtake;
        event.lets_pass = verdict->lets_pass;
        path_log_add(log, link, direction, &event, packet);
}

void path_log_add_verdict(PathLog *log, uint32_t link, unsigned direction, const struct path_event *name,
        const struct packet *packet, const struct impair *impair, const struct impair_verdict *verdict)
{
        struct path_event event = *name;
        event.kind = PATH_LOSS;
        if (verdict->is_lost) {
                path_log_add(log, link, direction, &event, packet);
                return;
        }
        event.kind = PATH_MARK;
        if (verdict->is_marked)
                path_log_add(log, link, direction, &event, packet);
        if (verdict->flip_count > 0)
                add_flips(log, link, direction, event, packet, impair, verdict);
        event.kind = PATH_TRUNCATION;
        event.size = impair->config.truncate_to;
        if (verdict->is_truncated)
                path_log_add(log, link, direction, &event, packet);
        event.kind = PATH_COPY;
        if (verdict->is_duplicated)
                path_log_add(log, link, direction, &event, packet);
        if (verdict->extra_delay != 0 || verdict->is_delayed || verdict->is_early || verdict->lets_pass > 0)
                add_delay(log, link, direction, event, packet, verdict);
}

static void take_delay(const struct path_event *event, struct impair_verdict *verdict)
{
        verdict->extra_delay = event->delay;
        verdict->is_delayed = event->is_delayed;
        verdict->is_early = event->is_early;
        verdict->may_overtake = event->may_overtake;
        verdict->lets_pass = event->lets_pass;
}

struct taking {
        uint32_t copy;
        struct impair_verdict *verdict;
};

static void take_event(void *data, struct path_event *event)
{
        const struct taking *taking = data;
        struct impair_verdict *verdict = taking->verdict;
        if (event->copy != taking->copy)
                return;
        switch (event->kind) {
        case PATH_LOSS:
                verdict->is_lost = true;
                break;
        case PATH_FLIPS:
                verdict->flip_count = event->flip_count;
                memcpy(verdict->flips, event->flips, sizeof event->flips);
                break;
        case PATH_TRUNCATION:
                verdict->is_truncated = true;
                verdict->truncate_to = event->size;
                break;
        case PATH_COPY:
                verdict->is_duplicated = true;
                break;
        case PATH_MARK:
                verdict->is_marked = true;
                break;
        case PATH_DELAY:
                take_delay(event, verdict);
                break;
        default:
                break;
        }
}

void path_log_find_verdict(PathLog *log, uint32_t link, unsigned direction, const struct path_event *name,
        const struct packet *packet, const struct impair *impair, struct impair_verdict *verdict)
{
        struct taking taking = { name->copy, verdict };
        memset(verdict, 0, sizeof *verdict);
        verdict->may_overtake = !impair->config.keep_order;
        path_log_each(log, link, direction, name->stage, name->number, packet, take_event, &taking);
}

struct meeting {
        uint32_t copy;
        const struct packet *packet;
        const struct impair_verdict *verdict;
};

static bool has_bit(const struct path_event *event, const struct packet *packet)
{
        for (unsigned i = 0; i < event->flip_count; i++) {
                if (event->flips[i] < packet->size * 8u)
                        return true;
        }
        return false;
}

/* A packet that is lost meets nothing else; and what it does not have is left alone. */
static void meet(void *data, struct path_event *event)
{
        const struct meeting *meeting = data;
        if (event->copy != meeting->copy)
                return;
        if (meeting->verdict->is_lost)
                event->is_met |= event->kind == PATH_LOSS;
        else if (event->kind == PATH_FLIPS)
                event->is_met |= has_bit(event, meeting->packet);
        else if (event->kind == PATH_TRUNCATION)
                event->is_met |= meeting->packet->size > event->size;
        else if (event->kind == PATH_MARK)
                event->is_met |= packet_is_ecn_capable(meeting->packet);
        else
                event->is_met |= event->kind == PATH_COPY || event->kind == PATH_DELAY;
}

void path_log_meet_verdict(PathLog *log, uint32_t link, unsigned direction, const struct path_event *name,
        const struct packet *packet, const struct impair_verdict *verdict)
{
        struct meeting meeting = { name->copy, packet, verdict };
        path_log_each(log, link, direction, name->stage, name->number, packet, meet, &meeting);
}
