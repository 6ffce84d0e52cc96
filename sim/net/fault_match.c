/*
 * What a fault rule asks of a packet, key by key.
 */
#include "net/fault_match.h"

static bool hosts_match(const struct fault_match *match, const struct packet_note *note)
{
        if (match->from != PACKET_NO_HOST && match->from != note->from)
                return false;
        return match->to == PACKET_NO_HOST || match->to == note->to;
}

static bool bytes_match(const struct fault_match *match, const struct packet *packet)
{
        uint64_t first = packet->note.stream_offset;
        if (packet->payload.length == 0)
                return false;
        return first <= match->bytes_last && first + packet->payload.length - 1 >= match->bytes_first;
}

/* Whether two ranges on the circle of sequence numbers meet; the packet's has at least one number. */
static bool seq_matches(
        const struct fault_match *match, const struct packet *packet, const struct tcp_segment *segment)
{
        uint32_t length = packet->payload.length + ((segment->flags & TCP_FLAG_SYN) != 0) +
                          ((segment->flags & TCP_FLAG_FIN) != 0);
        if (!packet->note.knows_isn || length == 0)
                return false;
        uint32_t first = segment->seq.value - packet->note.isn;
        return match->seq_first - first < length ||
               first - match->seq_first <= match->seq_last - match->seq_first;
}

static bool flags_match(const struct fault_match *match, uint16_t flags)
{
        return (flags & match->flags_set) == match->flags_set && (flags & match->flags_clear) == 0;
}

static bool header_matches(const struct fault_match *match, const struct packet *packet)
{
        struct tcp_segment segment;
        if (!match->has_flags && !match->has_seq)
                return true;
        if (!packet_tcp_header(packet, &segment))
                return false;
        if (match->has_flags && !flags_match(match, segment.flags))
                return false;
        return !match->has_seq || seq_matches(match, packet, &segment);
}

bool fault_match_keys(const struct fault_match *match, const struct packet *packet, time_ns now)
{
        if (!hosts_match(match, &packet->note))
                return false;
        if (match->kinds != 0 && (packet->note.kinds & match->kinds) == 0)
                return false;
        if (match->transfer != 0 && match->transfer != packet->note.transfer)
                return false;
        if (match->has_time && (now < match->time_from || now > match->time_to))
                return false;
        if (match->has_bytes && !bytes_match(match, packet))
                return false;
        if (!header_matches(match, packet))
                return false;
        return match->filter == NULL || packet_filter_matches(match->filter, packet);
}
