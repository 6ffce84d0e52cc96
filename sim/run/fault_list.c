/*
 * The list `faults:`: rules about packets, and rules at a time.
 */
#include "run/scenario_tables.h"

#define FAULT(member) FIELD_AT(struct scenario_fault, member)

static const struct field fault_name_field = { .name = "name", .type = &field_name, FAULT(name) };
static const struct field fault_at_field = {
        .name = "at", .type = &field_quantity, .quantity = &quantity_time, FAULT(at)
};
static const struct field fault_match_field = {
        .name = "match", .type = &field_record, .table = &match_table, FAULT(match)
};

static bool read_fault_name(struct field_reader *reader, const struct field *field G_GNUC_UNUSED,
        const struct yaml_node *node, void *value)
{
        struct scenario_fault *fault = value;
        fault->is_named = true;
        return field_read(reader, &fault_name_field, node, fault);
}

static struct yaml_node *write_fault_name(
        const struct field_writer *writer, const struct field *field G_GNUC_UNUSED, const void *value)
{
        const struct scenario_fault *fault = value;
        return fault->is_named ? field_write(writer, &fault_name_field, fault) : NULL;
}

static const struct field_type fault_name = { read_fault_name, write_fault_name };

static bool read_fault_at(struct field_reader *reader, const struct field *field G_GNUC_UNUSED,
        const struct yaml_node *node, void *value)
{
        struct scenario_fault *fault = value;
        fault->is_timed = true;
        return field_read(reader, &fault_at_field, node, fault);
}

static struct yaml_node *write_fault_at(
        const struct field_writer *writer, const struct field *field G_GNUC_UNUSED, const void *value)
{
        const struct scenario_fault *fault = value;
        return fault->is_timed ? field_write(writer, &fault_at_field, fault) : NULL;
}

static const struct field_type fault_at = { read_fault_at, write_fault_at };

static const struct field fault_every_field = {
        .name = "every", .type = &field_quantity, .quantity = &quantity_time, .zero = "once", FAULT(every)
};

static bool read_fault_every(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        const struct scenario_fault *fault = value;
        if (!fault->is_timed)
                return field_fail(reader, node->key_mark,
                        "%s: the rule is not at a time; accepted beside 'at', or in 'match'", field->name);
        return field_read(reader, &fault_every_field, node, value);
}

static struct yaml_node *write_fault_every(
        const struct field_writer *writer, const struct field *field G_GNUC_UNUSED, const void *value)
{
        const struct scenario_fault *fault = value;
        return fault->is_timed ? field_write(writer, &fault_every_field, fault) : NULL;
}

static const struct field_type fault_every = { read_fault_every, write_fault_every };

static bool read_fault_match(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        const struct scenario_fault *fault = value;
        if (fault->is_timed)
                return field_fail(reader, node->key_mark,
                        "%s: the rule is at a time; accepted: one of 'at' and 'match'", field->name);
        return field_read(reader, &fault_match_field, node, value);
}

static struct yaml_node *write_fault_match(
        const struct field_writer *writer, const struct field *field G_GNUC_UNUSED, const void *value)
{
        const struct scenario_fault *fault = value;
        return fault->is_timed ? NULL : field_write(writer, &fault_match_field, fault);
}

static const struct field_type fault_match = { read_fault_match, write_fault_match };

static const struct field fault_fields[] = {
        { .name = "name", .type = &fault_name },
        { .name = "on", .type = &field_name, FAULT(link) },
        { .name = "host", .type = &field_name, FAULT(host) },
        { .name = "at", .type = &fault_at },
        { .name = "every", .type = &fault_every },
        { .name = "match", .type = &fault_match },
        { .name = "do", .type = &field_fault_action, .is_required = true },
        { .name = NULL },
};

const struct field_table fault_table = { .what = "a fault rule", .fields = fault_fields };

static bool is_of_a_link(enum fault_action_kind kind)
{
        return kind == FAULT_LINK_DOWN || kind == FAULT_LINK_UP || kind == FAULT_SET;
}

static bool is_of_a_host(enum fault_action_kind kind)
{
        return kind == FAULT_CRASH || kind == FAULT_RESTART;
}

/* On a link, or at a host at a time. */
static bool check_place(
        struct field_reader *reader, const struct yaml_node *node, const struct scenario_fault *fault)
{
        bool wants_host = is_of_a_host(fault->action.kind);
        if (!fault->host && !fault->link)
                return field_fail(reader, node->mark, "a fault rule without '%s'; the key is required",
                        wants_host ? "host" : "on");
        if (!fault->host == wants_host || !fault->link != wants_host)
                return field_fail(reader, node->mark, "%s happens %s; accepted: %s without '%s'",
                        fault_action_name(fault->action.kind), wants_host ? "to a host" : "on a link",
                        wants_host ? "host: NAME" : "on: LINK", wants_host ? "on" : "host");
        if (wants_host && !fault->is_timed)
                return field_fail(
                        reader, node->mark, "a host crashes and restarts at a time; accepted: at: TIME");
        return true;
}

/* A link changes at a time or because of a packet; everything else happens to a packet. */
static bool check_occasion(
        struct field_reader *reader, const struct yaml_node *node, const struct scenario_fault *fault)
{
        if (!check_place(reader, node, fault))
                return false;
        if (is_of_a_host(fault->action.kind))
                return true;
        if (fault->is_timed && !is_of_a_link(fault->action.kind))
                return field_fail(reader, node->mark,
                        "a rule at a time without a packet; accepted with 'at': link-down, link-up, set, and "
                        "of a "
                        "host crash, restart");
        if (!fault->is_timed && !tree_find(node, "match"))
                return field_fail(
                        reader, node->mark, "a fault rule without 'match' or 'at'; one of them is required");
        return true;
}

static bool read_fault(struct field_reader *reader, const struct yaml_node *node)
{
        struct scenario_fault *fault = scenario_add_fault(reader->scenario, node->mark);
        return field_table_read(reader, &fault_table, node, fault) && check_occasion(reader, node, fault);
}

static bool read_faults(struct field_reader *reader, const struct field *field, const struct yaml_node *node,
        void *value G_GNUC_UNUSED)
{
        if (node->kind == YAML_MAP)
                return field_fail(reader, node->mark,
                        "%s: one mapping; accepted: a list of rules, as in [{ on: LINK, match: {}, do: drop "
                        "}]",
                        field->name);
        if (!field_expect_kind(reader, field->name, node, YAML_LIST))
                return false;
        for (unsigned i = 0; i < tree_count(node); i++)
                if (!read_fault(reader, tree_child(node, i)))
                        return false;
        return true;
}

static struct yaml_node *write_faults(
        const struct field_writer *writer, const struct field *field G_GNUC_UNUSED, const void *value)
{
        const GPtrArray *faults = *(GPtrArray *const *)value;
        struct yaml_node *list = tree_list_new();
        for (unsigned i = 0; i < faults->len; i++)
                tree_list_add(list, field_table_write(writer, &fault_table, g_ptr_array_index(faults, i)));
        return list;
}

const struct field_type field_faults = { read_faults, write_faults };
