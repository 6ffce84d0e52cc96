/*
 * reassembly.csv: how order was made of what arrived.
 *
 * A segment that has to wait gets its row when the hole before it is filled. What waits is kept for each
 * connection, in the order of the stream.
 */
#include "trace/csv_row.h"
#include "trace/csv_tables.h"
#include "trace/per_connection.h"

struct stretch {
        struct trace_packet_id packet;
        int64_t first;
        int64_t end;
        time_ns t_arrive;
};

struct reassembly_row {
        const struct trace_name *kind;
        struct stretch stretch;
        time_ns t_deliver; /* TIME_NEVER: never */
        int64_t readable;
        int64_t read;
        int64_t held;
};

/* One direction's stream at its receiver. */
struct receiving {
        struct trace_event event; /* whose rows these are: owner, connection, transfer */
        int64_t readable;         /* relative numbers, one past the last; 0: none was told yet */
        int64_t read;
        int64_t held_bytes;
        GArray *held; /* of struct stretch, by `first` */
};

struct reassembly {
        struct csv_sheet *sheet;
        PerConnection *receivers; /* of struct receiving */
        time_ns now;
};

static const struct trace_name in_order_kind = TRACE_NAME("in-order");
static const struct trace_name held_kind = TRACE_NAME("held");
static const struct trace_name duplicate_kind = TRACE_NAME("duplicate");
static const struct trace_name read_kind = TRACE_NAME("read");

static const struct event_field columns[] = {
        CSV_CONNECTION_COLUMNS,
        ROW_FIELD(struct reassembly_row, "kind", kind, EVENT_WORD),
        ROW_FIELD(struct reassembly_row, "packet", stretch.packet, EVENT_PACKET_ID),
        ROW_FIELD(struct reassembly_row, "first", stretch.first, EVENT_NUMBER),
        ROW_FIELD(struct reassembly_row, "end", stretch.end, EVENT_NUMBER),
        ROW_FIELD(struct reassembly_row, "t_arrive_ns", stretch.t_arrive, EVENT_TIME),
        ROW_FIELD(struct reassembly_row, "t_arrive", stretch.t_arrive, EVENT_SECONDS),
        ROW_FIELD(struct reassembly_row, "t_deliver_ns", t_deliver, EVENT_TIME),
        ROW_FIELD(struct reassembly_row, "t_deliver", t_deliver, EVENT_SECONDS),
        ROW_FIELD(struct reassembly_row, "readable", readable, EVENT_NUMBER),
        ROW_FIELD(struct reassembly_row, "read", read, EVENT_NUMBER),
        ROW_FIELD(struct reassembly_row, "held", held, EVENT_NUMBER),
};

static void tell(struct reassembly *reassembly, struct receiving *receiving, const struct trace_name *kind,
        const struct stretch *stretch, time_ns t_deliver)
{
        const struct reassembly_row row = {
                .kind = kind,
                .stretch = *stretch,
                .t_deliver = t_deliver,
                .readable = receiving->readable,
                .read = receiving->read,
                .held = receiving->held_bytes,
        };
        receiving->event.time = reassembly->now;
        csv_row_write(reassembly->sheet, columns, G_N_ELEMENTS(columns), &receiving->event, &row);
}

static struct receiving *receiver_of(struct reassembly *reassembly, const struct trace_event *event)
{
        struct receiving *receiving = per_connection_of(reassembly->receivers, event);
        if (receiving->readable == 0)
                receiving->readable = receiving->read = 1; /* the SYN's number comes before the first byte */
        receiving->event = (struct trace_event){ .kind = event->kind,
                .owner = event->owner,
                .connection = event->connection,
                .transfer = event->transfer };
        return receiving;
}

/* ---- What waits ---- */

static void hold(struct receiving *receiving, const struct stretch *stretch)
{
        if (!receiving->held)
                receiving->held = g_array_new(FALSE, FALSE, sizeof *stretch);
        GArray *held = receiving->held;
        unsigned place = held->len;
        while (place > 0 && g_array_index(held, struct stretch, place - 1).first > stretch->first)
                place--;
        g_array_insert_val(held, place, *stretch);
}

