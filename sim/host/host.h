/*
 * A host: one IP endpoint. Demultiplexes packets to connections, listeners and UDP sockets, and pumps
 * segments out.
 *
 * The translator between tcp/ and net/; it knows nothing of TCP's rules. The pump follows a segment or a
 * deadline within the same event, before any process runs; application calls ask for a pump event at this
 * instant. It stops while a connection has more than `limit_output` in its own device's queue.
 */
#ifndef INORDER_HOST_H
#define INORDER_HOST_H

#include "host/proof.h"
#include "host/transfer.h"
#include "net/link.h"
#include "net/router.h"
#include "tcp/tcp_conn.h"

typedef struct Host Host;

/* What the hosts of one world share. */
struct host_context {
        struct net_context *net;
        PayloadPool *payloads;
        ProofBook *proofs;
        GPtrArray *transfers; /* of struct transfer *, by number - 1; not owned */
        GPtrArray *hosts;     /* of Host *, to name packets' destinations by address; not owned, hosts add
                                 themselves */
        uint64_t seed;
        uint64_t phase_seed; /* of what a replay keeps, whatever its own seed is */
        bool abort_on_finish;       /* the run is being torn down: processes are cancelled */
        struct host_shared *shared; /* the hosts' own: made with the first of them, gone with the last */
};

struct host_config {
        const char *name;
        uint32_t owner;
        struct ip_address address;  /* of a host with two, IPv4's */
        struct ip_address address6; /* and IPv6's; any: there is one */
        struct ip_address resolver; /* any: none */
        struct tcp_settings tcp;
        /* What stays as it is, whatever programs set; NULL: nothing. */
        void (*adjust)(const void *data, struct tcp_settings *settings);
        const void *adjust_data;
        duration_ns limit_output; /* at line rate; at least two packets. 0: no limit */
        uint16_t merge_size; /* its devices merge received segments of this payload (GRO); 0: none. A packet that comes
                                with more payload stands for such */
        uint16_t ephemeral_first; /* range of ports for connect without bind; 32768 … 60999 as Linux */
        uint16_t ephemeral_last;
};

Host *host_new(struct host_context *context, const struct host_config *config);
/* Ends its processes (their blocking calls fail with ECANCELED), then its sockets and connections. Nothing is
 * sent or traced any more. Before the links that are its devices. */
void host_free(Host *host);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Host, host_free)

/* Its power fails: processes, sockets and connections are gone without a word, and what arrives is lost (host-down)
 * until it has been restarted. So is what waits in its devices, which may lose power. Not from within one of its
 * processes. */
void host_crash(Host *host);
/* It is there again, with nothing that it knew before; whoever runs its programs starts them. */
void host_restart(Host *host);
bool host_is_down(const Host *host);

/* For the links that lead here; and the routes out (the links are the host's devices). */
struct packet_sink host_sink(Host *host);
RouteTable *host_routes(Host *host);
/* Tell the host of a device, before the run. */
void host_add_device(Host *host, Link *link);
/* A device of its takes other packets now, or a path does: connections follow. */
void host_on_mtu_changed(Host *host);

/* Its IPv4 address; the IPv6 one of a host that has no other. */
const struct ip_address *host_address(const Host *host);
/* AF_INET, or AF_INET6 of a host that has no IPv4 address: what its programs open sockets of. */
int host_family(const Host *host);
bool host_has_address(const Host *host, const struct ip_address *address);
/* The one to send from to `remote`: of its family; any: there is none. */
const struct ip_address *host_address_towards(const Host *host, const struct ip_address *remote);
const struct ip_address *host_resolver(const Host *host);
const struct tcp_settings *host_tcp_settings(const Host *host);
/* For the sockets of programs that start from now on; those that are there follow in what Linux reads when it needs it. */
void host_set_tcp_settings(Host *host, const struct tcp_settings *settings);
struct host_context *host_context(Host *host);
/* Its world's memory, for what comes and goes with connections. */
BlockPool *host_memory(const Host *host);
time_ns host_now(const Host *host);

/* Live connections but those in TIME-WAIT; and connections waiting in TIME-WAIT. */
unsigned host_connections(const Host *host);
unsigned host_time_waits(const Host *host);

/* A counter of its TCP by nstat's name, "TcpExtTCPTimeouts"; false: there is none of that name. */
bool host_tcp_counter(const Host *host, const char *name, int64_t *value);

/* At the end of a run, once: give the transfers the counts of the connections that are still there. */
void host_collect_counts(Host *host);

/* Who waits for what, one line each, for a run that got stuck: "browser fetch: connect 202.43.78.3:80,
 * SYN-SENT"; then the connections but those in TIME-WAIT. */
void host_describe_waits(const Host *host, GString *text);

#endif
