/*
 * The calls by name, and those of them that are simple.
 */
#include "drill/call_frame.h"

#include <errno.h>
#include <string.h>

#include "drill/symbol_table.h"

#define BUFFER_BYTES_MAX (64 * 1024 * 1024)

/* ---- Arguments that many have ---- */

static bool prepare_fd(ScriptCall *call, GError **error)
{
        int64_t fd;
        if (!call_number(call_argument(call, 0), &fd, error))
                return false;
        call->fd = call_live_fd(call, fd);
        return true;
}

static bool prepare_fd_and_number(ScriptCall *call, GError **error)
{
        return prepare_fd(call, error) && call_number(call_argument(call, 1), &call->numbers[0], error);
}

static bool is_null(const struct script_value *value)
{
        return (value->kind == SCRIPT_VALUE_INTEGER && value->integer == 0) ||
               (value->kind == SCRIPT_VALUE_WORD && strcmp(value->text, "NULL") == 0);
}

/* fd, buffer, size and perhaps flags. */
static bool prepare_buffer(ScriptCall *call, GError **error)
{
        int64_t size;
        if (!prepare_fd(call, error) || !call_number(call_argument(call, 2), &size, error))
                return false;
        if (size < 0 || size > BUFFER_BYTES_MAX)
                return call_refuse(call_argument(call, 2), error,
                        "the size is %" G_GINT64_FORMAT "; it goes from 0 to %d bytes", size,
                        BUFFER_BYTES_MAX);
        call_add_piece(call, (size_t)size);
        call_end_pieces(call);
        if (call->script->arguments->len > 3 &&
                !call_number(call_argument(call, 3), &call->numbers[0], error))
                return false;
        /* With MSG_TRUNC nothing is put there. */
        call->is_null_buffer = is_null(call_argument(call, 1)) && !(call->numbers[0] & MSG_TRUNC);
        if (call->is_null_buffer)
                call->message.pieces[0].iov_base = NULL;
        return true;
}

static bool address_port(const struct script_value *value, uint16_t *port, GError **error)
{
        int64_t number;
        const char *name = call_field(value, "sin6_port") != NULL ? "sin6_port" : "sin_port";
        if (!call_field_number(value, name, &number, error))
                return false;
        *port = (uint16_t)number;
        return true;
}

/* {sa_family = AF_INET, sin_port = htons(8080), sin_addr = inet_addr("192.0.2.1")} */
static bool read_address(const struct script_value *value, struct endpoint *address, GError **error)
{
        const struct script_field *field = call_field(value, "sin_addr");
        if (field == NULL)
                field = call_field(value, "sin6_addr");
        if (!address_port(value, &address->port, error))
                return false;
        if (field == NULL || field->value->kind == SCRIPT_VALUE_ELLIPSIS)
                return true;
        const struct script_value *text = field->value;
        if (text->kind == SCRIPT_VALUE_CALL && text->items->len > 0)
                text = text->items->pdata[text->items->len - 1];
        if (text->kind != SCRIPT_VALUE_STRING || !ip_address_parse(text->text, &address->address))
                return call_refuse(text, error, "an address is written inet_addr(\"192.0.2.1\")");
        return true;
}

/* "..." is `usual`. AF_UNSPEC: no address. */
static bool prepare_address(
        ScriptCall *call, const struct script_value *value, const struct endpoint *usual, GError **error)
{
        call->address = *usual;
        call->has_address = true;
        switch (value->kind) {
        case SCRIPT_VALUE_ELLIPSIS:
                return true;
        case SCRIPT_VALUE_WORD:
                if (strcmp(value->text, "AF_UNSPEC") != 0)
                        return call_refuse(value, error, "an address, ..., or AF_UNSPEC is expected here");
                call->has_address = false;
                return true;
        case SCRIPT_VALUE_STRUCT:
                return read_address(value, &call->address, error);
        default:
                return call_refuse(value, error, "an address, ..., or AF_UNSPEC is expected here");
        }
}

