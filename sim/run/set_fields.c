/*
 * The action `set:` of a fault rule: what a link is from then on. Its keys are the link's own, on top of what
 * the file says of the link.
 */
#include "run/scenario_check.h"
#include "run/scenario_tables.h"

#include <string.h>

/* The parameters of a direction, in the order of the tables. */
enum { RATE, DELAY, QUEUE, IMPAIR, PARAMETERS };
static const char *const names[PARAMETERS] = { "rate", "delay", "queue", "impair" };

static bool *flag_of(struct link_change_direction *direction, int parameter)
{
        bool *flags[PARAMETERS] = { &direction->has_rate, &direction->has_delay, &direction->has_queue,
                &direction->has_impair };
        return flags[parameter];
}

/* What is given of a key towards an end: for both, or for that one. NULL: nothing. */
static const struct yaml_node *given_towards(const struct yaml_node *node, const char *key, const char *end)
{
        g_autofree char *towards = g_strdup_printf("%s-to", key);
        const struct yaml_node *both = tree_find(node, key);
        const struct yaml_node *one_way = tree_find(node, towards);
        return both ? both : one_way ? tree_find(one_way, end) : NULL;
}

/* Which of the keys that it is short for a netem line has. */
static void note_netem(
        struct field_reader *reader, const struct yaml_node *line, struct link_change_direction *direction)
{
        g_autoptr(YamlNode) keys = line ? netem_line_read(reader, line) : NULL;
        for (int i = 0; keys && i < PARAMETERS; i++)
                *flag_of(direction, i) |= tree_find(keys, names[i]) != NULL;
}

static void note_given(struct field_reader *reader, const struct yaml_node *node,
        const struct scenario_link *link, struct link_change *change)
{
        for (int d = 0; d < 2; d++) {
                struct link_change_direction *direction = &change->directions[d];
                const char *end = link->ends[1 - d];
                for (int i = 0; i < PARAMETERS; i++)
                        *flag_of(direction, i) = given_towards(node, names[i], end) != NULL;
                direction->has_impair |= tree_find(node, "luck") != NULL;
                note_netem(reader, tree_find(node, "netem"), direction);
                const struct yaml_node *one_way = tree_find(node, "netem-to");
                note_netem(reader, one_way ? tree_find(one_way, end) : NULL, direction);
        }
}

static void take_values(const struct scenario_link *link, bool has_mtu, struct link_change *change)
{
        change->mtu = has_mtu ? link->mtu : 0;
        for (int d = 0; d < 2; d++) {
                struct link_change_direction *to = &change->directions[d];
                const struct scenario_direction *from = &link->directions[d];
                to->rate = from->rate;
                to->shape = from->shape;
                to->delay = from->delay;
                to->queue = from->queue;
                to->impair = from->impair;
        }
}

static bool read_set(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        struct scenario_fault *fault = value;
        int member;
        const struct scenario_link *link =
                fault->link ? scenario_find_link(reader->scenario, fault->link, &member) : NULL;
        if (!fault->link)
                return field_fail(reader, node->key_mark,
                        "%s: the rule does not say of which link; accepted: on: LINK", field->name);
        if (!link)
                return field_fail(reader, node->key_mark,
                        "%s: no link is named '%s'; accepted: 'on' a link of the file", field->name,
                        fault->link);
        if (!field_expect_kind(reader, field->name, node, YAML_MAP))
                return false;
        if (tree_count(node) == 0)
                return field_fail(reader, node->mark,
                        "%s: nothing is set; accepted: one of the link's keys or more", field->name);
        struct scenario_link *set = scenario_keep(reader->scenario, link, sizeof *link);
        set->mark = node->mark;
        if (!field_table_read(reader, &set_table, node, set) || !link_resolve_limits(reader, set) ||
                !scenario_check_link_values(reader, set))
                return false;
        struct link_change change = { 0 };
        note_given(reader, node, link, &change);
        take_values(set, tree_find(node, "mtu") != NULL, &change);
        fault->set = set;
        fault->action.change = scenario_keep(reader->scenario, &change, sizeof change);
        return true;
}

static struct yaml_node *write_one_way(
        const struct field_writer *writer, const struct scenario_fault *fault, int parameter, int direction)
{
        struct yaml_node *map = tree_map_new();
        const struct scenario_link *set = fault->set;
        tree_map_add(map, set->ends[1 - direction],
                field_write(writer, link_parameters[parameter], &set->directions[direction]));
        return map;
}

/* As it is written of links: both ways when both are alike, else one by one. */
static void write_parameter(const struct field_writer *writer, const struct scenario_fault *fault,
        int parameter, struct yaml_node *map)
{
        struct link_change change = *fault->action.change;
        bool has[2];
        g_autofree char *towards = g_strdup_printf("%s-to", names[parameter]);
        for (int d = 0; d < 2; d++)
                has[d] = *flag_of(&change.directions[d], parameter);
        for (const struct field *field = set_table.fields; has[0] && has[1] && field->name; field++) {
                bool is_its_own =
                        g_str_equal(field->name, names[parameter]) || g_str_equal(field->name, towards);
                struct yaml_node *node = is_its_own ? field_write(writer, field, fault->set) : NULL;
                if (node)
                        tree_map_add(map, field->name, node);
        }
        if (has[0] != has[1])
                tree_map_add(map, towards, write_one_way(writer, fault, parameter, has[0] ? 0 : 1));
}

/* The row of the table, by its key. */
static void write_row(const struct field_writer *writer, const char *key, const struct scenario_link *set,
        struct yaml_node *map)
{
        const struct field *field = set_table.fields;
        while (strcmp(field->name, key) != 0)
                field++;
        tree_map_add(map, key, field_write(writer, field, set));
}

/* Whole: what is not said stays as it is on the link, which need not be the default. */
static struct yaml_node *write_set(
        const struct field_writer *outer, const struct field *field G_GNUC_UNUSED, const void *value)
{
        const struct field_writer whole = { .inputs = outer->inputs, .is_whole = true };
        const struct field_writer *writer = &whole;
        const struct scenario_fault *fault = value;
        const struct link_change *change = fault->action.change;
        struct yaml_node *map = tree_map_new();
        if (change->mtu > 0)
                write_row(writer, "mtu", fault->set, map);
        for (int i = 0; i < PARAMETERS; i++)
                write_parameter(writer, fault, i, map);
        if (change->directions[0].has_impair && change->directions[1].has_impair)
                write_row(writer, "luck", fault->set, map);
        return map;
}

const struct field_type field_set = { read_set, write_set };
