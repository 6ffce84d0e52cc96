/*
 * A run from its scenario to its files.
 */
#include "cli/session.h"

#include "cli/story.h"
#include "run/path_file.h"
#include "trace/digest.h"
#include "trace/trace_csv.h"
#include "trace/trace_ndjson.h"
#include "trace/trace_pcapng.h"

#include <errno.h>
#include <string.h>

#define STORY_LINES 400

struct Session {
        const Scenario *scenario;
        struct session_options options;
        struct trace_about about;
        RunDir *dir;
        Trace *trace;
        struct path_replay *replay; /* NULL: none */
        World *world;
        Digest *digest;
        TraceNdjson *ndjson; /* NULL, as the next two: this level has none */
        TraceCsv *csv;
        TracePcapng *pcapng;
        Story *story;
        Summary *summary;
};

static const char *const level_names[] = {
        [TRACE_LEVEL_SUMMARY] = "summary",
        [TRACE_LEVEL_SEGMENTS] = "segments",
        [TRACE_LEVEL_FULL] = "full",
};

bool trace_level_parse(const char *text, enum trace_level *level)
{
        for (unsigned i = 0; i < G_N_ELEMENTS(level_names); i++) {
                if (g_str_equal(level_names[i], text)) {
                        *level = i;
                        return true;
                }
        }
        return false;
}

const char *trace_level_name(enum trace_level level)
{
        return level_names[level];
}

/* ---- Beginning ---- */

static uint32_t recorded_kinds(const Session *session)
{
        return session->options.level == TRACE_LEVEL_FULL
                       ? TRACE_ALL_KINDS
                       : TRACE_PACKET_KINDS | TRACE_BIT(TRACE_FAULT) | TRACE_BIT(TRACE_LINK);
}

static bool open_ndjson(Session *session, GError **error)
{
        FILE *file = run_dir_open_file(session->dir, "trace.ndjson", error);
        if (file == NULL)
                return false;
        session->ndjson = trace_ndjson_new(session->trace, file, &session->about, recorded_kinds(session));
        return true;
}

static bool open_csv(Session *session, GError **error)
{
        struct trace_opener opener = run_dir_opener(session->dir);
        session->csv = trace_csv_new(session->trace, &opener, recorded_kinds(session), error);
        return session->csv != NULL;
}

static bool open_pcapng(Session *session, GError **error)
{
        struct trace_opener opener = run_dir_opener(session->dir);
        session->pcapng =
                trace_pcapng_new(session->trace, &opener, &session->about, session->options.snap, error);
        return session->pcapng != NULL;
}

/* Listeners are called in this order: the story tells first. */
static bool open_writers(Session *session, GError **error)
{
        if (session->options.story != NULL)
                session->story = story_new(session->trace, session->options.story, STORY_LINES);
        session->digest = digest_new(session->trace);
        if (session->options.level >= TRACE_LEVEL_SEGMENTS &&
                (!open_ndjson(session, error) || !open_csv(session, error)))
                return false;
        return session->options.level < TRACE_LEVEL_FULL || open_pcapng(session, error);
}

Session *session_new(const Scenario *scenario, const struct session_options *options, GError **error)
{
        struct world_options world_options = { .with_sha256 = true, .with_record = options->record };
        g_autoptr(Session) session = g_new0(Session, 1);
        session->scenario = scenario;
        session->options = *options;
        session->about = (struct trace_about){
                .scenario = scenario->name, .version = INORDER_VERSION, .seed = scenario->seed
        };
        session->trace = trace_new();
        if (options->faults_file != NULL) {
                session->replay = path_replay_read(scenario, options->faults_file, error);
                if (session->replay == NULL)
                        return NULL;
                world_options.replay = session->replay->log;
        }
        session->world = world_new(scenario, session->trace, &world_options, error);
        if (session->world == NULL)
                return NULL;
        session->dir = run_dir_begin(options->out, options->force, error);
        if (session->dir == NULL || !open_writers(session, error))
                return NULL;
        return g_steal_pointer(&session);
}

/* The world goes first: what it still tells, nobody hears. */
void session_free(Session *session)
{
        if (session == NULL)
                return;
        summary_free(session->summary);
        world_free(session->world);
        path_replay_free(session->replay);
        story_free(session->story);
        digest_free(session->digest);
        trace_ndjson_free(session->ndjson);
        trace_csv_free(session->csv);
        trace_pcapng_free(session->pcapng);
        trace_free(session->trace);
        run_dir_free(session->dir);
        g_free(session);
}

/* ---- Files beside the trace ---- */

static bool write_file(Session *session, const char *name, const void *bytes, size_t size, GError **error)
{
        FILE *file = run_dir_open_file(session->dir, name, error);
        if (file == NULL)
                return false;
        if (fwrite(bytes, 1, size, file) == size)
                return true;
        g_set_error(error, RUN_DIR_ERROR, RUN_DIR_ERROR_IO, "cannot write %s: %s", name, g_strerror(errno));
        return false;
}

static bool write_inputs_of(Session *session, const GPtrArray *files, GHashTable *written, GError **error)
{
        for (unsigned i = 0; files != NULL && i < files->len; i++) {
                const struct scenario_file *file = files->pdata[i];
                if (file->bytes == NULL)
                        continue;
                char *name = scenario_input_name(file);
                if (!g_hash_table_add(written, name))
                        continue;
                size_t size;
                const void *bytes = g_bytes_get_data(file->bytes, &size);
                if (!write_file(session, name, bytes, size, error))
                        return false;
        }
        return true;
}

