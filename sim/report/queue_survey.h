/*
 * The queues of a run, one for each direction of a link, put together from queue.csv: who waited how long, who was
 * dropped or marked, and when how many stood there.
 */
#ifndef INORDER_QUEUE_SURVEY_H
#define INORDER_QUEUE_SURVEY_H

#include <glib.h>
#include <stdbool.h>
#include "units.h"

enum queue_step { QUEUE_JOINED, QUEUE_LEFT, QUEUE_DROPPED };

/* Something happened at a queue; texts are valid during the call. */
struct queue_row {
        enum queue_step step;
        time_ns time;
        duration_ns waited;   /* of who left or was thrown out; -1: it never stood there */
        const char *transfer; /* "-": none's */
        const char *reason;   /* of a drop */
        bool is_marked;
        int64_t packets; /* from here on */
        int64_t bytes;
};

#define QUEUE_REASONS_MAX 12
struct queue_drops {
        char *reason; /* "queue-full", "aqm", "link-down" … */
        int64_t count;
};

struct queue_figures {
        char *link;
        char *near;
        char *far;
        int64_t joined; /* packets that waited */
        int64_t most_packets;
        int64_t most_bytes;
        duration_ns longest;     /* wait */
        duration_ns waited;      /* by all who left */
        int64_t left;
        int64_t marked;          /* of those */
        struct queue_drops drops[QUEUE_REASONS_MAX]; /* in order of appearance */
        bool is_met;             /* by a packet of the transfer that was asked for */
};

/* Directions where anybody waited or was dropped, struct queue_figures in order of appearance. `transfer`: whose
 * packets are looked for; NULL: anybody's. The caller unrefs; NULL with `error`: the file cannot be read. */
GPtrArray *queue_survey(const char *directory, const char *transfer, GError **error);
/* Hear every row of this one, in order. */
bool queue_survey_rows(const char *directory, const struct queue_figures *figures,
        void (*on_row)(void *data, const struct queue_row *row), void *data, GError **error);

#endif
