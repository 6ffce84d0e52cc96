/*
 * The pictures that `inorder run` makes unasked: without gnuplot, or of what is too large, it only says so.
 */
#ifndef INORDER_RUN_PLOTS_H
#define INORDER_RUN_PLOTS_H

#include <stdbool.h>

/* Into plots/ of `work`, the directory that will be `directory`. Complaints go to stderr. */
void run_plots_draw(const char *work, const char *directory, const volatile int *interrupted);

#endif
