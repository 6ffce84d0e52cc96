/*
 * Documents by path, and bytes made by a rule: counters, zeros, and Philox4x64-10 (Salmon et al., SC 2011).
 */
#include "app/documents.h"

#include <Random123/philox.h>
#include <string.h>
#include "wire/byte_order.h"
#include "wire/vector_clones.h"

#define INDEX_DOCUMENT "index.html"

struct Documents {
        GHashTable *by_path; /* its keys are the documents' own paths */
};

static const struct {
        const char *ending;
        const char *content_type;
} content_types[] = {
        { ".css", "text/css; charset=utf-8" },
        { ".csv", "text/csv; charset=utf-8" },
        { ".gif", "image/gif" },
        { ".htm", "text/html; charset=utf-8" },
        { ".html", "text/html; charset=utf-8" },
        { ".ico", "image/vnd.microsoft.icon" },
        { ".jpeg", "image/jpeg" },
        { ".jpg", "image/jpeg" },
        { ".js", "text/javascript; charset=utf-8" },
        { ".json", "application/json" },
        { ".md", "text/markdown; charset=utf-8" },
        { ".pdf", "application/pdf" },
        { ".png", "image/png" },
        { ".svg", "image/svg+xml" },
        { ".txt", "text/plain; charset=utf-8" },
        { ".wasm", "application/wasm" },
        { ".webp", "image/webp" },
        { ".woff2", "font/woff2" },
        { ".xml", "application/xml" },
};

static const char *content_type_of(const char *path)
{
        const char *name = strrchr(path, '/');
        const char *ending = strrchr(name ? name : path, '.');
        for (unsigned i = 0; ending && i < G_N_ELEMENTS(content_types); i++) {
                if (g_ascii_strcasecmp(ending, content_types[i].ending) == 0)
                        return content_types[i].content_type;
        }
        return "application/octet-stream";
}

static void document_free(void *data)
{
        struct document *document = data;
        g_free((char *)document->path);
        payload_source_unref(document->source);
        g_free(document);
}

Documents *documents_new(void)
{
        Documents *documents = g_new0(Documents, 1);
        documents->by_path = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, document_free);
        return documents;
}

void documents_free(Documents *documents)
{
        if (!documents)
                return;
        g_hash_table_unref(documents->by_path);
        g_free(documents);
}

/* Takes the source. */
static void add(Documents *documents, const char *path, uint64_t size, PayloadSource *source)
{
        g_assert(path[0] == '/');
        struct document *document = g_new0(struct document, 1);
        document->path = g_strdup(path);
        document->content_type = content_type_of(path);
        document->size = size;
        document->source = source;
        g_hash_table_replace(documents->by_path, (char *)document->path, document);
}

static void copy_of_bytes(const void *data, uint64_t offset, uint8_t *bytes, size_t size)
{
        const uint8_t *all = g_bytes_get_data((GBytes *)data, NULL);
        memcpy(bytes, all + offset, size);
}

void documents_add_bytes(Documents *documents, const char *path, GBytes *bytes)
{
        PayloadSource *source =
                payload_source_new(copy_of_bytes, g_bytes_ref(bytes), (GDestroyNotify)g_bytes_unref);
        add(documents, path, g_bytes_get_size(bytes), source);
}

void documents_add_generated(
        Documents *documents, const char *path, uint64_t size, enum document_fill fill, uint64_t seed)
{
        add(documents, path, size, document_source_new(fill, seed, path));
}

const struct document *documents_find(const Documents *documents, const char *path)
{
        if (!g_str_has_suffix(path, "/"))
                return g_hash_table_lookup(documents->by_path, path);
        g_autofree char *index = g_strconcat(path, INDEX_DOCUMENT, NULL);
        return g_hash_table_lookup(documents->by_path, index);
}

size_t document_read(const struct document *document, uint64_t offset, void *bytes, size_t size)
{
        if (offset >= document->size)
                return 0;
        size = MIN(size, document->size - offset);
        payload_source_make(document->source, offset, bytes, size);
        return size;
}

/* ---- Rules ---- */

#define COUNTER_SIZE sizeof(uint64_t)
#define RANDOM_SIZE  sizeof(philox4x64_ctr_t)

/* So many numbers in a row differ in their last byte only: each is the one before plus what is 1 there,
 * without turning its bytes around. */
#define COUNTER_RUN 256

/* Four numbers are made at a time, in two vectors of two: 14 ns for 1448 bytes instead of 21. */
typedef uint64_t number_pair __attribute__((vector_size(16)));

VECTOR_CLONES static void fill_run(uint64_t number, uint8_t *bytes, size_t count)
{
        const uint64_t one = GUINT64_TO_BE(1);
        uint64_t word = GUINT64_TO_BE(number);
        number_pair first = { word, word + one };
        number_pair second = { word + 2 * one, word + 3 * one };
        for (; count >= 4; count -= 4, bytes += 2 * sizeof first) {
                memcpy(bytes, &first, sizeof first);
                memcpy(bytes + sizeof first, &second, sizeof second);
                first += 4 * one;
                second += 4 * one;
        }
        word = first[0];
        for (; count > 0; count--, bytes += COUNTER_SIZE, word += one)
                memcpy(bytes, &word, COUNTER_SIZE);
}

