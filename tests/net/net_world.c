/*
 * The tests' world: packets with real headers, and a log of everything.
 */
#include "net_world.h"

#include <check.h>
#include <inttypes.h>

#define ISN      0x10203040
#define PEER_ISN 0x50607080

static void log_bytes(GString *log, const char *name, const uint8_t *bytes, size_t size)
{
        g_string_append_printf(log, " %s=", name);
        for (size_t i = 0; i < size; i++) {
                g_string_append_c(log, "0123456789abcdef"[bytes[i] >> 4]);
                g_string_append_c(log, "0123456789abcdef"[bytes[i] & 15]);
        }
}

static void log_packet(GString *log, const struct trace_packet *packet)
{
        g_string_append_printf(log,
                " %u.%u/%u size=%u payload=%u sum=%04x corrupted=%d %u->%u transfer=%u %s %s",
                packet->id.host, packet->id.number, packet->copy, packet->size, packet->payload_size,
                packet->payload_sum, packet->is_corrupted, packet->from, packet->to, packet->transfer,
                packet->why, trace_protocol_name(packet->protocol));
        g_string_append_printf(log, " seq=%" PRId64 " ack=%" PRId64 " flags=%x", packet->relative_seq,
                packet->relative_ack, packet->flags);
        log_bytes(log, "header", packet->header.bytes, packet->header.size);
        for (unsigned i = 0; i < packet->payload_pieces; i++)
                log_bytes(log, "piece", packet->payload[i].bytes, packet->payload[i].size);
}

static void log_hop(GString *log, const struct trace_hop *hop)
{
        g_string_append_printf(log,
                " ordinal=%" PRIu64 " enqueue=%" PRId64 " tx=%" PRId64 " tx_end=%" PRId64 " arrive=%" PRId64
                " drop=%s rule=%s reordered=%d duplicate=%d corrupted=%d delayed=%d marked=%d",
                hop->ordinal, hop->t_enqueue, hop->t_tx, hop->t_tx_end, hop->t_arrive,
                hop->drop != NULL ? hop->drop : "-", hop->rule, hop->is_reordered, hop->is_duplicate,
                hop->is_corrupted_here, hop->is_delayed, hop->is_marked_here);
}

static void log_event(void *data, const struct trace_event *event)
{
        GString *log = ((struct net_world *)data)->log;
        static const char *const names[TRACE_KINDS] = {
                [TRACE_HOP] = "hop",
                [TRACE_DROPPED] = "dropped",
                [TRACE_FAULT] = "fault",
                [TRACE_LINK] = "link",
        };
        g_string_append_printf(log, "%s %" PRId64 " owner=%u", names[event->kind], event->time, event->owner);
        if (event->kind == TRACE_HOP)
                log_hop(log, &event->hop);
        if (event->kind == TRACE_DROPPED)
                g_string_append_printf(log, " %s (%s)", event->dropped.reason, event->dropped.detail);
        if (event->kind == TRACE_FAULT)
                g_string_append_printf(log, " %s: %s", event->fault.rule, event->fault.action);
        if (event->kind == TRACE_LINK)
                g_string_append_printf(log, " down=%d rate=%" PRIu64 " delay=%" PRId64 " queue=%s",
                        event->link.is_down, event->link.rate, event->link.delay, event->link.queue);
        if (event->packet != NULL)
                log_packet(log, event->packet);
        g_string_append_c(log, '\n');
}

void net_world_init(struct net_world *world)
{
        *world = (struct net_world){
                .payloads = payload_pool_new(),
                .trace = trace_new(),
                .log = g_string_new(NULL),
        };
        world->context.events = event_queue_new();
        world->context.packets = packet_pool_new(world->payloads);
        world->context.trace = world->trace;
        trace_listen(world->trace, TRACE_ALL_KINDS, log_event, world);
}

static uint64_t total_dropped(const struct packet_counts *counts)
{
        uint64_t total = 0;
        for (unsigned i = 0; i < DROP_REASONS; i++)
                total += counts->dropped[i];
        return total;
}

void net_world_clear(struct net_world *world)
{
        const struct packet_counts *counts = &world->context.counts;
        ck_assert_uint_le(counts->delivered + total_dropped(counts), counts->sent + counts->duplicated);
        packet_pool_free(world->context.packets);
        payload_pool_free(world->payloads);
        event_queue_free(world->context.events);
        fault_script_free(world->context.faults);
        trace_free(world->trace);
        g_string_free(world->log, TRUE);
}

