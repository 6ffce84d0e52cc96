/*
 * The notation is tcpdump's as packet scripts use it.
 */
#include "drill/packet_text.h"

#include "wire/byte_order.h"
#include "wire/tcp_segment.h"

#define FAST_OPEN_MAGIC 0xf989

/* ---- Parts that both kinds have ---- */

static void text_flags(uint16_t flags, bool has_ace, GString *text)
{
        static const struct {
                uint16_t bit;
                char letter;
        } letters[] = {
                { TCP_FLAG_SYN, 'S' },
                { TCP_FLAG_FIN, 'F' },
                { TCP_FLAG_RST, 'R' },
                { TCP_FLAG_PSH, 'P' },
                { TCP_FLAG_URG, 'U' },
                { TCP_FLAG_ECE, 'E' },
                { TCP_FLAG_CWR, 'W' },
                { TCP_FLAG_AE, 'A' },
        };
        const uint16_t ace = TCP_FLAG_ECE | TCP_FLAG_CWR | TCP_FLAG_AE;
        if (flags == 0)
                g_string_append_c(text, '-');
        for (size_t i = 0; i < G_N_ELEMENTS(letters); i++) {
                if ((flags & letters[i].bit) && !(has_ace && (letters[i].bit & ace)))
                        g_string_append_c(text, letters[i].letter);
        }
        if (flags & TCP_FLAG_ACK)
                g_string_append_c(text, '.');
        if (has_ace)
                g_string_append_printf(text, "%d",
                        (flags & TCP_FLAG_AE ? 4 : 0) | (flags & TCP_FLAG_CWR ? 2 : 0) |
                                (flags & TCP_FLAG_ECE ? 1 : 0));
}

static void text_range(uint32_t start, uint32_t size, GString *text)
{
        g_string_append_printf(text, " %u:%u(%u)", start, start + size, size);
}

static void text_hex(const uint8_t *bytes, unsigned size, GString *text)
{
        for (unsigned i = 0; i < size; i++)
                g_string_append_printf(text, "%02x", bytes[i]);
}

static const char *ecn_word(uint8_t tos)
{
        static const char *const words[] = { "noecn", "ect1", "ect0", "ce" };
        return words[tos & 3];
}

/* ---- What was seen ---- */

static uint32_t be24(const uint8_t *bytes)
{
        return (uint32_t)bytes[0] << 16 | read_be16(bytes + 1);
}

static void text_counters(unsigned kind, const uint8_t *data, unsigned size, GString *text)
{
        static const char *const names[][3] = { { "e0b", "ceb", "e1b" }, { "e1b", "ceb", "e0b" } };
        g_string_append(text, "ECN");
        for (unsigned i = 0; i < size / 3 && i < 3; i++)
                g_string_append_printf(text, " %s %u", names[kind == 174][i], be24(data + 3 * i));
}

static void text_sack(const struct conversation *conversation, bool is_syn, const uint8_t *data,
        unsigned size, GString *text)
{
        g_string_append(text, "sack");
        for (unsigned i = 0; i + 8 <= size; i += 8)
                g_string_append_printf(text, " %u:%u",
                        numbering_to_script(&conversation->ours, read_be32(data + i), is_syn),
                        numbering_to_script(&conversation->ours, read_be32(data + i + 4), is_syn));
}

/* As the script counts them, once a first one is known. */
static uint32_t script_timestamp(const struct conversation *conversation, uint32_t live)
{
        if (!conversation->has_first_timestamp)
                return live;
        return live - conversation->live_first_timestamp + conversation->script_first_timestamp;
}

static void text_option(const struct conversation *conversation, bool is_syn, unsigned kind,
        const uint8_t *data, unsigned size, GString *text)
{
        if (kind == 0)
                g_string_append(text, "eol");
        else if (kind == 1)
                g_string_append(text, "nop");
        else if (kind == 2 && size == 2)
                g_string_append_printf(text, "mss %u", read_be16(data));
        else if (kind == 3 && size == 1)
                g_string_append_printf(text, "wscale %u", data[0]);
        else if (kind == 4 && size == 0)
                g_string_append(text, "sackOK");
        else if (kind == 5)
                text_sack(conversation, is_syn, data, size, text);
        else if (kind == 8 && size == 8)
                g_string_append_printf(text, "TS val %u ecr %u",
                        script_timestamp(conversation, read_be32(data)), read_be32(data + 4));
        else if (kind == 172 || kind == 174)
                text_counters(kind, data, size, text);
        else if (kind == 254 && size >= 2 && read_be16(data) == FAST_OPEN_MAGIC) {
                g_string_append(text, "FOEXP ");
                text_hex(data + 2, size - 2, text);
        } else {
                g_string_append_printf(text, kind == 34 ? "FO " : "kind %u ", kind);
                text_hex(data, size, text);
        }
}

