/*
 * The tap: a table of names and a list of listeners.
 */
#include "trace/trace.h"

struct named_owner {
        struct trace_owner owner;
        char *label;
};

struct listener {
        uint32_t mask;
        void (*on_event)(void *data, const struct trace_event *event);
        void *data;
};

struct Trace {
        uint32_t mask;        /* of all listeners together */
        GArray *listeners;    /* of struct listener */
        GPtrArray *owners;    /* of struct named_owner: they stay where they are while more are added */
        GPtrArray *transfers; /* names */
};

static void free_owner(void *data)
{
        struct named_owner *named = data;
        g_free(named->owner.name);
        g_free(named->owner.near_end);
        g_free(named->owner.far_end);
        g_free(named->label);
        g_free(named);
}

Trace *trace_new(void)
{
        Trace *trace = g_new0(Trace, 1);
        trace->listeners = g_array_new(FALSE, FALSE, sizeof(struct listener));
        trace->owners = g_ptr_array_new_with_free_func(free_owner);
        trace->transfers = g_ptr_array_new_with_free_func(g_free);
        return trace;
}

void trace_free(Trace *trace)
{
        if (!trace)
                return;
        g_array_unref(trace->listeners);
        g_ptr_array_unref(trace->owners);
        g_ptr_array_unref(trace->transfers);
        g_free(trace);
}

void trace_add_owner(
        Trace *trace, enum trace_owner_kind kind, const char *name, const char *near_end, const char *far_end)
{
        g_assert((kind == TRACE_OWNER_LINK) == (far_end != NULL));
        struct named_owner *named = g_new0(struct named_owner, 1);
        named->owner.kind = kind;
        named->owner.name = g_strdup(name);
        named->owner.near_end = g_strdup(near_end);
        named->owner.far_end = g_strdup(far_end);
        named->label = far_end ? g_strdup_printf("%s → %s", name, far_end) : g_strdup(name);
        g_ptr_array_add(trace->owners, named);
}

void trace_set_takes_turns(Trace *trace)
{
        struct named_owner *named = g_ptr_array_index(trace->owners, trace->owners->len - 1);
        named->owner.takes_turns = true;
}

void trace_add_transfer(Trace *trace, const char *name)
{
        g_ptr_array_add(trace->transfers, g_strdup(name));
}

unsigned trace_owner_count(const Trace *trace)
{
        return trace->owners->len;
}

unsigned trace_transfer_count(const Trace *trace)
{
        return trace->transfers->len;
}

static const struct named_owner *find_owner(const Trace *trace, uint32_t owner)
{
        g_assert(owner < trace->owners->len);
        return g_ptr_array_index(trace->owners, owner);
}

const struct trace_owner *trace_owner(const Trace *trace, uint32_t owner)
{
        return &find_owner(trace, owner)->owner;
}

const char *trace_owner_label(const Trace *trace, uint32_t owner)
{
        return find_owner(trace, owner)->label;
}

const char *trace_transfer_name(const Trace *trace, uint32_t transfer)
{
        g_assert(transfer <= trace->transfers->len);
        return transfer ? g_ptr_array_index(trace->transfers, transfer - 1) : "-";
}

void trace_listen(Trace *trace, uint32_t mask, void (*on_event)(void *data, const struct trace_event *event),
        void *data)
{
        struct listener listener = { .mask = mask, .on_event = on_event, .data = data };
        g_array_append_val(trace->listeners, listener);
        trace->mask |= mask;
}

uint32_t trace_mask(const Trace *trace)
{
        return trace->mask;
}

bool trace_wants(const Trace *trace, enum trace_kind kind)
{
        return trace && (trace->mask & TRACE_BIT(kind));
}

void trace_emit(Trace *trace, const struct trace_event *event)
{
        if (!trace_wants(trace, event->kind))
                return;
        for (unsigned i = 0; i < trace->listeners->len; i++) {
                const struct listener *listener = &g_array_index(trace->listeners, struct listener, i);
                if (listener->mask & TRACE_BIT(event->kind))
                        listener->on_event(listener->data, event);
        }
}
