/*
 * Servers in the order of their addresses.
 */
#include "tcp/cookie_cache.h"

struct CookieCache {
        GArray *servers; /* of struct known_server */
};

CookieCache *cookie_cache_new(void)
{
        CookieCache *cache = g_new0(CookieCache, 1);
        cache->servers = g_array_new(FALSE, TRUE, sizeof(struct known_server));
        return cache;
}

void cookie_cache_free(CookieCache *cache)
{
        if (cache == NULL)
                return;
        g_array_free(cache->servers, TRUE);
        g_free(cache);
}

/* Where it is, or would be. */
static guint place_of(const CookieCache *cache, const struct ip_address *address)
{
        guint low = 0;
        guint high = cache->servers->len;
        while (low < high) {
                guint middle = low + (high - low) / 2;
                const struct known_server *server =
                        &g_array_index(cache->servers, struct known_server, middle);
                if (ip_address_compare(&server->address, address) < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

static struct known_server *server_at(const CookieCache *cache, guint place, const struct ip_address *address)
{
        if (place == cache->servers->len)
                return NULL;
        struct known_server *server = &g_array_index(cache->servers, struct known_server, place);
        return ip_address_equal(&server->address, address) ? server : NULL;
}

const struct known_server *cookie_cache_find(const CookieCache *cache, const struct ip_address *address)
{
        return server_at(cache, place_of(cache, address), address);
}

struct known_server *cookie_cache_get(CookieCache *cache, const struct ip_address *address)
{
        guint place = place_of(cache, address);
        if (server_at(cache, place, address) == NULL) {
                struct known_server server = { .address = *address };
                g_array_insert_val(cache->servers, place, server);
        }
        return &g_array_index(cache->servers, struct known_server, place);
}
