/*
 * Medians, with the smallest and the largest beside them.
 */
#include "cli/bench_report.h"

#include "trace/json_writer.h"

#include <stdio.h>
#include <string.h>

#define NANOSECONDS_IN_MICROSECOND 1000

struct spread {
        uint64_t min;
        uint64_t median;
        uint64_t max;
};

static const struct bench_figures *run_of(const struct bench_result *result, unsigned index)
{
        return &g_array_index(result->runs, struct bench_figures, index);
}

static int compare_cpu(const void *a, const void *b)
{
        const struct bench_figures *one = a;
        const struct bench_figures *other = b;
        return (one->cpu_ns > other->cpu_ns) - (one->cpu_ns < other->cpu_ns);
}

/* The run of median CPU time; the lower one of an even number. It sorts the runs. */
static const struct bench_figures *median_of(const struct bench_result *result)
{
        g_array_sort(result->runs, compare_cpu);
        return run_of(result, (result->runs->len - 1) / 2);
}

static struct spread spread_of(const struct bench_result *result, uint64_t count)
{
        uint64_t median = median_of(result)->cpu_ns;
        return (struct spread){
                .min = run_of(result, 0)->cpu_ns / MAX(count, 1),
                .median = median / MAX(count, 1),
                .max = run_of(result, result->runs->len - 1)->cpu_ns / MAX(count, 1),
        };
}

static uint64_t peak_of(const struct bench_result *result)
{
        uint64_t peak = 0;
        for (unsigned i = 0; i < result->runs->len; i++)
                peak = MAX(peak, run_of(result, i)->peak_kib);
        return peak;
}

static uint64_t allocations_of(const struct bench_result *result)
{
        uint64_t most = 0;
        for (unsigned i = 0; i < result->runs->len; i++)
                most = MAX(most, run_of(result, i)->allocations);
        return most;
}

static const char *fault_of(const struct bench_result *result)
{
        for (unsigned i = 0; i < result->runs->len; i++) {
                if (*run_of(result, i)->fault != '\0')
                        return run_of(result, i)->fault;
        }
        return NULL;
}

bool bench_result_is_good(const struct bench_result *result)
{
        return fault_of(result) == NULL;
}

/* Simulated time over CPU time, in units of 10^-9. */
static int64_t real_time_factor(const struct bench_figures *figures)
{
        uint64_t microseconds = MAX(figures->cpu_ns / NANOSECONDS_IN_MICROSECOND, 1);
        return (int64_t)((uint64_t)figures->simulated * (SECOND / NANOSECONDS_IN_MICROSECOND) / microseconds);
}

/* ---- For people ---- */

void bench_report_begin(void)
{
        puts("CPU time from a run's first event to its end, each run in a process of its own. Every byte is "
             "written,\n"
             "carried, checksummed, verified and read, and compared with what was written (the proof of "
             "order is on);\n"
             "SHA-256, digest and trace are off. ns: median (smallest to largest).\n\n"
             "      runs      ns a segment          ns a packet      packets    events  sim s  speed  peak "
             "KiB  allocations");
}

static void print_allocations(const struct bench_result *result)
{
        if (run_of(result, 0)->has_allocations)
                printf("  %11" G_GUINT64_FORMAT "\n", allocations_of(result));
        else
                puts("            ?");
}

void bench_report_one(const struct bench_result *result)
{
        const struct bench_figures *median = median_of(result);
        struct spread segment = spread_of(result, result->workload->segments);
        struct spread packet = spread_of(result, median->packets);
        printf("%s%*u  %6" G_GUINT64_FORMAT " (%5" G_GUINT64_FORMAT " to %5" G_GUINT64_FORMAT ")",
                result->workload->name, 10 - (int)strlen(result->workload->name), result->runs->len,
                segment.median, segment.min, segment.max);
        printf("  %5" G_GUINT64_FORMAT " (%5" G_GUINT64_FORMAT " to %5" G_GUINT64_FORMAT ")", packet.median,
                packet.min, packet.max);
        printf("  %8" G_GUINT64_FORMAT "  %8" G_GUINT64_FORMAT "  %5.2f  %5.2f  %8" G_GUINT64_FORMAT,
                median->packets, median->events, (double)median->simulated / SECOND,
                (double)real_time_factor(median) / SECOND, peak_of(result));
        print_allocations(result);
        if (fault_of(result) != NULL)
                printf("     failed: %s\n", fault_of(result));
        fflush(stdout);
}

