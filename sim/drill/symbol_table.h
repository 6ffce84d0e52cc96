/*
 * The C library's and the kernel's names for numbers, as scripts write them: SOL_TCP, MSG_PEEK, EAGAIN ...
 */
#ifndef INORDER_SYMBOL_TABLE_H
#define INORDER_SYMBOL_TABLE_H

#include <stdbool.h>
#include <stdint.h>

bool symbol_find(const char *name, int64_t *value);
/* "EAGAIN" → its number; 0: no such error. */
int symbol_find_error(const char *name);
/* "EAGAIN"; "errno 4711" in `buffer` for an unknown one. */
const char *symbol_error_name(int error, char buffer[24]);

#endif
