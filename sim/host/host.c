/*
 * Hosts: made, crashed, restarted and unmade, and what others ask of them.
 */
#include "host/host.h"

#include "host/process_private.h"
#include "host/socket_private.h"
#include "wire/byte_order.h"

#define SECRET_WORDS 2

/* ---- What hosts share ---- */

static guint address_hash(gconstpointer key)
{
        const struct four_tuple tuple = { .local = { .address = *(const struct ip_address *)key } };
        return four_tuple_hash(&tuple);
}

static gboolean address_equal(gconstpointer a, gconstpointer b)
{
        return ip_address_equal(a, b);
}

static void join_world(Host *host)
{
        struct host_context *context = host->context;
        if (context->shared == NULL) {
                context->shared = g_new0(struct host_shared, 1);
                context->shared->stacks = stack_pool_new();
                context->shared->by_address = g_hash_table_new(address_hash, address_equal);
        }
        if (!ip_address_is_any(&host->address))
                g_hash_table_insert(context->shared->by_address, &host->address, host);
        if (!ip_address_is_any(&host->address6))
                g_hash_table_insert(context->shared->by_address, &host->address6, host);
        g_ptr_array_add(context->hosts, host);
}

static void leave_world(Host *host)
{
        struct host_context *context = host->context;
        g_hash_table_remove(context->shared->by_address, &host->address);
        g_hash_table_remove(context->shared->by_address, &host->address6);
        g_ptr_array_remove(context->hosts, host);
        if (context->hosts->len > 0)
                return;
        g_hash_table_destroy(context->shared->by_address);
        stack_pool_free(context->shared->stacks);
        g_free(g_steal_pointer(&context->shared));
}

/* ---- Making and unmaking ---- */

static TcpHost *make_tcp(const Host *host)
{
        g_autofree char *name = g_strdup_printf("host %s: secret", host->name);
        struct rng_stream luck = rng_stream_named(host->context->seed, name);
        uint8_t secret[SECRET_WORDS * sizeof(uint64_t)];
        for (uint32_t i = 0; i < SECRET_WORDS; i++) {
                uint64_t word = GUINT64_TO_BE(rng_draw(&luck, host->crashes, 0, i));
                memcpy(secret + i * sizeof word, &word, sizeof word);
        }
        return tcp_host_new(host->context->payloads, secret);
}

/* BBR's phases change a transfer, ports and sequence numbers do not. */
static void give_luck(const Host *host)
{
        g_autofree char *name = g_strdup_printf("host %s: phases", host->name);
        struct rng_stream luck = rng_stream_named(host->context->phase_seed, name);
        tcp_host_set_luck(host->tcp, (uint32_t)rng_draw(&luck, host->crashes, 0, 0));
}

static void make_ports(Host *host, const struct host_config *config)
{
        g_autofree char *tcp = g_strdup_printf("host %s: tcp ports", host->name);
        g_autofree char *udp = g_strdup_printf("host %s: udp ports", host->name);
        uint64_t seed = host->context->seed;
        BlockPool *memory = host_memory(host);
        port_space_init(&host->tcp_ports, memory, seed, tcp, config->ephemeral_first, config->ephemeral_last);
        port_space_init(&host->udp_ports, memory, seed, udp, config->ephemeral_first, config->ephemeral_last);
}

Host *host_new(struct host_context *context, const struct host_config *config)
{
        Host *host = g_new0(Host, 1);
        host->context = context;
        host->name = g_strdup(config->name);
        host->owner = config->owner;
        host->address = config->address;
        host->address6 = config->address6;
        if (!ip_address_is_ipv4(&host->address)) {
                host->address6 = host->address;
                host->address = ip_address_any;
        }
        host->resolver = config->resolver;
        host->tcp_settings = config->tcp;
        host->adjust = config->adjust;
        host->adjust_data = config->adjust_data;
        host->limit_output = config->limit_output;
        host->merge_size = config->merge_size;
        host->routes = route_table_new();
        host->devices = g_ptr_array_new();
        host->mtus = mtu_cache_new();
        host->tcp = make_tcp(host);
        give_luck(host);
        make_ports(host, config);
        host_transmit_init(host);
        join_world(host);
        return host;
}

/* In the order in which they use each other. */
static void end_users(Host *host)
{
        while (!g_queue_is_empty(&host->processes))
                process_cancel(host->processes.head->data);
        host_run_endings(host);
        while (!g_queue_is_empty(&host->sockets))
                socket_close(host->sockets.head->data);
        while (!g_queue_is_empty(&host->connections))
                connection_free(host->connections.head->data);
        host_transmit_clear(host);
}

void host_crash(Host *host)
{
        if (host->is_down)
                return;
        host_collect_counts(host);
        host->is_closing = true;
        end_users(host);
        host->is_closing = false;
        host->is_down = true;
        host->crashes++;
        for (unsigned i = 0; i < host->devices->len; i++)
                link_lose_power(host->devices->pdata[i]);
}

