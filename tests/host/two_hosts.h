/*
 * A world of two hosts and the two directions of one link, for the tests of this folder.
 */
#ifndef TESTS_TWO_HOSTS_H
#define TESTS_TWO_HOSTS_H

#include "host/socket.h"

struct two_hosts {
        EventQueue *events;
        PayloadPool *payloads;
        PacketPool *packets;
        bool one_event_a_packet; /* set it before, too */
        Trace *trace; /* set it before two_hosts_open(); NULL: none */
        struct net_context net;
        ProofBook *proofs;
        GPtrArray *transfers;
        GPtrArray *hosts;
        struct host_context context;
        struct link_config line;   /* of both directions */
        rate_bps back_rate;        /* of the one to the client; 0: the same */
        struct host_config config; /* of both hosts */
        Link *links[2];
        Host *client; /* 10.0.0.1 and 2001:db8::a00:1, owner 0 */
        Host *server; /* 10.0.0.2 and 2001:db8::a00:2, owner 1 */
};

/* Fill in the defaults: 100 Mbit/s, 1 ms each way, nothing lost. Change them before opening. */
void two_hosts_init(struct two_hosts *world);
void two_hosts_open(struct two_hosts *world);
void two_hosts_close(struct two_hosts *world);

/* One more transfer; the world frees it. */
struct transfer *two_hosts_transfer(struct two_hosts *world, const char *name);
/* A program of this main at time 0. */
void two_hosts_start(Host *host, const char *program, process_main main, void *data);
void two_hosts_run(struct two_hosts *world);
/* Sent and duplicated packets are all accounted for. */
void two_hosts_check_conservation(const struct two_hosts *world);

struct endpoint server_end(uint16_t port);
struct endpoint client_end(uint16_t port);
struct endpoint server_end6(uint16_t port);
struct endpoint client_end6(uint16_t port);

/* Byte number `offset` of every test's stream. */
uint8_t stream_byte(uint64_t offset);

#endif
