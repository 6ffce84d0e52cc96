/*
 * Packets in words, by what their header says and their sender's note.
 */
#include "cli/packet_words.h"

#include <inttypes.h>

#define FIN      0x01
#define SYN      0x02
#define RST      0x04
#define ACK      0x10

#define DNS_PORT 53

static const char *sender_name(const Trace *trace, const struct trace_packet *packet)
{
        return packet->from == UINT32_MAX ? "somebody" : trace_owner(trace, packet->from)->name;
}

static char *datagram_words(const Trace *trace, const struct trace_packet *packet)
{
        bool is_dns = packet->source_port == DNS_PORT || packet->destination_port == DNS_PORT;
        const char *what = !is_dns                                ? "UDP datagram"
                           : packet->destination_port == DNS_PORT ? "DNS question"
                                                                  : "DNS answer";
        return g_strdup_printf("%s's %s", sender_name(trace, packet), what);
}

static char *control_words(const Trace *trace, const struct trace_packet *packet)
{
        const char *what = packet->flags & RST   ? "RST"
                           : packet->flags & SYN ? packet->flags & ACK ? "SYN-ACK" : "SYN"
                           : packet->flags & FIN ? "FIN"
                                                 : "ACK";
        if ((packet->flags & (RST | SYN | FIN)) == 0 && packet->relative_ack > 0)
                return g_strdup_printf(
                        "%s's ACK up to byte %" PRId64, sender_name(trace, packet), packet->relative_ack - 1);
        return g_strdup_printf("%s's %s", sender_name(trace, packet), what);
}

char *packet_words(const Trace *trace, const struct trace_packet *packet)
{
        if (packet->protocol == TRACE_UDP)
                return datagram_words(trace, packet);
        if (packet->protocol == TRACE_ICMP)
                return g_strdup_printf("%s's ICMP message", sender_name(trace, packet));
        if (packet->payload_size == 0 && packet->protocol == TRACE_TCP)
                return control_words(trace, packet);
        if (packet->payload_size == 0)
                return g_strdup_printf("%s's packet", sender_name(trace, packet));
        return g_strdup_printf("%s's bytes %" PRIu64 " to %" PRIu64 "%s", sender_name(trace, packet),
                packet->stream_offset, packet->stream_offset + packet->payload_size - 1,
                packet->flags & FIN ? " and FIN" : "");
}
