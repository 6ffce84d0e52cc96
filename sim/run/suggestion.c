/*
 * Distance between words: the optimal string alignment form of Damerau, "A technique for computer detection
 * and correction of spelling errors", CACM 7(3), 1964.
 */
#include "run/suggestion.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

#define WORD_MAX 64 /* longer words are cut: nobody mistypes one that long */

static unsigned least(unsigned a, unsigned b, unsigned c)
{
        return MIN(a, MIN(b, c));
}

static bool same(char a, char b)
{
        return g_ascii_tolower(a) == g_ascii_tolower(b);
}

static size_t cut_length(const char *word)
{
        size_t length = strlen(word);
        return MIN(length, WORD_MAX);
}

unsigned suggestion_distance(const char *a, const char *b)
{
        size_t a_length = cut_length(a);
        size_t b_length = cut_length(b);
        unsigned rows[3][WORD_MAX + 1]; /* of the table: row i is rows[i % 3] */
        for (size_t j = 0; j <= b_length; j++)
                rows[0][j] = (unsigned)j;
        for (size_t i = 1; i <= a_length; i++) {
                unsigned *row = rows[i % 3];
                const unsigned *above = rows[(i - 1) % 3];
                row[0] = (unsigned)i;
                for (size_t j = 1; j <= b_length; j++) {
                        unsigned change = above[j - 1] + !same(a[i - 1], b[j - 1]);
                        row[j] = least(above[j] + 1, row[j - 1] + 1, change);
                        bool is_swap = i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]);
                        if (is_swap)
                                row[j] = MIN(row[j], rows[(i - 2) % 3][j - 2] + 1);
                }
        }
        return rows[a_length % 3][b_length];
}

/* A third of the word may be wrong, at least one letter: "sakc" is near "sack", "up" is not near "on". */
static unsigned tolerance(const char *wrong)
{
        return MAX(1, (unsigned)(cut_length(wrong) + 1) / 3);
}

const char *suggestion_nearest(const char *wrong, const char *const *words)
{
        const char *nearest = NULL;
        unsigned least_distance = tolerance(wrong) + 1;
        for (; *words; words++) {
                unsigned distance = suggestion_distance(wrong, *words);
                if (distance < least_distance && distance < MAX(strlen(wrong), strlen(*words))) {
                        least_distance = distance;
                        nearest = *words;
                }
        }
        return nearest;
}
