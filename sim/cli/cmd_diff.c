/*
 * inorder diff DIR1 DIR2: the first event that differs between two runs, in words, with what led to it and
 * what followed on both sides; then the figures that differ.
 *
 * Raw sequence numbers, ports and timestamps are a seed's, and do not count.
 */
#include "cli/command.h"

#include "cli/event_words.h"
#include "report/json_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define BEFORE 3
#define AFTER  4

/* One run's trace, line by line. */
struct side {
        const char *directory;
        FILE *file;
        char *line;
        size_t room;
};

static bool side_open(struct side *side, const char *directory)
{
        g_autofree char *path = g_build_filename(directory, "trace.ndjson", NULL);
        *side = (struct side){ .directory = directory, .file = fopen(path, "re") };
        if (side->file == NULL)
                g_printerr("inorder: error: %s: %s; a run kept with --trace full or segments has it\n", path,
                        g_strerror(errno));
        return side->file != NULL;
}

static void side_close(struct side *side)
{
        if (side->file != NULL)
                fclose(side->file);
        free(side->line);
}

/* NULL: the end. */
static const char *next_line(struct side *side)
{
        ssize_t length = getline(&side->line, &side->room, side->file);
        return length > 0 ? side->line : NULL;
}

/* ---- Sameness ---- */

/* What a seed decides. */
static bool is_of_seed(const char *member)
{
        static const char *const names[] = { "\"seq_raw\":", "\"ack_raw\":", "\"sport\":", "\"dport\":",
                "\"ts\":", "\"ts_echo\":", "\"sack_raw\":" };
        for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
                if (g_str_has_prefix(member, names[i]))
                        return true;
        }
        return false;
}

/* The line without those members; their values have no commas. */
static char *essence(const char *line)
{
        g_auto(GStrv) members = g_strsplit(line, ",", -1);
        GString *text = g_string_new(NULL);
        for (char **member = members; *member != NULL; member++) {
                if (!is_of_seed(*member))
                        g_string_append_printf(text, "%s,", *member);
        }
        return g_string_free(text, FALSE);
}

static bool is_same(const char *one, const char *other)
{
        if (one == NULL || other == NULL)
                return one == other;
        if (strcmp(one, other) == 0)
                return true;
        g_autofree char *first = essence(one);
        g_autofree char *second = essence(other);
        return strcmp(first, second) == 0;
}

/* ---- Telling ---- */

static void tell(const char *mark, const char *line)
{
        g_autoptr(JsonParser) parser = json_parser_new();
        bool is_object = json_parser_load_from_data(parser, line, -1, NULL) &&
                         JSON_NODE_HOLDS_OBJECT(json_parser_get_root(parser));
        g_autofree char *words =
                is_object ? event_words(json_node_get_object(json_parser_get_root(parser))) : g_strdup(line);
        printf("%s %s\n", mark, words);
}

static void tell_side(const char *mark, struct side *side, const char *line)
{
        if (line == NULL)
                printf("%s it is over\n", mark);
        for (unsigned i = 0; line != NULL && i < AFTER; i++) {
                tell(mark, line);
                line = next_line(side);
        }
}

static void tell_difference(
        GQueue *before, struct side *one, const char *line, struct side *other, const char *other_line)
{
        for (GList *link = before->head; link != NULL; link = link->next)
                tell(" ", link->data);
        tell_side("<", one, line);
        tell_side(">", other, other_line);
}

/* The header line: names and seeds, which do not count. */
static bool skip_header(struct side *side)
{
        const char *line = next_line(side);
        if (line != NULL && g_str_has_prefix(line, "{\"inorder_trace\":"))
                return true;
        g_printerr("inorder: error: %s/trace.ndjson:1:1: no trace begins so; accepted: what inorder wrote\n",
                side->directory);
        return false;
}

/* Up to the first difference; false: one of them is no trace. */
static bool find_difference(struct side *one, struct side *other, bool *is_found)
{
        GQueue before = G_QUEUE_INIT;
        const char *line;
        const char *other_line;
        unsigned long same = 0;
        if (!skip_header(one) || !skip_header(other))
                return false;
        do {
                line = next_line(one);
                other_line = next_line(other);
                if (!is_same(line, other_line))
                        break;
                if (line != NULL)
                        g_queue_push_tail(&before, g_strdup(line));
                if (before.length > BEFORE)
                        g_free(g_queue_pop_head(&before));
                same++;
        } while (line != NULL);
        *is_found = line != NULL || other_line != NULL;
        if (*is_found) {
                printf("After %lu events that are the same, < is %s and > is %s:\n\n", same, one->directory,
                        other->directory);
                tell_difference(&before, one, line, other, other_line);
        }
        g_queue_clear_full(&before, g_free);
        return true;
}

/* ---- Figures ---- */

static char *value_text(JsonNode *node)
{
        char seconds[G_ASCII_DTOSTR_BUF_SIZE];
        if (JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_DOUBLE)
                return g_strdup(g_ascii_formatd(seconds, sizeof seconds, "%.9f", json_node_get_double(node)));
        g_autoptr(JsonGenerator) generator = json_generator_new();
        json_generator_set_root(generator, node);
        return json_generator_to_data(generator, NULL);
}

