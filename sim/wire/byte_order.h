/*
 * Numbers in network byte order, at any address.
 */
#ifndef INORDER_BYTE_ORDER_H
#define INORDER_BYTE_ORDER_H

#include <glib.h>
#include <stdint.h>
#include <string.h>

static inline uint16_t read_be16(const uint8_t *bytes)
{
        uint16_t value;
        memcpy(&value, bytes, sizeof value);
        return GUINT16_FROM_BE(value);
}

static inline uint32_t read_be32(const uint8_t *bytes)
{
        uint32_t value;
        memcpy(&value, bytes, sizeof value);
        return GUINT32_FROM_BE(value);
}

static inline uint64_t read_be64(const uint8_t *bytes)
{
        uint64_t value;
        memcpy(&value, bytes, sizeof value);
        return GUINT64_FROM_BE(value);
}

static inline void write_be16(uint8_t *bytes, uint16_t value)
{
        value = GUINT16_TO_BE(value);
        memcpy(bytes, &value, sizeof value);
}

static inline void write_be32(uint8_t *bytes, uint32_t value)
{
        value = GUINT32_TO_BE(value);
        memcpy(bytes, &value, sizeof value);
}

static inline void write_be64(uint8_t *bytes, uint64_t value)
{
        value = GUINT64_TO_BE(value);
        memcpy(bytes, &value, sizeof value);
}

#endif
