/*
 * A program: what its processes share. Descriptors, the transfer they work for, settings and luck.
 */
#ifndef INORDER_PROGRAM_H
#define INORDER_PROGRAM_H

#include "engine/rng.h"
#include "host/socket.h"

/* As on Unix, where 0 to 2 are taken. */
#define PROGRAM_FIRST_FD 3

struct program {
        char *name;
        struct transfer *transfer;
        struct tcp_settings tcp;
        struct rng_stream luck;
        uint64_t draws;
        GPtrArray *sockets; /* by descriptor - PROGRAM_FIRST_FD; NULL where none is */
        unsigned processes;
};

struct program *program_new(Host *host, const struct process_config *config);
/* Closes what its processes left open. */
void program_free(struct program *program);

/* The lowest free number. */
int program_add_socket(struct program *program, Socket *socket);
/* NULL: no such descriptor. */
Socket *program_socket(const struct program *program, int fd);
/* The descriptor is free again. */
void program_remove_socket(struct program *program, int fd);

#endif
