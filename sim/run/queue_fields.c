/*
 * The key `queue:` of a link: which discipline, how much may wait, and the discipline's parameters.
 */
#include "run/scenario_tables.h"

#include <string.h>

#define QUANTITY(kind)     .type = &field_quantity, .quantity = &quantity_##kind
#define UNLIMITED          .zero = "unlimited"
#define QUEUE_PACKETS_MOST 1000000000u

/* `limit:` counts packets or, with a size, bytes; then packets are without limit. */
static const struct field limit_in_packets = { .name = "limit",
        QUANTITY(packets),
        UNLIMITED,
        FIELD_AT(struct queue_config, limit_packets),
        .most = QUEUE_PACKETS_MOST };
static bool read_limit(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        struct queue_config *queue = value;
        uint64_t bytes;
        if (!field_expect_kind(reader, field->name, node, YAML_TEXT))
                return false;
        bool is_size =
                g_str_has_suffix(node->text, "B") && quantity_size.parse(node->text, &bytes) == QUANTITY_OK;
        if (!is_size || bytes == 0)
                return field_read(reader, &limit_in_packets, node, queue);
        queue->limit_packets = 0;
        queue->limit_bytes = bytes;
        return true;
}

static struct yaml_node *write_limit(
        const struct field_writer *writer, const struct field *field G_GNUC_UNUSED, const void *value)
{
        return field_write(writer, &limit_in_packets, value);
}

static const struct field_type limit = { read_limit, write_limit };

static bool read_queue_type(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        static const char *const later[] = { "drophead", "red", "codel", "fq-codel", "pie", NULL };
        static const char *const words[] = { "droptail", NULL };
        struct queue_config *queue = value;
        if (!field_expect_kind(reader, field->name, node, YAML_TEXT))
                return false;
        const struct queue_ops *ops = queue_ops_find(node->text);
        if (ops) {
                queue->ops = ops;
                return true;
        }
        if (g_strv_contains(later, node->text))
                return field_fail(reader, node->mark,
                        "%s: this version does not have '%s' yet; accepted: droptail", field->name,
                        node->text);
        return field_fail_word(
                reader, node->mark, node->text, words, "%s: unknown word '%s'", field->name, node->text);
}

static struct yaml_node *write_queue_type(const struct field_writer *writer G_GNUC_UNUSED,
        const struct field *field G_GNUC_UNUSED, const void *value)
{
        const struct queue_config *queue = value;
        return tree_text_new(queue->ops->name);
}

static const struct field_type queue_type = { read_queue_type, write_queue_type };

static const struct field queue_fields[] = {
        { .name = "type", .type = &queue_type },
        { .name = "limit", .type = &limit },
        { .name = "limit-bytes", QUANTITY(size), UNLIMITED, FIELD_AT(struct queue_config, limit_bytes) },
        { .name = NULL },
};

const struct field_table queue_table = { .what = "queue", .fields = queue_fields };

/* `queue: 50pkt` is short for `queue: { limit: 50pkt }`. */
static bool read_queue(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        if (node->kind != YAML_TEXT || tree_is_empty(node))
                return field_table_read(reader, &queue_table, node, value);
        return read_limit(reader, field, node, value);
}

static struct yaml_node *write_queue(
        const struct field_writer *writer, const struct field *field G_GNUC_UNUSED, const void *value)
{
        return field_table_write(writer, &queue_table, value);
}

const struct field_type field_queue = { read_queue, write_queue };
