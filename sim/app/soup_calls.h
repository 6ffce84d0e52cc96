/*
 * What is used of libsoup: its reading of header fields, none of its sockets.
 */
#ifndef INORDER_SOUP_CALLS_H
#define INORDER_SOUP_CALLS_H

#include <libsoup/soup.h>

#include "late_library.h"

struct soup_calls {
        LATE_FUNCTION(soup_headers_parse);
        LATE_FUNCTION(soup_message_headers_new);
        LATE_FUNCTION(soup_message_headers_unref);
        LATE_FUNCTION(soup_message_headers_get_list);
        LATE_FUNCTION(soup_message_headers_header_contains);
        LATE_FUNCTION(soup_message_headers_iter_init);
        LATE_FUNCTION(soup_message_headers_iter_next);
        LATE_FUNCTION(soup_status_get_phrase);
};

/* Loads the library when nobody has asked before. */
const struct soup_calls *soup(void);

#endif
