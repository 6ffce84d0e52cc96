/*
 * The digest of a run: SHA-256 over what happened to its packets, the same on every machine.
 *
 * Each owner (host, router, link direction) hashes its own packet events in its order; the run's digest is
 * the hash of the sorted list of owners and hashes. No text format, title, level of trace or plot is in it.
 * docs/trace.md gives the layout, so that others can make it too.
 */
#ifndef INORDER_DIGEST_H
#define INORDER_DIGEST_H

#include "trace/trace.h"

typedef struct Digest Digest;

/* Listens from now on. All owners have been added. */
Digest *digest_new(Trace *trace);
/* The run has ended: no event may follow. */
void digest_finish(Digest *digest);
void digest_free(Digest *digest);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Digest, digest_free)

/* Lower-case hexadecimal, after digest_finish(). */
const char *digest_text(const Digest *digest);
/* One owner's, to find the first that differs. */
const char *digest_owner_text(const Digest *digest, uint32_t owner);

#endif
