/*
 * sendmsg, recvmsg, readv and writev: pieces, control messages, flags.
 */
#include "drill/call_frame.h"

#include <linux/errqueue.h>
#include <string.h>

#define BYTES_MAX (64 * 1024 * 1024) /* of all pieces */

/* ---- Pieces ---- */

void call_add_piece(ScriptCall *call, size_t size)
{
        struct iovec piece = { .iov_len = size };
        g_array_append_val(call->pieces, piece);
}

static size_t total_size(const ScriptCall *call)
{
        size_t total = 0;
        for (guint i = 0; i < call->pieces->len; i++)
                total += g_array_index(call->pieces, struct iovec, i).iov_len;
        return total;
}

/* All zeros, once the sizes are known; of no bytes at all there is no buffer. */
void call_end_pieces(ScriptCall *call)
{
        size_t total = total_size(call);
        g_byte_array_set_size(call->buffer, (guint)total);
        if (total > 0)
                memset(call->buffer->data, 0, total);
        size_t at = 0;
        for (guint i = 0; total > 0 && i < call->pieces->len; i++) {
                struct iovec *piece = &g_array_index(call->pieces, struct iovec, i);
                piece->iov_base = call->buffer->data + at;
                at += piece->iov_len;
        }
        call->message.pieces = (struct iovec *)(void *)call->pieces->data;
        call->message.piece_count = call->pieces->len;
}

/* "{..., 1000}": a buffer and its size. */
static bool add_vector_piece(ScriptCall *call, const struct script_value *piece, GError **error)
{
        int64_t size;
        if (piece->kind != SCRIPT_VALUE_STRUCT || piece->fields->len != 2)
                return call_refuse(piece, error, "a piece is written {..., SIZE}");
        const struct script_field *field = piece->fields->pdata[1];
        if (!call_number(field->value, &size, error))
                return false;
        if (size < 0 || size > BYTES_MAX - (int64_t)total_size(call))
                return call_refuse(field->value, error,
                        "the piece's size is %" G_GINT64_FORMAT "; all go from 0 to %d bytes together", size,
                        BYTES_MAX);
        call_add_piece(call, (size_t)size);
        return true;
}

static bool add_vector(ScriptCall *call, const struct script_value *vector, GError **error)
{
        if (vector->kind != SCRIPT_VALUE_LIST)
                return call_refuse(vector, error, "pieces are written [{..., SIZE}, ...]");
        for (guint i = 0; i < vector->items->len; i++) {
                if (!add_vector_piece(call, vector->items->pdata[i], error))
                        return false;
        }
        call_end_pieces(call);
        return true;
}

static bool check_count(const struct script_value *at, int64_t count, guint pieces, GError **error)
{
        return count == pieces ||
               call_refuse(at, error, "the count is %" G_GINT64_FORMAT ", of %u piece%s; make them agree",
                       count, pieces, pieces == 1 ? "" : "s");
}

bool call_prepare_vector(ScriptCall *call, GError **error)
{
        int64_t fd;
        int64_t count;
        if (!call_number(call_argument(call, 0), &fd, error) ||
                !add_vector(call, call_argument(call, 1), error) ||
                !call_number(call_argument(call, 2), &count, error))
                return false;
        call->fd = call_live_fd(call, fd);
        return check_count(call_argument(call, 2), count, call->pieces->len, error);
}

/* ---- Control messages ---- */

static size_t append_control(uint8_t *control, size_t at, int level, int type, const void *data, size_t size)
{
        if (at + CMSG_SPACE(size) > CALL_CONTROL_SIZE)
                return 0;
        struct cmsghdr header = { .cmsg_len = CMSG_LEN(size), .cmsg_level = level, .cmsg_type = type };
        memset(control + at, 0, CMSG_SPACE(size));
        memcpy(control + at, &header, sizeof header);
        memcpy(control + at + CMSG_LEN(0), data, size);
        return at + CMSG_SPACE(size);
}

static bool extended_error(
        const struct script_value *data, struct sock_extended_err *extended, GError **error)
{
        int64_t number;
        *extended = (struct sock_extended_err){ 0 };
        for (guint i = 0; i < data->fields->len; i++) {
                const struct script_field *field = data->fields->pdata[i];
                const char *name = field->name != NULL ? field->name : "";
                if (!call_number(field->value, &number, error))
                        return false;
                if (strcmp(name, "ee_errno") == 0)
                        extended->ee_errno = (uint32_t)number;
                else if (strcmp(name, "ee_origin") == 0)
                        extended->ee_origin = (uint8_t)number;
                else if (strcmp(name, "ee_type") == 0)
                        extended->ee_type = (uint8_t)number;
                else if (strcmp(name, "ee_code") == 0)
                        extended->ee_code = (uint8_t)number;
                else if (strcmp(name, "ee_info") == 0)
                        extended->ee_info = (uint32_t)number;
                else if (strcmp(name, "ee_data") == 0)
                        extended->ee_data = (uint32_t)number;
                else
                        return call_refuse(
                                field->value, error, "\"%s\" is no field of an extended error", name);
        }
        return true;
}

