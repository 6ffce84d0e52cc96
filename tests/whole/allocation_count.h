/*
 * How often this program has asked for memory, and how much of it it has, whoever in it asked: malloc, calloc and
 * realloc, libraries' too.
 */
#ifndef INORDER_TESTS_ALLOCATION_COUNT_H
#define INORDER_TESTS_ALLOCATION_COUNT_H

#include <stddef.h>
#include <stdint.h>

/* Since allocation_count_start(). */
uint64_t allocation_count(void);
void allocation_count_start(void);
/* Bytes that were asked for and not given back. */
size_t allocated_bytes(void);

#endif
