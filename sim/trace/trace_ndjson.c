/*
 * Events as JSON lines, after tables of fields.
 */
#include "trace/trace_ndjson.h"
#include "trace/decimal.h"
#include "trace/event_value.h"
#include "trace/json_writer.h"
#include "trace/ndjson_kinds.h"

#include <string.h>

struct TraceNdjson {
        struct trace_file file;
        const Trace *trace;
        GString *scratch; /* for text that has to be escaped */
};

#define FIELD_ROOM 256 /* for the key and any value but text */

static char *put_bytes(TraceNdjson *writer, char *at, const char *bytes, size_t size)
{
        at = trace_file_room(&writer->file, at, size + FIELD_ROOM);
        memcpy(at, bytes, size);
        return at + size;
}

static char *put_escaped(TraceNdjson *writer, char *at, const char *text)
{
        g_string_truncate(writer->scratch, 0);
        json_append_string(writer->scratch, text);
        return put_bytes(writer, at, writer->scratch->str, writer->scratch->len);
}

static char *put_plain(TraceNdjson *writer, char *at, const char *text, size_t size)
{
        *at = '"';
        at = put_bytes(writer, at + 1, text, size);
        *at = '"';
        return at + 1;
}

static char *put_text(TraceNdjson *writer, char *at, const char *text)
{
        size_t size = strlen(text);
        return trace_text_is_plain(text, size) ? put_plain(writer, at, text, size)
                                               : put_escaped(writer, at, text);
}

static char *put_name(TraceNdjson *writer, char *at, const struct trace_name *name)
{
        return name->is_plain ? put_plain(writer, at, name->text, name->size)
                              : put_escaped(writer, at, name->text);
}

/* Its number before the closing quote, which goes back to its place. */
static char *put_packet(TraceNdjson *writer, char *at, const struct trace_name *maker, uint32_t number)
{
        at = put_name(writer, at, maker) - 1;
        *at = '#';
        at = decimal_put_unsigned(at + 1, number);
        *at = '"';
        return at + 1;
}

static char *put_flags(char *at, uint64_t flags)
{
        *at = '"';
        at = event_put_flags(at + 1, flags);
        *at = '"';
        return at + 1;
}

static char *put_ranges(char *at, const struct event_value *value)
{
        *at++ = '[';
        for (unsigned i = 0; i < value->ranges.count; i++) {
                if (i > 0)
                        *at++ = ',';
                *at++ = '[';
                at = decimal_put_signed(at, value->ranges.items[i].first);
                *at++ = ',';
                at = decimal_put_signed(at, value->ranges.items[i].end);
                *at++ = ']';
        }
        *at++ = ']';
        return at;
}

static bool is_left_out(const struct event_value *value)
{
        return value->kind == EVENT_VALUE_NONE || value->kind == EVENT_VALUE_NO_TEXT ||
               (value->kind == EVENT_VALUE_BOOL && value->integer == 0) ||
               (value->kind == EVENT_VALUE_RANGES && value->ranges.count == 0);
}

static char *put_value(TraceNdjson *writer, char *at, const struct event_value *value)
{
        switch (value->kind) {
        case EVENT_VALUE_NONE:
        case EVENT_VALUE_NO_TEXT:
                return at;
        case EVENT_VALUE_SIGNED:
                return decimal_put_signed(at, value->integer);
        case EVENT_VALUE_UNSIGNED:
                return decimal_put_unsigned(at, value->natural);
        case EVENT_VALUE_SECONDS:
                return decimal_put_seconds(at, value->integer);
        case EVENT_VALUE_BOOL:
                return g_stpcpy(at, "true");
        case EVENT_VALUE_TEXT:
                return put_text(writer, at, value->text);
        case EVENT_VALUE_NAME:
                return put_name(writer, at, value->name);
        case EVENT_VALUE_PACKET:
                return put_packet(writer, at, value->name, value->number);
        case EVENT_VALUE_FLAGS:
                return put_flags(at, value->natural);
        case EVENT_VALUE_RANGES:
                return put_ranges(at, value);
        }
        return at;
}

static char *put_fields(TraceNdjson *writer, char *at, const struct event_reading *reading,
        const struct ndjson_fields *fields)
{
        struct event_value value;
        for (unsigned i = 0; i < fields->count; i++) {
                const struct event_field *field = &fields->fields[i];
                event_value_read(&value, field, reading);
                if (is_left_out(&value))
                        continue;
                at = trace_file_room(&writer->file, at, FIELD_ROOM);
                memcpy(at, field->key, sizeof field->key);
                at = put_value(writer, at + field->key_size, &value);
        }
        return at;
}

/* Its header is told when it is sent, and again where it may be another or nobody was seen sending it. */
static const struct ndjson_fields *packet_fields_of(const struct trace_event *event)
{
        bool is_as_sent = !event->packet->is_corrupted && event->packet->from != UINT32_MAX;
        return event->kind != TRACE_SENT && is_as_sent ? &ndjson_glance_fields : &ndjson_packet_fields;
}

static void on_event(void *data, const struct trace_event *event)
{
        TraceNdjson *writer = data;
        const struct ndjson_kind *kind = ndjson_kind_of(event->kind);
        const struct event_reading reading = event_reading_begin(writer->trace, event, NULL);
        char *at = trace_file_room(&writer->file, trace_file_begin(&writer->file), FIELD_ROOM);
        at = decimal_put_signed(g_stpcpy(at, "{\"t\":"), event->time);
        at = put_bytes(writer, at, kind->opening, kind->opening_size);
        at = put_fields(writer, at, &reading, &ndjson_common_fields);
        if (kind->has_packet && event->packet)
                at = put_fields(writer, at, &reading, packet_fields_of(event));
        at = put_fields(writer, at, &reading, &kind->own);
        at = put_bytes(writer, at, "}\n", 2);
        trace_file_end(&writer->file, at);
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
        trace_file_write(&writer->file, json_writer_text(json)->str, json_writer_text(json)->len);
        trace_file_write(&writer->file, "\n", 1);
}

TraceNdjson *trace_ndjson_new(Trace *trace, FILE *file, const struct trace_about *about, uint32_t mask)
{
        TraceNdjson *writer = g_new0(TraceNdjson, 1);
        trace_file_init(&writer->file, file, about->file_name != NULL ? about->file_name : "trace.ndjson",
                TRACE_FILE_LARGE_PIECE);
        writer->trace = trace;
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
        g_string_free(writer->scratch, TRUE);
        g_free(writer);
}
