/*
 * Path MTUs by destination. RFC 1191, RFC 8201; as Linux's exceptions to routes.
 */
#include "host/mtu_cache.h"

/* RFC 1191 section 6.3: "the suggested value for this timeout is 10 minutes". */
#define FORGOTTEN_AFTER (600 * SECOND)

struct path {
        struct ip_address destination;
        uint32_t mtu;
        time_ns until;
};

struct MtuCache {
        GHashTable *paths; /* struct path, by itself */
};

static guint path_hash(gconstpointer key)
{
        const struct path *path = key;
        const struct four_tuple tuple = { .remote = { .address = path->destination } };
        return four_tuple_hash(&tuple);
}

static gboolean path_equal(gconstpointer a, gconstpointer b)
{
        const struct path *one = a;
        const struct path *other = b;
        return ip_address_equal(&one->destination, &other->destination);
}

MtuCache *mtu_cache_new(void)
{
        MtuCache *cache = g_new0(MtuCache, 1);
        cache->paths = g_hash_table_new_full(path_hash, path_equal, g_free, NULL);
        return cache;
}

void mtu_cache_free(MtuCache *cache)
{
        if (cache == NULL)
                return;
        g_hash_table_unref(cache->paths);
        g_free(cache);
}

uint32_t mtu_cache_apply(
        const MtuCache *cache, const struct ip_address *destination, uint32_t device_mtu, time_ns now)
{
        const struct path sought = { .destination = *destination };
        if (g_hash_table_size(cache->paths) == 0)
                return device_mtu;
        const struct path *path = g_hash_table_lookup(cache->paths, &sought);
        return path != NULL && now < path->until ? MIN(path->mtu, device_mtu) : device_mtu;
}

bool mtu_cache_learn(MtuCache *cache, const struct ip_address *destination, uint32_t mtu, time_ns now)
{
        if (mtu >= mtu_cache_apply(cache, destination, UINT32_MAX, now))
                return false;
        struct path *path = g_new(struct path, 1);
        *path = (struct path){ *destination, mtu, now + FORGOTTEN_AFTER };
        g_hash_table_replace(cache->paths, path, path);
        return true;
}
