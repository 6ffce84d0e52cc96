/*
 * Fields of an event: where each is found, what its number means and when it applies, as rows of a table.
 *
 * The writers of NDJSON and CSV differ in how they print values and in which fields they pick; both pick from
 * here, and read with event_value.h.
 */
#ifndef INORDER_EVENT_FIELD_H
#define INORDER_EVENT_FIELD_H

#include "trace/trace.h"

/* How a member is stored; found by the compiler. */
enum event_store {
        STORE_BOOL,
        STORE_U16,
        STORE_U32,
        STORE_U64,
        STORE_I32,
        STORE_I64,
        STORE_TEXT,
        STORE_PACKET_ID,
        STORE_NAME
};

/* What `offset` counts in. */
enum event_base { BASE_EVENT, BASE_PACKET, BASE_ROW, EVENT_BASES };

enum event_meaning {
        /* A number. */
        EVENT_NUMBER,
        EVENT_NONZERO,      /* 0: none */
        EVENT_ABOVE_ONE,    /* 0 and 1: none */
        EVENT_NOT_NEGATIVE, /* negative: unknown */
        EVENT_NOT_MAXIMUM,  /* UINT32_MAX: none */
        EVENT_TRUTH,
        EVENT_TIME,         /* nanoseconds; TIME_NEVER: none */
        EVENT_SECONDS,      /* the same, to be printed as seconds */

        /* Text, and this is the first of them. */
        EVENT_TEXT,
        EVENT_OWNER_LABEL,  /* "core → right"; UINT32_MAX: "-" */
        EVENT_PACKET_ID,    /* "www#35": the 35th packet that www sent */
        EVENT_FLAGS,        /* "SYN+ACK" */
        EVENT_PROTOCOL,     /* "tcp" */
        EVENT_NOTE,         /* "segment-held" */
        EVENT_WORD,         /* of a table's own, with its size */

        /* Text made of several members. */
        EVENT_TRANSFER_NAME, /* of event_transfer() */
        EVENT_CAUSE,         /* "packet", "deadline", "call" */
        EVENT_CAUSE_BUT_PACKET, /* the same where another field names the packet */
        EVENT_SACK_RANGES,   /* relative sequence numbers */
        EVENT_LINK_NAME,     /* of a link direction: "core" … */
        EVENT_LINK_NEAR_END, /* … "isp" … */
        EVENT_LINK_FAR_END,  /* … "www" */
};

/* What has to be so for a field to apply; facts of an event, found once for all its fields. */
enum event_fact {
        EVENT_HAS_PACKET = 1 << 0,
        EVENT_IS_TCP = 1 << 1, /* has a packet, as the next three */
        EVENT_HAS_ACK = 1 << 2, /* TCP with the ACK flag */
        EVENT_HAS_PORTS = 1 << 3,
        EVENT_HAS_TIMESTAMPS = 1 << 4,
        EVENT_HAS_RTT_SAMPLE = 1 << 5,
};

enum event_value_kind {
        EVENT_VALUE_NONE, /* a number that is not known or does not apply */
        EVENT_VALUE_SIGNED,
        EVENT_VALUE_UNSIGNED,
        EVENT_VALUE_BOOL,
        EVENT_VALUE_SECONDS, /* `integer` nanoseconds, to be printed as seconds */
        EVENT_VALUE_NO_TEXT,
        EVENT_VALUE_TEXT,
        EVENT_VALUE_NAME,
        EVENT_VALUE_PACKET, /* its maker's name and its number */
        EVENT_VALUE_FLAGS,  /* `natural`, at least one */
        EVENT_VALUE_RANGES, /* event_sack_blocks() of `packet`, at least one */
};

#define EVENT_KEY_SIZE_MAX 24

struct event_field {
        const char *name;
        char key[EVENT_KEY_SIZE_MAX]; /* as a member of a JSON object has it, and the comma before it */
        uint8_t key_size;
        uint8_t needs; /* event_fact: all of them, else the value is none */
        enum event_meaning meaning;
        enum event_store store;
        enum event_value_kind known_as; /* of a number, when it is known */
        enum event_base base;
        size_t offset;
};

