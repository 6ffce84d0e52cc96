/*
 * poll and epoll. Of epoll_wait's events the script compares the first.
 */
#include "drill/call_frame.h"

#include <string.h>

/* ---- poll ---- */

static bool add_poll(ScriptCall *call, const struct script_value *entry, GError **error)
{
        int64_t fd;
        int64_t events;
        if (entry->kind != SCRIPT_VALUE_STRUCT)
                return call_refuse(entry, error, "an entry is written {fd=4, events=POLLIN, revents=0}");
        if (!call_field_number(entry, "fd", &fd, error) ||
                !call_field_number(entry, "events", &events, error))
                return false;
        struct pollfd poll = { .fd = call_live_fd(call, fd), .events = (short)events };
        g_array_append_val(call->polls, poll);
        return true;
}

bool call_prepare_poll(ScriptCall *call, GError **error)
{
        const struct script_value *list = call_argument(call, 0);
        int64_t count;
        if (list->kind != SCRIPT_VALUE_LIST)
                return call_refuse(list, error, "what to poll is written [{fd=4, events=POLLIN, revents=0}]");
        for (guint i = 0; i < list->items->len; i++) {
                if (!add_poll(call, list->items->pdata[i], error))
                        return false;
        }
        if (!call_number(call_argument(call, 1), &count, error) ||
                !call_number(call_argument(call, 2), &call->numbers[0], error))
                return false;
        guint entries = call->polls->len;
        return count == entries || call_refuse(call_argument(call, 1), error,
                                           "the count is %" G_GINT64_FORMAT ", of %u entr%s; make them agree",
                                           count, entries, entries == 1 ? "y" : "ies");
}

int64_t call_perform_poll(Caller *caller, ScriptCall *call)
{
        return call->context->sockets->poll(
                caller, (struct pollfd *)(void *)call->polls->data, call->polls->len, (int)call->numbers[0]);
}

void call_check_poll(ScriptCall *call, GString *differences)
{
        const struct script_value *list = call_argument(call, 0);
        for (guint i = 0; call->result >= 0 && i < call->polls->len; i++) {
                int64_t expected = 0;
                const struct script_value *entry = list->items->pdata[i];
                const struct pollfd *poll = &g_array_index(call->polls, struct pollfd, i);
                if (call_field(entry, "revents") == NULL ||
                        !call_field_number(entry, "revents", &expected, NULL))
                        continue;
                if ((unsigned short)expected != (unsigned short)poll->revents)
                        call_differ(differences, "revents: expected 0x%x, seen 0x%x", (unsigned)expected,
                                (unsigned)(unsigned short)poll->revents);
        }
}

/* ---- epoll ---- */

/* What comes back with the event: a descriptor, or a number of any of the union's names. */
static bool event_data(
        const ScriptCall *call, const struct script_value *event, uint64_t *data, GError **error)
{
        static const char *const names[] = { "u64", "u32", "ptr" };
        int64_t number = 0;
        *data = 0;
        if (call_field(event, "fd") != NULL) {
                if (!call_field_number(event, "fd", &number, error))
                        return false;
                *data = (uint32_t)call_live_fd(call, number);
                return true;
        }
        for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
                if (call_field(event, names[i]) != NULL &&
                        !call_field_number(event, names[i], &number, error))
                        return false;
        }
        *data = (uint64_t)number;
        return true;
}

static bool read_event(
        const ScriptCall *call, const struct script_value *value, struct epoll_event *event, GError **error)
{
        int64_t events;
        uint64_t data;
        if (value->kind == SCRIPT_VALUE_LIST && value->items->len > 0)
                value = value->items->pdata[0];
        if (value->kind != SCRIPT_VALUE_STRUCT)
                return call_refuse(value, error, "an event is written {events=EPOLLIN, fd=4}");
        if (!call_field_number(value, "events", &events, error) || !event_data(call, value, &data, error))
                return false;
        *event = (struct epoll_event){ .events = (uint32_t)events, .data.u64 = data };
        return true;
}

bool call_prepare_epoll_ctl(ScriptCall *call, GError **error)
{
        int64_t epoll;
        int64_t fd;
        const struct script_value *event = call_argument(call, 3);
        if (!call_number(call_argument(call, 0), &epoll, error) ||
                !call_number(call_argument(call, 1), &call->numbers[0], error) ||
                !call_number(call_argument(call, 2), &fd, error))
                return false;
        call->fd = call_live_fd(call, epoll);
        call->numbers[1] = call_live_fd(call, fd);
        call->has_value = event->kind == SCRIPT_VALUE_STRUCT || event->kind == SCRIPT_VALUE_LIST;
        return !call->has_value || read_event(call, event, &call->events[0], error);
}

int64_t call_perform_epoll_ctl(Caller *caller, ScriptCall *call)
{
        return call->context->sockets->epoll_ctl(caller, call->fd, (int)call->numbers[0],
                (int)call->numbers[1], call->has_value ? &call->events[0] : NULL);
}

bool call_prepare_epoll_wait(ScriptCall *call, GError **error)
{
        int64_t epoll;
        if (!call_number(call_argument(call, 0), &epoll, error) ||
                !call_number(call_argument(call, 2), &call->numbers[0], error) ||
                !call_number(call_argument(call, 3), &call->numbers[1], error))
                return false;
        call->fd = call_live_fd(call, epoll);
        return call->numbers[0] <= CALL_EVENTS_MAX ||
               call_refuse(call_argument(call, 2), error, "at most %d events", CALL_EVENTS_MAX);
}

int64_t call_perform_epoll_wait(Caller *caller, ScriptCall *call)
{
        return call->context->sockets->epoll_wait(
                caller, call->fd, call->events, (int)call->numbers[0], (int)call->numbers[1]);
}

void call_check_epoll_wait(ScriptCall *call, GString *differences)
{
        struct epoll_event expected = { 0 };
        const struct script_value *script = call_argument(call, 1);
        if (call->result <= 0 || script->kind == SCRIPT_VALUE_ELLIPSIS)
                return;
        g_autoptr(GError) error = NULL;
        if (!read_event(call, script, &expected, &error)) {
                call_differ(differences, "%s", error->message);
                return;
        }
        if (expected.events != call->events[0].events)
                call_differ(differences, "events: expected 0x%x, seen 0x%x", expected.events,
                        call->events[0].events);
        if (expected.data.u64 != call->events[0].data.u64)
                call_differ(differences,
                        "the event's data: expected %" G_GUINT64_FORMAT ", seen %" G_GUINT64_FORMAT,
                        (uint64_t)expected.data.u64, (uint64_t)call->events[0].data.u64);
}
