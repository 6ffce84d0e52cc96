/*
 * inorder verify DIR: run the scenario kept there again, and compare the digest and every data file.
 */
#include "cli/command.h"

#include "cli/interrupt.h"
#include "cli/session.h"
#include "report/json_file.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- What run.json says ---- */

static JsonParser *read_run_json(const char *directory, GError **error)
{
        g_autofree char *path = g_build_filename(directory, "run.json", NULL);
        return json_file_read(path, error);
}

static JsonObject *root_object(JsonParser *parser)
{
        JsonNode *root = json_parser_get_root(parser);
        return root != NULL && JSON_NODE_HOLDS_OBJECT(root) ? json_node_get_object(root) : NULL;
}

static JsonObject *member_object(JsonObject *object, const char *name)
{
        JsonNode *node = object != NULL ? json_object_get_member(object, name) : NULL;
        return node != NULL && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

static const char *member_text(JsonObject *object, const char *name)
{
        JsonNode *node = object != NULL ? json_object_get_member(object, name) : NULL;
        bool is_text = node != NULL && JSON_NODE_HOLDS_VALUE(node) &&
                       json_node_get_value_type(node) == G_TYPE_STRING;
        return is_text ? json_node_get_string(node) : NULL;
}

static int64_t member_number(JsonObject *object, const char *name)
{
        JsonNode *node = json_object_get_member(object, name);
        bool is_number =
                node != NULL && JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_INT64;
        return is_number ? json_node_get_int(node) : 0;
}

/* ---- Comparing ---- */

/* The first member, by name, whose text differs between the two objects or stands in only one; NULL: none. */
static char *first_difference(JsonObject *kept, JsonObject *again)
{
        g_autoptr(GList) names = g_list_concat(json_object_get_members(kept), json_object_get_members(again));
        names = g_list_sort(names, (GCompareFunc)strcmp);
        for (GList *link = names; link != NULL; link = link->next) {
                if (g_strcmp0(member_text(kept, link->data), member_text(again, link->data)) != 0)
                        return g_strdup(link->data);
        }
        return NULL;
}

static gboolean is_complete(JsonObject *kept)
{
        return member_text(kept, "digest") != NULL && member_object(kept, "owners") != NULL &&
               member_object(kept, "files") != NULL;
}

/* Whether a run of the same scenario can be like the one kept. */
static enum exit_status check_kept(JsonObject *kept, const char *directory)
{
        if (!is_complete(kept)) {
                g_printerr("inorder: error: %s/run.json was not written by inorder: no digest, owners or "
                           "files; accepted: a directory that `inorder run` made\n",
                        directory);
                return EXIT_RUN_TIME;
        }
        if (g_strcmp0(member_text(kept, "ended"), "interrupted") == 0) {
                g_printerr(
                        "inorder: error: %s was interrupted, which does not happen twice at one place; run "
                        "its scenario to the end instead\n",
                        directory);
                return EXIT_RUN_TIME;
        }
        return EXIT_OK;
}

/* What run.json says of the run beside its digest; not how many events our engine needed. */
static const char *first_other_figure(JsonObject *kept, JsonObject *again)
{
        static const char *const figures[] = { "ended", "simulated_s", "packets", "transfers", "expectations",
                "unfired_faults" };
        for (size_t i = 0; i < G_N_ELEMENTS(figures); i++) {
                JsonNode *one = json_object_get_member(kept, figures[i]);
                JsonNode *other = json_object_get_member(again, figures[i]);
                if (one == NULL || other == NULL || !json_node_equal(one, other))
                        return figures[i];
        }
        return NULL;
}

static enum exit_status compare(JsonObject *kept, JsonObject *again, const char *directory)
{
        g_autofree char *owner =
                first_difference(member_object(kept, "owners"), member_object(again, "owners"));
        if (owner != NULL) {
                g_printerr("inorder: %s differs: what happened at \"%s\" is not what was recorded\n",
                        directory, owner);
                return EXIT_DIFFERENT;
        }
        if (g_strcmp0(member_text(kept, "digest"), member_text(again, "digest")) != 0) {
                g_printerr("inorder: %s differs: its digest is not that of its owners\n", directory);
                return EXIT_DIFFERENT;
        }
        g_autofree char *file = first_difference(member_object(kept, "files"), member_object(again, "files"));
        if (file != NULL) {
                g_printerr("inorder: %s differs: the packets are the same, but %s is not\n", directory, file);
                return EXIT_DIFFERENT;
        }
        const char *figure = first_other_figure(kept, again);
        if (figure != NULL) {
                g_printerr("inorder: %s differs: run.json says otherwise of \"%s\"\n", directory, figure);
                return EXIT_DIFFERENT;
        }
        return EXIT_OK;
}

/* The files themselves may have been changed since. */
static enum exit_status check_files(JsonObject *kept, const char *directory)
{
        JsonObject *files = member_object(kept, "files");
        g_autoptr(GList) names = g_list_sort(json_object_get_members(files), (GCompareFunc)strcmp);
        for (GList *link = names; link != NULL; link = link->next) {
                g_autofree char *path = g_build_filename(directory, link->data, NULL);
                g_autofree char *bytes = NULL;
                gsize size;
                g_autoptr(GError) error = NULL;
                if (!g_file_get_contents(path, &bytes, &size, &error))
                        return command_fail(error);
                g_autofree char *sum =
                        g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)bytes, size);
                if (g_strcmp0(sum, member_text(files, link->data)) != 0) {
                        g_printerr("inorder: %s has been changed since it was written\n", path);
                        return EXIT_DIFFERENT;
                }
        }
        return EXIT_OK;
}

