/*
 * What a host has learned of servers that open fast: their cookies, and how large a segment they take. RFC
 * 7413 section 4.1.3; as Linux (struct tcp_fastopen_metrics).
 */
#ifndef INORDER_COOKIE_CACHE_H
#define INORDER_COOKIE_CACHE_H

#include <glib.h>
#include "wire/tcp_segment.h"

enum cookie_form { COOKIE_FORM_USUAL, COOKIE_FORM_EXPERIMENTAL, COOKIE_FORM_USUAL_AGAIN };

struct known_server {
        struct ip_address address;
        uint16_t mss; /* 0: not known */
        uint8_t cookie_size; /* 0: none */
        bool is_experimental; /* how the cookie came */
        enum cookie_form form; /* in which to ask for one */
        uint8_t cookie[TCP_FAST_OPEN_COOKIE_MAX];
};

typedef struct CookieCache CookieCache;

CookieCache *cookie_cache_new(void);
void cookie_cache_free(CookieCache *cache);

/* NULL: nothing is known. Good until the next call of the other one. */
const struct known_server *cookie_cache_find(const CookieCache *cache, const struct ip_address *address);
/* To be changed; new when nothing was known. */
struct known_server *cookie_cache_get(CookieCache *cache, const struct ip_address *address);

#endif
