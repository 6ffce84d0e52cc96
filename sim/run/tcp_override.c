/*
 * The same keys, values and messages as in a scenario: a tree with nothing but `tcp:` is changed and read.
 */
#include "run/tcp_override.h"

#include "run/scenario_override.h"
#include "run/scenario_tables.h"

static bool read_tree(
        struct field_reader *reader, const struct yaml_node *root, struct tcp_settings *settings)
{
        struct scenario_tcp tcp = { .settings = *settings };
        if (tree_count(root) > 1)
                return field_fail(reader, tree_child(root, 1)->key_mark, "accepted: tcp.KEY=VALUE");
        if (!field_tcp.read(reader, NULL, tree_find(root, "tcp"), &tcp))
                return false;
        *settings = tcp.settings;
        return true;
}

bool tcp_override(struct tcp_settings *settings, char *const *sets, GError **error)
{
        g_autoptr(GHashTable) marks = g_hash_table_new_full(NULL, NULL, NULL, g_free);
        struct Scenario nothing = { .path = (char *)"-", .sets = (char **)sets, .marks = marks };
        struct field_reader reader = { &nothing, error };
        g_autoptr(YamlNode) root = tree_map_new();
        tree_map_add(root, "tcp", tree_map_new());
        return scenario_override_all(&reader, root, sets) && read_tree(&reader, root, settings);
}
