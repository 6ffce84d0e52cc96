/*
 * Numbers and units as tc(8) reads them, in the words of a scenario. What tc would not read comes back as it
 * is, for the scenario's own reader to refuse.
 */
#ifndef INORDER_TC_WORDS_H
#define INORDER_TC_WORDS_H

#include <stdbool.h>

/* Whether a number may begin so: "5ms", ".5%". */
bool tc_is_number(const char *word);

/* The caller frees each. */
char *tc_percent(const char *word);  /* "0.5" is "0.5%" */
char *tc_time(const char *word);     /* "20msec" is "20ms"; a bare one stays bare */
char *tc_rate(const char *word);     /* "1mbit", "125kbps"; a bare one counts bits */
char *tc_size(const char *word);     /* "15k" is "15KiB"; a bare one counts bytes */
char *tc_integer(const char *word);  /* "0x10" is "16"; and "-14" */

#endif
