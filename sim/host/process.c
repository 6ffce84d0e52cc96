/*
 * Processes: coroutines that the event queue resumes.
 *
 * Each has one event, of class EVENT_WAKE_UP: its start, the end of its sleep, or the instant somebody woke
 * it.
 */
#include "host/process_private.h"

#include "host/host_private.h"
#include "host/socket_private.h"

#include <errno.h>

static void queue_wake_up(Process *process, time_ns at)
{
        struct event_key key = {
                .time = at, .owner = process->host->owner, .class = EVENT_WAKE_UP, .number = process->number
        };
        event_queue_set(process->host->context->net->events, &process->wake_up, &key);
}

static void process_forget(Process *process)
{
        Host *host = process->host;
        struct program *program = process->program;
        event_queue_cancel(host->context->net->events, &process->wake_up);
        g_queue_unlink(&host->processes, &process->link);
        coroutine_free(process->coroutine);
        if (process->free_data != NULL)
                process->free_data(process->data);
        block_pool_give_back(host_memory(host), process, sizeof *process);
        if (--program->processes == 0)
                program_free(program);
}

static void run_main(void *data)
{
        Process *process = data;
        process->main(process, process->data);
}

static void go_on(void *data)
{
        Process *process = data;
        if (process->coroutine == NULL)
                process->coroutine = coroutine_new(process->host->context->shared->stacks, run_main, process);
        coroutine_resume(process->coroutine);
        if (coroutine_has_ended(process->coroutine))
                process_forget(process);
}

static Process *process_new(
        Host *host, struct program *program, process_main main, void *data, void (*free_data)(void *data))
{
        Process *process = block_pool_take_zeroed(host_memory(host), sizeof *process);
        process->host = host;
        process->program = program;
        process->number = ++host->wakers;
        process->main = main;
        process->data = data;
        process->free_data = free_data;
        process->link.data = process;
        event_init(&process->wake_up, go_on, process);
        g_queue_push_tail_link(&host->processes, &process->link);
        program->processes++;
        return process;
}

Process *process_start(Host *host, const struct process_config *config, time_ns at)
{
        struct program *program = program_new(host, config);
        Process *process = process_new(host, program, config->main, config->data, config->free_data);
        queue_wake_up(process, at);
        return process;
}

Process *process_spawn(Process *parent, process_main main, void *data, void (*free_data)(void *data))
{
        Process *process = process_new(parent->host, parent->program, main, data, free_data);
        queue_wake_up(process, process_now(parent));
        return process;
}

Host *process_host(Process *process)
{
        return process->host;
}

const char *process_program(const Process *process)
{
        return process->program->name;
}

time_ns process_now(Process *process)
{
        return host_now(process->host);
}

void process_set_tcp_settings(Process *process, const struct tcp_settings *settings)
{
        process->program->tcp = *settings;
}

bool process_is_cancelled(const Process *process)
{
        return process->host->is_closing || process->host->context->abort_on_finish;
}

enum process_waking process_wait(Process *process, time_ns deadline, const char *call, const Socket *socket)
{
        if (process_is_cancelled(process))
                return PROCESS_CANCELLED;
        process->is_woken = false;
        process->wait_call = call;
        process->wait_socket = socket;
        if (deadline != TIME_NEVER)
                queue_wake_up(process, MAX(deadline, process_now(process)));
        coroutine_suspend(process->coroutine);
        process->wait_call = NULL;
        process->wait_socket = NULL;
        if (process_is_cancelled(process))
                return PROCESS_CANCELLED;
        return process->is_woken ? PROCESS_WOKEN : PROCESS_TIMED_OUT;
}

void process_wake(Process *process)
{
        process->is_woken = true;
        if (!process->host->is_closing)
                queue_wake_up(process, process_now(process));
}

void process_cancel(Process *process)
{
        if (process->coroutine == NULL)
                process_forget(process);
        else
                go_on(process);
}

void process_describe_wait(const Process *process, GString *text)
{
        g_string_append_printf(text, "%s: ", process->program->name);
        if (process->wait_call == NULL) {
                g_string_append(text, "not started");
                return;
        }
        g_string_append(text, process->wait_call);
        if (process->wait_socket != NULL)
                socket_describe(process->wait_socket, text);
}

bool process_sleep_until(Process *process, time_ns at)
{
        if (process_wait(process, at, "sleep", NULL) != PROCESS_CANCELLED)
                return true;
        errno = ECANCELED;
        return false;
}

bool process_sleep(Process *process, duration_ns duration)
{
        return process_sleep_until(process, process_now(process) + MAX(duration, 0));
}

uint64_t process_random(Process *process)
{
        struct program *program = process->program;
        return rng_draw(&program->luck, program->draws++, 0, 0);
}

bool process_is_heard(const Process *process)
{
        return host_traces(process->host, TRACE_STEP);
}

void process_step(Process *process, const char *name, const char *format, ...)
{
        Host *host = process->host;
        if (!process_is_heard(process))
                return;
        va_list arguments;
        va_start(arguments, format);
        g_autofree char *text = g_strdup_vprintf(format, arguments);
        va_end(arguments);
        struct trace_event event = { .kind = TRACE_STEP,
                .time = host_now(host),
                .owner = host->owner,
                .transfer = host_transfer_number(process->program->transfer),
                .step = { process->number, process->program->name, name, text } };
        trace_emit(host->context->net->trace, &event);
}
