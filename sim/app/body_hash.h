/*
 * The SHA-256 of a body, where the run hashes at all: the host's proof book says so.
 */
#ifndef INORDER_BODY_HASH_H
#define INORDER_BODY_HASH_H

#include <openssl/evp.h>
#include "host/process.h"

#define BODY_HASH_SIZE 32

/* To be fed with EVP_DigestUpdate(); NULL when nobody wants to know. */
EVP_MD_CTX *body_hash_new(Process *process);

#endif
