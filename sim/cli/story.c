/*
 * The story of a run, told while it happens from the events of the trace.
 *
 * Calls that repeat (a reader's hundred reads) are gathered into one line, which is printed as soon as
 * anything else is to be told.
 */
#include "cli/story.h"

#include "cli/packet_words.h"

#include <inttypes.h>
#include <string.h>

#define STORY_KINDS                                                                                          \
        (TRACE_BIT(TRACE_HOP) | TRACE_BIT(TRACE_SENT) | TRACE_BIT(TRACE_DROPPED) |                           \
                TRACE_BIT(TRACE_TCP_NOTE) | TRACE_BIT(TRACE_TCP_STATE) | TRACE_BIT(TRACE_SOCKET_CALL) |      \
                TRACE_BIT(TRACE_STEP))

/* Calls of one process that only repeat, not yet printed. */
struct repeat {
        bool is_gathering;
        uint32_t owner;
        uint32_t process;
        char *program;
        char *name;
        int fd;
        unsigned count;
        uint64_t bytes;
        time_ns first;
};

struct Story {
        Trace *trace;
        FILE *out;
        unsigned lines;
        unsigned line_limit;
        unsigned who_width;
        struct repeat repeat;
};

/* ---- Lines ---- */

static void print_line(Story *story, time_ns time, uint32_t owner, const char *text)
{
        if (story->lines++ >= story->line_limit)
                return;
        fprintf(story->out, "%4" PRId64 ".%06" PRId64 "  %-*s  %s\n", time / SECOND,
                time % SECOND / MICROSECOND, (int)story->who_width, trace_owner(story->trace, owner)->name,
                text);
}

static void print_repeat(Story *story)
{
        struct repeat *repeat = &story->repeat;
        if (!repeat->is_gathering)
                return;
        g_autofree char *times =
                repeat->count > 1 ? g_strdup_printf(", in %u calls", repeat->count) : g_strdup("");
        g_autofree char *text = g_strdup_printf("    %s: %s(%d) = %" PRIu64 " bytes%s", repeat->program,
                repeat->name, repeat->fd, repeat->bytes, times);
        repeat->is_gathering = false;
        print_line(story, repeat->first, repeat->owner, text);
}

static void tell(Story *story, const struct trace_event *event, const char *format, ...) G_GNUC_PRINTF(3, 4);
static void tell(Story *story, const struct trace_event *event, const char *format, ...)
{
        va_list arguments;
        va_start(arguments, format);
        g_autofree char *text = g_strdup_vprintf(format, arguments);
        va_end(arguments);
        print_repeat(story);
        print_line(story, event->time, event->owner, text);
}

/* ---- Socket calls ---- */

static bool is_repeatable(const struct trace_event *event)
{
        return event->call.result > 0 &&
               (g_str_equal(event->call.name, "read") || g_str_equal(event->call.name, "write"));
}

static bool continues(const struct repeat *repeat, const struct trace_event *event)
{
        return repeat->is_gathering && repeat->owner == event->owner &&
               repeat->process == event->call.process && repeat->fd == event->call.fd &&
               g_str_equal(repeat->name, event->call.name);
}

static void clear_repeat(struct repeat *repeat)
{
        g_free(repeat->program);
        g_free(repeat->name);
        *repeat = (struct repeat){ 0 };
}

static void begin_repeat(struct repeat *repeat, const struct trace_event *event)
{
        clear_repeat(repeat);
        *repeat = (struct repeat){
                .is_gathering = true,
                .owner = event->owner,
                .process = event->call.process,
                .program = g_strdup(event->call.program),
                .name = g_strdup(event->call.name),
                .fd = event->call.fd,
                .first = event->time,
        };
}

static void gather(Story *story, const struct trace_event *event)
{
        struct repeat *repeat = &story->repeat;
        if (!continues(repeat, event)) {
                print_repeat(story);
                begin_repeat(repeat, event);
        }
        repeat->count++;
        repeat->bytes += (uint64_t)event->call.result;
}

static void tell_call(Story *story, const struct trace_event *event)
{
        if (is_repeatable(event)) {
                gather(story, event);
                return;
        }
        g_autofree char *fd = event->call.fd >= 0 ? g_strdup_printf("%d", event->call.fd) : g_strdup("");
        const char *comma = *fd != '\0' && *event->call.arguments != '\0' ? ", " : "";
        tell(story, event, "    %s: %s(%s%s%s) = %" PRId64 "%s%s", event->call.program, event->call.name, fd,
                comma, event->call.arguments, event->call.result, event->call.error != NULL ? " " : "",
                event->call.error != NULL ? event->call.error : "");
}

/* ---- What programs say ---- */

/* The seven steps of a fetch, by what the client calls them. */
static const struct {
        const char *name;
        unsigned number;
} numbered_steps[] = {
        { "url.host", 1 },
        { "dns.answer", 2 },
        { "url.port", 3 },
        { "tcp.connected", 4 },
        { "http.request", 5 },
        { "http.response", 6 },
        { "tcp.closed", 7 },
};

