/*
 * The tap: a table of names and a list of listeners.
 */
#include "trace/trace.h"

#include <string.h>

struct named_owner {
        struct trace_owner owner;
        char *label;
        struct trace_name names[TRACE_NAMINGS];
};

struct listener {
        void (*on_event)(void *data, const struct trace_event *event);
        void *data;
};

struct Trace {
        uint32_t mask;                           /* of all listeners together */
        struct listener *listeners[TRACE_KINDS]; /* in the order in which they were added; one without a
                                                    function ends them */
        GPtrArray *owners; /* of struct named_owner: they stay where they are while more are added */
        GArray *transfers; /* of struct trace_name; the first is that of none */
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

/* Other letters than ASCII's too, as in "core → right". */
static bool name_is_plain(const char *text)
{
        for (const char *c = text; *c; c++) {
                if (!trace_stands_for_itself((unsigned char)*c))
                        return false;
        }
        return g_utf8_validate(text, -1, NULL);
}

static struct trace_name name_of(const char *text)
{
        if (!text || !*text)
                text = "-";
        struct trace_name name = {
                .text = text, .size = (uint32_t)strlen(text), .is_plain = name_is_plain(text)
        };
        name.is_short = name.is_plain && name.size <= TRACE_NAME_START;
        memcpy(name.start, text, MIN(name.size, TRACE_NAME_START));
        return name;
}

static void add_transfer(Trace *trace, const char *text)
{
        struct trace_name name = name_of(text);
        g_array_append_val(trace->transfers, name);
}

Trace *trace_new(void)
{
        Trace *trace = g_new0(Trace, 1);
        trace->owners = g_ptr_array_new_with_free_func(free_owner);
        trace->transfers = g_array_new(FALSE, FALSE, sizeof(struct trace_name));
        add_transfer(trace, NULL);
        return trace;
}

void trace_free(Trace *trace)
{
        if (!trace)
                return;
        for (enum trace_kind kind = 0; kind < TRACE_KINDS; kind++)
                g_free(trace->listeners[kind]);
        g_ptr_array_unref(trace->owners);
        for (unsigned i = 1; i < trace->transfers->len; i++)
                g_free((char *)g_array_index(trace->transfers, struct trace_name, i).text);
        g_array_unref(trace->transfers);
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
        named->names[TRACE_NAMED_LABEL] = name_of(named->label);
        named->names[TRACE_NAMED_OWN] = name_of(named->owner.name);
        named->names[TRACE_NAMED_NEAR_END] = name_of(named->owner.near_end);
        named->names[TRACE_NAMED_FAR_END] = name_of(named->owner.far_end);
        g_ptr_array_add(trace->owners, named);
}

void trace_set_takes_turns(Trace *trace)
{
        struct named_owner *named = g_ptr_array_index(trace->owners, trace->owners->len - 1);
        named->owner.takes_turns = true;
}

void trace_add_transfer(Trace *trace, const char *name)
{
        add_transfer(trace, g_strdup(*name ? name : "-"));
}

unsigned trace_owner_count(const Trace *trace)
{
        return trace->owners->len;
}

unsigned trace_transfer_count(const Trace *trace)
{
        return trace->transfers->len - 1;
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
        return trace_transfer_named(trace, transfer)->text;
}

const struct trace_name *trace_owner_named(const Trace *trace, uint32_t owner, enum trace_naming naming)
{
        return &find_owner(trace, owner)->names[naming];
}

const struct trace_name *trace_transfer_named(const Trace *trace, uint32_t transfer)
{
        g_assert(transfer < trace->transfers->len);
        return &g_array_index(trace->transfers, struct trace_name, transfer);
}

static const struct trace_name protocol_names[TRACE_PROTOCOLS] = {
        [TRACE_NO_PROTOCOL] = TRACE_NAME("-"),
        [TRACE_TCP] = TRACE_NAME("tcp"),
        [TRACE_UDP] = TRACE_NAME("udp"),
        [TRACE_ICMP] = TRACE_NAME("icmp"),
};

static const struct trace_name note_names[TRACE_NOTES] = {
        [TRACE_NOTE_SEGMENT_IN_ORDER] = TRACE_NAME("segment-in-order"),
        [TRACE_NOTE_SEGMENT_HELD] = TRACE_NAME("segment-held"),
        [TRACE_NOTE_SEGMENT_DUPLICATE] = TRACE_NAME("segment-duplicate"),
        [TRACE_NOTE_HOLE_FILLED] = TRACE_NAME("hole-filled"),
        [TRACE_NOTE_SEGMENT_REFUSED] = TRACE_NAME("segment-refused"),
        [TRACE_NOTE_READ] = TRACE_NAME("read"),
        [TRACE_NOTE_ACK] = TRACE_NAME("ack"),
        [TRACE_NOTE_DUPLICATE_ACK] = TRACE_NAME("duplicate-ack"),
        [TRACE_NOTE_WINDOW_UPDATE] = TRACE_NAME("window-update"),
        [TRACE_NOTE_SACKED] = TRACE_NAME("sacked"),
        [TRACE_NOTE_DSACK] = TRACE_NAME("dsack"),
        [TRACE_NOTE_LOST] = TRACE_NAME("lost"),
        [TRACE_NOTE_RECOVERY_ENTERED] = TRACE_NAME("recovery-entered"),
        [TRACE_NOTE_RECOVERY_LEFT] = TRACE_NAME("recovery-left"),
        [TRACE_NOTE_RECOVERY_UNDONE] = TRACE_NAME("recovery-undone"),
        [TRACE_NOTE_DEADLINE] = TRACE_NAME("deadline"),
        [TRACE_NOTE_LIMITED] = TRACE_NAME("limited"),
        [TRACE_NOTE_ACCEPT_QUEUE_FULL] = TRACE_NAME("accept-queue-full"),
        [TRACE_NOTE_SYN_QUEUE_FULL] = TRACE_NAME("syn-queue-full"),
        [TRACE_NOTE_FAILED] = TRACE_NAME("failed"),
};

const char *trace_protocol_name(enum trace_protocol protocol)
{
        return protocol_names[protocol].text;
}

const struct trace_name *trace_protocol_named(enum trace_protocol protocol)
{
        return &protocol_names[protocol];
}

const struct trace_name *trace_note_named(enum trace_note note)
{
        return &note_names[note];
}

static struct listener *add_listener(struct listener *listeners, const struct listener *listener)
{
        size_t count = 0;
        while (listeners != NULL && listeners[count].on_event != NULL)
                count++;
        listeners = g_renew(struct listener, listeners, count + 2);
        listeners[count] = *listener;
        listeners[count + 1] = (struct listener){ 0 };
        return listeners;
}

void trace_listen(Trace *trace, uint32_t mask, void (*on_event)(void *data, const struct trace_event *event),
        void *data)
{
        const struct listener listener = { .on_event = on_event, .data = data };
        for (enum trace_kind kind = 0; kind < TRACE_KINDS; kind++) {
                if (mask & TRACE_BIT(kind))
                        trace->listeners[kind] = add_listener(trace->listeners[kind], &listener);
        }
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
        for (const struct listener *listener = trace->listeners[event->kind]; listener->on_event != NULL;
                listener++)
                listener->on_event(listener->data, event);
}
