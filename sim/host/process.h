/*
 * Processes: the programs on a host, straight-line C, each on a stack of its own, taking turns.
 *
 * A process runs until it calls something that waits. Time, sleep, random draws and the trace are reached
 * through here; the network through socket.h. Processes of one program share its file descriptors, as threads
 * do.
 */
#ifndef INORDER_PROCESS_H
#define INORDER_PROCESS_H

#include <glib.h>
#include "host/host.h"

typedef struct Process Process;

typedef void (*process_main)(Process *process, void *data);

struct process_config {
        const char *program;            /* "http-server", "price-list": for people; copied */
        struct transfer *transfer;      /* whose sockets' traffic this is; NULL: none */
        const struct tcp_settings *tcp; /* for its sockets; NULL: the host's */
        process_main main;
        void *data;
        void (*free_data)(void *data); /* when the process has ended; may be NULL */
};

/* Starts at `at`. A process that returns from main is gone; its program's descriptors close with the last
 * process. */
Process *process_start(Host *host, const struct process_config *config, time_ns at);
/* One more process of the caller's program, starting at this instant: accept loops use it for each client. */
Process *process_spawn(Process *parent, process_main main, void *data, void (*free_data)(void *data));

Host *process_host(Process *process);
const char *process_program(const Process *process);
time_ns process_now(Process *process);
/* For the sockets that its program makes from now on. */
void process_set_tcp_settings(Process *process, const struct tcp_settings *settings);

/* False: the run is being torn down (errno is ECANCELED); the caller returns. */
bool process_sleep(Process *process, duration_ns duration);
bool process_sleep_until(Process *process, time_ns at);
bool process_is_cancelled(const Process *process);

/* 64 uniform bits; the stream is "host NAME: PROGRAM". */
uint64_t process_random(Process *process);

/* Tell the trace what the program does: "dns.answer", "www.joes-hardware.com is 202.43.78.3". Assembled only
 * when somebody listens. */
void process_step(Process *process, const char *name, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* Whether somebody listens: for steps whose words are costly to find. */
bool process_is_heard(const Process *process);

#endif
