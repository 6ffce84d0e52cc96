/*
 * Strict reading of HTTP heads: lines by our own eyes, fields by libsoup's.
 */
#include "app/http_message.h"

#include <string.h>

/* ---- Lines ---- */

/* A part of a head that is looked at in place. */
struct span {
        const char *start;
        const char *end;
};

/* RFC 9110 section 5.6.2. */
static bool is_token_char(char c)
{
        return g_ascii_isalnum(c) || (c && strchr("!#$%&'*+-.^_`|~", c));
}

static bool is_token(struct span span)
{
        for (const char *c = span.start; c < span.end; c++) {
                if (!is_token_char(*c))
                        return false;
        }
        return span.start < span.end;
}

/* The next line without its CRLF. A line that ends otherwise, or holds a CR or NUL, is malformed. */
static bool next_line(struct span *rest, struct span *line)
{
        const char *newline = memchr(rest->start, '\n', rest->end - rest->start);
        if (!newline || newline == rest->start || newline[-1] != '\r')
                return false;
        *line = (struct span){ rest->start, newline - 1 };
        rest->start = newline + 1;
        size_t size = line->end - line->start;
        return !memchr(line->start, '\r', size) && !memchr(line->start, '\0', size);
}

/* RFC 9112 section 5: no space before the colon, no folded lines; RFC 9110 section 5.5: no control
 * characters. */
static bool is_field_line(struct span line)
{
        const char *colon = memchr(line.start, ':', line.end - line.start);
        if (!colon || !is_token((struct span){ line.start, colon }))
                return false;
        for (const char *c = colon + 1; c < line.end; c++) {
                if (g_ascii_iscntrl(*c) && *c != '\t')
                        return false;
        }
        return true;
}

static bool are_field_lines(struct span rest)
{
        struct span line;
        while (next_line(&rest, &line)) {
                if (line.start == line.end)
                        return rest.start == rest.end;
                if (!is_field_line(line))
                        return false;
        }
        return false;
}

/* Cut `line` at its next single space. */
static bool next_word(struct span *line, struct span *word)
{
        const char *space = memchr(line->start, ' ', line->end - line->start);
        *word = (struct span){ line->start, space ? space : line->end };
        line->start = space ? space + 1 : line->end;
        return word->start < word->end;
}

/* "HTTP/1.1". False when it is no version at all. */
static bool parse_version(struct span word, unsigned *major, unsigned *minor)
{
        if (word.end - word.start != strlen("HTTP/1.1") || memcmp(word.start, "HTTP/", 5) != 0 ||
                word.start[6] != '.' || !g_ascii_isdigit(word.start[5]) || !g_ascii_isdigit(word.start[7]))
                return false;
        *major = word.start[5] - '0';
        *minor = MIN(word.start[7] - '0', 1);
        return true;
}

static bool is_target(struct span word)
{
        for (const char *c = word.start; c < word.end; c++) {
                if (!g_ascii_isgraph(*c))
                        return false;
        }
        return true;
}

static unsigned parse_request_line(struct span line, struct http_head *head)
{
        struct span method, target, version;
        unsigned major;
        if (!next_word(&line, &method) || !is_token(method) || !next_word(&line, &target) ||
                !is_target(target))
                return SOUP_STATUS_BAD_REQUEST;
        if (!next_word(&line, &version) || version.end != line.end ||
                !parse_version(version, &major, &head->minor))
                return SOUP_STATUS_BAD_REQUEST;
        if (major != 1)
                return SOUP_STATUS_HTTP_VERSION_NOT_SUPPORTED;
        head->method = g_strndup(method.start, method.end - method.start);
        head->target = g_strndup(target.start, target.end - target.start);
        return SOUP_STATUS_OK;
}

static bool parse_status_line(struct span line, struct http_head *head)
{
        struct span version, status;
        unsigned major;
        if (!next_word(&line, &version) || !parse_version(version, &major, &head->minor) || major != 1)
                return false;
        if (!next_word(&line, &status) || status.end - status.start != 3)
                return false;
        for (const char *c = status.start; c < status.end; c++) {
                if (!g_ascii_isdigit(*c))
                        return false;
                head->status = head->status * 10 + (*c - '0');
        }
        return head->status >= 100 && head->status < 600;
}

/* ---- Fields ---- */

static bool parse_fields(struct span head, struct span fields, SoupMessageHeaders *into)
{
        /* libsoup takes the head without its empty line, and skips the first line. */
        return are_field_lines(fields) && soup_headers_parse(head.start, head.end - head.start - 2, into);
}

/* The name's first value, and how many there are. */
static unsigned count_fields(SoupMessageHeaders *fields, const char *wanted, const char **first)
{
        SoupMessageHeadersIter iter;
        const char *name, *value;
        unsigned count = 0;
        soup_message_headers_iter_init(&iter, fields);
        while (soup_message_headers_iter_next(&iter, &name, &value)) {
                if (g_ascii_strcasecmp(name, wanted) == 0 && count++ == 0)
                        *first = value;
        }
        return count;
}