static struct packet_note note_of(uint32_t number, uint32_t payload_size, uint16_t flags)
{
        return (struct packet_note){
                .from = 1,
                .to = 2,
                .transfer = 1,
                .connection = 1,
                .stream_offset = (uint64_t)(number - 1) * payload_size,
                .isn = ISN,
                .peer_isn = PEER_ISN,
                .knows_isn = true,
                .knows_peer_isn = true,
                .kinds = flags & TCP_FLAG_SYN ? PACKET_SYN
                         : payload_size > 0   ? PACKET_DATA
                                              : PACKET_PURE_ACK,
                .sending = 1,
                .why = "new-data",
        };
}

static void write_headers(struct packet *packet, struct tcp_segment *segment)
{
        struct ipv4_header header = {
                .source = ip_address_from_ipv4(0xc0000201),
                .destination = ip_address_from_ipv4(0xc0000202),
                .identification = (uint16_t)packet->id.number,
                .time_to_live = 64,
                .protocol = IP_PROTOCOL_TCP,
                .dont_fragment = true,
        };
        size_t size = tcp_segment_emit(
                &header.source, &header.destination, segment, packet->header + IPV4_HEADER_SIZE);
        packet->header_size = (uint8_t)(IPV4_HEADER_SIZE + size);
        packet->size = (uint16_t)(packet->header_size + segment->payload.length);
        header.total_length = packet->size;
        ipv4_emit(&header, packet->header);
}

struct packet *net_world_flagged_packet(
        struct net_world *world, uint32_t number, uint32_t payload_size, uint16_t flags)
{
        g_autofree uint8_t *bytes = g_malloc(payload_size + 1);
        for (uint32_t i = 0; i < payload_size; i++)
                bytes[i] = (uint8_t)(number + i);
        struct packet *packet = packet_new(world->context.packets);
        struct tcp_segment segment = {
                .source_port = 1000,
                .destination_port = 80,
                .ack = seq_of(PEER_ISN + 1),
                .flags = flags,
                .window = 512,
                .payload = payload_of_bytes(world->payloads, bytes, payload_size),
        };
        packet->id = (struct trace_packet_id){ 1, number };
        packet->note = note_of(number, payload_size, flags);
        segment.seq = seq_of(ISN + (flags & TCP_FLAG_SYN ? 0 : 1 + (uint32_t)packet->note.stream_offset));
        packet->note.seq = segment.seq.value;
        packet->note.ack = segment.ack.value;
        packet->note.source_port = segment.source_port;
        packet->note.destination_port = segment.destination_port;
        write_headers(packet, &segment);
        packet->payload = segment.payload;
        world->context.counts.sent++;
        return packet;
}

struct packet *net_world_packet(struct net_world *world, uint32_t number, uint32_t payload_size)
{
        return net_world_flagged_packet(world, number, payload_size, TCP_FLAG_ACK);
}

void net_world_set_ecn(struct packet *packet, uint8_t ecn)
{
        struct ip_header header;
        ck_assert(ip_header_parse(packet->header, packet->header_size, packet->size, &header) == IP_OK);
        header.ecn = ecn;
        ip_header_emit(&header, packet->header);
}

static void deliver(void *data, struct packet *packet)
{
        struct net_world *world = data;
        g_string_append_printf(world->log, "arrived %" PRId64 " %u/%u\n",
                event_queue_now(world->context.events), packet->id.number, packet->copy);
        ck_assert_ptr_null(packet->account);
        world->context.counts.delivered++;
        packet_free(world->context.packets, packet);
}

struct packet_sink net_world_sink(struct net_world *world, uint32_t owner)
{
        return (struct packet_sink){ .deliver = deliver, .data = world, .owner = owner };
}

struct link_config net_world_link(uint32_t owner)
{
        return (struct link_config){
                .label = "near → far",
                .owner = owner,
                .rate = 8 * (rate_bps)1000000000,
                .delay = 10 * MICROSECOND,
                .mtu = 1500,
                .queue = { .ops = &queue_droptail },
                .impair = { .keep_order = true },
                .seed = 7,
        };
}

void net_world_run(struct net_world *world)
{
        event_queue_run_until(world->context.events, TIME_NEVER - 1);
}

const char *net_world_arrivals(struct net_world *world)
{
        g_auto(GStrv) lines = g_strsplit(world->log->str, "\n", -1);
        g_string_truncate(world->log, 0);
        for (unsigned i = 0; lines[i] != NULL; i++) {
                g_auto(GStrv) words = g_strsplit(lines[i], " ", -1);
                if (g_strcmp0(words[0], "arrived") != 0)
                        continue;
                g_autofree char *number = g_strdup(words[2]);
                if (g_str_has_suffix(number, "/0"))
                        number[strlen(number) - 2] = '\0';
                g_string_append_printf(
                        world->log, "%s%s@%s", world->log->len > 0 ? " " : "", number, words[1]);
        }
        return world->log->str;
}
