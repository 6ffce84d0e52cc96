/*
 * The proof of order: what was written and not read yet, kept per stream, and compared at every read.
 */
#include "host/proof_private.h"

#include <string.h>

#define COPY_CAPACITY_MIN 256
#define PIECE_SIZE        2048 /* made again and compared at a time: stays in the nearest cache */

/* Bytes written and not read that lie in the copy, one behind the other, or come from one source. */
struct run {
        uint64_t end;          /* offset in the stream */
        PayloadSource *source; /* NULL: in the copy */
        uint64_t shift;        /* from an offset in the stream to that in the source */
};

static struct run *run_at(const ProofStream *stream, uint32_t index)
{
        return ring_at(&stream->runs, sizeof(struct run), index);
}

/* `size` bytes more have been written. */
static void add_run(ProofStream *stream, PayloadSource *source, uint64_t shift, size_t size)
{
        struct run *last = stream->run_count > 0 ? run_at(stream, stream->run_count - 1) : NULL;
        stream->bytes_written += size;
        if (last != NULL && last->source == source && last->shift == shift) {
                last->end = stream->bytes_written;
                return;
        }
        ring_reserve(&stream->runs, stream->book->blocks, sizeof(struct run), stream->run_count);
        *run_at(stream, stream->run_count++) = (struct run){ stream->bytes_written, source, shift };
        if (source != NULL)
                payload_source_ref(source);
}

static void drop_run(ProofStream *stream)
{
        payload_source_unref(run_at(stream, 0)->source);
        ring_drop_front(&stream->runs, 1);
        stream->run_count--;
}

static void clear_runs(ProofStream *stream)
{
        while (stream->run_count > 0)
                drop_run(stream);
        ring_clear(&stream->runs, stream->book->blocks, sizeof(struct run));
}

static size_t copy_size(const struct copy *copy)
{
        return copy->end - copy->first;
}

/* Room for `size` bytes at the end: by moving to the front when half of the memory is free there, else by
 * growing. */
static void copy_make_room(struct copy *copy, BlockPool *blocks, size_t size)
{
        size_t used = copy_size(copy);
        if (copy->capacity - copy->end >= size)
                return;
        if (copy->capacity / 2 >= used + size) {
                memmove(copy->bytes, copy->bytes + copy->first, used);
                copy->first = 0;
                copy->end = used;
                return;
        }
        struct copy larger = { .capacity = MAX(MAX(copy->capacity, used + size) * 2, COPY_CAPACITY_MIN),
                .end = used };
        larger.bytes = block_pool_take(blocks, larger.capacity);
        if (used > 0)
                memcpy(larger.bytes, copy->bytes + copy->first, used);
        block_pool_give_back(blocks, copy->bytes, copy->capacity);
        *copy = larger;
}

static void copy_clear(struct copy *copy, BlockPool *blocks)
{
        block_pool_give_back(blocks, copy->bytes, copy->capacity);
        *copy = (struct copy){ 0 };
}

void proof_stream_empty(ProofStream *stream)
{
        clear_runs(stream);
        copy_clear(&stream->copy, stream->book->blocks);
}

/* Always false. Only the first mismatch of a run is worth telling. */
static bool mismatch(ProofStream *stream, uint64_t offset, int expected, int seen)
{
        ProofBook *book = stream->book;
        if (book->has_mismatch)
                return false;
        book->has_mismatch = true;
        book->mismatch = (struct proof_mismatch){
                .transfer = stream->transfer,
                .from = stream->name.ends.local,
                .to = stream->name.ends.remote,
                .offset = offset,
                .expected = expected,
                .seen = seen,
        };
        return false;
}

static size_t equal_bytes(const uint8_t *a, const uint8_t *b, size_t size)
{
        if (memcmp(a, b, size) == 0)
                return size;
        size_t count = 0;
        while (a[count] == b[count])
                count++;
        return count;
}

