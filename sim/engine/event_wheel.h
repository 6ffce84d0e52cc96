/*
 * Where events wait that are far off: a hierarchical timing wheel (Varghese and Lauck, "Hashed and hierarchical
 * timing wheels", SOSP 1987). It knows no order but that of its slots: who takes a slot sorts what is in it.
 *
 * For event_queue.c alone.
 */
#ifndef INORDER_EVENT_WHEEL_H
#define INORDER_EVENT_WHEEL_H

#include "engine/event_queue.h"

#define WHEEL_SLOT_BITS  10 /* the finest slots are 1024 ns wide */
#define WHEEL_DIGIT_BITS 8  /* each level has 256 slots */
#define WHEEL_SLOTS      (1 << WHEEL_DIGIT_BITS)
#define WHEEL_LEVELS     7 /* 10 + 7 * 8 bits: more than there are nanoseconds */
#define WHEEL_WORDS      (WHEEL_SLOTS / 64)

struct event_wheel {
        uint64_t base; /* the slot of the finest level that was taken last: nothing before its end is here */
        uint64_t used[WHEEL_LEVELS][WHEEL_WORDS]; /* a bit for each slot that may have events … */
        uint32_t used_words[WHEEL_LEVELS];        /* … for each word of those that is not 0 … */
        uint32_t used_levels;                     /* … and for each of these */
        struct event *slots[WHEEL_LEVELS][WHEEL_SLOTS];
};

/* Whether an event of that time is near: no slot of the wheel is for it. */
static inline bool event_wheel_is_near(const struct event_wheel *wheel, time_ns time)
{
        return (uint64_t)time >> WHEEL_SLOT_BITS <= wheel->base;
}

/* It is empty: what is added from now on is at `now` or later. */
static inline void event_wheel_restart(struct event_wheel *wheel, time_ns now)
{
        wheel->base = (uint64_t)now >> WHEEL_SLOT_BITS;
}

/* Add an event that is not near. Returns when its slot begins. */
time_ns event_wheel_add(struct event_wheel *wheel, struct event *event);
void event_wheel_remove(struct event *event);

/* Take the events of the first slot that may have any, linked by `next`; NULL: it had none, or they went to lower
 * levels' slots. */
struct event *event_wheel_take(struct event_wheel *wheel);
/* Before this nothing is here. TIME_NEVER: the wheel is empty. */
time_ns event_wheel_first(const struct event_wheel *wheel);
/* `events` stand where they belong, none before `begins`. */
void event_wheel_check(const struct event_wheel *wheel, uint32_t events, time_ns begins);

#endif
