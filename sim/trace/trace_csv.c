/*
 * Which tables there are, and their files.
 */
#include "trace/trace_csv.h"

#include "trace/csv_tables.h"

static const struct csv_table *const tables[] = {
        &csv_segments,
        &csv_acks,
        &csv_sack,
        &csv_reassembly,
        &csv_congestion,
        &csv_rtt,
        &csv_queue,
        &csv_links,
        &csv_events,
};

struct TraceCsv {
        struct csv_sheet sheets[G_N_ELEMENTS(tables)];
        unsigned sheet_count;
};

const struct csv_table *const *trace_csv_tables(unsigned *count)
{
        *count = G_N_ELEMENTS(tables);
        return tables;
}

static bool open_sheet(TraceCsv *writer, Trace *trace, const struct csv_table *table,
        const struct trace_opener *opener, GError **error)
{
        FILE *file = opener->open(opener->data, table->file_name, error);
        if (!file)
                return false;
        csv_sheet_open(&writer->sheets[writer->sheet_count++], table, trace, file);
        return true;
}

TraceCsv *trace_csv_new(Trace *trace, const struct trace_opener *opener, uint32_t mask, GError **error)
{
        g_autoptr(TraceCsv) writer = g_new0(TraceCsv, 1);
        for (unsigned i = 0; i < G_N_ELEMENTS(tables); i++) {
                bool is_told = (tables[i]->kinds & ~mask) == 0;
                if (is_told && !open_sheet(writer, trace, tables[i], opener, error))
                        return NULL;
        }
        for (unsigned i = 0; i < writer->sheet_count; i++) {
                const struct csv_sheet *sheet = &writer->sheets[i];
                trace_listen(trace, sheet->table->kinds, sheet->table->on_event, sheet->state);
        }
        return g_steal_pointer(&writer);
}

bool trace_csv_finish(TraceCsv *writer, GError **error)
{
        for (unsigned i = 0; i < writer->sheet_count; i++) {
                struct csv_sheet *sheet = &writer->sheets[i];
                if (sheet->table->finish)
                        sheet->table->finish(sheet->state);
                if (!trace_file_finish(&sheet->file, error))
                        return false;
        }
        return true;
}

void trace_csv_free(TraceCsv *writer)
{
        if (!writer)
                return;
        for (unsigned i = 0; i < writer->sheet_count; i++)
                csv_sheet_clear(&writer->sheets[i]);
        g_free(writer);
}
