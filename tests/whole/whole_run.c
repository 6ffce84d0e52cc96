/*
 * A scenario is loaded from a file, so its text goes to one for a moment.
 */
#include "whole_run.h"

#include <check.h>
#include <glib/gstdio.h>
#include <unistd.h>

static Scenario *load_text(const char *text)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *path = NULL;
        int fd = g_file_open_tmp("whole-XXXXXX.yaml", &path, &error);
        ck_assert_msg(fd >= 0, "%s", error ? error->message : "");
        close(fd);
        ck_assert_msg(g_file_set_contents(path, text, -1, &error), "%s", error ? error->message : "");
        Scenario *scenario = scenario_load(path, NULL, &error);
        g_unlink(path);
        ck_assert_msg(scenario != NULL, "%s\n%s", error ? error->message : "", text);
        return scenario;
}

static void note_packet(void *data, const struct trace_event *event)
{
        *(time_ns *)data = event->time;
}

void whole_run_load(struct whole_run *run, const char *text, const struct whole_options *options)
{
        struct world_options world_options = {
                .with_sha256 = !options->without_sha256,
                .one_event_a_packet = options->one_event_a_packet,
        };
        g_autoptr(GError) error = NULL;
        *run = (struct whole_run){ .scenario = load_text(text), .trace = trace_new() };
        run->world = world_new(run->scenario, run->trace, &world_options, &error);
        ck_assert_msg(run->world != NULL, "%s\n%s", error ? error->message : "", text);
        trace_listen(run->trace, TRACE_PACKET_KINDS, note_packet, &run->last_packet_at);
        if (!options->without_digest)
                run->digest = digest_new(run->trace);
}

void whole_run_go(struct whole_run *run)
{
        run->end = world_run(run->world, NULL);
        ck_assert_int_eq(world_last_packet_at(run->world), run->last_packet_at);
        if (run->digest != NULL)
                digest_finish(run->digest);
        const char *digest = run->digest != NULL ? digest_text(run->digest) : NULL;
        run->summary = summary_new(run->scenario, run->world, run->end, digest);
}

void whole_run_clear(struct whole_run *run)
{
        summary_free(run->summary);
        digest_free(run->digest);
        world_free(run->world);
        trace_free(run->trace);
        scenario_free(run->scenario);
}

char *whole_run_digest(const char *text, const struct whole_options *options)
{
        struct whole_run run;
        whole_run_load(&run, text, options);
        whole_run_go(&run);
        char *digest = g_strdup(digest_text(run.digest));
        whole_run_clear(&run);
        return digest;
}

char *whole_file(const char *name)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *path = g_build_filename(WHOLE_DIR, name, NULL);
        char *text = NULL;
        ck_assert_msg(g_file_get_contents(path, &text, NULL, &error), "%s", error ? error->message : "");
        return text;
}

char *whole_run_complaint(const struct whole_run *run)
{
        if (run->end != RUN_DONE) {
                g_autofree char *waits = world_describe_waits(run->world);
                return g_strdup_printf("ended %s; %s", run_end_name(run->end), waits);
        }
        const GPtrArray *transfers = world_transfers(run->world);
        for (unsigned i = 0; i < transfers->len; i++) {
                const struct transfer *transfer = transfers->pdata[i];
                if (!summary_is_verified(run->summary, transfer))
                        return g_strdup_printf("%s is not verified: %s", transfer->name,
                                transfer->failure != NULL ? transfer->failure : "no failure noted");
        }
        return NULL;
}
