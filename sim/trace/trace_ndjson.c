/*
 * Events as JSON lines, after tables of fields.
 */
#include "trace/trace_ndjson.h"
#include "trace/json_writer.h"

#include <string.h>

struct TraceNdjson {
        struct trace_file file;
        const Trace *trace;
        JsonWriter *json;
        GString *scratch;
};

static const struct event_field common_fields[] = {
        EVENT_FIELD("owner", owner, event_owner_label),
        EVENT_FIELD("conn", connection, event_nonzero),
        MADE_FIELD("transfer", event_transfer_name),
        MADE_FIELD("cause", event_cause),
        EVENT_FIELD("cause_packet", cause.packet, event_packet_id),
        EVENT_FIELD("cause_name", cause.name, event_text),
};

static const struct event_field packet_fields[] = {
        PACKET_FIELD("packet", id, event_packet_id),
        PACKET_FIELD("copy", copy, event_nonzero),
        PACKET_FIELD("from", from, event_owner_label),
        PACKET_FIELD("to", to, event_owner_label),
        PACKET_FIELD("from_conn", connection, event_nonzero),
        PACKET_FIELD("protocol", protocol, event_text),
        PACKET_FIELD_WHEN("sport", source_port, event_number, event_has_ports),
        PACKET_FIELD_WHEN("dport", destination_port, event_number, event_has_ports),
        PACKET_FIELD("flags", flags, event_flags),
        PACKET_FIELD_WHEN("seq", relative_seq, event_not_negative, event_is_tcp),
        PACKET_FIELD_WHEN("ack", relative_ack, event_not_negative, event_has_ack),
        PACKET_FIELD_WHEN("seq_raw", seq, event_number, event_is_tcp),
        PACKET_FIELD_WHEN("ack_raw", ack, event_number, event_has_ack),
        PACKET_FIELD("payload", payload_size, event_number),
        PACKET_FIELD("size", size, event_number),
        PACKET_FIELD_WHEN("offset", stream_offset, event_number, event_is_tcp),
        PACKET_FIELD_WHEN("window", window, event_number, event_is_tcp),
        PACKET_FIELD_WHEN("window_field", window_field, event_number, event_is_tcp),
        PACKET_FIELD_WHEN("ts", timestamp_value, event_number, event_has_timestamps),
        PACKET_FIELD_WHEN("ts_echo", timestamp_echo, event_number, event_has_timestamps),
        MADE_FIELD("sack", event_sack_ranges),
        PACKET_FIELD("dsack", is_dsack, event_truth),
        PACKET_FIELD("sending", sending, event_nonzero),
        PACKET_FIELD("why", why, event_text),
        PACKET_FIELD("corrupted", is_corrupted, event_truth),
};

static const struct event_field hop_fields[] = {
        EVENT_FIELD("ordinal", hop.ordinal, event_nonzero),
        EVENT_FIELD("t_enqueue", hop.t_enqueue, event_time),
        EVENT_FIELD("t_tx", hop.t_tx, event_time),
        EVENT_FIELD("t_tx_end", hop.t_tx_end, event_time),
        EVENT_FIELD("t_arrive", hop.t_arrive, event_time),
        EVENT_FIELD("drop", hop.drop, event_text),
        EVENT_FIELD("rule", hop.rule, event_text),
        EVENT_FIELD("reordered", hop.is_reordered, event_truth),
        EVENT_FIELD("duplicate", hop.is_duplicate, event_truth),
        EVENT_FIELD("corrupted_here", hop.is_corrupted_here, event_truth),
        EVENT_FIELD("delayed", hop.is_delayed, event_truth),
};

static const struct event_field dropped_fields[] = {
        EVENT_FIELD("drop", dropped.reason, event_text),
        EVENT_FIELD("detail", dropped.detail, event_text),
};

static const struct event_field fault_fields[] = {
        EVENT_FIELD("rule", fault.rule, event_text),
        EVENT_FIELD("action", fault.action, event_text),
};

static const struct event_field state_fields[] = {
        EVENT_FIELD("state_from", state.from, event_text),
        EVENT_FIELD("state_to", state.to, event_text),
};

static const struct event_field rtt_fields[] = {
        EVENT_FIELD("sample", rtt.sample, event_not_negative),
        EVENT_FIELD("srtt", rtt.smoothed, event_number),
        EVENT_FIELD("rttvar", rtt.variation, event_number),
        EVENT_FIELD("rto", rtt.rto, event_number),
        EVENT_FIELD("backoff", rtt.backoffs, event_nonzero),
};

