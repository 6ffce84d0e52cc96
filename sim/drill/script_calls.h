/*
 * A script's system calls: arguments from text to values, the call itself, and whether its results are what the script
 * says.
 */
#ifndef INORDER_SCRIPT_CALLS_H
#define INORDER_SCRIPT_CALLS_H

#include "drill/conversation.h"
#include "drill/stack.h"

/* What calls know of the test. */
struct call_context {
        const struct stack_sockets *sockets;
        struct conversation *conversation;
        GHashTable *fds;      /* script's descriptor → live one */
        int domain;           /* for socket(..., ...) */
        struct endpoint local; /* for bind(..., ..., ...) and connect */
        struct endpoint remote;
        time_ns clock_origin;  /* what the sockets' clock says at the script's start, and how exact its stamps are */
        duration_ns tolerance;
};

typedef struct ScriptCall ScriptCall;

/* The arguments, read. NULL with a SCRIPT_ERROR: _SYNTAX for wrong ones, _REFUSED for calls that need a kernel. Messages
 * begin with "LINE:COL: ". */
ScriptCall *script_call_new(struct call_context *context, const struct script_call *call, GError **error);
void script_call_free(ScriptCall *call);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScriptCall, script_call_free)

/* Does it; may wait. The main function of an errand. */
void script_call_run(Caller *caller, void *call);
/* Afterwards: takes note of new descriptors, and tells what differs from the script's results; empty: nothing. */
void script_call_check(ScriptCall *call, GString *differences);
/* "= -1 EAGAIN": what it returned. */
void script_call_describe(const ScriptCall *call, GString *text);

#endif
