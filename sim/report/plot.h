/*
 * The pictures of a run, made from its files: scripts and their series into plots/, drawn by gnuplot.
 */
#ifndef INORDER_PLOT_H
#define INORDER_PLOT_H

#include <glib.h>
#include <stdbool.h>
#include "units.h"

#define PLOT_ERROR (plot_error_quark())
enum plot_error {
        PLOT_ERROR_NO_GNUPLOT, /* it is not installed */
        PLOT_ERROR_GNUPLOT,    /* it failed: the message is its own */
        PLOT_ERROR_NO_SUCH,    /* transfer, host or kind */
        PLOT_ERROR_IO,
        PLOT_ERROR_INTERRUPTED,
};
GQuark plot_error_quark(void);

struct plot_request {
        const char *directory;    /* the run's */
        const char *const *kinds; /* "ladder" …, the last one NULL; NULL: all */
        const char *format;       /* "svg", "png", "pdf", "txt" */
        const char *transfer;     /* NULL: every one, up to `transfers_max` */
        const char *host;         /* whose sending is shown; NULL: of whoever sent most */
        const char *link;         /* whose queue; NULL: where somebody waited longest */
        time_ns from;
        time_ns to;
        unsigned transfers_max;
        const volatile int *interrupted; /* not 0: stop; NULL: nobody can */
};

struct plot_result {
        GPtrArray *files;   /* names below the directory, "plots/ladder-price-list.svg" */
        unsigned transfers; /* of the run */
        unsigned left_out;  /* of them, for `transfers_max` */
};
void plot_result_clear(struct plot_result *result);

/* Names of the kinds, the last one NULL; formats likewise. */
extern const char *const plot_kind_names[];
extern const char *const plot_formats[];

/* False: `error` is set; scripts may have been written, with PLOT_ERROR_NO_GNUPLOT all of them. */
bool plot_draw(const struct plot_request *request, struct plot_result *result, GError **error);

#endif
