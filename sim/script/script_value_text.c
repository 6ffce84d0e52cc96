/*
 * Arguments of calls as text: numbers, names, strings, lists and structures, and the structures' known
 * members.
 */
#include "script/script_text.h"

#include <string.h>

#define DEPTH_MAX 32 /* of lists in lists */

static struct script_value *read_value(struct reader *reader, unsigned depth);

/* ---- Values in memory ---- */

static void field_free(struct script_field *field)
{
        g_free(field->name);
        script_value_free(field->argument);
        script_value_free(field->value);
        g_free(field);
}

void script_value_free(struct script_value *value)
{
        if (value == NULL)
                return;
        g_free(value->text);
        g_clear_pointer(&value->items, g_ptr_array_unref);
        g_clear_pointer(&value->fields, g_ptr_array_unref);
        g_free(value);
}

GPtrArray *script_values_new(void)
{
        return g_ptr_array_new_with_free_func((GDestroyNotify)script_value_free);
}

static struct script_value *value_new(const struct reader *reader, enum script_value_kind kind)
{
        struct script_value *value = g_new0(struct script_value, 1);
        value->kind = kind;
        value->place = reader->now.place;
        return value;
}

/* ---- What is for kernels only ---- */

static const char *const refused_names[] = { "MSG_ZEROCOPY", "SO_ZEROCOPY", "TCP_ZEROCOPY_RECEIVE",
        "SO_EE_ORIGIN_ZEROCOPY", "SO_EE_CODE_ZEROCOPY_COPIED", "TCP_MD5SIG", "TCP_MD5SIG_EXT",
        "SPLICE_F_MOVE", "SPLICE_F_NONBLOCK", "SPLICE_F_MORE", "SPLICE_F_GIFT", NULL };

static bool is_refused(const char *name)
{
        return g_strv_contains(refused_names, name);
}

/* ---- Simple values ---- */

static void take_text(struct reader *reader, struct script_value *value)
{
        value->text = g_steal_pointer(&reader->now.text);
        value->size = reader->now.size;
        reader_advance(reader);
}

static struct script_value *read_integer(struct reader *reader)
{
        if (reader->now.is_too_large) {
                reader_complain(reader, "the number %s does not fit in 64 bits", reader->now.text);
                return NULL;
        }
        struct script_value *value = value_new(reader, SCRIPT_VALUE_INTEGER);
        value->integer = reader->now.integer;
        reader_advance(reader);
        return value;
}

/* Adjacent strings are one. */
static struct script_value *read_string(struct reader *reader)
{
        struct script_value *value = value_new(reader, SCRIPT_VALUE_STRING);
        GString *text = g_string_new(NULL);
        for (; reader->now.kind == TOKEN_STRING; reader_advance(reader))
                g_string_append_len(text, reader->now.text, (gssize)reader->now.size);
        value->size = text->len;
        value->text = g_string_free(text, FALSE);
        return value;
}

static bool read_values(struct reader *reader, char close, GPtrArray *values, unsigned depth)
{
        if (reader_take(reader, close))
                return true;
        do {
                struct script_value *value = read_value(reader, depth);
                if (value == NULL)
                        return false;
                g_ptr_array_add(values, value);
        } while (reader_take(reader, ','));
        return reader_expect(reader, close, "or ',' after a value");
}

/* SOL_TCP, or htons(8080). */
static struct script_value *read_word(struct reader *reader, unsigned depth)
{
        if (is_refused(reader->now.text)) {
                reader_refuse(reader, reader->now.place, reader->now.text);
                return NULL;
        }
        g_autoptr(ScriptValue) value = value_new(reader, SCRIPT_VALUE_WORD);
        take_text(reader, value);
        if (reader_take(reader, '(')) {
                value->kind = SCRIPT_VALUE_CALL;
                value->items = script_values_new();
                if (!read_values(reader, ')', value->items, depth + 1))
                        return NULL;
        }
        return g_steal_pointer(&value);
}

static struct script_value *read_list(struct reader *reader, unsigned depth)
{
        g_autoptr(ScriptValue) value = value_new(reader, SCRIPT_VALUE_LIST);
        value->items = script_values_new();
        reader_advance(reader);
        return read_values(reader, ']', value->items, depth + 1) ? g_steal_pointer(&value) : NULL;
}

/* ---- Structures ---- */

