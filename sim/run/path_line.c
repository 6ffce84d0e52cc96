/*
 * Reading one packet's fate. What does not belong together is refused: a word that does nothing must not look
 * as if it did.
 */
#include "run/path_line.h"

#include "run/path_segment.h"
#include "run/scenario_tables.h"

#include <string.h>

/* As it stands there. */
struct packet_line {
        struct path_segment segment; /* first: its keys are among the line's */
        uint64_t numbers[PATH_STAGES];
        int at; /* stage */
        uint64_t copy;
        char *as;
        uint64_t to;
        uint64_t by;
        uint64_t for_another;
        const struct yaml_node *for_segment; /* or by meaning; NULL: not */
        bool is_at_head;
        uint64_t at_change;
        bool is_early;
        struct path_event event;
};

#define LINE(member)  FIELD_AT(struct packet_line, member)
#define COUNT(member) .type = &field_quantity, .quantity = &quantity_count, LINE(member)

/* ---- Types ---- */

static bool has_bit(const struct path_event *event, unsigned count, uint32_t bit)
{
        for (unsigned i = 0; i < count; i++)
                if (event->flips[i] == bit)
                        return true;
        return false;
}

/* The same bit twice would be no change at all. */
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
                const struct yaml_node *child = tree_child(node, i);
                const struct field bit = { .name = field->name,
                        .type = &field_quantity,
                        .quantity = &quantity_count,
                        .size = 4,
                        .most = 8 * 65535 - 1 };
                if (!field_quantity.read(reader, &bit, child, &event->flips[i]))
                        return false;
                if (has_bit(event, i, event->flips[i]))
                        return field_fail(reader, child->mark, "%s: bit %u twice; accepted: different ones",
                                field->name, event->flips[i]);
        }
        event->flip_count = tree_count(node);
        return true;
}

/* With its sign: jitter may have made it shorter. */
static bool read_delay(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        bool is_negative = node->kind == YAML_TEXT && *node->text == '-';
        const struct field time = { .name = field->name,
                .quantity = &quantity_time,
                .size = sizeof(duration_ns),
                .most = FIELD_DRAWN_TIME_MOST };
        g_autoptr(YamlNode) amount = tree_copy(node);
        if (is_negative)
                memmove(amount->text, amount->text + 1, strlen(amount->text));
        if (!field_quantity.read(reader, &time, amount, value))
                return false;
        if (is_negative)
                *(duration_ns *)value = -*(duration_ns *)value;
        return true;
}

/* A packet's number, or a segment. */
static bool read_for(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        struct packet_line *line = value;
        const struct field number = { .name = field->name, COUNT(for_another), .least = 1 };
        if (node->kind != YAML_MAP)
                return field_read(reader, &number, node, line);
        line->for_segment = node;
        return true;
}

static const struct field_word stage_words[] = { { "line", PATH_LINE, false }, { "queue", PATH_QUEUE, false },
        { "entry", PATH_ENTRY, false }, { NULL, 0, false } };
static const struct field_type bit_list = { .read = read_bits };
static const struct field_type signed_time = { .read = read_delay };
static const struct field_type number_or_segment = { .read = read_for };

static const struct field line_fields[] = {
        { .name = "entered", COUNT(numbers[PATH_ENTRY]), .least = 1 },
        { .name = "offered", COUNT(numbers[PATH_QUEUE]), .least = 1 },
        { .name = "ordinal", COUNT(numbers[PATH_LINE]), .least = 1 },
        { .name = "slot", COUNT(numbers[PATH_SLOT]), .least = 1 },
        { .name = "at", .type = &field_choice, .words = stage_words, LINE(at) },
        { .name = "copy", COUNT(copy), .least = 1, .most = 15 },
        { .name = "as", .type = &field_text, LINE(as), .is_required = true },
        { .name = "bits", .type = &bit_list, LINE(event) },
        { .name = "to",
                .type = &field_quantity,
                .quantity = &quantity_size,
                LINE(to),
                .least = 1,
                .most = 65535 },
        { .name = "delay", .type = &signed_time, LINE(event.delay) },
        { .name = "by", .type = &field_quantity, .quantity = &quantity_packets, LINE(by), .least = 1 },
        { .name = "early", .type = &field_switch, LINE(is_early) },
        { .name = "for", .type = &number_or_segment },
        { .name = "at-head", .type = &field_switch, LINE(is_at_head) },
        { .name = "at-change", COUNT(at_change), .least = 1 },
        { .name = NULL },
};
static const struct field_table packet_line_table = {
        .what = "a packet", .fields = line_fields, .base = &path_segment_table
};

