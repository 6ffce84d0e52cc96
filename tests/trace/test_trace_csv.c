/*
 * The CSV files: width, names, how numbers and texts are printed.
 */
#include "csv_rows.h"

#include <check.h>
#include <string.h>

static struct csv_rows rows;

static void set_up(void)
{
        csv_rows_set_up(&rows);
}

static void tear_down(void)
{
        csv_rows_tear_down(&rows);
}

/* Of every table in turn, with rows of all kinds. */
static void expect_tables(void (*expect)(const struct csv_table *table, unsigned count))
{
        unsigned table_count;
        const struct csv_table *const *tables = trace_csv_tables(&table_count);
        made_up_everything(rows.trace);
        made_up_repair(rows.trace);
        for (unsigned i = 0; i < table_count; i++)
                expect(tables[i], csv_rows_read(&rows, tables[i]->file_name));
}

static void expect_width(const struct csv_table *table, unsigned count)
{
        ck_assert_msg(count > 1, "%s has no row", table->file_name);
        ck_assert(g_str_has_prefix(rows.lines[0], "t_ns,t,"));
        for (unsigned i = 0; i < count; i++) {
                g_autoptr(GPtrArray) fields = csv_rows_split(rows.lines[i]);
                ck_assert_msg(fields->len == table->column_count, "%s: %s", table->file_name, rows.lines[i]);
        }
}

START_TEST(every_table_begins_with_both_times_and_every_row_has_the_header_s_width)
{
        expect_tables(expect_width);
}
END_TEST

static void expect_number_at_the_end(const struct csv_table *table, unsigned count)
{
        for (unsigned i = 1; i < count; i++) {
                const char *last = strrchr(rows.lines[i], ',') + 1;
                last += *last == '-';
                ck_assert_msg(*last && strspn(last, "0123456789.") == strlen(last), "%s: %s",
                        table->file_name, rows.lines[i]);
        }
}

START_TEST(the_last_column_is_a_number_in_every_row)
{
        expect_tables(expect_number_at_the_end);
}
END_TEST

START_TEST(packets_alone_make_only_the_tables_of_packets)
{
        const char *const names[] = { "segments.csv", "sack.csv", "queue.csv" };
        struct made_up_files few;
        made_up_files_init(&few);
        struct trace_opener opener = made_up_opener(&few);
        TraceCsv *packets = trace_csv_new(rows.trace, &opener, TRACE_PACKET_KINDS, NULL);
        trace_csv_free(packets);
        ck_assert_uint_eq(g_hash_table_size(few.open), G_N_ELEMENTS(names));
        for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
                ck_assert_msg(g_hash_table_contains(few.open, names[i]), "%s", names[i]);
        made_up_files_clear(&few);
}
END_TEST

START_TEST(a_hop_is_one_row_with_its_four_times)
{
        made_up_everything(rows.trace);
        ck_assert_uint_eq(csv_rows_read(&rows, "segments.csv"), 3);
        csv_rows_expect(&rows, 1, "t_ns", "46000000");
        csv_rows_expect(&rows, 1, "t", "0.046000000");
        csv_rows_expect(&rows, 1, "link", "access");
        csv_rows_expect(&rows, 1, "near", "browser");
        csv_rows_expect(&rows, 1, "far", "isp");
        csv_rows_expect(&rows, 1, "t_enqueue_ns", "45000000");
        csv_rows_expect(&rows, 1, "t_tx", "0.045500000");
        csv_rows_expect(&rows, 1, "t_tx_end", "0.045800000");
        csv_rows_expect(&rows, 1, "t_arrive_ns", "46000000");
        csv_rows_expect(&rows, 1, "packet", "browser#3");
        csv_rows_expect(&rows, 1, "transfer", "price-list");
        csv_rows_expect(&rows, 1, "sack", "1461-2921 4381-5841");
        csv_rows_expect(&rows, 1, "seq", "101");
        csv_rows_expect(&rows, 1, "seq_raw", "1101");
        csv_rows_expect(&rows, 1, "drop", "-");
}
END_TEST

START_TEST(unknown_numbers_are_empty_and_texts_quoted_when_they_must_be)
{
        made_up_everything(rows.trace);
        csv_rows_read(&rows, "segments.csv");
        csv_rows_expect(&rows, 2, "t_arrive_ns", "");
        csv_rows_expect(&rows, 2, "t_arrive", "");
        csv_rows_expect(&rows, 2, "drop", "loss");
        csv_rows_expect(&rows, 2, "rule", "lose-third,\"x\"");
        csv_rows_expect(&rows, 2, "sack", "-");
        csv_rows_expect(&rows, 2, "duplicate", "1");
        csv_rows_expect(&rows, 1, "duplicate", "0");
        ck_assert_ptr_nonnull(strstr(rows.lines[2], ",\"lose-third,\"\"x\"\"\","));
}
END_TEST

