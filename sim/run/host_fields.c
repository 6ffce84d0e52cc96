/*
 * The keys of `hosts:` and `routers:`.
 */
#include "run/scenario_tables.h"

#define ROUTERS_FROM 0x64400001u /* 100.64.0.1: the first of RFC 6598's shared address space */
#define MEMBERS_MOST 1000000u

#define HOST(member) FIELD_AT(struct scenario_host, member)

/* ---- count: makes a group, even of one ---- */

static const struct field count_field = { .name = "count",
        .type = &field_quantity,
        .quantity = &quantity_count,
        HOST(count),
        .least = 1,
        .most = MEMBERS_MOST };

static bool read_count(struct field_reader *reader, const struct field *field G_GNUC_UNUSED,
        const struct yaml_node *node, void *value)
{
        struct scenario_host *host = value;
        host->is_group = true;
        return field_read(reader, &count_field, node, host);
}

static struct yaml_node *write_count(
        const struct field_writer *writer, const struct field *field G_GNUC_UNUSED, const void *value)
{
        const struct scenario_host *host = value;
        return host->is_group ? field_write(writer, &count_field, host) : NULL;
}

static const struct field_type group_count = { read_count, write_count };

/* ---- tcp: on top of the file's ---- */

static const struct field host_tcp_field = { .name = "tcp", .type = &field_tcp, HOST(tcp) };

static bool read_host_tcp(struct field_reader *reader, const struct field *field G_GNUC_UNUSED,
        const struct yaml_node *node, void *value)
{
        struct scenario_host *host = value;
        host->has_tcp = true;
        return field_read(reader, &host_tcp_field, node, host);
}

static struct yaml_node *write_host_tcp(
        const struct field_writer *writer, const struct field *field G_GNUC_UNUSED, const void *value)
{
        const struct scenario_host *host = value;
        return host->has_tcp ? field_write(writer, &host_tcp_field, host) : NULL;
}

static const struct field_type own_tcp = { read_host_tcp, write_host_tcp };

/* ---- The tables ---- */

static const struct field host_fields[] = {
        { .name = "count", .type = &group_count },
        { .name = "addr", .type = &field_address, HOST(address), .is_required = true },
        { .name = "resolver", .type = &field_address, HOST(resolver) },
        { .name = "tcp", .type = &own_tcp },
        { .name = NULL },
};

static const struct field router_fields[] = {
        { .name = "addr", .type = &field_address, HOST(address) },
        { .name = NULL },
};

const struct field_table host_table = { .what = "a host", .fields = host_fields };
const struct field_table router_table = { .what = "a router", .fields = router_fields };

static bool read_host(struct field_reader *reader, const struct yaml_node *node, bool forwards)
{
        const char *what = forwards ? "routers" : "hosts";
        if (!field_check_name(reader, what, node->key, node->key_mark))
                return false;
        if (g_hash_table_contains(reader->scenario->hosts_by_name, node->key))
                return field_fail(reader, node->key_mark,
                        "%s: '%s' is a host already; accepted: a name of its own", what, node->key);
        struct scenario_host *host = scenario_add_host(reader->scenario, node->key, node->key_mark);
        host->forwards = forwards;
        return field_table_read(reader, forwards ? &router_table : &host_table, node, host);
}

static bool read_all(
        struct field_reader *reader, const char *what, const struct yaml_node *node, bool forwards)
{
        if (tree_is_empty(node))
                return true;
        if (!field_expect_kind(reader, what, node, YAML_MAP))
                return false;
        for (unsigned i = 0; i < tree_count(node); i++)
                if (!read_host(reader, tree_child(node, i), forwards))
                        return false;
        return true;
}

static struct yaml_node *write_all(const struct field_writer *writer, const GPtrArray *hosts, bool forwards)
{
        struct yaml_node *map = tree_map_new();
        for (unsigned i = 0; i < hosts->len; i++) {
                const struct scenario_host *host = g_ptr_array_index(hosts, i);
                if (host->forwards == forwards)
                        tree_map_add(map, host->name,
                                field_table_write(writer, forwards ? &router_table : &host_table, host));
        }
        return map;
}

static bool read_hosts(struct field_reader *reader, const struct field *field, const struct yaml_node *node,
        void *value G_GNUC_UNUSED)
{
        return read_all(reader, field->name, node, false);
}

static struct yaml_node *write_hosts(
        const struct field_writer *writer, const struct field *field G_GNUC_UNUSED, const void *value)
{
        return write_all(writer, *(GPtrArray *const *)value, false);
}

const struct field_type field_hosts = { read_hosts, write_hosts };

static void give_addresses(const GPtrArray *hosts)
{
        uint32_t next = ROUTERS_FROM;
        for (unsigned i = 0; i < hosts->len; i++) {
                struct scenario_host *host = g_ptr_array_index(hosts, i);
                if (!host->forwards)
                        continue;
                if (ip_address_is_any(&host->address))
                        host->address = ip_address_from_ipv4(next);
                next++;
        }
}

static bool read_routers(struct field_reader *reader, const struct field *field, const struct yaml_node *node,
        void *value G_GNUC_UNUSED)
{
        if (!read_all(reader, field->name, node, true))
                return false;
        give_addresses(reader->scenario->hosts);
        return true;
}

static struct yaml_node *write_routers(
        const struct field_writer *writer, const struct field *field G_GNUC_UNUSED, const void *value)
{
        return write_all(writer, *(GPtrArray *const *)value, true);
}

const struct field_type field_routers = { read_routers, write_routers };