static void tell_step(Story *story, const struct trace_event *event)
{
        for (unsigned i = 0; i < G_N_ELEMENTS(numbered_steps); i++) {
                if (!g_str_equal(numbered_steps[i].name, event->step.name))
                        continue;
                tell(story, event, "(%u) %s", numbered_steps[i].number, event->step.text);
                return;
        }
        tell(story, event, "    %s: %s", event->step.program, event->step.text);
}

/* ---- What the line did ---- */

static void tell_hop(Story *story, const struct trace_event *event)
{
        const struct trace_hop *hop = &event->hop;
        g_autofree char *packet = packet_words(story->trace, event->packet);
        const char *label = trace_owner_label(story->trace, event->owner);
        bool has_rule = !g_str_equal(hop->rule, "-");
        if (hop->drop != NULL) {
                tell(story, event, "  x %s loses %s (%s%s%s)", label, packet, hop->drop,
                        has_rule ? " by " : "", has_rule ? hop->rule : "");
                return;
        }
        if (hop->is_duplicate)
                tell(story, event, "  = %s delivers %s once more", label, packet);
        if (hop->is_corrupted_here)
                tell(story, event, "  # %s delivers %s with a bit flipped", label, packet);
        if (hop->is_reordered)
                tell(story, event, "  ~ %s delivers %s after a packet sent later", label, packet);
}

static void tell_dropped(Story *story, const struct trace_event *event)
{
        g_autofree char *packet = packet_words(story->trace, event->packet);
        const char *detail = event->dropped.detail;
        bool has_detail = !g_str_equal(detail, "-");
        tell(story, event, "  x throws away %s: %s%s%s", packet, event->dropped.reason,
                has_detail ? ", " : "", has_detail ? detail : "");
}

/* ---- How TCP repaired it ---- */

static void tell_sent(Story *story, const struct trace_event *event)
{
        if (g_str_equal(event->packet->why, "window-probe"))
                tell(story, event, "  ? asks whether the window has opened");
        if (event->packet->sending < 2)
                return;
        g_autofree char *packet = packet_words(story->trace, event->packet);
        tell(story, event, "  > sends %s again (%s), time number %u", packet, event->packet->why,
                event->packet->sending);
}

static bool has_closed_window(const struct trace_event *event)
{
        bool has_window = event->note.note == TRACE_NOTE_ACK || event->note.note == TRACE_NOTE_WINDOW_UPDATE;
        return has_window && event->note.value == 0;
}

static void tell_note(Story *story, const struct trace_event *event)
{
        int64_t bytes = event->note.end - event->note.first;
        if (event->note.note == TRACE_NOTE_SEGMENT_HELD)
                tell(story, event, "  . holds %" PRId64 " bytes that came out of order, %" PRId64 " in all",
                        bytes, event->note.value);
        else if (event->note.note == TRACE_NOTE_HOLE_FILLED)
                tell(story, event, "  . the hole is filled: %" PRId64 " held bytes can be read now", bytes);
        else if (event->note.note == TRACE_NOTE_SEGMENT_DUPLICATE)
                tell(story, event, "  . throws away %" PRId64 " bytes that it has already", bytes);
        else if (has_closed_window(event))
                tell(story, event, "  ? hears that the window is closed");
        else if (event->note.note == TRACE_NOTE_LOST)
                tell(story, event, "  ! takes bytes %" PRId64 " to %" PRId64 " for lost (%s)",
                        event->note.first - 1, event->note.end - 2, event->note.why);
}

/* The other states follow from the calls and packets told already. */
static void tell_state(Story *story, const struct trace_event *event)
{
        if (g_str_equal(event->state.to, "CLOSING"))
                tell(story, event, "  : its FIN and the other end's have crossed");
}

static void (*const tellers[TRACE_KINDS])(Story *story, const struct trace_event *event) = {
        [TRACE_HOP] = tell_hop,
        [TRACE_SENT] = tell_sent,
        [TRACE_DROPPED] = tell_dropped,
        [TRACE_TCP_NOTE] = tell_note,
        [TRACE_TCP_STATE] = tell_state,
        [TRACE_SOCKET_CALL] = tell_call,
        [TRACE_STEP] = tell_step,
};

static void on_event(void *data, const struct trace_event *event)
{
        Story *story = data;
        if (story->lines < story->line_limit)
                tellers[event->kind](story, event);
        else
                story->lines++;
}

/* ---- The whole ---- */

static unsigned widest_node(const Trace *trace)
{
        unsigned widest = 0;
        for (unsigned i = 0; i < trace_owner_count(trace); i++)
                widest = MAX(widest, (unsigned)strlen(trace_owner(trace, i)->name));
        return MIN(widest, 16);
}

Story *story_new(Trace *trace, FILE *out, unsigned line_limit)
{
        Story *story = g_new0(Story, 1);
        story->trace = trace;
        story->out = out;
        story->line_limit = line_limit;
        story->who_width = widest_node(trace);
        trace_listen(trace, STORY_KINDS, on_event, story);
        return story;
}

void story_finish(Story *story)
{
        print_repeat(story);
        if (story->lines > story->line_limit)
                fprintf(story->out,
                        "            … and more than %u events after that; the trace has them all\n",
                        story->lines - story->line_limit);
}

void story_free(Story *story)
{
        if (story == NULL)
                return;
        clear_repeat(&story->repeat);
        g_free(story);
}
