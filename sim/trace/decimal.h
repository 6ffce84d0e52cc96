/*
 * Integers and nanoseconds as decimal text: exact, and the same in every locale.
 *
 * Written where there is room (inline, for the writers of millions of numbers), or appended to a string.
 */
#ifndef INORDER_DECIMAL_H
#define INORDER_DECIMAL_H

#include <glib.h>
#include <stdint.h>
#include <string.h>
#include "units.h"

#define DECIMAL_ROOM 32 /* bytes that any of the functions below may touch */

#define DECIMAL_HUNDRED_MILLIONS 100000000u

/* The eight digits of a number below 10^8 as eight bytes, the first in the lowest byte. Halved three times, every part at
 * once, so that no digit waits for another: into 4 and 4 digits, into pairs, into single digits. Multiplying and shifting
 * divides: exact for numbers this small. W2 with every writer: 720 of 7,507 instructions a packet-hop. */
static inline uint64_t decimal_eight_digits(uint32_t number)
{
        uint64_t fours = number / 10000 | (uint64_t)(number % 10000) << 32;
        uint64_t hundreds = (fours * 10486 >> 20) & 0x7f0000007f;
        uint64_t pairs = hundreds | (fours - 100 * hundreds) << 16;
        uint64_t tens = (pairs * 103 >> 10) & 0x000f000f000f000f;
        return tens | (pairs - 10 * tens) << 8;
}

#define DECIMAL_EIGHT_ZEROS 0x3030303030303030

static inline char *decimal_put_bytes(char *at, uint64_t bytes)
{
        bytes = GUINT64_TO_LE(bytes);
        memcpy(at, &bytes, sizeof bytes);
        return at + sizeof bytes;
}

/* Below 10^8, with its zeros in front. */
static inline char *decimal_put_eight(char *at, uint32_t number)
{
        return decimal_put_bytes(at, decimal_eight_digits(number) | DECIMAL_EIGHT_ZEROS);
}

/* From 10 on. Not inline: many numbers are made in one function of a writer. */
char *decimal_put_long(char *at, uint64_t number);

/* The end of what was written, as all of these. */
static inline char *decimal_put_unsigned(char *at, uint64_t number)
{
        if (number >= 10)
                return decimal_put_long(at, number);
        *at = (char)('0' + number);
        return at + 1;
}

/* The sign; the magnitude, of INT64_MIN too, is the rest. */
static inline char *decimal_put_sign(char *at, int64_t number, uint64_t *magnitude)
{
        *magnitude = number < 0 ? -(uint64_t)number : (uint64_t)number;
        *at = '-';
        return at + (number < 0);
}

static inline char *decimal_put_signed(char *at, int64_t number)
{
        uint64_t magnitude;
        at = decimal_put_sign(at, number, &magnitude);
        return decimal_put_unsigned(at, magnitude);
}

/* Seconds with nine digits behind the point: 1.234567890. */
static inline char *decimal_put_seconds(char *at, duration_ns duration)
{
        uint64_t magnitude;
        at = decimal_put_sign(at, duration, &magnitude);
        at = decimal_put_unsigned(at, magnitude / SECOND);
        uint32_t fraction = (uint32_t)(magnitude % SECOND);
        *at++ = '.';
        *at++ = (char)('0' + fraction / DECIMAL_HUNDRED_MILLIONS);
        return decimal_put_eight(at, fraction % DECIMAL_HUNDRED_MILLIONS);
}

/* The same of nanoseconds that have been written, at least 0: `size` digits, none: nothing. They are moved, not made again,
 * in whole words: what is copied too much the next value covers. */
static inline char *decimal_put_point(char *at, const char *digits, size_t size)
{
        if (size > 9) {
                char whole[16]; /* seconds have eleven digits at most; where they come from may reach to where they go */
                memcpy(whole, digits, sizeof whole);
                memcpy(at, whole, sizeof whole);
                at += size - 9;
                *at = '.';
                memcpy(at + 1, digits + size - 9, 9);
                return at + 10;
        }
        if (size == 0)
                return at;
        memcpy(at, "0.000000000", 11);
        memcpy(at + 11 - size, digits, 9);
        return at + 11;
}

/* The same, at the end of a string. */
void decimal_append_unsigned(GString *text, uint64_t number);
void decimal_append_signed(GString *text, int64_t number);
void decimal_append_seconds(GString *text, duration_ns duration);

#endif
