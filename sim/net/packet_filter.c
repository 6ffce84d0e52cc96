/*
 * Filters compiled once, and run over the bytes of each packet in question.
 */
#include "net/packet_filter.h"

#include <pcap/pcap.h>
#include <string.h>

struct PacketFilter {
        char *expression;
        struct bpf_program program;
};

/* The words of pcap-filter(7) that concern IP. Any other word is a name, which the compiler would look up in
 * the machine's files or on the net: a run would depend on them. */
static const char *const known_words[] = { "host", "net", "port", "portrange", "src", "dst", "mask", "ip",
        "ip6", "tcp", "udp", "icmp", "icmp6", "proto", "protochain", "and", "or", "not", "len", "less",
        "greater", "tcpflags", "tcp-fin", "tcp-syn", "tcp-rst", "tcp-push", "tcp-ack", "tcp-urg", "tcp-ece",
        "tcp-cwr", "icmptype", "icmpcode", "icmp-echo", "icmp-echoreply", "icmp-unreach", "icmp-timxceed",
        NULL };

/* The first name in the expression; NULL: there is none. Addresses of IPv6 and numbers may have letters. */
static char *find_name(const char *expression)
{
        const char *letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:";
        for (const char *c = expression; *c != '\0';) {
                size_t length = strspn(c, letters);
                if (length == 0) {
                        c++;
                        continue;
                }
                g_autofree char *word = g_strndup(c, length);
                bool is_name = g_ascii_isalpha(*word) && strchr(word, ':') == NULL;
                if (is_name && !g_strv_contains(known_words, word))
                        return g_steal_pointer(&word);
                c += length;
        }
        return NULL;
}

PacketFilter *packet_filter_new(const char *expression, char **complaint)
{
        g_autofree char *name = find_name(expression);
        if (name != NULL) {
                *complaint = g_strdup_printf("'%s' is a name, and names are not looked up", name);
                return NULL;
        }
        g_autoptr(PacketFilter) filter = g_new0(PacketFilter, 1);
        filter->expression = g_strdup(expression);
        pcap_t *pcap = pcap_open_dead(DLT_RAW, IPV4_PACKET_SIZE_MAX);
        bool is_good = pcap_compile(pcap, &filter->program, expression, 1, PCAP_NETMASK_UNKNOWN) == 0;
        *complaint = is_good ? NULL : g_strdup(pcap_geterr(pcap));
        pcap_close(pcap);
        return is_good ? g_steal_pointer(&filter) : NULL;
}

void packet_filter_free(PacketFilter *filter)
{
        if (filter == NULL)
                return;
        pcap_freecode(&filter->program);
        g_free(filter->expression);
        g_free(filter);
}

const char *packet_filter_text(const PacketFilter *filter)
{
        return filter->expression;
}

bool packet_filter_matches(const PacketFilter *filter, const struct packet *packet)
{
        uint8_t bytes[IPV4_PACKET_SIZE_MAX];
        packet_copy_bytes(packet, bytes);
        const struct pcap_pkthdr header = { .caplen = packet->size, .len = packet->size };
        return pcap_offline_filter(&filter->program, &header, bytes) != 0;
}
