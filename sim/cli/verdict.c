/*
 * The outcome of a run in words.
 */
#include "cli/verdict.h"

#include <inttypes.h>
#include <string.h>

#define TRANSFERS_TOLD 20
#define WAITS_TOLD     40
#define UNFIRED_TOLD   20

static const char *sha256_words(const struct transfer *transfer)
{
        if (!transfer->has_sha256 || !transfer->has_source_sha256)
                return "";
        return memcmp(transfer->sha256, transfer->source_sha256, sizeof transfer->sha256) == 0
                       ? ", SHA-256 equal at both ends"
                       : ", but SHA-256 differs between its ends";
}

static void print_sha256(FILE *out, const struct transfer *transfer)
{
        if (!transfer->has_sha256)
                return;
        fputs("  SHA-256 ", out);
        for (unsigned i = 0; i < sizeof transfer->sha256; i++)
                fprintf(out, "%02x", transfer->sha256[i]);
        fputc('\n', out);
}

static void print_verified(FILE *out, const struct transfer *transfer)
{
        duration_ns took = transfer->finished - transfer->started;
        fprintf(out, "%s: %" PRIu64 " bytes delivered in order, none missing, none twice%s.\n",
                transfer->name, transfer->bytes, sha256_words(transfer));
        print_sha256(out, transfer);
        fprintf(out,
                "  %" PRId64 ".%06" PRId64 " s from start to finish; %" PRIu64 " segments, %" PRIu64
                " sent again; at most %" PRIu32 " bytes held out of order.\n",
                took / SECOND, took % SECOND / MICROSECOND, transfer->counts.segments_sent,
                transfer->counts.retransmitted_segments, transfer->counts.held_bytes_max);
}

static const char *failure_words(const struct transfer *transfer)
{
        if (transfer->failure != NULL)
                return transfer->failure;
        return transfer->outcome == TRANSFER_UNFINISHED ? "not finished" : "not verified";
}

static void print_transfer(FILE *out, const Summary *summary, const struct transfer *transfer)
{
        if (summary_is_verified(summary, transfer))
                print_verified(out, transfer);
        else
                fprintf(out, "%s: %s, after %" PRIu64 " bytes.\n", transfer->name, failure_words(transfer),
                        transfer->bytes);
}

static const char *const contents[] = {
        [TRACE_LEVEL_SUMMARY] = "transfers.csv has a row for each transfer.",
        [TRACE_LEVEL_SEGMENTS] = "trace.ndjson and segments.csv have\neach packet on each link.",
        [TRACE_LEVEL_FULL] = "trace.ndjson has every event, and\neach host's .pcapng opens in Wireshark.",
};

void verdict_print(
        FILE *out, const Summary *summary, const World *world, const char *directory, enum trace_level level)
{
        const GPtrArray *transfers = world_transfers(world);
        fputc('\n', out);
        for (unsigned i = 0; i < MIN(transfers->len, TRANSFERS_TOLD); i++)
                print_transfer(out, summary, transfers->pdata[i]);
        if (transfers->len > TRANSFERS_TOLD)
                fprintf(out, "… and %u transfers more.\n", transfers->len - TRANSFERS_TOLD);
        fprintf(out, "Everything is in %s/: run.json sums it up, %s\n", directory, contents[level]);
}

static void complain_of_mismatch(const World *world)
{
        const struct proof_mismatch *mismatch = proof_book_mismatch(world_proofs(world));
        if (mismatch == NULL)
                return;
        char from[ENDPOINT_TEXT_SIZE];
        char to[ENDPOINT_TEXT_SIZE];
        g_printerr("inorder: a wrong byte: offset %" PRIu64
                   " of the stream from %s to %s, written %d, read %d "
                   "(-1: none)\n",
                mismatch->offset, endpoint_format(&mismatch->from, from), endpoint_format(&mismatch->to, to),
                mismatch->expected, mismatch->seen);
}

static void complain_of_expectations(const Scenario *scenario, const Summary *summary)
{
        const GArray *expectations = summary_expectations(summary);
        for (unsigned i = 0; i < expectations->len; i++) {
                const struct expectation *expectation = &g_array_index(expectations, struct expectation, i);
                if (expectation->held)
                        continue;
                g_autofree char *place = scenario_place(scenario, expectation->expect->mark);
                g_printerr("%s: expected %s, but it is %s\n", place, expectation->expect->text,
                        expectation->seen);
        }
}

static void complain_of_transfers(const Summary *summary, const World *world)
{
        const GPtrArray *transfers = world_transfers(world);
        unsigned told = 0;
        for (unsigned i = 0; i < transfers->len && told < TRANSFERS_TOLD; i++) {
                const struct transfer *transfer = transfers->pdata[i];
                if (summary_transfer_is_good(summary, transfer))
                        continue;
                g_printerr("inorder: %s: %s, after %" PRIu64 " bytes\n", transfer->name,
                        failure_words(transfer), transfer->bytes);
                told++;
        }
}

/* Keep the first `count` lines. */
static void shorten(char *lines, unsigned count)
{
        for (char *end = strchr(lines, '\n'); end != NULL; end = strchr(end + 1, '\n')) {
                if (--count == 0)
                        end[1] = '\0';
        }
}

static void complain_of_end(const Summary *summary, const World *world)
{
        enum run_end end = summary_end(summary);
        if (end != RUN_STOPPED && end != RUN_STUCK)
                return;
        g_autofree char *waits = world_describe_waits(world);
        shorten(waits, WAITS_TOLD);
        g_printerr("inorder: the run %s; still waiting:\n%s",
                end == RUN_STUCK ? "got stuck: nothing can happen any more" : "came to its `stop:` time",
                waits);
}

/* Senders are told, and make smaller ones (RFC 1191); but of a path that carries less than they believe of
 * any they learn nothing, and go on until they give up. */
static void complain_of_mtu(const Summary *summary, const World *world)
{
        uint64_t dropped = world_packet_counts(world)->dropped[DROP_MTU];
        enum run_end end = summary_end(summary);
        if (dropped > 0 && (end == RUN_STOPPED || end == RUN_STUCK))
                g_printerr("inorder: warning: %" PRIu64
                           " packets were larger than a link's mtu and ended there; "
                           "set tcp.mss to fit the smallest\n",
                        dropped);
}

/* Rules have names; of files that are replayed it is lines. */
static void complain_of_unfired(const Summary *summary, bool is_strict)
{
        const GPtrArray *unfired = summary_unfired_faults(summary);
        const char *weight = is_strict ? "error" : "warning";
        for (unsigned i = 0; i < MIN(unfired->len, UNFIRED_TOLD); i++) {
                const char *name = unfired->pdata[i];
                bool is_line = strchr(name, ':') != NULL;
                g_printerr("inorder: %s: %s%s never %s\n", weight,
                        is_line ? "what is said in " : "fault rule ", name, is_line ? "happened" : "fired");
        }
        if (unfired->len > UNFIRED_TOLD)
                g_printerr("inorder: %s: … and %u more, see unfired_faults in run.json\n", weight,
                        unfired->len - UNFIRED_TOLD);
}

void verdict_complain(const Scenario *scenario, const Summary *summary, const World *world, bool is_strict)
{
        complain_of_mismatch(world);
        complain_of_transfers(summary, world);
        complain_of_expectations(scenario, summary);
        complain_of_end(summary, world);
        complain_of_mtu(summary, world);
        complain_of_unfired(summary, is_strict);
        if (world_released(world) > 0)
                g_printerr("inorder: warning: %u packets that others were to overtake were still held at the "
                           "end\n",
                        world_released(world));
}
