/*
 * This machine's kernel as a stack under test: a network namespace of its own, whose only way out is a TUN
 * device that this process holds. Time is real.
 *
 * The stack's thread waits for packets and for ends of errands in one place, so that a packet is stamped when
 * it comes.
 */
#include "drill/stack.h"

#include "drill/kernel_callers.h"
#include "drill/kernel_clock.h"
#include "drill/kernel_haste.h"
#include "drill/kernel_setup.h"
#include "drill/kernel_sockets.h"
#include "live/network_device.h"
#include "live/tun.h"
#include "wire/ip_header.h"
#include "wire/tcp_segment.h"

#include <errno.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define PACKET_SIZE_MAX 65536
/* How often a caller that has not come back yet is looked at. */
#define LOOK_AGAIN (200 * MICROSECOND)
/* A script may wait without a limit, but somebody waits for the script. */
#define PATIENCE_DEFAULT (60 * SECOND)

struct Stack {
        int tun;
        uint16_t merge_size; /* 0: the device has no offload headers */
        time_ns epoch;
        duration_ns patience;
        KernelCallers *callers;
        struct ip_address local;
        struct ip_address remote;
        GQueue captured; /* of struct captured_packet * */
        struct kernel_haste before;
        uint8_t buffer[PACKET_SIZE_MAX];
};

GQuark stack_error_quark(void)
{
        return g_quark_from_static_string("inorder-stack-error");
}

/* ---- Waiting ---- */

static time_ns kernel_now(Stack *stack)
{
        return kernel_clock() - stack->epoch;
}

static time_ns kernel_origin(Stack *stack)
{
        struct timespec wall;
        clock_gettime(CLOCK_REALTIME, &wall);
        return wall.tv_sec * SECOND + wall.tv_nsec - kernel_now(stack);
}

/* From the address under test to the script's: what else a kernel sends of its own accord is no answer to a
 * script. */
static bool is_of_the_script(const Stack *stack, const uint8_t *bytes, size_t size)
{
        struct ip_header header;
        return ip_header_parse(bytes, size, size, &header) == IP_OK &&
               ip_address_equal(&header.source, &stack->local) &&
               ip_address_equal(&header.destination, &stack->remote) &&
               (header.protocol == IP_PROTOCOL_TCP || header.protocol == IP_PROTOCOL_UDP ||
                       header.protocol == IP_PROTOCOL_ICMP || header.protocol == IP_PROTOCOL_ICMPV6);
}

/* Into the buffer; as read(2). */
static ssize_t read_packet(Stack *stack)
{
        uint8_t header[TUN_OFFLOAD_SIZE];
        const struct iovec pieces[] = {
                { header, stack->merge_size > 0 ? sizeof header : 0 },
                { stack->buffer, sizeof stack->buffer },
        };
        ssize_t size = readv(stack->tun, pieces, G_N_ELEMENTS(pieces));
        return size < 0 ? size : MAX(size - (ssize_t)pieces[0].iov_len, 0);
}

static void take_packets(Stack *stack)
{
        for (;;) {
                ssize_t size = read_packet(stack);
                if (size < 0 && errno == EINTR)
                        continue;
                if (size <= 0)
                        return;
                if (!is_of_the_script(stack, stack->buffer, size))
                        continue;
                struct captured_packet *packet = g_new(struct captured_packet, 1);
                *packet = (struct captured_packet){
                        .time = kernel_now(stack), .bytes = g_memdup2(stack->buffer, size), .size = size
                };
                g_queue_push_tail(&stack->captured, packet);
        }
}

/* Until a packet, the end of an errand, or `until`, which may have passed. */
static void await(Stack *stack, time_ns until)
{
        duration_ns left = MAX(until - kernel_now(stack), 0);
        const struct timespec timeout = { .tv_sec = left / SECOND, .tv_nsec = left % SECOND };
        struct pollfd fds[] = {
                { .fd = stack->tun, .events = POLLIN },
                { .fd = kernel_callers_fd(stack->callers), .events = POLLIN },
        };
        if (ppoll(fds, G_N_ELEMENTS(fds), &timeout, NULL) <= 0)
                return;
        if (fds[0].revents != 0)
                take_packets(stack);
        if (fds[1].revents != 0)
                kernel_callers_collect(stack->callers, stack->epoch);
}

static time_ns limit(Stack *stack, time_ns until)
{
        return until == TIME_NEVER ? kernel_now(stack) + stack->patience : until;
}

static void kernel_wait_until(Stack *stack, time_ns at)
{
        while (kernel_now(stack) < at)
                await(stack, at);
}

