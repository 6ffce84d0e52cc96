/*
 * Tables of keys against mappings: every key known, every required key there, each read by its row.
 */
#include "run/field.h"

#include "run/suggestion.h"

#define WORDS_SHOWN_MAX 16

bool field_fail(struct field_reader *reader, struct mark mark, const char *format, ...)
{
        va_list arguments;
        va_start(arguments, format);
        g_autofree char *message = g_strdup_vprintf(format, arguments);
        va_end(arguments);
        scenario_set_error(reader->error, reader->scenario, mark, "%s", message);
        return false;
}

/* As many as a reader would look through. */
static char *list_words(const char *const *words)
{
        GString *list = g_string_new(words[0]);
        for (unsigned i = 1; words[i]; i++) {
                g_string_append_printf(list, ", %s", i < WORDS_SHOWN_MAX ? words[i] : "…");
                if (i >= WORDS_SHOWN_MAX)
                        break;
        }
        return g_string_free(list, FALSE);
}

bool field_fail_word(struct field_reader *reader, struct mark mark, const char *wrong,
        const char *const *words, const char *format, ...)
{
        va_list arguments;
        va_start(arguments, format);
        g_autofree char *message = g_strdup_vprintf(format, arguments);
        va_end(arguments);
        const char *nearest = suggestion_nearest(wrong, words);
        if (nearest)
                return field_fail(reader, mark, "%s; did you mean '%s'?", message, nearest);
        if (!words[0])
                return field_fail(reader, mark, "%s; there is none", message);
        g_autofree char *list = list_words(words);
        return field_fail(reader, mark, "%s; accepted: %s", message, list);
}

bool field_expect_kind(
        struct field_reader *reader, const char *what, const struct yaml_node *node, enum yaml_kind kind)
{
        if (node->kind == kind)
                return true;
        return field_fail(reader, node->mark, "%s: %s; accepted: %s", what,
                tree_is_empty(node) ? "nothing is given" : tree_kind_name(node->kind), tree_kind_name(kind));
}

struct mark field_mark(const struct field_reader *reader, const void *value, struct mark otherwise)
{
        const struct mark *mark = g_hash_table_lookup(reader->scenario->marks, value);
        return mark ? *mark : otherwise;
}

static const struct field *find_field(const struct field_table *table, const char *name)
{
        for (; table; table = table->base)
                for (const struct field *field = table->fields; field->name; field++)
                        if (strcmp(field->name, name) == 0)
                                return field;
        return NULL;
}

const char **field_table_names(const struct field_table *table)
{
        GPtrArray *names = g_ptr_array_new();
        for (; table; table = table->base)
                for (const struct field *field = table->fields; field->name; field++)
                        g_ptr_array_add(names, (gpointer)field->name);
        g_ptr_array_add(names, NULL);
        return (const char **)g_ptr_array_free(names, FALSE);
}

static bool check_keys(
        struct field_reader *reader, const struct field_table *table, const struct yaml_node *node)
{
        for (unsigned i = 0; i < tree_count(node); i++) {
                const struct yaml_node *child = tree_child(node, i);
                if (find_field(table, child->key))
                        continue;
                g_autofree const char **names = field_table_names(table);
                return field_fail_word(reader, child->key_mark, child->key, names, "unknown key '%s' in %s",
                        child->key, table->what);
        }
        return true;
}

bool field_read(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *record)
{
        void *value = (char *)record + field->offset;
        /* A record begins where its first member does, and that one is read first: its mark stays. */
        if (!g_hash_table_contains(reader->scenario->marks, value))
                g_hash_table_insert(
                        reader->scenario->marks, value, g_memdup2(&node->mark, sizeof node->mark));
        return field->type->read(reader, field, node, value);
}

static bool read_fields(struct field_reader *reader, const struct field_table *table,
        const struct yaml_node *node, void *record)
{
        if (table->base && !read_fields(reader, table->base, node, record))
                return false;
        for (const struct field *field = table->fields; field->name; field++) {
                const struct yaml_node *child = tree_find(node, field->name);
                if (child && !field_read(reader, field, child, record))
                        return false;
                if (!child && field->is_required)
                        return field_fail(reader, node->mark, "%s without '%s'; the key is required",
                                table->what, field->name);
        }
        return true;
}

bool field_table_read(struct field_reader *reader, const struct field_table *table,
        const struct yaml_node *node, void *record)
{
        if (!tree_is_empty(node) && !field_expect_kind(reader, table->what, node, YAML_MAP))
                return false;
        return check_keys(reader, table, node) && read_fields(reader, table, node, record);
}

struct yaml_node *field_write(
        const struct field_writer *writer, const struct field *field, const void *record)
{
        if (field->is_shorthand || !field->type->write)
                return NULL;
        return field->type->write(writer, field, (const char *)record + field->offset);
}

struct yaml_node *field_table_write(
        const struct field_writer *writer, const struct field_table *table, const void *record)
{
        struct yaml_node *map = tree_map_new();
        for (const struct field *field = table->fields; field->name; field++) {
                struct yaml_node *node = field_write(writer, field, record);
                if (node)
                        tree_map_add(map, field->name, node);
        }
        return map;
}
