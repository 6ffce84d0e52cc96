/*
 * A child runs the world and writes its figures into a pipe.
 */
#include "cli/bench_run.h"

#include "cli/malloc_calls.h"
#include "run/world.h"

#include <errno.h>
#include <gio/gio.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WARM_UP_PARTS 10 /* the first tenth of the data packets */

/* ---- Judging ---- */

struct stream_sum {
        uint64_t bytes;
        const char *unfinished; /* the first transfer that did not get everything */
};

static struct stream_sum sum_streams(const World *world)
{
        const GPtrArray *transfers = world_transfers(world);
        struct stream_sum sum = { 0 };
        for (unsigned i = 0; i < transfers->len; i++) {
                const struct transfer *transfer = transfers->pdata[i];
                struct proof_account account;
                proof_book_account(world_proofs(world), transfer->number, &account);
                sum.bytes += account.bytes_read;
                if (sum.unfinished == NULL && (!account.is_complete || transfer->outcome != TRANSFER_DONE))
                        sum.unfinished = transfer->name;
        }
        return sum;
}

static bool find_fault(
        struct bench_figures *figures, const char *what, uint64_t seen, struct bench_range wanted)
{
        if (seen >= wanted.least && seen <= wanted.most)
                return false;
        g_snprintf(figures->fault, sizeof figures->fault,
                "%" G_GUINT64_FORMAT " %s, where %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT " are right",
                seen, what, wanted.least, wanted.most);
        return true;
}

/* Whatever is lost otherwise than by the line's luck, or in a full queue of W2, which has some. */
static uint64_t lost_otherwise(const struct packet_counts *counts)
{
        uint64_t sum = 0;
        for (unsigned reason = 0; reason < DROP_REASONS; reason++)
                sum += counts->dropped[reason];
        return sum - counts->dropped[DROP_LOSS] - counts->dropped[DROP_QUEUE_FULL];
}

static void judge(const struct bench_workload *workload, const World *world, enum run_end end,
        struct bench_figures *figures)
{
        const struct packet_counts *counts = world_packet_counts(world);
        const struct bench_range none = { 0, 0 };
        const struct bench_range bytes = { workload->stream_bytes, workload->stream_bytes };
        struct stream_sum sum = sum_streams(world);
        if (end != RUN_DONE)
                g_snprintf(figures->fault, sizeof figures->fault, "the run ended %s", run_end_name(end));
        else if (sum.unfinished != NULL)
                g_snprintf(figures->fault, sizeof figures->fault, "%s did not finish", sum.unfinished);
        else if (!find_fault(figures, "bytes read", sum.bytes, bytes) &&
                 !find_fault(figures, "data packets", counts->data, workload->data_packets) &&
                 !find_fault(figures, "packets", counts->sent, workload->packets) &&
                 !find_fault(figures, "packet-hops", counts->hops, workload->hops) &&
                 !find_fault(figures, "random losses", counts->dropped[DROP_LOSS], workload->losses) &&
                 !find_fault(figures, "packets lost otherwise", lost_otherwise(counts), none) &&
                 workload->losses.most == 0)
                find_fault(
                        figures, "packets that found a full queue", counts->dropped[DROP_QUEUE_FULL], none);
}

/* ---- Measuring ---- */

/* Looks at the world until it is warm. */
struct warm_up {
        const World *world;
        uint64_t data_packets; /* so many and it is over */
        bool is_over;
        uint64_t allocations; /* until then */
};

static void look(void *data)
{
        struct warm_up *warm_up = data;
        if (warm_up->is_over || world_packet_counts(warm_up->world)->data < warm_up->data_packets)
                return;
        warm_up->is_over = true;
        malloc_calls(&warm_up->allocations);
}

static uint64_t cpu_time(void)
{
        struct timespec time;
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
        return (uint64_t)time.tv_sec * SECOND + (uint64_t)time.tv_nsec;
}

static void take_counts(const World *world, struct bench_figures *figures)
{
        const struct packet_counts *counts = world_packet_counts(world);
        struct rusage usage;
        getrusage(RUSAGE_SELF, &usage);
        figures->peak_kib = (uint64_t)usage.ru_maxrss;
        figures->data_packets = counts->data;
        figures->packets = counts->sent;
        figures->hops = counts->hops;
        figures->events = world_events(world);
        figures->simulated = world_last_packet_at(world);
}

static void measure(const struct bench_workload *workload, World *world, const volatile int *interrupted,
        struct bench_figures *figures)
{
        struct warm_up warm_up = { .world = world, .data_packets = workload->segments / WARM_UP_PARTS };
        const struct world_watch watch = { .every = MILLISECOND, .look = look, .data = &warm_up };
        uint64_t allocations;
        uint64_t begin = cpu_time();
        enum run_end end = world_run_watched(world, interrupted, &watch);
        figures->cpu_ns = cpu_time() - begin;
        figures->has_allocations = malloc_calls(&allocations);
        figures->allocations = allocations - warm_up.allocations;
        figures->is_interrupted = end == RUN_INTERRUPTED;
        take_counts(world, figures);
        judge(workload, world, end, figures);
}

static void run_world(const struct bench_workload *workload, char **sets, const volatile int *interrupted,
        struct bench_figures *figures)
{
        const struct world_options options = { 0 };
        g_autoptr(GError) error = NULL;
        g_autoptr(Scenario) scenario = bench_workload_load(workload, sets, &error);
        g_autoptr(World) world = scenario != NULL ? world_new(scenario, NULL, &options, &error) : NULL;
        if (world != NULL)
                measure(workload, world, interrupted, figures);
        else
                g_strlcpy(figures->fault, error->message, sizeof figures->fault);
}

/* ---- The process ---- */

/* Its memory goes with it: what the world has is not taken apart. And it goes with its parent. */
static void G_GNUC_NORETURN be_child(
        const struct bench_workload *workload, char **sets, const volatile int *interrupted, int pipe)
{
        struct bench_figures figures = { 0 };
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        run_world(workload, sets, interrupted, &figures);
        bool is_written = write(pipe, &figures, sizeof figures) == (ssize_t)sizeof figures;
        _exit(is_written ? EXIT_SUCCESS : EXIT_FAILURE);
}

/* A signal may have come to this process alone: the child hears of it. */
static bool read_figures(
        int pipe, pid_t child, const volatile int *interrupted, struct bench_figures *figures)
{
        ssize_t size;
        while ((size = read(pipe, figures, sizeof *figures)) < 0 && errno == EINTR)
                if (*interrupted)
                        kill(child, *interrupted);
        return size == (ssize_t)sizeof *figures;
}

static bool fail(GError **error, const char *call)
{
        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno), "%s: %s", call, g_strerror(errno));
        return false;
}

bool bench_run(const struct bench_workload *workload, char **sets, const volatile int *interrupted,
        struct bench_figures *figures, GError **error)
{
        int ends[2];
        if (pipe(ends) < 0)
                return fail(error, "pipe");
        pid_t child = fork();
        if (child == 0)
                be_child(workload, sets, interrupted, ends[1]);
        close(ends[1]);
        bool is_read = child > 0 && read_figures(ends[0], child, interrupted, figures);
        close(ends[0]);
        if (child < 0)
                return fail(error, "fork");
        int status;
        while (waitpid(child, &status, 0) < 0 && errno == EINTR)
                ;
        if (!is_read)
                g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: the run died", workload->name);
        return is_read;
}
