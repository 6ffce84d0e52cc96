/*
 * The keys of `faults:`: which packets a rule means, and what becomes of them.
 */
#include "run/scenario_tables.h"

#include <string.h>

#define MATCH(member)  FIELD_AT(struct scenario_match, member)
#define VALUE(member)  FIELD_AT(struct scenario_match, values.member)
#define FAULT(member)  FIELD_AT(struct scenario_fault, member)
#define QUANTITY(kind) .type = &field_quantity, .quantity = &quantity_##kind

#define COPIES_MOST    15 /* packet.h numbers copies in four bits */
#define BITS_MOST      8  /* fault_verdict's flips */

/* ---- kind ---- */

static const struct field_word kinds[] = {
        { "any", 0, false },
        { "data", PACKET_DATA, false },
        { "retransmission", PACKET_RETRANSMISSION, false },
        { "pure-ack", PACKET_PURE_ACK, false },
        { "syn", PACKET_SYN, false },
        { "synack", PACKET_SYN_ACK, false },
        { "fin", PACKET_FIN, false },
        { "rst", PACKET_RST, false },
        { "dns", PACKET_DNS, false },
        { "icmp", PACKET_ICMP, false },
        { NULL, 0, false },
};

static bool read_kind(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        struct scenario_match *match = value;
        int kind = 0;
        const struct field choice = { .name = field->name, .words = kinds, .size = sizeof kind };
        if (!field_choice.read(reader, &choice, node, &kind))
                return false;
        match->values.kinds = (uint16_t)kind;
        return true;
}

static struct yaml_node *write_kind(
        const struct field_writer *writer, const struct field *field G_GNUC_UNUSED, const void *value)
{
        static const struct field choice = { .words = kinds, .size = sizeof(int) };
        int kind = ((const struct scenario_match *)value)->values.kinds;
        return field_choice.write(writer, &choice, &kind);
}

static const struct field_type packet_kind_word = { read_kind, write_kind };

/* ---- flags: "syn -ack", or a list of the same ---- */

static const struct field_word flags[] = {
        { "fin", TCP_FLAG_FIN, false },
        { "syn", TCP_FLAG_SYN, false },
        { "rst", TCP_FLAG_RST, false },
        { "psh", TCP_FLAG_PSH, false },
        { "ack", TCP_FLAG_ACK, false },
        { "urg", TCP_FLAG_URG, false },
        { "ece", TCP_FLAG_ECE, false },
        { "cwr", TCP_FLAG_CWR, false },
        { "ae", TCP_FLAG_AE, false },
        { NULL, 0, false },
};

static bool read_flag(struct field_reader *reader, const struct field *field, const char *text,
        struct mark mark, struct fault_match *match)
{
        bool is_off = *text == '-';
        int flag;
        const struct field choice = { .name = field->name, .words = flags, .size = sizeof flag };
        g_autoptr(YamlNode) word = tree_text_new(text + is_off);
        word->mark = mark;
        if (!field_choice.read(reader, &choice, word, &flag))
                return false;
        uint16_t *asked = is_off ? &match->flags_clear : &match->flags_set;
        *asked |= (uint16_t)flag;
        if (match->flags_set & match->flags_clear)
                return field_fail(reader, mark, "%s: '%s' is asked to be on and off; accepted: one of them",
                        field->name, word->text);
        return true;
}

static bool read_flags(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        struct fault_match *match = value;
        match->has_flags = true;
        match->flags_set = match->flags_clear = 0;
        if (node->kind == YAML_LIST) {
                for (unsigned i = 0; i < tree_count(node); i++) {
                        const struct yaml_node *child = tree_child(node, i);
                        if (!field_expect_kind(reader, field->name, child, YAML_TEXT) ||
                                !read_flag(reader, field, child->text, child->mark, match))
                                return false;
                }
                return true;
        }
        if (!field_expect_kind(reader, field->name, node, YAML_TEXT))
                return false;
        g_auto(GStrv) words = g_strsplit(node->text, " ", -1);
        for (char **word = words; *word; word++)
                if (!read_flag(reader, field, *word, node->mark, match))
                        return false;
        return true;
}

