/*
 * A packet's turn: injected at its time, or waited for and compared.
 */
#include "drill/packet_build.h"
#include "drill/packet_match.h"
#include "drill/runner_private.h"

/* A packet that is late is waited for so much longer, to be able to tell how late. */
#define PATIENCE (2 * SECOND)

static const struct packet_shown everything = { .ip = false, .window = true, .options = true };

static void free_captured(struct captured_packet *packet)
{
        if (packet == NULL)
                return;
        g_free(packet->bytes);
        g_free(packet);
}

/* Whom this packet is of, or for. */
static void turn_to_caller(Runner *runner, const struct script_packet *packet, bool is_injected)
{
        const struct script_tcp *tcp = &packet->tcp;
        uint16_t port = 0;
        if (packet->kind == SCRIPT_TCP && tcp->has_ports)
                port = is_injected ? tcp->source_port : tcp->destination_port;
        runner->talk = conversation_with(&runner->conversation, port);
}

/* ---- Injected ---- */

static void log_injected(Runner *runner, const struct script_event *event)
{
        g_autoptr(GString) text = g_string_new(NULL);
        packet_text_script(&event->packet, &everything, text);
        runner_log(runner, runner->ops->now(runner->stack), "<", text->str);
}

bool runner_inject(Runner *runner, const struct script_event *event)
{
        g_autoptr(GError) error = NULL;
        if (!runner_wait_for_due(runner, event))
                return false;
        turn_to_caller(runner, &event->packet, true);
        if (event->packet.kind == SCRIPT_TCP)
                conversation_on_injected(runner->talk, &event->packet.tcp);
        g_autoptr(GByteArray) bytes = packet_build(runner->talk, &event->packet, &error);
        if (bytes == NULL)
                return runner_fail_with(runner, event->place, error);
        log_injected(runner, event);
        runner_record(runner, runner->ops->now(runner->stack), false, bytes->data, bytes->len);
        return runner->ops->inject(runner->stack, bytes->data, bytes->len, &error) ||
               runner_fail_with(runner, event->place, error);
}

/* ---- Sent by the stack ---- */

static struct captured_packet *next_captured(Runner *runner, time_ns until)
{
        if (!g_queue_is_empty(&runner->waiting))
                return g_queue_pop_head(&runner->waiting);
        struct captured_packet captured;
        if (!runner->ops->capture(runner->stack, until, &captured))
                return NULL;
        runner_record(runner, captured.time, true, captured.bytes, captured.size);
        return g_memdup2(&captured, sizeof captured);
}

/* Ports written in the script are meant as they are. Other protocols are the test's own when they come at
 * all. */
static bool is_meant(Runner *runner, const struct script_packet *expected, const struct seen_packet *seen)
{
        if (expected->kind != SCRIPT_TCP)
                return seen->protocol != SEEN_TCP;
        if (expected->tcp.has_ports)
                return seen->protocol == SEEN_TCP && seen->source.port == expected->tcp.source_port &&
                       seen->destination.port == expected->tcp.destination_port;
        return conversation_owns(runner->talk, seen);
}

/* The next packet that the expectation may be about; others are passed over, as the language wants it. What
 * TCP sent of them is told at the end. */
static struct captured_packet *next_meant(
        Runner *runner, const struct script_packet *expected, time_ns until, struct seen_packet *seen)
{
        struct captured_packet *captured;
        while ((captured = next_captured(runner, until)) != NULL) {
                bool is_read = seen_packet_read(captured->bytes, captured->size, seen);
                if (is_read && is_meant(runner, expected, seen))
                        return captured;
                if (is_read && seen->protocol == SEEN_TCP)
                        g_queue_push_tail(&runner->passed_over, captured);
                else
                        free_captured(captured);
        }
        return NULL;
}

static void log_seen(Runner *runner, const struct seen_packet *seen, time_ns at)
{
        g_autoptr(GString) text = g_string_new(NULL);
        packet_text_seen(runner->talk, seen, &everything, text);
        runner_log(runner, at, ">", text->str);
}

/* ---- Expected ---- */