static const char *const member_names[] = { "sa_family", "sin_port", "sin_addr", "sin6_port",
        "sin6_addr",                                                         /* sockaddr */
        "msg_name", "msg_iov", "msg_flags", "msg_control",                   /* msghdr */
        "cmsg_level", "cmsg_type", "cmsg_data",                              /* cmsghdr */
        "fd", "events", "revents", "ptr", "u32", "u64",                      /* pollfd, epoll_event */
        "onoff", "linger",                                                   /* linger */
        "tv_sec", "tv_usec",                                                 /* timeval, an extension */
        "ee_errno", "ee_origin", "ee_type", "ee_code", "ee_info", "ee_data", /* sock_extended_err */
        "scm_sec", "scm_nsec",                                               /* scm_timestamping */
        NULL };

/* `value` was read, and '=' follows: it was a member's name. */
static bool name_field(struct reader *reader, struct script_field *field, struct script_value *value)
{
        g_autoptr(ScriptValue) name = value;
        bool has_argument = name->kind == SCRIPT_VALUE_CALL && name->items->len == 1;
        if (name->kind != SCRIPT_VALUE_WORD && !has_argument)
                return reader_complain_at(reader, name->place, "expected a member's name before '='");
        if (!g_strv_contains(member_names, name->text)) {
                g_autofree char *known = g_strjoinv(" ", (char **)member_names);
                return reader_complain_at(reader, name->place,
                        "no structure has a member '%s'; known are: %s", name->text, known);
        }
        if (has_argument)
                field->argument = g_ptr_array_steal_index(name->items, 0);
        field->name = g_steal_pointer(&name->text);
        return true;
}

static bool read_field(struct reader *reader, GPtrArray *fields, unsigned depth)
{
        struct script_field *field = g_new0(struct script_field, 1);
        g_ptr_array_add(fields, field);
        field->value = read_value(reader, depth);
        if (field->value == NULL)
                return false;
        if (!reader_is(reader, '='))
                return true;
        if (!name_field(reader, field, g_steal_pointer(&field->value)))
                return false;
        reader_advance(reader);
        field->value = read_value(reader, depth);
        return field->value != NULL;
}

static struct script_value *read_struct(struct reader *reader, unsigned depth)
{
        g_autoptr(ScriptValue) value = value_new(reader, SCRIPT_VALUE_STRUCT);
        value->fields = g_ptr_array_new_with_free_func((GDestroyNotify)field_free);
        reader_advance(reader);
        do {
                if (!read_field(reader, value->fields, depth + 1))
                        return NULL;
        } while (reader_take(reader, ','));
        return reader_expect(reader, '}', "or ',' after a member") ? g_steal_pointer(&value) : NULL;
}

/* ---- Any value ---- */

static struct script_value *read_primary(struct reader *reader, unsigned depth)
{
        switch (reader->now.kind) {
        case TOKEN_ELLIPSIS: {
                struct script_value *value = value_new(reader, SCRIPT_VALUE_ELLIPSIS);
                reader_advance(reader);
                return value;
        }
        case TOKEN_INTEGER:
        case TOKEN_HEX:
                return read_integer(reader);
        case TOKEN_STRING:
                return read_string(reader);
        case TOKEN_WORD:
                return read_word(reader, depth);
        default:
                break;
        }
        if (reader_is(reader, '['))
                return read_list(reader, depth);
        if (reader_is(reader, '{'))
                return read_struct(reader, depth);
        reader_expected(reader, "a value: a number, a NAME, a string, ..., [list] or {structure}");
        return NULL;
}

/* A|B|C; `first` was read. */
static struct script_value *read_alternatives(
        struct reader *reader, struct script_value *first, unsigned depth)
{
        g_autoptr(ScriptValue) value = value_new(reader, SCRIPT_VALUE_OR);
        value->place = first->place;
        value->items = script_values_new();
        g_ptr_array_add(value->items, first);
        while (reader_take(reader, '|')) {
                struct script_value *next = read_primary(reader, depth);
                if (next == NULL)
                        return NULL;
                g_ptr_array_add(value->items, next);
        }
        for (unsigned i = 0; i < value->items->len; i++) {
                const struct script_value *item = value->items->pdata[i];
                if (item->kind == SCRIPT_VALUE_INTEGER || item->kind == SCRIPT_VALUE_WORD)
                        continue;
                reader_complain_at(reader, item->place, "only numbers and names stand beside '|'");
                return NULL;
        }
        return g_steal_pointer(&value);
}

static struct script_value *read_value(struct reader *reader, unsigned depth)
{
        if (depth > DEPTH_MAX) {
                reader_complain(reader, "values are nested more than %d deep", DEPTH_MAX);
                return NULL;
        }
        struct script_value *value = read_primary(reader, depth);
        return value != NULL && reader_is(reader, '|') ? read_alternatives(reader, value, depth) : value;
}

struct script_value *script_read_value(struct reader *reader)
{
        return read_value(reader, 0);
}

bool script_read_values(struct reader *reader, char close, GPtrArray *values)
{
        return read_values(reader, close, values, 0);
}
