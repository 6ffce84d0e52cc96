/*
 * The keys of `links:`: rate, delay, queue and impairments, for both directions or, with `-to`, for packets
 * towards one end only.
 */
#include "run/scenario_tables.h"

#include <string.h>

__extension__ typedef unsigned __int128 uint128;

#define MTU_MIN           128 /* headers of 40 bytes and the least `mss` */
#define MTU_MAX           65535

#define LINK(member)      FIELD_AT(struct scenario_link, member)
#define DIRECTION(member) FIELD_AT(struct scenario_direction, member)
#define QUANTITY(kind)    .type = &field_quantity, .quantity = &quantity_##kind

/* ---- Both directions, or one ---- */

static const struct field rate_field = { .name = "rate", .type = &field_rate };
static const struct field delay_field = { .name = "delay", QUANTITY(time), DIRECTION(delay) };
static const struct field queue_field = { .name = "queue", .type = &field_queue, DIRECTION(queue) };
static const struct field impair_field = {
        .name = "impair", .type = &field_record, .table = &impair_table, DIRECTION(impair)
};

static bool read_both(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        struct scenario_direction *directions = value;
        return field_read(reader, field->inner, node, &directions[0]) &&
               field_read(reader, field->inner, node, &directions[1]);
}

static char *direction_text(const struct field_writer *writer, const struct field *field,
        const struct scenario_direction *direction)
{
        g_autoptr(YamlNode) node = field_write(writer, field->inner, direction);
        return tree_print(node);
}

static bool directions_agree(const struct field_writer *writer, const struct field *field,
        const struct scenario_direction *directions)
{
        g_autofree char *there = direction_text(writer, field, &directions[0]);
        g_autofree char *back = direction_text(writer, field, &directions[1]);
        return strcmp(there, back) == 0;
}

static struct yaml_node *write_both(
        const struct field_writer *writer, const struct field *field, const void *value)
{
        const struct scenario_direction *directions = value;
        return directions_agree(writer, field, directions) ? field_write(writer, field->inner, &directions[0])
                                                           : NULL;
}

static const struct field_type both_ways = { read_both, write_both };

static bool read_towards(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        struct scenario_link *link = value;
        const char *const ends[] = { link->ends[0], link->ends[1], NULL };
        if (!field_expect_kind(reader, field->name, node, YAML_MAP))
                return false;
        for (unsigned i = 0; i < tree_count(node); i++) {
                const struct yaml_node *child = tree_child(node, i);
                bool is_end[2] = { strcmp(child->key, ends[0]) == 0, strcmp(child->key, ends[1]) == 0 };
                if (!is_end[0] && !is_end[1])
                        return field_fail_word(reader, child->key_mark, child->key, ends,
                                "%s: '%s' is no end of this link", field->name, child->key);
                if (!field_read(reader, field->inner, child, &link->directions[is_end[1] ? 0 : 1]))
                        return false;
        }
        return true;
}

static struct yaml_node *write_towards(
        const struct field_writer *writer, const struct field *field, const void *value)
{
        const struct scenario_link *link = value;
        if (directions_agree(writer, field, link->directions))
                return NULL;
        struct yaml_node *map = tree_map_new();
        tree_map_add(map, link->ends[1], field_write(writer, field->inner, &link->directions[0]));
        tree_map_add(map, link->ends[0], field_write(writer, field->inner, &link->directions[1]));
        return map;
}

static const struct field_type towards_an_end = { read_towards, write_towards };

/* ---- netem: short for other keys, which come after it ---- */

static bool read_netem(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        static const struct field *const meant[] = { &rate_field, &delay_field, &queue_field, &impair_field };
        if (!field_expect_kind(reader, field->name, node, YAML_TEXT))
                return false;
        g_autoptr(YamlNode) keys = netem_line_read(reader, node);
        if (!keys)
                return false;
        for (size_t i = 0; i < G_N_ELEMENTS(meant); i++) {
                const struct yaml_node *child = tree_find(keys, meant[i]->name);
                if (child && !field_read(reader, meant[i], child, value))
                        return false;
        }
        return true;
}

static const struct field_type netem_line = { .read = read_netem };
static const struct field netem_field = { .name = "netem", .type = &netem_line };
static const struct field_type netem_both_ways = { .read = read_both };
static const struct field_type netem_towards_an_end = { .read = read_towards };

/* ---- luck: what names a packet's draws ---- */

static bool read_luck(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        static const struct field_word words[] = { { "by-ordinal", 0, false }, { "by-segment", 1, false },
                { NULL, 0, false } };
        const struct field choice = { .name = field->name, .words = words, .size = sizeof(int) };
        int by_segment = 0;
        if (!field_choice.read(reader, &choice, node, &by_segment))
                return false;
        *(bool *)value = by_segment;
        return true;
}

static struct yaml_node *write_luck(const struct field_writer *writer G_GNUC_UNUSED,
        const struct field *field G_GNUC_UNUSED, const void *value)
{
        return tree_text_new(*(const bool *)value ? "by-segment" : "by-ordinal");
}

static const struct field_type luck_name = { read_luck, write_luck };
static const struct field luck_field = { .name = "luck", .type = &luck_name, DIRECTION(impair.by_segment) };

/* ---- between: two ends ---- */

