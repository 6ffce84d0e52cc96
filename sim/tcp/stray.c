/*
 * Answers without a connection. RFC 9293 section 3.10.7.1.
 */
#include "tcp/tcp_conn.h"

/* "If the ACK bit is off, sequence number zero is used, <SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK>. If the ACK
 * bit is on, <SEQ=SEG.ACK><CTL=RST>." "An incoming segment containing a RST is discarded." */
bool tcp_stray_answer(const struct tcp_segment *segment, struct tcp_segment *answer)
{
        if (segment->flags & TCP_FLAG_RST)
                return false;
        *answer = (struct tcp_segment){
                .source_port = segment->destination_port,
                .destination_port = segment->source_port,
                .flags = TCP_FLAG_RST,
                .dont_fragment = true,
        };
        if (segment->flags & TCP_FLAG_ACK) {
                answer->seq = segment->ack;
                return true;
        }
        answer->flags |= TCP_FLAG_ACK;
        answer->ack = tcp_segment_end(segment);
        return true;
}
