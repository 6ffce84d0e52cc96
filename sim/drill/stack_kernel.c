/*
 * This machine's kernel as a stack under test: a network namespace of its own, whose only way out is a TUN
 * device that this process holds. Time is real.
 *
 * The stack's thread waits for packets and for ends of errands in one place, so that a packet is stamped when
 * it comes.
 */
#include "drill/stack.h"

#include "drill/kernel_callers.h"
#include "drill/kernel_namespace.h"
#include "drill/kernel_sockets.h"
#include "drill/sysctls.h"
#include "live/network_device.h"
#include "live/tun.h"
#include "wire/ip_header.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define DEVICE          "tun0"
#define QUEUE_PACKETS   1000
#define PACKET_SIZE_MAX 65536
/* How often a caller that has not come back yet is looked at. */
#define LOOK_AGAIN (200 * MICROSECOND)
/* A script may wait without a limit, but somebody waits for the script. */
#define LONGEST_WAIT (600 * SECOND)

/* Of the thread that uses the stack, before it did. */
struct scheduling {
        int policy;
        struct sched_param parameters;
        bool was_changed;
};

struct Stack {
        int tun;
        time_ns epoch;
        KernelCallers *callers;
        struct ip_address local;
        struct ip_address remote;
        GQueue captured; /* of struct captured_packet * */
        struct scheduling before;
        uint8_t buffer[PACKET_SIZE_MAX];
};

GQuark stack_error_quark(void)
{
        return g_quark_from_static_string("inorder-stack-error");
}

/* ---- Setting up, on a thread in the namespace ---- */

struct setting_up {
        const struct stack_config *config;
        KernelCallers *callers;
        int tun;
        GError *error;
};

static void become_unavailable(GError **error)
{
        g_autoptr(GError) cause = g_steal_pointer(error);
        g_set_error_literal(error, STACK_ERROR, STACK_ERROR_UNAVAILABLE, cause->message);
}

static bool lacks_rights(const GError *error)
{
        return g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_PERM) ||
               g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_ACCES) ||
               g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_ROFS);
}

/* Routers are not asked for, addresses not made, duplicates not looked for: all that would send. */
static void quieten_ipv6(void)
{
        static const char *const settings[][2] = {
                { "net.ipv6.conf.default.accept_dad", "0" },
                { "net.ipv6.conf.default.accept_ra", "0" },
                { "net.ipv6.conf.default.router_solicitations", "0" },
                { "net.ipv6.conf.default.addr_gen_mode", "1" },
        };
        for (size_t i = 0; i < G_N_ELEMENTS(settings); i++)
                kernel_sysctl_set(settings[i][0], settings[i][1], NULL); /* no IPv6, no noise */
}

/* In a namespace only an algorithm that the machine allows to everybody can be the default
 * (tcp_set_default_congestion_ control() of Linux answers EPERM); but a socket of root's may take any, so
 * each is given it. */
static enum kernel_sysctl set_sysctl(
        KernelCallers *callers, const char *name, const char *value, GError **error)
{
        GError *refusal = NULL;
        enum kernel_sysctl result = kernel_sysctl_set(name, value, &refusal);
        if (g_str_has_suffix(name, "tcp_congestion_control")) {
                bool is_restricted = g_error_matches(refusal, G_FILE_ERROR, G_FILE_ERROR_PERM);
                kernel_callers_set_congestion(callers, is_restricted ? value : "");
                if (is_restricted) {
                        g_error_free(refusal);
                        return KERNEL_SYSCTL_SET;
                }
        }
        if (refusal != NULL)
                g_propagate_error(error, refusal);
        return result;
}

static void set_profile_value(void *data, const char *name, const char *value)
{
        struct setting_up *work = data;
        if (work->error != NULL)
                return;
        g_autoptr(GError) error = NULL;
        /* What kernels of one age have and others have not, or what is not a namespace's, stays as it is. */
        if (set_sysctl(work->callers, name, value, &error) == KERNEL_SYSCTL_REFUSED)
                work->error = g_steal_pointer(&error);
}

