/*
 * From text to tree, over libyaml's event parser. YAML 1.2 but for what a scenario has no use for.
 *
 * Limits are kept as events arrive, so that no input makes us build, or recurse into, more than we want.
 */
#include "run/yaml_tree.h"

#include <string.h>
#include <yaml.h>

/* Branches open at some moment, outermost first, and the key that waits for its value in the innermost. */
struct yaml_reading {
        yaml_parser_t parser;
        struct yaml_node *root;
        struct yaml_node *open[YAML_DEPTH_MAX];
        unsigned depth;
        char *key;
        struct mark key_mark;
        struct yaml_error *error;
};

static struct mark mark_of(const yaml_mark_t *mark)
{
        return (struct mark){ .line = (unsigned)mark->line + 1, .column = (unsigned)mark->column + 1 };
}

G_GNUC_PRINTF(3, 4)
static bool refuse(struct yaml_reading *reading, struct mark mark, const char *format, ...)
{
        va_list arguments;
        va_start(arguments, format);
        reading->error->mark = mark;
        reading->error->message = g_strdup_vprintf(format, arguments);
        va_end(arguments);
        return false;
}

/* The place of byte `offset`: lines and columns count characters, as libyaml's do. */
static struct mark mark_of_byte(const char *text, size_t offset)
{
        struct mark mark = { .line = 1, .column = 1 };
        for (size_t i = 0; i < offset; i++) {
                bool is_continuation = ((unsigned char)text[i] & 0xc0) == 0x80;
                if (text[i] == '\n')
                        mark = (struct mark){ .line = mark.line + 1, .column = 1 };
                else if (!is_continuation)
                        mark.column++;
        }
        return mark;
}

static bool check_text(struct yaml_reading *reading, const char *text, size_t size, size_t most)
{
        if (size > most)
                return refuse(reading, (struct mark){ 1, 1 },
                        "the text is too long; at most %zu bytes are accepted", most);
        const char *end;
        if (g_utf8_validate(text, (gssize)size, &end))
                return true;
        struct mark mark = mark_of_byte(text, (size_t)(end - text));
        return refuse(
                reading, mark, "byte 0x%02x is not UTF-8; only UTF-8 text is accepted", (unsigned char)*end);
}

/* The key that waits for its value, or the node before it, decides what the node is. */
static bool place(struct yaml_reading *reading, struct yaml_node *node)
{
        if (reading->depth == 0) {
                reading->root = node;
                return true;
        }
        struct yaml_node *parent = reading->open[reading->depth - 1];
        if (parent->kind == YAML_LIST) {
                tree_list_add(parent, node);
                return true;
        }
        node->key_mark = reading->key_mark;
        tree_map_add(parent, reading->key, node);
        g_clear_pointer(&reading->key, g_free);
        return true;
}

static bool expects_key(const struct yaml_reading *reading)
{
        return reading->depth > 0 && reading->open[reading->depth - 1]->kind == YAML_MAP && !reading->key;
}

static bool take_key(struct yaml_reading *reading, const char *key, struct mark mark)
{
        const struct yaml_node *twin = tree_find(reading->open[reading->depth - 1], key);
        if (twin)
                return refuse(reading, mark,
                        "key '%s' is given twice (first on line %u); each key once is accepted", key,
                        twin->key_mark.line);
        reading->key = g_strdup(key);
        reading->key_mark = mark;
        return true;
}

static bool on_scalar(struct yaml_reading *reading, const yaml_event_t *event)
{
        const char *text = (const char *)event->data.scalar.value;
        struct mark mark = mark_of(&event->start_mark);
        if (strlen(text) != event->data.scalar.length)
                return refuse(reading, mark, "a NUL character; text without it is accepted");
        if (expects_key(reading))
                return take_key(reading, text, mark);
        struct yaml_node *node = tree_text_new(text);
        node->mark = mark;
        node->is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
        return place(reading, node);
}

static bool on_branch(struct yaml_reading *reading, const yaml_event_t *event, enum yaml_kind kind)
{
        struct mark mark = mark_of(&event->start_mark);
        if (expects_key(reading))
                return refuse(reading, mark, "a key that is %s; plain words are accepted as keys",
                        tree_kind_name(kind));
        if (reading->depth == YAML_DEPTH_MAX)
                return refuse(reading, mark, "nested too deep; %d levels are accepted", YAML_DEPTH_MAX);
        struct yaml_node *node = kind == YAML_LIST ? tree_list_new() : tree_map_new();
        node->mark = mark;
        place(reading, node);
        reading->open[reading->depth++] = node;
        return true;
}

