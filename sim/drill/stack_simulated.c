/*
 * Our TCP as a stack under test: one host, its device, and a clock that stands still while nobody waits.
 *
 * What a script calls runs in processes of one program. Each begins in an event of its own at the script's
 * instant, and all that follows at that instant happens before the script goes on.
 */
#include "drill/stack.h"

#include "drill/kept_file.h"
#include "drill/simulated_sockets.h"
#include "drill/sysctls.h"
#include "host/host.h"
#include "trace/trace_ndjson.h"

enum owner { OWNER_HOST, OWNER_ROUTE_OUT, OWNER_SCRIPT };

/* Behind those of the host's own packets from elsewhere: there are none. */
#define ARRIVAL_NUMBER 0
#define CALL_NUMBER    0

struct Stack {
        EventQueue *events;
        PayloadPool *payloads;
        PacketPool *packets;
        GPtrArray *transfers;
        GPtrArray *hosts;
        Trace *trace;
        struct kept_file trace_file;
        TraceNdjson *ndjson;
        struct net_context net;
        struct host_context context;
        Host *host;
        Link *device;
        Process *program; /* keeps the descriptors while no call runs */
        Sysctls *sysctls;
        void (*adjust)(const void *data, struct tcp_settings *settings);
        const void *adjust_data;
        time_ns now;
        GQueue sent; /* of struct captured_packet *, in order */
        struct event arrival;
        struct packet *arriving;
        struct event call;
        struct errand *starting;
};

/* ---- The clock ---- */

static void run_until(Stack *stack, time_ns until)
{
        event_queue_run_until(stack->events, until);
        stack->now = MAX(stack->now, until);
}

static time_ns simulated_now(Stack *stack)
{
        return stack->now;
}

static time_ns simulated_origin(Stack *stack)
{
        (void)stack;
        return 0;
}

static void simulated_wait_until(Stack *stack, time_ns at)
{
        if (at <= stack->now)
                return;
        run_until(stack, at - 1);
        stack->now = at;
}

/* ---- Packets ---- */

static void on_sent(void *data, struct packet *packet)
{
        Stack *stack = data;
        struct captured_packet *captured = g_new(struct captured_packet, 1);
        *captured = (struct captured_packet){
                .time = event_queue_now(stack->events),
                .bytes = g_malloc(packet->size),
                .size = packet->size,
        };
        packet_copy_bytes(packet, captured->bytes);
        g_queue_push_tail(&stack->sent, captured);
        stack->net.counts.delivered++;
        packet_free(stack->packets, packet);
}

static void on_arrival(void *data)
{
        Stack *stack = data;
        struct packet_sink sink = host_sink(stack->host);
        sink.deliver(sink.data, g_steal_pointer(&stack->arriving));
}

static bool simulated_inject(Stack *stack, const uint8_t *bytes, size_t size, GError **error)
{
        (void)error;
        stack->arriving = packet_of_bytes(stack->packets, stack->payloads, bytes, size);
        stack->net.counts.sent++;
        struct event_key key = {
                .time = stack->now, .owner = OWNER_HOST, .class = EVENT_ARRIVAL, .number = ARRIVAL_NUMBER
        };
        event_queue_set(stack->events, &stack->arrival, &key);
        run_until(stack, stack->now);
        return true;
}

/* One instant after the other, until something is sent. */
static bool wait_for_packet(Stack *stack, time_ns until)
{
        while (g_queue_is_empty(&stack->sent)) {
                time_ns next = event_queue_next_time(stack->events);
                if (next == TIME_NEVER || next > until) {
                        if (until != TIME_NEVER)
                                stack->now = MAX(stack->now, until);
                        return false;
                }
                run_until(stack, next);
        }
        return true;
}

static bool simulated_capture(Stack *stack, time_ns until, struct captured_packet *packet)
{
        if (!wait_for_packet(stack, until))
                return false;
        g_autofree struct captured_packet *first = g_queue_pop_head(&stack->sent);
        *packet = *first;
        return true;
}

