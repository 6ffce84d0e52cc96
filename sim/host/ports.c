/*
 * Ports in use, listed per port, and the search for a free one. RFC 6056 for the order of the search.
 */
#include "host/ports.h"

struct port_use {
        GQueue bindings;
        unsigned bound; /* of them, those not chosen by connect */
        uint16_t port;
};

/* Ports are chosen far apart or in a row: both spread. */
static uint32_t port_hash(uint16_t port)
{
        return port * 0x9e3779b1u >> 16;
}

static bool is_use_of(const void *use, const void *port)
{
        return ((const struct port_use *)use)->port == *(const uint16_t *)port;
}

static struct port_use *use_of(const struct port_space *space, uint16_t port)
{
        return hash_table_find(&space->uses, port_hash(port), is_use_of, &port);
}

static enum binding_family family_of(const struct binding *binding)
{
        if (ip_address_is_any(&binding->local.address))
                return binding->family;
        return ip_address_is_ipv4(&binding->local.address) ? BINDING_IPV4 : BINDING_IPV6;
}

static bool overlap(const struct binding *a, const struct binding *b)
{
        enum binding_family family = family_of(a);
        enum binding_family other = family_of(b);
        if (family != other && family != BINDING_BOTH && other != BINDING_BOTH)
                return false;
        return ip_address_is_any(&a->local.address) || ip_address_is_any(&b->local.address) ||
               ip_address_equal(&a->local.address, &b->local.address);
}

static bool may_share(const struct binding *a, const struct binding *b)
{
        if (a->shares_port && b->shares_port)
                return true;
        return a->reuses && b->reuses && !a->is_listening && !b->is_listening;
}

void port_space_init(struct port_space *space, BlockPool *memory, uint64_t seed, const char *name,
        uint16_t first, uint16_t last)
{
        g_assert(first > 0 && first <= last);
        *space = (struct port_space){
                .memory = memory, .luck = rng_stream_named(seed, name), .first = first, .last = last
        };
}

void port_space_clear(struct port_space *space)
{
        g_assert(space->uses.count == 0);
        hash_table_clear(&space->uses, space->memory);
}

void port_space_bind(struct port_space *space, struct binding *binding)
{
        g_assert(binding->use == NULL && binding->local.port != 0);
        struct port_use *use = use_of(space, binding->local.port);
        if (use == NULL) {
                use = block_pool_take_zeroed(space->memory, sizeof *use);
                use->port = binding->local.port;
                hash_table_add(&space->uses, space->memory, port_hash(use->port), use);
        }
        binding->use = use;
        binding->link.data = binding;
        g_queue_push_tail_link(&use->bindings, &binding->link);
        use->bound += !binding->is_for_connecting;
}

void port_space_unbind(struct port_space *space, struct binding *binding)
{
        struct port_use *use = binding->use;
        if (use == NULL)
                return;
        binding->use = NULL;
        g_queue_unlink(&use->bindings, &binding->link);
        use->bound -= !binding->is_for_connecting;
        if (!g_queue_is_empty(&use->bindings))
                return;
        hash_table_remove(&space->uses, port_hash(use->port), use);
        block_pool_give_back(space->memory, use, sizeof *use);
}

bool binding_is_bound(const struct binding *binding)
{
        return binding->use != NULL;
}

bool port_space_conflicts(const struct port_space *space, const struct binding *wanted)
{
        const struct port_use *use = use_of(space, wanted->local.port);
        for (const GList *link = use != NULL ? use->bindings.head : NULL; link != NULL; link = link->next) {
                if (overlap(link->data, wanted) && !may_share(link->data, wanted))
                        return true;
        }
        return false;
}

bool port_space_is_listened(const struct port_space *space, const struct binding *binding)
{
        const struct port_use *use = use_of(space, binding->local.port);
        for (const GList *link = use != NULL ? use->bindings.head : NULL; link != NULL; link = link->next) {
                const struct binding *other = link->data;
                if (other != binding && other->is_listening && overlap(other, binding) &&
                        !may_share(other, binding))
                        return true;
        }
        return false;
}

/* Where the search for `tuple` begins: far apart for different destinations, one further each time. */
static uint32_t first_offset(struct port_space *space, const struct four_tuple *tuple, uint32_t count)
{
        uint64_t offset = rng_draw(&space->luck, four_tuple_hash(tuple), 0, 0) + space->picks++;
        return (uint32_t)(offset % count);
}

uint16_t port_space_pick(struct port_space *space, const struct binding *wanted)
{
        struct four_tuple tuple = { .local = { .address = wanted->local.address } };
        uint32_t count = (uint32_t)space->last - space->first + 1;
        uint32_t offset = first_offset(space, &tuple, count);
        struct binding candidate = { .local = wanted->local, .reuses = false };
        for (uint32_t i = 0; i < count; i++) {
                candidate.local.port = (uint16_t)(space->first + (offset + i) % count);
                if (!port_space_conflicts(space, &candidate))
                        return candidate.local.port;
        }
        return 0;
}

uint16_t port_space_pick_for(struct port_space *space, const struct four_tuple *tuple,
        bool (*is_taken)(const void *data, const struct four_tuple *tuple), const void *data)
{
        struct four_tuple candidate = *tuple;
        candidate.local.port = 0;
        uint32_t count = (uint32_t)space->last - space->first + 1;
        uint32_t offset = first_offset(space, &candidate, count);
        for (uint32_t i = 0; i < count; i++) {
                candidate.local.port = (uint16_t)(space->first + (offset + i) % count);
                const struct port_use *use = use_of(space, candidate.local.port);
                if ((use == NULL || use->bound == 0) && !is_taken(data, &candidate))
                        return candidate.local.port;
        }
        return 0;
}
