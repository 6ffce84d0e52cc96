/*
 * What a line of each kind holds, as tables of fields.
 */
#include "trace/ndjson_kinds.h"

#include "trace/ndjson_line.h"

/* Behind each table: what puts its fields. The compiler sees which they are. */
#define PUT_FIELDS_OF(table)                                                                                 \
        static char *put_##table(struct ndjson_out *out, char *at, const struct event_reading *reading)      \
        {                                                                                                    \
                return ndjson_put_fields(out, at, table##_fields, G_N_ELEMENTS(table##_fields), reading);    \
        }
#define FIELDS(table)                                                                                        \
        {                                                                                                    \
                table##_fields, G_N_ELEMENTS(table##_fields), put_##table                                    \
        }

static const struct event_field common_fields[] = {
        EVENT_FIELD("owner", owner, EVENT_OWNER_LABEL),
        EVENT_FIELD("conn", connection, EVENT_NONZERO),
        MADE_FIELD("transfer", EVENT_TRANSFER_NAME),
        EVENT_FIELD("cause_packet", cause.packet, EVENT_PACKET_ID),
        MADE_FIELD("cause", EVENT_CAUSE_BUT_PACKET),
        EVENT_FIELD("cause_name", cause.name, EVENT_TEXT),
};
PUT_FIELDS_OF(common)

/* Of a packet as its host sent it; a line of this much can be read alone. */
static const struct event_field glance_fields[] = {
        PACKET_FIELD("packet", id, EVENT_PACKET_ID),
        PACKET_FIELD("copy", copy, EVENT_NONZERO),
        PACKET_FIELD("flags", flags, EVENT_FLAGS),
        PACKET_FIELD_WHEN("seq", relative_seq, EVENT_NOT_NEGATIVE, EVENT_IS_TCP),
        PACKET_FIELD_WHEN("ack", relative_ack, EVENT_NOT_NEGATIVE, EVENT_HAS_ACK),
        PACKET_FIELD("payload", payload_size, EVENT_NUMBER),
        PACKET_FIELD("sending", sending, EVENT_ABOVE_ONE),
};
PUT_FIELDS_OF(glance)

static const struct event_field packet_fields[] = {
        PACKET_FIELD("packet", id, EVENT_PACKET_ID),
        PACKET_FIELD("copy", copy, EVENT_NONZERO),
        PACKET_FIELD("to", to, EVENT_OWNER_LABEL),
        PACKET_FIELD("protocol", protocol, EVENT_PROTOCOL),
        PACKET_FIELD_WHEN("sport", source_port, EVENT_NUMBER, EVENT_HAS_PORTS),
        PACKET_FIELD_WHEN("dport", destination_port, EVENT_NUMBER, EVENT_HAS_PORTS),
        PACKET_FIELD("flags", flags, EVENT_FLAGS),
        PACKET_FIELD_WHEN("seq", relative_seq, EVENT_NOT_NEGATIVE, EVENT_IS_TCP),
        PACKET_FIELD_WHEN("ack", relative_ack, EVENT_NOT_NEGATIVE, EVENT_HAS_ACK),
        PACKET_FIELD_WHEN("seq_raw", seq, EVENT_NUMBER, EVENT_IS_TCP),
        PACKET_FIELD_WHEN("ack_raw", ack, EVENT_NUMBER, EVENT_HAS_ACK),
        PACKET_FIELD("payload", payload_size, EVENT_NUMBER),
        PACKET_FIELD("size", size, EVENT_NUMBER),
        PACKET_FIELD_WHEN("offset", stream_offset, EVENT_NUMBER, EVENT_IS_TCP),
        PACKET_FIELD_WHEN("window", window, EVENT_NUMBER, EVENT_IS_TCP),
        PACKET_FIELD_WHEN("window_field", window_field, EVENT_NUMBER, EVENT_IS_TCP),
        PACKET_FIELD_WHEN("ts", timestamp_value, EVENT_NUMBER, EVENT_HAS_TIMESTAMPS),
        PACKET_FIELD_WHEN("ts_echo", timestamp_echo, EVENT_NUMBER, EVENT_HAS_TIMESTAMPS),
        MADE_FIELD("sack", EVENT_SACK_RANGES),
        PACKET_FIELD("dsack", is_dsack, EVENT_TRUTH),
        PACKET_FIELD("sending", sending, EVENT_ABOVE_ONE),
        PACKET_FIELD("why", why, EVENT_TEXT),
        PACKET_FIELD("corrupted", is_corrupted, EVENT_TRUTH),
};
PUT_FIELDS_OF(packet)

static const struct event_field hop_fields[] = {
        EVENT_FIELD("ordinal", hop.ordinal, EVENT_NONZERO),
        EVENT_FIELD("t_enqueue", hop.t_enqueue, EVENT_TIME),
        EVENT_FIELD("t_tx", hop.t_tx, EVENT_TIME),
        EVENT_FIELD("t_tx_end", hop.t_tx_end, EVENT_TIME),
        EVENT_FIELD("t_arrive", hop.t_arrive, EVENT_TIME),
        EVENT_FIELD("drop", hop.drop, EVENT_TEXT),
        EVENT_FIELD("rule", hop.rule, EVENT_TEXT),
        EVENT_FIELD("reordered", hop.is_reordered, EVENT_TRUTH),
        EVENT_FIELD("duplicate", hop.is_duplicate, EVENT_TRUTH),
        EVENT_FIELD("corrupted_here", hop.is_corrupted_here, EVENT_TRUTH),
        EVENT_FIELD("delayed", hop.is_delayed, EVENT_TRUTH),
        EVENT_FIELD("marked", hop.is_marked_here, EVENT_TRUTH),
};
PUT_FIELDS_OF(hop)

static const struct event_field dropped_fields[] = {
        EVENT_FIELD("drop", dropped.reason, EVENT_TEXT),
        EVENT_FIELD("detail", dropped.detail, EVENT_TEXT),
};
PUT_FIELDS_OF(dropped)

static const struct event_field fault_fields[] = {
        EVENT_FIELD("rule", fault.rule, EVENT_TEXT),
        EVENT_FIELD("action", fault.action, EVENT_TEXT),
};
PUT_FIELDS_OF(fault)

static const struct event_field state_fields[] = {
        EVENT_FIELD("state_from", state.from, EVENT_TEXT),
        EVENT_FIELD("state_to", state.to, EVENT_TEXT),
};
PUT_FIELDS_OF(state)

static const struct event_field rtt_fields[] = {
        EVENT_FIELD("sample", rtt.sample, EVENT_NOT_NEGATIVE),
        EVENT_FIELD("srtt", rtt.smoothed, EVENT_NUMBER),
        EVENT_FIELD("rttvar", rtt.variation, EVENT_NUMBER),
        EVENT_FIELD("rto", rtt.rto, EVENT_NUMBER),
        EVENT_FIELD("backoff", rtt.backoffs, EVENT_NONZERO),
};
PUT_FIELDS_OF(rtt)

static const struct event_field congestion_fields[] = {
        EVENT_FIELD("cwnd", congestion.cwnd_bytes, EVENT_NUMBER),
        EVENT_FIELD("ssthresh", congestion.ssthresh_bytes, EVENT_NOT_MAXIMUM),
        EVENT_FIELD("in_flight", congestion.in_flight_bytes, EVENT_NUMBER),
        EVENT_FIELD("send_window", congestion.send_window_bytes, EVENT_NUMBER),
        EVENT_FIELD("pacing", congestion.pacing, EVENT_NONZERO),
};
PUT_FIELDS_OF(congestion)

static const struct event_field note_fields[] = {
        EVENT_FIELD("note", note.note, EVENT_NOTE),
        EVENT_FIELD("note_why", note.why, EVENT_TEXT),
        EVENT_FIELD("outgoing", note.is_outgoing, EVENT_TRUTH),
        EVENT_FIELD("first", note.first, EVENT_NONZERO),
        EVENT_FIELD("end", note.end, EVENT_NONZERO),
        EVENT_FIELD("value", note.value, EVENT_NONZERO),
};
PUT_FIELDS_OF(note)

static const struct event_field call_fields[] = {
        EVENT_FIELD("process", call.process, EVENT_NUMBER),
        EVENT_FIELD("program", call.program, EVENT_TEXT),
        EVENT_FIELD("call", call.name, EVENT_TEXT),
        EVENT_FIELD("fd", call.fd, EVENT_NOT_NEGATIVE),
        EVENT_FIELD("arguments", call.arguments, EVENT_TEXT),
        EVENT_FIELD("result", call.result, EVENT_NUMBER),
        EVENT_FIELD("error", call.error, EVENT_TEXT),
        EVENT_FIELD("started", call.started, EVENT_TIME),
};
PUT_FIELDS_OF(call)

static const struct event_field step_fields[] = {
        EVENT_FIELD("process", step.process, EVENT_NUMBER),
        EVENT_FIELD("program", step.program, EVENT_TEXT),
        EVENT_FIELD("step", step.name, EVENT_TEXT),
        EVENT_FIELD("text", step.text, EVENT_TEXT),
};
PUT_FIELDS_OF(step)

static const struct event_field link_fields[] = {
        EVENT_FIELD("down", link.is_down, EVENT_TRUTH),
        EVENT_FIELD("rate", link.rate, EVENT_NONZERO),
        EVENT_FIELD("delay", link.delay, EVENT_NUMBER),
        EVENT_FIELD("mtu", link.mtu, EVENT_NUMBER),
        EVENT_FIELD("queue", link.queue, EVENT_TEXT),
        EVENT_FIELD("limit", link.limit_packets, EVENT_NONZERO),
        EVENT_FIELD("limit_bytes", link.limit_bytes, EVENT_NONZERO),
        EVENT_FIELD("target", link.target, EVENT_NONZERO),
        EVENT_FIELD("interval", link.interval, EVENT_NONZERO),
        EVENT_FIELD("least", link.least, EVENT_NONZERO),
        EVENT_FIELD("most", link.most, EVENT_NONZERO),
        EVENT_FIELD("weight_ppb", link.weight_ppb, EVENT_NONZERO),
        EVENT_FIELD("ecn", link.ecn, EVENT_TRUTH),
};
PUT_FIELDS_OF(link)

#define NO_FIELDS                                                                                            \
        {                                                                                                    \
                NULL, 0, NULL                                                                                \
        }
#define NAMED(literal)                                                                                       \
        .name = literal, .opening = ",\"ev\":\"" literal "\"",                                               \
        .opening_size = sizeof ",\"ev\":\"\"" literal - 1
static const struct ndjson_kind kinds[TRACE_KINDS] = {
        [TRACE_HOP] = { NAMED("net.hop"), FIELDS(hop), true },
        [TRACE_SENT] = { NAMED("host.sent"), NO_FIELDS, true },
        [TRACE_RECEIVED] = { NAMED("host.received"), NO_FIELDS, true },
        [TRACE_DROPPED] = { NAMED("net.dropped"), FIELDS(dropped), true },
        [TRACE_FAULT] = { NAMED("net.fault"), FIELDS(fault), true },
        [TRACE_TCP_STATE] = { NAMED("tcp.state"), FIELDS(state), false },
        [TRACE_TCP_RTT] = { NAMED("tcp.rtt"), FIELDS(rtt), false },
        [TRACE_TCP_CONGESTION] = { NAMED("tcp.congestion"), FIELDS(congestion), false },
        [TRACE_TCP_NOTE] = { NAMED("tcp.note"), FIELDS(note), false },
        [TRACE_SOCKET_CALL] = { NAMED("socket.call"), FIELDS(call), false },
        [TRACE_STEP] = { NAMED("app.step"), FIELDS(step), false },
        [TRACE_LINK] = { NAMED("net.link"), FIELDS(link), false },
};
const struct ndjson_fields ndjson_common_fields = FIELDS(common);
const struct ndjson_fields ndjson_packet_fields = FIELDS(packet);
const struct ndjson_fields ndjson_glance_fields = FIELDS(glance);

const struct ndjson_kind *ndjson_kind_of(enum trace_kind kind)
{
        return &kinds[kind];
}
