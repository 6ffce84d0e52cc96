/*
 * ICMP, read and written. RFC 792, RFC 4443 section 2.1.
 *
 *     0: type      1: code      2: checksum
 *     4: by type: unused and MTU, pointer, identifier and sequence number
 *     8: of an error, the packet that caused it, from its IP header on
 *
 * RFC 792 errors quote 8 bytes behind the IP header; RFC 1812 and RFC 4443 as many as fit.
 */
#include "wire/icmp.h"

#include "wire/byte_order.h"
#include "wire/checksum.h"
#include "wire/transport.h"

#define QUOTED_TRANSPORT_SIZE 8
#define QUOTE_SIZE_MAX        128 /* of what is looked at: the longest IPv4 header, or some extension headers */
#define ANY_SIZE              SIZE_MAX

static uint16_t message_sum(const struct ip_address *source, const struct ip_address *destination,
        uint8_t version, const uint8_t *bytes, size_t size, struct payload *payload)
{
        if (version == 6)
                return transport_sum(source, destination, IP_PROTOCOL_ICMPV6, bytes, size, payload);
        return checksum_combine(checksum_sum(bytes, size), payload_sum(payload), size);
}

enum icmp_parse icmp_parse(const struct ip_header *header, const uint8_t *bytes, size_t size,
        const struct payload *payload, PayloadPool *pool, struct icmp_message *message)
{
        if (size + payload->length < ICMP_HEADER_SIZE)
                return ICMP_PARSE_TRUNCATED;
        struct payload summed = *payload;
        if (message_sum(&header->source, &header->destination, header->version, bytes, size, &summed) !=
                0xffff)
                return ICMP_BAD_CHECKSUM;
        uint8_t buffer[ICMP_HEADER_SIZE];
        const uint8_t *first = transport_header(bytes, size, payload, ICMP_HEADER_SIZE, buffer);
        *message = (struct icmp_message){
                .version = header->version,
                .type = first[0],
                .code = first[1],
                .rest = read_be32(first + 4),
                .body = transport_payload(bytes, size, &summed, ICMP_HEADER_SIZE, pool),
        };
        return ICMP_OK;
}

const char *icmp_parse_name(enum icmp_parse result)
{
        static const char *const names[] = {
                [ICMP_OK] = "ok",
                [ICMP_PARSE_TRUNCATED] = "truncated",
                [ICMP_BAD_CHECKSUM] = "bad checksum",
        };
        return names[result];
}

void icmp_emit(const struct ip_address *source, const struct ip_address *destination,
        struct icmp_message *message, uint8_t bytes[ICMP_HEADER_SIZE])
{
        bytes[0] = message->type;
        bytes[1] = message->code;
        write_be16(bytes + 2, 0);
        write_be32(bytes + 4, message->rest);
        uint16_t sum =
                message_sum(source, destination, message->version, bytes, ICMP_HEADER_SIZE, &message->body);
        write_be16(bytes + 2, checksum_finish(sum));
}

bool icmp_is_error(const struct icmp_message *message)
{
        if (message->version == 6)
                return message->type < ICMPV6_ECHO_REQUEST; /* RFC 4443 section 2.1: the high bit tells */
        return message->type == ICMP_UNREACHABLE || message->type == ICMP_SOURCE_QUENCH ||
               message->type == ICMP_REDIRECT || message->type == ICMP_TIME_EXCEEDED ||
               message->type == ICMP_PARAMETER_PROBLEM;
}

bool icmp_is_too_big(const struct icmp_message *message)
{
        if (message->version == 6)
                return message->type == ICMPV6_PACKET_TOO_BIG;
        return message->type == ICMP_UNREACHABLE && message->code == ICMP_FRAGMENTATION_NEEDED;
}

/* RFC 1191 section 4 took the low half of a word that had been unused; RFC 4443 section 3.2 has it whole. */
uint32_t icmp_mtu(const struct icmp_message *message)
{
        return message->version == 6 ? message->rest : (uint16_t)message->rest;
}

void icmp_set_mtu(struct icmp_message *message, uint32_t mtu)
{
        message->rest = message->version == 6 ? mtu : (uint16_t)MIN(mtu, UINT16_MAX);
}

