/*
 * The key `rate:` of a link: a rate, perhaps of frames and cells as tc-netem's, a token bucket, or a trace of
 * delivery opportunities from a file.
 */
#include "run/scenario_files.h"
#include "run/scenario_tables.h"

#include <stdlib.h>
#include <string.h>

#define DIRECTION(member) FIELD_AT(struct scenario_direction, member)
#define RATE(member)                                                                                         \
        .type = &field_quantity, .quantity = &quantity_rate, DIRECTION(member), .zero = "unlimited"
#define BURST_MOST       1000000000u
#define FRAME_MOST       65535 /* bytes of overhead, or of a cell */
#define TRACE_LINES_MOST 10000000u

/* ---- trace: a file of milliseconds, one a line ---- */

static bool add_line(struct field_reader *reader, struct mark mark, const char *source, unsigned number,
        char *line, GArray *at_ms)
{
        guint64 ms;
        uint32_t last = at_ms->len > 0 ? g_array_index(at_ms, uint32_t, at_ms->len - 1) : 0;
        if (*g_strstrip(line) == '\0')
                return true;
        if (!g_ascii_string_to_unsigned(line, 10, 0, UINT32_MAX, &ms, NULL) || ms < last)
                return field_fail(reader, mark,
                        "file '%s': '%s' on line %u; accepted: whole milliseconds up to %u that do not "
                        "decrease, one a line",
                        source, line, number, UINT32_MAX);
        uint32_t at = (uint32_t)ms;
        g_array_append_val(at_ms, at);
        return true;
}

static bool parse(
        struct field_reader *reader, struct mark mark, const struct scenario_file *file, GArray *at_ms)
{
        g_autofree char *text = scenario_text_of(reader, file, mark);
        if (!text)
                return false;
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
        for (unsigned i = 0; lines[i]; i++)
                if (!add_line(reader, mark, file->source, i + 1, lines[i], at_ms))
                        return false;
        if (at_ms->len == 0)
                return field_fail(reader, mark, "file '%s': no line is in it; accepted: 1 to %u",
                        file->source, TRACE_LINES_MOST);
        if (at_ms->len > TRACE_LINES_MOST)
                return field_fail(reader, mark, "file '%s': %u lines; accepted: 1 to %u", file->source,
                        at_ms->len, TRACE_LINES_MOST);
        if (g_array_index(at_ms, uint32_t, at_ms->len - 1) == 0)
                return field_fail(reader, mark,
                        "file '%s': its last line is 0, and it lasts no time; accepted: above 0",
                        file->source);
        return true;
}

static bool read_trace(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        struct scenario_direction *direction = value;
        if (!field_expect_kind(reader, field->name, node, YAML_TEXT))
                return false;
        const struct scenario_file *file = scenario_load_input(reader, node->text, node->mark);
        g_autoptr(GArray) at_ms = g_array_new(FALSE, FALSE, sizeof(uint32_t));
        if (!file || !parse(reader, node->mark, file, at_ms))
                return false;
        const struct delivery_trace made = {
                .name = file->source,
                .kept = file->path,
                .count = at_ms->len,
                .at_ms = scenario_keep(reader->scenario, at_ms->data, at_ms->len * sizeof(uint32_t)),
        };
        direction->shape.trace = scenario_keep(reader->scenario, &made, sizeof made);
        direction->rate = delivery_trace_rate(direction->shape.trace);
        return true;
}

static struct yaml_node *write_trace(
        const struct field_writer *writer, const struct field *field G_GNUC_UNUSED, const void *value)
{
        const struct delivery_trace *trace = ((const struct scenario_direction *)value)->shape.trace;
        return tree_text_new(writer->inputs ? trace->kept : trace->name);
}

static const struct field_type trace_file = { read_trace, write_trace };

/* ---- Overheads: bytes that may be negative ---- */

static bool read_overhead(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        const bool is_negative = node->kind == YAML_TEXT && *node->text == '-';
        const struct field size = {
                .name = field->name, .quantity = &quantity_size, .size = sizeof(int32_t), .most = FRAME_MOST
        };
        g_autoptr(YamlNode) amount = tree_copy(node);
        if (is_negative)
                memmove(amount->text, amount->text + 1, strlen(amount->text));
        if (!field_quantity.read(reader, &size, amount, value))
                return false;
        if (is_negative)
                *(int32_t *)value = -*(int32_t *)value;
        return true;
}

static struct yaml_node *write_overhead(const struct field_writer *writer G_GNUC_UNUSED,
        const struct field *field G_GNUC_UNUSED, const void *value)
{
        int32_t bytes = *(const int32_t *)value;
        g_autofree char *amount = quantity_size.format((uint64_t)ABS(bytes));
        g_autofree char *text = g_strdup_printf("%s%s", bytes < 0 ? "-" : "", amount);
        return tree_text_new(text);
}

