/*
 * Connections on their host: TCP is entered with a segment, a deadline or a call, and what it says is carried
 * out.
 *
 * A segment or deadline is followed by the pump within the same event; a call asks for a pump event at this
 * instant. The pump stops while the connection has more than its output limit in its own device's queue, as
 * Linux's TSQ does.
 */
#include "host/connection.h"

#include "host/socket_stamps.h"

/* As Linux: however slow the line, two packets. */
#define OUTPUT_LIMIT_PACKETS 2
#define BITS_PER_BYTE        8
#define FLOW_LABEL_STEP      0x9e3779b9u /* odd: no two labels in a row are alike */

static EventQueue *events_of(const struct connection *connection)
{
        return connection->host->context->net->events;
}

static void queue_pump(struct connection *connection, time_ns at)
{
        struct event_key key = { .time = MAX(at, host_now(connection->host)),
                .owner = connection->host->owner,
                .class = EVENT_PUMP,
                .number = connection->number };
        event_queue_set(events_of(connection), &connection->pump, &key);
}

static uint32_t output_limit(const Host *host, const Link *device)
{
        if (device == NULL || host->limit_output == 0 || link_rate(device) == 0)
                return UINT32_MAX;
        guint64 byte_times;
        if (!g_uint64_checked_mul(
                    &byte_times, link_rate(device) / BITS_PER_BYTE, (guint64)host->limit_output))
                return UINT32_MAX;
        uint64_t bytes = byte_times / SECOND;
        return (uint32_t)CLAMP(bytes, (uint64_t)OUTPUT_LIMIT_PACKETS * link_mtu(device), UINT32_MAX);
}

/* Whether the device takes one more packet; if not, the pump runs again as soon as it does. */
static bool has_room(struct connection *connection)
{
        if (connection->account.queued_bytes <= connection->output_limit)
                return true;
        time_ns room = link_room_time(connection->device, &connection->account, connection->output_limit);
        if (room <= host_now(connection->host))
                return true;
        connection->account.is_waiting = room == TIME_NEVER;
        if (room == TIME_NEVER)
                event_queue_cancel(events_of(connection), &connection->pump);
        else
                queue_pump(connection, room);
        return false;
}

/* What the handshake settles stays. */
static void learn_names(struct connection *connection)
{
        struct packet_note *note = &connection->note;
        const TcpConn *tcp = connection->tcp;
        note->isn = tcp_conn_iss(tcp).value;
        note->knows_isn = true;
        note->knows_peer_isn = tcp_conn_knows_irs(tcp);
        note->peer_isn = note->knows_peer_isn ? tcp_conn_irs(tcp).value : 0;
        if (tcp_conn_state(tcp) < TCP_STATE_ESTABLISHED)
                return;
        struct tcp_report report;
        tcp_conn_report(tcp, &report);
        note->window_scale = report.receive_scale;
        connection->knows_names = true;
}

static void complete_note(struct connection *connection, const struct tcp_sending *sending)
{
        struct packet_note *note = &connection->note;
        if (!connection->knows_names)
                learn_names(connection);
        note->stream_offset = sending->stream_offset;
        note->sending = (uint16_t)MIN(sending->sending, UINT16_MAX);
        note->why = tcp_send_reason_name(sending->reason);
}

/* The nth pure ACK that acknowledges so much: what names it for people, and for recorded luck. */
static uint16_t count_ack(struct connection *connection, struct seqnum ack)
{
        bool is_alike = connection->acks_alike > 0 && seq_diff(ack, connection->last_ack) == 0;
        connection->last_ack = ack;
        connection->acks_alike = is_alike ? MIN(connection->acks_alike + 1, UINT16_MAX) : 1;
        return connection->acks_alike;
}

/* RFC 6437 section 3: a hash of the flow, never 0. As Linux, another after each timeout, since routers may
 * choose a path by it. */
static uint32_t flow_label(const struct connection *connection)
{
        struct tcp_report report;
        if (ip_address_is_ipv4(&connection->tuple.remote.address))
                return 0;
        tcp_conn_report(connection->tcp, &report);
        uint32_t hash =
                four_tuple_hash(&connection->tuple) + (uint32_t)report.counts.timeouts * FLOW_LABEL_STEP;
        return 1 + (hash >> 12) % IPV6_FLOW_LABEL_MAX;
}

static void transmit(
        struct connection *connection, struct tcp_segment *segment, const struct tcp_sending *sending)
{
        complete_note(connection, sending);
        bool is_charged = tcp_segment_length(segment) > 0;
        bool is_ack = !is_charged && !(segment->flags & TCP_FLAG_RST);
        connection->note.nth_ack = is_ack ? count_ack(connection, segment->ack) : 0;
        segment->dscp = connection->dscp;
        segment->hop_limit = connection->hop_limit;
        segment->flow_label = flow_label(connection);
        if (connection->stamps.head != NULL)
                stamps_on_sent(connection, sending->stream_offset, segment->payload.length);
        struct packet *packet =
                host_segment_packet(connection->host, &connection->tuple, segment, &connection->note);
        packet->account = is_charged ? &connection->account : NULL;
        connection->outgoing_position =
                MAX(connection->outgoing_position, (int64_t)sending->stream_offset + 1);
        host_transmit(connection->host, packet, connection->device, &connection->cause);
}