/* Everything before `end` is readable now. */
static void release(struct reassembly *reassembly, struct receiving *receiving, int64_t end)
{
        GArray *held = receiving->held;
        unsigned count = 0;
        while (held && count < held->len && g_array_index(held, struct stretch, count).first < end) {
                const struct stretch *stretch = &g_array_index(held, struct stretch, count++);
                receiving->readable = CLAMP(stretch->end, receiving->readable, end);
                tell(reassembly, receiving, &held_kind, stretch, reassembly->now);
        }
        if (count > 0)
                g_array_remove_range(held, 0, count);
        receiving->readable = MAX(receiving->readable, end);
}

static void tell_waiting(void *data, void *record)
{
        struct receiving *receiving = record;
        for (unsigned i = 0; receiving->held && i < receiving->held->len; i++) {
                const struct stretch *stretch = &g_array_index(receiving->held, struct stretch, i);
                tell(data, receiving, &held_kind, stretch, TIME_NEVER);
        }
        if (receiving->held)
                g_array_set_size(receiving->held, 0);
}

/* ---- Events ---- */

static void on_in_order(
        struct reassembly *reassembly, struct receiving *receiving, const struct stretch *stretch)
{
        receiving->readable = stretch->end;
        tell(reassembly, receiving, &in_order_kind, stretch, reassembly->now);
        release(reassembly, receiving, stretch->end);
}

static void on_filled(
        struct reassembly *reassembly, struct receiving *receiving, const struct stretch *stretch)
{
        release(reassembly, receiving, stretch->end);
}

static void on_held(struct reassembly *reassembly, struct receiving *receiving, const struct stretch *stretch)
{
        (void)reassembly;
        hold(receiving, stretch);
}

static void on_duplicate(
        struct reassembly *reassembly, struct receiving *receiving, const struct stretch *stretch)
{
        tell(reassembly, receiving, &duplicate_kind, stretch, TIME_NEVER);
}

static void on_read(struct reassembly *reassembly, struct receiving *receiving, const struct stretch *stretch)
{
        receiving->read = stretch->end;
        tell(reassembly, receiving, &read_kind, stretch, reassembly->now);
}

static const struct {
        void (*take)(
                struct reassembly *reassembly, struct receiving *receiving, const struct stretch *stretch);
        bool is_arrival; /* its value: bytes held from here on */
} reactions[TRACE_NOTES] = {
        [TRACE_NOTE_SEGMENT_IN_ORDER] = { on_in_order, true },
        [TRACE_NOTE_HOLE_FILLED] = { on_filled, true },
        [TRACE_NOTE_SEGMENT_HELD] = { on_held, true },
        [TRACE_NOTE_SEGMENT_DUPLICATE] = { on_duplicate, true },
        [TRACE_NOTE_READ] = { on_read, false },
};

static void on_note(struct reassembly *reassembly, const struct trace_event *event)
{
        bool is_arrival = reactions[event->note.note].is_arrival;
        struct receiving *receiving = receiver_of(reassembly, event);
        const struct stretch stretch = { .packet = event->cause.packet,
                .first = event->note.first,
                .end = event->note.end,
                .t_arrive = is_arrival ? event->time : TIME_NEVER };
        if (is_arrival)
                receiving->held_bytes = event->note.value;
        reactions[event->note.note].take(reassembly, receiving, &stretch);
}

static void on_event(void *data, const struct trace_event *event)
{
        struct reassembly *reassembly = data;
        reassembly->now = event->time;
        if (event->connection > 0 && reactions[event->note.note].take != NULL)
                on_note(reassembly, event);
}

/* ---- The table ---- */

static void clear_receiving(void *record)
{
        struct receiving *receiving = record;
        if (receiving->held)
                g_array_unref(receiving->held);
}

static void *begin(struct csv_sheet *sheet)
{
        struct reassembly *reassembly = g_new0(struct reassembly, 1);
        reassembly->sheet = sheet;
        reassembly->receivers = per_connection_new(sizeof(struct receiving), clear_receiving);
        return reassembly;
}

static void finish(void *data)
{
        struct reassembly *reassembly = data;
        per_connection_foreach(reassembly->receivers, tell_waiting, reassembly);
}

static void end(void *data)
{
        struct reassembly *reassembly = data;
        per_connection_free(reassembly->receivers);
        g_free(reassembly);
}

const struct csv_table csv_reassembly = {
        .file_name = "reassembly.csv",
        .kinds = TRACE_BIT(TRACE_TCP_NOTE),
        .columns = columns,
        .column_count = G_N_ELEMENTS(columns),
        .begin = begin,
        .on_event = on_event,
        .finish = finish,
        .free = end,
};
