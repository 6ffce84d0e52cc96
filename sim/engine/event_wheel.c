/*
 * A time is read as digits of 8 bits, in units of the finest slot. An event stands at the level of the
 * highest digit in which its time differs from the base, in the slot of that digit. So the first event is in
 * the first slot of the lowest level that has any, and taking a slot of a higher level only spreads its
 * events over lower ones.
 */
#include "engine/event_wheel.h"

#define WORD_BITS 64

static unsigned shift_of(unsigned level)
{
        return level * WHEEL_DIGIT_BITS;
}

static unsigned digit_of(uint64_t slot, unsigned level)
{
        return slot >> shift_of(level) & (WHEEL_SLOTS - 1);
}

static unsigned level_of(const struct event_wheel *wheel, uint64_t slot)
{
        unsigned highest_bit = WORD_BITS - 1 - (unsigned)__builtin_clzll(slot ^ wheel->base);
        return highest_bit / WHEEL_DIGIT_BITS;
}

static void mark_used(struct event_wheel *wheel, unsigned level, unsigned digit)
{
        wheel->used[level][digit / WORD_BITS] |= (uint64_t)1 << digit % WORD_BITS;
        wheel->used_words[level] |= 1u << digit / WORD_BITS;
        wheel->used_levels |= 1u << level;
}

static void mark_empty(struct event_wheel *wheel, unsigned level, unsigned digit)
{
        wheel->used[level][digit / WORD_BITS] &= ~((uint64_t)1 << digit % WORD_BITS);
        if (wheel->used[level][digit / WORD_BITS] != 0)
                return;
        wheel->used_words[level] &= ~(1u << digit / WORD_BITS);
        if (wheel->used_words[level] == 0)
                wheel->used_levels &= ~(1u << level);
}

/* The first slot that may have events. False: none. */
static inline bool find_first(const struct event_wheel *wheel, unsigned *level, unsigned *digit)
{
        if (wheel->used_levels == 0)
                return false;
        *level = (unsigned)__builtin_ctz(wheel->used_levels);
        unsigned word = (unsigned)__builtin_ctz(wheel->used_words[*level]);
        *digit = word * WORD_BITS + (unsigned)__builtin_ctzll(wheel->used[*level][word]);
        return true;
}

/* Where the slot begins, in units of the finest. */
static uint64_t slot_begin(const struct event_wheel *wheel, unsigned level, unsigned digit)
{
        uint64_t above = wheel->base >> shift_of(level) >> WHEEL_DIGIT_BITS;
        return (above << WHEEL_DIGIT_BITS | digit) << shift_of(level);
}

static void link_event(struct event **head, struct event *event)
{
        event->next = *head;
        if (event->next != NULL)
                event->next->link = &event->next;
        event->link = head;
        *head = event;
}

time_ns event_wheel_add(struct event_wheel *wheel, struct event *event)
{
        uint64_t slot = (uint64_t)event->rank.time >> WHEEL_SLOT_BITS;
        unsigned level = level_of(wheel, slot);
        unsigned digit = digit_of(slot, level);
        link_event(&wheel->slots[level][digit], event);
        mark_used(wheel, level, digit);
        return (time_ns)(slot >> shift_of(level) << shift_of(level) << WHEEL_SLOT_BITS);
}

/* Its slot keeps its bit, even if it is empty now. */
void event_wheel_remove(struct event *event)
{
        *event->link = event->next;
        if (event->next != NULL)
                event->next->link = event->link;
}

static struct event *empty_slot(struct event_wheel *wheel, unsigned level, unsigned digit)
{
        struct event *events = wheel->slots[level][digit];
        wheel->slots[level][digit] = NULL;
        mark_empty(wheel, level, digit);
        return events;
}

/* The events of a higher level's slot go to lower ones; those that are near are returned: all of the lowest.
 */
static struct event *spread(struct event_wheel *wheel, unsigned level, struct event *events)
{
        struct event *near = NULL;
        if (level == 0)
                return events;
        while (events != NULL) {
                struct event *event = events;
                events = event->next;
                if (event_wheel_is_near(wheel, event->rank.time)) {
                        event->next = near;
                        near = event;
                } else {
                        event_wheel_add(wheel, event);
                }
        }
        return near;
}

struct event *event_wheel_take(struct event_wheel *wheel)
{
        unsigned level, digit;
        if (!find_first(wheel, &level, &digit))
                return NULL;
        struct event *events = empty_slot(wheel, level, digit);
        if (events == NULL)
                return NULL;
        wheel->base = slot_begin(wheel, level, digit);
        return spread(wheel, level, events);
}

time_ns event_wheel_first(const struct event_wheel *wheel)
{
        unsigned level, digit;
        if (!find_first(wheel, &level, &digit))
                return TIME_NEVER;
        return (time_ns)(slot_begin(wheel, level, digit) << WHEEL_SLOT_BITS);
}

static uint32_t check_slot(const struct event_wheel *wheel, unsigned level, unsigned digit, time_ns begins)
{
        uint32_t events = 0;
        for (const struct event *event = wheel->slots[level][digit]; event != NULL; event = event->next) {
                uint64_t slot = (uint64_t)event->rank.time >> WHEEL_SLOT_BITS;
                g_assert(!event_wheel_is_near(wheel, event->rank.time) && event->rank.time >= begins);
                g_assert(level_of(wheel, slot) == level && digit_of(slot, level) == digit);
                events++;
        }
        if (events > 0)
                g_assert(wheel->used[level][digit / WORD_BITS] >> digit % WORD_BITS & 1);
        return events;
}

void event_wheel_check(const struct event_wheel *wheel, uint32_t events, time_ns begins)
{
        uint32_t found = 0;
        for (unsigned level = 0; level < WHEEL_LEVELS; level++)
                for (unsigned digit = 0; digit < WHEEL_SLOTS; digit++)
                        found += check_slot(wheel, level, digit, begins);
        g_assert(found == events);
}
