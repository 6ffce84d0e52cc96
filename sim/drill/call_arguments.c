/*
 * Arguments of calls: what their texts stand for.
 */
#include "drill/call_frame.h"

#include <arpa/inet.h>
#include <string.h>

#include "drill/symbol_table.h"

const struct script_value *call_argument(const ScriptCall *call, unsigned index)
{
        return call->script->arguments->pdata[index];
}

bool call_refuse(const struct script_value *at, GError **error, const char *format, ...)
{
        va_list values;
        va_start(values, format);
        g_autofree char *message = g_strdup_vprintf(format, values);
        va_end(values);
        g_set_error(error, SCRIPT_ERROR, SCRIPT_ERROR_SYNTAX, "%d:%d: error: %s", at->place.line,
                at->place.column, message);
        return false;
}

static bool join_numbers(const struct script_value *value, int64_t *number, GError **error)
{
        *number = 0;
        for (guint i = 0; i < value->items->len; i++) {
                int64_t part;
                if (!call_number(value->items->pdata[i], &part, error))
                        return false;
                *number |= part;
        }
        return true;
}

static bool called_number(const struct script_value *value, int64_t *number, GError **error)
{
        if (strcmp(value->text, "htons") != 0 && strcmp(value->text, "htonl") != 0)
                return call_refuse(value, error, "%s() does not give a number; htons() would", value->text);
        if (value->items->len != 1)
                return call_refuse(value, error, "%s takes one number", value->text);
        return call_number(value->items->pdata[0], number, error);
}

bool call_number(const struct script_value *value, int64_t *number, GError **error)
{
        switch (value->kind) {
        case SCRIPT_VALUE_INTEGER:
                *number = value->integer;
                return true;
        case SCRIPT_VALUE_WORD:
                if (strcmp(value->text, "NULL") == 0) {
                        *number = 0;
                        return true;
                }
                return symbol_find(value->text, number) ||
                       call_refuse(value, error, "\"%s\" is no constant that is known here", value->text);
        case SCRIPT_VALUE_OR:
                return join_numbers(value, number, error);
        case SCRIPT_VALUE_CALL:
                return called_number(value, number, error);
        default:
                return call_refuse(value, error, "a number, or names joined by \"|\", is expected here");
        }
}

bool call_boxed_number(const struct script_value *value, int64_t *number, GError **error)
{
        if (value->kind == SCRIPT_VALUE_ELLIPSIS)
                return true;
        if (value->kind != SCRIPT_VALUE_LIST || value->items->len != 1)
                return call_refuse(value, error, "a number in brackets is expected here, as [1]");
        if (((const struct script_value *)value->items->pdata[0])->kind == SCRIPT_VALUE_ELLIPSIS)
                return true;
        return call_number(value->items->pdata[0], number, error);
}

int call_live_fd(const ScriptCall *call, int64_t script_fd)
{
        gpointer live;
        if (g_hash_table_lookup_extended(call->context->fds, GINT_TO_POINTER((int)script_fd), NULL, &live))
                return GPOINTER_TO_INT(live);
        return -1;
}

const struct script_field *call_field(const struct script_value *value, const char *name)
{
        for (guint i = 0; value->fields != NULL && i < value->fields->len; i++) {
                const struct script_field *field = value->fields->pdata[i];
                if (field->name != NULL && strcmp(field->name, name) == 0)
                        return field;
        }
        return NULL;
}

bool call_field_number(const struct script_value *value, const char *name, int64_t *number, GError **error)
{
        const struct script_field *field = call_field(value, name);
        if (field == NULL)
                return call_refuse(value, error, "\"%s =\" is missing", name);
        return call_number(field->value, number, error);
}

void call_differ(GString *differences, const char *format, ...)
{
        va_list values;
        va_start(values, format);
        g_string_append(differences, differences->len > 0 ? "; " : "");
        g_string_append_vprintf(differences, format, values);
        va_end(values);
}
