/*
 * A packet script run against a stack: event by event, until all is as it says or something differs.
 */
#ifndef INORDER_SCRIPT_RUNNER_H
#define INORDER_SCRIPT_RUNNER_H

#include "script/script.h"
#include "drill/stack.h"

enum script_verdict {
        SCRIPT_PASSED,
        SCRIPT_FAILED,
        SCRIPT_NOT_RUN, /* it needs what a simulator has not */
        SCRIPT_NO_MEANS, /* not run either: a file cannot be written, or the kernel not be reached */
};

struct script_result {
        enum script_verdict verdict;
        struct script_place place; /* of the event that failed, or that was refused */
        char *message;  /* what differs, in words; why it was not run. NULL: passed */
        char *expected; /* the two side by side; NULL where there is nothing to compare */
        char *seen;
        GPtrArray *exchange; /* of char *: packets, calls and commands so far, a line each */
        GPtrArray *warnings; /* of char *: what was not checked, extra packets, unknown sysctls */
        time_ns simulated; /* the script's clock at its end */
};

struct run_rules {
        const struct stack_ops *stack;
        GHashTable *options; /* name → value text (or NULL): given on the command line, they win over the script's */
        bool strict;         /* packets that nobody expected are a failure */
        bool strict_sysctls; /* sysctls that mean nothing to us are a failure */
        void (*adjust)(const void *data, struct tcp_settings *settings); /* see stack.h; NULL: nothing */
        const void *adjust_data;
        duration_ns patience;   /* see stack.h */
        const char *pcap_file;  /* NULL: none */
        const char *trace_file;
};

/* Never fails to give a result; script_result_clear() it. */
void script_run(const struct script *script, const struct run_rules *rules, struct script_result *result);
void script_result_clear(struct script_result *result);

#endif
