/*
 * The inside of a host, and what its files call each other for.
 *
 * host_receive.c takes packets and finds whose they are; host_icmp.c does so for ICMP; connection.c owns the
 * connections and pumps; transmit.c makes packets; tcp_trace.c turns TCP's notes into events of the trace; socket*.c are the users.
 */
#ifndef INORDER_HOST_PRIVATE_H
#define INORDER_HOST_PRIVATE_H

#include "host/coroutine.h"
#include "host/host.h"
#include "host/mtu_cache.h"
#include "host/ports.h"
#include "host/socket.h"
#include "net/icmp_packet.h"
#include "wire/hash_table.h"

#define HOST_READING_SIZE (16 * 1024)

struct host_shared {
        StackPool *stacks;
        GHashTable *by_address; /* struct ip_address → Host */
        uint8_t reading[HOST_READING_SIZE]; /* sock_read_anywhere() */
};

struct Host {
        struct host_context *context;
        char *name;
        uint32_t owner;
        struct ip_address address;
        struct ip_address address6;
        struct ip_address resolver;
        struct tcp_settings tcp_settings;
        void (*adjust)(const void *data, struct tcp_settings *settings); /* host_config */
        const void *adjust_data;
        duration_ns limit_output;
        uint16_t merge_size;
        RouteTable *routes;
        GPtrArray *devices; /* of Link */
        bool is_closing;
        bool is_down;
        uint32_t crashes;

        TcpHost *tcp;
        uint32_t traced; /* the trace's mask that TCP has been told of */
        MtuCache *mtus; /* what ICMP has told of paths */
        struct hash_table connections_by_tuple; /* of struct connection, by four_tuple_place(), as the next two */
        struct connection *recent; /* the one found last; NULL: look it up */
        struct hash_table listeners; /* of Socket, by struct four_tuple without remote */
        struct hash_table datagrams; /* of Socket, by struct four_tuple, with remote when connected */
        struct port_space tcp_ports;
        struct port_space udp_ports;

        GQueue connections; /* of struct connection */
        GQueue sockets;     /* of Socket */
        GQueue processes;   /* of Process */
        GQueue endings;     /* of struct host_ending */
        unsigned time_waits;

        /* Counted from 1. Deadlines and pumps are numbered by connection; wake-ups by process or watching
         * socket. */
        uint32_t connections_made;
        uint32_t wakers;
        uint32_t packets_made;
        struct icmp_ration icmp_ration;

        /* What calls without a connection send at this instant. */
        struct packet *output_head;
        struct packet *output_tail;
        struct event output;
};

/* What was in hand when TCP was entered. */
struct cause {
        enum trace_cause_kind kind;
        struct trace_packet_id packet;
        const char *name;
};

/* ---- host.c ---- */

bool host_traces(const Host *host, enum trace_kind kind);
uint32_t host_transfer_number(const struct transfer *transfer);
struct transfer *host_transfer(const Host *host, uint32_t number);
/* NULL: there is no route, or no address of the family to send from. */
Link *host_device_towards(const Host *host, const struct ip_address *remote);
/* The smallest of its devices'. */
uint32_t host_path_mtu(const Host *host);
/* The largest packet that goes to `remote` in one piece, as far as is known. */
uint32_t host_path_mtu_towards(const Host *host, const struct ip_address *remote);

/* ---- host_receive.c ---- */

/* NULL: none of that name. */
struct connection *host_find_connection(Host *host, const struct four_tuple *tuple);
/* The same without remembering what was found. */
struct connection *host_look_up_connection(const Host *host, const struct four_tuple *tuple);
struct cause host_cause_of(const struct packet *packet);
/* The packet has reached whom it is for, and is freed; `connection` is its number here, 0: none. */
void host_take(Host *host, struct packet *packet, uint32_t connection);
void host_drop_damaged(Host *host, struct packet *packet, const char *layer, const char *what);

/* ---- live_settings.c ---- */

/* What whoever made the host holds fast, whatever sockets and sysctls say. */
void host_adjust_settings(const Host *host, struct tcp_settings *settings);

/* ---- host_icmp.c ---- */

/* Takes the packet, which carries ICMP behind `header`. */
void host_receive_icmp(Host *host, struct packet *packet, const struct ip_header *header);
/* Tell the sender that nobody listens at its datagram's port. The packet stays the caller's. */
void host_report_port(Host *host, const struct packet *packet, const struct ip_header *header);

/* ---- host_timer.c ---- */

/* The host goes: tell the programs without a process, once the others have ended. */
void host_run_endings(Host *host);

/* ---- transmit.c ---- */

/* A note that says who sends to whom. */
struct packet_note host_note_to(const Host *host, const struct ip_address *destination);
/* Takes the segment's payload. `note` is complete but for what the segment's flags tell. */
struct packet *host_segment_packet(
        Host *host, const struct four_tuple *tuple, struct tcp_segment *segment, struct packet_note *note);
/* Takes the datagram's payload. */
struct packet *host_datagram_packet(
        Host *host, const struct four_tuple *tuple, struct payload *payload, uint32_t transfer);
/* SENT or RECEIVED, into the trace. `connection` on this host; 0: none. */
void host_trace_packet(const Host *host, const struct packet *packet, enum trace_kind kind,
        uint32_t connection, const struct cause *cause);
/* Takes the packet, traces and counts it as dropped. `detail`: "tcp bad checksum"; "-" none. */
void host_drop(Host *host, struct packet *packet, enum drop_reason reason, const char *detail);
/* Takes the packet. Within an event only. `device` NULL: there is no route. */
void host_transmit(Host *host, struct packet *packet, Link *device, const struct cause *cause);
/* The same from within a call: at this instant, in an event of its own. */
void host_transmit_soon(Host *host, struct packet *packet);
void host_transmit_init(Host *host);
void host_transmit_clear(Host *host);
/* A segment of no connection of ours: a reset, or a listener's answer. */
void host_answer(Host *host, const struct four_tuple *tuple, struct tcp_segment *answer, uint32_t transfer,
        const struct cause *cause);

/* ---- tcp_trace.c ---- */

/* Ask TCP for the notes that somebody listens to. */
void host_ask_for_notes(Host *host);

#endif
