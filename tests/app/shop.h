/*
 * A shop on the net for tests: two hosts and a link; the server answers HTTP on port 80 and DNS, the client's
 * steps and both ends' socket calls are written down.
 */
#ifndef TESTS_SHOP_H
#define TESTS_SHOP_H

#include "app/documents.h"
#include "app/http_client.h"
#include "two_hosts.h"

#define SHOP_NAME  "www.joes-hardware.com"
#define SHOP_INDEX "<h1>Joe's Hardware</h1>\n" /* at "/" */

struct shop {
        struct two_hosts world; /* change its line before shop_open() */
        Documents *documents;   /* "/", "/empty", "/big" (1 MB) */
        GString *steps;         /* "client dns.answer: www … is …\n", as they happen */
        GString *calls;         /* "server accept\n" */
        struct transfer *transfer;
};

void shop_init(struct shop *shop);
/* With `has_dns` false nobody answers questions yet. */
void shop_open(struct shop *shop, bool has_dns);
void shop_close(struct shop *shop);

/* Start the client with this URL at time 0; GET, once. */
void shop_fetch(struct shop *shop, const char *url);
/* The same, with everything to be chosen. `transfer` is filled in. */
void shop_fetch_as(struct shop *shop, struct http_client_config *config);

/* Connect to the server's `port`, write these bytes, say that no more will come, read to the end; and run. */
GString *shop_exchange(struct shop *shop, uint16_t port, const void *bytes, size_t size);
/* The same, written in pieces, with a pause after each. */
GString *shop_exchange_slowly(struct shop *shop, uint16_t port, const void *bytes, size_t size, size_t piece);

/* Answer the first connection to the server's port 8080 with these bytes, then close. Say so before running.
 */
void shop_answer(struct shop *shop, const void *bytes, size_t size);

#endif
