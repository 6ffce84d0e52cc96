/*
 * Injected packets. RFC 791, 8200, 9293, 768, 792, 4443.
 */
#include "drill/packet_build.h"

#include "wire/byte_order.h"
#include "wire/checksum.h"
#include "wire/icmp.h"
#include "wire/ipv4.h"
#include "wire/ipv6.h"
#include "wire/tcp_segment.h"
#include "wire/transport.h"

#define TIME_TO_LIVE      255
#define QUOTED_TCP_BYTES  8
#define UDP_HEADER        8
#define ICMP_HEADER       8
#define FAST_OPEN_MAGIC   0xf989
#define ACCURATE_ECN_SIZE 3 /* bytes a counter */

/* As on the wire. */
enum option_kind {
        KIND_END = 0,
        KIND_NOP = 1,
        KIND_MSS = 2,
        KIND_WINDOW_SCALE = 3,
        KIND_SACK_PERMITTED = 4,
        KIND_SACK = 5,
        KIND_TIMESTAMPS = 8,
        KIND_MD5 = 19,
        KIND_FAST_OPEN = 34,
        KIND_ACCURATE_ECN_0 = 172,
        KIND_ACCURATE_ECN_1 = 174,
        KIND_EXPERIMENTAL = 254,
};

/* ---- Numbers ---- */

static void put_be16(GByteArray *bytes, uint16_t value)
{
        uint8_t field[2];
        write_be16(field, value);
        g_byte_array_append(bytes, field, sizeof field);
}

static void put_be32(GByteArray *bytes, uint32_t value)
{
        uint8_t field[4];
        write_be32(field, value);
        g_byte_array_append(bytes, field, sizeof field);
}

static void put_u8(GByteArray *bytes, uint8_t value)
{
        g_byte_array_append(bytes, &value, 1);
}

static void put_zeros(GByteArray *bytes, size_t count)
{
        guint before = bytes->len;
        g_byte_array_set_size(bytes, before + (guint)count);
        memset(bytes->data + before, 0, count);
}

/* ---- Options ---- */

static void put_head(GByteArray *bytes, enum option_kind kind, size_t data_size)
{
        put_u8(bytes, (uint8_t)kind);
        put_u8(bytes, (uint8_t)(data_size + 2));
}

static void put_sack(
        const struct numbering *numbering, const struct script_option *option, bool is_syn, GByteArray *bytes)
{
        put_head(bytes, KIND_SACK, 8 * option->count);
        for (unsigned i = 0; i < option->count; i++) {
                put_be32(bytes, numbering_to_live(numbering, option->left[i], is_syn));
                put_be32(bytes, numbering_to_live(numbering, option->right[i], is_syn));
        }
}

/* Without ACK an echo means nothing and goes as it is. */
static bool put_timestamps(const struct conversation *conversation, const struct script_option *option,
        bool has_ack, GByteArray *bytes)
{
        uint32_t echo = option->echo;
        if (has_ack && !conversation_live_echo(conversation, option->echo, &echo))
                return false;
        put_head(bytes, KIND_TIMESTAMPS, 8);
        put_be32(bytes, option->number);
        put_be32(bytes, echo);
        return true;
}

static void put_counters(enum option_kind kind, const struct script_option *option, GByteArray *bytes)
{
        put_head(bytes, kind, (size_t)option->count * ACCURATE_ECN_SIZE);
        for (unsigned i = 0; i < option->count; i++) {
                put_u8(bytes, (uint8_t)(option->left[i] >> 16));
                put_be16(bytes, (uint16_t)option->left[i]);
        }
}

static void put_bytes(enum option_kind kind, const struct script_option *option, GByteArray *bytes)
{
        put_head(bytes, kind, option->count);
        g_byte_array_append(bytes, option->bytes, option->count);
}

static void put_experimental(const struct script_option *option, GByteArray *bytes)
{
        put_head(bytes, KIND_EXPERIMENTAL, option->count + 2);
        put_be16(bytes, FAST_OPEN_MAGIC);
        g_byte_array_append(bytes, option->bytes, option->count);
}

bool packet_build_option(const struct conversation *conversation, const struct script_option *option,
        bool is_syn, bool has_ack, GByteArray *bytes)
{
        switch (option->kind) {
        case SCRIPT_OPTION_END:
                put_u8(bytes, KIND_END);
                return true;
        case SCRIPT_OPTION_NOP:
                put_u8(bytes, KIND_NOP);
                return true;
        case SCRIPT_OPTION_MSS:
                put_head(bytes, KIND_MSS, 2);
                put_be16(bytes, (uint16_t)option->number);
                return true;
        case SCRIPT_OPTION_WINDOW_SCALE:
                put_head(bytes, KIND_WINDOW_SCALE, 1);
                put_u8(bytes, (uint8_t)option->number);
                return true;
        case SCRIPT_OPTION_SACK_PERMITTED:
                put_head(bytes, KIND_SACK_PERMITTED, 0);
                return true;
        case SCRIPT_OPTION_SACK:
                put_sack(&conversation->theirs, option, is_syn, bytes);
                return true;
        case SCRIPT_OPTION_TIMESTAMPS:
                return put_timestamps(conversation, option, has_ack, bytes);
        case SCRIPT_OPTION_FAST_OPEN:
                put_bytes(KIND_FAST_OPEN, option, bytes);
                return true;
        case SCRIPT_OPTION_FAST_OPEN_EXP:
                put_experimental(option, bytes);
                return true;
        case SCRIPT_OPTION_MD5:
                put_bytes(KIND_MD5, option, bytes);
                return true;
        case SCRIPT_OPTION_ACCURATE_ECN_0:
                put_counters(KIND_ACCURATE_ECN_0, option, bytes);
                return true;
        case SCRIPT_OPTION_ACCURATE_ECN_1:
                put_counters(KIND_ACCURATE_ECN_1, option, bytes);
                return true;
        }
        g_assert_not_reached();
}

