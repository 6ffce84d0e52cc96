/*
 * Segments that Linux has in one buffer, and cuts anew whenever it sends any of them again.
 */
#ifndef INORDER_RECUT_H
#define INORDER_RECUT_H

#include "tcp/scoreboard.h"

/* The index behind the last record that is in one buffer with that at `index`. */
uint32_t recut_buffer_end(const struct scoreboard *board, uint32_t index);
/* What is in one buffer with the record at `index`, from there on, becomes segments of `mss`; the last may be smaller. */
void recut_from(struct scoreboard *board, uint32_t index, uint32_t mss);
/* The buffer that the last record is in, whole, if there are more; the index of what was its last segment. */
uint32_t recut_last(struct scoreboard *board, uint32_t mss);

#endif
