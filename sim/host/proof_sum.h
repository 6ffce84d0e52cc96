/*
 * What a transfer's streams have come to: their lengths, and SHA-256s of what they carried.
 */
#ifndef INORDER_PROOF_SUM_H
#define INORDER_PROOF_SUM_H

#include "host/proof.h"

#include <openssl/evp.h>

#define SHA256_SIZE 32

/* All zero: no stream yet. */
struct proof_sum {
        uint32_t streams;
        uint32_t carrying; /* of those, with any bytes */
        uint64_t bytes_written;
        uint64_t bytes_read;
        bool has_unread; /* a stream whose writer has ended it, and whose bytes were not all read */
        uint8_t last_written[SHA256_SIZE]; /* of the last that carried any */
        uint8_t last_read[SHA256_SIZE];
        EVP_MD_CTX *all_written; /* of the SHA-256s of those that did; NULL: none yet */
        EVP_MD_CTX *all_read;
};

/* What the sum is told of a stream. */
struct stream_result {
        uint64_t bytes_written;
        uint64_t bytes_read;
        bool write_ended;
        const EVP_MD_CTX *written; /* NULL without sha256 */
        const EVP_MD_CTX *read;
};

/* In order of opening. */
void proof_sum_add(struct proof_sum *sum, const struct stream_result *stream);
/* A sum of its own, to which more may be added. `sum` may be NULL: nothing yet. */
struct proof_sum proof_sum_copy(const struct proof_sum *sum);
void proof_sum_clear(struct proof_sum *sum);
/* Of the stream's bytes when one carried any, else of the SHA-256s of those that did. */
void proof_sum_sha256(const struct proof_sum *sum, uint8_t written[SHA256_SIZE], uint8_t read[SHA256_SIZE]);

/* ---- SHA-256 that goes on ---- */

EVP_MD_CTX *proof_hash_new(void);
/* NULL is accepted: nothing is hashed. */
void proof_hash_add(EVP_MD_CTX *hash, const void *bytes, size_t size);

#endif
