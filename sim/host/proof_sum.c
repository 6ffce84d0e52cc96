/*
 * Sums of streams, one after the other.
 */
#include "host/proof_sum.h"

#include <string.h>

EVP_MD_CTX *proof_hash_new(void)
{
        EVP_MD_CTX *hash = EVP_MD_CTX_new();
        if (EVP_DigestInit_ex(hash, EVP_sha256(), NULL) != 1)
                g_error("OpenSSL has no SHA-256");
        return hash;
}

void proof_hash_add(EVP_MD_CTX *hash, const void *bytes, size_t size)
{
        if (hash != NULL)
                EVP_DigestUpdate(hash, bytes, size);
}

static EVP_MD_CTX *hash_copy(const EVP_MD_CTX *hash)
{
        if (hash == NULL)
                return NULL;
        EVP_MD_CTX *copy = EVP_MD_CTX_new();
        EVP_MD_CTX_copy_ex(copy, hash);
        return copy;
}

/* The hash so far; more may be added. NULL: nothing was. */
static void hash_look(const EVP_MD_CTX *hash, uint8_t sha256[SHA256_SIZE])
{
        EVP_MD_CTX *copy = hash != NULL ? hash_copy(hash) : proof_hash_new();
        EVP_DigestFinal_ex(copy, sha256, NULL);
        EVP_MD_CTX_free(copy);
}

static void add_hash(EVP_MD_CTX **all, const EVP_MD_CTX *hash, uint8_t last[SHA256_SIZE])
{
        if (*all == NULL)
                *all = proof_hash_new();
        hash_look(hash, last);
        proof_hash_add(*all, last, SHA256_SIZE);
}

void proof_sum_add(struct proof_sum *sum, const struct stream_result *stream)
{
        sum->streams++;
        sum->bytes_written += stream->bytes_written;
        sum->bytes_read += stream->bytes_read;
        sum->has_unread |= stream->write_ended && stream->bytes_read < stream->bytes_written;
        if (stream->bytes_written == 0)
                return;
        sum->carrying++;
        if (stream->written == NULL)
                return;
        add_hash(&sum->all_written, stream->written, sum->last_written);
        add_hash(&sum->all_read, stream->read, sum->last_read);
}

struct proof_sum proof_sum_copy(const struct proof_sum *sum)
{
        if (sum == NULL)
                return (struct proof_sum){ 0 };
        struct proof_sum copy = *sum;
        copy.all_written = hash_copy(sum->all_written);
        copy.all_read = hash_copy(sum->all_read);
        return copy;
}

void proof_sum_clear(struct proof_sum *sum)
{
        EVP_MD_CTX_free(sum->all_written);
        EVP_MD_CTX_free(sum->all_read);
        *sum = (struct proof_sum){ 0 };
}

void proof_sum_sha256(const struct proof_sum *sum, uint8_t written[SHA256_SIZE], uint8_t read[SHA256_SIZE])
{
        if (sum->carrying == 1) {
                memcpy(written, sum->last_written, SHA256_SIZE);
                memcpy(read, sum->last_read, SHA256_SIZE);
                return;
        }
        hash_look(sum->all_written, written);
        hash_look(sum->all_read, read);
}