void bench_report_fault(const struct bench_result *result)
{
        g_printerr("inorder bench: error: %s: %s\n", result->workload->name, fault_of(result));
}

static const struct bench_result *find_result(const GArray *results, const char *name)
{
        for (unsigned i = 0; i < results->len; i++) {
                const struct bench_result *result = &g_array_index(results, struct bench_result, i);
                if (g_str_equal(result->workload->name, name))
                        return result;
        }
        return NULL;
}

/* What a flow takes: state of both ends, buffers, and its packets in flight. */
void bench_report_end(const GArray *results)
{
        const struct bench_result *few = find_result(results, "W4a");
        const struct bench_result *many = find_result(results, "W4c");
        if (few == NULL || many == NULL)
                return;
        double kib = (double)peak_of(many) - (double)peak_of(few);
        printf("\nmemory a flow: %.1f KiB (W4c's peak less W4a's)\n",
                kib / (many->workload->flows - few->workload->flows));
}

/* ---- For programs ---- */

static void add_spread(JsonWriter *writer, const char *key, struct spread spread)
{
        json_writer_begin_object(writer, key);
        json_writer_add_unsigned(writer, "min", spread.min);
        json_writer_add_unsigned(writer, "median", spread.median);
        json_writer_add_unsigned(writer, "max", spread.max);
        json_writer_end_object(writer);
}

static void add_counts(JsonWriter *writer, const struct bench_result *result)
{
        const struct bench_figures *median = median_of(result);
        json_writer_add_unsigned(writer, "segments", result->workload->segments);
        json_writer_add_unsigned(writer, "data_packets", median->data_packets);
        json_writer_add_unsigned(writer, "packets", median->packets);
        json_writer_add_unsigned(writer, "packet_hops", median->hops);
        json_writer_add_unsigned(writer, "events", median->events);
        json_writer_add_seconds(writer, "simulated_s", median->simulated);
        json_writer_add_seconds(writer, "cpu_s", (duration_ns)median->cpu_ns);
        json_writer_add_seconds(writer, "real_time_factor", real_time_factor(median));
}

static void add_result(JsonWriter *writer, const struct bench_result *result)
{
        json_writer_begin_object(writer, NULL);
        json_writer_add_string(writer, "name", result->workload->name);
        json_writer_add_unsigned(writer, "runs", result->runs->len);
        add_spread(writer, "ns_per_segment", spread_of(result, result->workload->segments));
        add_spread(writer, "ns_per_packet", spread_of(result, median_of(result)->packets));
        add_counts(writer, result);
        json_writer_add_unsigned(writer, "peak_rss_kib", peak_of(result));
        if (run_of(result, 0)->has_allocations)
                json_writer_add_unsigned(writer, "allocations_after_warm_up", allocations_of(result));
        else
                json_writer_add_null(writer, "allocations_after_warm_up");
        json_writer_add_bool(writer, "counts_ok", bench_result_is_good(result));
        json_writer_end_object(writer);
}

bool bench_report_json(const GArray *results)
{
        g_autoptr(JsonWriter) writer = json_writer_new(JSON_INDENTED);
        json_writer_begin_object(writer, NULL);
        json_writer_add_unsigned(writer, "inorder", 1);
        json_writer_begin_array(writer, "workloads");
        for (unsigned i = 0; i < results->len; i++)
                add_result(writer, &g_array_index(results, struct bench_result, i));
        json_writer_end_array(writer);
        json_writer_end_object(writer);
        return json_writer_print(writer, stdout);
}
