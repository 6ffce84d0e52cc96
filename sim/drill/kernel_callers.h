/*
 * Threads that run the errands of a stack under test inside its network namespace, as many as errands wait at once.
 */
#ifndef INORDER_KERNEL_CALLERS_H
#define INORDER_KERNEL_CALLERS_H

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>
#include "drill/stack.h"

typedef struct KernelCallers KernelCallers;

/* `namespace_fd` is the callers' from now on. */
KernelCallers *kernel_callers_new(int namespace_fd);
/* Calls that wait are interrupted, further ones fail; descriptors that are still open are closed, connections reset. */
void kernel_callers_free(KernelCallers *callers);

#define CONGESTION_NAME_SIZE 16 /* Linux's TCP_CA_NAME_MAX */

/* What each new TCP socket is given first; "": the namespace's default is right. */
void kernel_callers_set_congestion(KernelCallers *callers, const char *algorithm);
/* It begins now; when it began is for the stack to write down. */
void kernel_callers_start(KernelCallers *callers, struct errand *errand);
/* Readable when an errand has ended. */
int kernel_callers_fd(const KernelCallers *callers);
/* Errands that have ended say so from now on; the time is since `epoch` of the clock. */
void kernel_callers_collect(KernelCallers *callers, time_ns epoch);
/* It has entered a call and sleeps there. */
bool kernel_caller_is_waiting(const struct errand *errand);

/* ---- For the calls themselves (kernel_sockets.c) ---- */

/* Around each call: `return caller_left(caller, caller_enters(caller) ? read(...) : -1)`. */
bool caller_enters(Caller *caller);
ssize_t caller_left(Caller *caller, ssize_t result);
void caller_congestion(Caller *caller, char algorithm[CONGESTION_NAME_SIZE]);
/* A descriptor that a call made, if it did; before it is closed. */
int caller_made(Caller *caller, int fd);
void caller_gives_up(Caller *caller, int fd);

#endif
