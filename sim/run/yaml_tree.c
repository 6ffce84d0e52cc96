/*
 * The tree itself: nodes made, found, copied and freed.
 */
#include "run/yaml_tree.h"

static void free_child(gpointer child)
{
        tree_free(child);
}

static void make_branch(struct yaml_node *node, enum yaml_kind kind)
{
        node->kind = kind;
        node->children = g_ptr_array_new_with_free_func(free_child);
        if (kind == YAML_MAP)
                node->by_key = g_hash_table_new(g_str_hash, g_str_equal);
}

struct yaml_node *tree_text_new(const char *text)
{
        struct yaml_node *node = g_new0(struct yaml_node, 1);
        node->kind = YAML_TEXT;
        node->text = g_strdup(text);
        return node;
}

struct yaml_node *tree_list_new(void)
{
        struct yaml_node *node = g_new0(struct yaml_node, 1);
        make_branch(node, YAML_LIST);
        return node;
}

struct yaml_node *tree_map_new(void)
{
        struct yaml_node *node = g_new0(struct yaml_node, 1);
        make_branch(node, YAML_MAP);
        return node;
}

static void copy_children(struct yaml_node *copy, const struct yaml_node *node)
{
        for (unsigned i = 0; i < tree_count(node); i++) {
                const struct yaml_node *child = tree_child(node, i);
                if (node->kind == YAML_MAP)
                        tree_map_add(copy, child->key, tree_copy(child));
                else
                        tree_list_add(copy, tree_copy(child));
        }
}

struct yaml_node *tree_copy(const struct yaml_node *node)
{
        struct yaml_node *copy;
        if (node->kind == YAML_TEXT)
                copy = tree_text_new(node->text);
        else
                copy = node->kind == YAML_LIST ? tree_list_new() : tree_map_new();
        copy->mark = node->mark;
        copy->key_mark = node->key_mark;
        copy->is_plain = node->is_plain;
        copy_children(copy, node);
        return copy;
}

void tree_free(struct yaml_node *node)
{
        if (!node)
                return;
        if (node->by_key)
                g_hash_table_unref(node->by_key);
        if (node->children)
                g_ptr_array_unref(node->children);
        g_free(node->text);
        g_free(node->key);
        g_free(node);
}

void tree_list_add(struct yaml_node *list, struct yaml_node *child)
{
        g_assert(list->kind == YAML_LIST);
        g_ptr_array_add(list->children, child);
}

void tree_map_add(struct yaml_node *map, const char *key, struct yaml_node *child)
{
        g_assert(map->kind == YAML_MAP && !tree_find(map, key));
        g_free(child->key);
        child->key = g_strdup(key);
        g_ptr_array_add(map->children, child);
        g_hash_table_insert(map->by_key, child->key, child);
}

void tree_map_set(struct yaml_node *map, const char *key, struct yaml_node *child)
{
        struct yaml_node *old = tree_find(map, key);
        unsigned index;
        if (!old || !g_ptr_array_find(map->children, old, &index)) {
                tree_map_add(map, key, child);
                return;
        }
        g_free(child->key);
        child->key = g_strdup(key);
        child->key_mark = old->key_mark;
        g_hash_table_replace(map->by_key, child->key, child);
        map->children->pdata[index] = child;
        tree_free(old);
}

void tree_become_map(struct yaml_node *node)
{
        g_assert(tree_is_empty(node));
        g_clear_pointer(&node->text, g_free);
        make_branch(node, YAML_MAP);
}

unsigned tree_count(const struct yaml_node *node)
{
        return node->children ? node->children->len : 0;
}

struct yaml_node *tree_child(const struct yaml_node *node, unsigned index)
{
        return g_ptr_array_index(node->children, index);
}

struct yaml_node *tree_find(const struct yaml_node *map, const char *key)
{
        return map->by_key ? g_hash_table_lookup(map->by_key, key) : NULL;
}

bool tree_is_empty(const struct yaml_node *node)
{
        return node->kind == YAML_TEXT && node->is_plain && *node->text == '\0';
}

const char *tree_kind_name(enum yaml_kind kind)
{
        static const char *const names[] = {
                [YAML_TEXT] = "a single value",
                [YAML_LIST] = "a list",
                [YAML_MAP] = "a mapping",
        };
        return names[kind];
}

void tree_set_marks(struct yaml_node *node, struct mark mark)
{
        node->mark = node->key_mark = mark;
        for (unsigned i = 0; i < tree_count(node); i++)
                tree_set_marks(tree_child(node, i), mark);
}
