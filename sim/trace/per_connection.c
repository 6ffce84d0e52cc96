/*
 * Hosts and their connections are numbered without gaps, so the numbers are indices.
 */
#include "trace/per_connection.h"

struct PerConnection {
        size_t size;
        void (*clear)(void *record);
        GPtrArray *owners; /* of GPtrArray of records; NULL for what never had one, in both */
};

PerConnection *per_connection_new(size_t size, void (*clear)(void *record))
{
        PerConnection *records = g_new0(PerConnection, 1);
        records->size = size;
        records->clear = clear;
        records->owners = g_ptr_array_new();
        return records;
}

static void **slot(GPtrArray *array, uint32_t index)
{
        if (index >= array->len)
                g_ptr_array_set_size(array, (int)index + 1);
        return &array->pdata[index];
}

void *per_connection_of(PerConnection *records, const struct trace_event *event)
{
        g_assert(event->connection > 0);
        void **connections = slot(records->owners, event->owner);
        if (!*connections)
                *connections = g_ptr_array_new();
        void **record = slot(*connections, event->connection - 1);
        if (!*record)
                *record = g_malloc0(records->size);
        return *record;
}

void per_connection_foreach(PerConnection *records, void (*visit)(void *data, void *record), void *data)
{
        for (unsigned owner = 0; owner < records->owners->len; owner++) {
                const GPtrArray *connections = records->owners->pdata[owner];
                for (unsigned i = 0; connections && i < connections->len; i++) {
                        if (connections->pdata[i])
                                visit(data, connections->pdata[i]);
                }
        }
}

static void free_record(void *data, void *record)
{
        const PerConnection *records = data;
        if (records->clear)
                records->clear(record);
        g_free(record);
}

void per_connection_free(PerConnection *records)
{
        if (!records)
                return;
        per_connection_foreach(records, free_record, records);
        for (unsigned owner = 0; owner < records->owners->len; owner++) {
                if (records->owners->pdata[owner])
                        g_ptr_array_unref(records->owners->pdata[owner]);
        }
        g_ptr_array_unref(records->owners);
        g_free(records);
}
