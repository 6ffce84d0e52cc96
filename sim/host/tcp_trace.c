/*
 * TCP's notes as events of the trace, with what the host knows: connection, transfer, cause.
 */
#include "host/connection.h"

#define NOTE_BIT(kind) (UINT64_C(1) << (kind))

/* How a kind of note is told. */
static const struct note_telling {
        enum trace_kind kind;
        bool has_range;
        bool is_outgoing; /* the range is of our stream */
        enum trace_note note;
} tellings[TCP_NOTE_KINDS] = {
        [TCP_NOTE_STATE] = { TRACE_TCP_STATE, false, false, TRACE_NOTES },
        [TCP_NOTE_ARRIVED_IN_ORDER] = { TRACE_TCP_NOTE, true, false, TRACE_NOTE_SEGMENT_IN_ORDER },
        [TCP_NOTE_HELD] = { TRACE_TCP_NOTE, true, false, TRACE_NOTE_SEGMENT_HELD },
        [TCP_NOTE_DUPLICATE] = { TRACE_TCP_NOTE, true, false, TRACE_NOTE_SEGMENT_DUPLICATE },
        [TCP_NOTE_HOLE_FILLED] = { TRACE_TCP_NOTE, true, false, TRACE_NOTE_HOLE_FILLED },
        [TCP_NOTE_REFUSED] = { TRACE_TCP_NOTE, true, false, TRACE_NOTE_SEGMENT_REFUSED },
        [TCP_NOTE_ACK] = { TRACE_TCP_NOTE, true, true, TRACE_NOTE_ACK },
        [TCP_NOTE_DUPLICATE_ACK] = { TRACE_TCP_NOTE, true, true, TRACE_NOTE_DUPLICATE_ACK },
        [TCP_NOTE_WINDOW_UPDATE] = { TRACE_TCP_NOTE, false, true, TRACE_NOTE_WINDOW_UPDATE },
        [TCP_NOTE_SACKED] = { TRACE_TCP_NOTE, true, true, TRACE_NOTE_SACKED },
        [TCP_NOTE_DSACK] = { TRACE_TCP_NOTE, true, true, TRACE_NOTE_DSACK },
        [TCP_NOTE_RTT] = { TRACE_TCP_RTT, false, true, TRACE_NOTES },
        [TCP_NOTE_CONGESTION] = { TRACE_TCP_CONGESTION, false, true, TRACE_NOTES },
        [TCP_NOTE_LOST] = { TRACE_TCP_NOTE, true, true, TRACE_NOTE_LOST },
        [TCP_NOTE_RECOVERY_ENTERED] = { TRACE_TCP_NOTE, true, true, TRACE_NOTE_RECOVERY_ENTERED },
        [TCP_NOTE_RECOVERY_LEFT] = { TRACE_TCP_NOTE, true, true, TRACE_NOTE_RECOVERY_LEFT },
        [TCP_NOTE_RECOVERY_UNDONE] = { TRACE_TCP_NOTE, true, true, TRACE_NOTE_RECOVERY_UNDONE },
        [TCP_NOTE_DEADLINE] = { TRACE_TCP_NOTE, false, true, TRACE_NOTE_DEADLINE },
        [TCP_NOTE_LIMITED] = { TRACE_TCP_NOTE, false, true, TRACE_NOTE_LIMITED },
        [TCP_NOTE_ACCEPT_QUEUE_FULL] = { TRACE_TCP_NOTE, false, false, TRACE_NOTE_ACCEPT_QUEUE_FULL },
        [TCP_NOTE_SYN_QUEUE_FULL] = { TRACE_TCP_NOTE, false, false, TRACE_NOTE_SYN_QUEUE_FULL },
        [TCP_NOTE_FAILED] = { TRACE_TCP_NOTE, false, false, TRACE_NOTE_FAILED },
};

static const char *why_of(const struct tcp_note *note)
{
        switch (note->kind) {
        case TCP_NOTE_REFUSED:
                return tcp_refusal_name((enum tcp_refusal)note->why);
        case TCP_NOTE_LOST:
        case TCP_NOTE_RECOVERY_ENTERED:
                return tcp_loss_sign_name((enum tcp_loss_sign)note->why);
        case TCP_NOTE_DEADLINE:
                return tcp_deadline_name((enum tcp_deadline_kind)note->why);
        case TCP_NOTE_LIMITED:
                return tcp_limit_name((enum tcp_limit)note->why);
        default:
                return "-";
        }
}

/* Relative to `isn`, as a number that does not wrap: the one nearest to `*position`, which follows. */
static int64_t unwrap(struct seqnum seq, struct seqnum isn, int64_t *position)
{
        struct seqnum newest = seq_add(isn, (uint32_t)*position);
        int64_t relative = *position + seq_diff(seq, newest);
        *position = MAX(*position, relative);
        return relative;
}