static bool put_options(const struct conversation *conversation, const struct script_tcp *tcp,
        GByteArray *bytes, GError **error)
{
        bool is_syn = tcp->flags & TCP_FLAG_SYN;
        bool has_ack = tcp->flags & TCP_FLAG_ACK;
        for (guint i = 0; tcp->options_form == SCRIPT_OPTIONS_GIVEN && i < tcp->options->len; i++) {
                const struct script_option *option = &g_array_index(tcp->options, struct script_option, i);
                if (packet_build_option(conversation, option, is_syn, has_ack, bytes))
                        continue;
                g_set_error(error, SCRIPT_ERROR, SCRIPT_ERROR_SYNTAX,
                        "ecr %u is the TS val of no segment that was expected before", option->echo);
                return false;
        }
        return true;
}

/* ---- Transport ---- */

static bool put_tcp(const struct conversation *conversation, const struct script_tcp *tcp, GByteArray *bytes,
        GError **error)
{
        bool is_syn = tcp->flags & TCP_FLAG_SYN;
        guint begin = bytes->len;
        put_be16(bytes, tcp->has_ports ? tcp->source_port : conversation->remote.port);
        put_be16(bytes, tcp->has_ports ? tcp->destination_port : conversation->local.port);
        put_be32(bytes, numbering_to_live(&conversation->ours, tcp->range.start, is_syn));
        put_be32(bytes, tcp->flags & TCP_FLAG_ACK ? numbering_to_live(&conversation->theirs, tcp->ack, is_syn)
                                                  : tcp->ack);
        put_be16(bytes, tcp->flags);
        put_be16(bytes, tcp->window);
        put_be16(bytes, 0);
        put_be16(bytes, tcp->urgent);
        if (!put_options(conversation, tcp, bytes, error))
                return false;
        bytes->data[begin + 12] |= (uint8_t)((bytes->len - begin) / 4 << 4);
        if (tcp->range.size > UINT16_MAX - bytes->len) {
                g_set_error(error, SCRIPT_ERROR, SCRIPT_ERROR_SYNTAX,
                        "an IP packet has room for %u bytes of payload behind these headers, not %u",
                        UINT16_MAX - bytes->len, tcp->range.size);
                return false;
        }
        put_zeros(bytes, tcp->range.size);
        return true;
}

static void put_udp(const struct conversation *conversation, uint32_t size, GByteArray *bytes)
{
        put_be16(bytes, conversation->remote.port);
        put_be16(bytes, conversation->local.port);
        put_be16(bytes, (uint16_t)(size + UDP_HEADER));
        put_be16(bytes, 0);
        put_zeros(bytes, size);
}

/* ---- IP ---- */

static bool is_ipv4(const struct conversation *conversation)
{
        return ip_address_is_ipv4(&conversation->local.address);
}

static size_t own_header_size(const struct conversation *conversation)
{
        return is_ipv4(conversation) ? IPV4_HEADER_SIZE : IPV6_HEADER_SIZE;
}

static uint8_t ecn_bits(enum script_ecn ecn)
{
        static const uint8_t bits[] = {
                [SCRIPT_ECN_NOT_GIVEN] = ECN_NOT_ECT,
                [SCRIPT_ECN_NONE] = ECN_NOT_ECT,
                [SCRIPT_ECN_ECT0] = ECN_ECT_0,
                [SCRIPT_ECN_ECT1] = ECN_ECT_1,
                [SCRIPT_ECN_CE] = ECN_CE,
                [SCRIPT_ECN_ECT01] = ECN_ECT_0,
        };
        return bits[ecn];
}

/* Room for the header is at `header`; `size` bytes follow it. */
static void write_ip_header(const struct script_ip *ip, const struct ip_address *from,
        const struct ip_address *to, uint8_t protocol, size_t size, uint8_t *header)
{
        uint8_t tos = ip->has_tos ? ip->tos : ecn_bits(ip->ecn);
        if (ip_address_is_ipv4(from)) {
                const struct ipv4_header ipv4 = {
                        .source = *from,
                        .destination = *to,
                        .total_length = (uint16_t)(IPV4_HEADER_SIZE + size),
                        .dscp = tos >> 2,
                        .ecn = tos & 3,
                        .time_to_live = ip->has_ttl ? ip->ttl : TIME_TO_LIVE,
                        .protocol = protocol,
                };
                ipv4_emit(&ipv4, header);
                return;
        }
        const struct ipv6_header ipv6 = {
                .source = *from,
                .destination = *to,
                .payload_length = (uint16_t)size,
                .dscp = tos >> 2,
                .ecn = tos & 3,
                .hop_limit = ip->has_ttl ? ip->ttl : TIME_TO_LIVE,
                .protocol = protocol,
                .flow_label = ip->has_flow_label ? ip->flow_label : 0,
        };
        ipv6_emit(&ipv6, header);
}

