/*
 * The lines of trace.ndjson: which fields each kind of event has, in their order.
 */
#ifndef INORDER_NDJSON_KINDS_H
#define INORDER_NDJSON_KINDS_H

#include "trace/event_field.h"

struct ndjson_fields {
        const struct event_field *fields;
        unsigned count;
};

/* One kind of event: its name and the fields of its own, which follow the common ones. */
struct ndjson_kind {
        const char *name;    /* "net.hop" */
        const char *opening; /* as a member of the object */
        size_t opening_size;
        struct ndjson_fields own;
        bool has_packet;     /* the fields of a packet come between */
};

extern const struct ndjson_fields ndjson_common_fields;
extern const struct ndjson_fields ndjson_packet_fields; /* all that its header says and its host knew */
extern const struct ndjson_fields ndjson_glance_fields; /* of one that is still as it was sent */
const struct ndjson_kind *ndjson_kind_of(enum trace_kind kind);

#endif