static void text_seen_options(
        const struct conversation *conversation, const struct seen_packet *seen, GString *text)
{
        unsigned at = 0;
        unsigned kind;
        unsigned size;
        const uint8_t *data;
        const char *separator = " <";
        while (seen_option_next(&seen->tcp, &at, &kind, &data, &size)) {
                g_string_append(text, separator);
                text_option(conversation, seen->tcp.flags & TCP_FLAG_SYN, kind, data, size, text);
                separator = ",";
        }
        if (seen->tcp.options_size > 0)
                g_string_append_c(text, '>');
}

static void text_seen_tcp(const struct conversation *conversation, const struct seen_packet *seen,
        const struct packet_shown *shown, GString *text)
{
        const struct seen_tcp *tcp = &seen->tcp;
        bool is_syn = tcp->flags & TCP_FLAG_SYN;
        if (shown->ports)
                g_string_append_printf(text, "%u > %u ", seen->source.port, seen->destination.port);
        text_flags(tcp->flags, false, text);
        text_range(numbering_to_script(&conversation->theirs, tcp->seq, is_syn), seen->payload_size, text);
        if (tcp->flags & TCP_FLAG_ACK)
                g_string_append_printf(
                        text, " ack %u", numbering_to_script(&conversation->ours, tcp->ack, is_syn));
        else if (tcp->ack != 0)
                g_string_append_printf(text, " ack %u", tcp->ack);
        if (shown->window)
                g_string_append_printf(text, " win %u", tcp->window);
        if (tcp->urgent != 0)
                g_string_append_printf(text, " urg %u", tcp->urgent);
        if (shown->options)
                text_seen_options(conversation, seen, text);
}

static void text_seen_ip(const struct seen_packet *seen, const struct packet_shown *shown, GString *text)
{
        g_autoptr(GString) parts = g_string_new(NULL);
        if (shown->ip && seen->tos > 3)
                g_string_append_printf(parts, ", tos 0x%02x, ttl %u", seen->tos, seen->ttl);
        else if (shown->ip)
                g_string_append_printf(parts, ", %s", ecn_word(seen->tos));
        if (shown->flow_label)
                g_string_append_printf(parts, ", flowlabel 0x%05x", seen->flow_label);
        if (parts->len > 0)
                g_string_append_printf(text, "[%s] ", parts->str + 2);
}

void packet_text_seen(const struct conversation *conversation, const struct seen_packet *seen,
        const struct packet_shown *shown, GString *text)
{
        text_seen_ip(seen, shown, text);
        switch (seen->protocol) {
        case SEEN_TCP:
                text_seen_tcp(conversation, seen, shown, text);
                return;
        case SEEN_UDP:
                g_string_append_printf(text, "udp (%u)", seen->payload_size);
                return;
        case SEEN_ICMP:
        case SEEN_ICMPV6:
                g_string_append_printf(text, "icmp type %u code %u", seen->icmp_type, seen->icmp_code);
                return;
        default:
                g_string_append_printf(text, "protocol %u (%u)", seen->protocol, seen->payload_size);
                return;
        }
}

/* ---- What the script says ---- */

static void text_script_counters(const struct script_option *option, GString *text)
{
        uint8_t data[9];
        for (unsigned i = 0; i < option->count && i < 3; i++) {
                data[3 * i] = (uint8_t)(option->left[i] >> 16);
                write_be16(data + 3 * i + 1, (uint16_t)option->left[i]);
        }
        text_counters(
                option->kind == SCRIPT_OPTION_ACCURATE_ECN_1 ? 174 : 172, data, option->count * 3, text);
}

static void text_script_sack(const struct script_option *option, GString *text)
{
        g_string_append(text, "sack");
        for (unsigned i = 0; i < option->count; i++)
                g_string_append_printf(text, " %u:%u", option->left[i], option->right[i]);
}

