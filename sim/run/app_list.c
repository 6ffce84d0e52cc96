/*
 * The list `apps:`: which kind of program each item is, and its keys brought together from the item and the
 * kind's mapping.
 */
#include "run/scenario_tables.h"

#include <string.h>

static int kind_of_key(const char *key)
{
        for (int kind = 0; kind < APP_KINDS; kind++)
                if (strcmp(key, app_kind_name((enum app_kind)kind)) == 0)
                        return kind;
        return -1;
}

/* An item without a program: the key that looks most like one is named. */
static bool fail_without_kind(struct field_reader *reader, const struct yaml_node *item)
{
        const char *kinds[APP_KINDS + 1] = { NULL };
        for (int kind = 0; kind < APP_KINDS; kind++)
                kinds[kind] = app_kind_name((enum app_kind)kind);
        g_autofree const char **shared = field_table_names(&app_table);
        for (unsigned i = 0; i < tree_count(item); i++) {
                const struct yaml_node *child = tree_child(item, i);
                if (!g_strv_contains(shared, child->key))
                        return field_fail_word(reader, child->key_mark, child->key, kinds,
                                "unknown key '%s' in a program", child->key);
        }
        g_autofree char *list = g_strjoinv(", ", (char **)kinds);
        return field_fail(reader, item->mark, "a program of no kind; accepted: %s", list);
}

/* The one key of the item that names a kind. */
static bool find_kind(
        struct field_reader *reader, const struct yaml_node *item, const struct yaml_node **program)
{
        *program = NULL;
        for (unsigned i = 0; i < tree_count(item); i++) {
                const struct yaml_node *child = tree_child(item, i);
                if (kind_of_key(child->key) < 0)
                        continue;
                if (*program)
                        return field_fail(reader, child->key_mark,
                                "'%s' beside '%s'; accepted: one program an item", child->key,
                                (*program)->key);
                *program = child;
        }
        return *program || fail_without_kind(reader, item);
}

static bool gather_keys(struct field_reader *reader, struct yaml_node *all, const struct yaml_node *from,
        const struct yaml_node *but)
{
        for (unsigned i = 0; i < tree_count(from); i++) {
                const struct yaml_node *child = tree_child(from, i);
                if (child == but)
                        continue;
                if (tree_find(all, child->key))
                        return field_fail(reader, child->key_mark,
                                "key '%s' is given twice; each key once is accepted", child->key);
                tree_map_add(all, child->key, tree_copy(child));
        }
        return true;
}

static bool read_app(struct field_reader *reader, const struct yaml_node *item)
{
        const struct yaml_node *program;
        if (!field_expect_kind(reader, "a program", item, YAML_MAP) || !find_kind(reader, item, &program))
                return false;
        if (!tree_is_empty(program) && !field_expect_kind(reader, program->key, program, YAML_MAP))
                return false;
        g_autoptr(YamlNode) all = tree_map_new();
        all->mark = program->mark;
        if (!gather_keys(reader, all, item, program) || !gather_keys(reader, all, program, NULL))
                return false;
        enum app_kind kind = (enum app_kind)kind_of_key(program->key);
        struct scenario_app *app = scenario_add_app(reader->scenario, kind, item->mark);
        return field_table_read(reader, &app_tables[kind], all, app);
}

/* Programs without a name get one of their kind and host, with a number where that is taken. */
static void give_names(const GPtrArray *apps)
{
        g_autoptr(GHashTable) taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        for (unsigned i = 0; i < apps->len; i++) {
                const struct scenario_app *app = g_ptr_array_index(apps, i);
                if (app->name)
                        g_hash_table_add(taken, g_strdup(app->name));
        }
        for (unsigned i = 0; i < apps->len; i++) {
                struct scenario_app *app = g_ptr_array_index(apps, i);
                if (app->name)
                        continue;
                const char *kind = app_kind_name(app->kind);
                g_autofree char *name = g_strdup_printf("%s-%s", kind, app->host);
                if (g_hash_table_contains(taken, name)) {
                        g_free(name);
                        name = g_strdup_printf("%s-%s-apps-%u", kind, app->host, i);
                }
                app->name = g_strdup(name);
                g_hash_table_add(taken, g_steal_pointer(&name));
        }
}

static bool read_apps(struct field_reader *reader, const struct field *field, const struct yaml_node *node,
        void *value G_GNUC_UNUSED)
{
        if (!field_expect_kind(reader, field->name, node, YAML_LIST))
                return false;
        for (unsigned i = 0; i < tree_count(node); i++)
                if (!read_app(reader, tree_child(node, i)))
                        return false;
        give_names(reader->scenario->apps);
        return true;
}

static struct yaml_node *write_apps(
        const struct field_writer *writer, const struct field *field G_GNUC_UNUSED, const void *value)
{
        const GPtrArray *apps = *(GPtrArray *const *)value;
        struct yaml_node *list = tree_list_new();
        for (unsigned i = 0; i < apps->len; i++) {
                const struct scenario_app *app = g_ptr_array_index(apps, i);
                struct yaml_node *item = field_table_write(writer, &app_table, app);
                tree_map_add(item, app_kind_name(app->kind),
                        field_table_write(writer, &app_tables[app->kind], app));
                tree_list_add(list, item);
        }
        return list;
}

const struct field_type field_apps = { read_apps, write_apps };