/* Some notes have an end alone, or a first number alone: the other is the same then. */
static void tell_range(struct connection *connection, const struct tcp_note *note, bool is_outgoing,
        struct trace_event *event)
{
        const TcpConn *tcp = connection->tcp;
        struct seqnum isn = is_outgoing ? tcp_conn_iss(tcp) : tcp_conn_irs(tcp);
        int64_t *position = is_outgoing ? &connection->outgoing_position : &connection->incoming_position;
        struct seq_range range = note->range;
        if (note->kind == TCP_NOTE_DUPLICATE_ACK)
                range.end = range.first;
        if (note->kind == TCP_NOTE_RECOVERY_ENTERED || note->kind == TCP_NOTE_RECOVERY_LEFT ||
                note->kind == TCP_NOTE_RECOVERY_UNDONE)
                range.first = range.end;
        event->note.first = unwrap(range.first, isn, position);
        event->note.end = unwrap(range.end, isn, position);
}

static void tell_note(struct connection *connection, const struct tcp_note *note, struct trace_event *event)
{
        const struct note_telling *telling = &tellings[note->kind];
        event->note.note = telling->note;
        event->note.why = why_of(note);
        event->note.is_outgoing = telling->is_outgoing;
        event->note.value = note->value;
        if (telling->has_range && connection != NULL)
                tell_range(connection, note, telling->is_outgoing, event);
}

static void tell_values(struct connection *connection, const struct tcp_note *note, struct trace_event *event)
{
        switch (event->kind) {
        case TRACE_TCP_STATE:
                event->state.from = tcp_state_name(note->from);
                event->state.to = tcp_state_name(note->to);
                return;
        case TRACE_TCP_RTT:
                event->rtt.sample = note->rtt.sample;
                event->rtt.smoothed = note->rtt.smoothed;
                event->rtt.variation = note->rtt.variation;
                event->rtt.rto = note->rtt.rto;
                event->rtt.backoffs = note->rtt.backoffs;
                return;
        case TRACE_TCP_CONGESTION:
                event->congestion.cwnd_bytes = note->congestion.cwnd_bytes;
                event->congestion.ssthresh_bytes = note->congestion.ssthresh_bytes;
                event->congestion.in_flight_bytes = note->congestion.in_flight_bytes;
                event->congestion.send_window_bytes = note->congestion.send_window_bytes;
                event->congestion.pacing = note->congestion.pacing;
                return;
        default:
                tell_note(connection, note, event);
        }
}

static void trace_note(
        Host *host, struct connection *connection, const struct tcp_note *note, const struct cause *cause)
{
        enum trace_kind kind = tellings[note->kind].kind;
        if (!host_traces(host, kind))
                return;
        struct trace_event event = { .kind = kind,
                .time = host_now(host),
                .owner = host->owner,
                .cause = { cause->kind, cause->packet, cause->name } };
        if (connection != NULL) {
                event.connection = connection->number;
                event.transfer = host_transfer_number(connection->transfer);
        }
        tell_values(connection, note, &event);
        trace_emit(host->context->net->trace, &event);
}

void host_drain_notes(Host *host, struct connection *connection, const struct cause *cause)
{
        struct tcp_note note;
        while (tcp_host_next_note(host->tcp, &note)) {
                /* A deadline's entry names itself by its first note. */
                if (note.kind == TCP_NOTE_DEADLINE && connection != NULL)
                        connection->cause.name = why_of(&note);
                trace_note(host, connection, &note, cause);
        }
}

void host_trace_read(struct connection *connection, size_t size)
{
        Host *host = connection->host;
        int64_t first = 1 + (int64_t)connection->bytes_read;
        connection->bytes_read += size;
        if (!host_traces(host, TRACE_TCP_NOTE))
                return;
        const struct trace_event event = {
                .kind = TRACE_TCP_NOTE,
                .time = host_now(host),
                .owner = host->owner,
                .connection = connection->number,
                .transfer = host_transfer_number(connection->transfer),
                .cause = { .kind = TRACE_CAUSE_CALL, .name = "read" },
                .note = { .note = TRACE_NOTE_READ, .why = "-", .first = first, .end = first + (int64_t)size },
        };
        trace_emit(host->context->net->trace, &event);
}

void host_ask_for_notes(Host *host)
{
        const Trace *trace = host->context->net->trace;
        uint32_t mask = trace != NULL ? trace_mask(trace) : 0;
        if (mask == host->traced)
                return;
        host->traced = mask;
        uint64_t wanted = 0;
        for (unsigned kind = 0; kind < TCP_NOTE_KINDS; kind++) {
                if (mask & TRACE_BIT(tellings[kind].kind))
                        wanted |= NOTE_BIT(kind);
        }
        /* It names the cause of what is sent. */
        if (mask & TRACE_BIT(TRACE_SENT))
                wanted |= NOTE_BIT(TCP_NOTE_DEADLINE);
        tcp_host_want_notes(host->tcp, wanted);
}
