/*
 * Comparing, field by field; the script's numbers are made live ones, options are compared as bytes.
 */
#include "drill/packet_match.h"

#include <string.h>

#include "drill/packet_build.h"
#include "wire/byte_order.h"
#include "wire/tcp_segment.h"

#define KIND_TIMESTAMPS 8

static void differ(GString *differences, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void differ(GString *differences, const char *format, ...)
{
        va_list values;
        va_start(values, format);
        g_string_append(differences, differences->len > 0 ? "; " : "");
        g_string_append_vprintf(differences, format, values);
        va_end(values);
}

/* ---- IP ---- */

static bool ecn_fits(enum script_ecn expected, uint8_t tos)
{
        uint8_t ecn = tos & 3;
        switch (expected) {
        case SCRIPT_ECN_NONE:
                return ecn == ECN_NOT_ECT;
        case SCRIPT_ECN_ECT0:
                return ecn == ECN_ECT_0;
        case SCRIPT_ECN_ECT1:
                return ecn == ECN_ECT_1;
        case SCRIPT_ECN_CE:
                return ecn == ECN_CE;
        case SCRIPT_ECN_ECT01:
                return ecn == ECN_ECT_0 || ecn == ECN_ECT_1;
        case SCRIPT_ECN_NOT_GIVEN:
                return true;
        }
        g_assert_not_reached();
}

/* The first live label that is met where the script writes one stands for it from then on; another of the
 * script's is another label. */
static bool flow_label_fits(struct conversation *conversation, uint32_t expected, uint32_t live)
{
        gpointer bound;
        gpointer key = GUINT_TO_POINTER(expected);
        if (g_hash_table_lookup_extended(conversation->flow_labels, key, NULL, &bound))
                return GPOINTER_TO_UINT(bound) == live;
        GHashTableIter others;
        g_hash_table_iter_init(&others, conversation->flow_labels);
        while (g_hash_table_iter_next(&others, NULL, &bound)) {
                if (GPOINTER_TO_UINT(bound) == live)
                        return false;
        }
        g_hash_table_insert(conversation->flow_labels, key, GUINT_TO_POINTER(live));
        return true;
}

static void match_ip(struct conversation *conversation, const struct script_ip *expected,
        const struct seen_packet *seen, GString *differences)
{
        unsigned version = ip_address_is_ipv4(&conversation->remote.address) ? 4 : 6;
        if (seen->version != version)
                differ(differences, "IP version: expected %u, seen %u", version, seen->version);
        if (seen->version == 4 && seen->ip_header_size != 20)
                differ(differences, "IP header: expected 20 bytes, seen %u", seen->ip_header_size);
        if (!seen->has_right_checksum)
                differ(differences, "the IP header's checksum is wrong");
        if (!ecn_fits(expected->ecn, seen->tos))
                differ(differences, "ECN bits: seen %u%u", seen->tos >> 1 & 1, seen->tos & 1);
        if (expected->has_tos && expected->tos != seen->tos)
                differ(differences, "tos: expected 0x%02x, seen 0x%02x", expected->tos, seen->tos);
        if (expected->has_ttl && expected->ttl != seen->ttl)
                differ(differences, "ttl: expected %u, seen %u", expected->ttl, seen->ttl);
        if (expected->has_flow_label &&
                !flow_label_fits(conversation, expected->flow_label, seen->flow_label))
                differ(differences, "flowlabel: 0x%05x is not what 0x%05x stands for", seen->flow_label,
                        expected->flow_label);
}

/* ---- TCP ---- */

static void match_number(const char *what, uint32_t expected, uint32_t seen, GString *differences)
{
        if (expected != seen)
                differ(differences, "%s: expected %u, seen %u", what, expected, seen);
}

static void match_numbers(const struct conversation *conversation, const struct script_tcp *expected,
        const struct seen_packet *seen, GString *differences)
{
        const struct seen_tcp *tcp = &seen->tcp;
        bool is_syn = tcp->flags & TCP_FLAG_SYN;
        uint32_t ack = tcp->flags & TCP_FLAG_ACK ? numbering_to_script(&conversation->ours, tcp->ack, is_syn)
                                                 : tcp->ack;
        match_number("sequence number", expected->range.start,
                numbering_to_script(&conversation->theirs, tcp->seq, is_syn), differences);
        match_number("payload bytes", expected->range.size, seen->payload_size, differences);
        match_number("acknowledgment number", expected->has_ack ? expected->ack : 0, ack, differences);
        if (expected->has_window)
                match_number("window", expected->window, tcp->window, differences);
        match_number("urgent pointer", expected->urgent, tcp->urgent, differences);
}

static void match_flags(const struct script_tcp *expected, const struct seen_tcp *tcp, GString *differences)
{
        static const struct {
                uint16_t bit;
                const char *name;
        } flags[] = {
                { TCP_FLAG_FIN, "FIN" },
                { TCP_FLAG_SYN, "SYN" },
                { TCP_FLAG_RST, "RST" },
                { TCP_FLAG_PSH, "PSH" },
                { TCP_FLAG_ACK, "ACK" },
                { TCP_FLAG_URG, "URG" },
                { TCP_FLAG_ECE, "ECE" },
                { TCP_FLAG_CWR, "CWR" },
                { TCP_FLAG_AE, "AE" },
        };
        for (size_t i = 0; i < G_N_ELEMENTS(flags); i++) {
                if (((expected->flags ^ tcp->flags) & flags[i].bit) != 0)
                        differ(differences, "flag %s: expected %s, seen %s", flags[i].name,
                                expected->flags & flags[i].bit ? "set" : "clear",
                                tcp->flags & flags[i].bit ? "set" : "clear");
        }
        if (tcp->reserved != 0)
                differ(differences, "reserved bits: seen %u", tcp->reserved);
}

/* ---- Options ---- */

/* The clocks differ by what the first segments said. The difference may be a tolerance of the time since the
 * start. */
static void match_timestamp(const struct conversation *conversation, const struct match_rules *rules,
        uint32_t expected, uint32_t seen, time_ns now, GString *differences)
{
        if (rules->timestamp_tick == 0 || !conversation->has_first_timestamp)
                return;
        uint32_t shifted = seen - conversation->live_first_timestamp + conversation->script_first_timestamp;
        duration_ns distance = ABS((int64_t)(int32_t)(shifted - expected)) * rules->timestamp_tick;
        duration_ns allowed = MAX(rules->tolerance, now / 1000 * (duration_ns)rules->tolerance_percent_x10);
        if (distance > allowed)
                differ(differences, "TS val: expected %u, seen %u", expected, shifted);
}

/* One expected option against the next that was seen. Blocks are the peer's numbers: ours. */
static bool option_fits(const struct conversation *conversation, const struct script_option *expected,
        bool is_syn, const uint8_t *seen, unsigned seen_size)
{
        /* Building maps blocks to the other side's numbers: the other way round here. */
        struct conversation mirrored = *conversation;
        mirrored.theirs = conversation->ours;
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        if (!packet_build_option(&mirrored, expected, is_syn, false, bytes))
                return false;
        if (expected->kind == SCRIPT_OPTION_TIMESTAMPS)
                return seen_size == bytes->len && seen[0] == KIND_TIMESTAMPS && seen[1] == bytes->data[1];
        return seen_size == bytes->len && memcmp(seen, bytes->data, seen_size) == 0;
}

static bool match_option_list(const struct conversation *conversation, const struct match_rules *rules,
        const struct script_tcp *expected, const struct seen_tcp *tcp, time_ns now, GString *differences)
{
        unsigned at = 0;
        unsigned kind;
        unsigned size;
        const uint8_t *data;
        guint count = expected->options_form == SCRIPT_OPTIONS_GIVEN ? expected->options->len : 0;
        for (guint i = 0; i < count; i++) {
                const struct script_option *option =
                        &g_array_index(expected->options, struct script_option, i);
                unsigned begin = at;
                if (!seen_option_next(tcp, &at, &kind, &data, &size))
                        return false;
                if (!option_fits(conversation, option, tcp->flags & TCP_FLAG_SYN, tcp->options + begin,
                            at - begin))
                        return false;
                if (option->kind == SCRIPT_OPTION_TIMESTAMPS)
                        match_timestamp(
                                conversation, rules, option->number, read_be32(data), now, differences);
        }
        return at == tcp->options_size;
}

/* ---- The whole ---- */

static void match_tcp(struct conversation *conversation, const struct match_rules *rules,
        const struct script_tcp *expected, const struct seen_packet *seen, time_ns now, GString *differences)
{
        match_flags(expected, &seen->tcp, differences);
        match_numbers(conversation, expected, seen, differences);
        if (expected->options_form != SCRIPT_OPTIONS_ANY &&
                !match_option_list(conversation, rules, expected, &seen->tcp, now, differences))
                differ(differences, "the options differ");
        if (!seen->payload_is_zero)
                differ(differences, "the payload is not all zeros");
}

static uint8_t protocol_of(const struct conversation *conversation, const struct script_packet *expected)
{
        bool is_ipv4 = ip_address_is_ipv4(&conversation->remote.address);
        if (expected->kind == SCRIPT_TCP)
                return SEEN_TCP;
        if (expected->kind == SCRIPT_UDP)
                return SEEN_UDP;
        return is_ipv4 ? SEEN_ICMP : SEEN_ICMPV6;
}

void packet_match(struct conversation *conversation, const struct match_rules *rules,
        const struct script_packet *expected, const struct seen_packet *seen, time_ns now,
        GString *differences)
{
        match_ip(conversation, &expected->ip, seen, differences);
        if (seen->protocol != protocol_of(conversation, expected)) {
                differ(differences, "protocol: expected %u, seen %u", protocol_of(conversation, expected),
                        seen->protocol);
                return;
        }
        if (expected->kind == SCRIPT_TCP) {
                match_tcp(conversation, rules, &expected->tcp, seen, now, differences);
        } else if (expected->kind == SCRIPT_UDP) {
                match_number("payload bytes", expected->udp_size, seen->payload_size, differences);
        } else {
                match_number("ICMP type", expected->icmp.type, seen->icmp_type, differences);
                match_number("ICMP code", expected->icmp.code, seen->icmp_code, differences);
        }
}

/* All pieces but the last are of one size; flags may differ in FIN, PSH and CWR, which stand in the last or
 * first. */
bool packet_match_gather(const struct script_packet *expected, struct seen_packet *seen, unsigned first_size,
        const struct seen_packet *next)
{
        const uint16_t free_flags = TCP_FLAG_FIN | TCP_FLAG_PSH | TCP_FLAG_CWR;
        if (expected->kind != SCRIPT_TCP || seen->payload_size >= expected->tcp.range.size ||
                seen->payload_size == 0 || next->payload_size == 0)
                return false;
        if (next->tcp.seq != seen->tcp.seq + seen->payload_size || next->tcp.ack != seen->tcp.ack ||
                next->tcp.window != seen->tcp.window)
                return false;
        if (((next->tcp.flags ^ seen->tcp.flags) & ~free_flags) != 0)
                return false;
        if (seen->payload_size % first_size != 0 || next->payload_size > first_size)
                return false;
        struct seen_packet gathered = *next;
        gathered.tcp.seq = seen->tcp.seq;
        gathered.tcp.flags = (uint16_t)((next->tcp.flags & ~TCP_FLAG_CWR) | (seen->tcp.flags & TCP_FLAG_CWR));
        gathered.payload_size += seen->payload_size;
        gathered.payload_is_zero &= seen->payload_is_zero;
        *seen = gathered;
        return true;
}