static const struct event_field congestion_fields[] = {
        EVENT_FIELD("cwnd", congestion.cwnd_bytes, event_number),
        EVENT_FIELD("ssthresh", congestion.ssthresh_bytes, event_not_maximum),
        EVENT_FIELD("in_flight", congestion.in_flight_bytes, event_number),
        EVENT_FIELD("send_window", congestion.send_window_bytes, event_number),
        EVENT_FIELD("pacing", congestion.pacing, event_nonzero),
};

static const struct event_field note_fields[] = {
        EVENT_FIELD("note", note.name, event_text),
        EVENT_FIELD("note_why", note.why, event_text),
        EVENT_FIELD("outgoing", note.is_outgoing, event_truth),
        EVENT_FIELD("first", note.first, event_number),
        EVENT_FIELD("end", note.end, event_number),
        EVENT_FIELD("value", note.value, event_number),
};

static const struct event_field call_fields[] = {
        EVENT_FIELD("process", call.process, event_number),
        EVENT_FIELD("program", call.program, event_text),
        EVENT_FIELD("call", call.name, event_text),
        EVENT_FIELD("fd", call.fd, event_not_negative),
        EVENT_FIELD("arguments", call.arguments, event_text),
        EVENT_FIELD("result", call.result, event_number),
        EVENT_FIELD("error", call.error, event_text),
        EVENT_FIELD("started", call.started, event_time),
};

static const struct event_field step_fields[] = {
        EVENT_FIELD("process", step.process, event_number),
        EVENT_FIELD("program", step.program, event_text),
        EVENT_FIELD("step", step.name, event_text),
        EVENT_FIELD("text", step.text, event_text),
};

#define FIELDS(table) table, G_N_ELEMENTS(table)
static const struct ndjson_kind kinds[TRACE_KINDS] = {
        [TRACE_HOP] = { "net.hop", FIELDS(hop_fields), true },
        [TRACE_SENT] = { "host.sent", NULL, 0, true },
        [TRACE_RECEIVED] = { "host.received", NULL, 0, true },
        [TRACE_DROPPED] = { "net.dropped", FIELDS(dropped_fields), true },
        [TRACE_FAULT] = { "net.fault", FIELDS(fault_fields), true },
        [TRACE_TCP_STATE] = { "tcp.state", FIELDS(state_fields), false },
        [TRACE_TCP_RTT] = { "tcp.rtt", FIELDS(rtt_fields), false },
        [TRACE_TCP_CONGESTION] = { "tcp.congestion", FIELDS(congestion_fields), false },
        [TRACE_TCP_NOTE] = { "tcp.note", FIELDS(note_fields), false },
        [TRACE_SOCKET_CALL] = { "socket.call", FIELDS(call_fields), false },
        [TRACE_STEP] = { "app.step", FIELDS(step_fields), false },
};

const struct ndjson_kind *trace_ndjson_kind(enum trace_kind kind)
{
        return &kinds[kind];
}

const struct event_field *trace_ndjson_common_fields(unsigned *count)
{
        *count = G_N_ELEMENTS(common_fields);
        return common_fields;
}

const struct event_field *trace_ndjson_packet_fields(unsigned *count)
{
        *count = G_N_ELEMENTS(packet_fields);
        return packet_fields;
}

static void add_ranges(JsonWriter *json, const char *key, const struct event_value *value)
{
        if (value->ranges.count == 0)
                return;
        json_writer_begin_array(json, key);
        for (unsigned i = 0; i < value->ranges.count; i++) {
                json_writer_begin_array(json, NULL);
                json_writer_add_integer(json, NULL, value->ranges.items[i].first);
                json_writer_add_integer(json, NULL, value->ranges.items[i].end);
                json_writer_end_array(json);
        }
        json_writer_end_array(json);
}

static void add_value(JsonWriter *json, const char *key, const struct event_value *value)
{
        switch (value->kind) {
        case EVENT_VALUE_NONE:
                return;
        case EVENT_VALUE_SIGNED:
                json_writer_add_integer(json, key, value->integer);
                return;
        case EVENT_VALUE_UNSIGNED:
                json_writer_add_unsigned(json, key, value->natural);
                return;
        case EVENT_VALUE_SECONDS:
                json_writer_add_seconds(json, key, value->integer);
                return;
        case EVENT_VALUE_BOOL:
                if (value->truth)
                        json_writer_add_bool(json, key, true);
                return;
        case EVENT_VALUE_TEXT:
                if (strcmp(value->text, "-") != 0)
                        json_writer_add_string(json, key, value->text);
                return;
        case EVENT_VALUE_RANGES:
                add_ranges(json, key, value);
                return;
        }
}