static void compare_nodes(const char *path, JsonNode *one, JsonNode *other);

static void compare_objects(const char *path, JsonObject *one, JsonObject *other)
{
        g_autoptr(GList) names = json_object_get_members(one);
        for (GList *name = names; name != NULL; name = name->next) {
                JsonNode *there = json_object_get_member(other, name->data);
                g_autofree char *below =
                        g_strdup_printf("%s%s%s", path, *path ? "." : "", (char *)name->data);
                if (there != NULL)
                        compare_nodes(below, json_object_get_member(one, name->data), there);
        }
}

/* Transfers go by their place: those of one scenario are the same ones. */
static void compare_transfers(JsonArray *one, JsonArray *other)
{
        guint count = MIN(json_array_get_length(one), json_array_get_length(other));
        for (guint i = 0; i < count; i++) {
                JsonNode *here = json_array_get_element(one, i);
                JsonNode *there = json_array_get_element(other, i);
                if (!JSON_NODE_HOLDS_OBJECT(here) || !JSON_NODE_HOLDS_OBJECT(there))
                        continue;
                JsonObject *transfer = json_node_get_object(here);
                const char *name = json_object_get_string_member_with_default(transfer, "name", "?");
                compare_objects(name != NULL ? name : "?", transfer, json_node_get_object(there));
        }
}

static void compare_nodes(const char *path, JsonNode *one, JsonNode *other)
{
        if (JSON_NODE_HOLDS_OBJECT(one) && JSON_NODE_HOLDS_OBJECT(other)) {
                compare_objects(path, json_node_get_object(one), json_node_get_object(other));
                return;
        }
        g_autofree char *here = value_text(one);
        g_autofree char *there = value_text(other);
        if (strcmp(here, there) != 0)
                printf("  %-34s %16s %16s\n", path, here, there);
}

static JsonArray *array_in(JsonObject *object, const char *name)
{
        JsonNode *node = json_object_get_member(object, name);
        return node != NULL && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
}

static JsonObject *object_in(JsonParser *parser)
{
        JsonNode *root = json_parser_get_root(parser);
        return root != NULL && JSON_NODE_HOLDS_OBJECT(root) ? json_node_get_object(root) : NULL;
}

/* The figures of both runs; NULL: one has none. */
static JsonParser *read_figures(const char *directory, GError **error)
{
        g_autofree char *path = g_build_filename(directory, "run.json", NULL);
        g_autoptr(JsonParser) parser = json_file_read(path, error);
        if (parser == NULL || object_in(parser) != NULL)
                return g_steal_pointer(&parser);
        g_set_error(error, JSON_FILE_ERROR, JSON_FILE_ERROR_NOT_OURS,
                "%s:1:1: no object; accepted: what inorder wrote", path);
        return NULL;
}

static void compare_figures(JsonObject *one, JsonObject *other)
{
        static const char *const figures[] = { "seed", "ended", "simulated_s", "events", "packets" };
        for (size_t i = 0; i < G_N_ELEMENTS(figures); i++) {
                JsonNode *here = json_object_get_member(one, figures[i]);
                JsonNode *there = json_object_get_member(other, figures[i]);
                if (here != NULL && there != NULL)
                        compare_nodes(figures[i], here, there);
        }
        JsonArray *transfers[2] = { array_in(one, "transfers"), array_in(other, "transfers") };
        if (transfers[0] != NULL && transfers[1] != NULL)
                compare_transfers(transfers[0], transfers[1]);
}

static enum exit_status compare_traces(struct side *one, struct side *other, JsonObject *figures[2])
{
        bool is_different;
        if (!find_difference(one, other, &is_different))
                return EXIT_RUN_TIME;
        if (!is_different) {
                puts("No event differs.");
                return EXIT_OK;
        }
        printf("\nWhat differs in the end:\n\n");
        compare_figures(figures[0], figures[1]);
        return EXIT_DIFFERENT;
}

static enum exit_status compare_runs(const char *directory, const char *other_directory)
{
        struct side one = { 0 };
        struct side other = { 0 };
        g_autoptr(GError) error = NULL;
        g_autoptr(JsonParser) parser = read_figures(directory, &error);
        g_autoptr(JsonParser) other_parser = parser != NULL ? read_figures(other_directory, &error) : NULL;
        if (other_parser == NULL)
                return command_fail(error);
        JsonObject *figures[2] = { object_in(parser), object_in(other_parser) };
        enum exit_status status = EXIT_RUN_TIME;
        if (side_open(&one, directory) && side_open(&other, other_directory))
                status = compare_traces(&one, &other, figures);
        side_close(&one);
        side_close(&other);
        return status;
}

enum exit_status cmd_diff(const struct command *command, int argc, char **argv)
{
        if (!command_parse(command, NULL, &argc, &argv, 2))
                return EXIT_USAGE;
        return compare_runs(argv[0], argv[1]);
}
