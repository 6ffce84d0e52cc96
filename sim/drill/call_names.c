/*
 * Names are looked up before the script begins: a misspelt one is found wherever it stands.
 */
#include "drill/call_names.h"

#include <string.h>
#include "drill/call_frame.h"
#include "drill/symbol_table.h"

const struct call_kind *call_kind_find(const char *name)
{
        for (unsigned i = 0; i < call_kind_count; i++) {
                if (strcmp(call_kinds[i].name, name) == 0)
                        return &call_kinds[i];
        }
        return NULL;
}

static bool check_call(const struct script_call *call, GError **error)
{
        if (call_kind_find(call->name) == NULL) {
                g_set_error(error, SCRIPT_ERROR, SCRIPT_ERROR_SYNTAX,
                        "%d:%d: error: there is no call %s(); docs/drill.md lists them",
                        call->name_place.line, call->name_place.column, call->name);
                return false;
        }
        if (call->error == NULL || symbol_find_error(call->error) != 0)
                return true;
        g_set_error(error, SCRIPT_ERROR, SCRIPT_ERROR_SYNTAX,
                "%d:%d: error: \"%s\" is no error that is known here", call->error_place.line,
                call->error_place.column, call->error);
        return false;
}

bool call_names_check(const struct script *script, GError **error)
{
        for (guint i = 0; i < script->events->len; i++) {
                const struct script_event *event = script->events->pdata[i];
                if (event->kind == SCRIPT_CALL && !check_call(&event->call, error))
                        return false;
        }
        return true;
}