static bool read_between(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        char **ends = value;
        const struct field end = { .name = field->name, .type = &field_name };
        if (!field_expect_kind(reader, field->name, node, YAML_LIST))
                return false;
        if (tree_count(node) != 2)
                return field_fail(reader, node->mark, "%s: %u given; accepted: two, as in [browser, isp]",
                        field->name, tree_count(node));
        if (!field_read(reader, &end, tree_child(node, 0), &ends[0]) ||
                !field_read(reader, &end, tree_child(node, 1), &ends[1]))
                return false;
        if (strcmp(ends[0], ends[1]) == 0)
                return field_fail(reader, node->mark, "%s: both ends are '%s'; accepted: two different ones",
                        field->name, ends[0]);
        return true;
}

static struct yaml_node *write_between(const struct field_writer *writer G_GNUC_UNUSED,
        const struct field *field G_GNUC_UNUSED, const void *value)
{
        char *const *ends = value;
        struct yaml_node *list = tree_list_new();
        tree_list_add(list, tree_text_new(ends[0]));
        tree_list_add(list, tree_text_new(ends[1]));
        return list;
}

static const struct field_type two_ends = { read_between, write_between };

/* ---- The table ---- */

#define MTU                                                                                                  \
        {                                                                                                    \
                .name = "mtu", QUANTITY(size), LINK(mtu), .least = MTU_MIN, .most = MTU_MAX                  \
        }
#define BOTH_WAYS(what, field)                                                                               \
        { .name = what, .type = &both_ways, .inner = &field, LINK(directions) },                             \
        {                                                                                                    \
                .name = what "-to", .type = &towards_an_end, .inner = &field                                 \
        }
#define NETEM                                                                                                \
        { .name = "netem", .type = &netem_both_ways, .inner = &netem_field, LINK(directions) },              \
        {                                                                                                    \
                .name = "netem-to", .type = &netem_towards_an_end, .inner = &netem_field                     \
        }
#define LUCK                                                                                                 \
        {                                                                                                    \
                .name = "luck", .type = &both_ways, .inner = &luck_field, LINK(directions)                   \
        }
/* A netem line is short for keys that come after it. */
#define PARAMETERS                                                                                           \
        NETEM, BOTH_WAYS("rate", rate_field), BOTH_WAYS("delay", delay_field),                               \
                BOTH_WAYS("queue", queue_field), BOTH_WAYS("impair", impair_field), LUCK

const struct field *const link_parameters[] = { &rate_field, &delay_field, &queue_field, &impair_field };

static const struct field link_fields[] = {
        { .name = "name", .type = &field_name, LINK(name) },
        { .name = "between", .type = &two_ends, LINK(ends), .is_required = true },
        MTU,
        PARAMETERS,
        { .name = NULL },
};

/* What a rule may set later is all but a link's name and ends. */
static const struct field set_fields[] = { MTU, PARAMETERS, { .name = NULL } };

const struct field_table set_table = { .what = "set", .fields = set_fields };
const struct field_table link_table = { .what = "a link", .fields = link_fields };

/* ---- A queue's limit as a bandwidth-delay product ---- */

/* Of the direction's rate and the delays there and back. */
static bool resolve_limit(struct field_reader *reader, struct scenario_link *link, unsigned direction)
{
        struct queue_config *queue = &link->directions[direction].queue;
        uint64_t rate = link->directions[direction].rate;
        uint64_t round_trip = (uint64_t)link->directions[0].delay + (uint64_t)link->directions[1].delay;
        if (queue->limit_thousandth_bdp == 0)
                return true;
        uint128 bytes = (uint128)rate * round_trip * queue->limit_thousandth_bdp / 8 / 1000 / SECOND;
        if (rate == 0 || round_trip == 0)
                return field_fail(reader, link->mark,
                        "limit: the link has no bandwidth-delay product; accepted: a rate and a delay");
        if (bytes > INT64_MAX)
                return field_fail(reader, link->mark,
                        "limit: so many bandwidth-delay products of the link are more than 2^63 bytes; "
                        "accepted: a smaller limit, rate or delay");
        queue->limit_packets = 0;
        queue->limit_bytes = MAX((uint64_t)bytes, link->mtu);
        queue->limit_thousandth_bdp = 0;
        return true;
}

bool link_resolve_limits(struct field_reader *reader, struct scenario_link *link)
{
        return resolve_limit(reader, link, 0) && resolve_limit(reader, link, 1);
}

static bool read_links(struct field_reader *reader, const struct field *field, const struct yaml_node *node,
        void *value G_GNUC_UNUSED)
{
        if (!field_expect_kind(reader, field->name, node, YAML_LIST))
                return false;
        for (unsigned i = 0; i < tree_count(node); i++) {
                const struct yaml_node *child = tree_child(node, i);
                struct scenario_link *link = scenario_add_link(reader->scenario, child->mark);
                if (!field_table_read(reader, &link_table, child, link))
                        return false;
                if (!link_resolve_limits(reader, link))
                        return false;
                if (!link->name)
                        link->name = g_strdup_printf("%s-%s", link->ends[0], link->ends[1]);
                scenario_name_link(reader->scenario, link);
        }
        return true;
}

static struct yaml_node *write_links(
        const struct field_writer *writer, const struct field *field G_GNUC_UNUSED, const void *value)
{
        const GPtrArray *links = *(GPtrArray *const *)value;
        struct yaml_node *list = tree_list_new();
        for (unsigned i = 0; i < links->len; i++)
                tree_list_add(list, field_table_write(writer, &link_table, g_ptr_array_index(links, i)));
        return list;
}

const struct field_type field_links = { read_links, write_links };