/* ---- Which keys go together ---- */

#define LUCK  (1 << PATH_ENTRY | 1 << PATH_LINE)
#define QUEUE (1 << PATH_QUEUE)

static const struct fate {
        const char *word;
        enum path_event_kind kind;
        unsigned stages; /* bits: where it may happen */
        const char *keys[4];
} fates[] = {
        { "loss", PATH_LOSS, LUCK, { NULL } },
        { "corrupt", PATH_FLIPS, LUCK, { "bits", NULL } },
        { "truncate", PATH_TRUNCATION, LUCK, { "to", NULL } },
        { "duplicate", PATH_COPY, LUCK, { NULL } },
        { "reorder", PATH_DELAY, 1 << PATH_LINE, { "delay", "by", "early", "copy" } },
        { "queue-full", PATH_REFUSAL, QUEUE, { "for", "at-head", "at-change", NULL } },
        { "aqm", PATH_REFUSAL, QUEUE, { "for", "at-head", "at-change", NULL } },
        { "mark-ce", PATH_MARK, QUEUE | LUCK, { NULL } },
        { "slot", PATH_SLOT_LENGTH, 1 << PATH_SLOT, { "delay", NULL } },
};

static const char *const number_keys[] = { "entered", "offered", "ordinal", NULL };
static const char *const slot_keys[] = { "slot", NULL };
static const char *const text_keys[] = { "segment", "sending", "offset", "from", "to-host", "transfer",
        "connection", "adopted", "ports", "twin", "at", NULL };
static const char *const ack_keys[] = { "ack", "nth", "from", "to-host", "transfer", "connection", "adopted",
        "ports", "twin", "at", NULL };

static bool is_among(const char *key, const char *const *keys, size_t most)
{
        for (size_t i = 0; i < most && keys[i]; i++)
                if (strcmp(keys[i], key) == 0)
                        return true;
        return false;
}

static const char *const *naming_keys(const struct yaml_node *node)
{
        if (tree_find(node, "segment") || tree_find(node, "ack"))
                return tree_find(node, "segment") ? text_keys : ack_keys;
        return tree_find(node, "slot") ? slot_keys : number_keys;
}

static bool fail_word(struct field_reader *reader, const struct yaml_node *node, const char *as)
{
        const char *names[G_N_ELEMENTS(fates) + 1] = { NULL };
        for (size_t i = 0; i < G_N_ELEMENTS(fates); i++)
                names[i] = fates[i].word;
        return field_fail_word(reader, tree_find(node, "as")->mark, as, names, "as: unknown word '%s'", as);
}

static const struct fate *find_fate(const char *as)
{
        for (size_t i = 0; i < G_N_ELEMENTS(fates); i++)
                if (strcmp(fates[i].word, as) == 0)
                        return &fates[i];
        return NULL;
}

static bool fail_key(struct field_reader *reader, const struct yaml_node *child, const struct fate *fate,
        const char *const *naming)
{
        g_autoptr(GString) list = g_string_new(naming[0]);
        for (size_t i = 1; naming[i]; i++)
                g_string_append_printf(list, naming == number_keys ? " or %s" : ", %s", naming[i]);
        g_string_append(list, ", as");
        for (size_t i = 0; i < G_N_ELEMENTS(fate->keys) && fate->keys[i]; i++)
                g_string_append_printf(list, ", %s", fate->keys[i]);
        return field_fail(reader, child->key_mark,
                "'%s' does not belong to 'as: %s' of a packet by %s; accepted: %s", child->key, fate->word,
                naming == number_keys || naming == slot_keys ? "its number" : "its meaning", list->str);
}

