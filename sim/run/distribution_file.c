/*
 * Files that links are made of: a delay distribution in the format of tc-netem's own. Numbers in units of
 * 1/8192 standard deviation, in growing order, `#` and what follows it on a line not counted.
 */
#include "run/scenario_files.h"
#include "run/scenario_tables.h"

static const struct field input_fields[] = {
        { .name = "file", .type = &field_text, .hint = "a file's path", .is_required = true },
        { .name = NULL },
};

const struct field_table input_table = { .what = "a file", .fields = input_fields };

static bool fail_number(
        struct field_reader *reader, struct mark mark, const char *source, unsigned line, const char *text)
{
        return field_fail(reader, mark,
                "file '%s': '%s' on line %u is no quantile; accepted: whole numbers from -32768 to 32767",
                source, text, line);
}

/* A quantile function, as tc's maketable makes it: what is drawn picks a place, and places go from short
 * delays to long ones. */
static bool check_order(struct field_reader *reader, struct mark mark, const char *source,
        const GArray *quantiles, gint64 next, unsigned line)
{
        if (quantiles->len == 0 || g_array_index(quantiles, gint16, quantiles->len - 1) <= next)
                return true;
        return field_fail(reader, mark,
                "file '%s': %d is followed by %d on line %u; accepted: numbers that do not decrease", source,
                g_array_index(quantiles, gint16, quantiles->len - 1), (int)next, line);
}

static bool add_line(struct field_reader *reader, struct mark mark, const char *source, unsigned number,
        char *line, GArray *quantiles)
{
        line[strcspn(line, "#")] = '\0';
        g_auto(GStrv) words = field_words(line);
        for (char **word = words; *word; word++) {
                gint64 next;
                if (!g_ascii_string_to_signed(*word, 10, INT16_MIN, INT16_MAX, &next, NULL))
                        return fail_number(reader, mark, source, number, *word);
                if (!check_order(reader, mark, source, quantiles, next, number))
                        return false;
                gint16 quantile = (gint16)next;
                g_array_append_val(quantiles, quantile);
        }
        return true;
}

static bool parse(
        struct field_reader *reader, struct mark mark, const struct scenario_file *file, GArray *quantiles)
{
        g_autofree char *text = scenario_text_of(reader, file, mark);
        if (!text)
                return false;
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
        for (unsigned i = 0; lines[i]; i++)
                if (!add_line(reader, mark, file->source, i + 1, lines[i], quantiles))
                        return false;
        if (quantiles->len == 0)
                return field_fail(reader, mark, "file '%s': no number is in it; accepted: 1 to %u",
                        file->source, JITTER_TABLE_SIZE_MOST);
        if (quantiles->len > JITTER_TABLE_SIZE_MOST)
                return field_fail(reader, mark, "file '%s': %u numbers; accepted: 1 to %u", file->source,
                        quantiles->len, JITTER_TABLE_SIZE_MOST);
        return true;
}

bool scenario_read_distribution(
        struct field_reader *reader, const struct yaml_node *node, const struct jitter_table **table)
{
        char *source = NULL;
        if (!field_table_read(reader, &input_table, node, &source))
                return false;
        g_autofree char *path = source;
        struct mark mark = tree_find(node, "file")->mark;
        const struct scenario_file *file = scenario_load_input(reader, path, mark);
        g_autoptr(GArray) quantiles = g_array_new(FALSE, FALSE, sizeof(gint16));
        if (!file || !parse(reader, mark, file, quantiles))
                return false;
        const struct jitter_table made = {
                .name = file->source,
                .kept = file->path,
                .size = quantiles->len,
                .quantiles =
                        scenario_keep(reader->scenario, quantiles->data, quantiles->len * sizeof(gint16)),
        };
        *table = scenario_keep(reader->scenario, &made, sizeof made);
        return true;
}
