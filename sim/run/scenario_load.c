/*
 * From a file to a scenario: bytes, tree, overrides, values, and then what only the whole can tell.
 */
#include "run/scenario.h"

#include "run/scenario_check.h"
#include "run/fault_line.h"
#include "run/scenario_override.h"
#include "run/scenario_tables.h"
#include "run/text_file.h"

#include <string.h>

#define SEED_MOST        ((1ull << 53) - 1) /* what every JSON reader can hold */

#define SCENARIO(member) FIELD_AT(Scenario, member)

static const struct field_word versions[] = { { "1", 1, false }, { NULL, 0, false } };

static const struct field scenario_fields[] = {
        { .name = "inorder", .type = &field_choice, .words = versions, .is_required = true },
        { .name = "title", .type = &field_text, SCENARIO(title) },
        { .name = "seed",
                .type = &field_quantity,
                .quantity = &quantity_count,
                SCENARIO(seed),
                .most = SEED_MOST },
        { .name = "stop", .type = &field_quantity, .quantity = &quantity_time, SCENARIO(stop), .least = 1 },
        { .name = "tcp", .type = &field_tcp, SCENARIO(tcp) },
        { .name = "hosts", .type = &field_hosts, SCENARIO(hosts), .is_required = true },
        { .name = "routers", .type = &field_routers, SCENARIO(hosts) },
        { .name = "links", .type = &field_links, SCENARIO(links) },
        { .name = "apps", .type = &field_apps, SCENARIO(apps) },
        { .name = "faults", .type = &field_faults, SCENARIO(faults) },
        { .name = "expect", .type = &field_expects, SCENARIO(expects) },
        { .name = "sweep", .type = &field_sweep, SCENARIO(sweep) },
        { .name = NULL },
};

const struct field_table scenario_table = { .what = "a scenario", .fields = scenario_fields };

const struct field_table *const field_tables[] = {
        &scenario_table,
        &tcp_table,
        &host_table,
        &router_table,
        &link_table,
        &bucket_table,
        &framed_table,
        &trace_table,
        &queue_tables[0],
        &queue_tables[1],
        &queue_tables[2],
        &queue_tables[3],
        &queue_tables[4],
        &queue_tables[5],
        &impair_table,
        &loss_tables[LOSS_RANDOM],
        &loss_tables[LOSS_GEMODEL],
        &loss_tables[LOSS_STATE],
        &loss_tables[LOSS_PERIODIC],
        &loss_tables[LOSS_LIST],
        &jitter_field_table,
        &reorder_table,
        &duplicate_table,
        &corrupt_luck_table,
        &truncate_table,
        &slot_tables[0],
        &slot_tables[1],
        &input_table,
        &app_table,
        &app_tables[APP_DNS_SERVER],
        &app_tables[APP_HTTP_SERVER],
        &app_tables[APP_FETCH],
        &app_tables[APP_SINK],
        &app_tables[APP_SENDER],
        &app_tables[APP_ECHO],
        &app_tables[APP_REQUEST_RESPONSE],
        &stall_table,
        &file_table,
        &fault_table,
        &match_table,
        &action_table,
        &set_table,
        &corrupt_table,
        NULL,
};

/* ---- The text ---- */

static struct yaml_node *read_tree(struct field_reader *reader, const char *text, gsize size)
{
        struct yaml_error error;
        struct yaml_node *tree = tree_parse(text, size, &error);
        if (tree)
                return tree;
        field_fail(reader, error.mark, "%s", error.message);
        g_free(error.message);
        return NULL;
}

/* ---- The values ---- */

static void finish_values(Scenario *scenario, const struct scenario_overrides *overrides)
{
        if (overrides && overrides->has_seed)
                scenario->seed = overrides->seed;
        if (!scenario->title)
                scenario->title = g_strdup(scenario->name);
}

static bool add_fault_lines(struct field_reader *reader, struct yaml_node *tree)
{
        const Scenario *scenario = reader->scenario;
        unsigned sets = scenario->sets ? g_strv_length(scenario->sets) : 0;
        for (unsigned i = 0; scenario->fault_lines && scenario->fault_lines[i]; i++)
                if (!fault_line_add(reader, tree, scenario->fault_lines[i], (struct mark){ 0, sets + i + 1 }))
                        return false;
        return true;
}

static bool load_into(
        struct field_reader *reader, const char *text, gsize size, const struct scenario_overrides *overrides)
{
        g_autoptr(YamlNode) tree = read_tree(reader, text, size);
        if (!tree || !field_expect_kind(reader, "a scenario", tree, YAML_MAP))
                return false;
        if (!scenario_override_all(reader, tree, reader->scenario->sets))
                return false;
        if (!add_fault_lines(reader, tree) ||
                !field_table_read(reader, &scenario_table, tree, reader->scenario))
                return false;
        finish_values(reader->scenario, overrides);
        return scenario_check(reader) && scenario_check_sweep(reader, tree);
}

static Scenario *load(const char *path, const char *text, gsize size,
        const struct scenario_overrides *overrides, GError **error)
{
        g_autoptr(Scenario) scenario = scenario_new(path, overrides ? overrides->sets : NULL);
        struct field_reader reader = { .scenario = scenario, .error = error };
        scenario->fault_lines = overrides ? g_strdupv(overrides->fault_lines) : NULL;
        return load_into(&reader, text, size, overrides) ? g_steal_pointer(&scenario) : NULL;
}

Scenario *scenario_load(const char *path, const struct scenario_overrides *overrides, GError **error)
{
        gsize size;
        g_autofree char *text = text_file_read(path, YAML_SIZE_MAX, &size, error);
        return text ? load(path, text, size, overrides, error) : NULL;
}

Scenario *scenario_load_text(
        const char *path, const char *text, const struct scenario_overrides *overrides, GError **error)
{
        return load(path, text, strlen(text), overrides, error);
}