void proof_written(ProofStream *stream, const void *bytes, size_t size)
{
        g_assert(!stream->write_ended);
        if (size == 0)
                return;
        copy_make_room(&stream->copy, stream->book->blocks, size);
        memcpy(stream->copy.bytes + stream->copy.end, bytes, size);
        stream->copy.end += size;
        add_run(stream, NULL, 0, size);
        proof_hash_add(stream->written, bytes, size);
}

static void hash_source(EVP_MD_CTX *hash, const PayloadSource *source, uint64_t offset, size_t size)
{
        uint8_t piece[PIECE_SIZE];
        for (size_t part; hash != NULL && size > 0; size -= part, offset += part) {
                part = MIN(size, sizeof piece);
                payload_source_make(source, offset, piece, part);
                proof_hash_add(hash, piece, part);
        }
}

void proof_written_source(ProofStream *stream, PayloadSource *source, uint64_t offset, size_t size)
{
        g_assert(!stream->write_ended);
        if (size == 0)
                return;
        add_run(stream, source, offset - stream->bytes_written, size);
        hash_source(stream->written, source, offset, size);
}

void proof_write_ended(ProofStream *stream)
{
        stream->write_ended = true;
}

/* ---- Comparing ---- */

/* At most PIECE_SIZE of the bytes that are expected next, all of the first run; 0: there are none. */
static size_t expect_piece(ProofStream *stream, size_t wanted, uint8_t *made, const uint8_t **expected)
{
        if (stream->run_count == 0)
                return 0;
        const struct run *run = run_at(stream, 0);
        size_t size = MIN(MIN(wanted, PIECE_SIZE), run->end - stream->bytes_read);
        if (run->source == NULL) {
                *expected = stream->copy.bytes + stream->copy.first;
                return size;
        }
        payload_source_make(run->source, stream->bytes_read + run->shift, made, size);
        *expected = made;
        return size;
}

/* They were as they should be. */
static void pass_piece(ProofStream *stream, size_t size)
{
        struct copy *copy = &stream->copy;
        if (run_at(stream, 0)->source == NULL) {
                copy->first += size;
                if (copy->first == copy->end)
                        copy->first = copy->end = 0;
        }
        stream->bytes_read += size;
        if (run_at(stream, 0)->end == stream->bytes_read)
                drop_run(stream);
}

/* So many bytes are as the first run's source has them; 0: it has none, or others. */
static size_t pass_by_source(ProofStream *stream, const uint8_t *seen, size_t wanted)
{
        if (stream->run_count == 0 || run_at(stream, 0)->source == NULL)
                return 0;
        const struct run *run = run_at(stream, 0);
        size_t size = MIN(wanted, run->end - stream->bytes_read);
        if (!payload_source_matches(run->source, stream->bytes_read + run->shift, seen, size))
                return 0;
        pass_piece(stream, size);
        return size;
}

bool proof_read(ProofStream *stream, const void *bytes, size_t size)
{
        const uint8_t *seen = bytes;
        const uint8_t *expected;
        uint8_t made[PIECE_SIZE];
        for (size_t done = 0, part; done < size; done += part) {
                part = pass_by_source(stream, seen + done, size - done);
                if (part > 0)
                        continue;
                part = expect_piece(stream, size - done, made, &expected);
                if (part == 0)
                        return mismatch(stream, stream->bytes_read, -1, seen[done]);
                size_t equal = equal_bytes(expected, seen + done, part);
                if (equal < part)
                        return mismatch(
                                stream, stream->bytes_read + equal, expected[equal], seen[done + equal]);
                pass_piece(stream, part);
        }
        proof_hash_add(stream->read, bytes, size);
        return true;
}

bool proof_read_ended(ProofStream *stream)
{
        uint8_t made[PIECE_SIZE];
        const uint8_t *expected;
        if (expect_piece(stream, 1, made, &expected) > 0)
                return mismatch(stream, stream->bytes_read, *expected, -1);
        if (!stream->write_ended)
                return mismatch(stream, stream->bytes_read, -1, -1);
        proof_stream_empty(stream);
        return true;
}
