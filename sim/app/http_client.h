/*
 * Fetch a URL: host name, address, port, connection, request, response, close. RFC 9110, RFC 9112; URLs by
 * RFC 3986.
 */
#ifndef INORDER_HTTP_CLIENT_H
#define INORDER_HTTP_CLIENT_H

#include "host/process.h"

struct http_client_config {
        const char *name;
        const char *url;                /* http only */
        struct ip_address address;      /* of the URL's host, when known beforehand; any: it is looked up */
        const char *method;             /* "GET" or "HEAD" */
        unsigned repeat;                /* fetches in all, at least 1 */
        unsigned parallel;              /* at a time, at least 1 */
        uint16_t local_port;            /* 0: any */
        const struct tcp_settings *tcp; /* NULL: the host's */
        struct transfer *transfer;      /* figures go here; never NULL */
};
void http_client_start(Host *host, const struct http_client_config *config, time_ns at);

/* Whether the client will understand this URL; an error says what is wrong. For `check`. */
bool http_client_check_url(const char *url, char **host, uint16_t *port, GError **error);

#endif
