/*
 * The key `slot:` of impairments: packets arrive in bursts, as with tc-netem's `slot`. `slot: 20ms 30ms` is
 * short for `slot: { min: 20ms, max: 30ms }`.
 */
#include "run/scenario_tables.h"

#include <string.h>

#define SLOT(member) FIELD_AT(struct impair_config, slot.member)
#define TIME(member) .type = &field_quantity, .quantity = &quantity_time, SLOT(member)
#define LIMITS                                                                                               \
        { .name = "packets",                                                                                 \
                .type = &field_quantity,                                                                     \
                .quantity = &quantity_packets,                                                               \
                SLOT(packets),                                                                               \
                .zero = "unlimited" },                                                                       \
        {                                                                                                    \
                .name = "bytes", .type = &field_quantity, .quantity = &quantity_size, SLOT(bytes),           \
                .zero = "unlimited"                                                                          \
        }

static const struct field uniform_fields[] = {
        { .name = "min", TIME(least), .is_required = true },
        { .name = "max", TIME(most) },
        LIMITS,
        { .name = NULL },
};

static const struct field distributed_fields[] = {
        { .name = "distribution", .type = &field_distribution, SLOT(table), .is_required = true },
        { .name = "delay", TIME(delay), .is_required = true },
        { .name = "jitter", TIME(jitter), .least = 1, .is_required = true },
        LIMITS,
        { .name = NULL },
};

const struct field_table slot_tables[SLOT_TABLES] = {
        { .what = "a slot", .fields = uniform_fields },
        { .what = "a slot with a distribution", .fields = distributed_fields },
};

static bool is_distributed(const struct yaml_node *node)
{
        return tree_find(node, "distribution") || tree_find(node, "delay") || tree_find(node, "jitter");
}

static bool read_by_key(struct field_reader *reader, const struct field *field, const struct yaml_node *node,
        struct impair_config *impair)
{
        impair->slot.has_distribution = node->kind == YAML_MAP && is_distributed(node);
        if (!field_expect_kind(reader, field->name, node, YAML_MAP) ||
                !field_table_read(reader, &slot_tables[impair->slot.has_distribution], node, impair))
                return false;
        if (!impair->slot.has_distribution && !tree_find(node, "max"))
                impair->slot.most = impair->slot.least;
        return true;
}

static bool read_in_short(struct field_reader *reader, const struct field *field,
        const struct yaml_node *node, struct impair_config *impair)
{
        g_auto(GStrv) words = field_words(node->text);
        if (!field_read_words(reader, field->name, uniform_fields, 2, words, node->mark, impair))
                return false;
        if (!words[1])
                impair->slot.most = impair->slot.least;
        return true;
}

static bool check(struct field_reader *reader, const struct yaml_node *node, const struct slot_config *slot)
{
        if (slot->most < slot->least)
                return field_fail(reader, node->mark, "slot: max is below min; accepted: no less");
        return true;
}

static bool read_slot(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        struct impair_config *impair = value;
        impair->slot = (struct slot_config){ 0 };
        if (node->kind == YAML_TEXT && strcmp(node->text, "off") == 0)
                return true;
        bool is_short = node->kind == YAML_TEXT && !tree_is_empty(node);
        bool is_good = is_short ? read_in_short(reader, field, node, impair)
                                : read_by_key(reader, field, node, impair);
        return is_good && check(reader, node, &impair->slot);
}

static struct yaml_node *write_slot(
        const struct field_writer *writer, const struct field *field G_GNUC_UNUSED, const void *value)
{
        const struct impair_config *impair = value;
        if (slot_config_is_idle(&impair->slot))
                return tree_text_new("off");
        return field_table_write(writer, &slot_tables[impair->slot.has_distribution], impair);
}

const struct field_type field_slot = { read_slot, write_slot };
