/*
 * Packets as text: direction, what the IP header says, and then TCP, UDP or ICMP.
 */
#include "script/script_text.h"

#include <string.h>

#define UDP_PAYLOAD_MAX (65535 - 20 - 8)
#define FLOW_LABEL_MAX  0xfffff

void script_packet_clear(struct script_packet *packet)
{
        if (packet->kind == SCRIPT_TCP)
                g_clear_pointer(&packet->tcp.options, g_array_unref);
}

/* ---- What the IP header says ---- */

static const struct {
        const char *word;
        enum script_ecn ecn;
} ecn_words[] = {
        { "noecn", SCRIPT_ECN_NONE },
        { "ect0", SCRIPT_ECN_ECT0 },
        { "ect1", SCRIPT_ECN_ECT1 },
        { "ce", SCRIPT_ECN_CE },
        { "ect01", SCRIPT_ECN_ECT01 },
};

static bool take_ecn(struct reader *reader, struct script_ip *ip)
{
        for (size_t i = 0; i < G_N_ELEMENTS(ecn_words); i++) {
                if (!reader_take_word(reader, ecn_words[i].word))
                        continue;
                ip->ecn = ecn_words[i].ecn;
                return true;
        }
        return false;
}

static bool read_ip_number(struct reader *reader, struct script_ip *ip)
{
        uint32_t value;
        if (reader_take_word(reader, "tos")) {
                if (!reader_number(reader, 0xff, "tos", &value))
                        return false;
                ip->has_tos = true;
                ip->tos = (uint8_t)value;
                return true;
        }
        if (reader_take_word(reader, "ttl")) {
                if (!reader_number(reader, 0xff, "ttl", &value))
                        return false;
                ip->has_ttl = true;
                ip->ttl = (uint8_t)value;
                return true;
        }
        if (!reader_take_word(reader, "flowlabel"))
                return reader_expected(reader, "noecn, ect0, ect1, ce, ect01, tos N, ttl N or flowlabel N");
        ip->has_flow_label = true;
        return reader_number(reader, FLOW_LABEL_MAX, "flowlabel", &ip->flow_label);
}

static bool read_ip_item(struct reader *reader, enum script_direction direction, struct script_ip *ip)
{
        struct script_place place = reader->now.place;
        if (!take_ecn(reader, ip))
                return read_ip_number(reader, ip);
        if (ip->ecn == SCRIPT_ECN_ECT01 && direction == SCRIPT_INJECTED)
                return reader_complain_at(reader, place,
                        "an injected packet is either ect0 or ect1; ect01 is for expected packets");
        return true;
}

/* "[ect0]", "(tos 0x10, flowlabel 0x1)" or nothing. */
static bool read_ip(struct reader *reader, enum script_direction direction, struct script_ip *ip)
{
        char close = reader_is(reader, '[') ? ']' : ')';
        if (!reader_take(reader, '[') && !reader_take(reader, '('))
                return true;
        do {
                if (!read_ip_item(reader, direction, ip))
                        return false;
        } while (reader_take(reader, ','));
        if (ip->ecn != SCRIPT_ECN_NOT_GIVEN && ip->has_tos)
                return reader_complain(
                        reader, "tos and the ECN code point are the same byte; give one of them");
        return reader_expect(reader, close, "or ',' after what the IP header says");
}

/* ---- Parts that several kinds have ---- */

bool script_read_range(struct reader *reader, struct script_range *range)
{
        struct script_place place = reader->now.place;
        if (!reader_number(reader, UINT32_MAX, "the first sequence number", &range->start) ||
                !reader_expect(reader, ':', "after the first sequence number") ||
                !reader_number(reader, UINT32_MAX, "the last sequence number", &range->end) ||
                !reader_expect(reader, '(', "and the payload's size after the sequence numbers") ||
                !reader_number(reader, UINT32_MAX, "the payload's size", &range->size) ||
                !reader_expect(reader, ')', "after the payload's size"))
                return false;
        if (range->end != range->start + range->size)
                return reader_complain_at(reader, place, "%u:%u(%u) is not consistent: %u + %u is %u",
                        range->start, range->end, range->size, range->start, range->size,
                        range->start + range->size);
        return true;
}

/* "udp (1000)" */
static bool read_udp(struct reader *reader, struct script_packet *packet)
{
        packet->kind = SCRIPT_UDP;
        return reader_expect(reader, '(', "and the payload's size after udp") &&
               reader_number(reader, UDP_PAYLOAD_MAX, "the payload's size", &packet->udp_size) &&
               reader_expect(reader, ')', "after the payload's size");
}

/* ---- The whole ---- */

static const char *const refused_headers[] = { "ipv4", "ipv6", "gre", "mpls", "encap", "psp", NULL };

static bool refuse_tunnels(struct reader *reader)
{
        if (reader->now.kind != TOKEN_WORD || !g_strv_contains(refused_headers, reader->now.text))
                return true;
        g_autofree char *what = g_strdup_printf("a packet inside of %s", reader->now.text);
        return reader_refuse(reader, reader->now.place, what);
}

bool script_read_packet(struct reader *reader, struct script_packet *packet)
{
        packet->direction = reader_is(reader, '<') ? SCRIPT_INJECTED : SCRIPT_EXPECTED;
        packet->kind = SCRIPT_UDP; /* until its kind is known there is nothing to clear */
        reader_advance(reader);
        if (!refuse_tunnels(reader) || !read_ip(reader, packet->direction, &packet->ip) ||
                !refuse_tunnels(reader))
                return false;
        if (reader_take_word(reader, "udp"))
                return read_udp(reader, packet);
        if (reader_take_word(reader, "icmp")) {
                packet->kind = SCRIPT_ICMP;
                return script_read_icmp(reader, &packet->icmp);
        }
        packet->kind = SCRIPT_TCP;
        return script_read_tcp(reader, packet->direction, &packet->tcp);
}