static bool check_properties(struct yaml_reading *reading, const yaml_event_t *event,
        const yaml_char_t *anchor, const yaml_char_t *tag)
{
        struct mark mark = mark_of(&event->start_mark);
        if (anchor)
                return refuse(
                        reading, mark, "anchor '&%s'; write the value out at each place instead", anchor);
        if (tag)
                return refuse(reading, mark, "tag '%s'; put text that begins with '!' into quotes", tag);
        return true;
}

static bool on_document(struct yaml_reading *reading, const yaml_event_t *event)
{
        if (reading->root)
                return refuse(reading, mark_of(&event->start_mark), "a second document; one is accepted");
        return true;
}

static bool on_event(struct yaml_reading *reading, const yaml_event_t *event)
{
        switch (event->type) {
        case YAML_DOCUMENT_START_EVENT:
                return on_document(reading, event);
        case YAML_ALIAS_EVENT:
                return refuse(reading, mark_of(&event->start_mark),
                        "alias '*%s'; write the value out instead", event->data.alias.anchor);
        case YAML_SCALAR_EVENT:
                return check_properties(reading, event, event->data.scalar.anchor, event->data.scalar.tag) &&
                       on_scalar(reading, event);
        case YAML_SEQUENCE_START_EVENT:
                return check_properties(reading, event, event->data.sequence_start.anchor,
                               event->data.sequence_start.tag) &&
                       on_branch(reading, event, YAML_LIST);
        case YAML_MAPPING_START_EVENT:
                return check_properties(reading, event, event->data.mapping_start.anchor,
                               event->data.mapping_start.tag) &&
                       on_branch(reading, event, YAML_MAP);
        case YAML_SEQUENCE_END_EVENT:
        case YAML_MAPPING_END_EVENT:
                reading->depth--;
                return true;
        default:
                return true;
        }
}

static bool refuse_syntax(struct yaml_reading *reading)
{
        const yaml_parser_t *parser = &reading->parser;
        const char *problem = parser->problem ? parser->problem : "out of memory";
        return refuse(reading, mark_of(&parser->problem_mark), "not YAML: %s%s%s", problem,
                parser->context ? ", " : "", parser->context ? parser->context : "");
}

static bool read_events(struct yaml_reading *reading)
{
        for (;;) {
                yaml_event_t event;
                if (!yaml_parser_parse(&reading->parser, &event))
                        return refuse_syntax(reading);
                bool is_last = event.type == YAML_STREAM_END_EVENT;
                bool is_good = on_event(reading, &event);
                yaml_event_delete(&event);
                if (!is_good)
                        return false;
                if (is_last)
                        return true;
        }
}

/* YAML 1.2 section 5.2: a text may begin with one; libyaml, told of the encoding, does not skip it. */
static size_t size_of_byte_order_mark(const char *text, size_t size)
{
        static const char mark[] = "\xef\xbb\xbf";
        return size >= strlen(mark) && memcmp(text, mark, strlen(mark)) == 0 ? strlen(mark) : 0;
}

static struct yaml_node *nothing(void)
{
        struct yaml_node *node = tree_text_new("");
        node->is_plain = true;
        return node;
}

struct yaml_node *tree_parse(const char *text, size_t size, struct yaml_error *error)
{
        return tree_parse_up_to(YAML_SIZE_MAX, text, size, error);
}

struct yaml_node *tree_parse_up_to(size_t most, const char *text, size_t size, struct yaml_error *error)
{
        struct yaml_reading reading = { .error = error };
        if (!check_text(&reading, text, size, most))
                return NULL;
        size_t mark = size_of_byte_order_mark(text, size);
        int is_ready = yaml_parser_initialize(&reading.parser);
        g_assert(is_ready);
        yaml_parser_set_encoding(&reading.parser, YAML_UTF8_ENCODING);
        yaml_parser_set_input_string(&reading.parser, (const unsigned char *)text + mark, size - mark);
        if (!read_events(&reading))
                g_clear_pointer(&reading.root, tree_free);
        else if (!reading.root)
                reading.root = nothing();
        g_free(reading.key);
        yaml_parser_delete(&reading.parser);
        if (reading.root && reading.root->mark.line == 0)
                reading.root->mark = (struct mark){ 1, 1 };
        return reading.root;
}
