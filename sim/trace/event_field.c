/*
 * What several fields of an event say together.
 */
#include "trace/event_field.h"
#include "trace/event_value.h"

#include <string.h>

/* By bit: FIN 1, SYN 2 … */
static const char flag_names[][4] = { "FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR", "AE" };
#define FLAG_ACK 0x010

const struct trace_name event_no_name = { "-", 1, true };
const struct trace_name event_cause_names[] = {
        [TRACE_CAUSE_NONE] = { "-", 1, true },
        [TRACE_CAUSE_PACKET] = { "packet", 6, true },
        [TRACE_CAUSE_DEADLINE] = { "deadline", 8, true },
        [TRACE_CAUSE_CALL] = { "call", 4, true },
};

bool event_is_tcp(const struct trace_event *event)
{
        return event->packet && strcmp(event->packet->protocol, "tcp") == 0;
}

bool event_has_ack(const struct trace_event *event)
{
        return event_is_tcp(event) && (event->packet->flags & FLAG_ACK);
}

uint32_t event_transfer(const struct trace_event *event)
{
        if (event->transfer == 0 && event->packet)
                return event->packet->transfer;
        return event->transfer;
}

/* Blocks report what has arrived beyond the acknowledgment, or (RFC 2883) close before it: within 2^31 of it.
 */
unsigned event_sack_blocks(
        const struct trace_packet *packet, struct event_range blocks[TRACE_SACK_BLOCKS_MAX])
{
        if (packet->relative_ack < 0)
                return 0;
        for (unsigned i = 0; i < packet->sack_count; i++) {
                blocks[i].first = packet->relative_ack + (int32_t)(packet->sack[i].left - packet->ack);
                blocks[i].end = packet->relative_ack + (int32_t)(packet->sack[i].right - packet->ack);
        }
        return packet->sack_count;
}

static unsigned packet_facts(const struct trace_packet *packet)
{
        unsigned facts = EVENT_HAS_PACKET;
        if (strcmp(packet->protocol, "-") != 0)
                facts |= EVENT_HAS_PORTS;
        if (strcmp(packet->protocol, "tcp") != 0)
                return facts;
        if (packet->flags & FLAG_ACK)
                facts |= EVENT_HAS_ACK;
        if (packet->has_timestamps)
                facts |= EVENT_HAS_TIMESTAMPS;
        return facts | EVENT_IS_TCP;
}

unsigned event_facts(const struct trace_event *event)
{
        unsigned facts = event->packet ? packet_facts(event->packet) : 0;
        bool has_sample = event->kind == TRACE_TCP_RTT && event->rtt.sample >= 0;
        return has_sample ? facts | EVENT_HAS_RTT_SAMPLE : facts;
}

char *event_put_flags(char *at, uint64_t flags)
{
        for (uint64_t rest = flags; rest != 0; rest &= rest - 1) {
                const char *name = flag_names[g_bit_nth_lsf(rest, -1)];
                memcpy(at, name, sizeof flag_names[0]);
                at += 2 + (name[2] != '\0');
                *at++ = '+';
        }
        return at - 1;
}
