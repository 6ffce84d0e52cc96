/*
 * Which packets an expression of pcap-filter(7) means, by libpcap's own compiler. Packets are bare IP; names are
 * not looked up.
 */
#ifndef INORDER_PACKET_FILTER_H
#define INORDER_PACKET_FILTER_H

#include "net/packet.h"

typedef struct PacketFilter PacketFilter;

/* NULL: it is none; `complaint` says why, and is the caller's. */
PacketFilter *packet_filter_new(const char *expression, char **complaint);
void packet_filter_free(PacketFilter *filter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PacketFilter, packet_filter_free)

const char *packet_filter_text(const PacketFilter *filter);
bool packet_filter_matches(const PacketFilter *filter, const struct packet *packet);

#endif
