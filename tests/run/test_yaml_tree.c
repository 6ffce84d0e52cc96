/*
 * YAML as trees of text: what is read, what is refused, and back to text.
 */
#include "run/yaml_tree.h"

#include <check.h>
#include <string.h>

static YamlNode *parse_good(const char *text)
{
        struct yaml_error error = { .message = NULL };
        YamlNode *node = tree_parse(text, strlen(text), &error);
        ck_assert_msg(node != NULL, "%s", error.message);
        return node;
}

static const struct {
        const char *text;
        const char *canonical;
        const char *why;
} good[] = {
        { "a: 1", "a: 1\n", "a mapping" },
        { "a: 010", "a: 010\n", "numbers stay text" },
        { "a: yes", "a: yes\n", "so do switches" },
        { "a: ~", "a: \"~\"\n", "and what YAML calls null" },
        { "a:", "a: \"\"\n", "nothing is empty text" },
        { "- a\n- [b, c]", "- a\n- [b, c]\n", "lists" },
        { "{\"a\": [1, {\"b\": \"c\\/d\"}]}", "a: [1, { b: c/d }]\n", "JSON" },
        { "a: 'it''s'", "a: \"it's\"\n", "quotes" },
        { "a: http://h/p", "a: \"http://h/p\"\n", "a colon inside a word" },
        { "a: >\n  b\n  c\n", "a: \"b c\\u000a\"\n", "folded text" },
        { "a: \"\\u00e9 \\u2028 \\\\ \\\" \"", "a: \"é \\u2028 \\\\ \\\" \"\n", "characters that need care" },
        { "a: {}\nb: []", "a: {}\nb: []\n", "nothing inside" },
        { "# why\na: 1 # because", "a: 1\n", "comments" },
        { "%YAML 1.2\n---\na: 1\n...\n", "a: 1\n", "a document with its marks" },
        { "\xef\xbb\xbf"
          "a: 1",
                "a: 1\n", "a byte-order mark" },
        { "", "\"\"\n", "nothing at all" },
};

START_TEST(text_is_read_and_written_canonically)
{
        g_autoptr(YamlNode) node = parse_good(good[_i].text);
        g_autofree char *text = tree_print(node);
        ck_assert_msg(strcmp(text, good[_i].canonical) == 0, "%s: %s", good[_i].why, text);
        g_autoptr(YamlNode) again = parse_good(text);
        g_autofree char *same = tree_print(again);
        ck_assert_str_eq(same, text);
}
END_TEST

static const struct {
        const char *text;
        unsigned line;
        unsigned column;
        const char *message;
} bad[] = {
        { "a: 1\nb: 2\na: 3", 3, 1, "key 'a' is given twice (first on line 1); each key once is accepted" },
        { "a: &x 1", 1, 4, "anchor '&x'; write the value out at each place instead" },
        { "a: &x [1]", 1, 4, "anchor '&x'; write the value out at each place instead" },
        { "a: *x", 1, 4, "alias '*x'; write the value out instead" },
        { "a: !x 1", 1, 4, "tag '!x'; put text that begins with '!' into quotes" },
        { "a: 1\n---\nb: 1", 2, 1, "a second document; one is accepted" },
        { "{a: 1}: 2", 1, 1, "a key that is a mapping; plain words are accepted as keys" },
        { "a: \"\\0\"", 1, 4, "a NUL character; text without it is accepted" },
        { "\xc3\xa9: \xc3(", 1, 4, "byte 0xc3 is not UTF-8; only UTF-8 text is accepted" },
        { "a: 1\n\n \xff", 3, 2, "byte 0xff is not UTF-8; only UTF-8 text is accepted" },
        { "a: [1\nb: 2", 2, 2, "not YAML: did not find expected ',' or ']', while parsing a flow sequence" },
        { "a: b: c", 1, 5, "not YAML: mapping values are not allowed in this context" },
};

START_TEST(text_outside_the_subset_is_refused_with_its_place)
{
        struct yaml_error error;
        ck_assert_ptr_null(tree_parse(bad[_i].text, strlen(bad[_i].text), &error));
        ck_assert_str_eq(error.message, bad[_i].message);
        ck_assert_uint_eq(error.mark.line, bad[_i].line);
        ck_assert_uint_eq(error.mark.column, bad[_i].column);
        g_free(error.message);
}
END_TEST

