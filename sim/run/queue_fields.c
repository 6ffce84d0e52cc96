/*
 * The key `queue:` of a link: which discipline, how much may wait, and the discipline's parameters.
 */
#include "run/scenario_tables.h"

#include <string.h>

#define QUANTITY(kind)     .type = &field_quantity, .quantity = &quantity_##kind
#define UNLIMITED          .zero = "unlimited"
#define QUEUE_PACKETS_MOST 1000000000u
#define QUEUE(member)      FIELD_AT(struct queue_config, member)
#define THOUSANDTHS_MOST   1000000u /* of a bandwidth-delay product */

/* `limit:` counts packets or, with a size, bytes; then packets are without limit. */
static const struct field limit_in_packets = { .name = "limit",
        QUANTITY(packets),
        UNLIMITED,
        FIELD_AT(struct queue_config, limit_packets),
        .most = QUEUE_PACKETS_MOST };
static const struct field limit_in_bytes = {
        .name = "limit", QUANTITY(size), FIELD_AT(struct queue_config, limit_bytes), .least = 1
};
/* "1.5bdp" in thousandths; what it comes to is known when the link is. */
static bool read_bdp(struct field_reader *reader, const struct field *field, const struct yaml_node *node,
        struct queue_config *queue)
{
        g_autofree char *number = g_strndup(node->text, strlen(node->text) - strlen("bdp"));
        g_autofree char *thousandths = g_strdup_printf("%skB", number);
        uint64_t value;
        if (quantity_size.parse(thousandths, &value) != QUANTITY_OK || value == 0 || value > THOUSANDTHS_MOST)
                return field_fail(reader, node->mark,
                        "%s: '%s' is no bandwidth-delay product; accepted: 0.001bdp to 1000bdp", field->name,
                        node->text);
        queue->limit_thousandth_bdp = (uint32_t)value;
        return true;
}

static bool read_limit(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        struct queue_config *queue = value;
        if (!field_expect_kind(reader, field->name, node, YAML_TEXT))
                return false;
        queue->limit_thousandth_bdp = 0;
        if (g_str_has_suffix(node->text, "bdp"))
                return read_bdp(reader, field, node, queue);
        if (!g_str_has_suffix(node->text, "B"))
                return field_read(reader, &limit_in_packets, node, queue);
        queue->limit_packets = 0;
        return field_read(reader, &limit_in_bytes, node, queue);
}

static struct yaml_node *write_limit(
        const struct field_writer *writer, const struct field *field G_GNUC_UNUSED, const void *value)
{
        return field_write(writer, &limit_in_packets, value);
}

static const struct field_type limit = { read_limit, write_limit };

/* ---- type: with it come its parameters' defaults ---- */

static void set_type(struct queue_config *queue, const struct queue_ops *ops)
{
        struct queue_config before = *queue;
        bool has_limit = before.ops && before.limit_packets != before.ops->defaults.limit_packets;
        *queue = ops->defaults;
        queue->ops = ops;
        queue->limit_bytes = before.limit_bytes;
        queue->limit_thousandth_bdp = before.limit_thousandth_bdp;
        if (has_limit)
                queue->limit_packets = before.limit_packets;
}

static bool read_queue_type(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        struct queue_config *queue = value;
        if (!field_expect_kind(reader, field->name, node, YAML_TEXT))
                return false;
        const struct queue_ops *ops = queue_ops_find(node->text);
        if (ops) {
                if (ops != queue->ops)
                        set_type(queue, ops);
                return true;
        }
        g_autoptr(GPtrArray) words = g_ptr_array_new();
        for (size_t i = 0; queue_disciplines[i]; i++)
                g_ptr_array_add(words, (gpointer)queue_disciplines[i]->name);
        g_ptr_array_add(words, NULL);
        return field_fail_word(reader, node->mark, node->text, (const char *const *)words->pdata,
                "%s: unknown word '%s'", field->name, node->text);
}

static struct yaml_node *write_queue_type(const struct field_writer *writer G_GNUC_UNUSED,
        const struct field *field G_GNUC_UNUSED, const void *value)
{
        const struct queue_config *queue = value;
        return tree_text_new(queue->ops->name);
}

static const struct field_type queue_type = { read_queue_type, write_queue_type };

/* ---- The tables: every discipline's keys behind those that all have ---- */

#define ALL_DISCIPLINES                                                                                      \
        { .name = "type", .type = &queue_type }, { .name = "limit", .type = &limit },                        \
        {                                                                                                    \
                .name = "limit-bytes", QUANTITY(size), UNLIMITED, QUEUE(limit_bytes)                         \
        }
#define ECN                                                                                                  \
        {                                                                                                    \
                .name = "ecn", .type = &field_switch, QUEUE(ecn)                                             \
        }
#define TARGET                                                                                               \
        {                                                                                                    \
                .name = "target", QUANTITY(time), QUEUE(target), .least = 1                                  \
        }
#define INTERVAL(what)                                                                                       \
        {                                                                                                    \
                .name = what, QUANTITY(time), QUEUE(interval), .least = MICROSECOND                          \
        }

static const struct field_word counted[] = { { "waiting", QUEUE_COUNTS_WAITING, false },
        { "link", QUEUE_COUNTS_LINK, false }, { NULL, 0, false } };

static const struct field droptail_fields[] = {
        ALL_DISCIPLINES,
        { .name = "counts", .type = &field_choice, .words = counted, QUEUE(counts) },
        { .name = NULL },
};

