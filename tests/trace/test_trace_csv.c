/*
 * The CSV files: width, names, how numbers and texts are printed.
 */
#include "made_up.h"
#include "trace/trace_csv.h"

#include <check.h>
#include <string.h>

static Trace *trace;
static TraceCsv *writer;
static struct made_up_files files;
static char *text;
static char **lines;

static void set_up(void)
{
        trace = made_up_world();
        made_up_files_init(&files);
        struct trace_opener opener = made_up_opener(&files);
        writer = trace_csv_new(trace, &opener, TRACE_ALL_KINDS, NULL);
        ck_assert_ptr_nonnull(writer);
}

static void tear_down(void)
{
        trace_csv_free(writer);
        trace_free(trace);
        made_up_files_clear(&files);
        g_clear_pointer(&text, g_free);
        g_clear_pointer(&lines, g_strfreev);
}

static unsigned read_table(const char *name)
{
        ck_assert(trace_csv_finish(writer, NULL));
        text = made_up_file_text(&files, name);
        lines = g_strsplit(text, "\n", -1);
        unsigned count = g_strv_length(lines);
        ck_assert_str_eq(lines[count - 1], "");
        return count - 1;
}

/* The fields of a row, as a reader of CSV splits it. */
static GPtrArray *split(const char *row)
{
        GPtrArray *fields = g_ptr_array_new_with_free_func(g_free);
        GString *field = g_string_new(NULL);
        bool is_quoted = false;
        for (const char *c = row; *c; c++) {
                if (is_quoted && c[0] == '"' && c[1] == '"')
                        g_string_append_c(field, *c++);
                else if (*c == '"')
                        is_quoted = !is_quoted;
                else if (*c == ',' && !is_quoted) {
                        g_ptr_array_add(fields, g_strdup(field->str));
                        g_string_truncate(field, 0);
                } else
                        g_string_append_c(field, *c);
        }
        ck_assert(!is_quoted);
        g_ptr_array_add(fields, g_string_free(field, FALSE));
        return fields;
}

static void expect_field(unsigned line, const char *column, const char *value)
{
        g_autoptr(GPtrArray) names = split(lines[0]);
        g_autoptr(GPtrArray) fields = split(lines[line]);
        guint index = 0;
        ck_assert_msg(g_ptr_array_find_with_equal_func(names, column, g_str_equal, &index), "%s", column);
        const char *found = g_ptr_array_index(fields, index);
        ck_assert_msg(strcmp(found, value) == 0, "%s is %s, not %s", column, found, value);
}

/* Of every table in turn, with rows of all kinds. */
static void expect_tables(void (*expect)(const struct csv_table *table, unsigned count))
{
        unsigned table_count;
        const struct csv_table *const *tables = trace_csv_tables(&table_count);
        made_up_everything(trace);
        made_up_repair(trace);
        for (unsigned i = 0; i < table_count; i++) {
                expect(tables[i], read_table(tables[i]->file_name));
                g_clear_pointer(&text, g_free);
                g_clear_pointer(&lines, g_strfreev);
        }
}

static void expect_width(const struct csv_table *table, unsigned count)
{
        ck_assert_msg(count > 1, "%s has no row", table->file_name);
        ck_assert(g_str_has_prefix(lines[0], "t_ns,t,"));
        for (unsigned i = 0; i < count; i++) {
                g_autoptr(GPtrArray) fields = split(lines[i]);
                ck_assert_msg(fields->len == table->column_count, "%s: %s", table->file_name, lines[i]);
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
                const char *last = strrchr(lines[i], ',') + 1;
                last += *last == '-';
                ck_assert_msg(*last && strspn(last, "0123456789.") == strlen(last), "%s: %s",
                        table->file_name, lines[i]);
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
        TraceCsv *packets = trace_csv_new(trace, &opener, TRACE_PACKET_KINDS, NULL);
        trace_csv_free(packets);
        ck_assert_uint_eq(g_hash_table_size(few.open), G_N_ELEMENTS(names));
        for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
                ck_assert_msg(g_hash_table_contains(few.open, names[i]), "%s", names[i]);
        made_up_files_clear(&few);
}
END_TEST

START_TEST(a_hop_is_one_row_with_its_four_times)
{
        made_up_everything(trace);
        ck_assert_uint_eq(read_table("segments.csv"), 3);
        expect_field(1, "t_ns", "46000000");
        expect_field(1, "t", "0.046000000");
        expect_field(1, "link", "access");
        expect_field(1, "near", "browser");
        expect_field(1, "far", "isp");
        expect_field(1, "t_enqueue_ns", "45000000");
        expect_field(1, "t_tx", "0.045500000");
        expect_field(1, "t_tx_end", "0.045800000");
        expect_field(1, "t_arrive_ns", "46000000");
        expect_field(1, "packet", "browser#3");
        expect_field(1, "transfer", "price-list");
        expect_field(1, "sack", "1461-2921 4381-5841");
        expect_field(1, "seq", "101");
        expect_field(1, "seq_raw", "1101");
        expect_field(1, "drop", "-");
}
END_TEST

START_TEST(unknown_numbers_are_empty_and_texts_quoted_when_they_must_be)
{
        made_up_everything(trace);
        read_table("segments.csv");
        expect_field(2, "t_arrive_ns", "");
        expect_field(2, "t_arrive", "");
        expect_field(2, "drop", "loss");
        expect_field(2, "rule", "lose-third,\"x\"");
        expect_field(2, "sack", "-");
        expect_field(2, "duplicate", "1");
        expect_field(1, "duplicate", "0");
        ck_assert_ptr_nonnull(strstr(lines[2], ",\"lose-third,\"\"x\"\"\","));
}
END_TEST

START_TEST(a_datagram_has_ports_but_no_sequence_numbers)
{
        struct made_up_packet made;
        made_up_udp(&made, BROWSER, 4, "query");
        made_up_hop(trace, 20 * MILLISECOND, ACCESS_TO_ISP, &made, NULL);
        read_table("segments.csv");
        expect_field(1, "protocol", "udp");
        expect_field(1, "dport", "53");
        expect_field(1, "seq", "");
        expect_field(1, "ack_raw", "");
        expect_field(1, "flags", "-");
        expect_field(1, "transfer", "-");
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
        ck_assert_ptr_null(trace_csv_new(trace, &opener, TRACE_ALL_KINDS, &error));
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
