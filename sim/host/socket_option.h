/*
 * Socket options as tables, one a level: what can be asked and set, within which bounds, and what it means here.
 *
 * An option is one of: a number that is only remembered; a field of the TCP settings; functions of its own, for a
 * number or for any other value.
 */
#ifndef INORDER_SOCKET_OPTION_H
#define INORDER_SOCKET_OPTION_H

#include <errno.h>
#include <string.h>
#include "host/socket_private.h"

/* How a field of struct tcp_settings holds the number. */
enum option_field {
        OPTION_NO_FIELD,
        OPTION_BOOL,
        OPTION_NOT_BOOL, /* true is 0 */
        OPTION_COUNT,    /* uint32_t */
        OPTION_DURATION, /* duration_ns, in `unit` */
};

struct socket_option {
        const char *text;
        int name;
        int lowest; /* else EINVAL; lowest > highest: a switch, on for every number but 0 */
        int highest;
        bool is_kept; /* remembered, by `set` if there is one; `start` until then */
        int start;
        enum option_field field;
        size_t offset;
        duration_ns unit;
        /* NULL: cannot be asked or set. A number has been checked against the bounds. */
        int (*get)(Socket *socket);
        int (*set)(Socket *socket, int value);
        /* `*size` is the room, and then what was used of it. */
        int (*get_value)(Socket *socket, void *value, socklen_t *size);
        int (*set_value)(Socket *socket, const void *value, socklen_t size);
};

struct option_table {
        int level;
        const struct socket_option *options;
        size_t count;
        bool (*is_for)(const Socket *socket);
        /* Linux's levels differ: bytes that are too few for an int. */
        bool takes_bytes; /* one byte will do */
        bool gives_bytes; /* a small number is given in one byte where there is no room for four */
        /* And so do they in what they look at first, which a value that is nowhere (NULL) shows. */
        bool reads_number_first; /* an int, whatever the option is */
        bool reads_known_only;   /* nothing for an option that is unknown, or cannot be set */
        bool null_is_zero;       /* elsewhere -EFAULT */
};

extern const struct option_table socket_level_options;
extern const struct option_table ip_level_options;
extern const struct option_table ipv6_level_options;
extern const struct option_table tcp_level_options;

/* ---- Rows ---- */

#define OPTION_SWITCH .lowest = 1, .highest = 0
#define BETWEEN(lowest_, highest_) .lowest = (lowest_), .highest = (highest_)
#define OPTION_ANY    .lowest = INT32_MIN, .highest = INT32_MAX

#define KEPT_SWITCH(option, start_)                                                                          \
        {                                                                                                    \
                .text = #option, .name = option, OPTION_SWITCH, .is_kept = true, .start = (start_)           \
        }
#define KEPT_NUMBER(option, lowest_, highest_, start_)                                                       \
        {                                                                                                    \
                .text = #option, .name = option, .lowest = (lowest_), .highest = (highest_),                 \
                .is_kept = true, .start = (start_)                                                           \
        }
#define TCP_FIELD(option, kind, member, unit_, ...)                                                          \
        {                                                                                                    \
                .text = #option, .name = option, .field = kind,                                              \
                .offset = offsetof(struct tcp_settings, member), .unit = (unit_), __VA_ARGS__                \
        }
#define OPTION(option, ...)                                                                                  \
        {                                                                                                    \
                .text = #option, .name = option, OPTION_ANY, __VA_ARGS__                                     \
        }

/* ---- For getters ---- */

/* What does not fit is cut off, as Linux does. */
static inline int option_give(void *value, socklen_t *size, const void *from, size_t from_size)
{
        *size = (socklen_t)MIN(*size, from_size);
        if (*size > 0)
                memcpy(value, from, *size);
        return 0;
}

/* A number that is only remembered. */
int socket_kept(const Socket *socket, int level, int name);
void socket_keep(Socket *socket, int level, int name, int value);

#endif