static void fill_counter(uint64_t offset, uint8_t *bytes, size_t size)
{
        uint64_t number = offset / COUNTER_SIZE;
        uint8_t one[COUNTER_SIZE];
        size_t skip = offset % COUNTER_SIZE;
        if (skip > 0) {
                size_t head = MIN(size, COUNTER_SIZE - skip);
                write_be64(one, number++);
                memcpy(bytes, one + skip, head);
                bytes += head;
                size -= head;
        }
        for (size_t count = size / COUNTER_SIZE, part; count > 0; count -= part, number += part) {
                part = MIN(count, COUNTER_RUN - number % COUNTER_RUN);
                fill_run(number, bytes, part);
                bytes += part * COUNTER_SIZE;
        }
        write_be64(one, number);
        memcpy(bytes, one, size % COUNTER_SIZE);
}

/* As fill_run(), without writing what is only to be compared. */
VECTOR_CLONES static bool is_run(uint64_t number, const uint8_t *bytes, size_t count)
{
        const uint64_t one = GUINT64_TO_BE(1);
        uint64_t word = GUINT64_TO_BE(number);
        uint64_t differences = 0;
        for (size_t i = 0; i < count; i++, word += one) {
                uint64_t seen;
                memcpy(&seen, bytes + i * COUNTER_SIZE, sizeof seen);
                differences |= seen ^ word;
        }
        return differences == 0;
}

/* Less than a number, from the byte `skip` of it on. */
static bool is_part(uint64_t number, size_t skip, const uint8_t *bytes, size_t size)
{
        uint8_t one[COUNTER_SIZE];
        write_be64(one, number);
        return memcmp(one + skip, bytes, size) == 0;
}

/* What fill_counter() makes, compared without making it: half of the instructions. */
static bool is_counter(const void *data, uint64_t offset, const uint8_t *bytes, size_t size)
{
        (void)data;
        uint64_t number = offset / COUNTER_SIZE;
        size_t skip = offset % COUNTER_SIZE;
        size_t head = skip > 0 ? MIN(size, COUNTER_SIZE - skip) : 0;
        bool is_equal = head == 0 || is_part(number++, skip, bytes, head);
        bytes += head;
        size -= head;
        for (size_t count = size / COUNTER_SIZE, part; count > 0; count -= part, number += part) {
                part = MIN(count, COUNTER_RUN - number % COUNTER_RUN);
                is_equal &= is_run(number, bytes, part);
                bytes += part * COUNTER_SIZE;
        }
        return is_equal && is_part(number, 0, bytes, size % COUNTER_SIZE);
}

/* The path as a number, by FNV-1a: it only has to tell a few documents apart, and allocates nothing. */
static uint64_t hash_path(const char *path)
{
        uint64_t hash = 0xcbf29ce484222325u;
        for (; *path; path++)
                hash = (hash ^ (uint8_t)*path) * 0x100000001b3u;
        return hash;
}

static void fill_random(uint64_t seed, const char *path, uint64_t offset, uint8_t *bytes, size_t size)
{
        philox4x64_key_t key = { { seed, hash_path(path) } };
        while (size > 0) {
                philox4x64_ctr_t draw = philox4x64((philox4x64_ctr_t){ { offset / RANDOM_SIZE } }, key);
                uint8_t block[RANDOM_SIZE];
                for (unsigned i = 0; i < G_N_ELEMENTS(draw.v); i++)
                        write_be64(block + i * sizeof draw.v[i], draw.v[i]);
                size_t skip = offset % RANDOM_SIZE;
                size_t part = MIN(size, RANDOM_SIZE - skip);
                memcpy(bytes, block + skip, part);
                bytes += part;
                offset += part;
                size -= part;
        }
}

void document_fill_bytes(enum document_fill fill, uint64_t seed, const char *path, uint64_t offset,
        uint8_t *bytes, size_t size)
{
        switch (fill) {
        case FILL_COUNTER:
                fill_counter(offset, bytes, size);
                return;
        case FILL_ZERO:
                memset(bytes, 0, size);
                return;
        case FILL_RANDOM:
                fill_random(seed, path, offset, bytes, size);
                return;
        }
        g_assert_not_reached();
}

struct rule {
        enum document_fill fill;
        uint64_t seed;
        char path[];
};

static void bytes_of_rule(const void *data, uint64_t offset, uint8_t *bytes, size_t size)
{
        const struct rule *rule = data;
        document_fill_bytes(rule->fill, rule->seed, rule->path, offset, bytes, size);
}

PayloadSource *document_source_new(enum document_fill fill, uint64_t seed, const char *path)
{
        struct rule *rule = g_malloc(sizeof *rule + strlen(path) + 1);
        *rule = (struct rule){ .fill = fill, .seed = seed };
        strcpy(rule->path, path);
        PayloadSource *source = payload_source_new(bytes_of_rule, rule, g_free);
        if (fill == FILL_COUNTER)
                payload_source_set_match(source, is_counter);
        return source;
}
