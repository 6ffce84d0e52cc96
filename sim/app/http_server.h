/*
 * An HTTP/1.1 server: GET and HEAD over a set of documents, many clients at once, keep-alive. RFC 9110, RFC
 * 9112.
 */
#ifndef INORDER_HTTP_SERVER_H
#define INORDER_HTTP_SERVER_H

#include "app/documents.h"
#include "host/process.h"

struct http_server_config {
        const char *name; /* of the program, for people */
        uint16_t port;
        const Documents *documents;     /* outlive the run */
        const struct tcp_settings *tcp; /* NULL: the host's */
        struct transfer *transfer;      /* NULL: not named */
};
void http_server_start(Host *host, const struct http_server_config *config);

#endif
