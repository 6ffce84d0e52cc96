/*
 * What became of a named program's work: the figures of the summary's `transfers`.
 *
 * The program fills in what it knows; the host adds its connections' counts, both ends together.
 */
#ifndef INORDER_TRANSFER_H
#define INORDER_TRANSFER_H

#include <stdbool.h>
#include <stdint.h>
#include "tcp/tcp_conn.h"
#include "units.h"

enum transfer_outcome { TRANSFER_UNFINISHED, TRANSFER_DONE, TRANSFER_FAILED };

struct transfer {
        uint32_t number; /* the trace's; from 1 */
        char *name;
        char *url;     /* NULL: not a fetch */
        char *failure; /* "connect: ECONNREFUSED"; NULL: none */
        bool is_server;          /* a named server: its figures are those of the transfers it served, together */
        struct transfer *server; /* the named server that serves this one; NULL: none */
        uint32_t connections;    /* that its program has opened */
        enum transfer_outcome outcome;
        int status;     /* of HTTP; 0: none */
        uint64_t bytes; /* of the body, or of the stream for programs without one, that the reader got */
        bool has_sha256;
        uint8_t sha256[32]; /* of those bytes */
        bool has_source_sha256;
        uint8_t source_sha256[32]; /* of the bytes as their source gave them */
        time_ns started;           /* TIME_NEVER until it happened, as all of these */
        time_ns dns;               /* the address was known */
        time_ns connected;
        time_ns first_byte; /* of the response, or of the stream */
        time_ns finished;
        time_ns last_progress;
        duration_ns longest_stall; /* between two moments at which bytes became readable in order */
        struct tcp_counts counts;  /* of its connections that have ended, both ends added; maxima for *_max */
};

void transfer_init(struct transfer *transfer, uint32_t number, const char *name);
void transfer_clear(struct transfer *transfer);
/* The reader got `bytes` more at `now`. */
void transfer_progress(struct transfer *transfer, uint64_t bytes, time_ns now);
/* Either may be NULL: not named. */
void transfer_set_server(struct transfer *transfer, struct transfer *server);
/* The run has ended: add a transfer to the figures of its server. */
void transfer_add_served(struct transfer *server, const struct transfer *served);
void transfer_add_counts(struct transfer *transfer, const struct tcp_counts *counts);

#endif
