/*
 * Only what pictures tell is read, and nothing is believed to be there.
 */
#include "report/run_facts.h"

#include "report/csv_file.h"
#include "report/json_file.h"

#include <string.h>

enum column {
        NAME,
        OUTCOME,
        VERIFIED,
        BYTES,
        STARTED,
        FINISHED,
        RETRANSMITTED,
        TIMEOUTS,
        DUP_ACKS,
        OUT_OF_ORDER,
        COLUMNS
};
static const char *const columns[COLUMNS + 1] = {
        [NAME] = "transfer",
        [OUTCOME] = "outcome",
        [VERIFIED] = "verified",
        [BYTES] = "bytes",
        [STARTED] = "started_ns",
        [FINISHED] = "finished_ns",
        [RETRANSMITTED] = "retransmitted",
        [TIMEOUTS] = "timeouts",
        [DUP_ACKS] = "dup_acks",
        [OUT_OF_ORDER] = "out_of_order_arrivals",
};

G_DEFINE_QUARK(inorder - run - facts - error, run_facts_error)

/* ---- run.json ---- */

static JsonObject *run_object(JsonParser *parser)
{
        JsonNode *root = json_parser_get_root(parser);
        if (root == NULL || !JSON_NODE_HOLDS_OBJECT(root))
                return NULL;
        JsonObject *run = json_node_get_object(root);
        return json_object_has_member(run, "inorder") ? run : NULL;
}

/* `otherwise` when there is none. */
static char *text_member(JsonObject *run, const char *name, const char *otherwise)
{
        JsonNode *node = json_object_get_member(run, name);
        bool is_text = node != NULL && JSON_NODE_HOLDS_VALUE(node) &&
                       json_node_get_value_type(node) == G_TYPE_STRING && *json_node_get_string(node) != '\0';
        return g_strdup(is_text ? json_node_get_string(node) : otherwise);
}

static int64_t number_member(JsonObject *run, const char *name)
{
        JsonNode *node = json_object_get_member(run, name);
        bool is_number =
                node != NULL && JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_INT64;
        return is_number ? json_node_get_int(node) : 0;
}

static bool read_run(struct run_facts *facts, const char *directory, GError **error)
{
        g_autofree char *path = g_build_filename(directory, "run.json", NULL);
        g_autoptr(JsonParser) parser = json_file_read(path, error);
        if (parser == NULL)
                return false;
        JsonObject *run = run_object(parser);
        if (run == NULL) {
                g_set_error(error, RUN_FACTS_ERROR, RUN_FACTS_ERROR_NOT_A_RUN,
                        "%s was not written by inorder run", path);
                return false;
        }
        facts->scenario = text_member(run, "scenario", "?");
        facts->title = text_member(run, "title", facts->scenario);
        facts->version = text_member(run, "version", "?");
        facts->ended = text_member(run, "ended", "?");
        facts->seed = number_member(run, "seed");
        return true;
}

/* ---- transfers.csv ---- */

static void free_transfer(void *data)
{
        struct transfer_facts *transfer = data;
        g_free(transfer->name);
        g_free(transfer->outcome);
        g_free(transfer);
}

static void add_transfer(void *data, const CsvFile *file)
{
        struct run_facts *facts = data;
        struct transfer_facts *transfer = g_new0(struct transfer_facts, 1);
        transfer->name = g_strdup(csv_file_text(file, NAME));
        transfer->outcome = g_strdup(csv_file_text(file, OUTCOME));
        transfer->is_verified = csv_file_flag(file, VERIFIED);
        transfer->bytes = csv_file_number(file, BYTES, 0);
        transfer->started = csv_file_number(file, STARTED, 0);
        transfer->finished = csv_file_number(file, FINISHED, TIME_NEVER);
        transfer->retransmitted = csv_file_number(file, RETRANSMITTED, 0);
        transfer->timeouts = csv_file_number(file, TIMEOUTS, 0);
        transfer->duplicate_acks = csv_file_number(file, DUP_ACKS, 0);
        transfer->out_of_order = csv_file_number(file, OUT_OF_ORDER, 0);
        g_ptr_array_add(facts->transfers, transfer);
}

/* A run with --trace summary kept no packets. */
static bool has_segments(const char *directory, GError **error)
{
        g_autofree char *path = g_build_filename(directory, "segments.csv", NULL);
        if (g_file_test(path, G_FILE_TEST_EXISTS))
                return true;
        g_set_error(error, RUN_FACTS_ERROR, RUN_FACTS_ERROR_NO_TRACE,
                "%s has no segments.csv to draw from: run with --trace full, or segments", directory);
        return false;
}

struct run_facts *run_facts_read(const char *directory, GError **error)
{
        g_autoptr(RunFacts) facts = g_new0(struct run_facts, 1);
        facts->transfers = g_ptr_array_new_with_free_func(free_transfer);
        if (!read_run(facts, directory, error) || !has_segments(directory, error) ||
                !csv_file_read(directory, "transfers.csv", columns, add_transfer, facts, error))
                return NULL;
        return g_steal_pointer(&facts);
}

void run_facts_free(struct run_facts *facts)
{
        if (facts == NULL)
                return;
        g_free(facts->scenario);
        g_free(facts->title);
        g_free(facts->version);
        g_free(facts->ended);
        g_ptr_array_unref(facts->transfers);
        g_free(facts);
}

const struct transfer_facts *run_facts_transfer(const struct run_facts *facts, const char *name)
{
        for (unsigned i = 0; i < facts->transfers->len; i++) {
                const struct transfer_facts *transfer = facts->transfers->pdata[i];
                if (strcmp(transfer->name, name) == 0)
                        return transfer;
        }
        return NULL;
}

/* ---- Words ---- */

char *count_words(int64_t count)
{
        GString *text = g_string_new(NULL);
        g_string_printf(text, "%" G_GINT64_FORMAT, count);
        int first = count < 0;
        for (int place = (int)text->len - 3; place > first; place -= 3)
                g_string_insert_c(text, place, ',');
        return g_string_free(text, FALSE);
}

/* Four digits are enough for people. */
char *duration_words(duration_ns duration)
{
        static const struct {
                duration_ns unit;
                const char *name;
        } units[] = { { SECOND, "s" }, { MILLISECOND, "ms" }, { MICROSECOND, "µs" } };
        for (unsigned i = 0; i < G_N_ELEMENTS(units); i++) {
                duration_ns whole = duration / units[i].unit;
                duration_ns part = duration % units[i].unit;
                if (whole == 0)
                        continue;
                if (whole >= 100)
                        return g_strdup_printf("%" G_GINT64_FORMAT ".%d %s", whole,
                                (int)(part * 10 / units[i].unit), units[i].name);
                return g_strdup_printf("%" G_GINT64_FORMAT ".%02d %s", whole,
                        (int)(part * 100 / units[i].unit), units[i].name);
        }
        return g_strdup_printf("%" G_GINT64_FORMAT " ns", duration);
}