/* ---- Calls ---- */

static void run_errand(Process *process, void *data)
{
        struct errand *errand = data;
        struct Caller caller = { .process = process };
        errand->main(&caller, errand->data);
        errand->has_ended = true;
        errand->ended = process_now(process);
}

static void on_call(void *data)
{
        Stack *stack = data;
        process_spawn(stack->program, run_errand, g_steal_pointer(&stack->starting), NULL);
}

static void simulated_start(Stack *stack, struct errand *errand)
{
        errand->has_ended = false;
        errand->started = stack->now;
        stack->starting = errand;
        struct event_key key = {
                .time = stack->now, .owner = OWNER_HOST, .class = EVENT_WAKE_UP, .number = CALL_NUMBER
        };
        event_queue_set(stack->events, &stack->call, &key);
        run_until(stack, stack->now);
}

static bool simulated_finish(Stack *stack, struct errand *errand, time_ns until)
{
        while (!errand->has_ended) {
                time_ns next = event_queue_next_time(stack->events);
                if (next == TIME_NEVER || next > until)
                        break;
                run_until(stack, next);
        }
        if (!errand->has_ended && until != TIME_NEVER)
                stack->now = MAX(stack->now, until);
        return errand->has_ended;
}

/* ---- Settings ---- */

static struct tcp_settings tcp_settings_of(const Stack *stack)
{
        struct tcp_settings settings = sysctls_tcp_settings(stack->sysctls);
        if (stack->adjust != NULL)
                stack->adjust(stack->adjust_data, &settings);
        return settings;
}

static bool simulated_set_sysctl(Stack *stack, const char *name, const char *value, GError **error)
{
        if (sysctls_set(stack->sysctls, name, value) == SYSCTL_BAD_VALUE) {
                g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s cannot be \"%s\"", name, value);
                return false;
        }
        struct tcp_settings settings = tcp_settings_of(stack);
        host_set_tcp_settings(stack->host, &settings);
        process_set_tcp_settings(stack->program, &settings);
        return true;
}

static bool simulated_set_mtu(Stack *stack, uint32_t mtu, GError **error)
{
        (void)error;
        link_set_mtu(stack->device, mtu);
        host_on_mtu_changed(stack->host);
        return true;
}

/* Nothing ever waits in a device that takes no time to send. */
static bool simulated_set_queue_limit(Stack *stack, uint32_t packets, GError **error)
{
        (void)stack;
        (void)packets;
        (void)error;
        return false;
}

static bool simulated_counter(Stack *stack, const char *name, int64_t *value)
{
        return host_tcp_counter(stack->host, name, value);
}

/* ---- Making ---- */

static bool open_trace(Stack *stack, const struct stack_config *config, GError **error)
{
        if (config->trace_file == NULL)
                return true;
        stack->trace = trace_new();
        trace_add_owner(stack->trace, TRACE_OWNER_HOST, "stack", NULL, NULL);
        trace_add_owner(stack->trace, TRACE_OWNER_LINK, "line", "stack", "script");
        trace_add_owner(stack->trace, TRACE_OWNER_HOST, "script", NULL, NULL);
        if (!kept_file_open(&stack->trace_file, config->trace_file, error))
                return false;
        const struct trace_about about = {
                .scenario = config->name, .version = INORDER_VERSION, .file_name = stack->trace_file.name
        };
        stack->ndjson = trace_ndjson_new(stack->trace, stack->trace_file.file, &about, TRACE_ALL_KINDS);
        return true;
}

static void connect_contexts(Stack *stack)
{
        stack->net = (struct net_context){
                .events = stack->events, .packets = stack->packets, .trace = stack->trace
        };
        stack->context = (struct host_context){ .net = &stack->net,
                .payloads = stack->payloads,
                .transfers = stack->transfers,
                .hosts = stack->hosts };
}

