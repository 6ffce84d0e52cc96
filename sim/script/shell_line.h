/*
 * Shell commands of packet scripts, understood as far as they concern a stack; nothing is ever executed.
 */
#ifndef INORDER_SHELL_LINE_H
#define INORDER_SHELL_LINE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include "units.h"

enum shell_action_kind {
        SHELL_SYSCTL,        /* `name` (as sysctl_name() gives it) becomes `value` */
        SHELL_PROFILE,       /* defaults.sh: sysctls_set_profile() */
        SHELL_RESTORE,       /* sysctls that were changed with `is_saved` become what they were */
        SHELL_MTU,           /* of the device: `number` bytes */
        SHELL_QUEUE_LIMIT,   /* of the device: `number` packets; 0: as it comes */
        SHELL_COUNTERS_MARK, /* nstat: counters are shown as of here */
        SHELL_COUNTER,       /* nstat | grep: shell_counter_holds() of `name` */
        SHELL_SLEEP,         /* `number` nanoseconds */
        SHELL_NOTHING,       /* true, ip tcp_metrics flush, cat */
        SHELL_FALSE,         /* false: it fails */
        SHELL_EXIT,          /* nothing after it is done; it fails when `number` is not 0, and below 0 as the one before */
        SHELL_NOT_CHECKED,   /* anything else */
};

/* When it is done, by how the one before ended. */
enum shell_when {
        SHELL_ALWAYS,
        SHELL_IF_SUCCESS,    /* behind && */
        SHELL_IF_FAILURE,    /* behind || */
        SHELL_WITH_PREVIOUS, /* of the same command */
};

struct shell_action {
        enum shell_action_kind kind;
        char *text;   /* the command, for reports */
        enum shell_when when;
        bool is_negated; /* "! command": it fails when it would not */
        char *name;   /* SYSCTL, COUNTER */
        char *value;  /* SYSCTL */
        bool is_saved;
        int64_t number;
        bool is_absolute; /* COUNTER: since the beginning, not since the last mark */
        bool marks;       /* COUNTER: it is a mark as well, for what comes after */
        bool shows_zero;  /* COUNTER: nstat -z */
        GPtrArray *filters; /* COUNTER: of struct shell_filter * */
};

/* Of struct shell_action *, in order; the text fails as the last that is done does. Empty for an empty text. Never fails: what is not understood is NOT_CHECKED. */
GPtrArray *shell_line_read(const char *text);

/* "net.ipv4.tcp_sack", "net/ipv4/tcp_sack", "/proc/sys/net/ipv4/tcp_sack" → "tcp_sack". The caller frees. */
char *sysctl_name(const char *written);

/* Whether the greps let through what nstat shows of the counter: its growth since the mark, or all of it. */
bool shell_counter_holds(const struct shell_action *action, int64_t value);

#endif