static bool set_device_up(const struct stack_config *config, GError **error)
{
        return network_device_bring_up("lo", error) && network_device_set_mtu(DEVICE, config->mtu, error) &&
               network_device_set_pfifo(DEVICE, QUEUE_PACKETS, error) &&
               network_device_bring_up(DEVICE, error) &&
               network_device_add_address(DEVICE, &config->local, config->prefix, error) &&
               network_device_add_route(DEVICE, &config->remote, error);
}

static void set_up(Caller *caller, void *data)
{
        (void)caller;
        struct setting_up *work = data;
        quieten_ipv6();
        work->tun = tun_open(DEVICE, &work->error);
        if (work->tun < 0)
                become_unavailable(&work->error);
        if (work->error != NULL || !set_device_up(work->config, &work->error))
                return;
        sysctls_foreach(work->config->sysctls, set_profile_value, work);
}

/* ---- Waiting ---- */

static time_ns kernel_now(Stack *stack)
{
        return kernel_clock() - stack->epoch;
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

static void take_packets(Stack *stack)
{
        for (;;) {
                ssize_t size = read(stack->tun, stack->buffer, sizeof stack->buffer);
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
        return until == TIME_NEVER ? kernel_now(stack) + LONGEST_WAIT : until;
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

static bool kernel_inject(Stack *stack, const uint8_t *bytes, size_t size, GError **error)
{
        if (write(stack->tun, bytes, size) < 0) {
                g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno),
                        "cannot inject %zu bytes into " DEVICE ": %s", size, g_strerror(errno));
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

static void run_inside(Stack *stack, void (*main)(Caller *caller, void *data), void *data)
{
        struct errand errand = { .main = main, .data = data };
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
        setting->is_done =

                set_sysctl(setting->callers, setting->name, setting->value, &setting->error) ==
                KERNEL_SYSCTL_SET;
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
        setting->is_done = network_device_set_mtu(DEVICE, setting->number, &setting->error);
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
        setting->is_done = network_device_set_pfifo(DEVICE, setting->number, &setting->error);
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

/* Scripts allow the kernel 4 ms, so this process must not wait for its turn. Without the privilege, timers
 * that end when they should are what is left. The callers inherit it. */
static void hurry(struct scheduling *before)
{
        const struct sched_param first_in_first_out = { .sched_priority = 1 };
        before->policy = sched_getscheduler(0);
        sched_getparam(0, &before->parameters);
        before->was_changed = sched_setscheduler(0, SCHED_FIFO, &first_in_first_out) == 0;
        prctl(PR_SET_TIMERSLACK, 1UL);
}

static void kernel_close(Stack *stack)
{
        if (stack == NULL)
                return;
        kernel_callers_free(stack->callers);
        if (stack->tun >= 0)
                close(stack->tun);
        struct captured_packet *packet;
        while ((packet = g_queue_pop_head(&stack->captured)) != NULL) {
                g_free(packet->bytes);
                g_free(packet);
        }
        if (stack->before.was_changed)
                sched_setscheduler(0, stack->before.policy, &stack->before.parameters);
        prctl(PR_SET_TIMERSLACK, 0UL);
        g_free(stack);
}

static Stack *kernel_open(const struct stack_config *config, GError **error)
{
        GError *obstacle = NULL;
        int namespace_fd = kernel_namespace_new(&obstacle);
        if (namespace_fd < 0) {
                become_unavailable(&obstacle);
                g_propagate_error(error, obstacle);
                return NULL;
        }
        Stack *stack = g_new0(Stack, 1);
        stack->tun = -1;
        stack->local = config->local;
        stack->remote = config->remote;
        g_queue_init(&stack->captured);
        hurry(&stack->before);
        stack->callers = kernel_callers_new(namespace_fd);
        struct setting_up work = { .config = config, .callers = stack->callers, .tun = -1 };
        run_inside(stack, set_up, &work);
        stack->tun = work.tun;
        if (work.error != NULL) {
                if (lacks_rights(work.error))
                        become_unavailable(&work.error);
                g_propagate_error(error, work.error);
                kernel_close(stack);
                return NULL;
        }
        take_packets(stack);
        stack->epoch = kernel_clock();
        return stack;
}

const struct stack_ops stack_kernel = {
        .name = "kernel",
        .open = kernel_open,
        .close = kernel_close,
        .now = kernel_now,
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
