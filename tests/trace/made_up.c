/*
 * The made-up world: what a run would tell the trace, in small.
 */
#include "made_up.h"

#include "wire/checksum.h"
#include "wire/tcp_segment.h"
#include "wire/udp.h"

#include <check.h>
#include <glib/gstdio.h>
#include <string.h>

const struct trace_about made_up_about = { .scenario = "joes-hardware", .version = "0.1.0", .seed = 7 };

static const uint32_t addresses[] = { 0xc000020a, 0xca2b4e03 }; /* 192.0.2.10, 202.43.78.3 */
static const uint16_t ports[] = { 49152, 80 };
static const uint32_t isns[] = { 1000, 5000 };

Trace *made_up_world(void)
{
        Trace *trace = trace_new();
        trace_add_owner(trace, TRACE_OWNER_HOST, "browser", NULL, NULL);
        trace_add_owner(trace, TRACE_OWNER_HOST, "www", NULL, NULL);
        trace_add_owner(trace, TRACE_OWNER_ROUTER, "isp", NULL, NULL);
        trace_add_owner(trace, TRACE_OWNER_LINK, "access", "browser", "isp");
        trace_add_owner(trace, TRACE_OWNER_LINK, "core", "isp", "www");
        trace_add_owner(trace, TRACE_OWNER_LINK, "core", "www", "isp");
        trace_add_transfer(trace, "price-list");
        return trace;
}

static void begin_packet(struct made_up_packet *made, uint32_t from, uint32_t number, const char *payload)
{
        size_t size = strlen(payload);
        memset(made, 0, sizeof *made);
        memcpy(made->payload, payload, size);
        made->packet.id = (struct trace_packet_id){ .host = from, .number = number };
        made->packet.from = from;
        made->packet.to = from == BROWSER ? WWW : BROWSER;
        made->packet.payload[0] = (struct trace_bytes){ made->payload, size };
        made->packet.payload_pieces = size > 0;
        made->packet.payload_size = (uint32_t)size;
        made->packet.payload_sum = checksum_sum(payload, size);
        made->packet.why = "-";
        made->packet.relative_seq = -1;
        made->packet.relative_ack = -1;
}

static void end_packet(struct made_up_packet *made, uint8_t protocol, size_t transport_size)
{
        struct trace_packet *packet = &made->packet;
        packet->header = (struct trace_bytes){ made->header, IPV4_HEADER_SIZE + transport_size };
        packet->size = (uint32_t)packet->header.size + packet->payload_size;
        struct ipv4_header ip = {
                .source = ip_address_from_ipv4(addresses[packet->from]),
                .destination = ip_address_from_ipv4(addresses[packet->to]),
                .total_length = (uint16_t)packet->size,
                .time_to_live = 64,
                .protocol = protocol,
                .dont_fragment = true,
        };
        ipv4_emit(&ip, made->header);
}

static void describe_tcp(
        struct trace_packet *packet, const struct tcp_segment *segment, uint32_t seq, uint32_t ack)
{
        packet->protocol = TRACE_TCP;
        packet->source_port = segment->source_port;
        packet->destination_port = segment->destination_port;
        packet->seq = segment->seq.value;
        packet->ack = segment->ack.value;
        packet->relative_seq = seq;
        packet->relative_ack = segment->flags & TCP_FLAG_ACK ? ack : 0;
        packet->flags = segment->flags;
        packet->window_field = segment->window;
        packet->window = segment->window;
        packet->transfer = 1;
        packet->connection = 1;
        packet->sending = tcp_segment_length(segment) > 0;
        packet->stream_offset = seq > 0 ? seq - 1 : 0;
}

void made_up_tcp(struct made_up_packet *made, uint32_t from, uint32_t number, uint32_t seq, uint32_t ack,
        uint16_t flags, const char *payload)
{
        begin_packet(made, from, number, payload);
        g_autoptr(PayloadPool) pool = payload_pool_new();
        const struct ip_address source = ip_address_from_ipv4(addresses[from]);
        const struct ip_address destination = ip_address_from_ipv4(addresses[made->packet.to]);
        struct tcp_segment segment = {
                .source_port = ports[from],
                .destination_port = ports[made->packet.to],
                .seq = { isns[from] + seq },
                .ack = { flags & TCP_FLAG_ACK ? isns[made->packet.to] + ack : 0 },
                .flags = flags,
                .window = 65535,
                .payload = payload_of_bytes(pool, payload, strlen(payload)),
        };
        size_t size = tcp_segment_emit(&source, &destination, &segment, made->header + IPV4_HEADER_SIZE);
        describe_tcp(&made->packet, &segment, seq, ack);
        payload_clear(&segment.payload);
        end_packet(made, IP_PROTOCOL_TCP, size);
}