START_TEST(nesting_ends_at_the_limit)
{
        char text[2 * (YAML_DEPTH_MAX + 1) + 1] = "";
        for (int depth = YAML_DEPTH_MAX; depth <= YAML_DEPTH_MAX + 1; depth++) {
                memset(text, '[', depth);
                memset(text + depth, ']', depth);
                text[2 * depth] = '\0';
                struct yaml_error error = { .message = NULL };
                g_autoptr(YamlNode) node = tree_parse(text, strlen(text), &error);
                ck_assert_int_eq(node != NULL, depth == YAML_DEPTH_MAX);
                g_free(error.message);
        }
}
END_TEST

START_TEST(a_byte_order_mark_is_no_text)
{
        struct yaml_error error;
        g_autoptr(YamlNode) node = tree_parse("\xef\xbb\xbf"
                                              "a: 1\n",
                8, &error);
        ck_assert_ptr_nonnull(node);
        ck_assert_str_eq(tree_find(node, "a")->text, "1");
        ck_assert_uint_eq(tree_find(node, "a")->key_mark.column, 1);
}
END_TEST

START_TEST(too_much_text_is_refused_unread)
{
        g_autofree char *text = g_strnfill(YAML_SIZE_MAX + 1, ' ');
        struct yaml_error error;
        ck_assert_ptr_null(tree_parse(text, YAML_SIZE_MAX + 1, &error));
        ck_assert_str_eq(error.message, "the text is too long; at most 16777216 bytes are accepted");
        g_free(error.message);
}
END_TEST

START_TEST(every_node_knows_its_place)
{
        g_autoptr(YamlNode) root = parse_good("a: 1\nlist:\n  - x\n  - {k: v}\n");
        const struct yaml_node *list = tree_find(root, "list");
        const struct yaml_node *value = tree_find(tree_child(list, 1), "k");
        ck_assert_uint_eq(list->key_mark.line, 2);
        ck_assert_uint_eq(list->mark.line, 3);
        ck_assert_uint_eq(value->key_mark.column, 6);
        ck_assert_uint_eq(value->mark.line, 4);
        ck_assert_uint_eq(value->mark.column, 9);
        ck_assert_ptr_null(tree_find(root, "k"));
        ck_assert_ptr_null(tree_find(value, "k"));
}
END_TEST

START_TEST(copy_is_equal_and_its_own)
{
        g_autoptr(YamlNode) root = parse_good("a: { b: [1, 2] }");
        g_autoptr(YamlNode) copy = tree_copy(root);
        tree_map_set(tree_find(root, "a"), "b", tree_text_new("changed"));
        g_autofree char *text = tree_print(copy);
        ck_assert_str_eq(text, "a: { b: [1, 2] }\n");
        ck_assert_str_eq(tree_find(tree_find(root, "a"), "b")->text, "changed");
        ck_assert_uint_eq(tree_count(tree_find(root, "a")), 1);
}
END_TEST

START_TEST(what_fits_on_a_line_stands_on_it)
{
        g_autofree char *word = g_strnfill(60, 'w');
        g_autofree char *text = g_strdup_printf("top: { short: { a: 1 }, long: [%s, %s] }", word, word);
        g_autofree char *expected =
                g_strdup_printf("top:\n  short: { a: 1 }\n  long:\n    - %s\n    - %s\n", word, word);
        g_autoptr(YamlNode) root = parse_good(text);
        g_autofree char *printed = tree_print(root);
        ck_assert_str_eq(printed, expected);
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("yaml_tree");
        tcase_add_loop_test(cases, text_is_read_and_written_canonically, 0, G_N_ELEMENTS(good));
        tcase_add_loop_test(cases, text_outside_the_subset_is_refused_with_its_place, 0, G_N_ELEMENTS(bad));
        tcase_add_test(cases, nesting_ends_at_the_limit);
        tcase_add_test(cases, a_byte_order_mark_is_no_text);
        tcase_add_test(cases, too_much_text_is_refused_unread);
        tcase_add_test(cases, every_node_knows_its_place);
        tcase_add_test(cases, copy_is_equal_and_its_own);
        tcase_add_test(cases, what_fits_on_a_line_stands_on_it);
        Suite *suite = suite_create("yaml_tree");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
