/*
 * Packet events into captures: each event is a record of its host, the fate of a sent packet, or both.
 */
#include "trace/trace_pcapng.h"
#include "trace/capture.h"

/* Of each capture: more than a tenth of a second of 10 Gbit/s is under way. A packet that is held until the
 * end does not keep everything behind it in memory. */
#define MOST_WAITING ((size_t)256 << 20)

struct TracePcapng {
        const Trace *trace;
        Capture **captures; /* by owner number; NULL for what is not a host */
        unsigned owner_count;
        size_t piece; /* of each capture */
};

/* Of the host that sent the packet; NULL when a router made it. */
static Capture *sender_capture(const TracePcapng *writer, const struct trace_packet *packet)
{
        return packet->id.host < writer->owner_count ? writer->captures[packet->id.host] : NULL;
}

static const char *owner_name(const TracePcapng *writer, uint32_t owner)
{
        return trace_owner(writer->trace, owner)->name;
}

static void on_dropped_at(const TracePcapng *writer, const struct trace_event *event, const char *reason)
{
        Capture *sender = sender_capture(writer, event->packet);
        if (!sender)
                return;
        capture_comment(sender, event->packet->id.number, "%sdropped: %s, %s",
                event->packet->copy ? "copy " : "", owner_name(writer, event->owner), reason);
        capture_settle(sender, event->packet->id.number);
}

static void on_hop(const TracePcapng *writer, const struct trace_event *event)
{
        Capture *sender = sender_capture(writer, event->packet);
        const struct trace_hop *hop = &event->hop;
        uint32_t number = event->packet->id.number;
        const char *link = owner_name(writer, event->owner);
        if (!sender)
                return;
        if (hop->is_duplicate || hop->is_entry_copy) {
                capture_copy_made(sender, number);
                capture_comment(sender, number, "duplicated: %s", link);
        }
        if (hop->is_corrupted_here)
                capture_comment(sender, number, "%scorrupted: %s", event->packet->copy ? "copy " : "", link);
        if (hop->drop)
                on_dropped_at(writer, event, hop->drop);
}

/* Routers, which send ICMP, have no capture. */
static void on_sent(const TracePcapng *writer, const struct trace_event *event)
{
        g_assert(event->packet->id.host == event->owner);
        if (writer->captures[event->owner])
                capture_add_sent(writer->captures[event->owner], event->time, event->packet);
}

static void on_received(const TracePcapng *writer, const struct trace_event *event)
{
        const struct trace_packet *packet = event->packet;
        Capture *sender = sender_capture(writer, packet);
        capture_add_received(writer->captures[event->owner], event->time, packet,
                packet->is_corrupted ? "corrupted on the way" : NULL);
        if (sender)
                capture_settle(sender, packet->id.number);
}

/* A host's interface has seen what the host then threw away. */
static void on_dropped(const TracePcapng *writer, const struct trace_event *event)
{
        const struct trace_packet *packet = event->packet;
        Capture *capture = writer->captures[event->owner];
        if (capture && packet->id.host != event->owner) {
                g_autofree char *comment = g_strdup_printf("%sdropped: %s, %s (%s)",
                        packet->is_corrupted ? "corrupted on the way; " : "",
                        owner_name(writer, event->owner), event->dropped.reason, event->dropped.detail);
                capture_add_received(capture, event->time, packet, comment);
        }
        on_dropped_at(writer, event, event->dropped.reason);
}

static void on_event(void *data, const struct trace_event *event)
{
        static void (*const reactions[TRACE_KINDS])(const TracePcapng *, const struct trace_event *) = {
                [TRACE_HOP] = on_hop,
                [TRACE_SENT] = on_sent,
                [TRACE_RECEIVED] = on_received,
                [TRACE_DROPPED] = on_dropped,
        };
        reactions[event->kind](data, event);
}

static size_t piece_of(const Trace *trace)
{
        unsigned hosts = 0;
        for (unsigned i = 0; i < trace_owner_count(trace); i++)
                hosts += trace_owner(trace, i)->kind == TRACE_OWNER_HOST;
        size_t share = TRACE_FILE_ALL_PIECES / MAX(hosts, 1);
        share -= share % TRACE_FILE_SMALL_PIECE;
        return CLAMP(share, TRACE_FILE_SMALL_PIECE, TRACE_FILE_LARGE_PIECE);
}

static Capture *open_capture(const TracePcapng *writer, const struct trace_opener *opener,
        const struct trace_about *about, const char *host, uint32_t snap, GError **error)
{
        g_autofree char *file_name = g_strdup_printf("%s.pcapng", host);
        g_autofree char *application = g_strdup_printf("inorder %s", about->version);
        g_autofree char *comment =
                g_strdup_printf("scenario %s, seed %" G_GUINT64_FORMAT, about->scenario, about->seed);
        const struct capture_config config = { .name = host,
                .comment = comment,
                .application = application,
                .snap = snap,
                .piece = writer->piece,
                .most_waiting = MOST_WAITING };
        FILE *file = opener->open(opener->data, file_name, error);
        return file ? capture_new(file, file_name, &config) : NULL;
}

static bool open_captures(TracePcapng *writer, const struct trace_opener *opener,
        const struct trace_about *about, uint32_t snap, GError **error)
{
        for (unsigned i = 0; i < writer->owner_count; i++) {
                const struct trace_owner *owner = trace_owner(writer->trace, i);
                if (owner->kind != TRACE_OWNER_HOST)
                        continue;
                writer->captures[i] = open_capture(writer, opener, about, owner->name, snap, error);
                if (!writer->captures[i])
                        return false;
        }
        return true;
}

TracePcapng *trace_pcapng_new(Trace *trace, const struct trace_opener *opener,
        const struct trace_about *about, uint32_t snap, GError **error)
{
        g_autoptr(TracePcapng) writer = g_new0(TracePcapng, 1);
        writer->trace = trace;
        writer->owner_count = trace_owner_count(trace);
        writer->piece = piece_of(trace);
        writer->captures = g_new0(Capture *, writer->owner_count);
        if (!open_captures(writer, opener, about, snap, error))
                return NULL;
        trace_listen(trace, TRACE_PACKET_KINDS, on_event, writer);
        return g_steal_pointer(&writer);
}

bool trace_pcapng_finish(TracePcapng *writer, GError **error)
{
        for (unsigned i = 0; i < writer->owner_count; i++) {
                if (writer->captures[i] && !capture_finish(writer->captures[i], error))
                        return false;
        }
        return true;
}

void trace_pcapng_free(TracePcapng *writer)
{
        if (!writer)
                return;
        for (unsigned i = 0; i < writer->owner_count; i++)
                capture_free(writer->captures[i]);
        g_free(writer->captures);
        g_free(writer);
}
