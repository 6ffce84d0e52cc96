/*
 * Socket calls in the trace, one event each, when they return.
 */
#include "host/call_trace.h"

#include <errno.h>
#include <string.h>

#include "host/process_private.h"

/* Field by field: nobody clears the room for people's words for a call that is not traced. */
struct call call_begin(Process *process, const char *name, int fd)
{
        struct call call;
        call.process = process;
        call.name = name;
        call.fd = fd;
        call.started = process_now(process);
        call.is_traced = host_traces(process->host, TRACE_SOCKET_CALL);
        call.connection = 0;
        call.transfer = host_transfer_number(process->program->transfer);
        call.arguments[0] = '\0';
        /* A close forgets what it was about. */
        if (call.is_traced)
                call_concern(&call, program_socket(process->program, fd));
        return call;
}

void call_concern(struct call *call, Socket *socket)
{
        if (!call->is_traced || socket == NULL)
                return;
        if (socket->connection != NULL)
                call->connection = socket->connection->number;
        uint32_t transfer = host_transfer_number(socket_transfer(socket));
        if (transfer != 0)
                call->transfer = transfer;
}

void call_tell(struct call *call, const char *format, ...)
{
        if (!call->is_traced)
                return;
        va_list values;
        va_start(values, format);
        g_vsnprintf(call->arguments, sizeof call->arguments, format, values);
        va_end(values);
}

void call_tell_endpoint(struct call *call, const struct endpoint *endpoint)
{
        char text[ENDPOINT_TEXT_SIZE];
        if (call->is_traced)
                call_tell(call, "%s", endpoint_format(endpoint, text));
}

static void trace_call(struct call *call, ssize_t result)
{
        const Process *process = call->process;
        const Host *host = process->host;
        if (host->is_closing)
                return;
        call_concern(call, program_socket(process->program, call->fd));
        struct trace_event event = { .kind = TRACE_SOCKET_CALL,
                .time = host_now(host),
                .owner = host->owner,
                .connection = call->connection,
                .transfer = call->transfer,
                .call = { .process = process->number,
                        .program = process->program->name,
                        .name = call->name,
                        .fd = call->fd,
                        .arguments = call->arguments,
                        .result = result < 0 ? -1 : result,
                        .error = result < 0 ? strerrorname_np((int)-result) : NULL,
                        .started = call->started } };
        trace_emit(host->context->net->trace, &event);
}

ssize_t call_end(struct call *call, ssize_t result)
{
        if (call->is_traced)
                trace_call(call, result);
        if (result >= 0)
                return result;
        errno = (int)-result;
        return -1;
}
