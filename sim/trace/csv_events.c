/*
 * events.csv: everything that is a mark in a picture or a line of the story.
 */
#include "trace/csv_row.h"
#include "trace/csv_tables.h"

#define NO_BYTES (-1)

struct event_row {
        const char *kind;
        const char *name;
        const char *text;
        const char *program;
        const char *error;
        struct trace_packet_id packet;
        uint32_t copy;
        bool is_outgoing;
        int64_t first; /* relative; NO_BYTES: none */
        int64_t end;
        time_ns started; /* TIME_NEVER: not a call */
        int64_t value;
};

static const struct event_field columns[] = {
        CSV_TIME_COLUMNS,
        EVENT_FIELD("owner", owner, EVENT_OWNER_LABEL),
        EVENT_FIELD("conn", connection, EVENT_NUMBER),
        MADE_FIELD("transfer", EVENT_TRANSFER_NAME),
        ROW_FIELD(struct event_row, "kind", kind, EVENT_TEXT),
        ROW_FIELD(struct event_row, "name", name, EVENT_TEXT),
        ROW_FIELD(struct event_row, "text", text, EVENT_TEXT),
        ROW_FIELD(struct event_row, "program", program, EVENT_TEXT),
        ROW_FIELD(struct event_row, "error", error, EVENT_TEXT),
        MADE_FIELD("cause", EVENT_CAUSE),
        EVENT_FIELD("cause_name", cause.name, EVENT_TEXT),
        ROW_FIELD(struct event_row, "packet", packet, EVENT_PACKET_ID),
        ROW_FIELD(struct event_row, "copy", copy, EVENT_NUMBER),
        ROW_FIELD(struct event_row, "outgoing", is_outgoing, EVENT_TRUTH),
        ROW_FIELD(struct event_row, "first", first, EVENT_NOT_NEGATIVE),
        ROW_FIELD(struct event_row, "end", end, EVENT_NOT_NEGATIVE),
        ROW_FIELD(struct event_row, "started_ns", started, EVENT_TIME),
        ROW_FIELD(struct event_row, "started", started, EVENT_SECONDS),
        ROW_FIELD(struct event_row, "value", value, EVENT_NUMBER),
};

/* The others come with every segment, and have tables of their own. */
#define MARKS                                                                                                \
        (TRACE_BIT(TRACE_NOTE_HOLE_FILLED) | TRACE_BIT(TRACE_NOTE_SEGMENT_REFUSED) |                         \
                TRACE_BIT(TRACE_NOTE_DSACK) | TRACE_BIT(TRACE_NOTE_LOST) |                                   \
                TRACE_BIT(TRACE_NOTE_RECOVERY_ENTERED) | TRACE_BIT(TRACE_NOTE_RECOVERY_LEFT) |               \
                TRACE_BIT(TRACE_NOTE_RECOVERY_UNDONE) | TRACE_BIT(TRACE_NOTE_DEADLINE) |                     \
                TRACE_BIT(TRACE_NOTE_ACCEPT_QUEUE_FULL) | TRACE_BIT(TRACE_NOTE_SYN_QUEUE_FULL) |             \
                TRACE_BIT(TRACE_NOTE_FAILED))

static void tell_packet(const struct trace_event *event, struct event_row *row)
{
        const struct trace_packet *packet = event->packet;
        if (!packet)
                return;
        row->packet = packet->id;
        row->copy = packet->copy;
        if (!event_is_tcp(event) || packet->relative_seq < 0)
                return;
        row->first = packet->relative_seq;
        row->end = packet->relative_seq + packet->payload_size;
}

static void tell_drop(
        const struct trace_event *event, const char *reason, const char *detail, struct event_row *row)
{
        row->kind = "drop";
        row->name = reason;
        row->text = detail;
        tell_packet(event, row);
}

static void tell_state(const struct trace_event *event, struct event_row *row)
{
        row->kind = "state";
        row->name = event->state.to;
        row->text = event->state.from;
        row->packet = event->cause.packet;
}

static void tell_note(const struct trace_event *event, struct event_row *row)
{
        row->kind = "note";
        row->name = trace_note_named(event->note.note)->text;
        row->text = event->note.why;
        row->packet = event->cause.packet;
        row->is_outgoing = event->note.is_outgoing;
        row->value = event->note.value;
        if (event->note.first == 0 && event->note.end == 0)
                return;
        row->first = event->note.first;
        row->end = event->note.end;
}

static void tell_fault(const struct trace_event *event, struct event_row *row)
{
        row->kind = "fault";
        row->name = event->fault.action;
        row->text = event->fault.rule;
        tell_packet(event, row);
}

static void tell_call(const struct trace_event *event, struct event_row *row)
{
        row->kind = "call";
        row->name = event->call.name;
        row->text = event->call.arguments;
        row->program = event->call.program;
        row->error = event->call.error;
        row->started = event->call.started;
        row->value = event->call.result;
}

static void tell_step(const struct trace_event *event, struct event_row *row)
{
        row->kind = "step";
        row->name = event->step.name;
        row->text = event->step.text;
        row->program = event->step.program;
}

static void tell(const struct trace_event *event, struct event_row *row)
{
        switch (event->kind) {
        case TRACE_HOP:
                tell_drop(event, event->hop.drop, event->hop.rule, row);
                return;
        case TRACE_DROPPED:
                tell_drop(event, event->dropped.reason, event->dropped.detail, row);
                return;
        case TRACE_FAULT:
                tell_fault(event, row);
                return;
        case TRACE_TCP_STATE:
                tell_state(event, row);
                return;
        case TRACE_TCP_NOTE:
                tell_note(event, row);
                return;
        case TRACE_SOCKET_CALL:
                tell_call(event, row);
                return;
        case TRACE_STEP:
                tell_step(event, row);
                return;
        default:
                g_assert_not_reached();
        }
}

static void on_event(void *sheet, const struct trace_event *event)
{
        if (event->kind == TRACE_HOP && !event->hop.drop)
                return;
        if (event->kind == TRACE_TCP_NOTE && (MARKS & TRACE_BIT(event->note.note)) == 0)
                return;
        struct event_row row = { .first = NO_BYTES, .end = NO_BYTES, .started = TIME_NEVER };
        tell(event, &row);
        csv_row_write(sheet, columns, G_N_ELEMENTS(columns), event, &row);
}

const struct csv_table csv_events = {
        .file_name = "events.csv",
        .kinds = TRACE_BIT(TRACE_HOP) | TRACE_BIT(TRACE_DROPPED) | TRACE_BIT(TRACE_FAULT) |
                 TRACE_BIT(TRACE_TCP_STATE) | TRACE_BIT(TRACE_TCP_NOTE) | TRACE_BIT(TRACE_SOCKET_CALL) |
                 TRACE_BIT(TRACE_STEP),
        .columns = columns,
        .column_count = G_N_ELEMENTS(columns),
        .on_event = on_event,
};
