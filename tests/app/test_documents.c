/*
 * Documents: found by path, typed by ending, read in pieces; and the bytes that rules give.
 */
#include "app/documents.h"

#include <check.h>
#include <string.h>

static Documents *documents;

static void set_up(void)
{
        documents = documents_new();
}

static void tear_down(void)
{
        documents_free(documents);
}

static void add_text(const char *path, const char *text)
{
        g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
        documents_add_bytes(documents, path, bytes);
}

static void ck_text(const char *path, const char *text)
{
        char bytes[100];
        const struct document *document = documents_find(documents, path);
        ck_assert_ptr_nonnull(document);
        size_t size = document_read(document, 0, bytes, sizeof bytes);
        ck_assert_uint_eq(size, strlen(text));
        ck_assert_mem_eq(bytes, text, size);
}

START_TEST(a_path_with_a_final_slash_means_its_index)
{
        add_text("/index.html", "home");
        add_text("/tools/index.html", "tools");
        ck_text("/", "home");
        ck_text("/tools/", "tools");
        ck_assert_ptr_null(documents_find(documents, "/tools"));
        ck_assert_ptr_null(documents_find(documents, "/none/"));
}
END_TEST

START_TEST(the_same_path_again_replaces)
{
        add_text("/a", "old");
        add_text("/a", "new text");
        ck_text("/a", "new text");
}
END_TEST

static const struct {
        const char *path;
        const char *type;
        const char *why;
} types[] = {
        { "/a.html", "text/html; charset=utf-8", "the usual" },
        { "/a.HTML", "text/html; charset=utf-8", "case does not matter" },
        { "/a.tar.png", "image/png", "the last ending counts" },
        { "/a", "application/octet-stream", "no ending" },
        { "/a.unknown", "application/octet-stream", "an unknown one" },
        { "/a.html/b", "application/octet-stream", "an ending of a directory is none" },
        { "/.css", "text/css; charset=utf-8", "a name that is all ending" },
};

START_TEST(the_type_follows_from_the_ending)
{
        add_text(types[_i].path, "");
        ck_assert_msg(g_str_equal(documents_find(documents, types[_i].path)->content_type, types[_i].type),
                "%s: %s", types[_i].path, types[_i].why);
}
END_TEST

START_TEST(reading_stops_at_the_end)
{
        char bytes[8];
        add_text("/a", "0123456789");
        const struct document *document = documents_find(documents, "/a");
        ck_assert_uint_eq(document_read(document, 7, bytes, sizeof bytes), 3);
        ck_assert_mem_eq(bytes, "789", 3);
        ck_assert_uint_eq(document_read(document, 10, bytes, sizeof bytes), 0);
        ck_assert_uint_eq(document_read(document, UINT64_MAX, bytes, sizeof bytes), 0);
}
END_TEST

START_TEST(counter_bytes_are_the_big_endian_numbers)
{
        static const uint8_t expected[] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0 };
        uint8_t bytes[sizeof expected];
        document_fill_bytes(FILL_COUNTER, 5, "/x", 0, bytes, sizeof bytes);
        ck_assert_mem_eq(bytes, expected, sizeof expected);
        document_fill_bytes(FILL_COUNTER, 5, "/x", 8u * 0x123456789a + 6, bytes, 2);
        ck_assert_uint_eq(bytes[0], 0x78);
        ck_assert_uint_eq(bytes[1], 0x9a);
}
END_TEST

#define SPAN 200

START_TEST(any_cut_of_a_rule_gives_the_same_bytes)
{
        uint8_t whole[SPAN], part[SPAN];
        enum document_fill fill = _i;
        document_fill_bytes(fill, 3, "/x", 0, whole, sizeof whole);
        for (size_t offset = 0; offset < 70; offset++) {
                for (size_t size = 0; size < 70; size++) {
                        part[size] = 0xee;
                        document_fill_bytes(fill, 3, "/x", offset, part, size);
                        ck_assert_mem_eq(part, whole + offset, size);
                        ck_assert_uint_eq(part[size], 0xee);
                }
        }
}
END_TEST

START_TEST(random_bytes_differ_by_seed_and_by_path)
{
        uint8_t one[32], other[32];
        document_fill_bytes(FILL_RANDOM, 1, "/a", 0, one, sizeof one);
        document_fill_bytes(FILL_RANDOM, 2, "/a", 0, other, sizeof other);
        ck_assert_mem_ne(one, other, sizeof one);
        document_fill_bytes(FILL_RANDOM, 1, "/b", 0, other, sizeof other);
        ck_assert_mem_ne(one, other, sizeof one);
}
END_TEST

START_TEST(a_generated_document_is_read_as_its_rule_says)
{
        uint8_t read[100], made[100];
        documents_add_generated(documents, "/big", 3000000000u, FILL_RANDOM, 9);
        const struct document *document = documents_find(documents, "/big");
        ck_assert_uint_eq(document_read(document, 2999999950u, read, sizeof read), 50);
        document_fill_bytes(FILL_RANDOM, 9, "/big", 2999999950u, made, sizeof made);
        ck_assert_mem_eq(read, made, 50);
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("documents");
        tcase_add_checked_fixture(cases, set_up, tear_down);
        tcase_add_test(cases, a_path_with_a_final_slash_means_its_index);
        tcase_add_test(cases, the_same_path_again_replaces);
        tcase_add_loop_test(cases, the_type_follows_from_the_ending, 0, G_N_ELEMENTS(types));
        tcase_add_test(cases, reading_stops_at_the_end);
        tcase_add_test(cases, counter_bytes_are_the_big_endian_numbers);
        tcase_add_loop_test(cases, any_cut_of_a_rule_gives_the_same_bytes, FILL_COUNTER, FILL_RANDOM + 1);
        tcase_add_test(cases, random_bytes_differ_by_seed_and_by_path);
        tcase_add_test(cases, a_generated_document_is_read_as_its_rule_says);
        Suite *suite = suite_create("documents");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
