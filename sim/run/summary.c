/*
 * A run's summary: the figures of the tables, put into one JSON object and held against the expectations.
 */
#include "run/summary.h"

#include "run/expectation.h"
#include "run/figures.h"
#include "run/transfer_table.h"

#include <string.h>

struct Summary {
        const Scenario *scenario;
        const World *world;
        enum run_end end;
        char *digest;
        GArray *expectations;
        GPtrArray *unfired_faults;
        GPtrArray *sha256s; /* of each transfer, hexadecimal; NULL where there is none */
};

static void clear_expectation(void *data)
{
        struct expectation *expectation = data;
        g_free(expectation->seen);
}

/* ---- Transfers ---- */

static char *sha256_format(const uint8_t sha256[32])
{
        GString *text = g_string_sized_new(2 * 32 + 1);
        for (unsigned i = 0; i < 32; i++)
                g_string_append_printf(text, "%02x", sha256[i]);
        return g_string_free(text, FALSE);
}

static bool source_agrees(const struct transfer *transfer)
{
        if (!transfer->has_sha256 || !transfer->has_source_sha256)
                return true;
        return memcmp(transfer->sha256, transfer->source_sha256, sizeof transfer->sha256) == 0;
}

static bool is_stream_verified(const Summary *summary, const struct transfer *transfer)
{
        struct proof_account account;
        proof_book_account(world_proofs(summary->world), transfer->number, &account);
        return transfer->outcome == TRANSFER_DONE && account.is_complete &&
               account.bytes_read == account.bytes_written && source_agrees(transfer) &&
               proof_book_mismatch(world_proofs(summary->world)) == NULL;
}

/* A server is, when every transfer that it served is. */
static bool is_server_verified(const Summary *summary, const struct transfer *server)
{
        const GPtrArray *transfers = world_transfers(summary->world);
        for (unsigned i = 0; i < transfers->len; i++) {
                const struct transfer *transfer = transfers->pdata[i];
                if (transfer->server == server && !is_stream_verified(summary, transfer))
                        return false;
        }
        return server->outcome != TRANSFER_FAILED;
}

bool summary_is_verified(const Summary *summary, const struct transfer *transfer)
{
        return transfer->is_server ? is_server_verified(summary, transfer)
                                   : is_stream_verified(summary, transfer);
}

static struct transfer_facts facts_of(const Summary *summary, const struct transfer *transfer)
{
        return (struct transfer_facts){
                .transfer = transfer,
                .is_verified = summary_is_verified(summary, transfer),
                .sha256 = summary->sha256s->pdata[transfer->number - 1],
        };
}

/* ---- Figures by path ---- */

static struct figure packet_figure_named(const World *world, const char *name)
{
        const struct packet_counts *counts = world_packet_counts(world);
        for (const struct packet_figure *row = packet_figures; row->name != NULL; row++) {
                if (g_str_equal(row->name, name))
                        return (struct figure){ .type = FIGURE_COUNT, .number = (int64_t)row->get(world) };
        }
        for (unsigned reason = 0; reason < DROP_REASONS; reason++) {
                g_autofree char *path = g_strdup_printf("dropped.%s", drop_reason_name(reason));
                if (g_str_equal(path, name))
                        return (struct figure){ .type = FIGURE_COUNT,
                                .number = (int64_t)counts->dropped[reason] };
        }
        return (struct figure){ .type = FIGURE_UNKNOWN };
}

static const struct transfer *transfer_named(const Summary *summary, const char *name, size_t size)
{
        const GPtrArray *transfers = world_transfers(summary->world);
        for (unsigned i = 0; i < transfers->len; i++) {
                const struct transfer *transfer = transfers->pdata[i];
                if (strlen(transfer->name) == size && strncmp(transfer->name, name, size) == 0)
                        return transfer;
        }
        return NULL;
}

static struct figure transfer_figure_named(
        const Summary *summary, const struct transfer *transfer, const char *name)
{
        struct transfer_facts facts = facts_of(summary, transfer);
        for (const struct transfer_figure *row = transfer_figures; row->name != NULL; row++) {
                if (g_str_equal(row->name, name))
                        return row->get(&facts);
        }
        return (struct figure){ .type = FIGURE_UNKNOWN };
}

