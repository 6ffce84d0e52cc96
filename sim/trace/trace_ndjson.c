/*
 * Events as JSON lines, after tables of fields.
 */
#include "trace/trace_ndjson.h"
#include "trace/json_writer.h"
#include "trace/ndjson_kinds.h"
#include "trace/ndjson_line.h"

struct TraceNdjson {
        struct ndjson_out out;
        const Trace *trace;
};

/* Its header is told when it is sent, and again where it may be another or nobody was seen sending it. */
static const struct ndjson_fields *packet_fields_of(const struct trace_event *event)
{
        bool is_as_sent = !event->packet->is_corrupted && event->packet->from != UINT32_MAX;
        return event->kind != TRACE_SENT && is_as_sent ? &ndjson_glance_fields : &ndjson_packet_fields;
}

static void on_event(void *data, const struct trace_event *event)
{
        TraceNdjson *writer = data;
        struct trace_file *file = &writer->out.file;
        const struct ndjson_kind *kind = ndjson_kind_of(event->kind);
        const struct event_reading reading = event_reading_begin(writer->trace, event, NULL);
        char *at = trace_file_room(file, trace_file_begin(file), NDJSON_LINE_ROOM);
        memcpy(at, "{\"t\":", 5);
        at = decimal_put_signed(at + 5, event->time);
        memcpy(at, kind->opening, sizeof kind->opening);
        at = ndjson_common_fields.put(&writer->out, at + kind->opening_size, &reading);
        if (kind->has_packet && event->packet)
                at = packet_fields_of(event)->put(&writer->out, at, &reading);
        if (kind->own.count > 0)
                at = kind->own.put(&writer->out, at, &reading);
        memcpy(at, "}\n", 2);
        trace_file_end(file, at + 2);
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
        g_autoptr(JsonWriter) json = json_writer_new(JSON_ONE_LINE);
        json_writer_begin_object(json, NULL);
        json_writer_add_integer(json, "inorder_trace", TRACE_NDJSON_SCHEMA);
        json_writer_add_string(json, "scenario", about->scenario);
        json_writer_add_unsigned(json, "seed", about->seed);
        json_writer_begin_array(json, "owners");
        for (unsigned i = 0; i < trace_owner_count(writer->trace); i++)
                add_owner(json, trace_owner(writer->trace, i), trace_owner_label(writer->trace, i));
        json_writer_end_array(json);
        json_writer_begin_array(json, "transfers");
        for (unsigned i = 1; i <= trace_transfer_count(writer->trace); i++)
                json_writer_add_string(json, NULL, trace_transfer_name(writer->trace, i));
        json_writer_end_array(json);
        json_writer_end_object(json);
        trace_file_write(&writer->out.file, json_writer_text(json)->str, json_writer_text(json)->len);
        trace_file_write(&writer->out.file, "\n", 1);
}

TraceNdjson *trace_ndjson_new(Trace *trace, FILE *file, const struct trace_about *about, uint32_t mask)
{
        TraceNdjson *writer = g_new0(TraceNdjson, 1);
        trace_file_init(&writer->out.file, file, about->file_name != NULL ? about->file_name : "trace.ndjson",
                TRACE_FILE_LARGE_PIECE);
        writer->trace = trace;
        writer->out.scratch = g_string_new(NULL);
        write_header(writer, about);
        trace_listen(trace, mask, on_event, writer);
        return writer;
}

bool trace_ndjson_finish(TraceNdjson *writer, GError **error)
{
        return trace_file_finish(&writer->out.file, error);
}

void trace_ndjson_free(TraceNdjson *writer)
{
        if (!writer)
                return;
        trace_file_clear(&writer->out.file);
        g_string_free(writer->out.scratch, TRUE);
        g_free(writer);
}