void host_restart(Host *host)
{
        if (!host->is_down)
                return;
        host->is_down = false;
        mtu_cache_free(host->mtus);
        host->mtus = mtu_cache_new();
        tcp_host_free(host->tcp);
        host->tcp = make_tcp(host);
        give_luck(host);
        host->traced = 0;
}

bool host_is_down(const Host *host)
{
        return host->is_down;
}

void host_free(Host *host)
{
        if (host == NULL)
                return;
        host->is_closing = true;
        end_users(host);
        hash_table_clear(&host->connections_by_tuple, host_memory(host));
        hash_table_clear(&host->listeners, host_memory(host));
        hash_table_clear(&host->datagrams, host_memory(host));
        port_space_clear(&host->tcp_ports);
        port_space_clear(&host->udp_ports);
        tcp_host_free(host->tcp);
        leave_world(host);
        mtu_cache_free(host->mtus);
        g_ptr_array_free(host->devices, TRUE);
        route_table_free(host->routes);
        g_free(host->name);
        g_free(host);
}

RouteTable *host_routes(Host *host)
{
        return host->routes;
}

static void on_mtu_changed(void *host)
{
        host_on_mtu_changed(host);
}

void host_add_device(Host *host, Link *link)
{
        g_ptr_array_add(host->devices, link);
        link_on_departing(link, connection_on_departing, host);
        link_on_mtu_changed(link, on_mtu_changed, host);
}

/* ---- Looking ---- */

const struct ip_address *host_address(const Host *host)
{
        return ip_address_is_any(&host->address) ? &host->address6 : &host->address;
}

int host_family(const Host *host)
{
        return ip_address_is_any(&host->address) ? AF_INET6 : AF_INET;
}

bool host_has_address(const Host *host, const struct ip_address *address)
{
        return !ip_address_is_any(address) &&
               (ip_address_equal(address, &host->address) || ip_address_equal(address, &host->address6));
}

const struct ip_address *host_address_towards(const Host *host, const struct ip_address *remote)
{
        return ip_address_is_ipv4(remote) ? &host->address : &host->address6;
}

const struct ip_address *host_resolver(const Host *host)
{
        return &host->resolver;
}

const struct tcp_settings *host_tcp_settings(const Host *host)
{
        return &host->tcp_settings;
}

bool host_tcp_counter(const Host *host, const char *name, int64_t *value)
{
        enum tcp_counter counter = tcp_counter_find(name);
        if (counter == TCP_COUNTERS)
                return false;
        *value = (int64_t)tcp_host_counter(host->tcp, counter);
        return true;
}

struct host_context *host_context(Host *host)
{
        return host->context;
}

BlockPool *host_memory(const Host *host)
{
        return payload_pool_blocks(host->context->payloads);
}

time_ns host_now(const Host *host)
{
        return event_queue_now(host->context->net->events);
}

bool host_traces(const Host *host, enum trace_kind kind)
{
        return !host->is_closing && trace_wants(host->context->net->trace, kind);
}

uint32_t host_transfer_number(const struct transfer *transfer)
{
        return transfer != NULL ? transfer->number : 0;
}

struct transfer *host_transfer(const Host *host, uint32_t number)
{
        const GPtrArray *transfers = host->context->transfers;
        if (number == 0 || transfers == NULL || number > transfers->len)
                return NULL;
        return transfers->pdata[number - 1];
}

uint32_t host_path_mtu(const Host *host)
{
        uint32_t smallest = IPV4_PACKET_SIZE_MAX;
        for (unsigned i = 0; i < host->devices->len; i++)
                smallest = MIN(smallest, link_mtu(host->devices->pdata[i]));
        return smallest;
}

Link *host_device_towards(const Host *host, const struct ip_address *remote)
{
        if (ip_address_is_any(host_address_towards(host, remote)))
                return NULL;
        return route_table_find(host->routes, remote);
}

uint32_t host_path_mtu_towards(const Host *host, const struct ip_address *remote)
{
        const Link *device = route_table_find(host->routes, remote);
        uint32_t mtu = device != NULL ? link_mtu(device) : host_path_mtu(host);
        return mtu_cache_apply(host->mtus, remote, mtu, host_now(host));
}

void host_on_mtu_changed(Host *host)
{
        for (const GList *link = host->connections.head; link != NULL; link = link->next) {
                const struct connection *connection = link->data;
                tcp_conn_set_route_mtu(
                        connection->tcp, host_path_mtu_towards(host, &connection->tuple.remote.address));
        }
}

unsigned host_connections(const Host *host)
{
        return host->connections.length - host->time_waits;
}

unsigned host_time_waits(const Host *host)
{
        return host->time_waits;
}

void host_describe_waits(const Host *host, GString *text)
{
        for (const GList *link = host->processes.head; link != NULL; link = link->next) {
                g_string_append_printf(text, "%s ", host->name);
                process_describe_wait(link->data, text);
                g_string_append_c(text, '\n');
        }
        for (const GList *link = host->connections.head; link != NULL; link = link->next) {
                const struct connection *connection = link->data;
                if (connection->is_time_wait)
                        continue;
                g_string_append_printf(text, "%s ", host->name);
                connection_describe(connection, text);
                g_string_append_c(text, '\n');
        }
}
