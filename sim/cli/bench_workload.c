/*
 * The table of workloads. Their scenarios are those of scenarios/bench.
 */
#include "cli/bench_workload.h"

#include <gio/gio.h>

#include "cli/workload_resource.h"

#define SHELF "/inorder/workloads"
#define ANY                                                                                                  \
        {                                                                                                    \
                0, UINT64_MAX                                                                                \
        }
#define NONE                                                                                                 \
        {                                                                                                    \
                0, 0                                                                                         \
        }

/* All flows at once, limited by their windows: the same work, whatever their number. */
#define SCALE(name_, segments_, flows_, is_left_out_)                                                        \
        {                                                                                                    \
                .name = name_, .segments = segments_, .stream_bytes = segments_ * 1448ull,                   \
                .data_packets = { segments_, segments_ },                                                    \
                .packets = { segments_ * 15ull / 10, segments_ * 156ull / 100 }, .hops = ANY,                \
                .losses = NONE, .flows = flows_, .is_left_out = is_left_out_                                 \
        }

static const struct bench_workload workloads[] = {
        { .name = "W1",
                .segments = 100000,
                .stream_bytes = 144800000,
                .data_packets = { 100000, 100000 },
                .packets = { 148500, 151500 },
                .hops = { 445500, 454500 },
                .losses = NONE,
                .flows = 1 },
        { .name = "W2",
                .segments = 200000,
                .stream_bytes = 289600000,
                .data_packets = { 202000, 210000 },
                .packets = { 300000, 335000 },
                .hops = ANY,
                .losses = { 2700, 3700 },
                .flows = 100 },
        /* 10,000 fetches of 200 bytes and 50,000; the second alone are counted in segments. */
        { .name = "W3",
                .segments = 345304,
                .stream_bytes = 502000000,
                .data_packets = { 350000, 385000 },
                .packets = ANY,
                .hops = ANY,
                .losses = { 4000, 8000 },
                .flows = 100 },
        SCALE("W4a", 1000000, 100, false),
        SCALE("W4b", 1000000, 1000, false),
        SCALE("W4c", 1000000, 10000, false),
        SCALE("W4d", 10000000, 100000, true),
        /* For counting instructions. */
        { .name = "W1-small",
                .segments = 10000,
                .stream_bytes = 14480000,
                .data_packets = { 10000, 10000 },
                .packets = { 14850, 15150 },
                .hops = { 44550, 45450 },
                .losses = NONE,
                .flows = 1,
                .is_left_out = true },
        { .name = "W2-small",
                .segments = 10000,
                .stream_bytes = 14480000,
                .data_packets = { 10000, 10500 },
                .packets = ANY,
                .hops = ANY,
                .losses = ANY,
                .flows = 10,
                .is_left_out = true },
        { .name = "W3-small",
                .segments = 10359,
                .stream_bytes = 15060000,
                .data_packets = { 10500, 11550 },
                .packets = ANY,
                .hops = ANY,
                .losses = ANY,
                .flows = 10,
                .is_left_out = true },
};

const struct bench_workload *bench_workload_find(const char *name)
{
        for (size_t i = 0; i < G_N_ELEMENTS(workloads); i++) {
                if (g_str_equal(workloads[i].name, name))
                        return &workloads[i];
        }
        return NULL;
}

const struct bench_workload *bench_workload_at(unsigned index)
{
        return index < G_N_ELEMENTS(workloads) ? &workloads[index] : NULL;
}

Scenario *bench_workload_load(const struct bench_workload *workload, char **sets, GError **error)
{
        g_autofree char *name = g_strdup_printf("%s.yaml", workload->name);
        g_autofree char *path = g_strdup_printf(SHELF "/%s", name);
        g_autoptr(GBytes) bytes =
                g_resource_lookup_data(workload_get_resource(), path, G_RESOURCE_LOOKUP_FLAGS_NONE, error);
        if (bytes == NULL)
                return NULL;
        g_autofree char *text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
        const struct scenario_overrides overrides = { .sets = sets };
        return scenario_load_text(name, text, &overrides, error);
}
