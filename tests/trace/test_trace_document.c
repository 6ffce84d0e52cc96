/*
 * docs/trace.md holds every event, key and column, and its examples are what the writers write.
 */
#include "made_up.h"
#include "trace/trace_csv.h"
#include "trace/ndjson_kinds.h"
#include "trace/trace_ndjson.h"

#include <check.h>
#include <string.h>

static char *document;
static GHashTable *written; /* every line that the writers wrote of the made-up world */

static void remember_lines(struct made_up_files *files, const char *name)
{
        g_autofree char *text = made_up_file_text(files, name);
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
        for (unsigned i = 0; lines[i]; i++)
                g_hash_table_add(written, g_strdup(lines[i]));
}

static void set_up(void)
{
        g_autoptr(Trace) trace = made_up_world();
        struct made_up_files files;
        made_up_files_init(&files);
        struct trace_opener opener = made_up_opener(&files);
        TraceNdjson *lines = trace_ndjson_new(
                trace, opener.open(opener.data, "trace.ndjson", NULL), &made_up_about, TRACE_ALL_KINDS);
        TraceCsv *tables = trace_csv_new(trace, &opener, TRACE_ALL_KINDS, NULL);
        unsigned table_count;
        made_up_everything(trace);
        made_up_repair(trace);
        ck_assert(trace_ndjson_finish(lines, NULL) && trace_csv_finish(tables, NULL));
        trace_ndjson_free(lines);
        trace_csv_free(tables);
        made_up_files_close(&files);
        written = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        remember_lines(&files, "trace.ndjson");
        const struct csv_table *const *table = trace_csv_tables(&table_count);
        for (unsigned i = 0; i < table_count; i++)
                remember_lines(&files, table[i]->file_name);
        made_up_files_clear(&files);
        ck_assert(g_file_get_contents(TRACE_DOCUMENT, &document, NULL, NULL));
}

static void tear_down(void)
{
        g_free(document);
        g_hash_table_unref(written);
}

/* From its heading to the next one of any level. */
static char *section(const char *heading)
{
        g_autofree char *line = g_strdup_printf("\n%s\n", heading);
        const char *start = strstr(document, line);
        ck_assert_msg(start != NULL, "no section '%s'", heading);
        start += strlen(line);
        const char *end = strstr(start, "\n#");
        return end ? g_strndup(start, (gsize)(end - start)) : g_strdup(start);
}

static void expect_fields(const char *heading, const struct event_field *fields, unsigned count)
{
        g_autofree char *text = section(heading);
        for (unsigned i = 0; i < count; i++) {
                g_autofree char *quoted = g_strdup_printf("`%s`", fields[i].name);
                ck_assert_msg(strstr(text, quoted) != NULL, "%s: %s is missing", heading, quoted);
        }
}

START_TEST(every_key_of_every_event_is_explained)
{
        expect_fields("### Common keys", ndjson_common_fields.fields, ndjson_common_fields.count);
        expect_fields("### Packet keys", ndjson_packet_fields.fields, ndjson_packet_fields.count);
        for (enum trace_kind kind = 0; kind < TRACE_KINDS; kind++) {
                const struct ndjson_kind *event = ndjson_kind_of(kind);
                g_autofree char *heading = g_strdup_printf("### `%s`", event->name);
                expect_fields(heading, event->own.fields, event->own.count);
        }
}
END_TEST

START_TEST(every_column_of_every_table_is_explained)
{
        unsigned count;
        const struct csv_table *const *tables = trace_csv_tables(&count);
        for (unsigned i = 0; i < count; i++) {
                g_autofree char *heading = g_strdup_printf("## `%s`", tables[i]->file_name);
                expect_fields(heading, tables[i]->columns, tables[i]->column_count);
        }
}
END_TEST

START_TEST(every_event_and_table_has_an_example)
{
        unsigned count;
        const struct csv_table *const *tables = trace_csv_tables(&count);
        for (enum trace_kind kind = 0; kind < TRACE_KINDS; kind++) {
                g_autofree char *heading = g_strdup_printf("### `%s`", ndjson_kind_of(kind)->name);
                g_autofree char *text = section(heading);
                ck_assert_msg(strstr(text, "\n    {") != NULL, "%s", heading);
        }
        for (unsigned i = 0; i < count; i++) {
                g_autofree char *heading = g_strdup_printf("## `%s`", tables[i]->file_name);
                g_autofree char *text = section(heading);
                ck_assert_msg(strstr(text, "\n    t_ns,t,") != NULL, "%s", heading);
        }
}
END_TEST

START_TEST(every_example_is_what_the_writers_write)
{
        g_auto(GStrv) lines = g_strsplit(document, "\n", -1);
        for (unsigned i = 0; lines[i]; i++) {
                if (!g_str_has_prefix(lines[i], "    "))
                        continue;
                ck_assert_msg(g_hash_table_contains(written, lines[i] + 4),
                        "docs/trace.md:%u is not written: %s", i + 1, lines[i]);
        }
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("trace_document");
        tcase_add_checked_fixture(cases, set_up, tear_down);
        tcase_add_test(cases, every_key_of_every_event_is_explained);
        tcase_add_test(cases, every_column_of_every_table_is_explained);
        tcase_add_test(cases, every_event_and_table_has_an_example);
        tcase_add_test(cases, every_example_is_what_the_writers_write);
        Suite *suite = suite_create("trace_document");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