static struct yaml_node *write_flags(const struct field_writer *writer G_GNUC_UNUSED,
        const struct field *field G_GNUC_UNUSED, const void *value)
{
        const struct fault_match *match = value;
        if (!match->has_flags)
                return NULL;
        g_autoptr(GString) text = g_string_new(NULL);
        for (const struct field_word *flag = flags; flag->name; flag++) {
                const char *gap = text->len > 0 ? " " : "";
                if (match->flags_set & flag->value)
                        g_string_append_printf(text, "%s%s", gap, flag->name);
                if (match->flags_clear & flag->value)
                        g_string_append_printf(text, "%s-%s", gap, flag->name);
        }
        return tree_text_new(text->str);
}

static const struct field_type tcp_flags = { read_flags, write_flags };

/* ---- Ranges: "14600..16059", both ends included; one value is both ends ---- */

static bool read_range_end(struct field_reader *reader, const struct field *field, const char *text,
        struct mark mark, uint64_t *value)
{
        const struct field end = {
                .name = field->name, .quantity = field->quantity, .size = sizeof *value, .most = field->most
        };
        g_autoptr(YamlNode) node = tree_text_new(text);
        node->mark = mark;
        return field_quantity.read(reader, &end, node, value);
}

static bool read_range(struct field_reader *reader, const struct field *field, const struct yaml_node *node,
        uint64_t *first, uint64_t *last)
{
        if (!field_expect_kind(reader, field->name, node, YAML_TEXT))
                return false;
        const char *dots = strstr(node->text, "..");
        g_autofree char *from =
                dots ? g_strndup(node->text, (gsize)(dots - node->text)) : g_strdup(node->text);
        if (!read_range_end(reader, field, from, node->mark, first) ||
                !read_range_end(reader, field, dots ? dots + 2 : from, node->mark, last))
                return false;
        if (*first <= *last)
                return true;
        return field_fail(reader, node->mark, "%s: '%s' ends before it begins; accepted: FIRST..LAST",
                field->name, node->text);
}

static struct yaml_node *write_range(const struct field *field, uint64_t first, uint64_t last)
{
        g_autofree char *from = field->quantity->format(first);
        g_autofree char *to = field->quantity->format(last);
        g_autofree char *text = g_strdup_printf("%s..%s", from, to);
        return tree_text_new(text);
}

static bool read_bytes(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        struct fault_match *match = value;
        match->has_bytes = true;
        return read_range(reader, field, node, &match->bytes_first, &match->bytes_last);
}

static struct yaml_node *write_bytes(
        const struct field_writer *writer G_GNUC_UNUSED, const struct field *field, const void *value)
{
        const struct fault_match *match = value;
        return match->has_bytes ? write_range(field, match->bytes_first, match->bytes_last) : NULL;
}

static const struct field_type byte_range = { read_bytes, write_bytes };

static bool read_seq(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        struct fault_match *match = value;
        uint64_t first;
        uint64_t last;
        if (!read_range(reader, field, node, &first, &last))
                return false;
        match->has_seq = true;
        match->seq_first = (uint32_t)first;
        match->seq_last = (uint32_t)last;
        return true;
}

static struct yaml_node *write_seq(
        const struct field_writer *writer G_GNUC_UNUSED, const struct field *field, const void *value)
{
        const struct fault_match *match = value;
        return match->has_seq ? write_range(field, match->seq_first, match->seq_last) : NULL;
}

static const struct field_type seq_range = { read_seq, write_seq };

static bool read_time_range(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        struct fault_match *match = value;
        uint64_t from;
        uint64_t to;
        if (!read_range(reader, field, node, &from, &to))
                return false;
        match->has_time = true;
        match->time_from = (time_ns)from;
        match->time_to = (time_ns)to;
        return true;
}

static struct yaml_node *write_time_range(
        const struct field_writer *writer G_GNUC_UNUSED, const struct field *field, const void *value)
{
        const struct fault_match *match = value;
        return match->has_time ? write_range(field, (uint64_t)match->time_from, (uint64_t)match->time_to)
                               : NULL;
}

static const struct field_type time_range = { read_time_range, write_time_range };

/* ---- probability: none given is not 100 % ---- */

