/*
 * A world's life: made of a scenario, run to its end, looked at, and taken apart.
 */
#include "run/world_private.h"

/* Simulated time between two looks at the interrupt flag. */
#define SLICE (100 * MILLISECOND)

static void free_node(void *data)
{
        struct world_node *node = data;
        host_free(node->host);
        router_free(node->router);
        g_free(node->name);
}

static void free_transfer(void *data)
{
        struct transfer *transfer = data;
        transfer_clear(transfer);
        g_free(transfer);
}

static World *allocate_world(const Scenario *scenario, Trace *trace, const struct world_options *options)
{
        World *world = g_new0(World, 1);
        world->scenario = scenario;
        world->trace = trace;
        world->events = event_queue_new();
        world->payloads = payload_pool_new();
        world->packets = packet_pool_new(world->payloads);
        world->proofs = proof_book_new(payload_pool_blocks(world->payloads), options->with_sha256);
        world->nodes = g_array_new(FALSE, TRUE, sizeof(struct world_node));
        g_array_set_clear_func(world->nodes, free_node);
        world->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        world->edges = g_array_new(FALSE, TRUE, sizeof(struct route_edge));
        world->links = g_ptr_array_new_with_free_func((GDestroyNotify)link_free);
        world->link_names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        world->fault_rules = g_array_new(FALSE, TRUE, sizeof(struct fault_rule));
        world->fault_sources = g_array_new(FALSE, TRUE, sizeof(unsigned));
        world->transfers = g_ptr_array_new_with_free_func(free_transfer);
        world->transfer_names = g_hash_table_new(g_str_hash, g_str_equal);
        world->programs = g_array_new(FALSE, TRUE, sizeof(struct world_program));
        world->sources = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)payload_source_unref);
        world->documents = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)documents_free);
        world->records = g_ptr_array_new_with_free_func(g_free);
        world->host_list = g_ptr_array_new();
        return world;
}

static void connect_contexts(World *world, const struct world_options *options)
{
        world->net = (struct net_context){
                .events = world->events,
                .packets = world->packets,
                .trace = world->trace,
                .record = world->record,
                .replay = options->replay,
                .one_event_a_packet =
                        options->one_event_a_packet || options->with_record || options->replay != NULL,
        };
        world->hosts = (struct host_context){
                .net = &world->net,
                .payloads = world->payloads,
                .proofs = world->proofs,
                .transfers = world->transfers,
                .hosts = world->host_list,
                .seed = world->scenario->seed,
                .phase_seed = world->path_seed,
        };
}

World *world_new(const Scenario *scenario, Trace *trace, const struct world_options *options, GError **error)
{
        g_autoptr(World) world = allocate_world(scenario, trace, options);
        world->path_seed = options->replay != NULL ? path_log_seed(options->replay) : scenario->seed;
        world->record = options->with_record ? path_log_new(scenario->seed) : NULL;
        connect_contexts(world, options);
        topology_add_nodes(world);
        programs_name_transfers(world);
        if (!fault_rules_build(world, error))
                return NULL;
        topology_add_links(world);
        programs_start(world);
        crash_rules_expect(world);
        return g_steal_pointer(&world);
}

/* Hosts first: their programs return, and what that sends still finds its links. */
void world_free(World *world)
{
        if (world == NULL)
                return;
        world->net.trace = NULL;
        crash_rules_clear(world);
        world->hosts.abort_on_finish = true;
        g_array_free(world->nodes, TRUE);
        route_map_free(world->route_map);
        g_ptr_array_free(world->links, TRUE);
        fault_script_free(world->net.faults);
        path_log_free(world->record);
        g_array_free(world->fault_rules, TRUE);
        g_array_free(world->fault_sources, TRUE);
        g_array_free(world->edges, TRUE);
        g_hash_table_destroy(world->names);
        g_hash_table_destroy(world->link_names);
        g_ptr_array_free(world->host_list, TRUE);
        proof_book_free(world->proofs);
        g_hash_table_destroy(world->transfer_names);
        g_array_free(world->programs, TRUE);
        g_ptr_array_free(world->transfers, TRUE);
        g_hash_table_destroy(world->sources);
        g_hash_table_destroy(world->documents);
        g_ptr_array_free(world->records, TRUE);
        packet_pool_free(world->packets);
        payload_pool_free(world->payloads);
        event_queue_free(world->events);
        g_free(world);
}

const char *run_end_name(enum run_end end)
{
        static const char *const names[] = {
                [RUN_DONE] = "done",
                [RUN_STOPPED] = "stopped",
                [RUN_STUCK] = "stuck",
                [RUN_MISMATCH] = "mismatch",
                [RUN_INTERRUPTED] = "interrupted",
        };
        return names[end];
}

/* ---- The run ---- */

static bool has_unfinished_transfer(const World *world)
{
        for (unsigned i = 0; i < world->transfers->len; i++) {
                const struct transfer *transfer = world->transfers->pdata[i];
                if (transfer->outcome == TRANSFER_UNFINISHED && !transfer->is_server)
                        return true;
        }
        return false;
}

static bool has_live_connection(const World *world)
{
        for (unsigned i = 0; i < world->host_list->len; i++) {
                if (host_connections(world->host_list->pdata[i]) > 0)
                        return true;
        }
        return false;
}

