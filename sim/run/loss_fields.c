/*
 * The key `loss:` of impairments: a probability, or a model with its parameters; tc-netem's words, and also
 * its short forms, `loss: 2% 25%` and `loss: gemodel 1% 30%`.
 */
#include "run/scenario_tables.h"

#include <string.h>

#define LOSS(member)   FIELD_AT(struct impair_config, loss.member)
#define CHANCE(member) .type = &field_probability, LOSS(member)
#define COUNT(member)  .type = &field_quantity, .quantity = &quantity_count, LOSS(member)

static const struct field_word models[] = {
        { "random", LOSS_RANDOM, false },
        { "gemodel", LOSS_GEMODEL, false },
        { "state", LOSS_STATE, false },
        { "periodic", LOSS_PERIODIC, false },
        { "list", LOSS_LIST, false },
        { NULL, 0, false },
};

#define MODEL                                                                                                \
        {                                                                                                    \
                .name = "model", .type = &field_choice, .words = models, .is_required = true, LOSS(model)    \
        }

/* ---- The packets of a list: "3 7 20..25", or a list of the same ---- */

static bool parse_range(const char *text, struct loss_range *range)
{
        g_auto(GStrv) ends = g_strsplit(text, "..", 2);
        return quantity_count.parse(ends[0], &range->first) == QUANTITY_OK &&
               quantity_count.parse(ends[1] ? ends[1] : ends[0], &range->last) == QUANTITY_OK &&
               range->first >= 1 && range->first <= range->last;
}

static bool add_range(struct field_reader *reader, const struct field *field, const char *text,
        struct mark mark, GArray *ranges)
{
        struct loss_range range;
        if (!parse_range(text, &range))
                return field_fail(reader, mark,
                        "%s: '%s' is no packet's number; accepted: from 1, such as 3 or 20..25", field->name,
                        text);
        if (ranges->len > 0 && range.first <= g_array_index(ranges, struct loss_range, ranges->len - 1).last)
                return field_fail(reader, mark,
                        "%s: '%s' is not behind the one before; accepted: numbers that grow", field->name,
                        text);
        g_array_append_val(ranges, range);
        return true;
}

static bool add_ranges(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, GArray *ranges)
{
        if (!field_expect_kind(reader, field->name, node, YAML_TEXT))
                return false;
        g_auto(GStrv) words = field_words(node->text);
        for (char **word = words; *word; word++)
                if (!add_range(reader, field, *word, node->mark, ranges))
                        return false;
        return true;
}

static bool read_packets(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        struct loss_config *loss = value;
        g_autoptr(GArray) ranges = g_array_new(FALSE, FALSE, sizeof(struct loss_range));
        bool is_good = node->kind == YAML_LIST || add_ranges(reader, field, node, ranges);
        for (unsigned i = 0; node->kind == YAML_LIST && is_good && i < tree_count(node); i++)
                is_good = add_ranges(reader, field, tree_child(node, i), ranges);
        if (!is_good)
                return false;
        if (ranges->len == 0)
                return field_fail(reader, node->mark, "%s: there is none; one is required", field->name);
        loss->range_count = ranges->len;
        loss->ranges = scenario_keep(reader->scenario, ranges->data, ranges->len * sizeof(struct loss_range));
        return true;
}

static struct yaml_node *write_packets(const struct field_writer *writer G_GNUC_UNUSED,
        const struct field *field G_GNUC_UNUSED, const void *value)
{
        const struct loss_config *loss = value;
        struct yaml_node *list = tree_list_new();
        for (unsigned i = 0; i < loss->range_count; i++) {
                const struct loss_range *range = &loss->ranges[i];
                g_autofree char *first = quantity_count.format(range->first);
                g_autofree char *last = quantity_count.format(range->last);
                g_autofree char *text = range->first == range->last ? g_strdup(first)
                                                                    : g_strdup_printf("%s..%s", first, last);
                tree_list_add(list, tree_text_new(text));
        }
        return list;
}

static const struct field_type packet_list = { read_packets, write_packets };

/* ---- The models ---- */

static const struct field random_fields[] = {
        MODEL,
        { .name = "probability", CHANCE(probability), .is_required = true },
        { .name = "correlation", CHANCE(correlation) },
        { .name = NULL },
};

/* netem's `loss gemodel p [r [1-h [1-k]]]`. */
static const struct field gemodel_fields[] = {
        MODEL,
        { .name = "p", CHANCE(gemodel.p), .is_required = true },
        { .name = "r", CHANCE(gemodel.r) },
        { .name = "1-h", CHANCE(gemodel.bad_loss) },
        { .name = "1-k", CHANCE(gemodel.good_loss) },
        { .name = NULL },
};

/* netem's `loss state p13 [p31 [p32 [p23 p14]]]`. */
static const struct field state_fields[] = {
        MODEL,
        { .name = "p13", CHANCE(state.p13), .is_required = true },
        { .name = "p31", CHANCE(state.p31) },
        { .name = "p32", CHANCE(state.p32) },
        { .name = "p23", CHANCE(state.p23) },
        { .name = "p14", CHANCE(state.p14) },
        { .name = NULL },
};

static const struct field periodic_fields[] = {
        MODEL,
        { .name = "every", COUNT(every), .least = 1, .is_required = true },
        { .name = "first", COUNT(first), .least = 1 },
        { .name = NULL },
};

static const struct field list_fields[] = {
        MODEL,
        { .name = "packets",
                .type = &packet_list,
                FIELD_AT(struct impair_config, loss),
                .is_required = true },
        { .name = NULL },
};