static bool read_chance(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        struct fault_match *match = value;
        match->has_probability = true;
        return field_probability.read(reader, field, node, &match->probability);
}

static struct yaml_node *write_chance(
        const struct field_writer *writer, const struct field *field, const void *value)
{
        const struct fault_match *match = value;
        return match->has_probability ? field_probability.write(writer, field, &match->probability) : NULL;
}

static const struct field_type chance = { read_chance, write_chance };

static const struct field match_fields[] = {
        { .name = "from", .type = &field_name, MATCH(from) },
        { .name = "to", .type = &field_name, MATCH(to) },
        { .name = "kind", .type = &packet_kind_word },
        { .name = "transfer", .type = &field_name, MATCH(transfer) },
        { .name = "bytes", .type = &byte_range, .quantity = &quantity_count, MATCH(values) },
        { .name = "seq", .type = &seq_range, .quantity = &quantity_count, MATCH(values), .most = UINT32_MAX },
        { .name = "flags", .type = &tcp_flags, MATCH(values) },
        { .name = "time", .type = &time_range, .quantity = &quantity_time, MATCH(values) },
        { .name = "nth", QUANTITY(count), VALUE(nth), .zero = "all" },
        { .name = "every", QUANTITY(count), VALUE(every), .zero = "off" },
        { .name = "probability", .type = &chance, MATCH(values) },
        { .name = "filter", .type = &field_later, .hint = "from, to, kind, flags, seq and bytes" },
        { .name = NULL },
};

const struct field_table match_table = { .what = "match", .fields = match_fields };

/* ---- do: an action alone, or with what it needs ---- */

static const struct field_word areas[] = {
        { "payload", FAULT_IN_PAYLOAD, false },
        { "ip", FAULT_IN_IP, false },
        { "tcp", FAULT_IN_TCP, false },
        { "any", FAULT_IN_ANY, false },
        { NULL, 0, false },
};

static const struct field corrupt_fields[] = {
        { .name = "bit", QUANTITY(count), FIELD_AT(struct fault_action, bit), .most = 8 * 65535 - 1 },
        { .name = "bits",
                QUANTITY(count),
                FIELD_AT(struct fault_action, count),
                .least = 1,
                .most = BITS_MOST },
        { .name = "in", .type = &field_choice, .words = areas, FIELD_AT(struct fault_action, area) },
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

/* In the order of enum fault_action_kind, then what comes later. */
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
        [FAULT_LINK_DOWN] = { .name = "link-down",
                QUANTITY(time),
                ACTION(duration),
                .zero = "until-link-up" },
        [FAULT_LINK_UP] = { .name = "link-up", .type = &bare_action },
        { .name = "truncate", .type = &field_later, .hint = "corrupt, drop" },
        { .name = "mark-ce", .type = &field_later, .hint = "drop" },
        { .name = "set", .type = &field_later, .hint = "link-down, link-up" },
        { .name = NULL },
};

const struct field_table action_table = { .what = "do", .fields = action_fields };

static bool take_action(struct field_reader *reader, const char *word, struct mark mark,
        const struct field **action, struct scenario_fault *fault)
{
        for (const struct field *field = action_fields; field->name; field++) {
                if (strcmp(field->name, word) != 0)
                        continue;
                fault->action.kind = (enum fault_action_kind)(field - action_fields);
                *action = field;
                return true;
        }
        g_autofree const char **names = field_table_names(&action_table);
        return field_fail_word(reader, mark, word, names, "do: unknown action '%s'", word);
}

/* `do: drop`, and `do: link-down` without an end. */
static bool read_action_word(
        struct field_reader *reader, const struct yaml_node *node, struct scenario_fault *fault)
{
        const struct field *action;
        if (!take_action(reader, node->text, node->mark, &action, fault))
                return false;
        if (action->type == &field_later) {
                g_autoptr(YamlNode) word = tree_copy(node);
                word->key_mark = node->mark;
                return field_read(reader, action, word, fault);
        }
        if (action->type == &bare_action || fault->action.kind == FAULT_LINK_DOWN)
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
        const struct field *action;
        return take_action(reader, child->key, child->key_mark, &action, fault) &&
               field_read(reader, action, child, fault);
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
