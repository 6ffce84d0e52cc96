/*
 * OpenSSL's SHA-256, on request.
 */
#include "app/body_hash.h"

EVP_MD_CTX *body_hash_new(Process *process)
{
        const ProofBook *proofs = host_context(process_host(process))->proofs;
        if (!proofs || !proof_book_has_sha256(proofs))
                return NULL;
        EVP_MD_CTX *hash = EVP_MD_CTX_new();
        if (EVP_DigestInit_ex(hash, EVP_sha256(), NULL) != 1)
                g_error("OpenSSL has no SHA-256");
        return hash;
}
