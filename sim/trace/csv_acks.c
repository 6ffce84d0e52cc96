/*
 * acks.csv: acknowledgments as they reach the sender of the data.
 *
 * TCP tells right after a segment's arrival what it acknowledged, so a row waits for the next arrival.
 */
#include "trace/csv_row.h"
#include "trace/csv_tables.h"

#define FLAG_RST 0x004

struct ack_row {
        struct trace_packet_id packet;
        int64_t ack;
        int64_t edge;
        uint32_t window;
        int64_t newly;
        int64_t duplicate;
        bool is_window_update;
        uint32_t payload;
        time_ns t_sent;
};

struct acks {
        struct csv_sheet *sheet;
        bool is_waiting;
        struct trace_event event; /* of the arrival; without its packet, which is gone */
        struct ack_row row;
};

static const struct event_field columns[] = {
        CSV_CONNECTION_COLUMNS,
        ROW_FIELD(struct ack_row, "packet", packet, EVENT_PACKET_ID),
        ROW_FIELD(struct ack_row, "ack", ack, EVENT_NUMBER),
        ROW_FIELD(struct ack_row, "edge", edge, EVENT_NUMBER),
        ROW_FIELD(struct ack_row, "window", window, EVENT_NUMBER),
        ROW_FIELD(struct ack_row, "newly", newly, EVENT_NUMBER),
        ROW_FIELD(struct ack_row, "duplicate", duplicate, EVENT_NUMBER),
        ROW_FIELD(struct ack_row, "window_update", is_window_update, EVENT_TRUTH),
        ROW_FIELD(struct ack_row, "payload", payload, EVENT_NUMBER),
        ROW_FIELD(struct ack_row, "t_sent_ns", t_sent, EVENT_TIME),
        ROW_FIELD(struct ack_row, "t_sent", t_sent, EVENT_SECONDS),
};

/* Every segment of a download repeats the acknowledgment of the request: that is no news. */
static bool is_news(const struct ack_row *row)
{
        return row->payload == 0 || row->newly > 0 || row->duplicate > 0 || row->is_window_update;
}

static void finish(void *data)
{
        struct acks *acks = data;
        if (acks->is_waiting && is_news(&acks->row))
                csv_row_write(acks->sheet, columns, G_N_ELEMENTS(columns), &acks->event, &acks->row);
        acks->is_waiting = false;
}

static void on_arrival(struct acks *acks, const struct trace_event *event)
{
        const struct trace_packet *packet = event->packet;
        finish(acks);
        if (!event_has_ack(event) || packet->relative_ack < 0 || (packet->flags & FLAG_RST))
                return;
        acks->is_waiting = true;
        acks->event = (struct trace_event){ .kind = event->kind,
                .time = event->time,
                .owner = event->owner,
                .connection = event->connection,
                .transfer = event_transfer(event) };
        acks->row = (struct ack_row){ .packet = packet->id,
                .ack = packet->relative_ack,
                .edge = packet->relative_ack + packet->window,
                .window = packet->window,
                .payload = packet->payload_size,
                .t_sent = packet->t_sent };
}

static bool is_about(const struct acks *acks, const struct trace_event *event)
{
        return acks->is_waiting && event->owner == acks->event.owner &&
               event->cause.kind == TRACE_CAUSE_PACKET && event->cause.packet.host == acks->row.packet.host &&
               event->cause.packet.number == acks->row.packet.number;
}

static void on_note(struct acks *acks, const struct trace_event *event)
{
        if (!is_about(acks, event))
                return;
        if (event->note.note == TRACE_NOTE_ACK)
                acks->row.newly += event->note.end - event->note.first;
        else if (event->note.note == TRACE_NOTE_DUPLICATE_ACK)
                acks->row.duplicate = event->note.value;
        else if (event->note.note == TRACE_NOTE_WINDOW_UPDATE)
                acks->row.is_window_update = true;
}

static void on_event(void *data, const struct trace_event *event)
{
        if (event->kind == TRACE_RECEIVED)
                on_arrival(data, event);
        else
                on_note(data, event);
}

static void *begin(struct csv_sheet *sheet)
{
        struct acks *acks = g_new0(struct acks, 1);
        acks->sheet = sheet;
        return acks;
}

const struct csv_table csv_acks = {
        .file_name = "acks.csv",
        .kinds = TRACE_BIT(TRACE_RECEIVED) | TRACE_BIT(TRACE_TCP_NOTE),
        .columns = columns,
        .column_count = G_N_ELEMENTS(columns),
        .begin = begin,
        .on_event = on_event,
        .finish = finish,
        .free = g_free,
};
