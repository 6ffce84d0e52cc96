/*
 * Told apart by hosts and ports.
 */
#include "report/stream.h"

#include <string.h>

bool stream_has(const struct stream *stream, const struct segment *segment)
{
        return segment->kind != SEGMENT_DATAGRAM && strcmp(segment->from, stream->sender) == 0 &&
               strcmp(segment->to, stream->receiver) == 0 && segment->from_port == stream->sender_port &&
               segment->to_port == stream->receiver_port;
}

bool stream_is_answered_by(const struct stream *stream, const struct segment *segment)
{
        return segment->kind != SEGMENT_DATAGRAM && strcmp(segment->from, stream->receiver) == 0 &&
               strcmp(segment->to, stream->sender) == 0 && segment->from_port == stream->receiver_port &&
               segment->to_port == stream->sender_port;
}

static struct stream stream_of(const struct segment *segment)
{
        return (struct stream){ segment->from, segment->to, segment->from_port, segment->to_port,
                segment->connection, -1, 0 };
}

/* In the order of their first segments. */
static GArray *list_streams(const SegmentTable *table)
{
        GArray *streams = g_array_new(FALSE, FALSE, sizeof(struct stream));
        for (unsigned i = 0; i < segment_table_count(table); i++) {
                const struct segment *segment = segment_table_at(table, i);
                unsigned k = 0;
                while (k < streams->len && !stream_has(&g_array_index(streams, struct stream, k), segment))
                        k++;
                if (segment->kind == SEGMENT_DATAGRAM)
                        continue;
                if (k == streams->len) {
                        struct stream fresh = stream_of(segment);
                        g_array_append_val(streams, fresh);
                }
                g_array_index(streams, struct stream, k).bytes += segment->payload;
        }
        return streams;
}

static void find_answerer(const SegmentTable *table, struct stream *stream)
{
        for (unsigned i = 0; i < segment_table_count(table); i++) {
                const struct segment *segment = segment_table_at(table, i);
                if (stream_is_answered_by(stream, segment))
                        stream->receiver_connection = segment->connection;
        }
}

bool stream_find_main(const SegmentTable *table, const char *host, struct stream *stream)
{
        g_autoptr(GArray) streams = list_streams(table);
        const struct stream *best = NULL;
        for (unsigned i = 0; i < streams->len; i++) {
                const struct stream *candidate = &g_array_index(streams, struct stream, i);
                if (host != NULL && strcmp(candidate->sender, host) != 0)
                        continue;
                if (best == NULL || candidate->bytes > best->bytes)
                        best = candidate;
        }
        if (best == NULL)
                return false;
        *stream = *best;
        find_answerer(table, stream);
        return true;
}
