/*
 * http URLs, taken apart for a client; and the request targets a server gets. RFC 9110 section 4.2, RFC 3986.
 */
#ifndef INORDER_HTTP_URL_H
#define INORDER_HTTP_URL_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define HTTP_PORT 80

struct http_url {
        char *host; /* lower case: a name or a dotted quad */
        uint16_t port;
        char *target;    /* "/power-tools.html?page=2", still percent-encoded */
        char *authority; /* for the Host field: the port only if it is not 80 */
};

/* Fills in all of `url` or nothing. */
bool http_url_parse(const char *text, struct http_url *url, GError **error);
void http_url_clear(struct http_url *url);

/* The decoded path of a request target in origin or absolute form ("/a%20b?c" is "/a b"); NULL when it is
 * malformed or encodes a NUL or a slash. Dot segments stay: no document is called so. */
char *http_target_path(const char *target);

#endif