/* ---- One call each ---- */

static bool prepare_socket(ScriptCall *call, GError **error)
{
        call->numbers[0] = call->context->domain;
        if (call_argument(call, 0)->kind != SCRIPT_VALUE_ELLIPSIS &&
                !call_number(call_argument(call, 0), &call->numbers[0], error))
                return false;
        return call_number(call_argument(call, 1), &call->numbers[1], error) &&
               call_number(call_argument(call, 2), &call->numbers[2], error);
}

static int64_t perform_socket(Caller *caller, ScriptCall *call)
{
        return call->context->sockets->socket(
                caller, (int)call->numbers[0], (int)call->numbers[1], (int)call->numbers[2]);
}

static void check_socket(ScriptCall *call, GString *differences)
{
        (void)differences;
        if (call->result >= 0)
                conversation_on_socket(call->context->conversation, (int)call->result);
}

static bool prepare_bind(ScriptCall *call, GError **error)
{
        return prepare_fd(call, error) &&
               prepare_address(call, call_argument(call, 1), &call->context->local, error);
}

static int64_t perform_bind(Caller *caller, ScriptCall *call)
{
        return call->context->sockets->bind(caller, call->fd, &call->address);
}

static void check_bind(ScriptCall *call, GString *differences)
{
        (void)differences;
        if (call->result == 0)
                conversation_on_bind(call->context->conversation, call->fd, call->address.port);
}

static int64_t perform_listen(Caller *caller, ScriptCall *call)
{
        return call->context->sockets->listen(caller, call->fd, (int)call->numbers[0]);
}

static void check_listen(ScriptCall *call, GString *differences)
{
        (void)differences;
        if (call->result == 0)
                conversation_on_listen(call->context->conversation, call->fd);
}

static bool prepare_accept(ScriptCall *call, GError **error)
{
        if (!prepare_fd(call, error))
                return false;
        return call->script->arguments->len < 4 ||
               call_number(call_argument(call, 3), &call->numbers[0], error);
}

static int64_t perform_accept(Caller *caller, ScriptCall *call)
{
        return call->context->sockets->accept(caller, call->fd, &call->address, (int)call->numbers[0]);
}

static void check_accept(ScriptCall *call, GString *differences)
{
        if (call->result < 0)
                return;
        if (!conversation_knows_caller(call->context->conversation, &call->address))
                call_differ(differences, "accepted another connection than the one under test");
        conversation_on_accept(call->context->conversation, (int)call->result, &call->address);
}

static bool prepare_connect(ScriptCall *call, GError **error)
{
        if (!prepare_fd(call, error) ||
                !prepare_address(call, call_argument(call, 1), &call->context->remote, error))
                return false;
        conversation_on_connect(
                call->context->conversation, call->fd, call->has_address ? &call->address : NULL);
        return true;
}

static int64_t perform_connect(Caller *caller, ScriptCall *call)
{
        return call->context->sockets->connect(caller, call->fd, call->has_address ? &call->address : NULL);
}

static bool prepare_sendto(ScriptCall *call, GError **error)
{
        const struct script_value *to = call_argument(call, 4);
        if (!prepare_buffer(call, error))
                return false;
        if (to->kind == SCRIPT_VALUE_ELLIPSIS || to->kind == SCRIPT_VALUE_STRUCT) {
                if (!prepare_address(call, to, &call->context->remote, error))
                        return false;
                call->message.name = &call->address;
        }
        call_may_connect(call);
        return true;
}

static int64_t perform_send(Caller *caller, ScriptCall *call)
{
        return call->context->sockets->sendmsg(caller, call->fd, &call->message, (int)call->numbers[0]);
}

static int64_t perform_receive(Caller *caller, ScriptCall *call)
{
        call->message.name = &call->address;
        return call->context->sockets->recvmsg(caller, call->fd, &call->message, (int)call->numbers[0]);
}

