/*
 * "Did you mean …?": the valid word nearest to a wrong one.
 */
#ifndef INORDER_SUGGESTION_H
#define INORDER_SUGGESTION_H

/* How many letters to insert, remove, change, or swap with their neighbour. Case counts as nothing. */
unsigned suggestion_distance(const char *a, const char *b);

/* The first of the nearest words, NULL when none is near enough to be what was meant. `words` ends with NULL.
 */
const char *suggestion_nearest(const char *wrong, const char *const *words);

#endif
