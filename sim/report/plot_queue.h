/*
 * Queues of a run: how many packets stood there, how long each waited, who was dropped or marked.
 */
#ifndef INORDER_PLOT_QUEUE_H
#define INORDER_PLOT_QUEUE_H

#include "report/run_facts.h"

struct queue_plot_request {
        const char *directory; /* the run's */
        const struct run_facts *facts;
        const char *transfer;  /* queues that its packets met; NULL: any */
        const char *link;      /* "core", or one direction of it, "core → www"; NULL: where somebody waited longest */
        const char *host;      /* queues through which this host or router sends; NULL: any */
        time_ns from;
        time_ns to;
        bool is_asked; /* by name: then there must be one, else it must matter */
};

/* Add to `pictures` (Picture). False with `error`: no such queue, or a file cannot be read. */
bool plot_queue_draw(const struct queue_plot_request *request, GPtrArray *pictures, GError **error);

#endif
