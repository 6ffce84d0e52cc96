/*
 * queue.csv: what waits at each link, in the order of time for each direction.
 *
 * A hop is told at its end, long after its packet left the queue. Packets are transmitted in the order of
 * their ordinals and queues are first in, first out, so once the first n ordinals have been told, no packet
 * that is yet to be told of joined before the nth did: what happened until then is in order.
 * Of a queue whose flows take turns nothing is known before the run ends; but hardly a packet waits while a
 * hundred thousand others pass it.
 */
#include "trace/csv_row.h"
#include "trace/csv_tables.h"

#define ROWS_HELD_MAX (1u << 18) /* of a queue whose flows take turns: 28 MiB */

struct queue_row {
        const struct trace_name *event;
        const char *reason;
        time_ns time;
        struct trace_packet_id packet;
        uint32_t copy;
        uint32_t transfer;
        uint32_t size;
        int step; /* packets more in the queue: 1, 0, -1 */
        uint64_t bytes;
        uint64_t packets;
        bool is_marked;
};

/* A transmission, as its hop told it. */
struct passage {
        uint64_t ordinal;
        time_ns t_tx;
        struct queue_row joined; /* `time`: when it was offered */
};

/* A link direction's. */
struct queue {
        uint32_t owner;
        uint64_t next_ordinal; /* every one before it has been told */
        bool takes_turns;      /* not first in, first out */
        GArray *early;         /* of struct passage beyond it, by ordinal */
        GArray *ahead;         /* of struct queue_row, by time: packets may yet join before these */
        unsigned told;         /* how many rows of `ahead` have been written */
        uint64_t bytes;
        uint64_t packets;
};

struct queues {
        struct csv_sheet *sheet;
        GPtrArray *by_owner; /* of struct queue, NULL for what is no link */
};

static const struct trace_name enqueue_event = TRACE_NAME("enqueue");
static const struct trace_name dequeue_event = TRACE_NAME("dequeue");
static const struct trace_name drop_event = TRACE_NAME("drop");

static const struct event_field columns[] = {
        CSV_LINK_COLUMNS,
        ROW_FIELD(struct queue_row, "event", event, EVENT_WORD),
        ROW_FIELD(struct queue_row, "packet", packet, EVENT_PACKET_ID),
        ROW_FIELD(struct queue_row, "copy", copy, EVENT_NUMBER),
        MADE_FIELD("transfer", EVENT_TRANSFER_NAME),
        ROW_FIELD(struct queue_row, "reason", reason, EVENT_TEXT),
        ROW_FIELD(struct queue_row, "size", size, EVENT_NUMBER),
        ROW_FIELD(struct queue_row, "bytes", bytes, EVENT_NUMBER),
        ROW_FIELD(struct queue_row, "packets", packets, EVENT_NUMBER),
        ROW_FIELD(struct queue_row, "marked", is_marked, EVENT_TRUTH),
};

/* ---- Rows in order ---- */

static void write_row(struct queues *queues, struct queue *queue, struct queue_row *row)
{
        const struct trace_event event = {
                .kind = TRACE_HOP, .time = row->time, .owner = queue->owner, .transfer = row->transfer
        };
        queue->packets += (uint64_t)row->step;
        queue->bytes += (uint64_t)row->step * row->size;
        row->packets = queue->packets;
        row->bytes = queue->bytes;
        csv_row_write(queues->sheet, columns, G_N_ELEMENTS(columns), &event, row);
}

static void put_ahead(struct queue *queue, const struct queue_row *row)
{
        GArray *ahead = queue->ahead;
        unsigned place = ahead->len;
        while (place > queue->told && g_array_index(ahead, struct queue_row, place - 1).time > row->time)
                place--;
        g_array_insert_val(ahead, place, *row);
}

/* What has been told goes when it is half of all, so that a row is moved once. */
static void forget_told(struct queue *queue)
{
        if (queue->told * 2 < queue->ahead->len)
                return;
        g_array_remove_range(queue->ahead, 0, queue->told);
        queue->told = 0;
}

/* Packets may yet join at `time`: a drop at that instant comes after them. */
static void write_until(struct queues *queues, struct queue *queue, time_ns time)
{
        while (queue->told < queue->ahead->len) {
                struct queue_row *row = &g_array_index(queue->ahead, struct queue_row, queue->told);
                if (row->time > time || (row->time == time && row->step == 0))
                        break;
                write_row(queues, queue, row);
                queue->told++;
        }
        if (queue->told > 0)
                forget_told(queue);
}

/* Half of those that wait, when they are too many. Whoever has waited for so long that a row comes later
 * than these stands where it is told. */
static void keep_within_bounds(struct queues *queues, struct queue *queue)
{
        unsigned waiting = queue->ahead->len - queue->told;
        if (queue->takes_turns && waiting > ROWS_HELD_MAX)
                write_until(queues, queue,
                        g_array_index(queue->ahead, struct queue_row, queue->told + waiting / 2).time);
}

/* ---- Hops ---- */