START_TEST(awkward_names_are_quoted_wherever_they_stand)
{
        g_autoptr(Trace) odd = trace_new();
        struct made_up_files files;
        struct made_up_packet made;
        trace_add_owner(odd, TRACE_OWNER_HOST, "a,b", NULL, NULL);
        trace_add_owner(odd, TRACE_OWNER_HOST, "plain", NULL, NULL);
        trace_add_owner(odd, TRACE_OWNER_LINK, "two\nlines", "a,b", "\"plain\"");
        made_up_files_init(&files);
        const struct trace_opener opener = made_up_opener(&files);
        TraceCsv *writer = trace_csv_new(odd, &opener, TRACE_PACKET_KINDS, NULL);
        made_up_udp(&made, BROWSER, 4, "query");
        made_up_hop(odd, 20 * MILLISECOND, 2, &made, NULL);
        ck_assert(trace_csv_finish(writer, NULL));
        trace_csv_free(writer);
        made_up_files_close(&files);
        g_autofree char *path = made_up_file_path(&files, "segments.csv");
        g_autofree char *text = NULL;
        ck_assert(g_file_get_contents(path, &text, NULL, NULL));
        ck_assert_ptr_nonnull(strstr(text, "\n20000000,0.020000000,\"two "
                                           "lines\",\"a,b\",\"\"\"plain\"\"\",\"a,b#4\",0,\"a,b\",plain,-,"));
        made_up_files_clear(&files);
}
END_TEST

START_TEST(names_are_as_long_as_they_like)
{
        for (unsigned size = 1; size < 20000; size = size * 3 / 2 + 1) {
                g_autoptr(Trace) wordy = trace_new();
                g_autofree char *name = g_strnfill(size, 'n');
                g_autofree char *expected =
                        g_strdup_printf("\n0,0.000000000,%s,0,%s,step,%s,%s,%s,-,-,-,-,0,0,,,,,0\n", name,
                                name, name, name, name);
                struct made_up_files files;
                made_up_files_init(&files);
                const struct trace_opener opener = made_up_opener(&files);
                trace_add_owner(wordy, TRACE_OWNER_HOST, name, NULL, NULL);
                trace_add_transfer(wordy, name);
                TraceCsv *writer = trace_csv_new(wordy, &opener, TRACE_ALL_KINDS, NULL);
                const struct trace_event step = { .kind = TRACE_STEP,
                        .transfer = 1,
                        .step = { .name = name, .text = name, .program = name } };
                trace_emit(wordy, &step);
                ck_assert(trace_csv_finish(writer, NULL));
                trace_csv_free(writer);
                made_up_files_close(&files);
                g_autofree char *text = made_up_file_text(&files, "events.csv");
                ck_assert_ptr_nonnull(strstr(text, expected));
                made_up_files_clear(&files);
        }
}
END_TEST

START_TEST(a_datagram_has_ports_but_no_sequence_numbers)
{
        struct made_up_packet made;
        made_up_udp(&made, BROWSER, 4, "query");
        made_up_hop(rows.trace, 20 * MILLISECOND, ACCESS_TO_ISP, &made, NULL);
        csv_rows_read(&rows, "segments.csv");
        csv_rows_expect(&rows, 1, "protocol", "udp");
        csv_rows_expect(&rows, 1, "dport", "53");
        csv_rows_expect(&rows, 1, "seq", "");
        csv_rows_expect(&rows, 1, "ack_raw", "");
        csv_rows_expect(&rows, 1, "flags", "-");
        csv_rows_expect(&rows, 1, "transfer", "-");
}
END_TEST

static FILE *refuse(void *data, const char *name, GError **error)
{
        (void)data;
        g_set_error(error, TRACE_ERROR, TRACE_ERROR_WRITE, "no %s", name);
        return NULL;
}

START_TEST(a_file_that_cannot_be_opened_leaves_no_writer)
{
        g_autoptr(GError) error = NULL;
        const struct trace_opener opener = { .open = refuse };
        ck_assert_ptr_null(trace_csv_new(rows.trace, &opener, TRACE_ALL_KINDS, &error));
        ck_assert_str_eq(error->message, "no segments.csv");
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("trace_csv");
        tcase_add_checked_fixture(cases, set_up, tear_down);
        tcase_add_test(cases, every_table_begins_with_both_times_and_every_row_has_the_header_s_width);
        tcase_add_test(cases, the_last_column_is_a_number_in_every_row);
        tcase_add_test(cases, packets_alone_make_only_the_tables_of_packets);
        tcase_add_test(cases, a_hop_is_one_row_with_its_four_times);
        tcase_add_test(cases, unknown_numbers_are_empty_and_texts_quoted_when_they_must_be);
        tcase_add_test(cases, awkward_names_are_quoted_wherever_they_stand);
        tcase_add_test(cases, names_are_as_long_as_they_like);
        tcase_add_test(cases, a_datagram_has_ports_but_no_sequence_numbers);
        tcase_add_test(cases, a_file_that_cannot_be_opened_leaves_no_writer);
        Suite *suite = suite_create("trace_csv");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
