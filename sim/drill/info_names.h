/*
 * The names that code blocks may use, and what they stand for: TCP_INFO's fields, those of the congestion control's own
 * information, SO_MEMINFO's, and Linux's constants.
 */
#ifndef INORDER_INFO_NAMES_H
#define INORDER_INFO_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define INFO_BYTES_MAX 512

/* What getsockopt gave for each; size 0: nothing. */
struct info_snapshot {
        uint8_t tcp[INFO_BYTES_MAX];
        size_t tcp_size;
        uint8_t congestion[INFO_BYTES_MAX];
        size_t congestion_size;
        uint8_t memory[INFO_BYTES_MAX];
        size_t memory_size;
};

/* False: there is no such name, or the snapshot has nothing for it. */
bool info_find(const struct info_snapshot *snapshot, const char *name, int64_t *value);

#endif