static char *expected_text(const Runner *runner, const struct script_event *event)
{
        struct packet_shown shown = packet_text_what_script_shows(&event->packet);
        GString *text = g_string_new(NULL);
        if (runner->due.is_any)
                g_string_append(text, "  *       ");
        else
                packet_text_time(runner->due.from - runner->start, text);
        if (runner->due.to != runner->due.from) {
                g_string_append_c(text, '~');
                packet_text_time(runner->due.to - runner->start, text);
        }
        g_string_append(text, " > ");
        shown.options = true;
        packet_text_script(&event->packet, &shown, text);
        return g_string_free(text, FALSE);
}

static char *seen_text(
        const Runner *runner, const struct script_event *event, const struct seen_packet *seen, time_ns at)
{
        struct packet_shown shown = packet_text_what_script_shows(&event->packet);
        GString *text = g_string_new(NULL);
        shown.options = true;
        packet_text_time(at - runner->start, text);
        g_string_append(text, " > ");
        packet_text_seen(runner->talk, seen, &shown, text);
        return g_string_free(text, FALSE);
}

static bool differ(Runner *runner, const struct script_event *event, const struct seen_packet *seen,
        time_ns at, const char *differences)
{
        struct script_result *result = runner->result;
        if (!runner->settings.packets_are_fatal) {
                runner_warn(runner, event->place, "%s", differences);
                return true;
        }
        result->expected = expected_text(runner, event);
        result->seen = seen != NULL ? seen_text(runner, event, seen, at) : g_strdup("nothing");
        return runner_fail(runner, event->place, "%s", differences);
}

static time_ns latest(const Runner *runner)
{
        return runner->due.is_any ? TIME_NEVER : runner->due.to + runner->due.tolerance;
}

/* Nothing came in time. Something may come late: then say so. */
static bool fail_missing(Runner *runner, const struct script_event *event)
{
        struct seen_packet seen;
        bool can_wait = !runner->due.is_any;
        struct captured_packet *late =
                can_wait ? next_meant(runner, &event->packet, latest(runner) + PATIENCE, &seen) : NULL;
        if (late == NULL)
                return differ(runner, event, NULL, 0,
                        runner->due.is_any ? "the packet never came" : "the packet did not come");
        if (event->packet.kind == SCRIPT_TCP)
                conversation_on_seen(runner->talk, &event->packet.tcp, &seen);
        log_seen(runner, &seen, late->time);
        bool result = differ(runner, event, &seen, late->time, "no packet came in time; this one came late");
        free_captured(late);
        return result;
}

/* Further segments, as long as they go on where the last ended; the one that does not waits for the next
 * expectation. */
static time_ns gather(Runner *runner, const struct script_event *event, GPtrArray *pieces,
        struct seen_packet *seen, time_ns last)
{
        unsigned first_size = seen->payload_size;
        const struct script_packet *expected = &event->packet;
        while (!runner->settings.strict_segments && expected->kind == SCRIPT_TCP && seen->payload_size > 0 &&
                seen->payload_size < expected->tcp.range.size) {
                struct seen_packet next;
                struct captured_packet *captured = next_meant(runner, expected, latest(runner), &next);
                if (captured == NULL)
                        break;
                if (!packet_match_gather(expected, seen, first_size, &next)) {
                        g_queue_push_head(&runner->waiting, captured);
                        break;
                }
                last = captured->time;
                g_ptr_array_add(pieces, captured);
        }
        return last;
}

static void compare(Runner *runner, const struct script_event *event, const struct seen_packet *seen,
        time_ns at, GString *differences)
{
        const struct match_rules rules = {
                .strict_segments = runner->settings.strict_segments,
                .timestamp_tick = runner->settings.timestamp_tick,
                .tolerance = runner->settings.tolerance,
                .tolerance_percent_x10 = runner->settings.tolerance_percent_x10,
        };
        packet_match(runner->talk, &rules, &event->packet, seen, at - runner->start, differences);
        if (!runner_is_in_time(&runner->due, at))
                g_string_append_printf(differences,
                        "%stime: outside of the tolerance of %" G_GINT64_FORMAT " us",
                        differences->len > 0 ? "; " : "", runner->due.tolerance / MICROSECOND);
}

