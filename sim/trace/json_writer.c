/*
 * JSON text in a growing string. RFC 8259.
 */
#include "trace/json_writer.h"

#include "trace/decimal.h"
#include "trace/text_append.h"

#include <string.h>

#define DEPTH_MAX 64

struct JsonWriter {
        GString *text;
        enum json_layout layout;
        unsigned depth;
        struct {
                bool is_object;
                bool has_members;
        } open[DEPTH_MAX + 1]; /* open[0] is the document itself, of one element */
};

JsonWriter *json_writer_new(enum json_layout layout)
{
        JsonWriter *writer = g_new0(JsonWriter, 1);
        writer->text = g_string_new(NULL);
        writer->layout = layout;
        return writer;
}

void json_writer_free(JsonWriter *writer)
{
        if (!writer)
                return;
        g_string_free(writer->text, TRUE);
        g_free(writer);
}

static void append_newline(JsonWriter *writer)
{
        if (writer->layout == JSON_ONE_LINE)
                return;
        g_string_append_c(writer->text, '\n');
        for (unsigned i = 0; i < writer->depth; i++)
                g_string_append(writer->text, "  ");
}

/* The one-letter escapes; other control characters have only their number. */
static char short_escape(unsigned char c)
{
        static const char escapes[] = { ['"'] = '"',
                ['\\'] = '\\',
                ['\b'] = 'b',
                ['\f'] = 'f',
                ['\n'] = 'n',
                ['\r'] = 'r',
                ['\t'] = 't' };
        return c < sizeof escapes ? escapes[c] : 0;
}

static void append_escape(GString *text, unsigned char c)
{
        static const char digits[] = "0123456789abcdef";
        char escape = short_escape(c);
        if (escape) {
                const char pair[] = { '\\', escape };
                g_string_append_len(text, pair, sizeof pair);
                return;
        }
        const char number[] = { '\\', 'u', '0', '0', digits[c >> 4], digits[c & 0xf] };
        g_string_append_len(text, number, sizeof number);
}

static bool stands_for_itself(unsigned char c)
{
        return c >= 0x20 && c != '"' && c != '\\';
}

/* `valid` is UTF-8. Runs that need no escape are copied whole. */
static void append_escaped(GString *text, const char *valid, size_t size)
{
        size_t from = 0;
        for (size_t i = 0; i < size; i++) {
                unsigned char c = (unsigned char)valid[i];
                if (stands_for_itself(c))
                        continue;
                g_string_append_len(text, valid + from, (gssize)(i - from));
                append_escape(text, c);
                from = i + 1;
        }
        g_string_append_len(text, valid + from, (gssize)(size - from));
}

/* Most are: of ASCII, and nothing in them has to be escaped. */
static bool append_plain(GString *text, const char *string)
{
        size_t size = 0;
        while ((unsigned char)string[size] < 0x80 && stands_for_itself((unsigned char)string[size]))
                size++;
        if (string[size] != '\0')
                return false;
        g_string_append_c(text, '"');
        text_append(text, string, size);
        g_string_append_c(text, '"');
        return true;
}

void json_append_string(GString *text, const char *string)
{
        if (append_plain(text, string))
                return;
        const char *invalid = string;
        size_t size = strlen(string);
        g_string_append_c(text, '"');
        while (!g_utf8_validate_len(string, size, &invalid)) {
                append_escaped(text, string, (size_t)(invalid - string));
                g_string_append(text, "\\ufffd");
                size -= (size_t)(invalid - string) + 1;
                string = invalid + 1;
        }
        append_escaped(text, string, size);
        g_string_append_c(text, '"');
}

/* The comma, line and key before a value. */
static void begin_value(JsonWriter *writer, const char *key)
{
        bool is_object = writer->open[writer->depth].is_object;
        bool *has_members = &writer->open[writer->depth].has_members;
        g_assert(is_object == (key != NULL));
        g_assert(writer->depth > 0 || !*has_members);
        if (*has_members)
                g_string_append_c(writer->text, ',');
        if (writer->depth > 0)
                append_newline(writer);
        *has_members = true;
        if (!key)
                return;
        json_append_string(writer->text, key);
        if (writer->layout == JSON_ONE_LINE)
                g_string_append_c(writer->text, ':');
        else
                text_append(writer->text, ": ", 2);
}

static void begin(JsonWriter *writer, const char *key, bool is_object)
{
        begin_value(writer, key);
        g_assert(writer->depth < DEPTH_MAX);
        g_string_append_c(writer->text, is_object ? '{' : '[');
        writer->depth++;
        writer->open[writer->depth].is_object = is_object;
        writer->open[writer->depth].has_members = false;
}

static void end(JsonWriter *writer, bool is_object)
{
        g_assert(writer->depth > 0 && writer->open[writer->depth].is_object == is_object);
        bool has_members = writer->open[writer->depth].has_members;
        writer->depth--;
        if (has_members)
                append_newline(writer);
        g_string_append_c(writer->text, is_object ? '}' : ']');
}

void json_writer_begin_object(JsonWriter *writer, const char *key)
{
        begin(writer, key, true);
}

void json_writer_end_object(JsonWriter *writer)
{
        end(writer, true);
}

void json_writer_begin_array(JsonWriter *writer, const char *key)
{
        begin(writer, key, false);
}

void json_writer_end_array(JsonWriter *writer)
{
        end(writer, false);
}

void json_writer_add_string(JsonWriter *writer, const char *key, const char *text)
{
        if (!text) {
                json_writer_add_null(writer, key);
                return;
        }
        begin_value(writer, key);
        json_append_string(writer->text, text);
}

void json_writer_add_integer(JsonWriter *writer, const char *key, int64_t number)
{
        begin_value(writer, key);
        decimal_append_signed(writer->text, number);
}

void json_writer_add_unsigned(JsonWriter *writer, const char *key, uint64_t number)
{
        begin_value(writer, key);
        decimal_append_unsigned(writer->text, number);
}

void json_writer_add_bool(JsonWriter *writer, const char *key, bool truth)
{
        begin_value(writer, key);
        g_string_append(writer->text, truth ? "true" : "false");
}

void json_writer_add_null(JsonWriter *writer, const char *key)
{
        begin_value(writer, key);
        g_string_append(writer->text, "null");
}

void json_writer_add_seconds(JsonWriter *writer, const char *key, duration_ns duration)
{
        if (duration == TIME_NEVER) {
                json_writer_add_null(writer, key);
                return;
        }
        begin_value(writer, key);
        decimal_append_seconds(writer->text, duration);
}

const GString *json_writer_text(const JsonWriter *writer)
{
        return writer->text;
}

static bool is_complete(const JsonWriter *writer)
{
        return writer->depth == 0 && writer->open[0].has_members;
}

void json_writer_restart(JsonWriter *writer)
{
        g_assert(is_complete(writer));
        g_string_truncate(writer->text, 0);
        writer->open[0].has_members = false;
}

bool json_writer_print(const JsonWriter *writer, FILE *file)
{
        g_assert(is_complete(writer));
        return fwrite(writer->text->str, 1, writer->text->len, file) == writer->text->len &&
               fputc('\n', file) != EOF;
}
