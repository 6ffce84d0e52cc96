/*
 * Pages found by their number in a small hash table, whose chains the pages themselves are.
 */
#include "wire/payload_source.h"

#include <string.h>
#include "wire/payload_chunk.h"

#define BUCKETS    64   /* a power of two */
#define PIECE_SIZE 2048 /* made and compared at a time: stays in the nearest cache */

struct PayloadSource {
        payload_source_fill fill;
        payload_source_match match; /* NULL: make and compare */
        void *data;
        GDestroyNotify free_data;
        unsigned references;
        struct payload_chunk *pages[BUCKETS];
};

static struct payload_chunk **bucket_of(PayloadSource *source, uint64_t page)
{
        return &source->pages[page % BUCKETS];
}

PayloadSource *payload_source_new(payload_source_fill fill, void *data, GDestroyNotify free_data)
{
        PayloadSource *source = g_new0(PayloadSource, 1);
        source->fill = fill;
        source->data = data;
        source->free_data = free_data;
        source->references = 1;
        return source;
}

void payload_source_set_match(PayloadSource *source, payload_source_match match)
{
        source->match = match;
}

PayloadSource *payload_source_ref(PayloadSource *source)
{
        source->references++;
        return source;
}

void payload_source_unref(PayloadSource *source)
{
        if (source == NULL || --source->references > 0)
                return;
        for (unsigned i = 0; i < BUCKETS; i++) {
                for (struct payload_chunk *page = source->pages[i]; page != NULL; page = page->next)
                        page->source = NULL;
        }
        if (source->free_data != NULL)
                source->free_data(source->data);
        g_free(source);
}

static struct payload_chunk *find_page(PayloadSource *source, uint64_t number)
{
        struct payload_chunk *page = *bucket_of(source, number);
        while (page != NULL && page->page != number)
                page = page->next;
        return page;
}

/* Its one reference is the caller's: the table has none. */
static struct payload_chunk *add_page(PayloadSource *source, PayloadPool *pool, uint64_t number)
{
        struct payload_chunk **bucket = bucket_of(source, number);
        struct payload_chunk *page = payload_pool_take_page(pool);
        page->source = source;
        page->page = number;
        page->next = *bucket;
        *bucket = page;
        return page;
}

/* A page is filled from its beginning, no further than it is needed. */
static void fill_up_to(const PayloadSource *source, struct payload_chunk *page, uint32_t end)
{
        if (page->used >= end)
                return;
        uint64_t offset = page->page * PAYLOAD_PAGE_SIZE + page->used;
        source->fill(source->data, offset, page->bytes + page->used, end - page->used);
        page->used = end;
}

struct payload_slice payload_source_cut(
        PayloadSource *source, PayloadPool *pool, uint64_t offset, uint64_t size)
{
        uint64_t number = offset / PAYLOAD_PAGE_SIZE;
        uint32_t begin = (uint32_t)(offset % PAYLOAD_PAGE_SIZE);
        uint32_t length = (uint32_t)MIN(size, PAYLOAD_PAGE_SIZE - begin);
        struct payload_chunk *page = find_page(source, number);
        g_assert(size > 0);
        if (page != NULL)
                payload_chunk_ref(page);
        else
                page = add_page(source, pool, number);
        fill_up_to(source, page, begin + length);
        return (struct payload_slice){ page, begin, length };
}

void payload_source_make(const PayloadSource *source, uint64_t offset, uint8_t *bytes, size_t size)
{
        source->fill(source->data, offset, bytes, size);
}

bool payload_source_matches(const PayloadSource *source, uint64_t offset, const uint8_t *bytes, size_t size)
{
        uint8_t made[PIECE_SIZE];
        if (source->match != NULL)
                return source->match(source->data, offset, bytes, size);
        for (size_t part; size > 0; size -= part, offset += part, bytes += part) {
                part = MIN(size, sizeof made);
                source->fill(source->data, offset, made, part);
                if (memcmp(made, bytes, part) != 0)
                        return false;
        }
        return true;
}

void payload_source_forget(struct payload_chunk *page)
{
        struct payload_chunk **link = bucket_of(page->source, page->page);
        while (*link != page)
                link = &(*link)->next;
        *link = page->next;
        page->source = NULL;
}
