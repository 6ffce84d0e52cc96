/*
 * A program: what its processes share. Descriptors, the transfer they work for, settings and luck.
 */
#ifndef INORDER_PROGRAM_H
#define INORDER_PROGRAM_H

#include "engine/rng.h"
#include "host/epoll.h"

/* As on Unix, where 0 to 2 are taken. */
#define PROGRAM_FIRST_FD 3

/* What a descriptor stands for: one of the two; neither: it is free. */
struct open_file {
        Socket *socket;
        Epoll *epoll;
};

#define PROGRAM_FEW_FILES 2

/* In the order of use: what every call asks for is one line of a cache. */
struct program {
        struct transfer *transfer;
        struct open_file *files; /* by descriptor - PROGRAM_FIRST_FD */
        unsigned file_count;
        unsigned processes;
        struct open_file few[PROGRAM_FEW_FILES]; /* where they are while that is enough */
        char *name;
        struct rng_stream luck;
        uint64_t draws;
        struct tcp_settings tcp;
};

struct program *program_new(Host *host, const struct process_config *config);
/* Closes what its processes left open. */
void program_free(struct program *program);

/* The lowest free number. */
int program_add_file(struct program *program, struct open_file file);
struct open_file program_file(const struct program *program, int fd);
bool program_has_file(const struct program *program, int fd);
/* NULL: no such descriptor, or it is no socket. */
Socket *program_socket(const struct program *program, int fd);
/* The descriptor is free again. */
void program_remove_file(struct program *program, int fd);

#endif
