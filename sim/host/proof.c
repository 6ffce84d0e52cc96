/*
 * The proof of order: what was written and not read yet, kept per stream, and compared at every read.
 *
 * Streams are found by name in a hash table and listed by transfer in order of opening; the table is never
 * walked.
 */
#include "host/proof.h"

#include "tcp/ring.h"

#include <openssl/evp.h>
#include <string.h>

#define SHA256_SIZE       32
#define COPY_CAPACITY_MIN 256
#define PIECE_SIZE        2048 /* made again and compared at a time: stays in the nearest cache */

struct stream_name {
        struct four_tuple ends; /* local: the writer's */
        uint32_t isn;
};

/* Bytes written and not read that lie in the copy, one behind the other, or come from one source. */
struct run {
        uint64_t end;          /* offset in the stream */
        PayloadSource *source; /* NULL: in the copy */
        uint64_t shift;        /* from an offset in the stream to that in the source */
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
        ProofStream *next; /* of the same transfer */
        struct stream_name name;
        uint32_t transfer;
        uint32_t flow;
        struct ring runs; /* of struct run, by offset */
        uint32_t run_count;
        struct copy copy;
        uint64_t bytes_written;
        uint64_t bytes_read;
        bool write_ended;
        EVP_MD_CTX *written; /* NULL without sha256 */
        EVP_MD_CTX *read;
};

struct stream_list {
        ProofStream *first;
        ProofStream *last;
};

struct ProofBook {
        BlockPool *blocks;
        GHashTable *newest;  /* of each name */
        GArray *by_transfer; /* of struct stream_list; index: the transfer's number */
        bool with_sha256;
        bool has_mismatch;
        struct proof_mismatch mismatch;
};

static guint stream_name_hash(gconstpointer key)
{
        const struct stream_name *name = key;
        return four_tuple_hash(&name->ends) ^ name->isn;
}

static gboolean stream_name_equal(gconstpointer a, gconstpointer b)
{
        const struct stream_name *one = a;
        const struct stream_name *other = b;
        return one->isn == other->isn && four_tuple_equal(&one->ends, &other->ends);
}

static struct stream_name name_of(const struct endpoint *from, const struct endpoint *to, struct seqnum isn)
{
        return (struct stream_name){ .ends = { .local = *from, .remote = *to }, .isn = isn.value };
}

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

static EVP_MD_CTX *hash_new(void)
{
        EVP_MD_CTX *hash = EVP_MD_CTX_new();
        if (EVP_DigestInit_ex(hash, EVP_sha256(), NULL) != 1)
                g_error("OpenSSL has no SHA-256");
        return hash;
}

static void hash_add(EVP_MD_CTX *hash, const void *bytes, size_t size)
{
        if (hash != NULL)
                EVP_DigestUpdate(hash, bytes, size);
}

/* The hash so far; more may be added. */
static void hash_look(const EVP_MD_CTX *hash, uint8_t sha256[SHA256_SIZE])
{
        EVP_MD_CTX *copy = EVP_MD_CTX_new();
        EVP_MD_CTX_copy_ex(copy, hash);
        EVP_DigestFinal_ex(copy, sha256, NULL);
        EVP_MD_CTX_free(copy);
}

static ProofStream *first_of(const ProofBook *book, uint32_t transfer)
{
        if (transfer >= book->by_transfer->len)
                return NULL;
        return g_array_index(book->by_transfer, struct stream_list, transfer).first;
}

static void list_stream(ProofBook *book, ProofStream *stream)
{
        if (stream->transfer >= book->by_transfer->len)
                g_array_set_size(book->by_transfer, stream->transfer + 1);
        struct stream_list *list = &g_array_index(book->by_transfer, struct stream_list, stream->transfer);
        if (list->last == NULL)
                list->first = stream;
        else
                list->last->next = stream;
        list->last = stream;
}

