/*
 * How often this program has asked for memory, whoever in it asked: malloc, calloc and realloc, libraries'
 * too.
 */
#ifndef INORDER_TESTS_ALLOCATION_COUNT_H
#define INORDER_TESTS_ALLOCATION_COUNT_H

#include <stdint.h>

/* Since allocation_count_start(). */
uint64_t allocation_count(void);
void allocation_count_start(void);

#endif