static void add_fields(TraceNdjson *writer, const struct trace_event *event, const struct event_field *fields,
        unsigned count)
{
        const struct event_reading reading = {
                .trace = writer->trace, .event = event, .scratch = writer->scratch
        };
        struct event_value value;
        for (unsigned i = 0; i < count; i++) {
                event_field_read(&fields[i], &reading, &value);
                add_value(writer->json, fields[i].name, &value);
        }
}

static void end_line(TraceNdjson *writer)
{
        const GString *text = json_writer_text(writer->json);
        trace_file_write(&writer->file, text->str, text->len);
        trace_file_write(&writer->file, "\n", 1);
        json_writer_restart(writer->json);
}

static void on_event(void *data, const struct trace_event *event)
{
        TraceNdjson *writer = data;
        const struct ndjson_kind *kind = &kinds[event->kind];
        json_writer_begin_object(writer->json, NULL);
        json_writer_add_integer(writer->json, "t", event->time);
        json_writer_add_string(writer->json, "ev", kind->name);
        add_fields(writer, event, common_fields, G_N_ELEMENTS(common_fields));
        if (kind->has_packet && event->packet)
                add_fields(writer, event, packet_fields, G_N_ELEMENTS(packet_fields));
        add_fields(writer, event, kind->fields, kind->field_count);
        json_writer_end_object(writer->json);
        end_line(writer);
}

static void add_owner(JsonWriter *json, const struct trace_owner *owner, const char *label)
{
        static const char *const kind_names[] = {
                [TRACE_OWNER_HOST] = "host", [TRACE_OWNER_ROUTER] = "router", [TRACE_OWNER_LINK] = "link"
        };
        json_writer_begin_object(json, NULL);
        json_writer_add_string(json, "label", label);
        json_writer_add_string(json, "kind", kind_names[owner->kind]);
        if (owner->kind == TRACE_OWNER_LINK) {
                json_writer_add_string(json, "link", owner->name);
                json_writer_add_string(json, "near", owner->near_end);
                json_writer_add_string(json, "far", owner->far_end);
        }
        json_writer_end_object(json);
}

static void write_header(TraceNdjson *writer, const struct trace_about *about)
{
        json_writer_begin_object(writer->json, NULL);
        json_writer_add_integer(writer->json, "inorder_trace", TRACE_NDJSON_SCHEMA);
        json_writer_add_string(writer->json, "scenario", about->scenario);
        json_writer_add_unsigned(writer->json, "seed", about->seed);
        json_writer_begin_array(writer->json, "owners");
        for (unsigned i = 0; i < trace_owner_count(writer->trace); i++)
                add_owner(writer->json, trace_owner(writer->trace, i), trace_owner_label(writer->trace, i));
        json_writer_end_array(writer->json);
        json_writer_begin_array(writer->json, "transfers");
        for (unsigned i = 1; i <= trace_transfer_count(writer->trace); i++)
                json_writer_add_string(writer->json, NULL, trace_transfer_name(writer->trace, i));
        json_writer_end_array(writer->json);
        json_writer_end_object(writer->json);
        end_line(writer);
}

TraceNdjson *trace_ndjson_new(Trace *trace, FILE *file, const struct trace_about *about, uint32_t mask)
{
        TraceNdjson *writer = g_new0(TraceNdjson, 1);
        trace_file_init(&writer->file, file, about->file_name != NULL ? about->file_name : "trace.ndjson");
        writer->trace = trace;
        writer->json = json_writer_new(JSON_ONE_LINE);
        writer->scratch = g_string_new(NULL);
        write_header(writer, about);
        trace_listen(trace, mask, on_event, writer);
        return writer;
}

bool trace_ndjson_finish(TraceNdjson *writer, GError **error)
{
        return trace_file_finish(&writer->file, error);
}

void trace_ndjson_free(TraceNdjson *writer)
{
        if (!writer)
                return;
        trace_file_clear(&writer->file);
        json_writer_free(writer->json);
        g_string_free(writer->scratch, TRUE);
        g_free(writer);
}
