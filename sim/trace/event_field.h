/*
 * Fields of an event: where each is found and what its number means, as rows of a table.
 *
 * The writers of NDJSON and CSV differ in how they print values and in which fields they pick; both pick from
 * here.
 */
#ifndef INORDER_EVENT_FIELD_H
#define INORDER_EVENT_FIELD_H

#include "trace/trace.h"

enum event_value_kind {
        EVENT_VALUE_NONE, /* a number that is not known or does not apply */
        EVENT_VALUE_SIGNED,
        EVENT_VALUE_UNSIGNED,
        EVENT_VALUE_BOOL,
        EVENT_VALUE_SECONDS, /* `integer` nanoseconds, to be printed as seconds */
        EVENT_VALUE_TEXT,    /* "-": none */
        EVENT_VALUE_RANGES,  /* none: count 0 */
};

struct event_range {
        int64_t first;
        int64_t end; /* one past the last */
};

struct event_value {
        enum event_value_kind kind;
        union {
                int64_t integer;
                uint64_t natural;
                bool truth;
                const char *text; /* valid until the next value is read */
                struct {
                        unsigned count;
                        struct event_range items[TRACE_SACK_BLOCKS_MAX];
                } ranges;
        };
};

/* An event being read, and what a table gathered for this row. `scratch` keeps the text of values that have to be
 * made. */
struct event_reading {
        const Trace *trace;
        const struct trace_event *event;
        const void *row; /* of the table's own type; NULL: the event is all there is */
        GString *scratch;
};

/* How a member is stored; found by the compiler. */
enum event_store {
        STORE_BOOL,
        STORE_U16,
        STORE_U32,
        STORE_U64,
        STORE_I32,
        STORE_I64,
        STORE_TEXT,
        STORE_PACKET_ID
};

/* What `offset` counts in. */
enum event_base { BASE_EVENT, BASE_PACKET, BASE_ROW };

struct event_field {
        const char *name;
        /* What the stored member means: one of the functions below. */
        void (*read)(const struct event_field *field, const struct event_reading *reading,
                struct event_value *value);
        bool (*applies)(const struct trace_event *event); /* NULL: always. Else the value is none */
        enum event_store store;
        enum event_base base;
        size_t offset;
};

#define EVENT_STORE_OF(type, member)                                                                         \
        _Generic(((type *)0)->member,                                                                       \
                bool: STORE_BOOL,                                                                           \
                uint16_t: STORE_U16,                                                                        \
                uint32_t: STORE_U32,                                                                        \
                uint64_t: STORE_U64,                                                                        \
                int32_t: STORE_I32,                                                                         \
                int64_t: STORE_I64,                                                                         \
                const char *: STORE_TEXT,                                                                   \
                struct trace_packet_id: STORE_PACKET_ID)

/* Rows: the field's name, the member it is taken from, its meaning, when it applies. */
#define EVENT_FIELD_WHEN(name, member, meaning, when)                                                        \
        {                                                                                                    \
                name, meaning, when, EVENT_STORE_OF(struct trace_event, member), BASE_EVENT,                      \
                        offsetof(struct trace_event, member)                                                 \
        }
#define EVENT_FIELD(name, member, meaning) EVENT_FIELD_WHEN(name, member, meaning, NULL)
#define PACKET_FIELD_WHEN(name, member, meaning, when)                                                       \
        {                                                                                                    \
                name, meaning, when, EVENT_STORE_OF(struct trace_packet, member), BASE_PACKET,                      \
                        offsetof(struct trace_packet, member)                                                \
        }
#define PACKET_FIELD(name, member, meaning) PACKET_FIELD_WHEN(name, member, meaning, NULL)
#define ROW_FIELD(type, name, member, meaning)                                                               \
        {                                                                                                    \
                name, meaning, NULL, EVENT_STORE_OF(type, member), BASE_ROW, offsetof(type, member)          \
        }
/* Made of several members by a function of its own. */
#define MADE_FIELD(name, maker)                                                                              \
        {                                                                                                    \
                name, maker, NULL, STORE_TEXT, BASE_EVENT, 0                                                      \
        }

/* A field of a packet has no value in an event without one. */
void event_field_read(
        const struct event_field *field, const struct event_reading *reading, struct event_value *value);

/* Meanings of one member. */
#define EVENT_MEANING(name)                                                                                  \
        void name(const struct event_field *field, const struct event_reading *reading,                      \
                struct event_value *value)
EVENT_MEANING(event_number);
EVENT_MEANING(event_nonzero);      /* 0: none */
EVENT_MEANING(event_not_negative); /* negative: unknown */
EVENT_MEANING(event_not_maximum);  /* UINT32_MAX: none */
EVENT_MEANING(event_truth);
EVENT_MEANING(event_time);    /* nanoseconds; TIME_NEVER: none */
EVENT_MEANING(event_seconds); /* the same, to be printed as seconds */
EVENT_MEANING(event_text);
EVENT_MEANING(event_owner_label); /* "core → right"; UINT32_MAX: "-" */
EVENT_MEANING(event_packet_id);   /* "www#35": the 35th packet that www sent */
EVENT_MEANING(event_flags);       /* "SYN+ACK" */

/* Meanings of several. */
EVENT_MEANING(event_transfer_name); /* of event_transfer() */
EVENT_MEANING(event_cause);         /* "packet", "deadline", "call" */
EVENT_MEANING(event_sack_ranges);   /* relative sequence numbers */
EVENT_MEANING(event_link_name);     /* of a link direction: "core" … */
EVENT_MEANING(event_link_near_end); /* … "isp" … */
EVENT_MEANING(event_link_far_end);  /* … "www" */

/* When fields apply. */
bool event_is_tcp(const struct trace_event *event);
bool event_has_ack(const struct trace_event *event); /* TCP with the ACK flag */
bool event_has_ports(const struct trace_event *event);
bool event_has_timestamps(const struct trace_event *event);
bool event_has_rtt_sample(const struct trace_event *event);

/* The event's own transfer, else its packet's; 0: none. */
uint32_t event_transfer(const struct trace_event *event);
/* The packet's SACK blocks as relative sequence numbers; how many. */
unsigned event_sack_blocks(const struct trace_packet *packet, struct event_range blocks[TRACE_SACK_BLOCKS_MAX]);

#endif
