/*
 * Writing what happened on the path: a packet a line, with its meaning beside it.
 */
#include "run/path_file.h"

#include "run/path_delays.h"
#include "run/path_names.h"
#include "run/quantity.h"

struct path_writing {
        GPtrArray *links;
        GPtrArray *nodes;
        GPtrArray *transfers;
        GString *text;
        const Scenario *scenario;
        bool by_meaning;
};

/* ---- What a packet was ---- */

static const struct {
        uint16_t kind;
        const char *word;
} kinds[] = {
        { PACKET_SYN, "SYN" },
        { PACKET_SYN_ACK, "SYN-ACK" },
        { PACKET_RST, "RST" },
        { PACKET_RETRANSMISSION, "retransmission" },
        { PACKET_DATA, "data" },
        { PACKET_FIN, "FIN" },
        { PACKET_PURE_ACK, "ACK" },
        { PACKET_DNS, "DNS" },
        { PACKET_ICMP, "ICMP" },
};

static const char *kind_word(uint16_t bits)
{
        for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
                if (bits & kinds[i].kind)
                        return kinds[i].word;
        return "packet";
}

static const char *node_name(const struct path_writing *writing, uint32_t owner)
{
        return owner < writing->nodes->len ? g_ptr_array_index(writing->nodes, owner) : "?";
}

static void append_meaning(struct path_writing *writing, const struct path_event *event)
{
        const struct packet_note *note = &event->note;
        if (event->kind == PATH_SLOT_LENGTH) {
                g_string_append_c(writing->text, '\n');
                return;
        }
        g_string_append_printf(writing->text, "  # %s %s → %s", kind_word(note->kinds),
                node_name(writing, note->from), node_name(writing, note->to));
        if (event->payload_size > 0)
                g_string_append_printf(writing->text, ", bytes %" G_GUINT64_FORMAT "..%" G_GUINT64_FORMAT,
                        note->stream_offset, note->stream_offset + event->payload_size - 1);
        if (note->sending > 1)
                g_string_append_printf(writing->text, ", sent the %u. time", note->sending);
        g_string_append_c(writing->text, '\n');
}

/* ---- What happened to it ---- */

/* Of a transfer's first connection, and of the first time that it is taken up, nothing is said. */
static void append_name(struct path_writing *writing, const struct segment_name *name)
{
        GString *text = writing->text;
        if (name->is_ack)
                g_string_append_printf(text, "{ ack: %u, nth: %u", name->seq, name->sending);
        else
                g_string_append_printf(text, "{ segment: %u, sending: %u, offset: %" G_GUINT64_FORMAT,
                        name->seq, name->sending, name->offset);
        g_string_append_printf(text, ", from: %s, to-host: %s", node_name(writing, name->from),
                node_name(writing, name->to));
        if (name->transfer != 0)
                g_string_append_printf(text, ", transfer: %s",
                        (const char *)g_ptr_array_index(writing->transfers, name->transfer - 1));
        else
                g_string_append_printf(text, ", ports: [%u, %u]", name->source_port, name->destination_port);
        if (name->transfer != 0 && name->flow > 1)
                g_string_append_printf(text, ", connection: %u", name->flow);
        if (name->adopted > 1)
                g_string_append_printf(text, ", adopted: %u", name->adopted);
        if (name->copy != 0)
                g_string_append_printf(text, ", twin: %u", name->copy);
}

static void append_segment(struct path_writing *writing, const struct path_event *event)
{
        static const char *const stages[PATH_STAGES] = {
                [PATH_ENTRY] = "entry", [PATH_QUEUE] = "queue", [PATH_LINE] = "line"
        };
        g_string_append(writing->text, "      - ");
        append_name(writing, &event->segment);
        if (event->stage != PATH_LINE)
                g_string_append_printf(writing->text, ", at: %s", stages[event->stage]);
}

static bool is_of_a_victim(const struct path_event *event)
{
        return event->kind == PATH_PUSHED_OUT || event->kind == PATH_AT_CHANGE;
}

static void append_number(struct path_writing *writing, const struct path_event *event)
{
        static const char *const names[PATH_STAGES] = {
                [PATH_ENTRY] = "entered",
                [PATH_QUEUE] = "offered",
                [PATH_LINE] = "ordinal",
                [PATH_SLOT] = "slot",
        };
        g_string_append_printf(writing->text, "      - { %s: %" G_GUINT64_FORMAT, names[event->stage],
                is_of_a_victim(event) ? event->victim : event->number);
}

static void append_flips(struct path_writing *writing, const struct path_event *event)
{
        g_string_append(writing->text, ", as: corrupt, bits: [");
        for (unsigned i = 0; i < event->flip_count; i++)
                g_string_append_printf(writing->text, "%s%u", i > 0 ? ", " : "", event->flips[i]);
        g_string_append(writing->text, "]");
}

/* In the unit that a scenario would have; jitter may have made it shorter. */
static void append_time(struct path_writing *writing, const char *before, duration_ns time)
{
        g_autofree char *text = quantity_time.format((uint64_t)ABS(time));
        g_string_append_printf(writing->text, "%s%s%s", before, time < 0 ? "-" : "", text);
}

