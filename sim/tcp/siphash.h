/*
 * SipHash-2-4: a keyed hash of short messages. Aumasson and Bernstein, "SipHash: a fast short-input PRF"
 * (2012).
 */
#ifndef INORDER_SIPHASH_H
#define INORDER_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

#define SIPHASH_KEY_SIZE 16

uint64_t siphash(const uint8_t key[SIPHASH_KEY_SIZE], const void *message, size_t size);

#endif
