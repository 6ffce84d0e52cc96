/*
 * One direction of a point-to-point link:
 *
 *     offered → queue → transmitter at the rate → line → propagation → the far end's sink
 *
 * The line: fault rules, then loss, corruption, duplication, jitter and reordering. A packet lost there has
 * used its slot.
 *
 * At its last instant a transmission is over: whoever asks or offers at that very time finds the transmitter
 * free, whether or not an event for it has run. A plain link (drop-tail, fixed rate, some delay, no
 * impairment, no rule) computes departures ahead and keeps one event in the queue; it decides exactly as the
 * other kind.
 *
 * While a link is down, all that is offered, queued or in transmission is lost; what already propagates
 * arrives. So it is when the host that sends through it crashes.
 */
#ifndef INORDER_LINK_H
#define INORDER_LINK_H

#include "engine/event_queue.h"
#include "net/fault_script.h"
#include "net/impair.h"
#include "net/packet.h"
#include "net/path_log.h"
#include "net/queue.h"
#include "net/shaper.h"

typedef struct Link Link;

/* Where packets come out. Takes the packet. Runs as an event of owner `owner`, class EVENT_ARRIVAL. */
struct packet_sink {
        void (*deliver)(void *data, struct packet *packet);
        void *data;
        uint32_t owner;
};

/* Why packets end, in the summary's order. */
enum drop_reason {
        DROP_LOSS,
        DROP_QUEUE_FULL,
        DROP_AQM,
        DROP_FAULT,
        DROP_CORRUPT,
        DROP_TTL,
        DROP_MTU,
        DROP_NO_ROUTE,
        DROP_NO_LISTENER,
        DROP_LINK_DOWN,
        DROP_HOST_DOWN,
        DROP_REASONS,
};
const char *drop_reason_name(enum drop_reason reason);

/* Packets counted over the whole world: sent + duplicated = delivered + all dropped + in flight. */
struct packet_counts {
        uint64_t sent;       /* by hosts */
        uint64_t delivered;  /* taken by hosts */
        uint64_t duplicated; /* copies made on links */
        uint64_t reordered;
        uint64_t corrupted;
        uint64_t marked; /* with congestion experienced, by queues and rules, or instead of a loss */
        uint64_t dropped[DROP_REASONS];
        uint64_t hops; /* transmissions completed */
        uint64_t data; /* of those sent: with payload, whether for the first time or not */
};

/* What every link and node of one world shares. */
struct net_context {
        EventQueue *events;
        PacketPool *packets;
        Trace *trace;        /* NULL: none */
        FaultScript *faults; /* NULL: none */
        PathLog *record;       /* NULL: nobody writes down what luck and queues do */
        PathLog *replay;       /* NULL: they do it; else what they are to do */
        struct packet_counts counts;
        time_ns last_packet_at;  /* when a packet last was sent, arrived or ended: kept by links and hosts */
        bool one_event_a_packet; /* never compute ahead: for the test that both ways agree */
};

/* What a rule sets; what it does not mention stays. */
struct link_change_direction {
        bool has_rate;
        bool has_delay;
        bool has_queue;
        bool has_impair;
        rate_bps rate;
        struct shaper_config shape;
        duration_ns delay;
        struct queue_config queue;
        struct impair_config impair;
};

struct link_change {
        uint32_t mtu; /* 0: stays */
        struct link_change_direction directions[2];
};

struct link_config {
        const char *label;  /* "core → right": names the luck */
        uint32_t owner;     /* this direction's number */
        uint32_t number;    /* the scenario's number of the link */
        unsigned direction; /* 0 or 1 */
        rate_bps rate;      /* 0: no limit, transmission takes no time; of a trace, its mean */
        struct shaper_config shape;
        duration_ns delay;
        uint32_t mtu; /* largest IP packet, bytes */
        struct queue_config queue;
        struct impair_config impair;
        uint64_t seed;
        bool may_lose_power; /* see link_lose_power() */
};

/* `sink` is copied; `context` outlives the link, and has its fault script before. */
Link *link_new(struct net_context *context, const struct link_config *config, const struct packet_sink *sink);
/* Drops whatever is still queued, held or in flight. */
void link_free(Link *link);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Link, link_free)

/* Takes the packet. A host's packet carries its account, which is charged until its transmission ends. */
void link_send(Link *link, struct packet *packet);

/* Release what fault rules still hold, at the end of a run, which is now or to come. Returns how many. */
unsigned link_release_held(Link *link, time_ns end);
/* Packets queued, in transmission, held and propagating. */
uint64_t link_in_flight(const Link *link);

/* Tell the trace what it is: at the beginning; of changes it tells by itself. */
void link_tell(const Link *link, bool is_down);

uint32_t link_owner(const Link *link);
uint32_t link_mtu(const Link *link);
/* What is offered from now on. */
void link_set_mtu(Link *link, uint32_t mtu);
/* Who sends through it is told when a rule does that; he sends nothing from within. */
void link_on_mtu_changed(Link *link, void (*changed)(void *data), void *data);
rate_bps link_rate(const Link *link);

/* ---- The device a host sends through ---- */

/* When `account` will hold at most `limit` bytes: now when it already does; TIME_NEVER when the link cannot
 * know yet. Then the function below is called as soon as one of the account's packets begins transmission, or
 * is lost before; ask again then. It is called only while account->is_waiting, and may be called from within
 * link_send() and link_room_time() too: it sets an event and sends nothing, and who is awake and asks does
 * not wait any more. */
time_ns link_room_time(Link *link, const struct device_account *account, uint32_t limit);
void link_on_departing(Link *link, void (*departing)(void *data, struct device_account *account), void *data);

/* The account's owner is going away: its packets go on without it. */
void link_forget_account(Link *link, const struct device_account *account);

/* Its owner is without power: what waits and what is in transmission is lost. Only of a link that may lose it. */
void link_lose_power(Link *link);

/* A packet ends anywhere: counted, traced by the caller, freed. */
void net_drop(struct net_context *context, struct packet *packet, enum drop_reason reason);

#endif
