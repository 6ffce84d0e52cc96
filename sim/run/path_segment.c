/*
 * Reading what names a packet by its meaning.
 */
#include "run/path_segment.h"

#define SEGMENT(member) FIELD_AT(struct path_segment, member)
#define COUNT(member)   .type = &field_quantity, .quantity = &quantity_count, SEGMENT(member)

static bool read_ports(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        const struct field port = { .name = field->name, .quantity = &quantity_count, .size = 2, .least = 1 };
        struct segment_name *segment = value;
        if (!field_expect_kind(reader, field->name, node, YAML_LIST))
                return false;
        if (tree_count(node) != 2)
                return field_fail(reader, node->mark, "%s: %u given; accepted: two, as in [80, 40000]",
                        field->name, tree_count(node));
        return field_quantity.read(reader, &port, tree_child(node, 0), &segment->source_port) &&
               field_quantity.read(reader, &port, tree_child(node, 1), &segment->destination_port);
}

static const struct field_type port_pair = { .read = read_ports };

/* What a packet carries. */
static const struct field name_fields[] = {
        { .name = "segment", COUNT(text.seq) },
        { .name = "sending", COUNT(text.sending), .least = 1 },
        { .name = "offset", COUNT(text.offset) },
        { .name = "ack", COUNT(ack.seq) },
        { .name = "nth", COUNT(ack.sending), .least = 1 },
        { .name = "from", .type = &field_name, SEGMENT(from) },
        { .name = "to-host", .type = &field_name, SEGMENT(to_host) },
        { .name = "transfer", .type = &field_name, SEGMENT(transfer) },
        { .name = "connection", COUNT(text.flow), .least = 1 },
        { .name = "adopted", COUNT(text.adopted), .least = 1 },
        { .name = "ports", .type = &port_pair, SEGMENT(text) },
        { .name = "twin", COUNT(text.copy), .least = 1 },
        { .name = NULL },
};
const struct field_table path_segment_table = { .what = "a segment", .fields = name_fields };

static bool fail_name(struct field_reader *reader, const GPtrArray *list, const struct yaml_node *node,
        const char *what, const char *key, const char *name)
{
        g_autofree const char **names = g_new0(const char *, list->len + 1);
        for (unsigned i = 0; i < list->len; i++)
                names[i] = g_ptr_array_index(list, i);
        return field_fail_word(
                reader, tree_find(node, key)->mark, name, names, "%s: no %s is named '%s'", key, what, name);
}

static bool find_node(struct field_reader *reader, const struct path_whose *whose,
        const struct yaml_node *node, const char *key, const char *name, uint32_t *owner)
{
        if (!name)
                return field_fail(reader, node->mark, "a segment without '%s'; the key is required", key);
        unsigned number = GPOINTER_TO_UINT(g_hash_table_lookup(whose->node_numbers, name));
        if (number == 0)
                return fail_name(reader, whose->nodes, node, "host", key, name);
        *owner = number - 1;
        return true;
}

/* Who wrote a number meant one. */
static bool find_transfer(struct field_reader *reader, const struct path_whose *whose,
        const struct yaml_node *node, const char *name, uint32_t *number)
{
        uint64_t count;
        if (!name)
                return true;
        *number = GPOINTER_TO_UINT(g_hash_table_lookup(whose->transfer_numbers, name));
        if (*number != 0)
                return true;
        if (quantity_count.parse(name, &count) != QUANTITY_OK || count < 1 || count > whose->transfers->len)
                return fail_name(reader, whose->transfers, node, "transfer", "transfer", name);
        *number = (uint32_t)count;
        return true;
}

/* Either a segment or an ACK, with the keys of that alone. */
static bool check_kind(struct field_reader *reader, const struct yaml_node *node)
{
        static const char *const of_text[] = { "segment", "sending", "offset" };
        static const char *const of_ack[] = { "ack", "nth" };
        bool is_ack = tree_find(node, "ack") != NULL;
        for (unsigned i = 0; i < (is_ack ? G_N_ELEMENTS(of_text) : G_N_ELEMENTS(of_ack)); i++) {
                const char *key = is_ack ? of_text[i] : of_ack[i];
                const struct yaml_node *child = tree_find(node, key);
                if (child)
                        return field_fail(reader, child->key_mark,
                                "'%s' beside '%s'; accepted: segment, sending, offset; or ack, nth", key,
                                is_ack ? "ack" : "segment");
        }
        return true;
}

static bool check_flow(struct field_reader *reader, const struct yaml_node *node)
{
        if (!tree_find(node, "transfer") == !tree_find(node, "ports"))
                return field_fail(reader, node->mark,
                        "a segment with %s of transfer and ports; accepted: one of them",
                        tree_find(node, "ports") ? "both" : "neither");
        if (tree_find(node, "connection") && !tree_find(node, "transfer"))
                return field_fail(reader, tree_find(node, "connection")->key_mark,
                        "connection: of which transfer is not said; accepted beside 'transfer'");
        return true;
}

bool path_segment_take(struct field_reader *reader, const struct path_whose *whose,
        const struct yaml_node *node, struct path_segment *segment, uint64_t *luck)
{
        struct segment_name *name = &segment->text;
        if (!find_node(reader, whose, node, "from", segment->from, &name->from) ||
                !find_node(reader, whose, node, "to-host", segment->to_host, &name->to) ||
                !check_kind(reader, node) || !check_flow(reader, node) ||
                !find_transfer(reader, whose, node, segment->transfer, &name->transfer))
                return false;
        name->flow = MAX(name->flow, 1);
        name->is_ack = tree_find(node, "ack") != NULL;
        if (!name->is_ack && !tree_find(node, "offset"))
                name->offset = name->seq > 0 ? name->seq - 1 : 0;
        if (name->is_ack) {
                name->seq = segment->ack.seq;
                name->sending = segment->ack.sending;
        }
        name->sending = MAX(name->sending, 1);
        *luck = segment_name_luck(name);
        return true;
}

void path_segment_clear(struct path_segment *segment)
{
        g_free(segment->from);
        g_free(segment->to_host);
        g_free(segment->transfer);
}
