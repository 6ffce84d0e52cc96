/*
 * Sequence numbers: points on a circle of 2^32. RFC 9293 section 3.4.
 *
 * A struct, so that `<` does not compile: on a circle there is only before and after, and only within half of
 * it.
 */
#ifndef INORDER_SEQNUM_H
#define INORDER_SEQNUM_H

#include <stdbool.h>
#include <stdint.h>

struct seqnum {
        uint32_t value;
};

static inline struct seqnum seq_of(uint32_t value)
{
        return (struct seqnum){ value };
}

static inline struct seqnum seq_add(struct seqnum from, uint32_t bytes)
{
        return seq_of(from.value + bytes);
}

static inline struct seqnum seq_sub(struct seqnum from, uint32_t bytes)
{
        return seq_of(from.value - bytes);
}

/* How far `to` lies after `from`: negative when it lies before. */
static inline int32_t seq_diff(struct seqnum to, struct seqnum from)
{
        return (int32_t)(to.value - from.value);
}

static inline bool seq_equal(struct seqnum a, struct seqnum b)
{
        return a.value == b.value;
}

static inline bool seq_before(struct seqnum a, struct seqnum b)
{
        return seq_diff(a, b) < 0;
}

static inline bool seq_after(struct seqnum a, struct seqnum b)
{
        return seq_diff(a, b) > 0;
}

static inline bool seq_before_or_at(struct seqnum a, struct seqnum b)
{
        return seq_diff(a, b) <= 0;
}

static inline bool seq_after_or_at(struct seqnum a, struct seqnum b)
{
        return seq_diff(a, b) >= 0;
}

/* first <= point < first + size */
static inline bool seq_in_window(struct seqnum point, struct seqnum first, uint32_t size)
{
        return point.value - first.value < size;
}

static inline struct seqnum seq_later_of(struct seqnum a, struct seqnum b)
{
        return seq_after(a, b) ? a : b;
}

static inline struct seqnum seq_earlier_of(struct seqnum a, struct seqnum b)
{
        return seq_before(a, b) ? a : b;
}

#endif
