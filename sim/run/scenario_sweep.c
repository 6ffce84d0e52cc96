/*
 * `sweep:` is kept as it is written; but every value of every path must make a scenario that is accepted.
 */
#include "run/scenario_check.h"
#include "run/scenario_override.h"
#include "run/scenario_tables.h"

#include <string.h>

static const struct field repeat_field = { .name = "repeat",
        .type = &field_quantity,
        .quantity = &quantity_count,
        .size = sizeof(uint32_t),
        .least = 1,
        .most = 1000000 };

static bool read_sweep(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        struct yaml_node **sweep = value;
        uint32_t repeat;
        if (!field_expect_kind(reader, field->name, node, YAML_MAP))
                return false;
        for (unsigned i = 0; i < tree_count(node); i++) {
                const struct yaml_node *child = tree_child(node, i);
                bool is_repeat = strcmp(child->key, repeat_field.name) == 0;
                if (is_repeat && !field_quantity.read(reader, &repeat_field, child, &repeat))
                        return false;
                if (!is_repeat && !field_expect_kind(reader, child->key, child, YAML_LIST))
                        return false;
                if (!is_repeat && tree_count(child) == 0)
                        return field_fail(reader, child->mark,
                                "%s: an empty list; accepted: one value or more", child->key);
        }
        *sweep = tree_copy(node);
        return true;
}

static struct yaml_node *write_sweep(const struct field_writer *writer G_GNUC_UNUSED,
        const struct field *field G_GNUC_UNUSED, const void *value)
{
        const struct yaml_node *sweep = *(struct yaml_node *const *)value;
        return sweep ? tree_copy(sweep) : NULL;
}

const struct field_type field_sweep = { read_sweep, write_sweep };

static bool try_value(struct field_reader *reader, const struct yaml_node *tree, const struct yaml_node *path,
        const struct yaml_node *value)
{
        g_autoptr(Scenario) scenario = scenario_new(reader->scenario->path, reader->scenario->sets);
        scenario->fault_lines = g_strdupv(reader->scenario->fault_lines);
        struct field_reader trial = { .scenario = scenario, .error = reader->error };
        g_autoptr(YamlNode) changed = tree_map_new();
        for (unsigned i = 0; i < tree_count(tree); i++) {
                const struct yaml_node *child = tree_child(tree, i);
                if (strcmp(child->key, "sweep") != 0)
                        tree_map_add(changed, child->key, tree_copy(child));
        }
        return scenario_override(&trial, changed, path->key, tree_copy(value), path->key_mark) &&
               field_table_read(&trial, &scenario_table, changed, scenario) && scenario_check(&trial);
}

bool scenario_check_sweep(struct field_reader *reader, const struct yaml_node *tree)
{
        const struct yaml_node *sweep = reader->scenario->sweep;
        for (unsigned i = 0; sweep && i < tree_count(sweep); i++) {
                const struct yaml_node *path = tree_child(sweep, i);
                for (unsigned j = 0; path->kind == YAML_LIST && j < tree_count(path); j++)
                        if (!try_value(reader, tree, path, tree_child(path, j)))
                                return false;
        }
        return true;
}
