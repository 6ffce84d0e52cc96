/*
 * The list `expect:`: what the summary must say. `path: value`, or the whole item as text with = < > <= >=.
 */
#include "run/scenario_tables.h"

#include <string.h>

/* Longest first, so that "<=" is not taken for "<". */
static const struct {
        const char *sign;
        enum expect_relation relation;
} relations[] = {
        { "<=", EXPECT_AT_MOST },
        { ">=", EXPECT_AT_LEAST },
        { "=", EXPECT_EQUAL },
        { "<", EXPECT_LESS },
        { ">", EXPECT_GREATER },
};

static bool is_path(const char *text)
{
        if (!g_ascii_isalnum(*text))
                return false;
        for (const char *c = text; *c; c++)
                if (!g_ascii_isalnum(*c) && !strchr("-_.", *c))
                        return false;
        return true;
}

static bool fail_expect(struct field_reader *reader, struct mark mark, const char *text)
{
        return field_fail(reader, mark,
                "expect: '%s' is no expectation; accepted: NAME.FIGURE: VALUE, or as one text NAME.FIGURE < "
                "VALUE (= < > <= >=)",
                text);
}

static bool take_parts(
        struct field_reader *reader, struct scenario_expect *expect, const char *path, const char *value)
{
        expect->path = g_strstrip(g_strdup(path));
        expect->value = g_strstrip(g_strdup(value));
        if (is_path(expect->path) && *expect->value != '\0')
                return true;
        return fail_expect(reader, expect->mark, expect->text);
}

static bool read_pair(
        struct field_reader *reader, const struct yaml_node *node, struct scenario_expect *expect)
{
        if (tree_count(node) != 1)
                return field_fail(
                        reader, node->mark, "expect: %u pairs in one item; accepted: one", tree_count(node));
        const struct yaml_node *value = tree_child(node, 0);
        if (!field_expect_kind(reader, "expect", value, YAML_TEXT))
                return false;
        expect->is_pair = true;
        expect->relation = EXPECT_EQUAL;
        expect->text = g_strdup_printf("%s: %s", value->key, value->text);
        return take_parts(reader, expect, value->key, value->text);
}

static bool read_comparison(
        struct field_reader *reader, const struct yaml_node *node, struct scenario_expect *expect)
{
        expect->text = g_strdup(node->text);
        size_t length = strcspn(node->text, "<>=");
        g_autofree char *path = g_strndup(node->text, length);
        for (size_t i = 0; i < G_N_ELEMENTS(relations); i++) {
                if (!g_str_has_prefix(node->text + length, relations[i].sign))
                        continue;
                expect->relation = relations[i].relation;
                return take_parts(reader, expect, path, node->text + length + strlen(relations[i].sign));
        }
        return fail_expect(reader, node->mark, node->text);
}

static bool read_expect(struct field_reader *reader, const struct yaml_node *node)
{
        struct scenario_expect *expect = scenario_add_expect(reader->scenario, node->mark);
        if (node->kind == YAML_MAP)
                return read_pair(reader, node, expect);
        return field_expect_kind(reader, "expect", node, YAML_TEXT) && read_comparison(reader, node, expect);
}

static bool read_expects(struct field_reader *reader, const struct field *field, const struct yaml_node *node,
        void *value G_GNUC_UNUSED)
{
        if (!field_expect_kind(reader, field->name, node, YAML_LIST))
                return false;
        for (unsigned i = 0; i < tree_count(node); i++)
                if (!read_expect(reader, tree_child(node, i)))
                        return false;
        return true;
}

static struct yaml_node *write_expect(const struct scenario_expect *expect)
{
        if (!expect->is_pair)
                return tree_text_new(expect->text);
        struct yaml_node *map = tree_map_new();
        tree_map_add(map, expect->path, tree_text_new(expect->value));
        return map;
}

static struct yaml_node *write_expects(const struct field_writer *writer G_GNUC_UNUSED,
        const struct field *field G_GNUC_UNUSED, const void *value)
{
        const GPtrArray *expects = *(GPtrArray *const *)value;
        struct yaml_node *list = tree_list_new();
        for (unsigned i = 0; i < expects->len; i++)
                tree_list_add(list, write_expect(g_ptr_array_index(expects, i)));
        return list;
}

const struct field_type field_expects = { read_expects, write_expects };