/* Nothing is left but idle listeners and TIME-WAIT. */
static bool is_over(const World *world)
{
        return !has_unfinished_transfer(world) && !has_live_connection(world) && world_in_flight(world) == 0;
}

/* Nothing happens any more, or nothing before `stop`: which event was the last one before that depends on how
 * many events links make do with. */
static time_ns end_of_run(const World *world)
{
        bool is_stopped = event_queue_next_time(world->events) != TIME_NEVER;
        return is_stopped ? world->scenario->stop : event_queue_now(world->events);
}

static bool release_held(World *world)
{
        unsigned released = 0;
        time_ns end = end_of_run(world);
        for (unsigned i = 0; i < world->links->len; i++)
                released += link_release_held(world->links->pdata[i], end);
        world->released += released;
        return released > 0;
}

/* Run up to `stop` in slices, so that an interrupt is seen. False: interrupted. */
static bool run_slices(World *world, const volatile int *interrupted, const struct world_watch *watch)
{
        time_ns stop = world->scenario->stop;
        while (proof_book_mismatch(world->proofs) == NULL) {
                time_ns next = event_queue_next_time(world->events);
                if (next > stop)
                        return true;
                if (interrupted != NULL && *interrupted)
                        return false;
                event_queue_run_until(world->events, MIN(next + watch->every, stop));
                if (watch->look != NULL)
                        watch->look(watch->data);
                if (world->has_endless_rules && is_over(world))
                        return true;
        }
        return true;
}

static enum run_end run_to_end(World *world, const volatile int *interrupted, const struct world_watch *watch)
{
        do {
                if (!run_slices(world, interrupted, watch))
                        return RUN_INTERRUPTED;
                if (proof_book_mismatch(world->proofs) != NULL)
                        return RUN_MISMATCH;
        } while (release_held(world));
        if (event_queue_next_time(world->events) == TIME_NEVER)
                programs_on_standstill(world);
        if (is_over(world))
                return RUN_DONE;
        if (event_queue_next_time(world->events) == TIME_NEVER && has_unfinished_transfer(world))
                return RUN_STUCK;
        return event_queue_next_time(world->events) == TIME_NEVER ? RUN_DONE : RUN_STOPPED;
}

static void gather_figures(World *world)
{
        for (unsigned i = 0; i < world->host_list->len; i++)
                host_collect_counts(world->host_list->pdata[i]);
        for (unsigned i = 0; i < world->transfers->len; i++) {
                const struct transfer *transfer = world->transfers->pdata[i];
                if (transfer->server != NULL)
                        transfer_add_served(transfer->server, transfer);
        }
}

/* sent + duplicated = delivered + dropped + in flight. */
static void check_conservation(const World *world)
{
        const struct packet_counts *counts = &world->net.counts;
        uint64_t dropped = 0;
        for (unsigned reason = 0; reason < DROP_REASONS; reason++)
                dropped += counts->dropped[reason];
        g_assert(counts->sent + counts->duplicated == counts->delivered + dropped + world_in_flight(world));
}

enum run_end world_run(World *world, const volatile int *interrupted)
{
        static const struct world_watch nobody = { .every = SLICE };
        return world_run_watched(world, interrupted, &nobody);
}

static void tell_links(const World *world)
{
        for (unsigned i = 0; i < world->links->len; i++)
                link_tell(world->links->pdata[i], false);
}

enum run_end world_run_watched(World *world, const volatile int *interrupted, const struct world_watch *watch)
{
        tell_links(world);
        enum run_end end = run_to_end(world, interrupted, watch);
        gather_figures(world);
        check_conservation(world);
        return end;
}

/* ---- What it has come to ---- */

const struct packet_counts *world_packet_counts(const World *world)
{
        return &world->net.counts;
}

uint64_t world_in_flight(const World *world)
{
        uint64_t packets = 0;
        for (unsigned i = 0; i < world->links->len; i++)
                packets += link_in_flight(world->links->pdata[i]);
        return packets;
}

uint64_t world_events(const World *world)
{
        return event_queue_events_run(world->events);
}

time_ns world_last_packet_at(const World *world)
{
        return world->net.last_packet_at;
}

const GPtrArray *world_transfers(const World *world)
{
        return world->transfers;
}

const ProofBook *world_proofs(const World *world)
{
        return world->proofs;
}

const PathLog *world_record(const World *world)
{
        return world->record;
}

bool world_fault_fired(const World *world, unsigned fault)
{
        for (unsigned rule = 0; rule < world->fault_sources->len; rule++) {
                if (g_array_index(world->fault_sources, unsigned, rule) == fault &&
                        fault_script_fired(world->net.faults, rule) > 0)
                        return true;
        }
        return false;
}

unsigned world_released(const World *world)
{
        return world->released;
}

char *world_describe_waits(const World *world)
{
        GString *text = g_string_new(NULL);
        for (unsigned i = 0; i < world->host_list->len; i++)
                host_describe_waits(world->host_list->pdata[i], text);
        return g_string_free(text, FALSE);
}

uint64_t world_pool_allocations(const World *world)
{
        return payload_pool_allocations(world->payloads) + packet_pool_allocations(world->packets);
}