static const struct field plain_fields[] = { ALL_DISCIPLINES, { .name = NULL } };

static const struct field red_fields[] = {
        ALL_DISCIPLINES,
        ECN,
        { .name = "min", QUANTITY(packets), QUEUE(least), .least = 1, .most = QUEUE_PACKETS_MOST },
        { .name = "max", QUANTITY(packets), QUEUE(most), .least = 1, .most = QUEUE_PACKETS_MOST },
        { .name = "probability", .type = &field_probability, QUEUE(probability) },
        { .name = "weight", .type = &field_probability, QUEUE(weight) },
        { .name = "gentle", .type = &field_switch, QUEUE(gentle) },
        { .name = "harddrop", .type = &field_switch, QUEUE(hard_drop) },
        { .name = NULL },
};

static const struct field codel_fields[] = {
        ALL_DISCIPLINES,
        ECN,
        TARGET,
        INTERVAL("interval"),
        { .name = NULL },
};

static const struct field fq_codel_fields[] = {
        ALL_DISCIPLINES,
        ECN,
        TARGET,
        INTERVAL("interval"),
        { .name = "flows", QUANTITY(count), QUEUE(flows), .least = 1, .most = 65536 },
        { .name = "quantum", QUANTITY(size), QUEUE(quantum), .least = 1, .most = 1000000 },
        { .name = NULL },
};

/* alpha and beta as tc-pie(8) has them: in sixteenths. */
static const struct field pie_fields[] = {
        ALL_DISCIPLINES,
        ECN,
        TARGET,
        INTERVAL("tupdate"),
        { .name = "alpha", QUANTITY(count), QUEUE(alpha), .most = 32 },
        { .name = "beta", QUANTITY(count), QUEUE(beta), .most = 32 },
        { .name = "burst", QUANTITY(time), QUEUE(burst) },
        { .name = "ecn-most", .type = &field_probability, QUEUE(ecn_most) },
        { .name = NULL },
};

const struct field_table queue_tables[QUEUE_TABLES] = {
        { .what = "a queue of type droptail", .fields = droptail_fields },
        { .what = "a queue of type drophead", .fields = plain_fields },
        { .what = "a queue of type red", .fields = red_fields },
        { .what = "a queue of type codel", .fields = codel_fields },
        { .what = "a queue of type fq-codel", .fields = fq_codel_fields },
        { .what = "a queue of type pie", .fields = pie_fields },
};

static const struct field_table *table_of(const struct queue_ops *ops)
{
        unsigned i = 0;
        while (queue_disciplines[i] != ops)
                i++;
        g_assert(i < QUEUE_TABLES);
        return &queue_tables[i];
}

static bool check_red(struct field_reader *reader, struct mark mark, const struct queue_config *queue)
{
        if (queue->ops != &queue_red)
                return true;
        if (queue->least >= queue->most)
                return field_fail(reader, mark, "queue: min is not below max; accepted: less");
        if (probability_is_zero(queue->weight))
                return field_fail(reader, mark, "queue: a weight of 0 sees no queue; accepted: more");
        return true;
}

static bool check_bytes(struct field_reader *reader, const struct yaml_node *node)
{
        const struct yaml_node *limit = node->kind == YAML_MAP ? tree_find(node, "limit") : NULL;
        const struct yaml_node *bytes = limit ? tree_find(node, "limit-bytes") : NULL;
        if (!bytes || limit->kind != YAML_TEXT)
                return true;
        if (!g_str_has_suffix(limit->text, "B") && !g_str_has_suffix(limit->text, "bdp"))
                return true;
        return field_fail(reader, bytes->key_mark,
                "limit-bytes: the limit is in bytes already; accepted beside a limit of packets");
}

/* Only packets are counted on the link. */
static bool check_counts(
        struct field_reader *reader, const struct yaml_node *node, const struct queue_config *queue)
{
        const struct yaml_node *counts = node->kind == YAML_MAP ? tree_find(node, "counts") : NULL;
        bool is_idle = queue->counts == QUEUE_COUNTS_LINK &&
                       (queue->limit_packets == 0 || queue->limit_thousandth_bdp > 0);
        return !counts || !is_idle ||
               field_fail(reader, counts->mark,
                       "counts: link, and no limit of packets; accepted: a limit such as 100pkt beside it");
}

static bool read_keys(struct field_reader *reader, const struct yaml_node *node, struct queue_config *queue)
{
        const struct field type = { .name = "type", .type = &queue_type };
        const struct yaml_node *name = node->kind == YAML_MAP ? tree_find(node, "type") : NULL;
        return check_bytes(reader, node) && (!name || field_read(reader, &type, name, queue)) &&
               field_table_read(reader, table_of(queue->ops), node, queue) &&
               check_red(reader, node->mark, queue) && check_counts(reader, node, queue);
}

/* `queue: 50pkt` is short for `queue: { limit: 50pkt }`. */
static bool read_queue(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        if (node->kind != YAML_TEXT || tree_is_empty(node))
                return read_keys(reader, node, value);
        return read_limit(reader, field, node, value);
}

static struct yaml_node *write_queue(
        const struct field_writer *writer, const struct field *field G_GNUC_UNUSED, const void *value)
{
        const struct queue_config *queue = value;
        return field_table_write(writer, table_of(queue->ops), queue);
}

const struct field_type field_queue = { read_queue, write_queue };
