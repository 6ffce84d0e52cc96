/*
 * Our JSON, read by json-glib and compared byte by byte.
 */
#include "trace/json_writer.h"

#include <check.h>
#include <errno.h>
#include <json-glib/json-glib.h>

static JsonWriter *writer;

static void set_up(void)
{
        writer = json_writer_new(JSON_ONE_LINE);
}

static void tear_down(void)
{
        json_writer_free(writer);
}

static void expect_text(const char *text)
{
        g_autoptr(JsonParser) parser = json_parser_new();
        ck_assert_str_eq(json_writer_text(writer)->str, text);
        ck_assert(json_parser_load_from_data(parser, text, -1, NULL));
}

START_TEST(members_and_elements_stand_in_the_order_of_the_calls)
{
        json_writer_begin_object(writer, NULL);
        json_writer_add_integer(writer, "z", -1);
        json_writer_begin_array(writer, "a");
        json_writer_add_bool(writer, NULL, true);
        json_writer_add_bool(writer, NULL, false);
        json_writer_add_null(writer, NULL);
        json_writer_begin_object(writer, NULL);
        json_writer_end_object(writer);
        json_writer_end_array(writer);
        json_writer_begin_array(writer, "empty");
        json_writer_end_array(writer);
        json_writer_add_string(writer, "none", NULL);
        json_writer_end_object(writer);
        expect_text("{\"z\":-1,\"a\":[true,false,null,{}],\"empty\":[],\"none\":null}");
}
END_TEST

START_TEST(indented_text_has_one_member_a_line)
{
        json_writer_free(writer);
        writer = json_writer_new(JSON_INDENTED);
        json_writer_begin_object(writer, NULL);
        json_writer_add_unsigned(writer, "seed", 7);
        json_writer_begin_array(writer, "list");
        json_writer_add_integer(writer, NULL, 1);
        json_writer_add_integer(writer, NULL, 2);
        json_writer_end_array(writer);
        json_writer_begin_object(writer, "empty");
        json_writer_end_object(writer);
        json_writer_end_object(writer);
        expect_text("{\n  \"seed\": 7,\n  \"list\": [\n    1,\n    2\n  ],\n  \"empty\": {}\n}");
}
END_TEST

static const struct {
        const char *text;
        const char *written;
        const char *why;
} strings[] = {
        { "", "\"\"", "nothing" },
        { "price-list", "\"price-list\"", "plain" },
        { "a\"b\\c/d", "\"a\\\"b\\\\c/d\"", "quote and backslash, but not the slash" },
        { "\b\f\n\r\t", "\"\\b\\f\\n\\r\\t\"", "the short escapes" },
        { "\x01\x1f\x7f", "\"\\u0001\\u001f\x7f\"", "control characters; DEL needs none" },
        { "core → right", "\"core → right\"", "UTF-8 stays" },
        { "a\xff", "\"a\\ufffd\"", "a byte that is never UTF-8" },
        { "\xe2\x86", "\"\\ufffd\\ufffd\"", "the end is missing" },
        { "\xc3\xa4\x80z", "\"\xc3\xa4\\ufffdz\"", "only the wrong byte is replaced" },
};

START_TEST(strings_are_escaped_as_json_asks_and_no_further)
{
        json_writer_add_string(writer, NULL, strings[_i].text);
        ck_assert_msg(!g_strcmp0(json_writer_text(writer)->str, strings[_i].written), "%s: %s",
                strings[_i].why, json_writer_text(writer)->str);
        g_autoptr(JsonParser) parser = json_parser_new();
        ck_assert(json_parser_load_from_data(parser, json_writer_text(writer)->str, -1, NULL));
}
END_TEST

static const struct {
        duration_ns duration;
        const char *written;
        const char *why;
} seconds[] = {
        { 0, "0.000000000", "zero" },
        { 1, "0.000000001", "a nanosecond" },
        { 1234567890, "1.234567890", "what doubles get wrong" },
        { 60 * SECOND, "60.000000000", "whole seconds" },
        { -1, "-0.000000001", "the sign of less than a second" },
        { INT64_MAX - 1, "9223372036.854775806", "the last point of time" },
        { INT64_MIN, "-9223372036.854775808", "the furthest back" },
        { TIME_NEVER, "null", "never" },
};

START_TEST(seconds_have_nine_exact_digits)
{
        json_writer_add_seconds(writer, NULL, seconds[_i].duration);
        ck_assert_msg(!g_strcmp0(json_writer_text(writer)->str, seconds[_i].written), "%s: %s",
                seconds[_i].why, json_writer_text(writer)->str);
}
END_TEST

START_TEST(the_largest_integers_are_exact)
{
        json_writer_begin_array(writer, NULL);
        json_writer_add_integer(writer, NULL, INT64_MIN);
        json_writer_add_integer(writer, NULL, INT64_MAX);
        json_writer_add_unsigned(writer, NULL, UINT64_MAX);
        json_writer_end_array(writer);
        expect_text("[-9223372036854775808,9223372036854775807,18446744073709551615]");
}
END_TEST

START_TEST(a_restarted_writer_prints_only_the_new_document)
{
        char *bytes = NULL;
        size_t size = 0;
        FILE *file = open_memstream(&bytes, &size);
        json_writer_add_integer(writer, NULL, 1);
        json_writer_restart(writer);
        json_writer_add_integer(writer, NULL, 2);
        ck_assert(json_writer_print(writer, file));
        ck_assert_int_eq(fclose(file), 0);
        ck_assert_str_eq(bytes, "2\n");
        free(bytes);
}
END_TEST

START_TEST(printing_to_a_full_disk_fails)
{
        FILE *file = fopen("/dev/full", "w");
        ck_assert_ptr_nonnull(file);
        setvbuf(file, NULL, _IONBF, 0);
        json_writer_add_integer(writer, NULL, 1);
        ck_assert(!json_writer_print(writer, file));
        ck_assert_int_eq(errno, ENOSPC);
        fclose(file);
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("json_writer");
        tcase_add_checked_fixture(cases, set_up, tear_down);
        tcase_add_test(cases, members_and_elements_stand_in_the_order_of_the_calls);
        tcase_add_test(cases, indented_text_has_one_member_a_line);
        tcase_add_loop_test(cases, strings_are_escaped_as_json_asks_and_no_further, 0, G_N_ELEMENTS(strings));
        tcase_add_loop_test(cases, seconds_have_nine_exact_digits, 0, G_N_ELEMENTS(seconds));
        tcase_add_test(cases, the_largest_integers_are_exact);
        tcase_add_test(cases, a_restarted_writer_prints_only_the_new_document);
        tcase_add_test(cases, printing_to_a_full_disk_fails);
        Suite *suite = suite_create("json_writer");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