static void append_delay(struct path_writing *writing, const struct path_event *event)
{
        if (event->is_early)
                g_string_append(writing->text, ", as: reorder, early: on");
        else
                append_time(writing, ", as: reorder, delay: ", event->delay);
        if (event->lets_pass > 0)
                g_string_append_printf(writing->text, ", by: %upkt", event->lets_pass);
}

static void append_pushed(struct path_writing *writing, const struct path_event *event)
{
        g_string_append_printf(writing->text, ", as: %s, for: ", event->reason);
        if (!writing->by_meaning || !event->has_pusher) {
                g_string_append_printf(writing->text, "%" G_GUINT64_FORMAT, event->number);
                return;
        }
        append_name(writing, &event->pusher);
        g_string_append(writing->text, " }");
}

static void append_what(struct path_writing *writing, const struct path_event *event)
{
        GString *text = writing->text;
        switch (event->kind) {
        case PATH_LOSS:
                g_string_append(text, ", as: loss");
                break;
        case PATH_FLIPS:
                append_flips(writing, event);
                break;
        case PATH_TRUNCATION:
                g_string_append_printf(text, ", as: truncate, to: %uB", event->size);
                break;
        case PATH_COPY:
                g_string_append(text, ", as: duplicate");
                break;
        case PATH_DELAY:
                append_delay(writing, event);
                break;
        case PATH_REFUSAL:
                g_string_append_printf(text, ", as: %s", event->reason);
                break;
        case PATH_PUSHED_OUT:
                append_pushed(writing, event);
                break;
        case PATH_AT_HEAD:
                g_string_append_printf(text, ", as: %s, at-head: on", event->reason);
                break;
        case PATH_AT_CHANGE:
                g_string_append_printf(
                        text, ", as: %s, at-change: %" G_GUINT64_FORMAT, event->reason, event->number);
                break;
        case PATH_MARK:
                g_string_append(text, ", as: mark-ce");
                break;
        case PATH_SLOT_LENGTH:
                append_time(writing, ", as: slot, delay: ", event->delay);
                break;
        default:
                g_assert_not_reached();
        }
}

/* That can be read again: hosts have names, whoever else sends has none. */
static bool has_name(const struct path_writing *writing, const struct path_event *event)
{
        return event->has_segment && event->segment.from < writing->nodes->len &&
               event->segment.to < writing->nodes->len;
}

static void append_direction(struct path_writing *writing, const struct path_name *name, unsigned d,
        const PathLog *log, uint32_t link)
{
        unsigned count;
        const struct path_event *events = path_log_events(log, link, d, &count);
        bool is_begun = false;
        for (unsigned i = 0; i < count; i++) {
                if (path_event_is_jitter(&events[i]))
                        continue;
                if (!is_begun)
                        g_string_append_printf(writing->text, "  - on: %s\n    to: %s\n    packets:\n",
                                name->link, name->far_end[d]);
                is_begun = true;
                bool by_meaning = writing->by_meaning && has_name(writing, &events[i]);
                if (by_meaning)
                        append_segment(writing, &events[i]);
                else
                        append_number(writing, &events[i]);
                if (events[i].copy > 0)
                        g_string_append_printf(writing->text, ", copy: %u", events[i].copy);
                append_what(writing, &events[i]);
                g_string_append(writing->text, " }");
                append_meaning(writing, &events[i]);
        }
}

static void append_head(struct path_writing *writing, uint64_t seed)
{
        static const char by_number[] =
                "# What luck and queues did to packets, each by its number on its link in that direction:\n"
                "# to be edited, and replayed with --faults.\n";
        static const char by_meaning[] =
                "# What luck and queues did to packets: to be edited, and replayed with --faults.\n"
                "# A segment goes by what it carries (flow, place in the stream, nth sending), an ACK "
                "without text by\n"
                "# what it acknowledges (nth of those that acknowledge so much); whatever else (DNS, ICMP, "
                "answers of no\n"
                "# connection), and the jitter in delays.csv, by the packet's number on its link in that "
                "direction.\n";
        g_string_append(writing->text, writing->by_meaning ? by_meaning : by_number);
        g_string_append_printf(writing->text,
                "inorder-faults: 1\nseed: %" G_GUINT64_FORMAT "\ndelays: delays.csv\nlinks:\n", seed);
}

char *path_file_write(const Scenario *scenario, const PathLog *log, bool by_meaning)
{
        struct path_writing writing = {
                .links = path_names_new(scenario),
                .nodes = path_node_names_new(scenario),
                .transfers = path_transfer_names_new(scenario),
                .scenario = scenario,
                .by_meaning = by_meaning,
                .text = g_string_new(NULL),
        };
        append_head(&writing, path_log_seed(log));
        for (uint32_t link = 0; link < writing.links->len; link++)
                for (unsigned d = 0; d < 2; d++)
                        append_direction(&writing, g_ptr_array_index(writing.links, link), d, log, link);
        g_ptr_array_unref(writing.links);
        g_ptr_array_unref(writing.nodes);
        g_ptr_array_unref(writing.transfers);
        return g_string_free(writing.text, FALSE);
}
