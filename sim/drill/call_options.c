/*
 * getsockopt, setsockopt, ioctl and fcntl. The value of an option is a number in brackets, a text, a linger,
 * or an IPv6 address.
 */
#include "drill/call_frame.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/time.h>

enum { NUMBER_LEVEL, NUMBER_OPTION };

static bool prepare_level_and_option(ScriptCall *call, GError **error)
{
        int64_t fd;
        if (!call_number(call_argument(call, 0), &fd, error))
                return false;
        call->fd = call_live_fd(call, fd);
        return call_number(call_argument(call, 1), &call->numbers[NUMBER_LEVEL], error) &&
               call_number(call_argument(call, 2), &call->numbers[NUMBER_OPTION], error);
}

/* ---- Values as bytes ---- */

static void put_int(uint8_t *value, int number)
{
        memcpy(value, &number, sizeof number);
}

static bool put_linger(const struct script_value *value, uint8_t *bytes, GError **error)
{
        int64_t onoff;
        int64_t time;
        const char *name = call_field(value, "linger") != NULL ? "linger" : "l_linger";
        const char *switch_name = call_field(value, "onoff") != NULL ? "onoff" : "l_onoff";
        if (!call_field_number(value, switch_name, &onoff, error) ||
                !call_field_number(value, name, &time, error))
                return false;
        struct linger linger = { (int)onoff, (int)time };
        memcpy(bytes, &linger, sizeof linger);
        return true;
}

static bool put_timeval(const struct script_value *value, uint8_t *bytes, GError **error)
{
        int64_t seconds;
        int64_t microseconds;
        if (!call_field_number(value, "tv_sec", &seconds, error) ||
                !call_field_number(value, "tv_usec", &microseconds, error))
                return false;
        struct timeval time = { seconds, microseconds };
        memcpy(bytes, &time, sizeof time);
        return true;
}

static bool put_struct(const struct script_value *value, uint8_t *bytes, GError **error)
{
        if (call_field(value, "tv_sec") != NULL)
                return put_timeval(value, bytes, error);
        return put_linger(value, bytes, error);
}

static bool put_text(const struct script_value *value, uint8_t *bytes, GError **error)
{
        if (value->size >= CALL_VALUE_SIZE)
                return call_refuse(value, error, "the text is longer than %d bytes", CALL_VALUE_SIZE - 1);
        memcpy(bytes, value->text, value->size);
        bytes[value->size] = 0;
        return true;
}

static bool put_list(const struct script_value *value, uint8_t *bytes, GError **error)
{
        for (guint i = 0; i < value->items->len; i++) {
                int64_t number;
                if ((i + 1) * sizeof(int) > CALL_VALUE_SIZE)
                        return call_refuse(
                                value, error, "more than %zu numbers", CALL_VALUE_SIZE / sizeof(int));
                if (!call_number(value->items->pdata[i], &number, error))
                        return false;
                put_int(bytes + i * sizeof(int), (int)number);
        }
        return true;
}

static bool put_word(ScriptCall *call, const struct script_value *value, uint8_t *bytes, GError **error)
{
        int64_t number;
        if (strcmp(value->text, "NULL") == 0) {
                call->has_value = false;
                return true;
        }
        /* A name that a define stands for, as PEERCC="cubic", comes as text; bare words that are no constants
         * too. */
        g_autoptr(GError) unknown = NULL;
        if (!call_number(value, &number, &unknown))
                return put_text(value, bytes, error);
        put_int(bytes, (int)number);
        return true;
}

static bool put_value(ScriptCall *call, const struct script_value *value, uint8_t *bytes, GError **error)
{
        int64_t number;
        switch (value->kind) {
        case SCRIPT_VALUE_ELLIPSIS:
                return true;
        case SCRIPT_VALUE_LIST:
                if (value->items->len == 1 &&
                        ((const struct script_value *)value->items->pdata[0])->kind != SCRIPT_VALUE_INTEGER)
                        return put_value(call, value->items->pdata[0], bytes, error);
                return put_list(value, bytes, error);
        case SCRIPT_VALUE_STRUCT:
                return put_struct(value, bytes, error);
        case SCRIPT_VALUE_STRING:
                return put_text(value, bytes, error);
        case SCRIPT_VALUE_WORD:
                return put_word(call, value, bytes, error);
        default:
                if (!call_number(value, &number, error))
                        return false;
                put_int(bytes, (int)number);
                return true;
        }
}

/* ---- setsockopt ---- */

bool call_prepare_setsockopt(ScriptCall *call, GError **error)
{
        int64_t size = 0;
        if (!prepare_level_and_option(call, error))
                return false;
        call->has_value = true;
        if (!put_value(call, call_argument(call, 3), call->value, error) ||
                !call_number(call_argument(call, 4), &size, error))
                return false;
        if (size > CALL_VALUE_SIZE)
                return call_refuse(call_argument(call, 4), error, "more than %d bytes", CALL_VALUE_SIZE);
        call->value_size = (socklen_t)size;
        return true;
}