/* {scm_sec=, scm_nsec=}: the first of a stamp's three clocks. */
static bool clock_stamp(const struct script_value *data, struct timespec *stamp, GError **error)
{
        int64_t seconds;
        int64_t nanoseconds;
        if (!call_field_number(data, "scm_sec", &seconds, error) ||
                !call_field_number(data, "scm_nsec", &nanoseconds, error))
                return false;
        *stamp = (struct timespec){ .tv_sec = seconds, .tv_nsec = nanoseconds };
        return true;
}

static bool is_stamp(int64_t level, int64_t type)
{
        return level == SOL_SOCKET && type == SCM_TIMESTAMPING;
}

/* A control message's data, as a struct. */
static bool put_struct(
        const struct script_value *data, int level, int type, uint8_t *control, size_t *at, GError **error)
{
        struct sock_extended_err extended;
        struct timespec stamp;
        if (is_stamp(level, type)) {
                if (!clock_stamp(data, &stamp, error))
                        return false;
                *at = append_control(control, *at, level, type, &stamp, sizeof stamp);
        } else {
                if (!extended_error(data, &extended, error))
                        return false;
                *at = append_control(control, *at, level, type, &extended, sizeof extended);
        }
        return true;
}

/* One {cmsg_level=, cmsg_type=, cmsg_data=} behind the others; `*at` 0 when there is no room. */
static bool put_control(const struct script_value *header, uint8_t *control, size_t *at, GError **error)
{
        int64_t level;
        int64_t type;
        const struct script_field *data = call_field(header, "cmsg_data");
        if (!call_field_number(header, "cmsg_level", &level, error) ||
                !call_field_number(header, "cmsg_type", &type, error))
                return false;
        if (data != NULL && data->value->kind == SCRIPT_VALUE_STRUCT) {
                if (!put_struct(data->value, (int)level, (int)type, control, at, error))
                        return false;
        } else {
                int64_t number = 0;
                if (data != NULL && !call_number(data->value, &number, error))
                        return false;
                int value = (int)number;
                *at = append_control(
                        control, *at, (int)level, (int)type, &value, data != NULL ? sizeof value : 0);
        }
        return *at > 0 ||
               call_refuse(header, error, "the control messages take more than %d bytes", CALL_CONTROL_SIZE);
}

static bool put_controls(const struct script_value *message, uint8_t *control, size_t *size, GError **error)
{
        const struct script_field *field = call_field(message, "msg_control");
        *size = 0;
        if (field == NULL || field->value->kind == SCRIPT_VALUE_ELLIPSIS)
                return true;
        if (field->value->kind != SCRIPT_VALUE_LIST)
                return call_refuse(
                        field->value, error, "control messages are written [{cmsg_level=...}, ...]");
        for (guint i = 0; i < field->value->items->len; i++) {
                if (!put_control(field->value->items->pdata[i], control, size, error))
                        return false;
        }
        return true;
}

/* ---- Messages ---- */

static bool prepare_pieces(ScriptCall *call, const struct script_value *message, GError **error)
{
        const struct script_field *pieces = call_field(message, "msg_iov");
        int64_t count = 0;
        if (pieces == NULL) {
                call_end_pieces(call);
                return true;
        }
        if (!add_vector(call, pieces->value, error))
                return false;
        if (pieces->argument == NULL || pieces->argument->kind == SCRIPT_VALUE_ELLIPSIS)
                return true;
        return call_number(pieces->argument, &count, error) &&
               check_count(pieces->argument, count, call->pieces->len, error);
}

void call_may_connect(ScriptCall *call)
{
        if (call->message.name != NULL && (call->numbers[0] & MSG_FASTOPEN))
                conversation_on_connect(call->context->conversation, call->fd, call->message.name);
}

/* Only a call that connects needs it. */
static void prepare_name(ScriptCall *call, const struct script_value *message)
{
        if (call_field(message, "msg_name") == NULL || !(call->numbers[0] & MSG_FASTOPEN))
                return;
        call->address = call->context->remote;
        call->message.name = &call->address;
        call_may_connect(call);
}

