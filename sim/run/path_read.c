/*
 * Reading what is to happen on the path.
 */
#include "run/path_file.h"

#include "run/path_delays.h"
#include "run/path_names.h"
#include "run/scenario_tables.h"

#include <string.h>

/* A line of `packets:`. */
struct packet_line {
        uint64_t numbers[PATH_STAGES];
        bool has_segment;
        struct segment_name segment;
        char *from;
        char *to_host;
        int at; /* stage */
        uint64_t copy;
        char *as;
        uint64_t to;
        uint64_t by;
        uint64_t for_another;
        bool is_at_head;
        uint64_t at_change;
        bool is_early;
        struct path_event event;
};

struct path_file {
        uint64_t version;
        uint64_t seed;
        char *delays;
};

struct path_reading {
        struct field_reader reader;
        GPtrArray *names;
        GPtrArray *nodes;
        PathLog *log;
        uint32_t link;
        unsigned direction;
};

#define LINE(member)  FIELD_AT(struct packet_line, member)
#define COUNT(member) .type = &field_quantity, .quantity = &quantity_count, LINE(member)

/* ---- Types ---- */

static bool read_bits(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        struct path_event *event = value;
        if (!field_expect_kind(reader, field->name, node, YAML_LIST))
                return false;
        if (tree_count(node) == 0 || tree_count(node) > IMPAIR_BITS_MOST)
                return field_fail(reader, node->mark, "%s: %u bits; accepted: 1 to %d", field->name,
                        tree_count(node), IMPAIR_BITS_MOST);
        for (unsigned i = 0; i < tree_count(node); i++) {
                const struct field bit = { .name = field->name,
                        .type = &field_quantity,
                        .quantity = &quantity_count,
                        .size = 4,
                        .most = 8 * 65535 - 1 };
                if (!field_quantity.read(reader, &bit, tree_child(node, i), &event->flips[i]))
                        return false;
        }
        event->flip_count = tree_count(node);
        return true;
}

/* With its sign: jitter may have made it shorter. */
static bool read_delay(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        bool is_negative = node->kind == YAML_TEXT && *node->text == '-';
        const struct field time = {
                .name = field->name, .quantity = &quantity_time, .size = sizeof(duration_ns)
        };
        g_autoptr(YamlNode) amount = tree_copy(node);
        if (is_negative)
                memmove(amount->text, amount->text + 1, strlen(amount->text));
        if (!field_quantity.read(reader, &time, amount, value))
                return false;
        if (is_negative)
                *(duration_ns *)value = -*(duration_ns *)value;
        return true;
}

/* Relative, 32 bits; that it is given says how the packet is named. */
static bool read_seq(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        const struct field number = { .name = field->name, .quantity = &quantity_count, .size = 4 };
        struct packet_line *line =
                (struct packet_line *)((char *)value - offsetof(struct packet_line, segment.seq));
        line->has_segment = true;
        return field_quantity.read(reader, &number, node, value);
}

static bool read_ports(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        const struct field port = { .name = field->name, .quantity = &quantity_count, .size = 2 };
        struct segment_name *segment = value;
        if (!field_expect_kind(reader, field->name, node, YAML_LIST))
                return false;
        if (tree_count(node) != 2)
                return field_fail(reader, node->mark, "%s: %u ports; accepted: two, as in [80, 40000]",
                        field->name, tree_count(node));
        return field_quantity.read(reader, &port, tree_child(node, 0), &segment->source_port) &&
               field_quantity.read(reader, &port, tree_child(node, 1), &segment->destination_port);
}

static const struct field_type segment_seq = { .read = read_seq };
static const struct field_type port_pair = { .read = read_ports };
static const struct field_word stage_words[] = { { "line", PATH_LINE, false }, { "queue", PATH_QUEUE, false },
        { "entry", PATH_ENTRY, false }, { NULL, 0, false } };
static const struct field_type bit_list = { .read = read_bits };
static const struct field_type signed_time = { .read = read_delay };

static const struct field line_fields[] = {
        { .name = "entered", COUNT(numbers[PATH_ENTRY]), .least = 1 },
        { .name = "offered", COUNT(numbers[PATH_QUEUE]), .least = 1 },
        { .name = "ordinal", COUNT(numbers[PATH_LINE]), .least = 1 },
        { .name = "segment", .type = &segment_seq, LINE(segment.seq) },
        { .name = "sending", COUNT(segment.sending), .least = 1 },
        { .name = "offset", COUNT(segment.offset) },
        { .name = "from", .type = &field_name, LINE(from) },
        { .name = "to-host", .type = &field_name, LINE(to_host) },
        { .name = "transfer", COUNT(segment.transfer) },
        { .name = "ports", .type = &port_pair, LINE(segment) },
        { .name = "twin", COUNT(segment.copy) },
        { .name = "at", .type = &field_choice, .words = stage_words, LINE(at) },
        { .name = "copy", COUNT(copy), .most = 15 },
        { .name = "as", .type = &field_text, LINE(as), .is_required = true },
        { .name = "bits", .type = &bit_list, LINE(event) },
        { .name = "to",
                .type = &field_quantity,
                .quantity = &quantity_size,
                LINE(to),
                .least = 1,
                .most = 65535 },
        { .name = "delay", .type = &signed_time, LINE(event.delay) },
        { .name = "by", .type = &field_quantity, .quantity = &quantity_packets, LINE(by) },
        { .name = "early", .type = &field_switch, LINE(is_early) },
        { .name = "for", COUNT(for_another), .least = 1 },
        { .name = "at-head", .type = &field_switch, LINE(is_at_head) },
        { .name = "at-change", COUNT(at_change), .least = 1 },
        { .name = NULL },
};

