/*
 * Events as rows, after tables of columns.
 */
#include "trace/trace_csv.h"
#include "trace/decimal.h"

#include <string.h>

/* One row a packet-hop, when it ends: a packet that crosses three links has three. */
static const struct event_field segments_columns[] = {
        EVENT_FIELD("t_ns", time, event_time),
        EVENT_FIELD("t", time, event_seconds),
        MADE_FIELD("link", event_link_name),
        MADE_FIELD("near", event_link_near_end),
        MADE_FIELD("far", event_link_far_end),
        PACKET_FIELD("packet", id, event_packet_id),
        PACKET_FIELD("copy", copy, event_number),
        PACKET_FIELD("from", from, event_owner_label),
        PACKET_FIELD("to", to, event_owner_label),
        MADE_FIELD("transfer", event_transfer_name),
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
        MADE_FIELD("sack", event_sack_ranges),
        PACKET_FIELD("dsack", is_dsack, event_truth),
        PACKET_FIELD("sending", sending, event_nonzero),
        PACKET_FIELD("why", why, event_text),
        EVENT_FIELD("drop", hop.drop, event_text),
        EVENT_FIELD("rule", hop.rule, event_text),
        EVENT_FIELD("reordered", hop.is_reordered, event_truth),
        EVENT_FIELD("duplicate", hop.is_duplicate, event_truth),
        PACKET_FIELD("corrupted", is_corrupted, event_truth),
        EVENT_FIELD("corrupted_here", hop.is_corrupted_here, event_truth),
        EVENT_FIELD("delayed", hop.is_delayed, event_truth),
        EVENT_FIELD("t_enqueue_ns", hop.t_enqueue, event_time),
        EVENT_FIELD("t_enqueue", hop.t_enqueue, event_seconds),
        EVENT_FIELD("t_tx_ns", hop.t_tx, event_time),
        EVENT_FIELD("t_tx", hop.t_tx, event_seconds),
        EVENT_FIELD("t_tx_end_ns", hop.t_tx_end, event_time),
        EVENT_FIELD("t_tx_end", hop.t_tx_end, event_seconds),
        EVENT_FIELD("t_arrive_ns", hop.t_arrive, event_time),
        EVENT_FIELD("t_arrive", hop.t_arrive, event_seconds),
        EVENT_FIELD("ordinal", hop.ordinal, event_number),
};

static const struct csv_table tables[] = {
        { "segments.csv", TRACE_BIT(TRACE_HOP), segments_columns, G_N_ELEMENTS(segments_columns) },
};

/* One table's file. */
struct sheet {
        const struct csv_table *table;
        const TraceCsv *writer;
        struct trace_file file;
};

struct TraceCsv {
        const Trace *trace;
        GString *row;
        GString *scratch;
        struct sheet sheets[G_N_ELEMENTS(tables)];
        unsigned sheet_count;
};

const struct csv_table *trace_csv_tables(unsigned *count)
{
        *count = G_N_ELEMENTS(tables);
        return tables;
}

static void append_text(GString *row, const char *text)
{
        if (!strpbrk(text, ",\"\r\n")) {
                g_string_append(row, text);
                return;
        }
        g_string_append_c(row, '"');
        for (const char *c = text; *c; c++) {
                if (*c == '"')
                        g_string_append_c(row, '"');
                g_string_append_c(row, *c);
        }
        g_string_append_c(row, '"');
}

static void append_ranges(GString *row, const struct event_value *value)
{
        if (value->ranges.count == 0)
                g_string_append_c(row, '-');
        for (unsigned i = 0; i < value->ranges.count; i++) {
                if (i > 0)
                        g_string_append_c(row, ' ');
                decimal_append_signed(row, value->ranges.items[i].first);
                g_string_append_c(row, '-');
                decimal_append_signed(row, value->ranges.items[i].end);
        }
}

static void append_value(GString *row, const struct event_value *value)
{
        switch (value->kind) {
        case EVENT_VALUE_NONE:
                return;
        case EVENT_VALUE_SIGNED:
                decimal_append_signed(row, value->integer);
                return;
        case EVENT_VALUE_UNSIGNED:
                decimal_append_unsigned(row, value->natural);
                return;
        case EVENT_VALUE_BOOL:
                g_string_append_c(row, value->truth ? '1' : '0');
                return;
        case EVENT_VALUE_SECONDS:
                decimal_append_seconds(row, value->integer);
                return;
        case EVENT_VALUE_TEXT:
                append_text(row, value->text);
                return;
        case EVENT_VALUE_RANGES:
                append_ranges(row, value);
                return;
        }
}

static void on_event(void *data, const struct trace_event *event)
{
        struct sheet *sheet = data;
        const struct event_reading reading = {
                .trace = sheet->writer->trace, .event = event, .scratch = sheet->writer->scratch
        };
        GString *row = sheet->writer->row;
        struct event_value value;
        g_string_truncate(row, 0);
        for (unsigned i = 0; i < sheet->table->column_count; i++) {
                if (i > 0)
                        g_string_append_c(row, ',');
                event_field_read(&sheet->table->columns[i], &reading, &value);
                append_value(row, &value);
        }
        g_string_append_c(row, '\n');
        trace_file_write(&sheet->file, row->str, row->len);
}

static void write_header(struct sheet *sheet)
{
        GString *row = sheet->writer->row;
        g_string_truncate(row, 0);
        for (unsigned i = 0; i < sheet->table->column_count; i++) {
                if (i > 0)
                        g_string_append_c(row, ',');
                g_string_append(row, sheet->table->columns[i].name);
        }
        g_string_append_c(row, '\n');
        trace_file_write(&sheet->file, row->str, row->len);
}

static bool open_sheets(TraceCsv *writer, const struct trace_opener *opener, GError **error)
{
        for (unsigned i = 0; i < G_N_ELEMENTS(tables); i++) {
                struct sheet *sheet = &writer->sheets[i];
                FILE *file = opener->open(opener->data, tables[i].file_name, error);
                if (!file)
                        return false;
                sheet->table = &tables[i];
                sheet->writer = writer;
                trace_file_init(&sheet->file, file, tables[i].file_name);
                writer->sheet_count++;
                write_header(sheet);
        }
        return true;
}

TraceCsv *trace_csv_new(Trace *trace, const struct trace_opener *opener, GError **error)
{
        g_autoptr(TraceCsv) writer = g_new0(TraceCsv, 1);
        writer->trace = trace;
        writer->row = g_string_new(NULL);
        writer->scratch = g_string_new(NULL);
        if (!open_sheets(writer, opener, error))
                return NULL;
        for (unsigned i = 0; i < writer->sheet_count; i++)
                trace_listen(trace, tables[i].kinds, on_event, &writer->sheets[i]);
        return g_steal_pointer(&writer);
}

bool trace_csv_finish(TraceCsv *writer, GError **error)
{
        for (unsigned i = 0; i < writer->sheet_count; i++) {
                if (!trace_file_finish(&writer->sheets[i].file, error))
                        return false;
        }
        return true;
}

void trace_csv_free(TraceCsv *writer)
{
        if (!writer)
                return;
        for (unsigned i = 0; i < writer->sheet_count; i++)
                trace_file_clear(&writer->sheets[i].file);
        g_string_free(writer->row, TRUE);
        g_string_free(writer->scratch, TRUE);
        g_free(writer);
}
