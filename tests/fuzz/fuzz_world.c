/*
 * Scenarios are loaded from files, so each text goes to one, in a directory of this process's own, which is
 * entered meanwhile: a relative path in a scenario finds nothing else there, and the directory's name, which
 * nobody can foretell, is not among what libFuzzer learns from.
 */
#include "fuzz_world.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "run/world_private.h"

static const char path[] = "scenario.yaml";
static char *directory;
static int home; /* where this process was, as libFuzzer's paths expect */

static void go_to_directory(void)
{
        if (g_chdir(directory) != 0)
                g_error("%s: cannot be entered", directory);
}

static void go_home(void)
{
        if (fchdir(home) != 0)
                g_error("%s: cannot be left", directory);
}

static void remove_directory(void)
{
        go_to_directory();
        g_unlink(path);
        g_rmdir(directory);
        g_free(directory);
}

static void make_directory(void)
{
        g_autoptr(GError) error = NULL;
        directory = g_dir_make_tmp("fuzz-XXXXXX", &error);
        if (directory == NULL)
                g_error("%s", error->message);
        home = open(".", O_PATH | O_CLOEXEC);
        atexit(remove_directory);
}

Scenario *fuzz_scenario_load(
        const char *text, size_t size, const struct scenario_overrides *overrides, GError **error)
{
        if (directory == NULL)
                make_directory();
        go_to_directory();
        FILE *file = g_fopen(path, "w");
        if (file == NULL || fwrite(text, 1, size, file) != size || fclose(file) != 0)
                g_error("%s: cannot be written", path);
        Scenario *scenario = scenario_load(path, overrides, error);
        go_home();
        return scenario;
}

/* ---- Runs ---- */

static void count_packet(void *data, const struct trace_event *event G_GNUC_UNUSED)
{
        struct bounded_run *run = data;
        if (++run->packets < run->most)
                return;
        run->interrupted = true;
        event_queue_stop(run->world->events);
}

bool bounded_run_open(struct bounded_run *run, Scenario *scenario, const struct world_options *options,
        uint64_t most_packets)
{
        *run = (struct bounded_run){ .scenario = scenario, .trace = trace_new(), .most = most_packets };
        g_autoptr(GError) error = NULL;
        run->world = world_new(scenario, run->trace, options, &error);
        if (run->world == NULL) {
                trace_free(run->trace);
                return false;
        }
        trace_listen(run->trace, TRACE_PACKET_KINDS, count_packet, run);
        run->digest = digest_new(run->trace);
        return true;
}

/* Done and verified, or with a reason why not. */
static void check_transfer(
        const struct bounded_run *run, const Summary *summary, const struct transfer *transfer)
{
        switch (transfer->outcome) {
        case TRANSFER_DONE:
                g_assert(run->end == RUN_INTERRUPTED || summary_is_verified(summary, transfer));
                return;
        case TRANSFER_FAILED:
                g_assert(transfer->failure != NULL && transfer->failure[0] != '\0');
                return;
        case TRANSFER_UNFINISHED:
                g_assert(run->end != RUN_DONE);
                return;
        }
}

/* Two bits flipped may pass a sum of 16 bits: then a wrong byte is what the scenario asked for. */
static bool may_deceive(const Scenario *scenario)
{
        for (unsigned i = 0; i < scenario->faults->len; i++) {
                const struct scenario_fault *fault = scenario->faults->pdata[i];
                if (fault->action.kind == FAULT_CORRUPT)
                        return true;
        }
        for (unsigned i = 0; i < scenario->links->len; i++) {
                const struct scenario_link *link = scenario->links->pdata[i];
                if (link->directions[0].impair.corrupt_again || link->directions[1].impair.corrupt_again)
                        return true;
        }
        return false;
}

static void check_end(const struct bounded_run *run)
{
        if (run->end == RUN_MISMATCH) {
                g_assert(may_deceive(run->scenario));
                return;
        }
        g_autofree char *waits = world_describe_waits(run->world);
        const GPtrArray *transfers = world_transfers(run->world);
        g_autoptr(Summary) summary = summary_new(run->scenario, run->world, run->end, NULL);
        g_assert(run->end != RUN_INTERRUPTED || run->interrupted);
        g_assert(run->end != RUN_STUCK || waits[0] != '\0');
        for (unsigned i = 0; i < transfers->len; i++)
                check_transfer(run, summary, transfers->pdata[i]);
}

void bounded_run_go(struct bounded_run *run)
{
        run->end = world_run(run->world, &run->interrupted);
        digest_finish(run->digest);
        check_end(run);
}

void bounded_run_close(struct bounded_run *run)
{
        world_free(run->world);
        digest_free(run->digest);
        trace_free(run->trace);
}

Host *bounded_run_host(const struct bounded_run *run, const char *name)
{
        return world_node(run->world, world_find(run->world, name)->first)->host;
}