static uint8_t *buffer_of(const ScriptCall *call)
{
        return call->is_null_buffer ? NULL : call->buffer->data;
}

static int64_t perform_read(Caller *caller, ScriptCall *call)
{
        return call->context->sockets->read(caller, call->fd, buffer_of(call), call->buffer->len);
}

static int64_t perform_write(Caller *caller, ScriptCall *call)
{
        return call->context->sockets->write(caller, call->fd, buffer_of(call), call->buffer->len);
}

static int64_t perform_shutdown(Caller *caller, ScriptCall *call)
{
        return call->context->sockets->shutdown(caller, call->fd, (int)call->numbers[0]);
}

static int64_t perform_close(Caller *caller, ScriptCall *call)
{
        return call->context->sockets->close(caller, call->fd);
}

static bool prepare_number(ScriptCall *call, GError **error)
{
        return call_number(call_argument(call, 0), &call->numbers[0], error);
}

static int64_t perform_epoll_create(Caller *caller, ScriptCall *call)
{
        return call->context->sockets->epoll_create(caller, (int)call->numbers[0]);
}

static int64_t perform_getsockname(Caller *caller, ScriptCall *call)
{
        return call->context->sockets->getsockname(caller, call->fd, &call->address);
}

static int64_t perform_getpeername(Caller *caller, ScriptCall *call)
{
        return call->context->sockets->getpeername(caller, call->fd, &call->address);
}

const struct call_kind call_kinds[] = {
        { "socket", 3, 3, prepare_socket, perform_socket, check_socket, true },
        { "bind", 3, 3, prepare_bind, perform_bind, check_bind, false },
        { "listen", 2, 2, prepare_fd_and_number, perform_listen, check_listen, false },
        { "accept", 3, 3, prepare_accept, perform_accept, check_accept, true },
        { "accept4", 4, 4, prepare_accept, perform_accept, check_accept, true },
        { "connect", 3, 3, prepare_connect, perform_connect, NULL, false },
        { "read", 3, 3, prepare_buffer, perform_read, NULL, false },
        { "readv", 3, 3, call_prepare_vector, perform_receive, NULL, false },
        { "recv", 4, 4, prepare_buffer, perform_receive, NULL, false },
        { "recvfrom", 6, 6, prepare_buffer, perform_receive, NULL, false },
        { "recvmsg", 3, 3, call_prepare_message, call_perform_recvmsg, call_check_recvmsg, false },
        { "write", 3, 3, prepare_buffer, perform_write, NULL, false },
        { "writev", 3, 3, call_prepare_vector, perform_send, NULL, false },
        { "send", 4, 4, prepare_buffer, perform_send, NULL, false },
        { "sendto", 6, 6, prepare_sendto, perform_send, NULL, false },
        { "sendmsg", 3, 3, call_prepare_message, call_perform_sendmsg, NULL, false },
        { "shutdown", 2, 2, prepare_fd_and_number, perform_shutdown, NULL, false },
        { "close", 1, 1, prepare_fd, perform_close, NULL, false },
        { "getsockname", 3, 3, prepare_fd, perform_getsockname, NULL, false },
        { "getpeername", 3, 3, prepare_fd, perform_getpeername, NULL, false },
        { "getsockopt", 5, 5, call_prepare_getsockopt, call_perform_getsockopt, call_check_getsockopt,
                false },
        { "setsockopt", 5, 5, call_prepare_setsockopt, call_perform_setsockopt, NULL, false },
        { "fcntl", 2, 3, call_prepare_fcntl, call_perform_fcntl, NULL, false },
        { "ioctl", 2, 3, call_prepare_ioctl, call_perform_ioctl, call_check_ioctl, false },
        { "poll", 3, 3, call_prepare_poll, call_perform_poll, call_check_poll, false },
        { "epoll_create", 1, 1, prepare_number, perform_epoll_create, NULL, true },
        { "epoll_create1", 1, 1, prepare_number, perform_epoll_create, NULL, true },
        { "epoll_ctl", 4, 4, call_prepare_epoll_ctl, call_perform_epoll_ctl, NULL, false },
        { "epoll_wait", 4, 4, call_prepare_epoll_wait, call_perform_epoll_wait, call_check_epoll_wait,
                false },
};
const unsigned call_kind_count = G_N_ELEMENTS(call_kinds);

