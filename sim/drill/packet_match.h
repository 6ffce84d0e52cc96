/*
 * Whether what a stack sent is what the script expects. All that the packet-script language says is checked.
 */
#ifndef INORDER_PACKET_MATCH_H
#define INORDER_PACKET_MATCH_H

#include "drill/conversation.h"

struct match_rules {
        bool strict_segments;      /* no gathering of consecutive segments */
        duration_ns timestamp_tick; /* 0: TS val is not compared */
        duration_ns tolerance;
        unsigned tolerance_percent_x10; /* tenths of a percent */
};

/* What differs, in words, each with a ";" before it; an empty text when nothing does. `now` is the packet's time. */
void packet_match(struct conversation *conversation, const struct match_rules *rules,
        const struct script_packet *expected, const struct seen_packet *seen, time_ns now, GString *differences);

/* Whether `next` goes on where `seen` ends, so that both together may meet one expectation; then it is added: payload,
 * and the flags and options of the last. `first_size`: the payload of the first piece. The bytes of `next` must stay. */
bool packet_match_gather(const struct script_packet *expected, struct seen_packet *seen, unsigned first_size,
        const struct seen_packet *next);

#endif