static void text_script_option(const struct script_option *option, GString *text)
{
        static const char *const words[] = {
                [SCRIPT_OPTION_END] = "eol",
                [SCRIPT_OPTION_NOP] = "nop",
                [SCRIPT_OPTION_MSS] = "mss",
                [SCRIPT_OPTION_WINDOW_SCALE] = "wscale",
                [SCRIPT_OPTION_SACK_PERMITTED] = "sackOK",
                [SCRIPT_OPTION_FAST_OPEN] = "FO",
                [SCRIPT_OPTION_FAST_OPEN_EXP] = "FOEXP",
                [SCRIPT_OPTION_MD5] = "md5",
        };
        switch (option->kind) {
        case SCRIPT_OPTION_SACK:
                text_script_sack(option, text);
                return;
        case SCRIPT_OPTION_TIMESTAMPS:
                g_string_append_printf(text, "TS val %u ecr %u", option->number, option->echo);
                return;
        case SCRIPT_OPTION_ACCURATE_ECN_0:
        case SCRIPT_OPTION_ACCURATE_ECN_1:
                text_script_counters(option, text);
                return;
        case SCRIPT_OPTION_MSS:
        case SCRIPT_OPTION_WINDOW_SCALE:
                g_string_append_printf(text, "%s %u", words[option->kind], option->number);
                return;
        default:
                g_string_append(text, words[option->kind]);
                if (option->count > 0)
                        g_string_append_c(text, ' ');
                text_hex(option->bytes, option->count, text);
                return;
        }
}

static void text_script_options(const struct script_tcp *tcp, GString *text)
{
        if (tcp->options_form == SCRIPT_OPTIONS_ANY)
                g_string_append(text, " <...>");
        if (tcp->options_form != SCRIPT_OPTIONS_GIVEN)
                return;
        g_string_append(text, " <");
        for (guint i = 0; i < tcp->options->len; i++) {
                if (i > 0)
                        g_string_append_c(text, ',');
                text_script_option(&g_array_index(tcp->options, struct script_option, i), text);
        }
        g_string_append_c(text, '>');
}

static void text_script_tcp(const struct script_tcp *tcp, const struct packet_shown *shown, GString *text)
{
        if (tcp->has_ports)
                g_string_append_printf(text, "%u > %u ", tcp->source_port, tcp->destination_port);
        text_flags(tcp->flags, tcp->has_ace, text);
        text_range(tcp->range.start, tcp->range.size, text);
        if (tcp->has_ack)
                g_string_append_printf(text, " ack %u", tcp->ack);
        if (tcp->has_window)
                g_string_append_printf(text, " win %u", tcp->window);
        if (tcp->urgent != 0)
                g_string_append_printf(text, " urg %u", tcp->urgent);
        if (shown->options)
                text_script_options(tcp, text);
}

static void text_script_ip(const struct script_ip *ip, GString *text)
{
        static const char *const words[] = {
                [SCRIPT_ECN_NONE] = "noecn",
                [SCRIPT_ECN_ECT0] = "ect0",
                [SCRIPT_ECN_ECT1] = "ect1",
                [SCRIPT_ECN_CE] = "ce",
                [SCRIPT_ECN_ECT01] = "ect01",
        };
        g_autoptr(GString) parts = g_string_new(NULL);
        if (ip->ecn != SCRIPT_ECN_NOT_GIVEN)
                g_string_append_printf(parts, ", %s", words[ip->ecn]);
        if (ip->has_tos)
                g_string_append_printf(parts, ", tos 0x%02x", ip->tos);
        if (ip->has_ttl)
                g_string_append_printf(parts, ", ttl %u", ip->ttl);
        if (ip->has_flow_label)
                g_string_append_printf(parts, ", flowlabel 0x%05x", ip->flow_label);
        if (parts->len > 0)
                g_string_append_printf(text, "[%s] ", parts->str + 2);
}

void packet_text_script(const struct script_packet *packet, const struct packet_shown *shown, GString *text)
{
        text_script_ip(&packet->ip, text);
        if (packet->kind == SCRIPT_TCP)
                text_script_tcp(&packet->tcp, shown, text);
        else if (packet->kind == SCRIPT_UDP)
                g_string_append_printf(text, "udp (%u)", packet->udp_size);
        else
                g_string_append_printf(text, "icmp type %u code %u", packet->icmp.type, packet->icmp.code);
}

struct packet_shown packet_text_what_script_shows(const struct script_packet *packet)
{
        const struct script_ip *ip = &packet->ip;
        return (struct packet_shown){
                .ip = ip->ecn != SCRIPT_ECN_NOT_GIVEN || ip->has_tos || ip->has_ttl,
                .flow_label = ip->has_flow_label,
                .window = packet->kind == SCRIPT_TCP && packet->tcp.has_window,
                .options = packet->kind == SCRIPT_TCP && packet->tcp.options_form != SCRIPT_OPTIONS_ANY,
                .ports = packet->kind == SCRIPT_TCP && packet->tcp.has_ports,
        };
}

void packet_text_time(time_ns time, GString *text)
{
        g_string_append_printf(text, "%3" G_GINT64_FORMAT ".%06" G_GINT64_FORMAT, time / SECOND,
                time % SECOND / MICROSECOND);
}