/* ---- Running again ---- */

static enum exit_status run_again(const Scenario *scenario, JsonObject *kept, const char *directory)
{
        g_autoptr(GError) error = NULL;
        const volatile int *interrupted = interrupt_catch(); /* before there is anything to be left behind */
        g_autofree char *parent = g_dir_make_tmp("inorder-verify-XXXXXX", &error);
        if (parent == NULL)
                return command_fail(error);
        g_autofree char *out = g_build_filename(parent, "run", NULL);
        struct session_options options = { .out = out,
                .level = TRACE_LEVEL_FULL,
                .snap = (uint32_t)member_number(kept, "snap"),
                .interrupted = interrupted };
        JsonObject *files = member_object(kept, "files");
        g_autofree char *replayed = g_build_filename(directory, "replay", "faults.yaml", NULL);
        options.record = member_text(files, "faults.yaml") != NULL;
        options.by_meaning = g_strcmp0(member_text(kept, "record"), "by-meaning") == 0;
        options.faults_file = member_text(files, "replay/faults.yaml") != NULL ? replayed : NULL;
        const char *level = member_text(kept, "trace");
        enum exit_status status = EXIT_OK;
        if (level == NULL || !trace_level_parse(level, &options.level))
                options.level = TRACE_LEVEL_FULL;
        {
                g_autoptr(Session) session = session_new(scenario, &options, &error);
                g_autoptr(JsonParser) again = NULL;
                if (session == NULL || !session_run(session, &error) ||
                        (again = read_run_json(session_work_path(session), &error)) == NULL)
                        status = command_fail(error);
                else if (*interrupted != 0)
                        status = EXIT_INTERRUPTED;
                else
                        status = compare(kept, root_object(again), directory);
        }
        g_rmdir(parent);
        return status;
}

/* A scenario is called after its file, which in a run's directory is scenario.yaml. */
static void take_name(Scenario *scenario, const char *name)
{
        if (name == NULL)
                return;
        g_free(scenario->name);
        scenario->name = g_strdup(name);
}

static gboolean has_seed(JsonObject *kept, const Scenario *scenario, const char *directory)
{
        uint64_t seed = (uint64_t)member_number(kept, "seed");
        if (json_object_has_member(kept, "seed") && seed == scenario->seed)
                return TRUE;
        g_printerr("inorder: %s differs: run.json has seed %" G_GUINT64_FORMAT
                   ", scenario.yaml %" G_GUINT64_FORMAT "\n",
                directory, seed, scenario->seed);
        return FALSE;
}

enum exit_status cmd_verify(const struct command *command, int argc, char **argv)
{
        if (!command_parse(command, NULL, &argc, &argv, 1))
                return EXIT_USAGE;
        g_autoptr(GError) error = NULL;
        g_autoptr(JsonParser) kept = read_run_json(argv[0], &error);
        if (kept == NULL)
                return command_fail(error);
        JsonObject *root = root_object(kept);
        enum exit_status status = check_kept(root, argv[0]);
        if (status != EXIT_OK)
                return status;
        g_autofree char *path = g_build_filename(argv[0], "scenario.yaml", NULL);
        struct scenario_overrides overrides = { 0 };
        g_autoptr(Scenario) scenario = scenario_load(path, &overrides, &error);
        if (scenario == NULL)
                return command_fail(error);
        if (!has_seed(root, scenario, argv[0]))
                return EXIT_DIFFERENT;
        take_name(scenario, member_text(root, "scenario"));
        status = run_again(scenario, root, argv[0]);
        if (status == EXIT_OK)
                status = check_files(root, argv[0]);
        if (status == EXIT_OK)
                printf("%s: the same again, digest %s\n", argv[0], member_text(root, "digest"));
        return status;
}
