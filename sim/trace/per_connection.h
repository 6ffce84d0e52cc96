/*
 * What a listener keeps about each connection: records found by host and number.
 */
#ifndef INORDER_PER_CONNECTION_H
#define INORDER_PER_CONNECTION_H

#include "trace/trace.h"

typedef struct PerConnection PerConnection;

/* Records of `size` bytes, zero when new; `clear` frees what they hold, NULL: nothing. */
PerConnection *per_connection_new(size_t size, void (*clear)(void *record));
void per_connection_free(PerConnection *records);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PerConnection, per_connection_free)

/* The record of the event's owner and connection, which is not 0. */
void *per_connection_of(PerConnection *records, const struct trace_event *event);
/* In the order of owners and numbers. */
void per_connection_foreach(PerConnection *records, void (*visit)(void *data, void *record), void *data);

#endif
