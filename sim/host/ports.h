/*
 * Who uses which port of a host: the rules of bind(2) and the choice of ephemeral ports.
 *
 * Bindings overlap when their ports are equal and their addresses are, or one is any in a family of the other's. Two
 * overlapping ones live together only when both were made with SO_REUSEADDR and none listens, or both with
 * SO_REUSEPORT. As Linux.
 */
#ifndef INORDER_PORTS_H
#define INORDER_PORTS_H

#include "engine/rng.h"
#include "wire/hash_table.h"
#include "wire/ip_address.h"

/* Whose addresses "any" stands for. */
enum binding_family {
        BINDING_IPV4,
        BINDING_IPV6,      /* IPV6_V6ONLY */
        BINDING_BOTH,      /* AF_INET6 without it */
};

/* One user of a port, embedded in a socket or a connection. */
struct binding {
        GList link;
        struct port_use *use; /* NULL: not bound */
        struct endpoint local;
        enum binding_family family; /* when local.address is any */
        bool reuses;      /* SO_REUSEADDR */
        bool shares_port; /* SO_REUSEPORT */
        bool is_listening;
        bool is_for_connecting; /* the port was chosen by connect: other connections may leave from it, too */
};

/* The ports of one protocol on one host. */
struct port_space {
        BlockPool *memory;
        struct hash_table uses; /* of struct port_use, by port */
        struct rng_stream luck;
        uint32_t picks;
        uint16_t first; /* of the ephemeral ones */
        uint16_t last;
};

/* `name` names the luck: "host www: tcp ports". */
void port_space_init(struct port_space *space, BlockPool *memory, uint64_t seed, const char *name,
        uint16_t first, uint16_t last);
/* All bindings are gone. */
void port_space_clear(struct port_space *space);

void port_space_bind(struct port_space *space, struct binding *binding);
/* Nothing happens when it is not bound. */
void port_space_unbind(struct port_space *space, struct binding *binding);
bool binding_is_bound(const struct binding *binding);

/* Whether bind(2) of `wanted` must fail with EADDRINUSE. */
bool port_space_conflicts(const struct port_space *space, const struct binding *wanted);
/* Whether another binding that overlaps with this one listens already. */
bool port_space_is_listened(const struct port_space *space, const struct binding *binding);

/* An ephemeral port for `wanted->local.address`, any if nobody may share it; 0 when all are taken. */
uint16_t port_space_pick(struct port_space *space, const struct binding *wanted);
/* The same for a connection to `tuple->remote`: other connections' ports may serve again as long as
 * `is_taken` finds no equal four-tuple. RFC 6056 section 3.3.3. */
uint16_t port_space_pick_for(struct port_space *space, const struct four_tuple *tuple,
        bool (*is_taken)(const void *data, const struct four_tuple *tuple), const void *data);

#endif
