/*
 * Lines of any length, in pieces of any size: the file has what a plain writer would have written.
 */
#include "trace/trace_file.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static FILE *stream;
static char *bytes;
static size_t size;
static GString *plain;

static void set_up(void)
{
        stream = open_memstream(&bytes, &size);
        plain = g_string_new(NULL);
}

static void tear_down(void)
{
        fclose(stream);
        free(bytes);
        g_string_free(plain, TRUE);
}

/* Word by word, with more room asked for than taken. */
static void put_line(struct trace_file *file, unsigned words)
{
        char *at = trace_file_begin(file);
        for (unsigned i = 0; i < words; i++) {
                at = trace_file_room(file, at, 100);
                at = g_stpcpy(at, "word ");
                g_string_append(plain, "word ");
        }
        trace_file_end(file, at);
}

static const size_t pieces[] = { 1, 7, 64, 4096, TRACE_FILE_SMALL_PIECE, TRACE_FILE_LARGE_PIECE };

START_TEST(lines_are_whole_whatever_the_piece)
{
        struct trace_file file;
        g_autofree char *block = g_strnfill(50000, 'x');
        trace_file_init(&file, stream, "lines", pieces[_i]);
        for (unsigned i = 0; i < 300; i++) {
                put_line(&file, i % 37 * (i % 11));
                trace_file_write(&file, block, i * 167 % 50000);
                g_string_append_len(plain, block, i * 167 % 50000);
        }
        ck_assert(trace_file_finish(&file, NULL));
        ck_assert_uint_eq(size, plain->len);
        ck_assert_mem_eq(bytes, plain->str, size);
        trace_file_clear(&file);
}
END_TEST

START_TEST(memory_stays_that_of_a_piece)
{
        struct trace_file file;
        trace_file_init(&file, stream, "lines", 4096);
        for (unsigned i = 0; i < 10000; i++)
                put_line(&file, 20);
        ck_assert_uint_le((size_t)(file.limit - file.bytes), 3 * 4096);
        ck_assert(trace_file_finish(&file, NULL));
        ck_assert_uint_eq(size, plain->len);
        trace_file_clear(&file);
}
END_TEST

/* What has waited elsewhere comes behind what waits here. */
START_TEST(bytes_that_are_written_through_keep_their_place)
{
        struct trace_file file;
        trace_file_init(&file, stream, "lines", pieces[_i]);
        for (unsigned i = 0; i < 20; i++) {
                put_line(&file, 50);
                trace_file_write_through(&file, "through\n", 8);
                g_string_append(plain, "through\n");
        }
        ck_assert(trace_file_finish(&file, NULL));
        ck_assert_uint_eq(size, plain->len);
        ck_assert_mem_eq(bytes, plain->str, size);
        trace_file_clear(&file);
}
END_TEST

START_TEST(an_empty_file_is_none_the_worse)
{
        struct trace_file file;
        trace_file_init(&file, stream, "lines", 4096);
        ck_assert(trace_file_finish(&file, NULL));
        ck_assert_uint_eq(size, 0);
        trace_file_clear(&file);
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("trace_file");
        tcase_add_checked_fixture(cases, set_up, tear_down);
        tcase_add_loop_test(cases, lines_are_whole_whatever_the_piece, 0, G_N_ELEMENTS(pieces));
        tcase_add_test(cases, memory_stays_that_of_a_piece);
        tcase_add_loop_test(cases, bytes_that_are_written_through_keep_their_place, 0, G_N_ELEMENTS(pieces));
        tcase_add_test(cases, an_empty_file_is_none_the_worse);
        Suite *suite = suite_create("trace_file");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
