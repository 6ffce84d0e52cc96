/*
 * The key `do:` of a fault rule: what becomes of the packets that it means, or of the link.
 */
#include "run/scenario_tables.h"

#include <string.h>

#define FAULT(member)  FIELD_AT(struct scenario_fault, member)
#define QUANTITY(kind) .type = &field_quantity, .quantity = &quantity_##kind

#define COPIES_MOST    15 /* packet.h numbers copies in four bits */
#define BITS_MOST      8  /* fault_verdict's flips */

/* ---- do: an action alone, or with what it needs ---- */

const struct field_word field_area_words[] = {
        { "payload", AREA_PAYLOAD, false },
        { "ip", AREA_IP, false },
        { "tcp", AREA_TCP, false },
        { "any", AREA_ANY, false },
        { NULL, 0, false },
};

static const struct field corrupt_fields[] = {
        { .name = "bit", QUANTITY(count), FIELD_AT(struct fault_action, bit), .most = 8 * 65535 - 1 },
        { .name = "bits",
                QUANTITY(count),
                FIELD_AT(struct fault_action, count),
                .least = 1,
                .most = BITS_MOST },
        { .name = "in",
                .type = &field_choice,
                .words = field_area_words,
                FIELD_AT(struct fault_action, area) },
        { .name = NULL },
};

const struct field_table corrupt_table = { .what = "corrupt", .fields = corrupt_fields };

static bool read_corrupt(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        if (!field_expect_kind(reader, field->name, node, YAML_MAP) ||
                !field_table_read(reader, &corrupt_table, node, value))
                return false;
        if (!tree_find(node, "bit") == !tree_find(node, "bits"))
                return field_fail(reader, node->mark,
                        "%s: %s of bit and bits; accepted: { bit: 77 } or { bits: 2, in: tcp }", field->name,
                        tree_find(node, "bit") ? "both" : "neither");
        return true;
}

static struct yaml_node *write_corrupt(
        const struct field_writer *writer, const struct field *field G_GNUC_UNUSED, const void *value)
{
        const struct fault_action *action = value;
        struct yaml_node *map = tree_map_new();
        const struct field *where = &corrupt_fields[action->count > 0];
        tree_map_add(map, where->name, field_write(writer, where, action));
        tree_map_add(map, "in", field_write(writer, &corrupt_fields[2], action));
        return map;
}

static const struct field_type bit_flips = { read_corrupt, write_corrupt };

/* Nothing is needed: `do: drop`, or `do: { drop: }`. */
static bool read_nothing(struct field_reader *reader, const struct field *field, const struct yaml_node *node,
        void *value G_GNUC_UNUSED)
{
        bool is_on = true;
        if (node->kind == YAML_TEXT && (*node->text == '\0' || (switch_parse(node->text, &is_on) && is_on)))
                return true;
        return field_fail(
                reader, node->mark, "%s: takes no value; accepted: do: %s", field->name, field->name);
}

static const struct field_type bare_action = { .read = read_nothing };

#define ACTION(member) FIELD_AT(struct scenario_fault, action.member)

/* In the order of enum fault_action_kind. */
static const struct field action_fields[] = {
        [FAULT_DROP] = { .name = "drop", .type = &bare_action },
        [FAULT_DUPLICATE] = { .name = "duplicate",
                QUANTITY(count),
                ACTION(count),
                .least = 1,
                .most = COPIES_MOST },
        [FAULT_DELAY] = { .name = "delay", QUANTITY(time), ACTION(duration), .least = 1 },
        [FAULT_HOLD_UNTIL] = { .name = "hold-until",
                .type = &field_record,
                .table = &match_table,
                FAULT(until) },
        [FAULT_SWAP_WITH_NEXT] = { .name = "swap-with-next", .type = &bare_action },
        [FAULT_CORRUPT] = { .name = "corrupt", .type = &bit_flips, FAULT(action) },
        [FAULT_TRUNCATE] = { .name = "truncate", QUANTITY(size), ACTION(count), .least = 1, .most = 65534 },
        [FAULT_MARK_CE] = { .name = "mark-ce", .type = &bare_action },
        [FAULT_LINK_DOWN] = { .name = "link-down",
                QUANTITY(time),
                ACTION(duration),
                .zero = "until-link-up" },
        [FAULT_LINK_UP] = { .name = "link-up", .type = &bare_action },
        [FAULT_SET] = { .name = "set", .type = &field_set },
        [FAULT_CRASH] = { .name = "crash", QUANTITY(time), ACTION(duration), .zero = "until-restart" },
        [FAULT_RESTART] = { .name = "restart", .type = &bare_action },
        { .name = NULL },
};

const struct field_table action_table = { .what = "do", .fields = action_fields };

/* The row of the action; NULL: there is none. */
static const struct field *take_action(
        struct field_reader *reader, const char *word, struct mark mark, struct scenario_fault *fault)
{
        for (const struct field *field = action_fields; field->name; field++) {
                if (strcmp(field->name, word) != 0)
                        continue;
                fault->action.kind = (enum fault_action_kind)(field - action_fields);
                return field;
        }
        g_autofree const char **names = field_table_names(&action_table);
        field_fail_word(reader, mark, word, names, "do: unknown action '%s'", word);
        return NULL;
}

/* `do: drop`, and `do: link-down` without an end. */
static bool read_action_word(
        struct field_reader *reader, const struct yaml_node *node, struct scenario_fault *fault)
{
        const struct field *action = take_action(reader, node->text, node->mark, fault);
        if (!action)
                return false;
        if (action->type == &bare_action || fault->action.kind == FAULT_LINK_DOWN ||
                fault->action.kind == FAULT_CRASH)
                return true;
        return field_fail(reader, node->mark, "do: '%s' needs a value; accepted: do: { %s: … }", node->text,
                node->text);
}

static bool read_action(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        struct scenario_fault *fault = value;
        if (node->kind == YAML_TEXT)
                return read_action_word(reader, node, fault);
        if (!field_expect_kind(reader, field->name, node, YAML_MAP))
                return false;
        if (tree_count(node) != 1)
                return field_fail(reader, node->mark, "%s: %u actions; accepted: one a rule", field->name,
                        tree_count(node));
        const struct yaml_node *child = tree_child(node, 0);
        const struct field *action = take_action(reader, child->key, child->key_mark, fault);
        return action && field_read(reader, action, child, fault);
}

static struct yaml_node *write_action(
        const struct field_writer *writer, const struct field *field G_GNUC_UNUSED, const void *value)
{
        const struct scenario_fault *fault = value;
        const struct field *action = &action_fields[fault->action.kind];
        struct yaml_node *argument = field_write(writer, action, fault);
        if (!argument)
                return tree_text_new(action->name);
        struct yaml_node *map = tree_map_new();
        tree_map_add(map, action->name, argument);
        return map;
}

const struct field_type field_fault_action = { read_action, write_action };
