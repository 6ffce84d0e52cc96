/*
 * Fuzz target: scenario files. What is refused is refused with a place and a message; what is accepted has a
 * canonical form that gives the same values, and, when it is small, runs. A first line `#set PATH=VALUE` is
 * the command line's `--set`.
 */
#include <string.h>
#include "fuzz_bytes.h"
#include "fuzz_world.h"
#include "run/yaml_tree.h"

#define SIZE_MOST    16384
#define UNITS_MOST   24 /* hosts, links, programs and their flows */
#define PACKETS_MOST 300

/* Whether a path of the tree leads out of the scenario's own directory, where only the fuzzer's machine knows
 * what there is. */
static bool is_stray_path(const struct yaml_node *node)
{
        return node->kind == YAML_TEXT && (node->text[0] == '/' || strstr(node->text, "..") != NULL);
}

static bool has_stray_path(const struct yaml_node *node, bool holds_paths)
{
        if (node->kind == YAML_TEXT)
                return holds_paths && is_stray_path(node);
        for (unsigned i = 0; i < tree_count(node); i++) {
                const struct yaml_node *child = tree_child(node, i);
                bool names_files = child->key != NULL &&
                                   (strcmp(child->key, "root") == 0 || strcmp(child->key, "files") == 0);
                if (has_stray_path(child, holds_paths || names_files))
                        return true;
        }
        return false;
}

static bool stays_at_home(const uint8_t *bytes, size_t size, const char *set)
{
        if (set != NULL && (strchr(set, '/') != NULL || strstr(set, "..") != NULL))
                return false;
        struct yaml_error error = { .message = NULL };
        g_autoptr(YamlNode) tree = tree_parse((const char *)bytes, size, &error);
        bool stays = tree == NULL || !has_stray_path(tree, false);
        g_free(error.message);
        return stays;
}

/* "FILE:LINE:COL: error: …". */
static void check_complaint(const GError *error)
{
        g_assert(error != NULL && error->domain == SCENARIO_ERROR);
        if (g_str_has_prefix(error->message, "--set "))
                return;
        const char *place = strstr(error->message, "scenario.yaml:");
        unsigned line;
        unsigned column;
        g_assert(place != NULL && sscanf(place, "scenario.yaml:%u:%u: error: ", &line, &column) == 2);
        g_assert(line > 0 && column > 0 && g_utf8_validate(error->message, -1, NULL));
}

static void check_canonical_form(const Scenario *scenario)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *dump = scenario_dump(scenario, false);
        g_autoptr(Scenario) again = fuzz_scenario_load(dump, strlen(dump), NULL, &error);
        if (again == NULL)
                g_error("%s\n%s", error->message, dump);
        g_autofree char *dumped_again = scenario_dump(again, false);
        g_assert_cmpstr(dump, ==, dumped_again);
}

static bool is_small(const Scenario *scenario)
{
        uint64_t units = 0;
        for (unsigned i = 0; i < scenario->hosts->len; i++)
                units += ((const struct scenario_host *)scenario->hosts->pdata[i])->count;
        for (unsigned i = 0; i < scenario->links->len; i++)
                units += scenario_link_count(scenario, scenario->links->pdata[i]);
        for (unsigned i = 0; i < scenario->apps->len; i++) {
                const struct scenario_app *app = scenario->apps->pdata[i];
                units += app->flows + app->parallel;
        }
        return units <= UNITS_MOST;
}

static void run(Scenario *scenario)
{
        struct bounded_run run;
        if (!is_small(scenario) ||
                !bounded_run_open(&run, scenario, &(struct world_options){ 0 }, PACKETS_MOST))
                return;
        bounded_run_go(&run);
        bounded_run_close(&run);
}

/* NULL: the first line says nothing of the kind. */
static char *take_set(const uint8_t *bytes, size_t size)
{
        static const char mark[] = "#set ";
        const uint8_t *end = size > 0 ? memchr(bytes, '\n', size) : NULL;
        if (end == NULL || size < strlen(mark) || memcmp(bytes, mark, strlen(mark)) != 0)
                return NULL;
        return g_strndup((const char *)bytes + strlen(mark), (size_t)(end - bytes) - strlen(mark));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *set = take_set(bytes, size);
        if (size > SIZE_MOST || !stays_at_home(bytes, size, set))
                return 0;
        char *sets[] = { set, NULL };
        struct scenario_overrides overrides = { .sets = sets };
        g_autoptr(Scenario) scenario = fuzz_scenario_load((const char *)bytes, size, &overrides, &error);
        if (scenario == NULL) {
                check_complaint(error);
                return 0;
        }
        check_canonical_form(scenario);
        run(scenario);
        return 0;
}
