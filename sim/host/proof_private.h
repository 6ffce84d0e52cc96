/*
 * The inside of the proof: proof.c compares streams, proof_book.c knows all of them.
 */
#ifndef INORDER_PROOF_PRIVATE_H
#define INORDER_PROOF_PRIVATE_H

#include "host/proof_sum.h"
#include "tcp/ring.h"
#include "wire/hash_table.h"

struct stream_name {
        struct four_tuple ends; /* local: the writer's */
        uint32_t isn;
};

/* Bytes written and not read: a queue in one block. */
struct copy {
        uint8_t *bytes;
        size_t capacity;
        size_t first;
        size_t end;
};

struct ProofStream {
        ProofBook *book;
        ProofStream *next;  /* of the same transfer */
        struct stream_name name;
        uint32_t transfer;
        uint32_t flow;
        struct ring runs; /* of struct run (proof.c), by offset */
        uint32_t run_count;
        uint32_t readers;
        uint32_t readers_ever;
        bool has_writer;
        bool write_ended;
        struct copy copy;
        uint64_t bytes_written;
        uint64_t bytes_read;
        EVP_MD_CTX *written; /* NULL without sha256 */
        EVP_MD_CTX *read;
};

struct stream_list {
        struct proof_sum *over; /* those before the first; NULL: there are none */
        ProofStream *first;
        ProofStream *last;
};

struct ProofBook {
        BlockPool *blocks;
        struct hash_table names; /* of those that can be found */
        GArray *by_transfer;  /* of struct stream_list; index: the transfer's number */
        bool with_sha256;
        bool has_mismatch;
        struct proof_mismatch mismatch;
};

/* Its bytes are let go of; what it has come to stays. */
void proof_stream_empty(ProofStream *stream);

#endif