/* Acknowledgements and their like do not wait behind the connection's own text. As Linux, whose limit is
 * tcp_write_xmit()'s. */
static void pump_control(struct connection *connection)
{
        Host *host = connection->host;
        struct tcp_segment segment;
        struct tcp_sending sending;
        while (tcp_conn_next_control(connection->tcp, host_now(host), &segment, &sending)) {
                host_trace_notes(host, connection, &connection->cause);
                transmit(connection, &segment, &sending);
        }
        host_trace_notes(host, connection, &connection->cause);
}

/* Returns whether TCP has nothing more to send now. */
static bool pump(struct connection *connection)
{
        Host *host = connection->host;
        struct tcp_segment segment;
        struct tcp_sending sending;
        connection->account.is_waiting = false;
        while (has_room(connection)) {
                bool has_segment = tcp_conn_next_segment(connection->tcp, host_now(host), &segment, &sending);
                host_trace_notes(host, connection, &connection->cause);
                if (!has_segment)
                        return true;
                transmit(connection, &segment, &sending);
                if (sending.is_last)
                        return true;
        }
        pump_control(connection);
        return false;
}

static void count_time_wait(struct connection *connection)
{
        bool is_time_wait = tcp_conn_state(connection->tcp) == TCP_STATE_TIME_WAIT;
        connection->host->time_waits += (unsigned)is_time_wait - (unsigned)connection->is_time_wait;
        connection->is_time_wait = is_time_wait;
}

/* Another connection may have the same four-tuple from now on, and the port be bound anew. */
static void give_up_names(struct connection *connection)
{
        Host *host = connection->host;
        hash_table_remove(&host->connections_by_tuple, four_tuple_place(&connection->tuple), connection);
        if (host->recent == connection)
                host->recent = NULL;
        port_space_unbind(&host->tcp_ports, &connection->binding);
}

/* The timer, the names, the counts and whoever waits follow what TCP has become. */
static void settle(struct connection *connection)
{
        count_time_wait(connection);
        if (tcp_conn_state(connection->tcp) == TCP_STATE_CLOSED)
                give_up_names(connection);
        timer_set(&connection->timer, tcp_conn_deadline(connection->tcp));
        if (connection->stamps.head != NULL)
                stamps_on_acknowledged(connection);
        TcpListener *listener = tcp_conn_listener(connection->tcp);
        if (connection->socket != NULL)
                socket_update(connection->socket);
        else if (listener != NULL)
                socket_update(tcp_listener_owner(listener));
}

/* The end of every event of the connection's. May free it. */
static void finish_event(struct connection *connection)
{
        host_trace_notes(connection->host, connection, &connection->cause);
        bool is_drained = pump(connection);
        if (is_drained)
                event_queue_cancel(events_of(connection), &connection->pump);
        settle(connection);
        if (is_drained && tcp_conn_is_finished(connection->tcp))
                connection_free(connection);
}

static void on_pump(void *data)
{
        finish_event(data);
}

static void on_deadline(void *data)
{
        struct connection *connection = data;
        connection->cause = (struct cause){ .kind = TRACE_CAUSE_DEADLINE, .name = "-" };
        tcp_conn_on_time(connection->tcp, host_now(connection->host));
        finish_event(connection);
}

static struct packet_note note_of(const struct connection *connection)
{
        struct packet_note note = host_note_to(connection->host, &connection->tuple.remote.address);
        note.connection = connection->number;
        note.transfer = host_transfer_number(connection->transfer);
        return note;
}

static void write_names(const struct four_tuple *tuple, uint8_t names[IPV4_NAMES_SIZE])
{
        if (!ip_address_is_ipv4(&tuple->remote.address))
                return;
        write_be32(names, ip_address_to_ipv4(&tuple->remote.address));
        write_be32(names + 4, ip_address_to_ipv4(&tuple->local.address));
        write_be16(names + 8, tuple->remote.port);
        write_be16(names + 10, tuple->local.port);
}

static struct connection *connection_make(
        Host *host, const struct four_tuple *tuple, TcpConn *tcp, struct transfer *transfer, Link *device)
{
        struct connection *connection = block_pool_take_zeroed(host_memory(host), sizeof *connection);
        connection->host = host;
        connection->tcp = tcp;
        connection->transfer = transfer;
        connection->number = ++host->connections_made;
        connection->tuple = *tuple;
        write_names(tuple, connection->names_in);
        connection->device = device;
        connection->output_limit = output_limit(host, device);
        connection->account.data = connection;
        connection->note = note_of(connection);
        connection->link.data = connection;
        tcp_conn_set_owner(tcp, connection);
        event_init(&connection->pump, on_pump, connection);
        struct event_key key = {
                .owner = host->owner, .class = EVENT_DEADLINE, .number = connection->number
        };
        timer_init(&connection->timer, events_of(connection), &key, on_deadline, connection);
        g_queue_push_tail_link(&host->connections, &connection->link);
        hash_table_add(&host->connections_by_tuple, host_memory(host), four_tuple_place(tuple), connection);
        host->recent = NULL;
        return connection;
}