static bool kernel_capture(Stack *stack, time_ns until, struct captured_packet *packet)
{
        time_ns end = limit(stack, until);
        bool is_over = false;
        while (g_queue_is_empty(&stack->captured) && !is_over) {
                is_over = kernel_now(stack) >= end; /* then look once more, in case we came late */
                await(stack, end);
        }
        g_autofree struct captured_packet *first = g_queue_peek_head(&stack->captured);
        if (first == NULL || first->time > end) {
                (void)g_steal_pointer(&first);
                return false;
        }
        g_queue_pop_head(&stack->captured);
        *packet = *first;
        return true;
}

/* A TCP segment with more payload than one of the size has. */
static bool is_merged(const Stack *stack, const uint8_t *bytes, size_t size)
{
        struct ip_header header;
        if (stack->merge_size == 0 || ip_header_parse(bytes, size, size, &header) != IP_OK)
                return false;
        if (header.protocol != IP_PROTOCOL_TCP || size < header.header_size + (size_t)TCP_HEADER_SIZE)
                return false;
        size_t tcp_size = (bytes[header.header_size + 12] >> 4) * 4u;
        return size > header.header_size + tcp_size + stack->merge_size;
}

static bool write_packet(Stack *stack, const uint8_t *bytes, size_t size)
{
        uint8_t header[TUN_OFFLOAD_SIZE];
        const struct iovec pieces[] = {
                { header, stack->merge_size > 0 ? sizeof header : 0 },
                { (void *)(uintptr_t)bytes, size },
        };
        bool is_ipv6 = !ip_address_is_ipv4(&stack->local);
        tun_offload_header(header, is_ipv6, is_merged(stack, bytes, size) ? stack->merge_size : 0);
        return writev(stack->tun, pieces, G_N_ELEMENTS(pieces)) >= 0;
}

static bool kernel_inject(Stack *stack, const uint8_t *bytes, size_t size, GError **error)
{
        if (!write_packet(stack, bytes, size)) {
                g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno),
                        "cannot inject %zu bytes into " KERNEL_DEVICE ": %s", size, g_strerror(errno));
                return false;
        }
        take_packets(stack); /* the kernel has dealt with it, and often answered */
        return true;
}

/* ---- Errands ---- */

static bool kernel_finish(Stack *stack, struct errand *errand, time_ns until)
{
        time_ns end = limit(stack, until);
        kernel_callers_collect(stack->callers, stack->epoch);
        while (!errand->has_ended && kernel_now(stack) < end)
                await(stack, end);
        return errand->has_ended;
}

/* A call that does not wait has returned then; one that waits sleeps in the kernel, what it sends is sent. */
static void kernel_start(Stack *stack, struct errand *errand)
{
        errand->started = kernel_now(stack);
        kernel_callers_start(stack->callers, errand);
        do
                kernel_finish(stack, errand, kernel_now(stack) + LOOK_AGAIN);
        while (!errand->has_ended && !kernel_caller_is_waiting(errand));
        take_packets(stack);
}

struct work_inside {
        void (*main)(Caller *caller, void *data);
        void *data;
};

static void work_without_haste(Caller *caller, void *data)
{
        const struct work_inside *work = data;
        const struct kernel_haste before = kernel_haste_pause();
        work->main(caller, work->data);
        kernel_haste_end(&before);
}

static void run_inside(Stack *stack, void (*main)(Caller *caller, void *data), void *data)
{
        struct work_inside work = { main, data };
        struct errand errand = { .main = work_without_haste, .data = &work };
        kernel_callers_start(stack->callers, &errand);
        while (!errand.has_ended)
                await(stack, kernel_now(stack) + SECOND);
}

/* ---- Settings and counters ---- */

struct setting {
        KernelCallers *callers;
        const char *name;
        const char *value;
        uint32_t number;
        int64_t counted;
        bool is_done;
        GError *error;
};

static bool settle(struct setting *setting, GError **error)
{
        if (setting->error != NULL)
                g_propagate_error(error, setting->error);
        return setting->is_done;
}

static void do_set_sysctl(Caller *caller, void *data)
{
        (void)caller;
        struct setting *setting = data;
        enum kernel_sysctl result =
                kernel_set_up_sysctl(setting->callers, setting->name, setting->value, &setting->error);
        setting->is_done = result == KERNEL_SYSCTL_SET;
        if (result == KERNEL_SYSCTL_MISSING)
                g_clear_error(&setting->error);
}

static bool kernel_set_sysctl(Stack *stack, const char *name, const char *value, GError **error)
{
        struct setting setting = { .callers = stack->callers, .name = name, .value = value };
        run_inside(stack, do_set_sysctl, &setting);
        return settle(&setting, error);
}