static void take_passage(struct queues *queues, struct queue *queue, const struct passage *passage)
{
        struct queue_row row = passage->joined;
        queue->next_ordinal = passage->ordinal + 1;
        if (!queue->takes_turns)
                write_until(queues, queue, row.time);
        if (passage->t_tx == row.time)
                return;
        if (queue->takes_turns)
                put_ahead(queue, &row);
        else
                write_row(queues, queue, &row);
        row.event = &dequeue_event;
        row.step = -1;
        row.time = passage->t_tx;
        put_ahead(queue, &row);
}

static void put_early(struct queue *queue, const struct passage *passage)
{
        GArray *early = queue->early;
        unsigned place = early->len;
        while (place > 0 && g_array_index(early, struct passage, place - 1).ordinal > passage->ordinal)
                place--;
        g_array_insert_val(early, place, *passage);
}

/* `all`: those beyond a gap too. */
static void take_early(struct queues *queues, struct queue *queue, bool all)
{
        unsigned count = 0;
        while (count < queue->early->len) {
                const struct passage *passage = &g_array_index(queue->early, struct passage, count);
                if (!all && passage->ordinal != queue->next_ordinal)
                        break;
                take_passage(queues, queue, passage);
                count++;
        }
        if (count > 0)
                g_array_remove_range(queue->early, 0, count);
}

/* It never began transmission: refused, or thrown out later. */
static void on_drop(struct queue *queue, const struct trace_event *event, struct queue_row *row)
{
        bool has_waited = row->time < event->time;
        if (has_waited)
                put_ahead(queue, row);
        row->event = &drop_event;
        row->reason = g_intern_string(event->hop.drop);
        row->step = has_waited ? -1 : 0;
        row->time = event->time;
        put_ahead(queue, row);
}

static struct queue *new_queue(const Trace *trace, uint32_t owner)
{
        struct queue *queue = g_new0(struct queue, 1);
        queue->owner = owner;
        queue->next_ordinal = 1;
        queue->takes_turns = trace_owner(trace, owner)->takes_turns;
        queue->early = g_array_new(FALSE, FALSE, sizeof(struct passage));
        queue->ahead = g_array_new(FALSE, FALSE, sizeof(struct queue_row));
        return queue;
}

static struct queue *queue_of(struct queues *queues, uint32_t owner)
{
        GPtrArray *by_owner = queues->by_owner;
        if (owner >= by_owner->len)
                g_ptr_array_set_size(by_owner, (int)owner + 1);
        if (!by_owner->pdata[owner])
                by_owner->pdata[owner] = new_queue(queues->sheet->trace, owner);
        return by_owner->pdata[owner];
}

static void on_event(void *data, const struct trace_event *event)
{
        struct queues *queues = data;
        struct queue *queue = queue_of(queues, event->owner);
        struct passage passage = {
                .ordinal = event->hop.ordinal,
                .t_tx = event->hop.t_tx,
                .joined = { .event = &enqueue_event,
                        .reason = "-",
                        .time = event->hop.t_enqueue,
                        .packet = event->packet->id,
                        .copy = event->packet->copy,
                        .transfer = event_transfer(event),
                        .size = event->packet->size,
                        .step = 1,
                        .is_marked = event->hop.is_marked_here },
        };
        /* A copy that the line made was never in the queue. */
        if (event->hop.is_duplicate)
                return;
        if (passage.ordinal == 0) {
                on_drop(queue, event, &passage.joined);
                keep_within_bounds(queues, queue);
                return;
        }
        if (passage.ordinal != queue->next_ordinal) {
                put_early(queue, &passage);
                return;
        }
        take_passage(queues, queue, &passage);
        take_early(queues, queue, false);
        keep_within_bounds(queues, queue);
}

/* ---- The table ---- */

static void *begin(struct csv_sheet *sheet)
{
        struct queues *queues = g_new0(struct queues, 1);
        queues->sheet = sheet;
        queues->by_owner = g_ptr_array_new();
        return queues;
}

static void finish(void *data)
{
        struct queues *queues = data;
        for (unsigned i = 0; i < queues->by_owner->len; i++) {
                struct queue *queue = queues->by_owner->pdata[i];
                if (!queue)
                        continue;
                take_early(queues, queue, true);
                write_until(queues, queue, TIME_NEVER);
        }
}

static void end(void *data)
{
        struct queues *queues = data;
        for (unsigned i = 0; i < queues->by_owner->len; i++) {
                struct queue *queue = queues->by_owner->pdata[i];
                if (!queue)
                        continue;
                g_array_unref(queue->early);
                g_array_unref(queue->ahead);
                g_free(queue);
        }
        g_ptr_array_unref(queues->by_owner);
        g_free(queues);
}

const struct csv_table csv_queue = {
        .file_name = "queue.csv",
        .kinds = TRACE_BIT(TRACE_HOP),
        .columns = columns,
        .column_count = G_N_ELEMENTS(columns),
        .begin = begin,
        .on_event = on_event,
        .finish = finish,
        .free = end,
};
