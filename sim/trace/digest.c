/*
 * One SHA-256 for each owner, fed with fixed-layout records; then one over them all.
 */
#include "trace/digest.h"
#include "trace/byte_record.h"
#include "trace/sha256.h"

#include <string.h>

/* Of a record. */
#define NUMBERS_SIZE_MAX 64
#define HEADER_SIZE_MAX  512
#define REASON_SIZE_MAX  UINT8_MAX

struct owner_digest {
        const char *label;
        Sha256 *sum;
        uint8_t hash[SHA256_SIZE];
        char text[SHA256_TEXT_SIZE];
};

struct Digest {
        struct owner_digest *owners;
        unsigned owner_count;
        bool has_ended;
        char text[SHA256_TEXT_SIZE];
};

/* Its length first, so that no two lists of texts look alike. */
static char *put_reason(char *at, const char *reason)
{
        size_t size = reason ? strlen(reason) : 0;
        g_assert(size <= REASON_SIZE_MAX);
        at = byte_put_u8(at, (uint8_t)size);
        return size > 0 ? byte_put(at, reason, size) : at;
}

static char *put_packet(char *at, const struct trace_packet *packet)
{
        g_assert(packet->header.size <= HEADER_SIZE_MAX);
        at = byte_put_u16(at, (uint16_t)packet->header.size);
        at = byte_put(at, packet->header.bytes, packet->header.size);
        at = byte_put_u32(at, packet->payload_size);
        return byte_put_u16(at, packet->payload_sum);
}

static char *put_hop(char *at, const struct trace_hop *hop)
{
        at = byte_put_u64(at, hop->ordinal);
        at = byte_put_u64(at, (uint64_t)hop->t_enqueue);
        at = byte_put_u64(at, (uint64_t)hop->t_tx);
        at = byte_put_u64(at, (uint64_t)hop->t_tx_end);
        at = byte_put_u64(at, (uint64_t)hop->t_arrive);
        return put_reason(at, hop->drop);
}

static void on_event(void *data, const struct trace_event *event)
{
        Digest *digest = data;
        char record[NUMBERS_SIZE_MAX + HEADER_SIZE_MAX + REASON_SIZE_MAX];
        g_assert(!digest->has_ended && event->owner < digest->owner_count);
        char *at = byte_put_u64(record, (uint64_t)event->time);
        at = byte_put_u8(at, (uint8_t)event->kind);
        at = put_packet(at, event->packet);
        if (event->kind == TRACE_HOP)
                at = put_hop(at, &event->hop);
        if (event->kind == TRACE_DROPPED)
                at = put_reason(at, event->dropped.reason);
        sha256_add(digest->owners[event->owner].sum, record, (size_t)(at - record));
}

Digest *digest_new(Trace *trace)
{
        Digest *digest = g_new0(Digest, 1);
        digest->owner_count = trace_owner_count(trace);
        digest->owners = g_new0(struct owner_digest, digest->owner_count);
        for (unsigned i = 0; i < digest->owner_count; i++) {
                digest->owners[i].label = trace_owner_label(trace, i);
                digest->owners[i].sum = sha256_new();
        }
        trace_listen(trace, TRACE_PACKET_KINDS, on_event, digest);
        return digest;
}

/* By label, byte by byte; equal labels by their hashes. */
static int compare_owners(const void *a, const void *b)
{
        const struct owner_digest *one = *(const struct owner_digest *const *)a;
        const struct owner_digest *other = *(const struct owner_digest *const *)b;
        int order = strcmp(one->label, other->label);
        return order ? order : memcmp(one->hash, other->hash, SHA256_SIZE);
}

/* Each label with its NUL, then the 32 bytes of the owner's hash. */
static void hash_owners(Digest *digest)
{
        g_autofree const struct owner_digest **sorted =
                g_new(const struct owner_digest *, digest->owner_count);
        g_autoptr(Sha256) sum = sha256_new();
        uint8_t hash[SHA256_SIZE];
        for (unsigned i = 0; i < digest->owner_count; i++)
                sorted[i] = &digest->owners[i];
        if (digest->owner_count > 0)
                qsort(sorted, digest->owner_count, sizeof *sorted, compare_owners);
        for (unsigned i = 0; i < digest->owner_count; i++) {
                sha256_add(sum, sorted[i]->label, strlen(sorted[i]->label) + 1);
                sha256_add(sum, sorted[i]->hash, SHA256_SIZE);
        }
        sha256_finish(sum, hash);
        sha256_format(hash, digest->text);
}

void digest_finish(Digest *digest)
{
        g_assert(!digest->has_ended);
        digest->has_ended = true;
        for (unsigned i = 0; i < digest->owner_count; i++) {
                struct owner_digest *owner = &digest->owners[i];
                sha256_finish(owner->sum, owner->hash);
                sha256_format(owner->hash, owner->text);
        }
        hash_owners(digest);
}

void digest_free(Digest *digest)
{
        if (!digest)
                return;
        for (unsigned i = 0; i < digest->owner_count; i++)
                sha256_free(digest->owners[i].sum);
        g_free(digest->owners);
        g_free(digest);
}

const char *digest_text(const Digest *digest)
{
        g_assert(digest->has_ended);
        return digest->text;
}

const char *digest_owner_text(const Digest *digest, uint32_t owner)
{
        g_assert(digest->has_ended && owner < digest->owner_count);
        return digest->owners[owner].text;
}
