/*
 * From values to things: hosts, routers, links and routes. Groups are unfolded here.
 *
 * Owners are numbered in scenario order: hosts, routers, then each link's two directions.
 */
#include "run/world_private.h"

static void remember_name(GHashTable *names, const char *name, unsigned first, unsigned count)
{
        struct world_name *entry = g_new(struct world_name, 1);
        *entry = (struct world_name){ first, count };
        g_hash_table_insert(names, g_strdup(name), entry);
}

const struct world_name *world_find(const World *world, const char *name)
{
        return g_hash_table_lookup(world->names, name);
}

struct world_node *world_node(const World *world, unsigned index)
{
        return &g_array_index(world->nodes, struct world_node, index);
}

/* ---- Hosts and routers ---- */

static Host *make_host(
        World *world, const struct scenario_host *spec, const struct world_node *node, uint32_t owner)
{
        const struct scenario_tcp *tcp = spec->has_tcp ? &spec->tcp : &world->scenario->tcp;
        struct host_config config = {
                .name = node->name,
                .owner = owner,
                .address = node->address,
                .resolver = spec->resolver,
                .tcp = tcp->settings,
                .limit_output = tcp->limit_output,
                .ephemeral_first = 32768,
                .ephemeral_last = 60999,
        };
        return host_new(&world->hosts, &config);
}

static void add_node(World *world, const struct scenario_host *spec, unsigned member)
{
        struct world_node node = { .name = g_strdup(spec->name), .address = spec->address };
        uint32_t owner = world->nodes->len;
        if (spec->is_group) {
                g_free(node.name);
                node.name = g_strdup_printf("%s-%u", spec->name, member + 1);
                node.address = ip_address_plus(&spec->address, member);
                remember_name(world->names, node.name, owner, 1);
        }
        if (spec->forwards)
                node.router = router_new(&world->net, owner, &node.address);
        else
                node.host = make_host(world, spec, &node, owner);
        g_array_append_val(world->nodes, node);
        if (world->trace != NULL)
                trace_add_owner(world->trace, spec->forwards ? TRACE_OWNER_ROUTER : TRACE_OWNER_HOST,
                        node.name, NULL, NULL);
}

/* A link that names a group is a link for each member, "access-1" and so on; two groups are paired by number.
 */
static unsigned members_of_link(const World *world, const struct scenario_link *spec)
{
        return MAX(world_find(world, spec->ends[0])->count, world_find(world, spec->ends[1])->count);
}

static char *name_of_link(const struct scenario_link *spec, unsigned member, unsigned members)
{
        return members > 1 ? g_strdup_printf("%s-%u", spec->name, member + 1) : g_strdup(spec->name);
}

/* Links have numbers before they exist, since fault rules name them and they ask the fault rules. */
static void number_links(World *world)
{
        unsigned number = 0;
        for (unsigned i = 0; i < world->scenario->links->len; i++) {
                const struct scenario_link *spec = world->scenario->links->pdata[i];
                unsigned members = members_of_link(world, spec);
                remember_name(world->link_names, spec->name, number, members);
                for (unsigned member = 0; members > 1 && member < members; member++) {
                        g_autofree char *name = name_of_link(spec, member, members);
                        remember_name(world->link_names, name, number + member, 1);
                }
                number += members;
        }
}

void topology_add_nodes(World *world)
{
        const GPtrArray *specs = world->scenario->hosts;
        for (unsigned i = 0; i < specs->len; i++) {
                const struct scenario_host *spec = specs->pdata[i];
                remember_name(world->names, spec->name, world->nodes->len, spec->count);
                for (unsigned member = 0; member < spec->count; member++)
                        add_node(world, spec, member);
        }
        number_links(world);
}

/* ---- Links ---- */

static struct packet_sink sink_of(const struct world_node *node)
{
        return node->host != NULL ? host_sink(node->host) : router_sink(node->router);
}

static RouteTable *routes_of(const struct world_node *node)
{
        return node->host != NULL ? host_routes(node->host) : router_routes(node->router);
}

static void add_direction(World *world, const struct scenario_link *spec, const char *name, unsigned number,
        unsigned direction, const unsigned ends[2])
{
        const struct scenario_direction *values = &spec->directions[direction];
        const struct world_node *near_end = world_node(world, ends[direction]);
        const struct world_node *far_end = world_node(world, ends[1 - direction]);
        g_autofree char *label = g_strdup_printf("%s → %s", name, far_end->name);
        struct link_config config = {
                .label = label,
                .owner = world->nodes->len + world->links->len,
                .number = number,
                .direction = direction,
                .rate = values->rate,
                .shape = values->shape,
                .delay = values->delay,
                .mtu = spec->mtu,
                .queue = values->queue,
                .impair = values->impair,
                .seed = world->path_seed,
                .may_lose_power = near_end->may_lose_power,
        };
        struct packet_sink sink = sink_of(far_end);
        Link *link = link_new(&world->net, &config, &sink);
        g_ptr_array_add(world->links, link);
        struct route_edge edge = { ends[direction], ends[1 - direction], link };
        g_array_append_val(world->edges, edge);
        if (near_end->host != NULL)
                host_add_device(near_end->host, link);
        if (world->trace == NULL)
                return;
        trace_add_owner(world->trace, TRACE_OWNER_LINK, name, near_end->name, far_end->name);
        if (values->queue.ops->takes_turns)
                trace_set_takes_turns(world->trace);
}

static void add_link(World *world, const struct scenario_link *spec, unsigned member, unsigned members)
{
        const struct world_name *names[2] = { world_find(world, spec->ends[0]),
                world_find(world, spec->ends[1]) };
        unsigned ends[2];
        for (unsigned i = 0; i < 2; i++)
                ends[i] = names[i]->first + (names[i]->count > 1 ? member : 0);
        unsigned number = world->links->len / 2;
        g_autofree char *name = name_of_link(spec, member, members);
        add_direction(world, spec, name, number, 0, ends);
        add_direction(world, spec, name, number, 1, ends);
}

static void add_links_of(World *world, const struct scenario_link *spec)
{
        unsigned members = members_of_link(world, spec);
        for (unsigned member = 0; member < members; member++)
                add_link(world, spec, member, members);
}

static void note_who_may_lose_power(World *world)
{
        for (unsigned i = 0; i < world->fault_rules->len; i++) {
                const struct fault_rule *rule = &g_array_index(world->fault_rules, struct fault_rule, i);
                if (rule->link == FAULT_NO_LINK)
                        world_node(world, rule->host)->may_lose_power = true;
        }
}

/* ---- Routes ---- */

static void compute_routes(World *world)
{
        g_autofree struct route_node *nodes = g_new0(struct route_node, world->nodes->len);
        for (unsigned i = 0; i < world->nodes->len; i++) {
                const struct world_node *node = world_node(world, i);
                nodes[i] = (struct route_node){ routes_of(node), node->router != NULL, node->address };
        }
        world->route_map = route_all(
                nodes, world->nodes->len, (const struct route_edge *)world->edges->data, world->edges->len);
}

void topology_add_links(World *world)
{
        const GPtrArray *specs = world->scenario->links;
        note_who_may_lose_power(world);
        for (unsigned i = 0; i < specs->len; i++)
                add_links_of(world, specs->pdata[i]);
        compute_routes(world);
}
