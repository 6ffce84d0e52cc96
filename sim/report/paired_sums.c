/*
 * What waits is all of one sum: a piece of another takes the oldest of it along.
 */
#include "report/paired_sums.h"

#include <stdbool.h>
#include <string.h>

/* What the trace's writers give at once; smaller pieces are not worth it. Half of all are trace.ndjson's: a
 * few may come together. */
#define PIECE_MOST   (64 * 1024)
#define PIECE_LEAST  (4 * 1024)
#define WAITING_MOST 4

struct PairedSums {
        Sha256 *sum; /* whose pieces wait */
        unsigned first;
        unsigned count;
        struct {
                uint8_t *bytes;
                size_t size;
        } waiting[WAITING_MOST]; /* a ring */
};

PairedSums *paired_sums_new(void)
{
        return g_new0(PairedSums, 1);
}

void paired_sums_free(PairedSums *pairs)
{
        if (!pairs)
                return;
        for (unsigned i = 0; i < WAITING_MOST; i++)
                g_free(pairs->waiting[i].bytes);
        g_free(pairs);
}

static struct sha256_piece take_oldest(PairedSums *pairs)
{
        unsigned place = pairs->first;
        pairs->first = (place + 1) % WAITING_MOST;
        pairs->count--;
        return (struct sha256_piece){
                .sum = pairs->sum, .bytes = pairs->waiting[place].bytes, .size = pairs->waiting[place].size
        };
}

static void sum_oldest(PairedSums *pairs)
{
        struct sha256_piece oldest = take_oldest(pairs);
        sha256_add(oldest.sum, oldest.bytes, oldest.size);
}

static void let_wait(PairedSums *pairs, Sha256 *sum, const void *bytes, size_t size)
{
        if (pairs->count == WAITING_MOST)
                sum_oldest(pairs);
        unsigned place = (pairs->first + pairs->count++) % WAITING_MOST;
        if (!pairs->waiting[place].bytes)
                pairs->waiting[place].bytes = g_malloc(PIECE_MOST);
        memcpy(pairs->waiting[place].bytes, bytes, size);
        pairs->waiting[place].size = size;
        pairs->sum = sum;
}

void paired_sums_add(PairedSums *pairs, Sha256 *sum, const void *bytes, size_t size)
{
        const struct sha256_piece piece = { .sum = sum, .bytes = bytes, .size = size };
        if (size < PIECE_LEAST || size > PIECE_MOST) {
                paired_sums_settle(pairs, sum);
                sha256_add(sum, bytes, size);
        } else if (pairs->count == 0 || pairs->sum == sum) {
                let_wait(pairs, sum, bytes, size);
        } else {
                struct sha256_piece oldest = take_oldest(pairs);
                sha256_add_both(&oldest, &piece);
        }
}

void paired_sums_settle(PairedSums *pairs, const Sha256 *sum)
{
        while (pairs->count > 0 && pairs->sum == sum)
                sum_oldest(pairs);
}