static void make_host(Stack *stack, const struct stack_config *config)
{
        bool is_ipv4 = ip_address_is_ipv4(&config->local);
        struct host_config host = {
                .name = "stack",
                .owner = OWNER_HOST,
                .address = is_ipv4 ? config->local : ip_address_any,
                .address6 = is_ipv4 ? ip_address_any : config->local,
                .tcp = tcp_settings_of(stack),
                .adjust = stack->adjust,
                .adjust_data = stack->adjust_data,
                .merge_size = config->merge_size,
                .ephemeral_first = 32768,
                .ephemeral_last = 60999,
        };
        stack->host = host_new(&stack->context, &host);
}

static void make_device(Stack *stack, const struct stack_config *config)
{
        const struct link_config link = {
                .label = "line",
                .owner = OWNER_ROUTE_OUT,
                .mtu = config->mtu,
                .queue = { .ops = &queue_droptail },
        };
        const struct packet_sink sink = { .deliver = on_sent, .data = stack, .owner = OWNER_SCRIPT };
        stack->device = link_new(&stack->net, &link, &sink);
        host_add_device(stack->host, stack->device);
        route_table_add(host_routes(stack->host), &ip_address_any, 0, stack->device);
}

static void keep_descriptors(Process *process, void *data)
{
        (void)data;
        process_sleep_until(process, TIME_NEVER);
}

static void start_program(Stack *stack)
{
        const struct process_config config = { .program = "script", .main = keep_descriptors };
        stack->program = process_start(stack->host, &config, 0);
        run_until(stack, 0);
}

static bool close_trace(Stack *stack, GError **error)
{
        bool is_written = stack->ndjson == NULL || trace_ndjson_finish(stack->ndjson, error);
        trace_ndjson_free(stack->ndjson);
        trace_free(stack->trace);
        return kept_file_close(&stack->trace_file, is_written, error) && is_written;
}

static bool simulated_close(Stack *stack, GError **error)
{
        stack->net.trace = NULL;
        stack->context.abort_on_finish = true;
        host_free(stack->host);
        link_free(stack->device);
        for (GList *link = stack->sent.head; link != NULL; link = link->next) {
                struct captured_packet *packet = link->data;
                g_free(packet->bytes);
                g_free(packet);
        }
        g_queue_clear(&stack->sent);
        bool is_written = close_trace(stack, error);
        g_ptr_array_unref(stack->transfers);
        g_ptr_array_unref(stack->hosts);
        packet_pool_free(stack->packets);
        payload_pool_free(stack->payloads);
        event_queue_free(stack->events);
        sysctls_free(stack->sysctls);
        g_free(stack);
        return is_written;
}

static Stack *simulated_open(const struct stack_config *config, GError **error)
{
        Stack *stack = g_new0(Stack, 1);
        stack->events = event_queue_new();
        stack->payloads = payload_pool_new();
        stack->packets = packet_pool_new(stack->payloads);
        stack->transfers = g_ptr_array_new();
        stack->hosts = g_ptr_array_new();
        stack->sysctls = sysctls_copy(config->sysctls);
        stack->adjust = config->adjust;
        stack->adjust_data = config->adjust_data;
        event_init(&stack->arrival, on_arrival, stack);
        event_init(&stack->call, on_call, stack);
        if (!open_trace(stack, config, error)) {
                simulated_close(stack, NULL);
                return NULL;
        }
        connect_contexts(stack);
        make_host(stack, config);
        make_device(stack, config);
        start_program(stack);
        return stack;
}

const struct stack_ops stack_simulated = {
        .name = "inorder",
        .open = simulated_open,
        .close = simulated_close,
        .now = simulated_now,
        .clock_origin = simulated_origin,
        .wait_until = simulated_wait_until,
        .inject = simulated_inject,
        .capture = simulated_capture,
        .start = simulated_start,
        .finish = simulated_finish,
        .sockets = &simulated_sockets,
        .set_sysctl = simulated_set_sysctl,
        .set_mtu = simulated_set_mtu,
        .set_queue_limit = simulated_set_queue_limit,
        .counter = simulated_counter,
};