/* RFC 9112 section 3.2: one Host in HTTP/1.1, at most one before; and it is a host. */
static bool has_good_host(const struct http_head *head)
{
        const char *host = "";
        unsigned count = count_fields(head->fields, "Host", &host);
        if (count == 0)
                return head->minor == 0;
        size_t size = strspn(
                host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~%!$&'()*+;=:[]");
        return count == 1 && size > 0 && host[size] == '\0';
}

/* One number, however often it is repeated. RFC 9112 section 6.3, rule 5. */
static bool parse_content_length(const char *list, uint64_t *length)
{
        g_auto(GStrv) values = g_strsplit(list, ",", -1);
        for (unsigned i = 0; values[i]; i++) {
                guint64 value;
                if (!g_ascii_string_to_unsigned(g_strstrip(values[i]), 10, 0, G_MAXINT64, &value, NULL))
                        return false;
                if (i > 0 && value != *length)
                        return false;
                *length = value;
        }
        return values[0] != NULL;
}

/* The codings in the order they were applied: only chunked, and once, is ours. */
static unsigned check_codings(const char *list)
{
        g_auto(GStrv) codings = g_strsplit(list, ",", -1);
        unsigned count = g_strv_length(codings);
        unsigned chunked = 0;
        for (unsigned i = 0; i < count; i++)
                chunked += g_ascii_strcasecmp(g_strstrip(codings[i]), "chunked") == 0;
        if (count == 0 || chunked > 1 ||
                (chunked == 1 && g_ascii_strcasecmp(codings[count - 1], "chunked") != 0))
                return SOUP_STATUS_BAD_REQUEST;
        return chunked == count ? SOUP_STATUS_OK : SOUP_STATUS_NOT_IMPLEMENTED;
}

/* RFC 9112 section 6.3 as far as requests and responses share it: codings, then the length. */
static unsigned parse_framing(struct http_head *head)
{
        const char *codings = soup_message_headers_get_list(head->fields, "Transfer-Encoding");
        const char *length = soup_message_headers_get_list(head->fields, "Content-Length");
        if (codings) {
                /* Both, or a coding in HTTP/1.0: somebody on the way may have read it otherwise. */
                if (length || head->minor == 0)
                        return SOUP_STATUS_BAD_REQUEST;
                head->body.framing = HTTP_FRAMING_CHUNKED;
                return check_codings(codings);
        }
        if (!length)
                return SOUP_STATUS_OK;
        head->body.framing = HTTP_FRAMING_LENGTH;
        return parse_content_length(length, &head->body.size) ? SOUP_STATUS_OK : SOUP_STATUS_BAD_REQUEST;
}

/* ---- Heads ---- */

unsigned http_request_parse(const char *bytes, size_t size, struct http_head *head)
{
        *head = (struct http_head){ .fields = soup_message_headers_new(SOUP_MESSAGE_HEADERS_REQUEST) };
        struct span whole = { bytes, bytes + size };
        struct span rest = whole;
        struct span line;
        if (!next_line(&rest, &line))
                return SOUP_STATUS_BAD_REQUEST;
        unsigned status = parse_request_line(line, head);
        if (status != SOUP_STATUS_OK)
                return status;
        if (!parse_fields(whole, rest, head->fields) || !has_good_host(head))
                return SOUP_STATUS_BAD_REQUEST;
        return parse_framing(head);
}

static bool has_no_body(const struct http_head *head, const char *method)
{
        return g_str_equal(method, "HEAD") || head->status < 200 || head->status == SOUP_STATUS_NO_CONTENT ||
               head->status == SOUP_STATUS_NOT_MODIFIED;
}

bool http_response_parse(const char *bytes, size_t size, const char *method, struct http_head *head)
{
        *head = (struct http_head){ .fields = soup_message_headers_new(SOUP_MESSAGE_HEADERS_RESPONSE),
                .body = { .framing = HTTP_FRAMING_CLOSE } };
        struct span whole = { bytes, bytes + size };
        struct span rest = whole;
        struct span line;
        if (!next_line(&rest, &line) || !parse_status_line(line, head) ||
                !parse_fields(whole, rest, head->fields))
                return false;
        if (parse_framing(head) != SOUP_STATUS_OK)
                return false;
        if (has_no_body(head, method))
                head->body.framing = HTTP_FRAMING_NONE;
        return true;
}

void http_head_clear(struct http_head *head)
{
        g_clear_pointer(&head->method, g_free);
        g_clear_pointer(&head->target, g_free);
        g_clear_pointer(&head->fields, soup_message_headers_unref);
}

bool http_head_keeps_alive(const struct http_head *head)
{
        if (soup_message_headers_header_contains(head->fields, "Connection", "close"))
                return false;
        return head->minor > 0 ||
               soup_message_headers_header_contains(head->fields, "Connection", "keep-alive");
}

const char *http_head_field(const struct http_head *head, const char *name)
{
        return soup_message_headers_get_list(head->fields, name);
}

size_t http_head_size(const char *bytes, size_t size, size_t from)
{
        /* The end may have begun up to two bytes earlier. */
        const char *end = bytes + size;
        const char *newline = bytes + (from > 2 ? from - 2 : 0);
        while ((newline = memchr(newline, '\n', end - newline))) {
                newline++;
                if (newline < end && *newline == '\n')
                        return newline + 1 - bytes;
                if (newline + 1 < end && newline[0] == '\r' && newline[1] == '\n')
                        return newline + 2 - bytes;
        }
        return 0;
}

bool http_method_is_known(const char *method)
{
        static const char *const known[] = { "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS",
                "TRACE", "PATCH", "PROPFIND", "PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK", NULL };
        return g_strv_contains(known, method);
}

bool http_chunk_size(const char *line, size_t size, uint64_t *chunk)
{
        *chunk = 0;
        size_t digits = 0;
        for (; digits < size && g_ascii_isxdigit(line[digits]); digits++) {
                if (*chunk >> 59)
                        return false;
                *chunk = *chunk << 4 | (uint64_t)g_ascii_xdigit_value(line[digits]);
        }
        /* What follows is an extension, which nobody uses. */
        size_t blanks = 0;
        while (digits + blanks < size && strchr(" \t", line[digits + blanks]))
                blanks++;
        bool is_extended = digits + blanks < size && line[digits + blanks] == ';';
        return digits > 0 && (digits == size || is_extended);
}