/* ---- The quoted packet ---- */

/* Not ipv4_parse(): routers have been at the header, and nobody verifies its sum. */
static size_t quoted_ipv4(const uint8_t *bytes, size_t size, struct icmp_quote *quote)
{
        size_t header_size = (bytes[0] & 0x0f) * 4u;
        if (size < IPV4_HEADER_SIZE || header_size < IPV4_HEADER_SIZE || bytes[0] >> 4 != 4)
                return 0;
        bool is_later_fragment = (read_be16(bytes + 6) & 0x1fff) != 0;
        *quote = (struct icmp_quote){
                .tuple = { .local = { .address = ip_address_from_ipv4(read_be32(bytes + 12)) },
                        .remote = { .address = ip_address_from_ipv4(read_be32(bytes + 16)) } },
                .size = read_be16(bytes + 2),
                .protocol = bytes[9],
        };
        return is_later_fragment ? 0 : header_size;
}

static size_t quoted_ipv6(const uint8_t *bytes, size_t size, struct icmp_quote *quote)
{
        struct ipv6_header header;
        if (ipv6_parse(bytes, size, ANY_SIZE, &header) != IPV6_OK || header.fragment_offset != 0)
                return 0;
        *quote = (struct icmp_quote){
                .tuple = { .local = { .address = header.source },
                        .remote = { .address = header.destination } },
                .size = IPV6_HEADER_SIZE + (uint32_t)header.payload_length,
                .protocol = header.protocol,
        };
        return header.header_length;
}

static void read_ports(const uint8_t *transport, struct icmp_quote *quote)
{
        if (quote->protocol != IP_PROTOCOL_TCP && quote->protocol != IP_PROTOCOL_UDP)
                return;
        quote->tuple.local.port = read_be16(transport);
        quote->tuple.remote.port = read_be16(transport + 2);
        if (quote->protocol == IP_PROTOCOL_TCP)
                quote->seq = seq_of(read_be32(transport + 4));
}

bool icmp_quote_parse(const struct icmp_message *message, struct icmp_quote *quote)
{
        uint8_t bytes[QUOTE_SIZE_MAX] = { 0 };
        size_t size = MIN(message->body.length, sizeof bytes);
        payload_copy_out(&message->body, 0, bytes, size);
        size_t header_size =
                message->version == 6 ? quoted_ipv6(bytes, size, quote) : quoted_ipv4(bytes, size, quote);
        if (header_size == 0 || header_size + QUOTED_TRANSPORT_SIZE > size)
                return false;
        read_ports(bytes + header_size, quote);
        return true;
}

/* ---- Names ---- */

static const struct type_name {
        uint8_t version;
        uint8_t type;
        const char *name;
} type_names[] = {
        { 4, ICMP_ECHO_REPLY, "echo_reply" },
        { 4, ICMP_UNREACHABLE, "unreachable" },
        { 4, ICMP_SOURCE_QUENCH, "source_quench" },
        { 4, ICMP_REDIRECT, "redirect" },
        { 4, ICMP_ECHO_REQUEST, "echo_request" },
        { 4, ICMP_TIME_EXCEEDED, "time_exceeded" },
        { 4, ICMP_PARAMETER_PROBLEM, "parameter_problem" },
        { 4, ICMP_TIMESTAMP_REQUEST, "timestamp_request" },
        { 4, ICMP_TIMESTAMP_REPLY, "timestamp_reply" },
        { 4, ICMP_INFORMATION_REQUEST, "information_request" },
        { 4, ICMP_INFORMATION_REPLY, "information_reply" },
        { 4, ICMP_ADDRESS_MASK_REQUEST, "address_mask_request" },
        { 4, ICMP_ADDRESS_MASK_REPLY, "address_mask_reply" },
        { 6, ICMPV6_UNREACHABLE, "unreachable" },
        { 6, ICMPV6_PACKET_TOO_BIG, "packet_too_big" },
        { 6, ICMPV6_TIME_EXCEEDED, "time_exceeded" },
        { 6, ICMPV6_PARAMETER_PROBLEM, "parameter_problem" },
        { 6, ICMPV6_ECHO_REQUEST, "echo_request" },
        { 6, ICMPV6_ECHO_REPLY, "echo_reply" },
};