static struct figure run_figure_named(const Summary *summary, const char *name)
{
        if (g_str_equal(name, "seed"))
                return (struct figure){ .type = FIGURE_COUNT, .number = (int64_t)summary->scenario->seed };
        if (g_str_equal(name, "digest"))
                return (struct figure){
                        .type = FIGURE_TEXT, .is_null = summary->digest == NULL, .text = summary->digest
                };
        if (g_str_equal(name, "ended"))
                return (struct figure){ .type = FIGURE_TEXT, .text = run_end_name(summary->end) };
        if (g_str_equal(name, "simulated_s"))
                return (struct figure){ .type = FIGURE_TIME, .number = world_last_packet_at(summary->world) };
        if (g_str_equal(name, "events"))
                return (struct figure){ .type = FIGURE_COUNT,
                        .number = (int64_t)world_events(summary->world) };
        return (struct figure){ .type = FIGURE_UNKNOWN };
}

static struct figure figure_at(const Summary *summary, const char *path)
{
        const char *dot = strchr(path, '.');
        if (dot == NULL)
                return run_figure_named(summary, path);
        if (g_str_has_prefix(path, "packets."))
                return packet_figure_named(summary->world, dot + 1);
        const struct transfer *transfer = transfer_named(summary, path, (size_t)(dot - path));
        if (transfer == NULL)
                return (struct figure){ .type = FIGURE_UNKNOWN };
        return transfer_figure_named(summary, transfer, dot + 1);
}

/* ---- The whole ---- */

static void take_sha256s(Summary *summary)
{
        const GPtrArray *transfers = world_transfers(summary->world);
        for (unsigned i = 0; i < transfers->len; i++) {
                const struct transfer *transfer = transfers->pdata[i];
                g_ptr_array_add(
                        summary->sha256s, transfer->has_sha256 ? sha256_format(transfer->sha256) : NULL);
        }
}

static void take_expectations(Summary *summary)
{
        for (unsigned i = 0; i < summary->scenario->expects->len; i++) {
                const struct scenario_expect *expect = summary->scenario->expects->pdata[i];
                struct figure figure = figure_at(summary, expect->path);
                struct expectation expectation = { expect, expectation_holds(expect, figure),
                        figure_format(figure) };
                g_array_append_val(summary->expectations, expectation);
        }
}

void summary_add_unfired(Summary *summary, const char *name)
{
        g_ptr_array_add(summary->unfired_faults, g_strdup(name));
}

static void take_unfired_faults(Summary *summary)
{
        for (unsigned i = 0; i < summary->scenario->faults->len; i++) {
                const struct scenario_fault *fault = summary->scenario->faults->pdata[i];
                if (!world_fault_fired(summary->world, i))
                        summary_add_unfired(summary, fault->name);
        }
}

Summary *summary_new(const Scenario *scenario, const World *world, enum run_end end, const char *digest)
{
        Summary *summary = g_new0(Summary, 1);
        summary->scenario = scenario;
        summary->world = world;
        summary->end = end;
        summary->digest = g_strdup(digest);
        summary->expectations = g_array_new(FALSE, FALSE, sizeof(struct expectation));
        g_array_set_clear_func(summary->expectations, clear_expectation);
        summary->unfired_faults = g_ptr_array_new_with_free_func(g_free);
        summary->sha256s = g_ptr_array_new_with_free_func(g_free);
        take_sha256s(summary);
        take_expectations(summary);
        take_unfired_faults(summary);
        return summary;
}

void summary_free(Summary *summary)
{
        if (summary == NULL)
                return;
        g_free(summary->digest);
        g_array_free(summary->expectations, TRUE);
        g_ptr_array_free(summary->unfired_faults, TRUE);
        g_ptr_array_free(summary->sha256s, TRUE);
        g_free(summary);
}

/* The scenario says itself that this transfer fails: "refused.verified: no". */
static bool is_expected_to_fail(const Summary *summary, const struct transfer *transfer)
{
        g_autofree char *path = g_strdup_printf("%s.verified", transfer->name);
        for (unsigned i = 0; i < summary->expectations->len; i++) {
                const struct expectation *expectation =
                        &g_array_index(summary->expectations, struct expectation, i);
                if (g_str_equal(expectation->expect->path, path) && expectation->held)
                        return true;
        }
        return false;
}

bool summary_transfer_is_good(const Summary *summary, const struct transfer *transfer)
{
        return summary_is_verified(summary, transfer) || is_expected_to_fail(summary, transfer);
}

static bool every_expectation_held(const Summary *summary)
{
        for (unsigned i = 0; i < summary->expectations->len; i++) {
                if (!g_array_index(summary->expectations, struct expectation, i).held)
                        return false;
        }
        return true;
}

