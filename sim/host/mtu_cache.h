/*
 * What a host has learned of the paths to others: the largest packet that arrived in one piece. RFC 1191
 * section 3, RFC 8201 section 5.2.
 */
#ifndef INORDER_MTU_CACHE_H
#define INORDER_MTU_CACHE_H

#include <glib.h>
#include "units.h"
#include "wire/ip_address.h"

typedef struct MtuCache MtuCache;

MtuCache *mtu_cache_new(void);
void mtu_cache_free(MtuCache *cache);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MtuCache, mtu_cache_free)

/* Packets of `mtu` bytes go to `destination`, and larger ones do not. False, and nothing happens, when less is
 * believed already. */
bool mtu_cache_learn(
        MtuCache *cache, const struct ip_address *destination, uint32_t mtu, time_ns now);

/* The MTU towards `destination` over a device of `device_mtu`. */
uint32_t mtu_cache_apply(
        const MtuCache *cache, const struct ip_address *destination, uint32_t device_mtu, time_ns now);

#endif