static const struct code_name {
        uint8_t version;
        uint8_t type;
        uint8_t code;
        const char *name;
} code_names[] = {
        { 4, ICMP_UNREACHABLE, ICMP_NET_UNREACHABLE, "net_unreachable" },
        { 4, ICMP_UNREACHABLE, ICMP_HOST_UNREACHABLE, "host_unreachable" },
        { 4, ICMP_UNREACHABLE, ICMP_PROTOCOL_UNREACHABLE, "protocol_unreachable" },
        { 4, ICMP_UNREACHABLE, ICMP_PORT_UNREACHABLE, "port_unreachable" },
        { 4, ICMP_UNREACHABLE, ICMP_FRAGMENTATION_NEEDED, "frag_needed" },
        { 4, ICMP_UNREACHABLE, ICMP_SOURCE_ROUTE_FAILED, "source_route_failed" },
        { 4, ICMP_UNREACHABLE, ICMP_NET_UNKNOWN, "net_unknown" },
        { 4, ICMP_UNREACHABLE, ICMP_HOST_UNKNOWN, "host_unknown" },
        { 4, ICMP_UNREACHABLE, ICMP_SOURCE_HOST_ISOLATED, "source_host_isolated" },
        { 4, ICMP_UNREACHABLE, ICMP_NET_PROHIBITED, "net_prohibited" },
        { 4, ICMP_UNREACHABLE, ICMP_HOST_PROHIBITED, "host_prohibited" },
        { 4, ICMP_UNREACHABLE, ICMP_NET_UNREACHABLE_FOR_TOS, "net_unreachable_for_tos" },
        { 4, ICMP_UNREACHABLE, ICMP_HOST_UNREACHABLE_FOR_TOS, "host_unreachable_for_tos" },
        { 4, ICMP_UNREACHABLE, ICMP_PACKET_FILTERED, "packet_filtered" },
        { 4, ICMP_UNREACHABLE, ICMP_PRECEDENCE_VIOLATION, "precedence_violation" },
        { 4, ICMP_UNREACHABLE, ICMP_PRECEDENCE_CUTOFF, "precedence_cutoff" },
        { 6, ICMPV6_UNREACHABLE, ICMPV6_NO_ROUTE, "no_route" },
        { 6, ICMPV6_UNREACHABLE, ICMPV6_ADMIN_PROHIBITED, "admin_prohibited" },
        { 6, ICMPV6_UNREACHABLE, ICMPV6_NOT_NEIGHBOUR, "not_neighbour" },
        { 6, ICMPV6_UNREACHABLE, ICMPV6_ADDRESS_UNREACHABLE, "address_unreachable" },
        { 6, ICMPV6_UNREACHABLE, ICMPV6_PORT_UNREACHABLE, "port_unreachable" },
};

int icmp_type_of_name(uint8_t version, const char *name)
{
        for (size_t i = 0; i < G_N_ELEMENTS(type_names); i++) {
                if (type_names[i].version == version && g_str_equal(type_names[i].name, name))
                        return type_names[i].type;
        }
        return -1;
}

int icmp_code_of_name(uint8_t version, uint8_t type, const char *name)
{
        for (size_t i = 0; i < G_N_ELEMENTS(code_names); i++) {
                const struct code_name *code = &code_names[i];
                if (code->version == version && code->type == type && g_str_equal(code->name, name))
                        return code->code;
        }
        return -1;
}

const char *icmp_type_name(uint8_t version, uint8_t type)
{
        for (size_t i = 0; i < G_N_ELEMENTS(type_names); i++) {
                if (type_names[i].version == version && type_names[i].type == type)
                        return type_names[i].name;
        }
        return NULL;
}

const char *icmp_code_name(uint8_t version, uint8_t type, uint8_t code)
{
        for (size_t i = 0; i < G_N_ELEMENTS(code_names); i++) {
                const struct code_name *name = &code_names[i];
                if (name->version == version && name->type == type && name->code == code)
                        return name->name;
        }
        return NULL;
}