static const struct field_table packet_line_table = { .what = "a packet", .fields = line_fields };

/* ---- One packet ---- */

static const struct {
        const char *word;
        enum path_event_kind kind;
        unsigned stages; /* bits: where it may happen */
} words[] = {
        { "loss", PATH_LOSS, 1 << PATH_ENTRY | 1 << PATH_LINE },
        { "corrupt", PATH_FLIPS, 1 << PATH_ENTRY | 1 << PATH_LINE },
        { "truncate", PATH_TRUNCATION, 1 << PATH_ENTRY | 1 << PATH_LINE },
        { "duplicate", PATH_COPY, 1 << PATH_ENTRY | 1 << PATH_LINE },
        { "reorder", PATH_DELAY, 1 << PATH_LINE },
        { "queue-full", PATH_REFUSAL, 1 << PATH_QUEUE },
        { "aqm", PATH_REFUSAL, 1 << PATH_QUEUE },
        { "mark-ce", PATH_MARK, 1 << PATH_QUEUE },
};

static bool fail_word(struct path_reading *reading, const struct yaml_node *node, const char *as)
{
        const char *names[G_N_ELEMENTS(words) + 1] = { NULL };
        for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
                names[i] = words[i].word;
        return field_fail_word(&reading->reader, node->mark, as, names, "as: unknown word '%s'", as);
}

static bool find_node(
        struct path_reading *reading, const struct yaml_node *node, const char *name, uint32_t *owner)
{
        guint found;
        if (!name || !g_ptr_array_find_with_equal_func(reading->nodes, name, g_str_equal, &found))
                return field_fail(&reading->reader, node->mark,
                        "a segment %s; accepted: from and to-host, two of the scenario's",
                        name ? "of an unknown host" : "without its hosts");
        *owner = found;
        return true;
}

/* By what it carries. */
static bool take_segment(struct path_reading *reading, const struct yaml_node *node, struct packet_line *line)
{
        if (!find_node(reading, node, line->from, &line->segment.from) ||
                !find_node(reading, node, line->to_host, &line->segment.to))
                return false;
        line->event.stage = (enum path_stage)line->at;
        line->event.is_by_meaning = true;
        line->event.number = segment_name_luck(&line->segment);
        return true;
}

/* By which of the three numbers; exactly one is given. */
static bool take_stage(
        struct path_reading *reading, const struct yaml_node *node, struct packet_line *line, unsigned stages)
{
        unsigned given = 0;
        for (int stage = 0; stage < PATH_STAGES; stage++) {
                if (line->numbers[stage] == 0)
                        continue;
                given++;
                line->event.stage = (enum path_stage)stage;
                line->event.number = line->numbers[stage];
        }
        if (given == 1 && (stages & 1u << line->event.stage))
                return true;
        return field_fail(&reading->reader, node->mark, "a packet by %s; accepted: %s",
                given == 1 ? "the wrong number" : "none or several numbers",
                stages & 1 << PATH_QUEUE ? "offered" : "ordinal, or entered");
}

static void take_values(struct packet_line *line, enum path_event_kind kind, const char *reason)
{
        struct path_event *event = &line->event;
        event->kind = kind;
        event->reason = kind == PATH_REFUSAL ? reason : NULL;
        event->copy = (uint32_t)line->copy;
        event->size = (uint32_t)line->to;
        event->lets_pass = (uint32_t)line->by;
        event->is_early = line->is_early;
        event->is_delayed = !line->is_early;
        event->may_overtake = true;
        if (line->is_at_head)
                event->kind = PATH_AT_HEAD;
        if (line->for_another == 0 && line->at_change == 0)
                return;
        event->kind = line->for_another > 0 ? PATH_PUSHED_OUT : PATH_AT_CHANGE;
        event->victim = event->number;
        event->number = line->for_another > 0 ? line->for_another : line->at_change;
}

static bool needs_more(const struct packet_line *line)
{
        return (line->event.kind == PATH_FLIPS && line->event.flip_count == 0) ||
               (line->event.kind == PATH_TRUNCATION && line->to == 0);
}

