/*
 * A path through the tree: mappings by key, the longest that fits first since keys may hold dots; lists by
 * the items' names or numbers; a program's keys inside its kind's mapping too.
 */
#include "run/scenario_override.h"

#include "run/scenario_tables.h"

#include <string.h>

/* One path being followed. `parent` and `index` tell where `node` hangs. */
struct path_walk {
        struct field_reader *reader;
        struct yaml_node *root;
        const char *path;
        const char *rest; /* of the path, from `node` on */
        struct yaml_node *value;
        struct mark mark;
};

static bool has_names(const struct path_walk *walk, const struct yaml_node *node)
{
        return node == tree_find(walk->root, "hosts") || node == tree_find(walk->root, "routers");
}

/* The first word of the rest. */
static char *next_word(const struct path_walk *walk)
{
        return g_strndup(walk->rest, strcspn(walk->rest, "."));
}

static const char *after(const char *rest, size_t length)
{
        return rest[length] == '.' ? rest + length + 1 : NULL;
}

/* The longest beginning of the rest that is a key; its length is 0 when none is. */
static struct yaml_node *find_longest(const struct yaml_node *map, const char *rest, size_t *length)
{
        for (*length = strlen(rest); *length > 0; (*length)--) {
                if (rest[*length] != '.' && rest[*length] != '\0')
                        continue;
                g_autofree char *key = g_strndup(rest, *length);
                struct yaml_node *child = tree_find(map, key);
                if (child)
                        return child;
        }
        return NULL;
}

/* The mapping of an `apps:` item's kind. */
static struct yaml_node *program_of(const struct path_walk *walk, const struct yaml_node *item)
{
        const struct yaml_node *apps = tree_find(walk->root, "apps");
        if (!apps || !apps->children || !g_ptr_array_find(apps->children, item, NULL))
                return NULL;
        for (int kind = 0; kind < APP_KINDS; kind++) {
                struct yaml_node *program = tree_find(item, app_kind_name((enum app_kind)kind));
                if (program)
                        return program;
        }
        return NULL;
}

static const char *name_of_item(const struct yaml_node *item)
{
        const struct yaml_node *name = item->kind == YAML_MAP ? tree_find(item, "name") : NULL;
        return name && name->kind == YAML_TEXT ? name->text : NULL;
}

static int find_item(const struct yaml_node *list, const char *word)
{
        guint64 index;
        for (unsigned i = 0; i < tree_count(list); i++)
                if (g_strcmp0(name_of_item(tree_child(list, i)), word) == 0)
                        return (int)i;
        if (tree_count(list) > 0 &&
                g_ascii_string_to_unsigned(word, 10, 0, tree_count(list) - 1, &index, NULL))
                return (int)index;
        return -1;
}

static bool fail_unknown(const struct path_walk *walk, const struct yaml_node *node, const char *word)
{
        g_autoptr(GPtrArray) words = g_ptr_array_new();
        for (unsigned i = 0; i < tree_count(node); i++) {
                const struct yaml_node *child = tree_child(node, i);
                const char *name = node->kind == YAML_MAP ? child->key : name_of_item(child);
                if (name)
                        g_ptr_array_add(words, (gpointer)name);
        }
        g_ptr_array_add(words, NULL);
        return field_fail_word(walk->reader, walk->mark, word, (const char *const *)words->pdata,
                "nothing is named '%s'", word);
}

static void put_in_map(struct path_walk *walk, struct yaml_node *map, const char *key)
{
        walk->value->key_mark = walk->mark;
        tree_map_set(map, key, g_steal_pointer(&walk->value));
}

static bool walk_from(struct path_walk *walk, struct yaml_node *node);

static bool walk_missing_key(struct path_walk *walk, struct yaml_node *map)
{
        g_autofree char *word = next_word(walk);
        struct yaml_node *program = program_of(walk, map);
        g_autofree const char **shared = field_table_names(&app_table);
        if (has_names(walk, map))
                return fail_unknown(walk, map, word);
        if (program && !g_strv_contains(shared, word))
                return walk_from(walk, program);
        const char *rest = after(walk->rest, strlen(word));
        if (!rest) {
                put_in_map(walk, map, word);
                return true;
        }
        struct yaml_node *made = tree_map_new();
        made->mark = made->key_mark = walk->mark;
        tree_map_add(map, word, made);
        walk->rest = rest;
        return walk_from(walk, made);
}

static bool walk_map(struct path_walk *walk, struct yaml_node *map)
{
        size_t length;
        struct yaml_node *child = find_longest(map, walk->rest, &length);
        if (!child)
                return walk_missing_key(walk, map);
        const char *rest = after(walk->rest, length);
        if (!rest) {
                put_in_map(walk, map, walk->rest);
                return true;
        }
        walk->rest = rest;
        return walk_from(walk, child);
}

static bool walk_list(struct path_walk *walk, struct yaml_node *list)
{
        g_autofree char *word = next_word(walk);
        int index = find_item(list, word);
        if (index < 0)
                return fail_unknown(walk, list, word);
        const char *rest = after(walk->rest, strlen(word));
        if (rest) {
                walk->rest = rest;
                return walk_from(walk, tree_child(list, (unsigned)index));
        }
        tree_free(tree_child(list, (unsigned)index));
        list->children->pdata[index] = g_steal_pointer(&walk->value);
        return true;
}

static bool walk_from(struct path_walk *walk, struct yaml_node *node)
{
        if (*walk->rest == '\0' || *walk->rest == '.')
                return field_fail(walk->reader, walk->mark,
                        "'%s' is no path; accepted: words with dots between", walk->path);
        if (tree_is_empty(node))
                tree_become_map(node);
        switch (node->kind) {
        case YAML_MAP:
                return walk_map(walk, node);
        case YAML_LIST:
                return walk_list(walk, node);
        default:
                return field_fail(walk->reader, walk->mark,
                        "'%s' goes on behind '%s', a single value; accepted: a shorter path", walk->path,
                        node->text);
        }
}

bool scenario_override(struct field_reader *reader, struct yaml_node *root, const char *path,
        struct yaml_node *value, struct mark mark)
{
        struct path_walk walk = {
                .reader = reader, .root = root, .path = path, .rest = path, .value = value, .mark = mark
        };
        bool is_good = walk_from(&walk, root);
        tree_free(walk.value);
        return is_good;
}

static bool override_one(
        struct field_reader *reader, struct yaml_node *root, const char *set, struct mark mark)
{
        const char *equals = strchr(set, '=');
        if (!equals)
                return field_fail(reader, mark, "no '='; accepted: PATH=VALUE");
        struct yaml_error error;
        struct yaml_node *value = tree_parse(equals + 1, strlen(equals + 1), &error);
        if (!value) {
                field_fail(reader, mark, "%s", error.message);
                g_free(error.message);
                return false;
        }
        tree_set_marks(value, mark);
        g_autofree char *path = g_strndup(set, (gsize)(equals - set));
        return scenario_override(reader, root, path, value, mark);
}

bool scenario_override_all(struct field_reader *reader, struct yaml_node *root, char *const *sets)
{
        for (unsigned i = 0; sets && sets[i]; i++)
                if (!override_one(reader, root, sets[i], (struct mark){ .column = i + 1 }))
                        return false;
        return true;
}
