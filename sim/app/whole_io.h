/*
 * Reading and writing agreed amounts, for programs that exchange fixed sizes.
 */
#ifndef INORDER_WHOLE_IO_H
#define INORDER_WHOLE_IO_H

#include "host/process.h"

/* False: the stream ended or failed before `size` bytes had come. errno is 0 when it ended. */
bool read_whole(Process *process, int fd, void *bytes, size_t size);

/* Write `size` bytes of the counter rule (app/documents.h), which go on where `*offset` says. */
bool write_counted(Process *process, int fd, uint64_t *offset, size_t size);

#endif