void made_up_udp(struct made_up_packet *made, uint32_t from, uint32_t number, const char *payload)
{
        begin_packet(made, from, number, payload);
        g_autoptr(PayloadPool) pool = payload_pool_new();
        const struct ip_address source = ip_address_from_ipv4(addresses[from]);
        const struct ip_address destination = ip_address_from_ipv4(addresses[made->packet.to]);
        struct udp_datagram datagram = {
                .source_port = ports[from],
                .destination_port = 53,
                .payload = payload_of_bytes(pool, payload, strlen(payload)),
        };
        udp_emit(&source, &destination, &datagram, made->header + IPV4_HEADER_SIZE);
        made->packet.protocol = TRACE_UDP;
        made->packet.source_port = datagram.source_port;
        made->packet.destination_port = datagram.destination_port;
        payload_clear(&datagram.payload);
        end_packet(made, IP_PROTOCOL_UDP, UDP_HEADER_SIZE);
}

void made_up_emit(
        Trace *trace, enum trace_kind kind, time_ns time, uint32_t owner, const struct made_up_packet *made)
{
        struct trace_event event = { .kind = kind, .time = time, .owner = owner, .packet = &made->packet };
        trace_emit(trace, &event);
}

void made_up_drop(Trace *trace, time_ns time, uint32_t owner, const struct made_up_packet *made,
        const char *reason, const char *detail)
{
        struct trace_event event = {
                .kind = TRACE_DROPPED,
                .time = time,
                .owner = owner,
                .packet = &made->packet,
                .dropped = { .reason = reason, .detail = detail },
        };
        trace_emit(trace, &event);
}

void made_up_hop(Trace *trace, time_ns time, uint32_t owner, const struct made_up_packet *made,
        const struct trace_hop *set)
{
        struct trace_event event = {
                .kind = TRACE_HOP, .time = time, .owner = owner, .packet = &made->packet
        };
        if (set)
                event.hop = *set;
        event.hop.ordinal = event.hop.ordinal ? event.hop.ordinal : made->packet.id.number;
        event.hop.t_enqueue = time - MILLISECOND;
        event.hop.t_tx = time - 500 * MICROSECOND;
        event.hop.t_tx_end = time - 200 * MICROSECOND;
        event.hop.t_arrive = event.hop.drop ? TIME_NEVER : time;
        event.hop.rule = event.hop.rule ? event.hop.rule : "-";
        trace_emit(trace, &event);
}

static void emit_packets(Trace *trace)
{
        struct made_up_packet made;
        made_up_tcp(&made, BROWSER, 3, 101, 2921, TCP_FLAG_ACK, "");
        made.packet.has_timestamps = true;
        made.packet.timestamp_value = 77;
        made.packet.timestamp_echo = 66;
        made.packet.sack_count = 2;
        made.packet.sack[0].left = made.packet.ack - 1460;
        made.packet.sack[0].right = made.packet.ack;
        made.packet.sack[1].left = made.packet.ack + 1460;
        made.packet.sack[1].right = made.packet.ack + 2920;
        made.packet.is_dsack = true;
        made.packet.why = "duplicate-ack";
        made_up_emit(trace, TRACE_SENT, 41 * MILLISECOND, BROWSER, &made);
        made_up_hop(trace, 46 * MILLISECOND, ACCESS_TO_ISP, &made, NULL);
        made_up_tcp(&made, WWW, 35, 1461, 101, TCP_FLAG_ACK | TCP_FLAG_PSH, "Socket, wrench & saw");
        made.packet.sending = 2;
        made.packet.why = "fast-retransmit";
        made.packet.copy = 1;
        made.packet.is_corrupted = true;
        const struct trace_hop lost = { .drop = "loss",
                .rule = "lose-third,\"x\"",
                .is_reordered = true,
                .is_duplicate = true,
                .is_corrupted_here = true,
                .is_delayed = true,
                .is_marked_here = true };
        made_up_hop(trace, 50 * MILLISECOND, CORE_TO_ISP, &made, &lost);
        made_up_drop(trace, 51 * MILLISECOND, BROWSER, &made, "corrupt", "tcp checksum");
        made_up_udp(&made, BROWSER, 4, "query");
        made_up_emit(trace, TRACE_RECEIVED, 60 * MILLISECOND, WWW, &made);
        struct trace_event fault = {
                .kind = TRACE_FAULT,
                .time = 61 * MILLISECOND,
                .owner = CORE_TO_WWW,
                .packet = &made.packet,
                .fault = { .rule = "lose-third", .action = "drop" },
        };
        trace_emit(trace, &fault);
        fault.packet = NULL;
        fault.fault.action = "link-down";
        trace_emit(trace, &fault);
}

