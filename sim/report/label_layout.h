/*
 * Where the labels of a column go, so that none covers another or leaves the page.
 */
#ifndef INORDER_LABEL_LAYOUT_H
#define INORDER_LABEL_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

/* `wanted`: where each of `count` labels would like to be, ascending. `placed`: where it goes: in the same
 * order, each at least `gap` behind the one before, all within `low` and `high`, and, under these, as near to
 * where they wanted to be as the sum of squares can tell. False: they do not fit, and nothing is placed. */
bool label_layout(
        const int64_t *wanted, unsigned count, int64_t gap, int64_t low, int64_t high, int64_t *placed);

#endif
