/*
 * A name server for the names of one scenario: A questions over UDP port 53. RFC 1035.
 */
#ifndef INORDER_DNS_SERVER_H
#define INORDER_DNS_SERVER_H

#include "host/process.h"

struct dns_record {
        const char *name; /* "www.joes-hardware.com" */
        struct ip_address address;
};
struct dns_server_config {
        const char *name;
        const struct dns_record *records; /* outlive the run */
        unsigned record_count;
};
void dns_server_start(Host *host, const struct dns_server_config *config);

#endif