static const struct trace_event tcp_events[] = {
        { .kind = TRACE_TCP_STATE, .state = { "SYN-SENT", "ESTABLISHED" } },
        { .kind = TRACE_TCP_RTT,
                .rtt = { 50 * MILLISECOND, 50 * MILLISECOND, 25 * MILLISECOND, 250 * MILLISECOND, 0 } },
        { .kind = TRACE_TCP_RTT, .rtt = { -1, 50 * MILLISECOND, 25 * MILLISECOND, 500 * MILLISECOND, 1 } },
        { .kind = TRACE_TCP_CONGESTION, .congestion = { 14600, UINT32_MAX, 2920, 65535, 0 } },
        { .kind = TRACE_TCP_CONGESTION, .congestion = { 7300, 7300, 5840, 65535, 10000000 } },
        { .kind = TRACE_TCP_NOTE, .note = { TRACE_NOTE_SEGMENT_HELD, "-", false, 2921, 4381, 1460 } },
        { .kind = TRACE_TCP_NOTE, .note = { TRACE_NOTE_LOST, "duplicate-acks", true, 1461, 2921, 0 } },
};

static void emit_tcp(Trace *trace)
{
        for (unsigned i = 0; i < G_N_ELEMENTS(tcp_events); i++) {
                struct trace_event event = tcp_events[i];
                event.time = 70 * MILLISECOND + i;
                event.owner = BROWSER;
                event.connection = 1;
                event.transfer = 1;
                event.cause.kind = TRACE_CAUSE_PACKET;
                event.cause.packet = (struct trace_packet_id){ WWW, 35 };
                trace_emit(trace, &event);
        }
}

static void emit_programs(Trace *trace)
{
        struct trace_event call = {
                .kind = TRACE_SOCKET_CALL,
                .time = 80 * MILLISECOND,
                .owner = BROWSER,
                .connection = 1,
                .transfer = 1,
                .cause = { .kind = TRACE_CAUSE_DEADLINE, .name = "retransmit" },
                .call = { .process = 1,
                        .program = "price-list",
                        .name = "connect",
                        .fd = 3,
                        .arguments = "202.43.78.3:80",
                        .result = -1,
                        .error = "ETIMEDOUT",
                        .started = MILLISECOND },
        };
        struct trace_event step = {
                .kind = TRACE_STEP,
                .time = 81 * MILLISECOND,
                .owner = BROWSER,
                .step = { .process = 1,
                        .program = "price-list",
                        .name = "dns.answer",
                        .text = "www.joes-hardware.com is 202.43.78.3" },
        };
        trace_emit(trace, &call);
        call.call.error = NULL;
        call.call.fd = -1;
        trace_emit(trace, &call);
        trace_emit(trace, &step);
}

static void emit_links(Trace *trace)
{
        struct trace_event event = {
                .kind = TRACE_LINK,
                .owner = CORE_TO_ISP,
                .link = { .rate = 10000000,
                        .delay = 20 * MILLISECOND,
                        .mtu = 1500,
                        .queue = "codel",
                        .limit_packets = 1000,
                        .target = 5 * MILLISECOND,
                        .interval = 100 * MILLISECOND,
                        .ecn = true },
        };
        trace_emit(trace, &event);
        event.time = 82 * MILLISECOND;
        event.link = (struct trace_link){ .is_down = true,
                .delay = 20 * MILLISECOND,
                .mtu = 1500,
                .queue = "red",
                .limit_bytes = 90000,
                .least = 5,
                .most = 15,
                .weight_ppb = 2000000 };
        trace_emit(trace, &event);
}

void made_up_everything(Trace *trace)
{
        emit_packets(trace);
        emit_tcp(trace);
        emit_programs(trace);
        emit_links(trace);
}

