/*
 * A stream service: listens on a port and gives every client a process of its own. A textbook's concurrent
 * server.
 */
#ifndef INORDER_SERVICE_H
#define INORDER_SERVICE_H

#include "host/process.h"

struct service_config {
        const char *name;
        uint16_t port;
        const struct tcp_settings *tcp; /* NULL: the host's */
        struct transfer *transfer;      /* NULL: not named */
        /* Serve the client on `fd`, which is closed afterwards. */
        void (*serve)(Process *process, int fd, void *data);
        void *data;                    /* outlives its clients; freed by free_data at the end */
        void (*free_data)(void *data); /* may be NULL */
};
void service_start(Host *host, const struct service_config *config);

#endif
