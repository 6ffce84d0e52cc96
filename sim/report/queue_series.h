/*
 * The series of a queue's picture.
 */
#ifndef INORDER_QUEUE_SERIES_H
#define INORDER_QUEUE_SERIES_H

#include "report/picture.h"
#include "report/queue_survey.h"

#define QUEUE_LANES 4 /* transfers told apart, the last one for all others */

struct queue_plot {
        const struct queue_figures *figures;
        GPtrArray *links; /* struct link_row, of this direction alone */
        GArray *rows;     /* struct queue_row, with texts that stay, at least one */
        GArray *averages; /* struct red_point; empty: it is not RED */
        GPtrArray *transfers; /* names, of the most packets first; "-": of none */
        unsigned thinning;    /* of the first one's waits one in so many is drawn */
        bool in_bytes;        /* what is limited, and shown */
        int64_t highest;      /* packets, or bytes */
        duration_ns longest;  /* wait */
        Picture *picture;
};

time_ns queue_plot_first(const struct queue_plot *plot);
time_ns queue_plot_last(const struct queue_plot *plot);
/* Fills in whose packets they are, and the thinning. */
void queue_plot_rank_transfers(struct queue_plot *plot);
void queue_plot_add_series(struct queue_plot *plot);

#endif