const struct field_table loss_tables[LOSS_MODELS] = {
        [LOSS_RANDOM] = { .what = "a loss of model random", .fields = random_fields },
        [LOSS_GEMODEL] = { .what = "a loss of model gemodel", .fields = gemodel_fields },
        [LOSS_STATE] = { .what = "a loss of model state", .fields = state_fields },
        [LOSS_PERIODIC] = { .what = "a loss of model periodic", .fields = periodic_fields },
        [LOSS_LIST] = { .what = "a loss of model list", .fields = list_fields },
};

/* ---- Defaults ---- */

static void forget_parameters(struct impair_config *impair)
{
        enum loss_model model = impair->loss.model;
        impair->loss = (struct loss_config){ .model = model };
        impair->loss.gemodel.bad_loss = impair->loss.state.p23 = probability_of(1, 1);
}

/* netem's for what was not said: without r or p31 the next packet is drawn anew. */
static void fill_in(struct loss_config *loss, bool has_r, bool has_p31)
{
        if (loss->model == LOSS_GEMODEL && !has_r)
                loss->gemodel.r = probability_rest(loss->gemodel.p);
        if (loss->model == LOSS_STATE && !has_p31)
                loss->state.p31 = probability_rest(loss->state.p13);
        if (loss->model == LOSS_PERIODIC && loss->first == 0)
                loss->first = loss->every;
}

static bool fit_together(struct probability one, struct probability other)
{
        if (one.is_certain || other.is_certain)
                return probability_is_zero(one) || probability_is_zero(other);
        return other.threshold <= UINT64_MAX - one.threshold + 1 || one.threshold == 0;
}

static bool check_state(struct field_reader *reader, struct mark mark, const struct loss_config *loss)
{
        if (!fit_together(loss->state.p13, loss->state.p14))
                return field_fail(
                        reader, mark, "loss: p13 and p14 are more than 100%% together; accepted: less");
        if (!fit_together(loss->state.p31, loss->state.p32))
                return field_fail(reader, mark,
                        "loss: p31 and p32 are more than 100%% together; accepted: less, or both given");
        return true;
}

/* ---- Reading and writing ---- */

static bool read_model(
        struct field_reader *reader, const struct yaml_node *node, struct impair_config *impair)
{
        static const struct field model = MODEL;
        const struct yaml_node *name = tree_find(node, "model");
        if (!name)
                return field_fail(reader, node->mark,
                        "loss without 'model'; accepted: random, gemodel, state, periodic, list, or just a "
                        "probability");
        if (!field_read(reader, &model, name, impair))
                return false;
        forget_parameters(impair);
        if (!field_table_read(reader, &loss_tables[impair->loss.model], node, impair))
                return false;
        fill_in(&impair->loss, tree_find(node, "r") != NULL, tree_find(node, "p31") != NULL);
        return check_state(reader, node->mark, &impair->loss);
}

/* `loss: list 3 7 20..25`: however many, they are one value. */
static bool read_list_words(
        struct field_reader *reader, const struct yaml_node *node, char **words, struct impair_config *impair)
{
        if (!words[0])
                return field_fail(reader, node->mark,
                        "loss: a list of nothing; accepted: numbers of packets, as in list 3 7 20..25");
        g_autofree char *numbers = g_strjoinv(" ", words);
        char *one[] = { numbers, NULL };
        return field_read_words(reader, "loss", list_fields + 1, 1, one, node->mark, impair);
}

static bool read_model_words(
        struct field_reader *reader, const struct yaml_node *node, char **words, struct impair_config *impair)
{
        static const struct field model = MODEL;
        g_autoptr(YamlNode) name = tree_text_new(words[0]);
        name->mark = node->mark;
        if (!field_read(reader, &model, name, impair))
                return false;
        forget_parameters(impair);
        if (impair->loss.model == LOSS_LIST)
                return read_list_words(reader, node, words + 1, impair);
        const struct field *fields = loss_tables[impair->loss.model].fields + 1;
        unsigned count = 0;
        while (fields[count].name)
                count++;
        if (!field_read_words(reader, "loss", fields, count, words + 1, node->mark, impair))
                return false;
        unsigned given = g_strv_length(words + 1);
        fill_in(&impair->loss, given >= 2, given >= 2);
        return check_state(reader, node->mark, &impair->loss);
}

static bool read_chance(
        struct field_reader *reader, const struct yaml_node *node, char **words, struct impair_config *impair)
{
        impair->loss.model = LOSS_RANDOM;
        forget_parameters(impair);
        if (!field_read_words(reader, "loss", random_fields + 1, 2, words, node->mark, impair))
                return false;
        if (probability_is_zero(impair->loss.probability))
                impair->loss.model = LOSS_NONE;
        return true;
}

static bool read_loss(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        struct impair_config *impair = value;
        if (node->kind == YAML_MAP)
                return read_model(reader, node, impair);
        if (!field_expect_kind(reader, field->name, node, YAML_TEXT))
                return false;
        g_auto(GStrv) words = field_words(node->text);
        if (!words[0])
                return field_probability.read(
                        reader, &(struct field){ .name = field->name }, node, &impair->loss.probability);
        bool is_model = g_ascii_isalpha(*words[0]);
        return is_model ? read_model_words(reader, node, words, impair)
                        : read_chance(reader, node, words, impair);
}

static struct yaml_node *write_loss(
        const struct field_writer *writer, const struct field *field G_GNUC_UNUSED, const void *value)
{
        const struct impair_config *impair = value;
        bool is_plain = impair->loss.model == LOSS_RANDOM && probability_is_zero(impair->loss.correlation);
        if (impair->loss.model == LOSS_NONE || is_plain)
                return field_write(writer, &random_fields[1], impair);
        return field_table_write(writer, &loss_tables[impair->loss.model], impair);
}

const struct field_type field_loss = { read_loss, write_loss };
