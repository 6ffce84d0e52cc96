/*
 * Sums of many files that are written in turn: a piece of one waits for a piece of another, so that both are summed at
 * once (sha256_add_both()).
 */
#ifndef INORDER_PAIRED_SUMS_H
#define INORDER_PAIRED_SUMS_H

#include "trace/sha256.h"

typedef struct PairedSums PairedSums;

PairedSums *paired_sums_new(void);
/* What waits is not summed any more. */
void paired_sums_free(PairedSums *pairs);

/* The bytes are the caller's again. */
void paired_sums_add(PairedSums *pairs, Sha256 *sum, const void *bytes, size_t size);
/* All that was added to it is in the sum. */
void paired_sums_settle(PairedSums *pairs, const Sha256 *sum);

#endif