bool summary_is_good(const Summary *summary)
{
        const GPtrArray *transfers = world_transfers(summary->world);
        for (unsigned i = 0; i < transfers->len; i++) {
                if (!summary_transfer_is_good(summary, transfers->pdata[i]))
                        return false;
        }
        return every_expectation_held(summary) && summary->end != RUN_MISMATCH && summary->end != RUN_STUCK;
}

const GArray *summary_expectations(const Summary *summary)
{
        return summary->expectations;
}

enum run_end summary_end(const Summary *summary)
{
        return summary->end;
}

const GPtrArray *summary_unfired_faults(const Summary *summary)
{
        return summary->unfired_faults;
}

/* ---- JSON ---- */

static void write_figure(JsonWriter *writer, const char *key, struct figure figure)
{
        if (figure.is_null)
                json_writer_add_null(writer, key);
        else if (figure.type == FIGURE_TEXT)
                json_writer_add_string(writer, key, figure.text);
        else if (figure.type == FIGURE_FLAG)
                json_writer_add_bool(writer, key, figure.number != 0);
        else if (figure.type == FIGURE_TIME)
                json_writer_add_seconds(writer, key, figure.number);
        else
                json_writer_add_integer(writer, key, figure.number);
}

static void write_packets(const Summary *summary, JsonWriter *writer)
{
        const struct packet_counts *counts = world_packet_counts(summary->world);
        json_writer_begin_object(writer, "packets");
        for (const struct packet_figure *row = packet_figures; row->name != NULL; row++)
                json_writer_add_unsigned(writer, row->name, row->get(summary->world));
        json_writer_begin_object(writer, "dropped");
        for (unsigned reason = 0; reason < DROP_REASONS; reason++)
                json_writer_add_unsigned(writer, drop_reason_name(reason), counts->dropped[reason]);
        json_writer_end_object(writer);
        json_writer_end_object(writer);
}

static void write_transfer(const Summary *summary, const struct transfer *transfer, JsonWriter *writer)
{
        struct transfer_facts facts = facts_of(summary, transfer);
        json_writer_begin_object(writer, NULL);
        json_writer_add_string(writer, "name", transfer->name);
        for (const struct transfer_figure *row = transfer_figures; row->name != NULL; row++) {
                if (row->is_printed)
                        write_figure(writer, row->name, row->get(&facts));
        }
        json_writer_end_object(writer);
}

static void write_transfers(const Summary *summary, JsonWriter *writer)
{
        const GPtrArray *transfers = world_transfers(summary->world);
        json_writer_begin_array(writer, "transfers");
        for (unsigned i = 0; i < transfers->len; i++)
                write_transfer(summary, transfers->pdata[i], writer);
        json_writer_end_array(writer);
}

static void write_expectations(const Summary *summary, JsonWriter *writer)
{
        json_writer_begin_array(writer, "expectations");
        for (unsigned i = 0; i < summary->expectations->len; i++) {
                const struct expectation *expectation =
                        &g_array_index(summary->expectations, struct expectation, i);
                json_writer_begin_object(writer, NULL);
                json_writer_add_string(writer, "text", expectation->expect->text);
                json_writer_add_bool(writer, "held", expectation->held);
                json_writer_end_object(writer);
        }
        json_writer_end_array(writer);
}

static void write_unfired_faults(const Summary *summary, JsonWriter *writer)
{
        json_writer_begin_array(writer, "unfired_faults");
        for (unsigned i = 0; i < summary->unfired_faults->len; i++)
                json_writer_add_string(writer, NULL, summary->unfired_faults->pdata[i]);
        json_writer_end_array(writer);
}

void summary_write_json(const Summary *summary, JsonWriter *writer)
{
        json_writer_add_integer(writer, "inorder", 1);
        json_writer_add_string(writer, "scenario", summary->scenario->name);
        json_writer_add_unsigned(writer, "seed", summary->scenario->seed);
        json_writer_add_string(writer, "digest", summary->digest);
        json_writer_add_string(writer, "ended", run_end_name(summary->end));
        json_writer_add_seconds(writer, "simulated_s", world_last_packet_at(summary->world));
        json_writer_add_unsigned(writer, "events", world_events(summary->world));
        write_packets(summary, writer);
        write_transfers(summary, writer);
        write_expectations(summary, writer);
        write_unfired_faults(summary, writer);
}

void summary_append_csv(const Summary *summary, GString *text)
{
        const GPtrArray *transfers = world_transfers(summary->world);
        transfer_table_append_header(text);
        for (unsigned i = 0; i < transfers->len; i++) {
                struct transfer_facts facts = facts_of(summary, transfers->pdata[i]);
                transfer_table_append_row(text, &facts);
        }
}
