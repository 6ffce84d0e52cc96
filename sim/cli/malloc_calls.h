/*
 * How often this program, its libraries included, has asked for memory.
 *
 * A counter of the process, since malloc is the process's: not a world's. It steers nothing.
 */
#ifndef INORDER_MALLOC_CALLS_H
#define INORDER_MALLOC_CALLS_H

#include <stdbool.h>
#include <stdint.h>

/* Calls of malloc, calloc, realloc and their like since the program began. False: they cannot be counted
 * here. */
bool malloc_calls(uint64_t *calls);

#endif
