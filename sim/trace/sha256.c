/*
 * A thin coat over EVP: a failure there is lack of memory, which ends the program as in GLib.
 */
#include "trace/sha256.h"

#include <openssl/evp.h>

struct Sha256 {
        EVP_MD_CTX *context;
};

Sha256 *sha256_new(void)
{
        Sha256 *sum = g_new0(Sha256, 1);
        sum->context = EVP_MD_CTX_new();
        if (!sum->context || !EVP_DigestInit_ex(sum->context, EVP_sha256(), NULL))
                g_error("SHA-256 is not available");
        return sum;
}

void sha256_free(Sha256 *sum)
{
        if (!sum)
                return;
        EVP_MD_CTX_free(sum->context);
        g_free(sum);
}

void sha256_add(Sha256 *sum, const void *bytes, size_t size)
{
        if (!EVP_DigestUpdate(sum->context, bytes, size))
                g_error("SHA-256 failed");
}

void sha256_finish(Sha256 *sum, uint8_t hash[SHA256_SIZE])
{
        if (!EVP_DigestFinal_ex(sum->context, hash, NULL))
                g_error("SHA-256 failed");
}

const char *sha256_format(const uint8_t hash[SHA256_SIZE], char text[SHA256_TEXT_SIZE])
{
        static const char digits[] = "0123456789abcdef";
        for (unsigned i = 0; i < SHA256_SIZE; i++) {
                text[2 * i] = digits[hash[i] >> 4];
                text[2 * i + 1] = digits[hash[i] & 0xf];
        }
        text[2 * SHA256_SIZE] = '\0';
        return text;
}
