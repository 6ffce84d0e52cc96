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

/* Held from a place on while more is put, in the middle of it, too, and over what was there. */
START_TEST(what_is_held_can_be_changed_until_it_is_let_go)
{
        struct trace_file file;
        trace_file_init(&file, stream, "lines", pieces[_i]);
        for (unsigned i = 0; i < 200; i++) {
                put_line(&file, 50);
                uint64_t place = trace_file_place(&file, trace_file_begin(&file));
                ck_assert_uint_eq(place, plain->len);
                trace_file_hold(&file, place);
                put_line(&file, 10 * i);
                fflush(stream);
                ck_assert_uint_le(size, place);
                trace_file_insert(&file, place + 5 * i, "inserted ", 9);
                g_string_insert(plain, (gssize)(place + 5 * i), "inserted ");
                memset(trace_file_at(&file, place), 'y', 3);
                memset(plain->str + place, 'y', 3);
                if (i % 3 == 0)
                        trace_file_hold(&file, TRACE_FILE_NO_PLACE);
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
        tcase_add_loop_test(cases, what_is_held_can_be_changed_until_it_is_let_go, 0, G_N_ELEMENTS(pieces));
        tcase_add_test(cases, an_empty_file_is_none_the_worse);
        Suite *suite = suite_create("trace_file");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
