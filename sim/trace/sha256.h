/*
 * SHA-256, in pieces. OpenSSL's, which uses the machine's instructions for it.
 */
#ifndef INORDER_SHA256_H
#define INORDER_SHA256_H

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

#define SHA256_SIZE      32
#define SHA256_TEXT_SIZE (2 * SHA256_SIZE + 1)

typedef struct Sha256 Sha256;

Sha256 *sha256_new(void);
void sha256_free(Sha256 *sum);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sha256, sha256_free)
void sha256_add(Sha256 *sum, const void *bytes, size_t size);
/* Once, as the last call before sha256_free(). */
void sha256_finish(Sha256 *sum, uint8_t hash[SHA256_SIZE]);

/* Lower-case hexadecimal. */
const char *sha256_format(const uint8_t hash[SHA256_SIZE], char text[SHA256_TEXT_SIZE]);

#endif
