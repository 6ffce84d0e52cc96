/*
 * The keys of `impair:`: what a line does to packets by luck. Words and meanings are tc-netem's where it has
 * them.
 */
#include "run/scenario_tables.h"

#include <string.h>

#define CHANCE(member) .type = &field_probability, FIELD_AT(struct impair_config, member)

/* ---- loss: a probability, or a model with its parameters ---- */

static const struct field_word loss_models[] = {
        { "random", LOSS_RANDOM, false },
        { "gemodel", LOSS_GEMODEL, false },
        { "state", 0, true },
        { NULL, 0, false },
};

#define LOSS_MODEL                                                                                           \
        {                                                                                                    \
                .name = "model", .type = &field_choice, .words = loss_models, .is_required = true,           \
                FIELD_AT(struct impair_config, loss_model)                                                   \
        }
#define CORRELATION                                                                                          \
        {                                                                                                    \
                .name = "correlation", .type = &field_later, .hint = "model: gemodel, for losses in bursts"  \
        }

static const struct field random_fields[] = {
        LOSS_MODEL,
        { .name = "probability", CHANCE(loss), .is_required = true },
        CORRELATION,
        { .name = NULL },
};

/* netem's `loss gemodel p [r [1-h [1-k]]]`. */
static const struct field gemodel_fields[] = {
        LOSS_MODEL,
        { .name = "p", CHANCE(gemodel.p), .is_required = true },
        { .name = "r", CHANCE(gemodel.r), .is_required = true },
        { .name = "1-h", CHANCE(gemodel.bad_loss) },
        { .name = "1-k", CHANCE(gemodel.good_loss) },
        { .name = NULL },
};

const struct field_table random_loss_table = { .what = "a loss of model random", .fields = random_fields };
const struct field_table gemodel_table = { .what = "a loss of model gemodel", .fields = gemodel_fields };

static bool read_loss_model(
        struct field_reader *reader, const struct yaml_node *node, struct impair_config *impair)
{
        static const struct field model = LOSS_MODEL;
        const struct yaml_node *name = tree_find(node, "model");
        if (!name)
                return field_fail(reader, node->mark,
                        "loss without 'model'; accepted: random, gemodel, or just a probability");
        if (!field_read(reader, &model, name, impair))
                return false;
        impair->gemodel.bad_loss = probability_of(1, 1);
        impair->gemodel.good_loss = probability_of(0, 1);
        const struct field_table *table =
                impair->loss_model == LOSS_RANDOM ? &random_loss_table : &gemodel_table;
        return field_table_read(reader, table, node, impair);
}

static bool read_loss(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        struct impair_config *impair = value;
        const struct field probability = { .name = field->name, CHANCE(loss) };
        if (node->kind == YAML_MAP)
                return read_loss_model(reader, node, impair);
        if (node->kind == YAML_TEXT && strchr(node->text, ' '))
                return field_fail(reader, node->mark,
                        "loss: this version does not have netem's correlation yet; accepted: one "
                        "probability, or { model: gemodel, p: 1%%, r: 30%% }");
        if (!field_read(reader, &probability, node, impair))
                return false;
        impair->loss_model = probability_is_zero(impair->loss) ? LOSS_NONE : LOSS_RANDOM;
        return true;
}

static struct yaml_node *write_loss(
        const struct field_writer *writer, const struct field *field G_GNUC_UNUSED, const void *value)
{
        static const struct field probability = { .name = "loss", CHANCE(loss) };
        const struct impair_config *impair = value;
        if (impair->loss_model == LOSS_GEMODEL)
                return field_table_write(writer, &gemodel_table, impair);
        return field_write(writer, &probability, impair);
}

static const struct field_type loss = { read_loss, write_loss };

/* ---- reorder: `{ probability: 5%, delay: 8ms }`, or both as one text ---- */

static const struct field reorder_fields[] = {
        { .name = "probability", CHANCE(reorder), .is_required = true },
        { .name = "delay",
                .type = &field_quantity,
                .quantity = &quantity_time,
                FIELD_AT(struct impair_config, reorder_delay),
                .is_required = true },
        { .name = "correlation", .type = &field_later, .hint = "probability, each packet alone" },
        { .name = "gap", .type = &field_later, .hint = "probability and delay" },
        { .name = NULL },
};

const struct field_table reorder_table = { .what = "reorder", .fields = reorder_fields };

static bool read_reorder(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        if (node->kind != YAML_TEXT)
                return field_table_read(reader, &reorder_table, node, value);
        g_auto(GStrv) parts = g_strsplit(node->text, " ", -1);
        if (g_strv_length(parts) != 2)
                return field_fail(reader, node->mark,
                        "%s: '%s' is not a probability and a delay; accepted: { probability: 5%%, delay: 8ms "
                        "}, \"5%% 8ms\"",
                        field->name, node->text);
        for (unsigned i = 0; i < 2; i++) {
                g_autoptr(YamlNode) part = tree_text_new(parts[i]);
                part->mark = node->mark;
                if (!field_read(reader, &reorder_fields[i], part, value))
                        return false;
        }
        return true;
}

static struct yaml_node *write_reorder(
        const struct field_writer *writer, const struct field *field G_GNUC_UNUSED, const void *value)
{
        return field_table_write(writer, &reorder_table, value);
}

static const struct field_type reorder = { read_reorder, write_reorder };

/* ---- The table ---- */

static const struct field_word places[] = { { "line", 0, false }, { "entry", 0, true }, { NULL, 0, false } };

static const struct field impair_fields[] = {
        { .name = "where", .type = &field_choice, .words = places },
        { .name = "loss", .type = &loss },
        { .name = "reorder", .type = &reorder },
        { .name = "jitter",
                .type = &field_quantity,
                .quantity = &quantity_time,
                FIELD_AT(struct impair_config, jitter) },
        { .name = "keep-order", .type = &field_switch, FIELD_AT(struct impair_config, keep_order) },
        { .name = "duplicate", CHANCE(duplicate) },
        { .name = "corrupt", CHANCE(corrupt) },
        { .name = "corrupt-again", .type = &field_switch, FIELD_AT(struct impair_config, corrupt_again) },
        { .name = "correlation",
                .type = &field_later,
                .hint = "loss: { model: gemodel, … }, for losses in bursts" },
        { .name = NULL },
};

const struct field_table impair_table = { .what = "impair", .fields = impair_fields };