static void stream_free(ProofStream *stream)
{
        clear_runs(stream);
        copy_clear(&stream->copy, stream->book->blocks);
        EVP_MD_CTX_free(stream->written);
        EVP_MD_CTX_free(stream->read);
        block_pool_give_back(stream->book->blocks, stream, sizeof *stream);
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

ProofBook *proof_book_new(BlockPool *blocks, bool with_sha256)
{
        ProofBook *book = g_new0(ProofBook, 1);
        book->blocks = blocks;
        book->newest = g_hash_table_new(stream_name_hash, stream_name_equal);
        book->by_transfer = g_array_new(FALSE, TRUE, sizeof(struct stream_list));
        book->with_sha256 = with_sha256;
        return book;
}

void proof_book_free(ProofBook *book)
{
        if (book == NULL)
                return;
        for (uint32_t transfer = 0; transfer < book->by_transfer->len; transfer++) {
                ProofStream *stream = first_of(book, transfer);
                while (stream != NULL) {
                        ProofStream *next = stream->next;
                        stream_free(stream);
                        stream = next;
                }
        }
        g_array_free(book->by_transfer, TRUE);
        g_hash_table_destroy(book->newest);
        g_free(book);
}

bool proof_book_has_sha256(const ProofBook *book)
{
        return book->with_sha256;
}

ProofStream *proof_open(ProofBook *book, const struct endpoint *from, const struct endpoint *to,
        struct seqnum isn, uint32_t transfer)
{
        ProofStream *stream = block_pool_take_zeroed(book->blocks, sizeof *stream);
        stream->book = book;
        stream->name = name_of(from, to, isn);
        stream->transfer = transfer;
        if (book->with_sha256) {
                stream->written = hash_new();
                stream->read = hash_new();
        }
        list_stream(book, stream);
        g_hash_table_replace(book->newest, &stream->name, stream);
        return stream;
}

ProofStream *proof_find(
        ProofBook *book, const struct endpoint *from, const struct endpoint *to, struct seqnum isn)
{
        struct stream_name name = name_of(from, to, isn);
        return g_hash_table_lookup(book->newest, &name);
}

uint32_t proof_transfer(const ProofStream *stream)
{
        return stream->transfer;
}

void proof_set_flow(ProofStream *stream, uint32_t flow)
{
        stream->flow = flow;
}

uint32_t proof_flow(const ProofStream *stream)
{
        return stream->flow;
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
        hash_add(stream->written, bytes, size);
}

static void hash_source(EVP_MD_CTX *hash, const PayloadSource *source, uint64_t offset, size_t size)
{
        uint8_t piece[PIECE_SIZE];
        for (size_t part; hash != NULL && size > 0; size -= part, offset += part) {
                part = MIN(size, sizeof piece);
                payload_source_make(source, offset, piece, part);
                hash_add(hash, piece, part);
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
        hash_add(stream->read, bytes, size);
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
        copy_clear(&stream->copy, stream->book->blocks);
        clear_runs(stream);
        return true;
}

const struct proof_mismatch *proof_book_mismatch(const ProofBook *book)
{
        return book->has_mismatch ? &book->mismatch : NULL;
}

void proof_book_account(const ProofBook *book, uint32_t transfer, struct proof_account *account)
{
        *account = (struct proof_account){ .is_complete = true };
        for (const ProofStream *stream = first_of(book, transfer); stream != NULL; stream = stream->next) {
                account->streams++;
                account->bytes_written += stream->bytes_written;
                account->bytes_read += stream->bytes_read;
                if (stream->write_ended && stream->bytes_read < stream->bytes_written)
                        account->is_complete = false;
        }
}

bool proof_book_sha256(const ProofBook *book, uint32_t transfer, uint8_t written[32], uint8_t read[32])
{
        if (!book->with_sha256)
                return false;
        EVP_MD_CTX *all_written = hash_new();
        EVP_MD_CTX *all_read = hash_new();
        unsigned carrying = 0;
        for (const ProofStream *stream = first_of(book, transfer); stream != NULL; stream = stream->next) {
                if (stream->bytes_written == 0)
                        continue;
                hash_look(stream->written, written);
                hash_look(stream->read, read);
                hash_add(all_written, written, SHA256_SIZE);
                hash_add(all_read, read, SHA256_SIZE);
                carrying++;
        }
        if (carrying != 1) {
                hash_look(all_written, written);
                hash_look(all_read, read);
        }
        EVP_MD_CTX_free(all_written);
        EVP_MD_CTX_free(all_read);
        return true;
}
