/*
 * ICMP errors, made of the packets they are about. RFC 1812 section 4.3.2, RFC 4443 section 2.4.
 *
 * Differs: of Linux's two limits of their rate only that of the whole node is kept (icmp_msgs_per_sec and
 * icmp_msgs_burst), none for each destination.
 */
#include "net/icmp_packet.h"

#define TIME_TO_LIVE 64
/* RFC 1812 section 4.3.2.5: "Routers SHOULD send ICMP errors with IP Precedence 6 or 7"; Linux's is 6. */
#define PRECEDENCE_6 48
/* The whole error at most. RFC 1812 section 4.3.2.3; RFC 4443 section 2.4 (c). */
#define ERROR_SIZE_IPV4 576
#define ERROR_SIZE_IPV6 IPV6_MTU_MIN

#define RATION_BURST    50
#define RATION_INTERVAL MILLISECOND

static struct packet *make(PacketPool *pool, const struct ip_address *source,
        const struct ip_address *destination, struct icmp_message *message, uint8_t dscp)
{
        struct packet *packet = packet_new(pool);
        size_t ip_size = ip_header_size(message->version);
        icmp_emit(source, destination, message, packet->header + ip_size);
        packet->payload = message->body;
        message->body = (struct payload){ 0 };
        packet->header_size = (uint8_t)(ip_size + ICMP_HEADER_SIZE);
        packet->size = (uint16_t)(packet->header_size + packet->payload.length);
        const struct ip_header header = { .source = *source,
                .destination = *destination,
                .size = packet->size,
                .version = message->version,
                .dscp = dscp,
                .hop_limit = TIME_TO_LIVE,
                .protocol = message->version == 6 ? IP_PROTOCOL_ICMPV6 : IP_PROTOCOL_ICMP,
                .dont_fragment = true };
        ip_header_emit(&header, packet->header);
        packet->note = (struct packet_note){
                .from = PACKET_NO_HOST, .to = PACKET_NO_HOST, .why = "icmp", .kinds = PACKET_ICMP
        };
        return packet;
}

struct packet *icmp_packet_new(PacketPool *pool, const struct ip_address *source,
        const struct ip_address *destination, struct icmp_message *message)
{
        return make(pool, source, destination, message, 0);
}

/* ---- Reports ---- */

static const struct report_format {
        const char *why;
        uint8_t types[2]; /* of IPv4 and of IPv6 */
        uint8_t codes[2];
} formats[] = {
        [ICMP_REPORT_NO_ROUTE] = { "icmp-no-route", { ICMP_UNREACHABLE, ICMPV6_UNREACHABLE },
                { ICMP_NET_UNREACHABLE, ICMPV6_NO_ROUTE } },
        [ICMP_REPORT_TOO_BIG] = { "icmp-too-big", { ICMP_UNREACHABLE, ICMPV6_PACKET_TOO_BIG },
                { ICMP_FRAGMENTATION_NEEDED, 0 } },
        [ICMP_REPORT_LAST_HOP] = { "icmp-last-hop", { ICMP_TIME_EXCEEDED, ICMPV6_TIME_EXCEEDED }, { 0, 0 } },
        [ICMP_REPORT_PORT] = { "icmp-port", { ICMP_UNREACHABLE, ICMPV6_UNREACHABLE },
                { ICMP_PORT_UNREACHABLE, ICMPV6_PORT_UNREACHABLE } },
};

static bool is_one_hosts(const struct ip_address *address)
{
        if (ip_address_is_any(address))
                return false;
        if (ip_address_is_ipv4(address))
                return ip_address_to_ipv4(address) < 0xe0000000u;
        return address->bytes[0] != 0xff;
}

static bool is_icmp_error(const struct packet *packet, const struct ip_header *header)
{
        if (header->protocol != IP_PROTOCOL_ICMP && header->protocol != IP_PROTOCOL_ICMPV6)
                return false;
        struct icmp_message message = { .version = header->version };
        if (packet->header_size > header->header_size)
                message.type = packet->header[header->header_size];
        return packet->header_size == header->header_size || icmp_is_error(&message);
}

static bool may_report(const struct packet *packet, const struct ip_header *header)
{
        return !header->is_fragment && is_one_hosts(&header->source) && is_one_hosts(&header->destination) &&
               !is_icmp_error(packet, header);
}

static struct payload quote(PayloadPool *pool, const struct packet *packet, uint8_t version)
{
        uint8_t bytes[ERROR_SIZE_IPV6];
        size_t most = (version == 6 ? ERROR_SIZE_IPV6 : ERROR_SIZE_IPV4) - ip_header_size(version) -
                      ICMP_HEADER_SIZE;
        size_t size = MIN(packet->size, most);
        size_t headers = MIN(packet->header_size, size);
        memcpy(bytes, packet->header, headers);
        payload_copy_out(&packet->payload, 0, bytes + headers, size - headers);
        return payload_of_bytes(pool, bytes, size);
}

struct packet *icmp_report_new(PacketPool *pool, const struct packet *about, const struct ip_address *source,
        enum icmp_report what, uint32_t mtu)
{
        struct ip_header header;
        const struct report_format *format = &formats[what];
        if (ip_header_parse(about->header, about->header_size, about->size, &header) != IP_OK ||
                !may_report(about, &header))
                return NULL;
        unsigned family = header.version == 6;
        struct icmp_message message = { .version = header.version,
                .type = format->types[family],
                .code = format->codes[family],
                .body = quote(packet_pool_payloads(pool), about, header.version) };
        icmp_set_mtu(&message, what == ICMP_REPORT_TOO_BIG ? mtu : 0);
        struct packet *packet =
                make(pool, source, &header.source, &message, header.version == 4 ? PRECEDENCE_6 : 0);
        packet->note.to = about->note.from;
        packet->note.transfer = about->note.transfer;
        packet->note.why = format->why;
        return packet;
}

/* One each millisecond, and what was not used of the last fifty. */
bool icmp_ration_take(struct icmp_ration *ration, time_ns now)
{
        time_ns full_at = MAX(ration->full_at, now) + RATION_INTERVAL;
        if (full_at > now + RATION_BURST * RATION_INTERVAL)
                return false;
        ration->full_at = full_at;
        return true;
}
