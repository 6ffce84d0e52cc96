/*
 * The keys of `impair:`: what a line does to packets by luck. Words and meanings are tc-netem's where it has
 * them.
 */
#include "run/scenario_tables.h"

#define IMPAIR(member) FIELD_AT(struct impair_config, member)
#define CHANCE(member) .type = &field_probability, IMPAIR(member)
#define TIME(member)   .type = &field_quantity, .quantity = &quantity_time, IMPAIR(member)

const struct impair_config impair_defaults = {
        .loss = { .gemodel.bad_loss = { .is_certain = true }, .state.p23 = { .is_certain = true } },
        .keep_order = true,
        .corrupt_bits = 1,
        .corrupt_area = AREA_ANY,
        .truncate_to = 20,
};

/* ---- A distribution: one of ours, or from a file ---- */

static const struct field_word uniform_word[] = { { "uniform", 0, false }, { "normal", 0, false },
        { "pareto", 0, false }, { "paretonormal", 0, false }, { NULL, 0, false } };

static bool read_distribution(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        const struct jitter_table **table = value;
        const struct field choice = { .name = field->name, .words = uniform_word };
        if (node->kind == YAML_MAP)
                return scenario_read_distribution(reader, node, table);
        if (!field_choice.read(reader, &choice, node, NULL))
                return false;
        *table = jitter_table_find(node->text);
        return true;
}

static struct yaml_node *write_distribution(
        const struct field_writer *writer, const struct field *field G_GNUC_UNUSED, const void *value)
{
        const struct jitter_table *table = *(const struct jitter_table *const *)value;
        if (!table || !table->kept)
                return tree_text_new(table ? table->name : "uniform");
        struct yaml_node *map = tree_map_new();
        tree_map_add(map, "file", tree_text_new(writer->inputs ? table->kept : table->name));
        return map;
}

const struct field_type field_distribution = { read_distribution, write_distribution };

/* ---- jitter: a time; with correlation and distribution ---- */

static const struct field jitter_fields[] = {
        { .name = "time", TIME(jitter), .is_required = true },
        { .name = "correlation", CHANCE(jitter_correlation) },
        { .name = "distribution", .type = &field_distribution, IMPAIR(jitter_table) },
        { .name = NULL },
};

const struct field_table jitter_field_table = { .what = "jitter", .fields = jitter_fields };

/* ---- reorder, duplicate, corrupt, truncate ---- */

static const struct field reorder_fields[] = {
        { .name = "probability", CHANCE(reorder), .is_required = true },
        { .name = "delay", TIME(reorder_delay) },
        { .name = "correlation", CHANCE(reorder_correlation) },
        { .name = "gap",
                .type = &field_quantity,
                .quantity = &quantity_count,
                IMPAIR(reorder_gap),
                .zero = "off" },
        { .name = "by",
                .type = &field_quantity,
                .quantity = &quantity_packets,
                IMPAIR(reorder_by),
                .zero = "off" },
        { .name = "early", .type = &field_switch, IMPAIR(reorder_early) },
        { .name = NULL },
};

const struct field_table reorder_table = { .what = "reorder", .fields = reorder_fields };

static const struct field duplicate_fields[] = {
        { .name = "probability", CHANCE(duplicate), .is_required = true },
        { .name = "correlation", CHANCE(duplicate_correlation) },
        { .name = NULL },
};

const struct field_table duplicate_table = { .what = "duplicate", .fields = duplicate_fields };

static const struct field corrupt_luck_fields[] = {
        { .name = "probability", CHANCE(corrupt), .is_required = true },
        { .name = "correlation", CHANCE(corrupt_correlation) },
        { .name = "bits",
                .type = &field_quantity,
                .quantity = &quantity_count,
                IMPAIR(corrupt_bits),
                .least = 1,
                .most = IMPAIR_BITS_MOST },
        { .name = "in", .type = &field_choice, .words = field_area_words, IMPAIR(corrupt_area) },
        { .name = NULL },
};

const struct field_table corrupt_luck_table = { .what = "corrupt", .fields = corrupt_luck_fields };

static const struct field truncate_fields[] = {
        { .name = "probability", CHANCE(truncate), .is_required = true },
        { .name = "to",
                .type = &field_quantity,
                .quantity = &quantity_size,
                IMPAIR(truncate_to),
                .least = 1,
                .most = 65535 },
        { .name = NULL },
};

const struct field_table truncate_table = { .what = "truncate", .fields = truncate_fields };

/* ---- where ---- */

static bool read_where(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        static const struct field_word places[] = { { "line", 0, false }, { "entry", 1, false },
                { NULL, 0, false } };
        const struct field choice = { .name = field->name, .words = places, .size = sizeof(int) };
        int is_at_entry = 0;
        if (!field_choice.read(reader, &choice, node, &is_at_entry))
                return false;
        *(bool *)value = is_at_entry;
        return true;
}

static struct yaml_node *write_where(const struct field_writer *writer G_GNUC_UNUSED,
        const struct field *field G_GNUC_UNUSED, const void *value)
{
        return tree_text_new(*(const bool *)value ? "entry" : "line");
}

static const struct field_type place = { read_where, write_where };

/* ---- seed: the run's, or one of the line's own, as large as netem's ---- */

static bool read_seed(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        struct impair_config *impair = value;
        guint64 seed = 0;
        if (!field_expect_kind(reader, field->name, node, YAML_TEXT))
                return false;
        bool is_runs = g_str_equal(node->text, "run");
        if (!is_runs && !g_ascii_string_to_unsigned(node->text, 10, 0, UINT64_MAX, &seed, NULL))
                return field_fail(reader, node->mark,
                        "%s: '%s' is no seed; accepted: a number up to %" G_GUINT64_FORMAT
                        ", or run, the scenario's",
                        field->name, node->text, UINT64_MAX);
        impair->has_seed = !is_runs;
        impair->seed = seed;
        return true;
}

static struct yaml_node *write_seed(const struct field_writer *writer G_GNUC_UNUSED,
        const struct field *field G_GNUC_UNUSED, const void *value)
{
        const struct impair_config *impair = value;
        g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT, impair->seed);
        return tree_text_new(impair->has_seed ? text : "run");
}

static const struct field_type seed = { read_seed, write_seed };

/* ---- The table ---- */

#define SHORT(what, count)                                                                                   \
        .type = &field_short, .table = &what, .most = (count), .defaults = &impair_defaults,                 \
        .size = sizeof(struct impair_config)

static const struct field impair_fields[] = {
        { .name = "where", .type = &place, IMPAIR(at_entry) },
        { .name = "loss", .type = &field_loss },
        { .name = "ecn", .type = &field_switch, IMPAIR(ecn) },
        { .name = "reorder", SHORT(reorder_table, 3) },
        { .name = "jitter", SHORT(jitter_field_table, 3) },
        { .name = "keep-order", .type = &field_switch, IMPAIR(keep_order) },
        { .name = "duplicate", SHORT(duplicate_table, 2) },
        { .name = "corrupt", SHORT(corrupt_luck_table, 2) },
        { .name = "corrupt-again", .type = &field_switch, IMPAIR(corrupt_again) },
        { .name = "truncate", SHORT(truncate_table, 2) },
        { .name = "slot", .type = &field_slot },
        { .name = "seed", .type = &seed },
        { .name = NULL },
};

const struct field_table impair_table = { .what = "impair", .fields = impair_fields };