/* ---- Making ---- */

static bool prepare(ScriptCall *call, GError **error)
{
        unsigned count = call->script->arguments->len;
        const char *name = call->script->name;
        if (count < call->kind->least || count > call->kind->most) {
                g_set_error(error, SCRIPT_ERROR, SCRIPT_ERROR_SYNTAX,
                        "error: %s() takes %u arguments, not %u", name, call->kind->least, count);
                return false;
        }
        return call->kind->prepare(call, error);
}

ScriptCall *script_call_new(struct call_context *context, const struct script_call *script, GError **error)
{
        g_autoptr(ScriptCall) call = g_new0(ScriptCall, 1);
        call->context = context;
        call->script = script;
        call->kind = call_kind_find(script->name);
        call->buffer = g_byte_array_new();
        call->pieces = g_array_new(FALSE, TRUE, sizeof(struct iovec));
        call->polls = g_array_new(FALSE, TRUE, sizeof(struct pollfd));
        return prepare(call, error) ? g_steal_pointer(&call) : NULL;
}

void script_call_free(ScriptCall *call)
{
        if (call == NULL)
                return;
        g_byte_array_unref(call->buffer);
        g_array_unref(call->pieces);
        g_array_unref(call->polls);
        g_free(call);
}

void script_call_run(Caller *caller, void *data)
{
        ScriptCall *call = data;
        errno = 0;
        call->result = call->kind->perform(caller, call);
        call->error = call->result < 0 ? errno : 0;
}

/* ---- Results ---- */

/* A new descriptor's number in the script is its name from now on. */
static bool takes_fd(ScriptCall *call, int64_t expected)
{
        if (!call->kind->gives_fd || call->result < 0 || expected < 0)
                return false;
        g_hash_table_insert(
                call->context->fds, GINT_TO_POINTER((int)expected), GINT_TO_POINTER((int)call->result));
        return true;
}

static void check_error(const ScriptCall *call, GString *differences)
{
        char expected_name[24];
        char seen_name[24];
        if (call->script->error == NULL || call->result >= 0)
                return;
        int expected = symbol_find_error(call->script->error);
        if (expected != call->error)
                call_differ(differences, "errno: expected %s, seen %s",
                        symbol_error_name(expected, expected_name),
                        symbol_error_name(call->error, seen_name));
}

void script_call_check(ScriptCall *call, GString *differences)
{
        int64_t expected = 0;
        g_autoptr(GError) error = NULL;
        const struct script_value *result = call->script->result;
        if (result->kind != SCRIPT_VALUE_ELLIPSIS && !call_number(result, &expected, &error)) {
                call_differ(differences, "%s", error->message);
                return;
        }
        bool is_free = result->kind == SCRIPT_VALUE_ELLIPSIS || takes_fd(call, expected);
        if (!is_free && expected != call->result)
                call_differ(differences, "result: expected %" G_GINT64_FORMAT ", seen %" G_GINT64_FORMAT,
                        expected, call->result);
        check_error(call, differences);
        if (call->kind->check != NULL)
                call->kind->check(call, differences);
}

void script_call_describe(const ScriptCall *call, GString *text)
{
        char name[24];
        g_string_append_printf(text, "%s(...) = %" G_GINT64_FORMAT, call->script->name, call->result);
        if (call->result < 0)
                g_string_append_printf(text, " %s", symbol_error_name(call->error, name));
}
