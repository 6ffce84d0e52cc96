/*
 * Waiting and waking, for the socket calls.
 */
#ifndef INORDER_PROCESS_PRIVATE_H
#define INORDER_PROCESS_PRIVATE_H

#include "host/coroutine.h"
#include "host/program.h"

/* In the order of use. */
struct Process {
        Host *host;
        struct program *program;
        Coroutine *coroutine; /* NULL until it runs for the first time */
        uint32_t number;      /* on its host, from 1 */
        bool is_woken;        /* by process_wake(), not by the time */
        /* What it waits for, for people. */
        const char *wait_call; /* NULL: it does not wait */
        const Socket *wait_socket;
        struct event wake_up;
        GList link; /* in its host's list, in order of starting */
        process_main main;
        void *data;
        void (*free_data)(void *data);
};

enum process_waking { PROCESS_WOKEN, PROCESS_TIMED_OUT, PROCESS_CANCELLED };

/* Stop here until process_wake() or `deadline`. `call` ("read") and `socket` (may be NULL) tell people what
 * for. */
enum process_waking process_wait(Process *process, time_ns deadline, const char *call, const Socket *socket);
/* It goes on as an event of its own at this instant. */
void process_wake(Process *process);

/* The run is over: let it return from its main, and forget it. */
void process_cancel(Process *process);

/* "fetch: connect 202.43.78.3:80, SYN-SENT". */
void process_describe_wait(const Process *process, GString *text);

#endif
