/*
 * The keys of `match:` and `hold-until:`: which packets a fault rule means.
 */
#include "run/scenario_tables.h"

#include <string.h>

#define MATCH(member)  FIELD_AT(struct scenario_match, member)
#define VALUE(member)  FIELD_AT(struct scenario_match, values.member)
#define QUANTITY(kind) .type = &field_quantity, .quantity = &quantity_##kind

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

static bool read_flag_list(struct field_reader *reader, const struct field *field,
        const struct yaml_node *node, struct fault_match *match)
{
        for (unsigned i = 0; i < tree_count(node); i++) {
                const struct yaml_node *child = tree_child(node, i);
                if (!field_expect_kind(reader, field->name, child, YAML_TEXT) ||
                        !read_flag(reader, field, child->text, child->mark, match))
                        return false;
        }
        return true;
}

static bool read_flag_words(struct field_reader *reader, const struct field *field,
        const struct yaml_node *node, struct fault_match *match)
{
        if (!field_expect_kind(reader, field->name, node, YAML_TEXT))
                return false;
        g_auto(GStrv) words = field_words(node->text);
        for (char **word = words; *word; word++)
                if (!read_flag(reader, field, *word, node->mark, match))
                        return false;
        return true;
}

/* Flags that name none would mean every segment. */
static bool read_flags(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        struct fault_match *match = value;
        match->has_flags = true;
        match->flags_set = match->flags_clear = 0;
        bool is_good = node->kind == YAML_LIST ? read_flag_list(reader, field, node, match)
                                               : read_flag_words(reader, field, node, match);
        if (is_good && !match->flags_set && !match->flags_clear)
                return field_fail(
                        reader, node->mark, "%s: none is named; accepted: such as syn -ack", field->name);
        return is_good;
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

static bool parse_end(const struct field *field, const char *text, uint64_t *value)
{
        uint64_t most = field->most > 0 ? field->most : INT64_MAX;
        return field->quantity->parse(text, value) == QUANTITY_OK && *value <= most;
}

static bool read_range(struct field_reader *reader, const struct field *field, const struct yaml_node *node,
        uint64_t *first, uint64_t *last)
{
        if (!field_expect_kind(reader, field->name, node, YAML_TEXT))
                return false;
        const char *dots = strstr(node->text, "..");
        g_autofree char *from =
                dots ? g_strndup(node->text, (gsize)(dots - node->text)) : g_strdup(node->text);
        if (parse_end(field, from, first) && parse_end(field, dots ? dots + 2 : from, last) &&
                *first <= *last)
                return true;
        return field_fail(reader, node->mark, "%s: '%s' is no range; accepted: FIRST..LAST, such as %s",
                field->name, node->text, field->hint);
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

/* ---- filter: pcap-filter(7) ---- */

static bool read_filter(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        struct fault_match *match = value;
        g_autofree char *complaint = NULL;
        if (!field_expect_kind(reader, field->name, node, YAML_TEXT))
                return false;
        PacketFilter *filter = packet_filter_new(node->text, &complaint);
        if (!filter)
                return field_fail(reader, node->mark,
                        "%s: %s; accepted: what pcap-filter(7) says of IP packets, with numbers for names",
                        field->name, complaint);
        g_ptr_array_add(reader->scenario->filters, filter);
        match->filter = filter;
        return true;
}

static struct yaml_node *write_filter(const struct field_writer *writer G_GNUC_UNUSED,
        const struct field *field G_GNUC_UNUSED, const void *value)
{
        const struct fault_match *match = value;
        return match->filter ? tree_text_new(packet_filter_text(match->filter)) : NULL;
}

static const struct field_type filter = { read_filter, write_filter };

static const struct field match_fields[] = {
        { .name = "from", .type = &field_name, MATCH(from) },
        { .name = "to", .type = &field_name, MATCH(to) },
        { .name = "kind", .type = &packet_kind_word },
        { .name = "transfer", .type = &field_name, MATCH(transfer) },
        { .name = "bytes",
                .hint = "14600..16059",
                .type = &byte_range,
                .quantity = &quantity_count,
                MATCH(values) },
        { .name = "seq",
                .hint = "1..1448",
                .type = &seq_range,
                .quantity = &quantity_count,
                MATCH(values),
                .most = UINT32_MAX },
        { .name = "flags", .type = &tcp_flags, MATCH(values) },
        { .name = "time",
                .hint = "1s..1500ms",
                .type = &time_range,
                .quantity = &quantity_time,
                MATCH(values) },
        { .name = "nth", QUANTITY(count), VALUE(nth), .zero = "all" },
        { .name = "every", QUANTITY(count), VALUE(every), .zero = "off" },
        { .name = "probability", .type = &chance, MATCH(values) },
        { .name = "filter", .type = &filter, MATCH(values) },
        { .name = NULL },
};

const struct field_table match_table = { .what = "match", .fields = match_fields };