static const struct field_type signed_size = { read_overhead, write_overhead };

/* ---- The forms ---- */

#define FRAMING                                                                                              \
        { .name = "overhead", .type = &signed_size, DIRECTION(shape.framing.overhead) },                     \
                { .name = "cell",                                                                            \
                        .type = &field_quantity,                                                             \
                        .quantity = &quantity_size,                                                          \
                        DIRECTION(shape.framing.cell),                                                       \
                        .most = FRAME_MOST,                                                                  \
                        .zero = "off" },                                                                     \
        {                                                                                                    \
                .name = "cell-overhead", .type = &signed_size, DIRECTION(shape.framing.cell_overhead)        \
        }

static const struct field bucket_fields[] = {
        { .name = "rate", RATE(rate), .is_required = true },
        { .name = "burst",
                .type = &field_quantity,
                .quantity = &quantity_size,
                DIRECTION(shape.burst_bytes),
                .least = 1,
                .most = BURST_MOST,
                .is_required = true },
        { .name = "peak", RATE(shape.peak) },
        FRAMING,
        { .name = NULL },
};

static const struct field framed_fields[] = {
        { .name = "rate", RATE(rate), .is_required = true },
        FRAMING,
        { .name = NULL },
};

static const struct field trace_fields[] = {
        { .name = "trace", .type = &trace_file, .is_required = true },
        { .name = NULL },
};

const struct field_table bucket_table = { .what = "a token bucket", .fields = bucket_fields };
const struct field_table framed_table = { .what = "a rate of frames", .fields = framed_fields };
const struct field_table trace_table = { .what = "a delivery trace", .fields = trace_fields };

static bool read_bucket(
        struct field_reader *reader, const struct yaml_node *node, struct scenario_direction *direction)
{
        if (!field_table_read(reader, &bucket_table, node, direction))
                return false;
        if (direction->rate == 0)
                return field_fail(reader, node->mark,
                        "rate: a bucket of unlimited rate never empties; accepted: a rate");
        if (direction->shape.peak > 0 && direction->shape.peak < direction->rate)
                return field_fail(reader, field_mark(reader, &direction->shape.peak, node->mark),
                        "peak: less than the rate, so that the bucket never empties; accepted: at least the "
                        "rate, or unlimited");
        return true;
}

static bool check_framing(
        struct field_reader *reader, const struct yaml_node *node, const struct scenario_direction *direction)
{
        const struct framing *framing = &direction->shape.framing;
        if (framing->cell_overhead != 0 && framing->cell == 0)
                return field_fail(reader, field_mark(reader, &framing->cell_overhead, node->mark),
                        "cell-overhead: there are no cells; accepted: cell: 48B beside it");
        if (framing->cell > 0 && (int64_t)framing->cell + framing->cell_overhead < 1)
                return field_fail(reader, field_mark(reader, &framing->cell_overhead, node->mark),
                        "cell-overhead: of a cell nothing is left; accepted: less than the cell");
        if (!framing_is_idle(framing) && direction->rate == 0)
                return field_fail(reader, node->mark,
                        "rate: frames of an unlimited rate take no time; accepted: a rate");
        return true;
}

/* A bucket, unless only frames are given. */
static bool read_keys(
        struct field_reader *reader, const struct yaml_node *node, struct scenario_direction *direction)
{
        bool is_bucket = tree_find(node, "burst") || tree_find(node, "peak");
        bool is_framed =
                tree_find(node, "overhead") || tree_find(node, "cell") || tree_find(node, "cell-overhead");
        bool is_good = is_framed && !is_bucket ? field_table_read(reader, &framed_table, node, direction)
                                               : read_bucket(reader, node, direction);
        return is_good && check_framing(reader, node, direction);
}

static bool read_rate(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        struct scenario_direction *direction = value;
        direction->shape = (struct shaper_config){ 0 };
        if (node->kind != YAML_MAP)
                return field_quantity.read(
                        reader, &(struct field){ .name = field->name, RATE(rate) }, node, &direction->rate);
        if (tree_find(node, "trace"))
                return field_table_read(reader, &trace_table, node, direction);
        return read_keys(reader, node, direction);
}

static struct yaml_node *write_rate(
        const struct field_writer *writer, const struct field *field G_GNUC_UNUSED, const void *value)
{
        const struct scenario_direction *direction = value;
        if (direction->shape.trace)
                return field_table_write(writer, &trace_table, direction);
        if (direction->shape.burst_bytes > 0)
                return field_table_write(writer, &bucket_table, direction);
        if (!framing_is_idle(&direction->shape.framing))
                return field_table_write(writer, &framed_table, direction);
        return field_write(writer, &bucket_fields[0], direction);
}

const struct field_type field_rate = { read_rate, write_rate };