void made_up_tell(Trace *trace, const struct made_up_note *note)
{
        const struct trace_event event = {
                .kind = TRACE_TCP_NOTE,
                .time = note->time,
                .owner = note->owner,
                .connection = 1,
                .transfer = 1,
                .cause = { .kind = TRACE_CAUSE_PACKET, .packet = note->cause },
                .note = { .note = note->note,
                        .why = note->why ? note->why : "-",
                        .is_outgoing = note->is_outgoing,
                        .first = note->first,
                        .end = note->end,
                        .value = note->value },
        };
        trace_emit(trace, &event);
}

static void emit_ack(Trace *trace)
{
        struct made_up_packet made;
        made_up_tcp(&made, BROWSER, 5, 101, 1461, TCP_FLAG_ACK, "");
        made.packet.sack_count = 1;
        made.packet.sack[0].left = made.packet.ack + 1460;
        made.packet.sack[0].right = made.packet.ack + 2920;
        made.packet.t_sent = 86 * MILLISECOND;
        struct trace_event event = { .kind = TRACE_RECEIVED,
                .time = 89 * MILLISECOND,
                .owner = WWW,
                .connection = 1,
                .packet = &made.packet };
        trace_emit(trace, &event);
        const struct made_up_note duplicate = { event.time, WWW, made.packet.id, TRACE_NOTE_DUPLICATE_ACK,
                NULL, 1461, 1461, 1, true };
        made_up_tell(trace, &duplicate);
}

void made_up_repair(Trace *trace)
{
        const time_ns time = 90 * MILLISECOND;
        const struct trace_packet_id again = { WWW, 37 };
        const struct made_up_note notes[] = {
                { time, BROWSER, { WWW, 36 }, TRACE_NOTE_SEGMENT_IN_ORDER, NULL, 1, 1461, 1460, false },
                { time + 2, BROWSER, again, TRACE_NOTE_SEGMENT_IN_ORDER, NULL, 1461, 2921, 0, false },
                { time + 2, BROWSER, again, TRACE_NOTE_HOLE_FILLED, NULL, 2921, 4381, 0, false },
                { time + 2, BROWSER, again, TRACE_NOTE_SEGMENT_DUPLICATE, NULL, 1, 1461, 0, false },
                { time + 3, BROWSER, { 0 }, TRACE_NOTE_READ, NULL, 1, 4381, 0, false },
        };
        emit_ack(trace);
        for (unsigned i = 0; i < G_N_ELEMENTS(notes); i++)
                made_up_tell(trace, &notes[i]);
}

void made_up_files_init(struct made_up_files *files)
{
        files->directory = g_dir_make_tmp("inorder-test-XXXXXX", NULL);
        ck_assert_ptr_nonnull(files->directory);
        files->open = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

char *made_up_file_path(const struct made_up_files *files, const char *name)
{
        return g_build_filename(files->directory, name, NULL);
}

static FILE *open_file(void *data, const char *name, GError **error)
{
        struct made_up_files *files = data;
        g_autofree char *path = made_up_file_path(files, name);
        FILE *file = fopen(path, "wbx");
        (void)error;
        ck_assert_ptr_nonnull(file);
        g_hash_table_insert(files->open, g_strdup(name), file);
        return file;
}

struct trace_opener made_up_opener(struct made_up_files *files)
{
        return (struct trace_opener){ .open = open_file, .data = files };
}

void made_up_files_close(struct made_up_files *files)
{
        GHashTableIter iter;
        void *file;
        g_hash_table_iter_init(&iter, files->open);
        while (g_hash_table_iter_next(&iter, NULL, &file)) {
                if (file)
                        ck_assert_int_eq(fclose(file), 0);
                g_hash_table_iter_replace(&iter, NULL);
        }
}

void made_up_files_clear(struct made_up_files *files)
{
        GHashTableIter iter;
        void *name;
        made_up_files_close(files);
        g_hash_table_iter_init(&iter, files->open);
        while (g_hash_table_iter_next(&iter, &name, NULL)) {
                g_autofree char *path = made_up_file_path(files, name);
                g_unlink(path);
        }
        g_rmdir(files->directory);
        g_hash_table_unref(files->open);
        g_free(files->directory);
}

char *made_up_file_text(const struct made_up_files *files, const char *name)
{
        g_autofree char *path = made_up_file_path(files, name);
        char *text = NULL;
        ck_assert(g_file_get_contents(path, &text, NULL, NULL));
        return text;
}