int64_t call_perform_setsockopt(Caller *caller, ScriptCall *call)
{
        return call->context->sockets->setsockopt(caller, call->fd, (int)call->numbers[NUMBER_LEVEL],
                (int)call->numbers[NUMBER_OPTION], call->has_value ? call->value : NULL, call->value_size);
}

/* ---- getsockopt ---- */

bool call_prepare_getsockopt(ScriptCall *call, GError **error)
{
        int64_t size = CALL_VALUE_SIZE;
        if (!prepare_level_and_option(call, error) ||
                !call_boxed_number(call_argument(call, 4), &size, error))
                return false;
        call->value_size = (socklen_t)MIN(size, CALL_VALUE_SIZE);
        call->has_value = true;
        return true;
}

int64_t call_perform_getsockopt(Caller *caller, ScriptCall *call)
{
        return call->context->sockets->getsockopt(caller, call->fd, (int)call->numbers[NUMBER_LEVEL],
                (int)call->numbers[NUMBER_OPTION], call->value, &call->value_size);
}

static bool is_text(const struct script_value *value)
{
        if (value->kind == SCRIPT_VALUE_LIST && value->items->len == 1)
                return is_text(value->items->pdata[0]);
        return value->kind == SCRIPT_VALUE_STRING;
}

static void compare_value(const ScriptCall *call, const struct script_value *script, const uint8_t *expected,
        GString *differences)
{
        int expected_number;
        int number;
        memcpy(&expected_number, expected, sizeof expected_number);
        memcpy(&number, call->value, sizeof number);
        if (is_text(script)) {
                if (strncmp((const char *)expected, (const char *)call->value, call->value_size) != 0)
                        call_differ(differences, "option's value: expected \"%s\", seen \"%.*s\"",
                                (const char *)expected, (int)call->value_size, (const char *)call->value);
        } else if (memcmp(expected, call->value, MIN(call->value_size, CALL_VALUE_SIZE)) != 0) {
                call_differ(differences, "option's value: expected %d, seen %d", expected_number, number);
        }
}

void call_check_getsockopt(ScriptCall *call, GString *differences)
{
        uint8_t expected[CALL_VALUE_SIZE] = { 0 };
        const struct script_value *script = call_argument(call, 3);
        int64_t size = call->value_size;
        g_autoptr(GError) error = NULL;
        if (call->result < 0)
                return;
        if (!call_boxed_number(call_argument(call, 4), &size, &error) ||
                !put_value(call, script, expected, &error)) {
                call_differ(differences, "%s", error->message);
                return;
        }
        if (size != (int64_t)call->value_size)
                call_differ(differences, "option's length: expected %" G_GINT64_FORMAT ", seen %u", size,
                        call->value_size);
        if (script->kind != SCRIPT_VALUE_ELLIPSIS)
                compare_value(call, script, expected, differences);
}

/* ---- ioctl and fcntl ---- */

bool call_prepare_ioctl(ScriptCall *call, GError **error)
{
        int64_t fd;
        int64_t answer = 0;
        if (!call_number(call_argument(call, 0), &fd, error) ||
                !call_number(call_argument(call, 1), &call->numbers[0], error))
                return false;
        call->fd = call_live_fd(call, fd);
        if (call->script->arguments->len > 2 && !call_boxed_number(call_argument(call, 2), &answer, error))
                return false;
        call->answer = (int)answer;
        return true;
}

int64_t call_perform_ioctl(Caller *caller, ScriptCall *call)
{
        return call->context->sockets->ioctl(
                caller, call->fd, (unsigned long)call->numbers[0], &call->answer);
}

void call_check_ioctl(ScriptCall *call, GString *differences)
{
        int64_t expected = call->answer;
        if (call->result < 0 || call->script->arguments->len < 3)
                return;
        if (call_boxed_number(call_argument(call, 2), &expected, NULL) && expected != call->answer)
                call_differ(differences, "ioctl's value: expected %d, seen %d", (int)expected, call->answer);
}

bool call_prepare_fcntl(ScriptCall *call, GError **error)
{
        int64_t fd;
        if (!call_number(call_argument(call, 0), &fd, error) ||
                !call_number(call_argument(call, 1), &call->numbers[0], error))
                return false;
        call->fd = call_live_fd(call, fd);
        return call->script->arguments->len < 3 ||
               call_number(call_argument(call, 2), &call->numbers[1], error);
}

int64_t call_perform_fcntl(Caller *caller, ScriptCall *call)
{
        return call->context->sockets->fcntl(caller, call->fd, (int)call->numbers[0], (long)call->numbers[1]);
}
