/*
 * trace.ndjson: one event a line, in the order of the events. docs/trace.md explains every key.
 *
 * The first line is a header with the schema's version and the names of the run. Keys stand in a fixed order;
 * a key that does not apply is left out, as is a flag that is false.
 */
#ifndef INORDER_TRACE_NDJSON_H
#define INORDER_TRACE_NDJSON_H

#include "trace/trace.h"
#include "trace/trace_file.h"

#define TRACE_NDJSON_SCHEMA 2

typedef struct TraceNdjson TraceNdjson;

/* Writes the header and listens to the kinds in `mask`. All owners and transfers have been added. */
TraceNdjson *trace_ndjson_new(Trace *trace, FILE *file, const struct trace_about *about, uint32_t mask);
bool trace_ndjson_finish(TraceNdjson *writer, GError **error);
void trace_ndjson_free(TraceNdjson *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TraceNdjson, trace_ndjson_free)

#endif
