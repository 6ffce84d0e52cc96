/*
 * Packets that carry ICMP: errors about others' packets, told to their senders. RFC 792, RFC 1122 section
 * 3.2.2, RFC 1812 section 4.3.2, RFC 4443.
 */
#ifndef INORDER_ICMP_PACKET_H
#define INORDER_ICMP_PACKET_H

#include "net/packet.h"
#include "wire/icmp.h"

/* Takes the message's body. Its id, and of its note `from`, `to` and the transfer, are the caller's to set. */
struct packet *icmp_packet_new(PacketPool *pool, const struct ip_address *source,
        const struct ip_address *destination, struct icmp_message *message);

enum icmp_report { ICMP_REPORT_NO_ROUTE, ICMP_REPORT_TOO_BIG, ICMP_REPORT_LAST_HOP, ICMP_REPORT_PORT };

/* What became of `about`, from `source` to who sent it; `mtu` is that of a packet too big. NULL when nothing
 * may be said: about another error, or to an address that is not one host's. Its id and its note's `from` are
 * the caller's to set. */
struct packet *icmp_report_new(PacketPool *pool, const struct packet *about, const struct ip_address *source,
        enum icmp_report what, uint32_t mtu);

/* How many errors a node may send: RFC 1812 section 4.3.2.8, RFC 4443 section 2.4 (f). All zero at first. */
struct icmp_ration {
        time_ns full_at; /* when all that may be sent at once may be sent */
};
/* Takes one, if there is one. */
bool icmp_ration_take(struct icmp_ration *ration, time_ns now);

#endif