static void write_checksum(
        const struct conversation *conversation, uint8_t protocol, unsigned at, GByteArray *bytes)
{
        struct payload none = { 0 };
        size_t header = own_header_size(conversation);
        uint16_t sum = transport_sum(&conversation->remote.address, &conversation->local.address, protocol,
                bytes->data + header, bytes->len - header, &none);
        write_be16(bytes->data + header + at, checksum_finish(sum));
}

/* ---- ICMP ---- */

static uint32_t quoted_size(const struct script_icmp *icmp)
{
        return icmp->quote == SCRIPT_QUOTE_TCP   ? TCP_HEADER_SIZE + icmp->range.size
               : icmp->quote == SCRIPT_QUOTE_UDP ? UDP_HEADER + icmp->range.size
                                                 : icmp->range.size;
}

/* The IP header and the first 8 bytes of what the stack under test sent. RFC 792. */
static void put_quote(
        const struct conversation *conversation, const struct script_icmp *icmp, GByteArray *bytes)
{
        static const struct script_ip plain = { .has_ttl = true, .ttl = TIME_TO_LIVE };
        if (icmp->quote == SCRIPT_QUOTE_NONE)
                return;
        guint begin = bytes->len;
        uint8_t protocol = icmp->quote == SCRIPT_QUOTE_TCP ? SEEN_TCP : SEEN_UDP;
        put_zeros(bytes, own_header_size(conversation));
        write_ip_header(&plain, &conversation->local.address, &conversation->remote.address, protocol,
                quoted_size(icmp), bytes->data + begin);
        if (icmp->quote == SCRIPT_QUOTE_RAW) {
                put_zeros(bytes, QUOTED_TCP_BYTES);
                return;
        }
        put_be16(bytes, conversation->local.port);
        put_be16(bytes, conversation->remote.port);
        if (icmp->quote == SCRIPT_QUOTE_TCP) {
                put_be32(bytes, numbering_to_live(&conversation->theirs, icmp->range.start, false));
        } else {
                put_be16(bytes, (uint16_t)quoted_size(icmp));
                put_be16(bytes, 0);
        }
}

/* What the second word of the header means depends on the type: an MTU stands in its lower half (RFC 1191),
 * or fills it (RFC 4443). */
static void put_icmp(
        const struct conversation *conversation, const struct script_icmp *icmp, GByteArray *bytes)
{
        put_u8(bytes, icmp->type);
        put_u8(bytes, icmp->code);
        put_be16(bytes, 0);
        put_be32(bytes, icmp->has_mtu ? icmp->mtu : icmp->has_id ? (uint32_t)icmp->id << 16 : 0);
        put_quote(conversation, icmp, bytes);
}

static void write_icmp_checksum(const struct conversation *conversation, GByteArray *bytes)
{
        size_t header = own_header_size(conversation);
        if (is_ipv4(conversation))
                write_be16(bytes->data + header + 2,
                        checksum_finish(checksum_sum(bytes->data + header, bytes->len - header)));
        else
                write_checksum(conversation, SEEN_ICMPV6, 2, bytes);
}

/* ---- The whole ---- */

static bool put_transport(const struct conversation *conversation, const struct script_packet *packet,
        uint8_t *protocol, GByteArray *bytes, GError **error)
{
        switch (packet->kind) {
        case SCRIPT_TCP:
                *protocol = SEEN_TCP;
                if (!put_tcp(conversation, &packet->tcp, bytes, error))
                        return false;
                write_checksum(conversation, SEEN_TCP, 16, bytes);
                return true;
        case SCRIPT_UDP:
                *protocol = SEEN_UDP;
                put_udp(conversation, packet->udp_size, bytes);
                write_checksum(conversation, SEEN_UDP, 6, bytes);
                return true;
        case SCRIPT_ICMP:
                *protocol = is_ipv4(conversation) ? SEEN_ICMP : SEEN_ICMPV6;
                put_icmp(conversation, &packet->icmp, bytes);
                write_icmp_checksum(conversation, bytes);
                return true;
        }
        g_assert_not_reached();
}

GByteArray *packet_build(
        const struct conversation *conversation, const struct script_packet *packet, GError **error)
{
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        uint8_t protocol;
        size_t header = own_header_size(conversation);
        put_zeros(bytes, header);
        if (!put_transport(conversation, packet, &protocol, bytes, error))
                return NULL;
        write_ip_header(&packet->ip, &conversation->remote.address, &conversation->local.address, protocol,
                bytes->len - header, bytes->data);
        return g_steal_pointer(&bytes);
}
