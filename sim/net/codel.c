/*
 * CoDel: a queue that stays above its target for a whole interval loses packets, ever faster until it does
 * not. RFC 8289, with its names; marking instead of dropping as Linux's.
 */
#include "net/codel.h"

#include "net/queue.h"

__extension__ typedef unsigned __int128 uint128;

#define STILL_DROPPING_INTERVALS 16 /* RFC 8289 section 5.4 */

/* What was taken, and whether its delay says that one may be dropped. */
struct taken {
        struct packet *packet;
        bool ok_to_drop;
};

/* The largest whole number whose square is not above `value`, bit by bit. */
static uint64_t square_root(uint64_t value)
{
        uint64_t root = 0;
        for (int bit = 31; bit >= 0; bit--) {
                uint64_t more = root | 1ull << bit;
                if (more * more <= value)
                        root = more;
        }
        return root;
}

duration_ns codel_step(duration_ns interval, uint32_t count)
{
        uint64_t root = square_root((uint64_t)count << 32); /* sixteen bits behind the point */
        return (duration_ns)(((uint128)(uint64_t)interval << 16) / root);
}

void codel_note_size(struct codel *codel, uint32_t size)
{
        codel->largest = MAX(codel->largest, size);
}

static time_ns control_law(const struct codel_source *source, time_ns from, uint32_t count)
{
        return from + codel_step(source->queue->config.interval, count);
}

/* RFC 8289 section 5.5, dodequeue(). */
static struct taken take_one(struct codel *codel, const struct codel_source *source, time_ns now)
{
        const struct queue_config *config = &source->queue->config;
        struct taken taken = { .packet = source->take(source->list) };
        if (taken.packet == NULL) {
                codel->first_above = 0;
                return taken;
        }
        if (now - taken.packet->t_enqueue < config->target || *source->bytes <= codel->largest)
                codel->first_above = 0;
        else if (codel->first_above == 0)
                codel->first_above = now + config->interval;
        else
                taken.ok_to_drop = now >= codel->first_above;
        return taken;
}

/* A marked packet is sent on; instead of a dropped one the next is looked at. Returns whether it was marked.
 */
static bool mark_or_drop(
        struct codel *codel, const struct codel_source *source, struct taken *taken, time_ns now)
{
        if (queue_mark(source->queue, taken->packet))
                return true;
        queue_lose(source->queue, taken->packet, "aqm");
        *taken = take_one(codel, source, now);
        return false;
}

static void go_on_dropping(
        struct codel *codel, const struct codel_source *source, struct taken *taken, time_ns now)
{
        if (!taken->ok_to_drop)
                codel->is_dropping = false;
        while (codel->is_dropping && now >= codel->drop_next) {
                codel->count++;
                if (mark_or_drop(codel, source, taken, now)) {
                        codel->drop_next = control_law(source, codel->drop_next, codel->count);
                        return;
                }
                if (taken->ok_to_drop)
                        codel->drop_next = control_law(source, codel->drop_next, codel->count);
                else
                        codel->is_dropping = false;
        }
}

/* "If min went above target close to when it last went below, assume that the drop rate that controlled the
 * queue on the last cycle is a good starting point." */
static void begin_dropping(
        struct codel *codel, const struct codel_source *source, struct taken *taken, time_ns now)
{
        mark_or_drop(codel, source, taken, now);
        codel->is_dropping = true;
        uint32_t delta = codel->count - codel->last_count;
        bool is_recent = now - codel->drop_next < STILL_DROPPING_INTERVALS * source->queue->config.interval;
        codel->count = delta > 1 && is_recent ? delta : 1;
        codel->drop_next = control_law(source, now, codel->count);
        codel->last_count = codel->count;
}

/* As a log says. */
static struct packet *take_by_script(const struct codel_source *source)
{
        const struct queue_config *config = &source->queue->config;
        struct packet *packet;
        const char *reason;
        while ((packet = source->take(source->list)) != NULL &&
                (reason = config->fate_at_head(config->fate_data, packet)) != NULL)
                queue_lose(source->queue, packet, reason);
        return packet;
}

struct packet *codel_take(struct codel *codel, const struct codel_source *source, time_ns now)
{
        if (source->queue->config.fate_at_head != NULL)
                return take_by_script(source);
        struct taken taken = take_one(codel, source, now);
        if (codel->is_dropping)
                go_on_dropping(codel, source, &taken, now);
        else if (taken.ok_to_drop)
                begin_dropping(codel, source, &taken, now);
        return taken.packet;
}
