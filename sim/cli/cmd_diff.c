/*
 * inorder diff DIR1 DIR2: the first event that differs between two runs, in words, with what led to it and
 * what followed on both sides; then the figures that differ.
 *
 * Numbers that a seed draws, and what the scenarios make of their links, are told first: they are no events.
 */
#include "cli/command.h"

#include "cli/event_words.h"
#include "cli/seed_numbers.h"
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

/* What both have, up to where they part. */
struct comparison {
        GQueue before;        /* the last lines that were the same */
        const char *lines[2]; /* where they part; NULL: it is over */
        unsigned long same;   /* events, at most apart in what a seed draws */
        unsigned long drawn;  /* which one was the first of those; 0: none */
        bool has_links;       /* that differ */
        char *drawn_words;
};

static void comparison_clear(struct comparison *comparison)
{
        g_queue_clear_full(&comparison->before, g_free);
        g_free(comparison->drawn_words);
}

static void remember(struct comparison *comparison)
{
        const char *const *lines = comparison->lines;
        comparison->same++;
        if (comparison->drawn == 0 && strcmp(lines[0], lines[1]) != 0) {
                comparison->drawn = comparison->same;
                comparison->drawn_words = seed_numbers_words(lines[0], lines[1]);
        }
        g_queue_push_tail(&comparison->before, g_strdup(lines[0]));
        if (comparison->before.length > BEFORE)
                g_free(g_queue_pop_head(&comparison->before));
}

static bool is_of_the_beginning(const char *line)
{
        return line != NULL && g_str_has_prefix(line, "{\"t\":0,\"ev\":\"net.link\"");
}

/* Links as the scenarios have them: no event, but what may have led to some. */
static bool tell_links(struct comparison *comparison)
{
        const char *const *lines = comparison->lines;
        if (!is_of_the_beginning(lines[0]) || !is_of_the_beginning(lines[1]))
                return false;
        if (strcmp(lines[0], lines[1]) == 0)
                return true;
        if (!comparison->has_links)
                puts("Links are not the same:\n");
        comparison->has_links = true;
        tell("<", lines[0]);
        tell(">", lines[1]);
        return true;
}

/* Up to the first difference; false: one of them is no trace. */
static bool find_difference(struct side *one, struct side *other, struct comparison *comparison)
{
        if (!skip_header(one) || !skip_header(other))
                return false;
        for (;;) {
                comparison->lines[0] = next_line(one);
                comparison->lines[1] = next_line(other);
                if (tell_links(comparison))
                        continue;
                if (comparison->lines[0] == NULL ||
                        !seed_numbers_apart(comparison->lines[0], comparison->lines[1]))
                        return true;
                remember(comparison);
        }
}

static void tell_drawn(const struct comparison *comparison)
{
        printf("Numbers that a seed draws (ports, initial sequence numbers, timestamps, DNS ids) differ from "
               "event %lu on: %s.\n",
                comparison->drawn, comparison->drawn_words);
}

static bool tell_comparison(struct comparison *comparison, struct side *one, struct side *other)
{
        bool is_different = comparison->lines[0] != NULL || comparison->lines[1] != NULL;
        if (comparison->has_links)
                putchar('\n');
        if (comparison->drawn > 0)
                tell_drawn(comparison);
        if (!is_different)
                puts(comparison->drawn > 0 || comparison->has_links ? "No event differs otherwise."
                                                                    : "No event differs.");
        else
                printf("After %lu events that are %sthe same, < is %s and > is %s:\n\n", comparison->same,
                        comparison->drawn > 0 ? "otherwise " : "", one->directory, other->directory);
        if (is_different)
                tell_difference(&comparison->before, one, comparison->lines[0], other, comparison->lines[1]);
        return is_different || comparison->has_links;
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
        struct comparison comparison = { .before = G_QUEUE_INIT };
        enum exit_status status = EXIT_RUN_TIME;
        if (find_difference(one, other, &comparison))
                status = tell_comparison(&comparison, one, other) ? EXIT_DIFFERENT : EXIT_OK;
        comparison_clear(&comparison);
        if (status != EXIT_DIFFERENT)
                return status;
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
