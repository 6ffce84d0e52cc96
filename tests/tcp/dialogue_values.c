/*
 * The values that a dialogue's lines have: numbers, times, errors, results.
 */
#include "dialogue_private.h"

#include <errno.h>
#include <string.h>

static const struct {
        const char *name;
        int value;
} errors[] = {
        { "none", 0 },
        { "EAGAIN", EAGAIN },
        { "EINVAL", EINVAL },
        { "EPIPE", EPIPE },
        { "ENOTCONN", ENOTCONN },
        { "ETIMEDOUT", ETIMEDOUT },
        { "ECONNRESET", ECONNRESET },
        { "ECONNREFUSED", ECONNREFUSED },
        { "ECONNABORTED", ECONNABORTED },
        { "EHOSTUNREACH", EHOSTUNREACH },
        { "ENETUNREACH", ENETUNREACH },
        { "EMSGSIZE", EMSGSIZE },
        { "EPROTO", EPROTO },
};

const char *dialogue_error_name(int error)
{
        for (size_t i = 0; i < G_N_ELEMENTS(errors); i++) {
                if (errors[i].value == error)
                        return errors[i].name;
        }
        return g_strerror(error);
}

int dialogue_read_error(Dialogue *dialogue, const char *name)
{
        for (size_t i = 0; name != NULL && i < G_N_ELEMENTS(errors); i++) {
                if (strcmp(errors[i].name, name) == 0)
                        return errors[i].value;
        }
        dialogue_fail(dialogue, "no such error");
}

int64_t dialogue_read_integer(Dialogue *dialogue, const char *text)
{
        gint64 value;
        if (text == NULL || !g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, &value, NULL))
                dialogue_fail(dialogue, "cannot read the number %s", text != NULL ? text : "(missing)");
        return value;
}

/* Up to nine decimals, as nanoseconds. */
static bool read_seconds(const char *text, char **end, time_ns *time)
{
        guint64 whole = g_ascii_strtoull(text, end, 10);
        duration_ns unit = SECOND;
        if (*end == text)
                return false;
        *time = (time_ns)whole * SECOND;
        if (**end != '.')
                return true;
        for (++*end; g_ascii_isdigit(**end) && unit > 1; ++*end) {
                unit /= 10;
                *time += (**end - '0') * unit;
        }
        return true;
}

bool dialogue_read_time(const char *text, time_ns *time)
{
        static const struct {
                const char *name;
                duration_ns per_second;
        } units[] = { { "", 1 }, { "s", 1 }, { "ms", 1000 }, { "us", 1000000 } };
        char *end;
        if (!read_seconds(text, &end, time))
                return false;
        for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
                if (strcmp(units[i].name, end) == 0) {
                        *time /= units[i].per_second;
                        return true;
                }
        }
        return false;
}

/* A count, or a duration with its unit. */
int64_t dialogue_read_figure(Dialogue *dialogue, const char *text)
{
        time_ns time;
        if (text != NULL && strspn(text, "-0123456789") < strlen(text) && dialogue_read_time(text, &time))
                return time;
        return dialogue_read_integer(dialogue, text);
}

/* What follows a `=`, else `otherwise`. */
ssize_t dialogue_read_result(Dialogue *dialogue, char **words, ssize_t otherwise)
{
        if (words[0] == NULL)
                return otherwise;
        if (strcmp(words[0], "=") != 0 || words[1] == NULL)
                dialogue_fail(dialogue, "expected `= RESULT`");
        if (g_ascii_isdigit(words[1][0]))
                return (ssize_t)dialogue_read_integer(dialogue, words[1]);
        return -dialogue_read_error(dialogue, words[1]);
}

void dialogue_expect_result(Dialogue *dialogue, ssize_t expected, ssize_t seen)
{
        if (expected == seen)
                return;
        if (seen < 0)
                dialogue_fail(dialogue, "returned %s", dialogue_error_name((int)-seen));
        dialogue_fail(dialogue, "returned %zd", seen);
}

TcpConn *dialogue_need_conn(Dialogue *dialogue)
{
        if (dialogue_peer(dialogue)->conn == NULL)
                dialogue_fail(dialogue, "there is no connection");
        return dialogue_peer(dialogue)->conn;
}
