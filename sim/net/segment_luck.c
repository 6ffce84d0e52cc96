/*
 * Numbers of segments, mixed from what names them.
 */
#include "net/segment_luck.h"

#include "net/mix.h"

/* By the program when there is one: ports are chosen by luck, too. */
static uint64_t flow_of(const struct packet_note *note, const struct tcp_segment *segment)
{
        uint64_t ends = (uint64_t)note->from << 32 | note->to;
        uint64_t ports = (uint64_t)segment->source_port << 16 | segment->destination_port;
        return mix(ends, note->transfer != 0 ? (uint64_t)note->transfer << 32 : ports);
}

static uint64_t sent_bytes(const struct packet *packet, const struct tcp_segment *segment)
{
        const struct packet_note *note = &packet->note;
        uint32_t relative = segment->seq.value - note->isn;
        return mix(mix(note->stream_offset, relative), note->sending);
}

static uint64_t acknowledged(const struct packet_note *note, const struct tcp_segment *segment)
{
        uint64_t sum = segment->ack.value - note->peer_isn;
        for (unsigned i = 0; i < segment->options.sack_count; i++) {
                const struct sack_block *block = &segment->options.sack[i];
                uint32_t left = block->left.value - note->peer_isn;
                sum = mix(sum, (uint64_t)left << 32 | (block->right.value - note->peer_isn));
        }
        return sum;
}

uint64_t segment_luck(const struct packet *packet, uint64_t otherwise)
{
        struct tcp_segment segment;
        const struct packet_note *note = &packet->note;
        if (!note->knows_isn || !packet_tcp_header(packet, &segment))
                return otherwise;
        uint64_t flow = flow_of(note, &segment);
        if (note->sending > 0)
                return mix(mix(flow, 1), sent_bytes(packet, &segment));
        return note->knows_peer_isn ? mix(mix(flow, 2), acknowledged(note, &segment)) : otherwise;
}