#define EVENT_STORE_OF(type, member)                                                                         \
        _Generic(((type *)0)->member,                                                                        \
                bool: STORE_BOOL,                                                                            \
                uint16_t: STORE_U16,                                                                         \
                uint32_t: STORE_U32,                                                                         \
                uint64_t: STORE_U64,                                                                         \
                int32_t: STORE_I32,                                                                          \
                int64_t: STORE_I64,                                                                          \
                const struct trace_name *: STORE_NAME,                                                       \
                const char *: STORE_TEXT,                                                                    \
                struct trace_packet_id: STORE_PACKET_ID)

#define EVENT_FIELD_NAMED(literal) .name = literal, .key = ",\"" literal "\":", .key_size = sizeof literal + 3
#define EVENT_NEVER_NEGATIVE(means, stored)                                                                  \
        ((means) == EVENT_TIME || (means) == EVENT_NOT_NEGATIVE || (stored) == STORE_U16 ||                  \
                (stored) == STORE_U32 || (stored) == STORE_U64)
#define EVENT_NUMBER_KIND(means, stored)                                                                     \
        ((means) == EVENT_TRUTH                    ? EVENT_VALUE_BOOL                                        \
         : (means) == EVENT_SECONDS                ? EVENT_VALUE_SECONDS                                     \
         : EVENT_NEVER_NEGATIVE(means, stored)     ? EVENT_VALUE_UNSIGNED                                    \
                                                   : EVENT_VALUE_SIGNED)
#define EVENT_FIELD_AT(type, member, means)                                                                  \
        .store = EVENT_STORE_OF(type, member), .offset = offsetof(type, member), .meaning = means,           \
        .known_as = EVENT_NUMBER_KIND(means, EVENT_STORE_OF(type, member))

/* Rows: the field's name, the member it is taken from, its meaning, what it needs. */
#define EVENT_FIELD_WHEN(name, member, means, facts)                                                         \
        {                                                                                                    \
                EVENT_FIELD_NAMED(name), EVENT_FIELD_AT(struct trace_event, member, means),                  \
                        .base = BASE_EVENT, .needs = facts                                                   \
        }
#define EVENT_FIELD(name, member, meaning) EVENT_FIELD_WHEN(name, member, meaning, 0)
#define PACKET_FIELD_WHEN(name, member, means, facts)                                                        \
        {                                                                                                    \
                EVENT_FIELD_NAMED(name), EVENT_FIELD_AT(struct trace_packet, member, means),                 \
                        .base = BASE_PACKET, .needs = EVENT_HAS_PACKET | (facts)                             \
        }
#define PACKET_FIELD(name, member, meaning) PACKET_FIELD_WHEN(name, member, meaning, 0)
#define ROW_FIELD(type, name, member, means)                                                                 \
        {                                                                                                    \
                EVENT_FIELD_NAMED(name), EVENT_FIELD_AT(type, member, means), .base = BASE_ROW               \
        }
/* Of several members. */
#define MADE_FIELD(name, means)                                                                              \
        {                                                                                                    \
                EVENT_FIELD_NAMED(name), .base = BASE_EVENT, .meaning = means                                \
        }

#define EVENT_FLAG_PSH 0x008
#define EVENT_FLAG_ACK 0x010

static inline bool event_is_tcp(const struct trace_event *event)
{
        return event->packet && event->packet->protocol == TRACE_TCP;
}

static inline bool event_has_ack(const struct trace_event *event)
{
        return event_is_tcp(event) && (event->packet->flags & EVENT_FLAG_ACK);
}

/* The event's own transfer, else its packet's; 0: none. */
static inline uint32_t event_transfer(const struct trace_event *event)
{
        return event->transfer == 0 && event->packet ? event->packet->transfer : event->transfer;
}

struct event_range {
        int64_t first;
        int64_t end; /* one past the last */
};
/* The packet's SACK blocks as relative sequence numbers; how many. */
unsigned event_sack_blocks(const struct trace_packet *packet, struct event_range blocks[TRACE_SACK_BLOCKS_MAX]);

#endif
