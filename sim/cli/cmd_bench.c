/*
 * inorder bench [WORKLOAD]...: what a segment costs, in CPU time.
 */
#include "cli/command.h"

#include "cli/bench_report.h"
#include "cli/interrupt.h"

#define RUNS_USUAL 5
#define RUNS_MOST  1000

/* What is done with each workload. */
struct bench_plan {
        unsigned runs;
        char **sets; /* NULL: none */
};

static void clear_result(void *data)
{
        struct bench_result *result = data;
        g_array_free(result->runs, TRUE);
}

static void add_workload(GArray *results, const struct bench_workload *workload)
{
        struct bench_result result = { workload, g_array_new(FALSE, TRUE, sizeof(struct bench_figures)) };
        g_array_append_val(results, result);
}

/* Those that are named; without a name, all that do not take minutes. */
static gboolean choose(const struct command *command, char **names, GArray *results)
{
        const struct bench_workload *workload;
        for (char **name = names; *name != NULL; name++) {
                workload = bench_workload_find(*name);
                if (workload == NULL)
                        return command_refuse(
                                command, "there is no workload \"%s\"; W1, W2, W3 and W4a to W4d are", *name);
                add_workload(results, workload);
        }
        for (unsigned i = 0; *names == NULL && (workload = bench_workload_at(i)) != NULL; i++) {
                if (!workload->is_left_out)
                        add_workload(results, workload);
        }
        return TRUE;
}

/* What cannot be set is told before anything runs. */
static enum exit_status check_workload(const struct bench_workload *workload, const struct bench_plan *plan)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(Scenario) scenario = bench_workload_load(workload, plan->sets, &error);
        return scenario != NULL ? EXIT_OK : command_fail(error);
}

/* A run whose counts are wrong is the workload's last. */
static enum exit_status run_workload(
        const struct bench_result *result, const struct bench_plan *plan, const volatile int *interrupted)
{
        for (unsigned i = 0; i < plan->runs && bench_result_is_good(result); i++) {
                struct bench_figures figures;
                g_autoptr(GError) error = NULL;
                if (!bench_run(result->workload, plan->sets, interrupted, &figures, &error))
                        return *interrupted ? EXIT_INTERRUPTED : command_fail(error);
                if (*interrupted || figures.is_interrupted)
                        return EXIT_INTERRUPTED;
                g_array_append_val(result->runs, figures);
        }
        return bench_result_is_good(result) ? EXIT_OK : EXIT_EXPECTATION;
}

static enum exit_status run(const GArray *results, const struct bench_plan *plan, bool as_json)
{
        const volatile int *interrupted = interrupt_catch();
        enum exit_status worst = EXIT_OK;
        for (unsigned i = 0; i < results->len; i++) {
                const struct bench_result *result = &g_array_index(results, struct bench_result, i);
                enum exit_status status = check_workload(result->workload, plan);
                if (status != EXIT_OK)
                        return status;
                if (!as_json && i == 0)
                        bench_report_begin();
                status = run_workload(result, plan, interrupted);
                if (status != EXIT_OK && status != EXIT_EXPECTATION)
                        return status;
                worst = MAX(worst, status);
                if (!as_json)
                        bench_report_one(result);
                else if (status == EXIT_EXPECTATION)
                        bench_report_fault(result);
        }
        if (!as_json)
                bench_report_end(results);
        else if (!bench_report_json(results))
                return EXIT_RUN_TIME;
        return worst;
}

enum exit_status cmd_bench(const struct command *command, int argc, char **argv)
{
        int runs = RUNS_USUAL;
        gboolean as_json = FALSE;
        g_auto(GStrv) sets = NULL;
        const GOptionEntry entries[] = {
                { "runs", 0, 0, G_OPTION_ARG_INT, &runs, "Runs of each workload; 5 unless given", "N" },
                { "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &sets,
                        "Change a value: tcp.congestion-control=reno", "PATH=VALUE" },
                { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, "Print the figures as JSON, and nothing else",
                        NULL },
                G_OPTION_ENTRY_NULL,
        };
        g_autoptr(GArray) results = g_array_new(FALSE, TRUE, sizeof(struct bench_result));
        g_array_set_clear_func(results, clear_result);
        if (!command_parse_some(command, entries, &argc, &argv, 0))
                return EXIT_USAGE;
        if (runs < 1 || runs > RUNS_MOST) {
                command_refuse(command, "--runs %d: 1 to %d is expected", runs, RUNS_MOST);
                return EXIT_USAGE;
        }
        const struct bench_plan plan = { (unsigned)runs, sets };
        return choose(command, argv, results) ? run(results, &plan, as_json) : EXIT_USAGE;
}
