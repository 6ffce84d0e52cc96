/*
 * Results for people, and for programs.
 */
#include "cli/drill_report.h"

#include <stdio.h>

#include "trace/json_writer.h"

static unsigned count_not_run(const DrillBatch *batch)
{
        return drill_batch_count(batch, DRILL_NOT_RUN) + drill_batch_count(batch, DRILL_NO_MEANS);
}

/* ---- For people ---- */

static void print_lines(FILE *out, const GPtrArray *lines, const char *indent)
{
        for (guint i = 0; lines != NULL && i < lines->len; i++)
                fprintf(out, "%s%s\n", indent, (const char *)lines->pdata[i]);
}

static void print_failure(const struct drill_item *item)
{
        static const char *const words[] = {
                [DRILL_FAILED] = "failed", [DRILL_NOT_RUN] = "not run", [DRILL_NO_MEANS] = "not run"
        };
        const struct script_result *result = &item->result;
        if (result->place.line > 0)
                printf("%s:%d:%d: %s: %s\n", item->name, result->place.line, result->place.column,
                        words[item->outcome], result->message);
        else
                printf("%s: %s: %s\n", item->name, words[item->outcome], result->message);
        if (result->expected != NULL)
                printf("    expected %s\n    seen     %s\n", result->expected, result->seen);
        if (result->exchange == NULL || result->exchange->len == 0)
                return;
        puts("    the exchange so far:");
        print_lines(stdout, result->exchange, "      ");
}

void drill_report_one(const struct drill_item *item)
{
        print_lines(stderr, item->result.warnings, "");
        if (item->outcome == DRILL_PASSED)
                printf("%s: passed\n", item->name);
        else
                print_failure(item);
}

void drill_report_whole(const struct drill_item *item)
{
        drill_report_one(item);
        if (item->outcome == DRILL_PASSED)
                print_lines(stdout, item->result.exchange, "      ");
}

void drill_report_sum(const DrillBatch *batch)
{
        printf("%u passed, %u failed, %u not run\n", drill_batch_count(batch, DRILL_PASSED),
                drill_batch_count(batch, DRILL_FAILED), count_not_run(batch));
}

/* ---- For programs ---- */

static void add_place(JsonWriter *writer, const char *key, int number)
{
        if (number > 0)
                json_writer_add_integer(writer, key, number);
        else
                json_writer_add_null(writer, key);
}

static void add_warnings(JsonWriter *writer, const GPtrArray *warnings)
{
        json_writer_begin_array(writer, "warnings");
        for (guint i = 0; warnings != NULL && i < warnings->len; i++)
                json_writer_add_string(writer, NULL, warnings->pdata[i]);
        json_writer_end_array(writer);
}

static void add_item(JsonWriter *writer, const struct drill_item *item)
{
        const struct script_result *result = &item->result;
        json_writer_begin_object(writer, NULL);
        json_writer_add_string(writer, "script", item->name);
        json_writer_add_bool(writer, "passed", item->outcome == DRILL_PASSED);
        add_place(writer, "line", result->place.line);
        add_place(writer, "column", result->place.column);
        json_writer_add_string(writer, "expected", result->expected);
        json_writer_add_string(writer, "seen", result->seen);
        json_writer_add_seconds(writer, "simulated_s", item->is_read ? result->simulated : TIME_NEVER);
        json_writer_add_bool(
                writer, "not_run", item->outcome == DRILL_NOT_RUN || item->outcome == DRILL_NO_MEANS);
        json_writer_add_string(writer, "message", result->message);
        add_warnings(writer, result->warnings);
        json_writer_end_object(writer);
}

void drill_report_json(const DrillBatch *batch)
{
        g_autoptr(JsonWriter) writer = json_writer_new(JSON_INDENTED);
        json_writer_begin_object(writer, NULL);
        json_writer_add_integer(writer, "inorder", 1);
        json_writer_add_unsigned(writer, "passed", drill_batch_count(batch, DRILL_PASSED));
        json_writer_add_unsigned(writer, "failed", drill_batch_count(batch, DRILL_FAILED));
        json_writer_add_unsigned(writer, "not_run", count_not_run(batch));
        json_writer_begin_array(writer, "scripts");
        for (unsigned i = 0; i < drill_batch_size(batch); i++)
                add_item(writer, drill_batch_item(batch, i));
        json_writer_end_array(writer);
        json_writer_end_object(writer);
        json_writer_print(writer, stdout);
}
