/*
 * A socket call, from its beginning to its return: errno, and its line in the trace.
 */
#ifndef INORDER_CALL_TRACE_H
#define INORDER_CALL_TRACE_H

#include "host/socket_private.h"

#define CALL_ARGUMENTS_SIZE 96

struct call {
        Process *process;
        const char *name;
        int fd; /* -1: none */
        time_ns started;
        bool is_traced;
        uint32_t connection; /* the trace's numbers of what it is about; 0: none */
        uint32_t transfer;
        char arguments[CALL_ARGUMENTS_SIZE]; /* for people; written only when the call is traced */
};

struct call call_begin(Process *process, const char *name, int fd);
/* The call is about this socket's connection and transfer, if it has any. */
void call_concern(struct call *call, Socket *socket);
/* What the call was given, or found. Nothing happens when it is not traced. */
void call_tell(struct call *call, const char *format, ...) G_GNUC_PRINTF(2, 3);
void call_tell_endpoint(struct call *call, const struct endpoint *endpoint);

/* `result`: what the caller gets, or a negative errno: then errno is set and -1 is the answer. */
ssize_t call_end(struct call *call, ssize_t result);

#endif
