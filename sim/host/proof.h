/*
 * The proof of order: a second copy of every stream, kept apart from TCP.
 *
 * What a program writes is copied here before TCP sees it, or noted as a source's, which can make it again; what
 * a program reads is compared here, byte by byte, at its offset. A stream is one direction of one connection, named by its two endpoints and its
 * initial sequence number, so that four-tuples may be used again.
 */
#ifndef INORDER_PROOF_H
#define INORDER_PROOF_H

#include <glib.h>
#include <stdbool.h>
#include "wire/ip_address.h"
#include "wire/payload_source.h"
#include "wire/seqnum.h"

typedef struct ProofBook ProofBook;
typedef struct ProofStream ProofStream;

/* `with_sha256`: hash what is written and what is read, too. `blocks`: memory for the streams. */
ProofBook *proof_book_new(BlockPool *blocks, bool with_sha256);
void proof_book_free(ProofBook *book);
/* Whether programs should hash what they make and get, too. */
bool proof_book_has_sha256(const ProofBook *book);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ProofBook, proof_book_free)

/* The writer's side opens a stream; the same name again is a new stream. `transfer`: the trace's number, 0
 * none. The stream belongs to the book, where its copy of bytes shrinks as they are read. */
ProofStream *proof_open(ProofBook *book, const struct endpoint *from, const struct endpoint *to,
        struct seqnum isn, uint32_t transfer);
/* The newest stream of that name, which has a reader more from then on; NULL when the writer is not ours. */
ProofStream *proof_find(
        ProofBook *book, const struct endpoint *from, const struct endpoint *to, struct seqnum isn);
/* When its writer and all who found it are gone, nobody may look at it any more: what it has come to is added to its
 * transfer's sum. A stream that nobody has found stays until the book goes: its reader may be to come. */
void proof_writer_gone(ProofStream *stream);
void proof_reader_gone(ProofStream *stream);
uint32_t proof_transfer(const ProofStream *stream);
/* Which of the transfer's connections it belongs to, from 1; 0: nobody has said. */
void proof_set_flow(ProofStream *stream, uint32_t flow);
uint32_t proof_flow(const ProofStream *stream);
/* How many readers it has had, with those that are gone. */
uint32_t proof_readers_ever(const ProofStream *stream);

void proof_written(ProofStream *stream, const void *bytes, size_t size);
/* The same for the bytes of a source, which are made again when they are read. */
void proof_written_source(ProofStream *stream, PayloadSource *source, uint64_t offset, size_t size);
/* No more will be written: what has been must all be read. */
void proof_write_ended(ProofStream *stream);
/* False at the first byte that differs or was never written; the book remembers it. */
bool proof_read(ProofStream *stream, const void *bytes, size_t size);
/* The reader saw the end of the stream: false when bytes are missing or the writer had not ended. */
bool proof_read_ended(ProofStream *stream);

struct proof_mismatch {
        uint32_t transfer;
        struct endpoint from;
        struct endpoint to;
        uint64_t offset;
        int expected; /* a byte, or -1: nothing was written there */
        int seen;     /* a byte, or -1: the stream ended */
};
/* The first mismatch of all; NULL: none so far. */
const struct proof_mismatch *proof_book_mismatch(const ProofBook *book);

/* All streams of one transfer together. Complete: of every stream that its writer ended, all bytes were read.
 */
struct proof_account {
        uint32_t streams;
        uint64_t bytes_written;
        uint64_t bytes_read;
        bool is_complete;
};
void proof_book_account(const ProofBook *book, uint32_t transfer, struct proof_account *account);

/* SHA-256 of what a transfer wrote and of what it read: of the stream's bytes when one stream carried any,
 * else of the SHA-256s of those that did, in order of opening. False without sha256. */
bool proof_book_sha256(const ProofBook *book, uint32_t transfer, uint8_t written[32], uint8_t read[32]);

#endif