static bool add_line(struct path_reading *reading, const struct yaml_node *node, struct packet_line *line)
{
        size_t i = 0;
        while (i < G_N_ELEMENTS(words) && strcmp(words[i].word, line->as) != 0)
                i++;
        if (i == G_N_ELEMENTS(words))
                return fail_word(reading, node, line->as);
        bool is_named = line->has_segment ? take_segment(reading, node, line)
                                          : take_stage(reading, node, line, words[i].stages);
        if (!is_named)
                return false;
        take_values(line, words[i].kind, words[i].word);
        if (needs_more(line))
                return field_fail(&reading->reader, node->mark, "as: %s: how is not said; accepted: %s",
                        line->as, line->event.kind == PATH_FLIPS ? "bits: [77]" : "to: 60B");
        path_log_add(reading->log, reading->link, reading->direction, &line->event, NULL);
        return true;
}

static bool read_packet(struct path_reading *reading, const struct yaml_node *node)
{
        struct packet_line line = { .at = PATH_LINE };
        g_hash_table_remove_all(reading->reader.scenario->marks);
        bool is_good = field_table_read(&reading->reader, &packet_line_table, node, &line) &&
                       add_line(reading, node, &line);
        g_free(line.as);
        g_free(line.from);
        g_free(line.to_host);
        return is_good;
}

/* ---- The file ---- */

static bool read_link(struct path_reading *reading, const struct yaml_node *node)
{
        struct field_reader *reader = &reading->reader;
        const struct yaml_node *on = tree_find(node, "on");
        const struct yaml_node *to = tree_find(node, "to");
        const struct yaml_node *packets = tree_find(node, "packets");
        if (!on || !to || !packets || on->kind != YAML_TEXT || to->kind != YAML_TEXT)
                return field_fail(reader, node->mark,
                        "links: an item without 'on', 'to' or 'packets'; accepted: all three");
        if (!path_names_find(reading->names, on->text, to->text, &reading->link, &reading->direction))
                return field_fail(reader, on->mark,
                        "links: no link '%s' leads to '%s'; accepted: the scenario's", on->text, to->text);
        for (unsigned i = 0; i < tree_count(packets); i++)
                if (!read_packet(reading, tree_child(packets, i)))
                        return false;
        return true;
}

static bool read_links(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        struct path_file *file = value;
        struct path_reading *reading = (struct path_reading *)reader;
        reading->log = path_log_new(file->seed);
        if (tree_is_empty(node))
                return true;
        if (!field_expect_kind(reader, field->name, node, YAML_LIST))
                return false;
        for (unsigned i = 0; i < tree_count(node); i++)
                if (!field_expect_kind(reader, field->name, tree_child(node, i), YAML_MAP) ||
                        !read_link(reading, tree_child(node, i)))
                        return false;
        return true;
}

static const struct field_type link_list = { .read = read_links };

#define FILE_FIELD(member) FIELD_AT(struct path_file, member)

static const struct field file_fields[] = {
        { .name = "inorder-faults",
                .type = &field_quantity,
                .quantity = &quantity_count,
                FILE_FIELD(version),
                .least = 1,
                .most = 1,
                .is_required = true },
        { .name = "seed", .type = &field_quantity, .quantity = &quantity_count, FILE_FIELD(seed) },
        { .name = "delays", .type = &field_text, FILE_FIELD(delays) },
        { .name = "links", .type = &link_list, .is_required = true },
        { .name = NULL },
};

static const struct field_table path_file_table = { .what = "a file of faults", .fields = file_fields };

static bool read_file(struct path_reading *reading, const char *path, char **delays_path, GError **error)
{
        struct path_file file = { 0 };
        struct yaml_error wrong;
        g_autofree char *text = NULL;
        gsize size;
        if (!g_file_get_contents(path, &text, &size, error))
                return false;
        g_autoptr(YamlNode) tree = tree_parse(text, size, &wrong);
        if (!tree) {
                field_fail(&reading->reader, wrong.mark, "%s", wrong.message);
                g_free(wrong.message);
                return false;
        }
        bool is_good = field_table_read(&reading->reader, &path_file_table, tree, &file);
        g_autofree char *delays = file.delays;
        if (is_good && delays) {
                g_autofree char *directory = g_path_get_dirname(path);
                *delays_path = g_build_filename(directory, delays, NULL);
                is_good = path_delays_read(*delays_path, reading->names, reading->log, error);
        }
        return is_good;
}

PathLog *path_file_read(const Scenario *scenario, const char *path, char **delays_path, GError **error)
{
        g_autoptr(Scenario) marks = scenario_new(path, NULL);
        struct path_reading reading = {
                .reader = { marks, error },
                .names = path_names_new(scenario),
                .nodes = path_node_names_new(scenario),
        };
        *delays_path = NULL;
        bool is_good = read_file(&reading, path, delays_path, error);
        g_ptr_array_unref(reading.names);
        g_ptr_array_unref(reading.nodes);
        if (!is_good) {
                path_log_free(reading.log);
                return NULL;
        }
        path_log_sort(reading.log);
        return reading.log;
}
