/*
 * What the script calls things, and what they really are: addresses and ports, sequence numbers, timestamps, descriptors.
 *
 * In segments with SYN, a script's numbers are its own absolute ones; in all others they count from the initial numbers.
 * There is one socket under test at a time: the last one made, or the connection that an injected segment opened at it
 * when it listens. Beside it, each other port of ours that a script writes into its packets has numbers of its own from its
 * SYN on, and until then those of the socket under test.
 */
#ifndef INORDER_CONVERSATION_H
#define INORDER_CONVERSATION_H

#include <glib.h>
#include "script/script.h"
#include "drill/seen_packet.h"

enum under_test {
        UNDER_TEST_NOTHING,    /* no socket yet */
        UNDER_TEST_SOCKET,     /* made; neither listening nor connecting */
        UNDER_TEST_CONNECTING, /* its SYN has not been seen */
        UNDER_TEST_LISTENING,
        UNDER_TEST_CONNECTION, /* its names are known */
};

/* One direction's sequence numbers. */
struct numbering {
        uint32_t script_isn; /* as the script's SYN says; what is under way before one is known counts from 0 */
        uint32_t live_isn;
        bool is_known;
};

struct conversation {
        enum under_test phase;
        bool is_taken_apart;    /* by connect() to AF_UNSPEC: the next connect() begins anew */
        struct endpoint own;    /* the stack's address and the port that scripts bind to */
        struct endpoint local;  /* of the socket under test; port 0: not known yet */
        struct endpoint remote; /* ours */
        struct numbering ours;   /* the numbers that the script's injected segments use */
        struct numbering theirs; /* of the stack under test */
        int listening_fd;        /* live descriptors; -1: none */
        int fd;                  /* of the socket under test; -1: not accepted yet */
        uint16_t next_port;      /* of ours, for the next connection that comes in */
        GHashTable *echoes;      /* script's TS val of an expected segment → live one */
        bool extrapolates_echoes; /* --tcp_ts_ecr_scaled */
        bool has_first_timestamp;
        uint32_t script_first_timestamp;
        uint32_t live_first_timestamp;
        GHashTable *flow_labels; /* script's → live one */
        GHashTable *others; /* port of ours → struct conversation; NULL: this is one of them */
};

void conversation_init(struct conversation *conversation, const struct endpoint *own, const struct endpoint *peer);
void conversation_clear(struct conversation *conversation);

/* The one that a packet of the script is about: this, or that with `port` of ours. */
struct conversation *conversation_with(struct conversation *conversation, uint16_t port);
/* The script has called from here. */
bool conversation_knows_caller(const struct conversation *conversation, const struct endpoint *caller);

/* A socket was made: from now on it is the one under test. */
void conversation_on_socket(struct conversation *conversation, int fd);
/* `port` 0: any. */
void conversation_on_bind(struct conversation *conversation, int fd, uint16_t port);
void conversation_on_listen(struct conversation *conversation, int fd);
/* Before the call. `remote` NULL: the connection is dissolved. */
void conversation_on_connect(struct conversation *conversation, int fd, const struct endpoint *remote);
void conversation_on_accept(struct conversation *conversation, int fd, const struct endpoint *remote);

/* An injected TCP segment is about to be sent. */
void conversation_on_injected(struct conversation *conversation, const struct script_tcp *tcp);
/* A segment is expected; and it came. */
void conversation_on_expected(struct conversation *conversation, const struct script_tcp *tcp);
void conversation_on_seen(
        struct conversation *conversation, const struct script_tcp *tcp, const struct seen_packet *seen);

/* Whether what the stack sent belongs to the socket under test; takes the names from its SYN when it is connecting. */
bool conversation_owns(struct conversation *conversation, const struct seen_packet *seen);

/* Script's numbers to live ones and back, in a segment with SYN or without. */
uint32_t numbering_to_live(const struct numbering *numbering, uint32_t number, bool is_syn);
uint32_t numbering_to_script(const struct numbering *numbering, uint32_t number, bool is_syn);

/* The live timestamp that the script calls `echo`; false: no expected segment carried it, and it is not extrapolated from
 * the first that one carried. */
bool conversation_live_echo(const struct conversation *conversation, uint32_t echo, uint32_t *live);

#endif