static bool write_inputs(Session *session, GError **error)
{
        g_autoptr(GHashTable) written = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        for (unsigned i = 0; i < session->scenario->apps->len; i++) {
                const struct scenario_app *app = session->scenario->apps->pdata[i];
                if (!write_inputs_of(session, app->files, written, error))
                        return false;
        }
        if (!write_inputs_of(session, session->scenario->inputs, written, error))
                return false;
        g_autofree char *text = scenario_dump(session->scenario, true);
        return write_file(session, "scenario.yaml", text, strlen(text), error);
}

static bool write_record(Session *session, GError **error)
{
        const PathLog *record = world_record(session->world);
        if (record == NULL)
                return true;
        g_autofree char *faults = path_file_write(session->scenario, record, session->options.by_meaning);
        g_autofree char *delays = path_file_write_delays(session->scenario, record);
        return write_file(session, "faults.yaml", faults, strlen(faults), error) &&
               write_file(session, "delays.csv", delays, strlen(delays), error);
}

static bool write_kept(Session *session, const char *base, GBytes *bytes, GError **error)
{
        gsize size;
        const void *data = g_bytes_get_data(bytes, &size);
        g_autofree char *name = g_build_filename("replay", base, NULL);
        return write_file(session, name, data, size, error);
}

/* What was replayed is kept, so that the directory can be verified. */
static bool write_replay(Session *session, GError **error)
{
        const struct path_replay *replay = session->replay;
        return replay == NULL || (write_kept(session, PATH_FILE_NAME, replay->faults, error) &&
                                         (replay->delays == NULL || write_kept(session, replay->delays_name,
                                                                            replay->delays, error)));
}

static bool write_path(Session *session, GError **error)
{
        return write_record(session, error) && write_replay(session, error);
}

/* Lines of what was replayed that never happened are told as rules that never fired: each of the faults, of
 * delays how many, since after any change some are left over. They are named by the copies that are kept. */
static void add_unmet(Session *session)
{
        if (session->replay == NULL)
                return;
        g_autoptr(GArray) faults = path_log_unmet(session->replay->log, false);
        g_autoptr(GArray) delays = path_log_unmet(session->replay->log, true);
        for (guint i = 0; i < faults->len; i++) {
                g_autofree char *name =
                        g_strdup_printf("replay/" PATH_FILE_NAME ":%u", g_array_index(faults, uint32_t, i));
                summary_add_unfired(session->summary, name);
        }
        if (delays->len == 0)
                return;
        uint32_t first = g_array_index(delays, uint32_t, 0);
        g_autofree char *rest =
                delays->len > 1 ? g_strdup_printf(" and %u more", delays->len - 1) : g_strdup("");
        g_autofree char *name = g_strdup_printf("replay/%s:%u%s", session->replay->delays_name, first, rest);
        summary_add_unfired(session->summary, name);
}

static bool write_transfers(Session *session, GError **error)
{
        g_autoptr(GString) text = g_string_new(NULL);
        summary_append_csv(session->summary, text);
        return write_file(session, "transfers.csv", text->str, text->len, error);
}

static void add_owners(const Session *session, JsonWriter *writer)
{
        json_writer_begin_object(writer, "owners");
        for (uint32_t owner = 0; owner < trace_owner_count(session->trace); owner++)
                json_writer_add_string(writer, trace_owner_label(session->trace, owner),
                        digest_owner_text(session->digest, owner));
        json_writer_end_object(writer);
}

static bool write_run_json(Session *session, GError **error)
{
        g_autoptr(JsonWriter) writer = json_writer_new(JSON_INDENTED);
        json_writer_begin_object(writer, NULL);
        summary_write_json(session->summary, writer);
        json_writer_add_string(writer, "title", session->scenario->title);
        json_writer_add_string(writer, "version", INORDER_VERSION);
        json_writer_add_string(writer, "trace", trace_level_name(session->options.level));
        json_writer_add_unsigned(writer, "snap", session->options.snap);
        if (session->options.record)
                json_writer_add_string(
                        writer, "record", session->options.by_meaning ? "by-meaning" : "by-ordinal");
        run_dir_add_files(session->dir, writer);
        add_owners(session, writer);
        json_writer_end_object(writer);
        const GString *text = json_writer_text(writer);
        return write_file(session, "run.json", text->str, text->len, error) &&
               run_dir_close_files(session->dir, error);
}

/* ---- The run ---- */

static bool finish_writers(Session *session, GError **error)
{
        digest_finish(session->digest);
        if (session->story != NULL)
                story_finish(session->story);
        return (session->ndjson == NULL || trace_ndjson_finish(session->ndjson, error)) &&
               (session->csv == NULL || trace_csv_finish(session->csv, error)) &&
               (session->pcapng == NULL || trace_pcapng_finish(session->pcapng, error));
}

bool session_run(Session *session, GError **error)
{
        enum run_end end = world_run(session->world, session->options.interrupted);
        if (!finish_writers(session, error))
                return false;
        session->summary = summary_new(session->scenario, session->world, end, digest_text(session->digest));
        add_unmet(session);
        return write_inputs(session, error) && write_path(session, error) &&
               write_transfers(session, error) && run_dir_close_files(session->dir, error) &&
               write_run_json(session, error);
}

bool session_commit(Session *session, GError **error)
{
        return run_dir_commit(session->dir, error);
}

const Summary *session_summary(const Session *session)
{
        return session->summary;
}

const World *session_world(const Session *session)
{
        return session->world;
}

const char *session_work_path(const Session *session)
{
        return run_dir_work_path(session->dir);
}