static void do_set_mtu(Caller *caller, void *data)
{
        (void)caller;
        struct setting *setting = data;
        setting->is_done = network_device_set_mtu(KERNEL_DEVICE, setting->number, &setting->error);
}

static bool kernel_set_mtu(Stack *stack, uint32_t mtu, GError **error)
{
        struct setting setting = { .number = mtu };
        run_inside(stack, do_set_mtu, &setting);
        return settle(&setting, error);
}

static void do_set_queue_limit(Caller *caller, void *data)
{
        (void)caller;
        struct setting *setting = data;
        setting->is_done = network_device_set_pfifo(KERNEL_DEVICE, setting->number, &setting->error);
}

static bool kernel_set_queue_limit(Stack *stack, uint32_t packets, GError **error)
{
        struct setting setting = { .number = packets };
        run_inside(stack, do_set_queue_limit, &setting);
        return settle(&setting, error);
}

static void do_counter(Caller *caller, void *data)
{
        (void)caller;
        struct setting *setting = data;
        setting->is_done = kernel_counter_get(setting->name, &setting->counted);
}

static bool kernel_counter(Stack *stack, const char *name, int64_t *value)
{
        struct setting setting = { .name = name };
        run_inside(stack, do_counter, &setting);
        *value = setting.counted;
        return setting.is_done;
}

/* ---- Opening and closing ---- */

struct setting_up {
        const struct stack_config *config;
        KernelCallers *callers;
        int tun;
        GError *error;
};

static void set_up(Caller *caller, void *data)
{
        (void)caller;
        struct setting_up *work = data;
        work->tun = kernel_set_up(work->config, work->callers, &work->error);
}

static void let_go(Caller *caller, void *data)
{
        (void)caller;
        (void)data;
        kernel_let_go();
}

static bool kernel_close(Stack *stack, GError **error)
{
        (void)error;
        if (stack == NULL)
                return true;
        kernel_haste_end(&stack->before);
        run_inside(stack, let_go, NULL);
        kernel_callers_free(stack->callers);
        if (stack->tun >= 0)
                close(stack->tun);
        struct captured_packet *packet;
        while ((packet = g_queue_pop_head(&stack->captured)) != NULL) {
                g_free(packet->bytes);
                g_free(packet);
        }
        g_free(stack);
        return true;
}

static void hasten_caller(Caller *caller, void *data)
{
        (void)caller;
        (void)data;
        kernel_haste_begin();
}

/* This thread, the caller that is there, and with them those that come. */
static void hurry(Stack *stack)
{
        struct errand errand = { .main = hasten_caller };
        kernel_start(stack, &errand);
        kernel_finish(stack, &errand, TIME_NEVER);
        stack->before = kernel_haste_begin();
}

static Stack *kernel_open(const struct stack_config *config, GError **error)
{
        GError *obstacle = NULL;
        int namespace_fd = kernel_namespace_new(&obstacle);
        if (namespace_fd < 0) {
                kernel_error_become_unavailable(&obstacle);
                g_propagate_error(error, obstacle);
                return NULL;
        }
        Stack *stack = g_new0(Stack, 1);
        stack->tun = -1;
        stack->local = config->local;
        stack->remote = config->remote;
        stack->patience = config->patience > 0 ? config->patience : PATIENCE_DEFAULT;
        stack->merge_size = config->merge_size;
        g_queue_init(&stack->captured);
        stack->callers = kernel_callers_new(namespace_fd);
        struct setting_up work = { .config = config, .callers = stack->callers };
        run_inside(stack, set_up, &work);
        stack->tun = work.tun;
        if (stack->tun < 0) {
                g_propagate_error(error, work.error);
                kernel_close(stack, NULL);
                return NULL;
        }
        hurry(stack);
        stack->epoch = kernel_clock_between_ticks();
        kernel_wait_until(stack, 0);
        return stack;
}

const struct stack_ops stack_kernel = {
        .name = "kernel",
        .open = kernel_open,
        .close = kernel_close,
        .now = kernel_now,
        .clock_origin = kernel_origin,
        .wait_until = kernel_wait_until,
        .inject = kernel_inject,
        .capture = kernel_capture,
        .start = kernel_start,
        .finish = kernel_finish,
        .sockets = &kernel_sockets,
        .set_sysctl = kernel_set_sysctl,
        .set_mtu = kernel_set_mtu,
        .set_queue_limit = kernel_set_queue_limit,
        .counter = kernel_counter,
};
