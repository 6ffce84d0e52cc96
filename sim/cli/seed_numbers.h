/*
 * Numbers that each seed draws anew, and that change nothing: ephemeral ports, initial sequence numbers, timestamps, DNS ids.
 */
#ifndef INORDER_SEED_NUMBERS_H
#define INORDER_SEED_NUMBERS_H

#include <stdbool.h>

/* Whether two lines of traces, either of which may be NULL, are the same but for such numbers. */
bool seed_numbers_apart(const char *line, const char *other);
/* Of such lines that are not the same: the first number that differs, as "sport 45619 and 40814". The caller frees. */
char *seed_numbers_words(const char *line, const char *other);

#endif
