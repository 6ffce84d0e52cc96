/*
 * All streams of a run: found by name in a hash table, and listed by transfer in order of opening.
 *
 * Those at a list's front that are over are added to its sum and go.
 */
#include "host/proof_private.h"

/* ---- Names ---- */

static struct stream_name name_of(const struct endpoint *from, const struct endpoint *to, struct seqnum isn)
{
        return (struct stream_name){ .ends = { .local = *from, .remote = *to }, .isn = isn.value };
}

static uint32_t name_hash(const struct stream_name *name)
{
        return four_tuple_place(&name->ends) ^ name->isn;
}

static bool is_named(const void *stream, const void *sought)
{
        const struct stream_name *name = sought;
        const struct stream_name *its = &((const ProofStream *)stream)->name;
        return its->isn == name->isn && four_tuple_equal(&its->ends, &name->ends);
}

/* ---- Lists and sums ---- */

static const struct stream_list *list_of(const ProofBook *book, uint32_t transfer)
{
        static const struct stream_list nothing = { NULL, NULL, NULL };
        if (transfer >= book->by_transfer->len)
                return &nothing;
        return &g_array_index(book->by_transfer, struct stream_list, transfer);
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
        proof_stream_empty(stream);
        EVP_MD_CTX_free(stream->written);
        EVP_MD_CTX_free(stream->read);
        block_pool_give_back(stream->book->blocks, stream, sizeof *stream);
}

static void add_to_sum(struct proof_sum *sum, const ProofStream *stream)
{
        const struct stream_result result = {
                .bytes_written = stream->bytes_written,
                .bytes_read = stream->bytes_read,
                .write_ended = stream->write_ended,
                .written = stream->written,
                .read = stream->read,
        };
        proof_sum_add(sum, &result);
}

static bool is_over(const ProofStream *stream)
{
        return !stream->has_writer && stream->readers_ever > 0 && stream->readers == 0;
}

/* What the first streams have come to is all that is kept of them. */
static void fold(ProofBook *book, struct stream_list *list)
{
        if (list->over == NULL)
                list->over = block_pool_take_zeroed(book->blocks, sizeof *list->over);
        while (list->first != NULL && is_over(list->first)) {
                ProofStream *stream = list->first;
                list->first = stream->next;
                add_to_sum(list->over, stream);
                stream_free(stream);
        }
        if (list->first == NULL)
                list->last = NULL;
}

/* Nobody writes or reads it any more. It is kept in order of opening until those before it are over. */
static void end_if_over(ProofStream *stream)
{
        ProofBook *book = stream->book;
        if (!is_over(stream))
                return;
        hash_table_remove(&book->names, name_hash(&stream->name), stream);
        proof_stream_empty(stream);
        struct stream_list *list = &g_array_index(book->by_transfer, struct stream_list, stream->transfer);
        if (list->first == stream)
                fold(book, list);
}

/* ---- The book ---- */

ProofBook *proof_book_new(BlockPool *blocks, bool with_sha256)
{
        ProofBook *book = g_new0(ProofBook, 1);
        book->blocks = blocks;
        book->by_transfer = g_array_new(FALSE, TRUE, sizeof(struct stream_list));
        book->with_sha256 = with_sha256;
        return book;
}

static void free_list(ProofBook *book, struct stream_list *list)
{
        while (list->first != NULL) {
                ProofStream *stream = list->first;
                list->first = stream->next;
                stream_free(stream);
        }
        if (list->over != NULL)
                proof_sum_clear(list->over);
        block_pool_give_back(book->blocks, list->over, sizeof *list->over);
}

void proof_book_free(ProofBook *book)
{
        if (book == NULL)
                return;
        for (uint32_t transfer = 0; transfer < book->by_transfer->len; transfer++)
                free_list(book, &g_array_index(book->by_transfer, struct stream_list, transfer));
        g_array_free(book->by_transfer, TRUE);
        hash_table_clear(&book->names, book->blocks);
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
        stream->has_writer = true;
        if (book->with_sha256) {
                stream->written = proof_hash_new();
                stream->read = proof_hash_new();
        }
        list_stream(book, stream);
        hash_table_add(&book->names, book->blocks, name_hash(&stream->name), stream);
        return stream;
}

ProofStream *proof_find(
        ProofBook *book, const struct endpoint *from, const struct endpoint *to, struct seqnum isn)
{
        struct stream_name name = name_of(from, to, isn);
        ProofStream *stream = hash_table_find(&book->names, name_hash(&name), is_named, &name);
        if (stream == NULL)
                return NULL;
        stream->readers++;
        stream->readers_ever++;
        return stream;
}

void proof_writer_gone(ProofStream *stream)
{
        stream->has_writer = false;
        end_if_over(stream);
}

void proof_reader_gone(ProofStream *stream)
{
        stream->readers--;
        end_if_over(stream);
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

uint32_t proof_readers_ever(const ProofStream *stream)
{
        return stream->readers_ever;
}

const struct proof_mismatch *proof_book_mismatch(const ProofBook *book)
{
        return book->has_mismatch ? &book->mismatch : NULL;
}

/* All of a transfer's streams, whether they are over or not. */
static struct proof_sum sum_of(const ProofBook *book, uint32_t transfer)
{
        const struct stream_list *list = list_of(book, transfer);
        struct proof_sum sum = proof_sum_copy(list->over);
        for (const ProofStream *stream = list->first; stream != NULL; stream = stream->next)
                add_to_sum(&sum, stream);
        return sum;
}

void proof_book_account(const ProofBook *book, uint32_t transfer, struct proof_account *account)
{
        struct proof_sum sum = sum_of(book, transfer);
        *account = (struct proof_account){
                .streams = sum.streams,
                .bytes_written = sum.bytes_written,
                .bytes_read = sum.bytes_read,
                .is_complete = !sum.has_unread,
        };
        proof_sum_clear(&sum);
}

bool proof_book_sha256(const ProofBook *book, uint32_t transfer, uint8_t written[32], uint8_t read[32])
{
        if (!book->with_sha256)
                return false;
        struct proof_sum sum = sum_of(book, transfer);
        proof_sum_sha256(&sum, written, read);
        proof_sum_clear(&sum);
        return true;
}
