/*
 * Binary records, number by number, little-endian on every machine: put where there is room, or added to an array.
 */
#ifndef INORDER_BYTE_RECORD_H
#define INORDER_BYTE_RECORD_H

#include <glib.h>
#include <stdint.h>
#include <string.h>

/* The end of what was written, as all of these. */
static inline char *byte_put(char *at, const void *bytes, size_t size)
{
        memcpy(at, bytes, size);
        return at + size;
}

static inline char *byte_put_u8(char *at, uint8_t number)
{
        return byte_put(at, &number, sizeof number);
}

static inline char *byte_put_u16(char *at, uint16_t number)
{
        number = GUINT16_TO_LE(number);
        return byte_put(at, &number, sizeof number);
}

static inline char *byte_put_u32(char *at, uint32_t number)
{
        number = GUINT32_TO_LE(number);
        return byte_put(at, &number, sizeof number);
}

static inline char *byte_put_u64(char *at, uint64_t number)
{
        number = GUINT64_TO_LE(number);
        return byte_put(at, &number, sizeof number);
}

static inline void byte_record_add_u8(GByteArray *record, uint8_t number)
{
        g_byte_array_append(record, &number, sizeof number);
}

static inline void byte_record_add_u16(GByteArray *record, uint16_t number)
{
        number = GUINT16_TO_LE(number);
        g_byte_array_append(record, (const guint8 *)&number, sizeof number);
}

static inline void byte_record_add_u32(GByteArray *record, uint32_t number)
{
        number = GUINT32_TO_LE(number);
        g_byte_array_append(record, (const guint8 *)&number, sizeof number);
}

static inline void byte_record_add_u64(GByteArray *record, uint64_t number)
{
        number = GUINT64_TO_LE(number);
        g_byte_array_append(record, (const guint8 *)&number, sizeof number);
}

#endif
