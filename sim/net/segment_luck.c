/*
 * Numbers of segments, mixed from what names them.
 */
#include "net/segment_luck.h"

#include "net/mix.h"

/* By the program when there is one: ports are chosen by luck, too. mix() adds: what is small on both sides is
 * mixed first, else host 1's program 10 would be host 3's program 8. */
static uint64_t flow_luck(const struct segment_name *name)
{
        uint64_t ends = mix((uint64_t)name->from << 32 | name->to, 0);
        uint64_t ports = (uint64_t)name->source_port << 16 | name->destination_port;
        uint64_t flow = (uint64_t)name->transfer << 32 | (name->flow > 1 ? name->flow : 0);
        uint64_t luck = mix(ends, name->transfer != 0 ? flow : ports);
        return name->adopted > 1 ? mix(luck, name->adopted) : luck;
}

/* What keeps the numbers of one thing from being those of another. */
enum { OF_TEXT = 1, OF_AN_ACK };

uint64_t segment_name_luck(const struct segment_name *name)
{
        uint64_t sent = mix(mix(mix(name->offset, 0), name->seq), name->sending);
        uint64_t luck = mix(mix(flow_luck(name), name->is_ack ? OF_AN_ACK : OF_TEXT), sent);
        return name->copy != 0 ? mix(luck, name->copy) : luck;
}

/* By what its host noted: its bytes may have been hit on the way. */
bool segment_name_of(const struct packet *packet, struct segment_name *name)
{
        const struct packet_note *note = &packet->note;
        bool is_ack = note->sending == 0 && note->nth_ack > 0 && note->knows_peer_isn;
        bool has_text = note->sending > 0 && note->knows_isn;
        if (!is_ack && !has_text)
                return false;
        *name = (struct segment_name){
                .from = note->from,
                .to = note->to,
                .transfer = note->transfer,
                .flow = note->flow,
                .adopted = note->adopted,
                .source_port = note->source_port,
                .destination_port = note->destination_port,
                .is_ack = is_ack,
                .seq = is_ack ? note->ack - note->peer_isn : note->seq - note->isn,
                .offset = is_ack ? 0 : note->stream_offset,
                .sending = is_ack ? note->nth_ack : note->sending,
                .copy = packet->copy,
        };
        return true;
}

uint64_t segment_luck(const struct packet *packet, uint64_t otherwise)
{
        struct segment_name name;
        return segment_name_of(packet, &name) ? segment_name_luck(&name) : otherwise;
}
