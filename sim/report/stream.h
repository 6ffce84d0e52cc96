/*
 * The streams among a transfer's segments: each connection has two, one in either direction.
 */
#ifndef INORDER_STREAM_H
#define INORDER_STREAM_H

#include "report/segment_table.h"

/* One direction of a connection. */
struct stream {
        const char *sender;
        const char *receiver;
        int64_t sender_port;
        int64_t receiver_port;
        int64_t sender_connection;
        int64_t receiver_connection; /* -1: it never answered */
        int64_t bytes;               /* carried, those sent again too */
};
/* The one that carried most, among those that `host` sent (NULL: anybody). False: there was no TCP. */
bool stream_find_main(const SegmentTable *table, const char *host, struct stream *stream);
bool stream_has(const struct stream *stream, const struct segment *segment);
/* The other direction of the same connection. */
bool stream_is_answered_by(const struct stream *stream, const struct segment *segment);

#endif
