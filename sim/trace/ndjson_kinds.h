/*
 * The lines of trace.ndjson: which fields each kind of event has, in their order.
 */
#ifndef INORDER_NDJSON_KINDS_H
#define INORDER_NDJSON_KINDS_H

#include "trace/event_field.h"

struct ndjson_out;
struct event_reading;

struct ndjson_fields {
        const struct event_field *fields;
        unsigned count;
        /* Those that are known, as members of an object. The end of what was written. */
        char *(*put)(struct ndjson_out *out, char *at, const struct event_reading *reading);
};

#define NDJSON_OPENING_MAX 24

/* One kind of event: its name and the fields of its own, which follow the common ones. */
struct ndjson_kind {
        const char *name;    /* "net.hop" */
        char opening[NDJSON_OPENING_MAX]; /* as a member of the object */
        uint8_t opening_size;
        struct ndjson_fields own;
        bool has_packet;     /* the fields of a packet come between */
};

extern const struct ndjson_fields ndjson_common_fields;
extern const struct ndjson_fields ndjson_packet_fields; /* all that its header says and its host knew */
extern const struct ndjson_fields ndjson_glance_fields; /* of one that is still as it was sent */
const struct ndjson_kind *ndjson_kind_of(enum trace_kind kind);

#endif