static bool check_keys(struct field_reader *reader, const struct yaml_node *node, const struct fate *fate)
{
        const char *const *naming = naming_keys(node);
        for (unsigned i = 0; i < tree_count(node); i++) {
                const struct yaml_node *child = tree_child(node, i);
                bool belongs = is_among(child->key, naming, SIZE_MAX) || strcmp(child->key, "as") == 0 ||
                               is_among(child->key, fate->keys, G_N_ELEMENTS(fate->keys));
                if (!belongs)
                        return fail_key(reader, child, fate, naming);
        }
        return true;
}

/* Who pushed it out. */
static bool take_pusher(struct field_reader *reader, const struct path_place *place,
        const struct yaml_node *node, uint64_t *luck)
{
        struct path_segment pusher = { 0 };
        bool is_named = tree_find(node, "segment") || tree_find(node, "ack");
        bool is_good = is_named ? field_table_read(reader, &path_segment_table, node, &pusher) &&
                                          path_segment_take(reader, &place->whose, node, &pusher, luck)
                                : field_fail(reader, node->mark,
                                          "for: no packet; accepted: its number, or a segment or ack");
        path_segment_clear(&pusher);
        return is_good;
}

/* ---- By number ---- */

/* Exactly one is given. */
static bool take_number(struct field_reader *reader, const struct yaml_node *node, struct packet_line *line)
{
        unsigned given = 0;
        for (int stage = 0; stage < PATH_STAGES; stage++) {
                if (line->numbers[stage] == 0)
                        continue;
                given++;
                line->event.stage = (enum path_stage)stage;
                line->event.number = line->numbers[stage];
        }
        return given == 1 ||
               field_fail(reader, node->mark,
                       "a packet by none or several numbers; accepted: one of ordinal, offered, entered, or "
                       "a segment or ack");
}

static const char *right_place(unsigned stages, bool is_by_number)
{
        if (stages == 1 << PATH_SLOT)
                return "slot: its number";
        if (stages == QUEUE)
                return is_by_number ? "offered" : "at: queue";
        return is_by_number ? (stages & QUEUE ? "ordinal, entered or offered" : "ordinal, or entered")
                            : (stages & QUEUE ? "at: line, entry or queue" : "at: line, or entry");
}

static bool take_packet(struct field_reader *reader, const struct path_place *place,
        const struct yaml_node *node, struct packet_line *line, unsigned stages)
{
        struct path_event *event = &line->event;
        const char *const *naming = naming_keys(node);
        bool is_by_number = naming == number_keys || naming == slot_keys;
        if (is_by_number && !take_number(reader, node, line))
                return false;
        if (!is_by_number) {
                event->is_by_meaning = true;
                event->stage = (enum path_stage)line->at;
                if (!path_segment_take(reader, &place->whose, node, &line->segment, &event->number))
                        return false;
        }
        if (stages & 1u << event->stage)
                return true;
        return field_fail(reader, node->mark, "a packet by the wrong %s; accepted: %s",
                is_by_number ? "number" : "place", right_place(stages, is_by_number));
}

/* ---- What happens ---- */

static bool check_one_occasion(
        struct field_reader *reader, const struct yaml_node *node, const struct packet_line *line)
{
        bool is_for = line->for_another > 0 || line->for_segment;
        if (is_for + line->is_at_head + (line->at_change > 0) <= 1)
                return true;
        return field_fail(reader, node->mark,
                "as: %s: several occasions; accepted: one of for, at-head and at-change", line->as);
}

/* A victim is found when another comes, or when the queue changes. */
static bool take_occasion(struct field_reader *reader, const struct path_place *place,
        const struct yaml_node *node, struct packet_line *line)
{
        struct path_event *event = &line->event;
        if (!check_one_occasion(reader, node, line))
                return false;
        if (line->is_at_head)
                event->kind = PATH_AT_HEAD;
        if (!line->for_segment && line->for_another == 0 && line->at_change == 0)
                return true;
        event->kind = line->at_change > 0 ? PATH_AT_CHANGE : PATH_PUSHED_OUT;
        event->victim = event->number;
        event->is_victim_by_meaning = event->is_by_meaning;
        event->is_by_meaning = line->for_segment != NULL;
        event->number = line->at_change > 0 ? line->at_change : line->for_another;
        return !line->for_segment || take_pusher(reader, place, line->for_segment, &event->number);
}