bool call_prepare_message(ScriptCall *call, GError **error)
{
        int64_t fd;
        const struct script_value *message = call_argument(call, 1);
        if (!call_number(call_argument(call, 0), &fd, error))
                return false;
        call->fd = call_live_fd(call, fd);
        if (message->kind != SCRIPT_VALUE_STRUCT)
                return call_refuse(message, error,
                        "a message is written {msg_name(...)=..., msg_iov(1)=[{..., SIZE}], "
                        "msg_flags=0}");
        if (!prepare_pieces(call, message, error) ||
                !put_controls(message, call->control, &call->message.control_size, error) ||
                !call_number(call_argument(call, 2), &call->numbers[0], error))
                return false;
        call->message.control = call->control;
        prepare_name(call, message);
        return true;
}

int64_t call_perform_sendmsg(Caller *caller, ScriptCall *call)
{
        if (call->message.control_size == 0)
                call->message.control = NULL;
        return call->context->sockets->sendmsg(caller, call->fd, &call->message, (int)call->numbers[0]);
}

int64_t call_perform_recvmsg(Caller *caller, ScriptCall *call)
{
        call->message.control_size = CALL_CONTROL_SIZE;
        call->message.name = &call->address;
        return call->context->sockets->recvmsg(caller, call->fd, &call->message, (int)call->numbers[0]);
}

static const struct cmsghdr *control_at(
        const uint8_t *control, size_t size, size_t at, struct cmsghdr *header)
{
        if (at + sizeof *header > size)
                return NULL;
        memcpy(header, control + at, sizeof *header);
        return header->cmsg_len >= sizeof *header && at + header->cmsg_len <= size ? header : NULL;
}

static time_ns stamp_at(const uint8_t *data)
{
        struct timespec stamp;
        memcpy(&stamp, data, sizeof stamp);
        return stamp.tv_sec * SECOND + stamp.tv_nsec;
}

static bool is_equal_data(const struct call_context *context, const struct cmsghdr *wanted,
        const uint8_t *expected, const uint8_t *seen)
{
        size_t size = wanted->cmsg_len - CMSG_LEN(0);
        if (!is_stamp(wanted->cmsg_level, wanted->cmsg_type))
                return memcmp(expected, seen, size) == 0;
        duration_ns late = stamp_at(seen) - context->clock_origin - stamp_at(expected);
        return ABS(late) <= context->tolerance;
}

/* As far as the script writes its data: the kernel's extended errors are longer than their struct. */
static void compare_controls(const struct call_context *context, const uint8_t *expected,
        size_t expected_size, const uint8_t *seen, size_t seen_size, GString *differences)
{
        size_t at = 0;
        size_t seen_at = 0;
        struct cmsghdr wanted;
        struct cmsghdr found;
        while (control_at(expected, expected_size, at, &wanted) != NULL) {
                if (control_at(seen, seen_size, seen_at, &found) == NULL) {
                        call_differ(differences, "a control message of level %d, type %d is missing",
                                wanted.cmsg_level, wanted.cmsg_type);
                        return;
                }
                if (wanted.cmsg_level != found.cmsg_level || wanted.cmsg_type != found.cmsg_type)
                        call_differ(differences,
                                "control message: expected level %d, type %d; seen level %d, type %d",
                                wanted.cmsg_level, wanted.cmsg_type, found.cmsg_level, found.cmsg_type);
                else if (found.cmsg_len < wanted.cmsg_len ||
                         !is_equal_data(
                                 context, &wanted, expected + at + CMSG_LEN(0), seen + seen_at + CMSG_LEN(0)))
                        call_differ(differences, "the data of the control message of type %d differ",
                                wanted.cmsg_type);
                at += CMSG_ALIGN(wanted.cmsg_len);
                seen_at += CMSG_ALIGN(found.cmsg_len);
        }
}

void call_check_recvmsg(ScriptCall *call, GString *differences)
{
        const struct script_value *message = call_argument(call, 1);
        const struct script_field *flags = call_field(message, "msg_flags");
        uint8_t expected[CALL_CONTROL_SIZE];
        size_t expected_size;
        int64_t wanted;
        if (call->result < 0)
                return;
        if (flags != NULL && call_number(flags->value, &wanted, NULL) && wanted != call->message.flags)
                call_differ(differences, "msg_flags: expected 0x%x, seen 0x%x", (unsigned)wanted,
                        (unsigned)call->message.flags);
        if (put_controls(message, expected, &expected_size, NULL))
                compare_controls(call->context, expected, expected_size, call->control,
                        call->message.control_size, differences);
}
