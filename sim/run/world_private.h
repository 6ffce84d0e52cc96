/*
 * The inside of a world: for topology.c, fault_rules.c and programs.c, which fill it, and world.c, which runs
 * it.
 */
#ifndef INORDER_WORLD_PRIVATE_H
#define INORDER_WORLD_PRIVATE_H

#include "run/world.h"

/* A host or router, groups unfolded. */
struct world_node {
        char *name;
        struct ip_address address;
        Host *host;     /* NULL: a router */
        Router *router; /* NULL: a host */
        bool may_lose_power;
};

/* A name of the scenario: one node, or the members of a group one after another. */
struct world_name {
        unsigned first; /* index into nodes */
        unsigned count;
};

/* A program of the scenario, where it runs, and its instances' transfers, if it has any. */
struct world_program {
        const struct scenario_app *spec;
        const struct world_name *hosts;
        unsigned first_transfer; /* the place of the first below; those of a host's flows one after another */
};

struct World {
        const Scenario *scenario;
        Trace *trace;
        EventQueue *events;
        PayloadPool *payloads;
        PacketPool *packets;
        ProofBook *proofs;
        struct net_context net;
        struct host_context hosts;
        GArray *nodes;              /* struct world_node, by owner number */
        GHashTable *names;          /* name → struct world_name *; groups and their members */
        GArray *edges;              /* struct route_edge, one a link direction */
        RouteMap *route_map;        /* that routers and hosts of several links share */
        GPtrArray *links;           /* Link *, by owner number less the nodes' */
        GHashTable *link_names;     /* name → struct world_name *, counting whole links */
        GArray *fault_rules;        /* struct fault_rule, as the fault script wants them */
        GArray *fault_sources;      /* unsigned: which scenario fault each comes from */
        GPtrArray *transfers;       /* struct transfer *, by number less one */
        GHashTable *transfer_names; /* name → number */
        GArray *programs;           /* struct world_program, in file order */
        GHashTable *sources;        /* struct scenario_app of a sender → PayloadSource */
        GHashTable *documents;      /* struct scenario_app of an http-server → Documents */
        GPtrArray *records;         /* struct dns_record arrays, one for each dns-server */
        GPtrArray *host_list;       /* Host *, by owner number; not owned */
        uint64_t path_seed; /* of links and rules: the scenario's, or that of what is replayed */
        GPtrArray *crash_rules; /* struct crash_rule */
        PathLog *record;    /* NULL: none is kept */
        unsigned released;
        bool has_endless_rules; /* which come again and again, whatever else there is */
};

/* The nodes of a name; NULL when there is none. */
const struct world_name *world_find(const World *world, const char *name);
struct world_node *world_node(const World *world, unsigned index);

/* In this order: nodes, transfers' numbers, fault rules (which need both), links (which ask the rules) and
 * routes. */
void topology_add_nodes(World *world);
void topology_add_links(World *world);
bool fault_rules_build(World *world, GError **error);

/* The rules of hosts: they crash and restart. After the programs. */
void crash_rules_expect(World *world);
void crash_rules_clear(World *world);

/* The host's programs are gone: those of its transfers that had begun have failed. */
void programs_on_crash(World *world, uint32_t owner);
/* Its servers are started, and clients whose time is yet to come. */
void programs_restart(World *world, uint32_t owner);
/* Nothing happens any more: the clients of hosts that are down will never begin. */
void programs_on_standstill(World *world);

/* Every client program is a transfer and gets its number … */
void programs_name_transfers(World *world);
/* … before programs are started (their first events queued). */
void programs_start(World *world);

#endif