struct connection *connection_new(Host *host, const struct four_tuple *tuple,
        const struct tcp_settings *settings, struct transfer *transfer, Link *device)
{
        host_ask_for_notes(host);
        uint32_t path_mtu = host_path_mtu_towards(host, &tuple->remote.address);
        TcpConn *tcp = tcp_conn_new(host->tcp, settings, path_mtu);
        struct connection *connection = connection_make(host, tuple, tcp, transfer, device);
        connection->note.flow = transfer != NULL ? ++transfer->connections : 0;
        return connection;
}

struct connection *connection_adopt(
        Host *host, const struct four_tuple *tuple, TcpConn *tcp, const Socket *listening)
{
        Link *device = route_table_find(host->routes, &tuple->remote.address);
        struct connection *connection = connection_make(host, tuple, tcp, listening->transfer, device);
        struct transfer *peer = connection_peer_transfer(connection);
        if (peer != NULL)
                connection->transfer = peer;
        connection->note.transfer = host_transfer_number(connection->transfer);
        connection->note.flow = connection_peer_flow(connection);
        connection->note.adopted = connection_times_adopted(connection);
        connection->binding = (struct binding){ .local = tuple->local, .reuses = listening->reuses_address };
        port_space_bind(&host->tcp_ports, &connection->binding);
        return connection;
}

static void hand_in_counts(const struct connection *connection)
{
        if (connection->transfer == NULL)
                return;
        struct tcp_report report;
        tcp_conn_report(connection->tcp, &report);
        transfer_add_counts(connection->transfer, &report.counts);
}

void connection_free(struct connection *connection)
{
        Host *host = connection->host;
        if (!host->is_closing)
                hand_in_counts(connection);
        timer_cancel(&connection->timer);
        event_queue_cancel(events_of(connection), &connection->pump);
        if (connection->account.queued_packets > 0)
                link_forget_account(connection->device, &connection->account);
        host->time_waits -= connection->is_time_wait;
        give_up_names(connection);
        stamps_clear(connection);
        connection_leave_proof(connection);
        g_queue_unlink(&host->connections, &connection->link);
        if (connection->socket != NULL)
                socket_on_connection_gone(connection->socket);
        tcp_conn_free(connection->tcp);
        block_pool_give_back(host_memory(host), connection, sizeof *connection);
}

void connection_after_call(struct connection *connection, const char *call)
{
        connection->cause = (struct cause){ .kind = TRACE_CAUSE_CALL, .name = call };
        host_trace_notes(connection->host, connection, &connection->cause);
        if (connection->host->is_closing)
                return;
        if (!event_is_queued(&connection->pump) && !connection->account.is_waiting &&
                tcp_conn_may_send(connection->tcp))
                queue_pump(connection, 0);
        settle(connection);
}

void connection_after_segment(struct connection *connection, const struct trace_packet_id *packet)
{
        connection->cause = (struct cause){ .kind = TRACE_CAUSE_PACKET, .packet = *packet };
        connection_prove_passed(connection);
        finish_event(connection);
}

bool connection_takes_segment(struct connection *connection, const struct tcp_segment *segment,
        const struct trace_packet_id *packet)
{
        Host *host = connection->host;
        bool gives_way = connection->is_time_wait &&
                         host_find_listener(host, &connection->tuple.local) != NULL &&
                         tcp_conn_gives_way(connection->tcp, segment, host_now(host));
        if (!gives_way)
                tcp_conn_on_segment(connection->tcp, segment, host_now(host));
        connection_after_segment(connection, packet);
        return !gives_way;
}

void connection_on_departing(void *data, struct device_account *account)
{
        (void)data;
        struct connection *connection = account->data;
        time_ns room = link_room_time(connection->device, account, connection->output_limit);
        if (room == TIME_NEVER)
                return;
        account->is_waiting = false;
        queue_pump(connection, room);
}

void connection_describe(const struct connection *connection, GString *text)
{
        char name[ENDPOINT_TEXT_SIZE];
        if (connection->transfer != NULL)
                g_string_append_printf(text, "%s: ", connection->transfer->name);
        g_string_append_printf(text, "connection with %s, %s, %u bytes not acknowledged, %u not sent",
                endpoint_format(&connection->tuple.remote, name),
                tcp_state_name(tcp_conn_state(connection->tcp)), tcp_conn_unacknowledged(connection->tcp),
                tcp_conn_unsent(connection->tcp));
}

bool connection_is_opening(const struct connection *connection)
{
        return tcp_conn_is_opening(connection->tcp);
}

/* ---- At the end of a run ---- */

void host_collect_counts(Host *host)
{
        for (const GList *link = host->connections.head; link != NULL; link = link->next)
                hand_in_counts(link->data);
}
