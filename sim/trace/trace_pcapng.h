/*
 * HOST.pcapng: what each host's interface sent and received, one file a host. draft-ietf-opsawg-pcapng.
 *
 * Ethernet link type with made-up addresses, nanoseconds since 1970 (a run begins there), the packet's id in
 * epb_packetid. The record of a packet that was sent waits, in order, until it is known what became of it or
 * the run ends, so that its comments can tell: "dropped: core, loss", "corrupted: core", "duplicated: core".
 * What becomes of copies is told as far as it is known by then ("copy dropped: core, loss").
 */
#ifndef INORDER_TRACE_PCAPNG_H
#define INORDER_TRACE_PCAPNG_H

#include "trace/trace.h"
#include "trace/trace_file.h"

typedef struct TracePcapng TracePcapng;

/* One file for each host, opened now. All owners have been added. `snap` bytes of each IP packet are kept; 0:
 * all. NULL: a file could not be opened. */
TracePcapng *trace_pcapng_new(Trace *trace, const struct trace_opener *opener,
        const struct trace_about *about, uint32_t snap, GError **error);
/* The run has ended: packets still on their way are written too. */
bool trace_pcapng_finish(TracePcapng *writer, GError **error);
void trace_pcapng_free(TracePcapng *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TracePcapng, trace_pcapng_free)

#endif