static bool check_reorder(
        struct field_reader *reader, const struct yaml_node *node, const struct packet_line *line)
{
        bool is_late = tree_find(node, "delay") || line->by > 0;
        if (line->is_early != is_late)
                return true;
        return field_fail(reader, node->mark,
                "as: reorder: %s; accepted: delay: 8ms, by: 3pkt, both, or early: on",
                is_late ? "both late and early" : "how is not said");
}

static bool check_values(
        struct field_reader *reader, const struct yaml_node *node, const struct packet_line *line)
{
        if (line->event.kind == PATH_DELAY)
                return check_reorder(reader, node, line);
        bool is_slot = line->event.kind == PATH_SLOT_LENGTH;
        if (is_slot && (!tree_find(node, "delay") || line->event.delay < 0))
                return field_fail(
                        reader, node->mark, "as: slot: when it opens is not said; accepted: delay: 20ms");
        bool needs_more = (line->event.kind == PATH_FLIPS && line->event.flip_count == 0) ||
                          (line->event.kind == PATH_TRUNCATION && line->to == 0);
        return !needs_more || field_fail(reader, node->mark, "as: %s: how is not said; accepted: %s",
                                      line->as, line->event.kind == PATH_FLIPS ? "bits: [77]" : "to: 60B");
}

static void take_values(struct packet_line *line, const struct fate *fate)
{
        struct path_event *event = &line->event;
        event->kind = fate->kind;
        event->reason = fate->kind == PATH_REFUSAL ? fate->word : NULL;
        event->copy = (uint32_t)line->copy;
        event->size = (uint32_t)line->to;
        event->lets_pass = (uint32_t)line->by;
        event->is_early = line->is_early;
        event->is_delayed = !line->is_early;
        event->may_overtake = true;
}

/* ---- Once ---- */

/* Of what queues do, a packet meets one; of each other thing, too. */
static bool is_new(struct field_reader *reader, struct path_place *place, const struct yaml_node *node,
        const struct path_event *event, const char *as)
{
        bool is_victim = event->kind == PATH_PUSHED_OUT || event->kind == PATH_AT_CHANGE;
        bool is_queues = is_victim || event->kind == PATH_AT_HEAD;
        uint64_t packet = is_victim ? event->victim : event->number;
        bool by_meaning = is_victim ? event->is_victim_by_meaning : event->is_by_meaning;
        char *fate = g_strdup_printf("%u %u %d %d %" G_GUINT64_FORMAT " %u %d", place->link, place->direction,
                event->stage, by_meaning, packet, event->copy, is_queues ? PATH_REFUSAL : event->kind);
        unsigned first = GPOINTER_TO_UINT(g_hash_table_lookup(place->lines, fate));
        if (first == 0) {
                g_hash_table_insert(place->lines, fate, GUINT_TO_POINTER(node->mark.line));
                return true;
        }
        g_free(fate);
        return field_fail(reader, node->mark,
                "the packet is told so on line %u already; accepted: 'as: %s' once a packet", first, as);
}

static bool take_line(struct field_reader *reader, struct path_place *place, const struct yaml_node *node,
        struct packet_line *line)
{
        const struct fate *fate = find_fate(line->as);
        if (!fate)
                return fail_word(reader, node, line->as);
        if (!check_keys(reader, node, fate) || !take_packet(reader, place, node, line, fate->stages))
                return false;
        take_values(line, fate);
        return check_values(reader, node, line) && take_occasion(reader, place, node, line) &&
               is_new(reader, place, node, &line->event, line->as);
}

bool path_line_read(struct field_reader *reader, struct path_place *place, const struct yaml_node *node,
        struct path_event *event)
{
        struct packet_line line = { .at = PATH_LINE };
        g_hash_table_remove_all(reader->scenario->marks);
        bool is_good = field_table_read(reader, &packet_line_table, node, &line) &&
                       take_line(reader, place, node, &line);
        line.event.line = node->mark.line;
        *event = line.event;
        g_free(line.as);
        path_segment_clear(&line.segment);
        return is_good;
}