bool runner_expect(Runner *runner, const struct script_event *event)
{
        struct seen_packet seen;
        const struct script_packet *expected = &event->packet;
        turn_to_caller(runner, expected, false);
        if (expected->kind == SCRIPT_TCP)
                conversation_on_expected(runner->talk, &expected->tcp);
        struct captured_packet *captured = next_meant(runner, expected, latest(runner), &seen);
        if (captured == NULL)
                return fail_missing(runner, event);
        g_autoptr(GPtrArray) pieces = g_ptr_array_new_with_free_func((GDestroyNotify)free_captured);
        g_ptr_array_add(pieces, captured);
        time_ns at = gather(runner, event, pieces, &seen, captured->time);
        if (expected->kind == SCRIPT_TCP)
                conversation_on_seen(runner->talk, &expected->tcp, &seen);
        g_autoptr(GString) differences = g_string_new(NULL);
        compare(runner, event, &seen, at, differences);
        log_seen(runner, &seen, at);
        return differences->len == 0 || differ(runner, event, &seen, at, differences->str);
}

/* ---- What nobody expected ---- */

/* In the script's numbers; with ports and in its own when it is of other sockets. */
static void append_extra(Runner *runner, const struct seen_packet *seen, GString *text)
{
        struct packet_shown shown = everything;
        struct conversation of_others = runner->conversation;
        bool is_own = conversation_owns(&runner->conversation, seen);
        of_others.ours = of_others.theirs = (struct numbering){ 0 };
        shown.ports = !is_own;
        packet_text_seen(is_own ? &runner->conversation : &of_others, seen, &shown, text);
}

static bool note_extra(Runner *runner, const struct seen_packet *seen, time_ns at)
{
        const struct script_event *last = runner->previous;
        g_autoptr(GString) text = g_string_new(NULL);
        packet_text_time(at - runner->start, text);
        g_string_append(text, " > ");
        guint begin = (guint)text->len;
        append_extra(runner, seen, text);
        runner_log_in_order(runner, at, ">", text->str + begin);
        if (!runner->rules->strict) {
                runner_warn(runner, last->place, "nobody expected %s", text->str);
                return true;
        }
        runner->result->expected = g_strdup("nothing");
        runner->result->seen = g_string_free(g_steal_pointer(&text), FALSE);
        return runner_fail(runner, last->place, "the script ends, and nobody expected this packet");
}

static struct captured_packet *next_extra(Runner *runner, time_ns now)
{
        struct captured_packet *passed_over = g_queue_pop_head(&runner->passed_over);
        return passed_over != NULL ? passed_over : next_captured(runner, now);
}

bool runner_look_for_extras(Runner *runner)
{
        struct captured_packet *captured;
        bool is_good = true;
        time_ns now = runner->ops->now(runner->stack);
        while (is_good && (captured = next_extra(runner, now)) != NULL) {
                struct seen_packet seen;
                if (seen_packet_read(captured->bytes, captured->size, &seen) && seen.protocol == SEEN_TCP)
                        is_good = note_extra(runner, &seen, captured->time);
                free_captured(captured);
        }
        return is_good;
}

void runner_log_rest(Runner *runner)
{
        struct captured_packet *captured;
        time_ns now = runner->ops->now(runner->stack);
        while ((captured = next_extra(runner, now)) != NULL) {
                struct seen_packet seen;
                g_autoptr(GString) text = g_string_new(NULL);
                if (seen_packet_read(captured->bytes, captured->size, &seen) && seen.protocol == SEEN_TCP) {
                        append_extra(runner, &seen, text);
                        runner_log_in_order(runner, captured->time, ">", text->str);
                }
                free_captured(captured);
        }
}

void runner_forget_packets(Runner *runner)
{
        g_queue_clear_full(&runner->waiting, (GDestroyNotify)free_captured);
        g_queue_clear_full(&runner->passed_over, (GDestroyNotify)free_captured);
}
