/*
 * The members of a line, made after tables of fields.
 *
 * Inline, and unrolled where a table is known, as csv_row.h is, which has the figures.
 */
#ifndef INORDER_NDJSON_LINE_H
#define INORDER_NDJSON_LINE_H

#include "trace/decimal.h"
#include "trace/event_value.h"
#include "trace/trace_file.h"

#include <string.h>

/* Where lines go. */
struct ndjson_out {
        struct trace_file file;
        GString *scratch; /* for text that has to be escaped */
};

/* For all the members of a line, when their texts are short. */
#define NDJSON_LINE_ROOM  4096
#define NDJSON_FIELDS_MAX 64

/* Whoever writes more makes the same room behind it. */
char *ndjson_put_text(struct ndjson_out *out, char *at, const char *text);
char *ndjson_put_flags(char *at, uint64_t flags);
char *ndjson_put_ranges(char *at, const struct trace_packet *packet);

static inline char *ndjson_put_name(struct ndjson_out *out, char *at, const struct trace_name *name)
{
        if (!name->is_short)
                return ndjson_put_text(out, at, name->text);
        *at = '"';
        memcpy(at + 1, name->start, TRACE_NAME_START);
        at += 1 + name->size;
        *at = '"';
        return at + 1;
}

/* Its number before the closing quote, which goes back to its place. */
static inline char *ndjson_put_packet(
        struct ndjson_out *out, char *at, const struct trace_name *maker, uint32_t number)
{
        at = ndjson_put_name(out, at, maker) - 1;
        *at = '#';
        at = decimal_put_unsigned(at + 1, number);
        *at = '"';
        return at + 1;
}

static inline bool ndjson_is_left_out(const struct event_value *value)
{
        return value->kind == EVENT_VALUE_NONE || value->kind == EVENT_VALUE_NO_TEXT ||
               (value->kind == EVENT_VALUE_BOOL && value->integer == 0);
}

static G_ALWAYS_INLINE inline char *ndjson_put_value(struct ndjson_out *out, char *at, const struct event_value *value)
{
        switch (value->kind) {
        case EVENT_VALUE_NONE:
        case EVENT_VALUE_NO_TEXT:
                return at;
        case EVENT_VALUE_SIGNED:
                return decimal_put_signed(at, value->integer);
        case EVENT_VALUE_UNSIGNED:
                return decimal_put_unsigned(at, value->natural);
        case EVENT_VALUE_SECONDS:
                return decimal_put_seconds(at, value->integer);
        case EVENT_VALUE_BOOL:
                memcpy(at, "true", 4);
                return at + 4;
        case EVENT_VALUE_TEXT:
                return ndjson_put_text(out, at, value->text);
        case EVENT_VALUE_NAME:
                return ndjson_put_name(out, at, value->name);
        case EVENT_VALUE_PACKET:
                return ndjson_put_packet(out, at, value->name, value->number);
        case EVENT_VALUE_FLAGS:
                return ndjson_put_flags(at, value->natural);
        case EVENT_VALUE_RANGES:
                return ndjson_put_ranges(at, value->packet);
        }
        return at;
}

static G_ALWAYS_INLINE inline char *ndjson_put_fields(struct ndjson_out *out, char *at,
        const struct event_field *fields, unsigned count, const struct event_reading *reading)
{
#pragma GCC unroll 64 /* NDJSON_FIELDS_MAX */
        for (unsigned i = 0; i < count; i++) {
                struct event_value value = { 0 };
                event_value_read(&value, &fields[i], reading);
                if (ndjson_is_left_out(&value))
                        continue;
                memcpy(at, fields[i].key, sizeof fields[i].key);
                at = ndjson_put_value(out, at + fields[i].key_size, &value);
        }
        return at;
}

#endif
