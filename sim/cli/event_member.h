/*
 * Members of an event as a trace's line has it: what was left out is empty, or 0.
 */
#ifndef INORDER_EVENT_MEMBER_H
#define INORDER_EVENT_MEMBER_H

#include <json-glib/json-glib.h>
#include <stdbool.h>

static inline const char *event_text(JsonObject *event, const char *name)
{
        return json_object_get_string_member_with_default(event, name, "");
}

static inline gint64 event_number(JsonObject *event, const char *name)
{
        return json_object_get_int_member_with_default(event, name, 0);
}

static inline bool event_flag(JsonObject *event, const char *name)
{
        return json_object_get_boolean_member_with_default(event, name, FALSE);
}

#endif
