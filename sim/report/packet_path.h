/*
 * Where on its way a packet was: hosts stand at the sides of a ladder, routers between them, hop by hop.
 */
#ifndef INORDER_PACKET_PATH_H
#define INORDER_PACKET_PATH_H

#include "report/segment_table.h"

/* Across the ladder, in thousandths: the left life line and the right one. */
#define PATH_LEFT  0
#define PATH_RIGHT 1000
typedef struct PacketPaths PacketPaths;

/* Learns from the packets that arrived how many hops lead from where to where. */
PacketPaths *packet_paths_new(const SegmentTable *table, const char *left, const char *right);
void packet_paths_free(PacketPaths *paths);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PacketPaths, packet_paths_free)

/* Every host that is neither, a name server that is asked first, stands aside, before the right life line. */
bool packet_paths_is_aside(const PacketPaths *paths, const char *host);
int packet_paths_host(const PacketPaths *paths, const char *host);
/* Where one of the packet's hops begins and ends. */
void packet_paths_hop(const PacketPaths *paths, const struct segment *segment, const struct segment_hop *hop,
        int *begin, int *end);
/* Between the two hosts: their names in order, from left to right (`const char *`). */
const GPtrArray *packet_paths_routers(const PacketPaths *paths);

/* The link's own delay, learned from the fastest packet: for those that never arrived. */
duration_ns packet_paths_delay(const PacketPaths *paths, const struct segment_hop *hop);

#endif
