/*
 * A segment as a line of text, "P. 1:1001 ack 1 win 65535": what a dialogue says of it, and what it leaves
 * open.
 */
#ifndef INORDER_SPOKEN_SEGMENT_H
#define INORDER_SPOKEN_SEGMENT_H

#include "tcp/tcp_conn.h"

struct spoken_segment {
        struct tcp_segment segment; /* numbers relative; no payload */
        uint32_t length;            /* of the payload */
        bool has_ack;
        bool has_window;
        bool has_reason;
        bool has_sending;
        enum tcp_send_reason reason;
        uint32_t sending;
};

/* From FLAGS on. NULL, or what cannot be read. */
const char *spoken_segment_parse(char **words, struct spoken_segment *spoken);

/* What was sent, with relative numbers, as text to be freed. */
char *spoken_segment_format(const struct tcp_segment *segment, const struct tcp_sending *sending);

/* Whether `segment`, with relative numbers, is what was said. */
bool spoken_segment_matches(const struct spoken_segment *spoken, const struct tcp_segment *segment,
        const struct tcp_sending *sending);

#endif
