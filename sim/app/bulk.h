/*
 * Programs that move bytes and look at nothing else: sender and sink, echo and request-response.
 *
 * Sender and sink have no stack of their own: they may be counted by the ten thousand.
 */
#ifndef INORDER_BULK_H
#define INORDER_BULK_H

#include "app/documents.h"
#include "host/process.h"

/* Reads whatever arrives on every connection to its port. */
struct sink_config {
        const char *name;
        uint16_t port;
        rate_bps read_rate;   /* 0: at once */
        uint64_t stall_after; /* bytes of a connection; stalls once, for `stall_for` (0: never) */
        duration_ns stall_for;
        uint64_t shutdown_after; /* bytes of a connection; ends its own side then and reads on (0: never) */
        const struct tcp_settings *tcp;
        struct transfer *transfer; /* NULL: not named */
};
void sink_start(Host *host, const struct sink_config *config);

/* Connects, writes `bytes`, and closes. `transfer` gets the figures of the stream as its sink reads it. */
enum sender_end { SENDER_CLOSE, SENDER_LINGER /* SO_LINGER, 0 s: a reset */ };
struct sender_config {
        const char *name;
        struct endpoint to;
        uint64_t bytes;
        enum document_fill fill;
        uint64_t seed;
        PayloadSource *source;   /* of these, shared by several; NULL: one of its own */
        uint32_t write_size;     /* bytes a write; 0: as the send buffer takes them */
        duration_ns write_every; /* 0: without waiting */
        uint16_t local_port;
        enum sender_end end;
        const struct tcp_settings *tcp;
        struct transfer *transfer; /* never NULL */
};
void sender_start_at(Host *host, const struct sender_config *config, time_ns at);

/* Reads requests of `request` bytes and answers each with `response` bytes (0: with the request itself). */
struct echo_config {
        const char *name;
        uint16_t port;
        uint32_t request; /* 0: whatever arrives is sent back */
        uint32_t response;
        const struct tcp_settings *tcp;
        struct transfer *transfer;
};
void echo_start(Host *host, const struct echo_config *config);

/* On one connection, `count` times: write `request` bytes in `writes` pieces, read `response` bytes. */
struct request_response_config {
        const char *name;
        struct endpoint to;
        uint32_t count;
        uint32_t request;
        uint32_t response;
        uint32_t writes;
        uint16_t local_port;
        const struct tcp_settings *tcp;
        struct transfer *transfer;
};
void request_response_start(Host *host, const struct request_response_config *config, time_ns at);

#endif
