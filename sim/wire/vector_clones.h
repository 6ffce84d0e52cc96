/*
 * Loops over payload bytes that the compiler turns into vector code: compiled twice, for processors with vectors of 32
 * bytes and for all others, which is chosen when the program starts. The results are the same.
 *
 * Not in checked builds: sanitizers watch the choice itself. Nor by clang, whose clones other files do not find (14).
 * W1: 40 ns of 780 a segment.
 */
#ifndef INORDER_VECTOR_CLONES_H
#define INORDER_VECTOR_CLONES_H

#include <stdint.h> /* says which C library it is */

#if defined(__x86_64__) && defined(__GLIBC__) && !defined(__clang__) && !INORDER_CHECKED
#define VECTOR_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define VECTOR_CLONES
#endif

#endif
