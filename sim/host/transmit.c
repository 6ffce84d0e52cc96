/*
 * Packets: segments and datagrams get their headers and their notes, and go to a device.
 *
 * RFC 791, RFC 8200; packets are sent with DF unless TCP says otherwise, as Linux does by path MTU discovery
 * (RFC 1191).
 */
#include "host/host_private.h"

#include "wire/udp.h"

#define TIME_TO_LIVE 64 /* RFC 1700's recommendation, and Linux's */
#define DNS_PORT     53

static uint32_t owner_of(const Host *host, const struct ip_address *address)
{
        const Host *other = g_hash_table_lookup(host->context->shared->by_address, address);
        return other != NULL ? other->owner : PACKET_NO_HOST;
}

struct packet_note host_note_to(const Host *host, const struct ip_address *destination)
{
        return (struct packet_note){ .from = host->owner, .to = owner_of(host, destination), .why = "-" };
}

/* Its payload is the caller's to fill in. */
static struct packet *packet_for(Host *host, const struct packet_note *note)
{
        const struct trace_packet_id id = { host->owner, ++host->packets_made };
        return packet_new_noted(host->context->net->packets, &id, note);
}

/* Where the transport header goes. */
static uint8_t *transport_place(struct packet *packet, const struct four_tuple *tuple)
{
        return packet->header + ip_header_size(ip_version_of(&tuple->remote.address));
}

/* Behind it stand the transport header already, and the payload. `header` says what the rest does not. */
static void put_ip_header(struct packet *packet, const struct four_tuple *tuple, struct ip_header *header,
        size_t transport_header_size)
{
        header->version = ip_version_of(&tuple->remote.address);
        packet->header_size = (uint8_t)(ip_header_size(header->version) + transport_header_size);
        packet->size = (uint16_t)(packet->header_size + packet->payload.length);
        header->source = tuple->local.address;
        header->destination = tuple->remote.address;
        header->size = packet->size;
        header->identification = (uint16_t)packet->id.number;
        if (header->hop_limit == 0)
                header->hop_limit = TIME_TO_LIVE;
        ip_header_emit(header, packet->header);
}

static uint16_t kinds_of(const struct tcp_segment *segment, uint16_t sending)
{
        const uint16_t rare = TCP_FLAG_SYN | TCP_FLAG_FIN | TCP_FLAG_RST;
        const uint16_t flags = segment->flags;
        uint16_t kinds = 0;
        if (!(flags & rare) && sending <= 1)
                return segment->payload.length > 0 ? PACKET_DATA : PACKET_PURE_ACK;
        if (flags & TCP_FLAG_SYN)
                kinds |= flags & TCP_FLAG_ACK ? PACKET_SYN_ACK : PACKET_SYN;
        if (flags & TCP_FLAG_FIN)
                kinds |= PACKET_FIN;
        if (flags & TCP_FLAG_RST)
                kinds |= PACKET_RST;
        if (sending > 1)
                kinds |= PACKET_RETRANSMISSION;
        else if (segment->payload.length > 0)
                kinds |= PACKET_DATA;
        if (tcp_segment_length(segment) == 0 && !(flags & TCP_FLAG_RST))
                kinds |= PACKET_PURE_ACK;
        return kinds;
}

/* RFC 2883 section 4: the first block lies below the ACK, or within the second. */
static bool reports_duplicate(const struct tcp_segment *segment)
{
        const struct tcp_options *options = &segment->options;
        if (options->sack_count == 0)
                return false;
        if (seq_before(options->sack[0].left, segment->ack))
                return true;
        return options->sack_count > 1 && seq_after_or_at(options->sack[0].left, options->sack[1].left) &&
               seq_before_or_at(options->sack[0].right, options->sack[1].right);
}

struct packet *host_segment_packet(
        Host *host, const struct four_tuple *tuple, struct tcp_segment *segment, struct packet_note *note)
{
        note->kinds = kinds_of(segment, note->sending);
        note->is_dsack = reports_duplicate(segment);
        note->seq = segment->seq.value;
        note->ack = segment->ack.value;
        note->source_port = tuple->local.port;
        note->destination_port = tuple->remote.port;
        struct packet *packet = packet_for(host, note);
        if (segment->flags & TCP_FLAG_SYN)
                packet->note.window_scale = 0;
        size_t size = tcp_segment_emit(
                &tuple->local.address, &tuple->remote.address, segment, transport_place(packet, tuple));
        packet->payload = segment->payload;
        segment->payload = (struct payload){ 0 };
        struct ip_header header = { .protocol = IP_PROTOCOL_TCP,
                .ecn = segment->ecn,
                .dscp = segment->dscp,
                .hop_limit = segment->hop_limit,
                .flow_label = segment->flow_label,
                .dont_fragment = segment->dont_fragment };
        put_ip_header(packet, tuple, &header, size);
        return packet;
}

struct packet *host_datagram_packet(
        Host *host, const struct four_tuple *tuple, struct payload *payload, uint32_t transfer)
{
        struct packet_note note = host_note_to(host, &tuple->remote.address);
        note.transfer = transfer;
        note.source_port = tuple->local.port;
        note.destination_port = tuple->remote.port;
        note.why = "datagram";
        note.kinds = payload->length > 0 ? PACKET_DATA : 0;
        if (tuple->local.port == DNS_PORT || tuple->remote.port == DNS_PORT)
                note.kinds |= PACKET_DNS;
        struct packet *packet = packet_for(host, &note);
        struct udp_datagram datagram = { tuple->local.port, tuple->remote.port, *payload };
        *payload = (struct payload){ 0 };
        udp_emit(&tuple->local.address, &tuple->remote.address, &datagram, transport_place(packet, tuple));
        packet->payload = datagram.payload;
        struct ip_header header = { .protocol = IP_PROTOCOL_UDP, .dont_fragment = true };
        put_ip_header(packet, tuple, &header, UDP_HEADER_SIZE);
        return packet;
}

void host_trace_packet(const Host *host, const struct packet *packet, enum trace_kind kind,
        uint32_t connection, const struct cause *cause)
{
        if (!host_traces(host, kind))
                return;
        struct trace_packet view;
        packet_describe(packet, &view);
        const struct trace_event event = { .kind = kind,
                .time = host_now(host),
                .owner = host->owner,
                .connection = connection,
                .transfer = packet->note.transfer,
                .cause = { cause->kind, cause->packet, cause->name },
                .packet = &view };
        trace_emit(host->context->net->trace, &event);
}

void host_drop(Host *host, struct packet *packet, enum drop_reason reason, const char *detail)
{
        if (host_traces(host, TRACE_DROPPED)) {
                struct trace_packet view;
                packet_describe(packet, &view);
                const struct trace_event event = { .kind = TRACE_DROPPED,
                        .time = host_now(host),
                        .owner = host->owner,
                        .transfer = packet->note.transfer,
                        .packet = &view,
                        .dropped = { drop_reason_name(reason), detail } };
                trace_emit(host->context->net->trace, &event);
        }
        net_drop(host->context->net, packet, reason);
}

void host_transmit(Host *host, struct packet *packet, Link *device, const struct cause *cause)
{
        host->context->net->counts.sent++;
        host->context->net->counts.data += packet->payload.length > 0;
        host->context->net->last_packet_at = host_now(host);
        packet->note.t_sent = host_now(host);
        host_trace_packet(host, packet, TRACE_SENT, packet->note.connection, cause);
        if (device != NULL)
                link_send(device, packet);
        else
                host_drop(host, packet, DROP_NO_ROUTE, "-");
}

static struct packet *take_output(Host *host)
{
        struct packet *packet = host->output_head;
        host->output_head = packet->next;
        if (host->output_head == NULL)
                host->output_tail = NULL;
        packet->next = NULL;
        return packet;
}

static Link *device_towards_packet(const Host *host, const struct packet *packet)
{
        struct ip_header header;
        enum ip_parse result = ip_header_parse(packet->header, packet->header_size, packet->size, &header);
        g_assert(result == IP_OK);
        return route_table_find(host->routes, &header.destination);
}

static void transmit_output(void *data)
{
        Host *host = data;
        static const struct cause call = { .kind = TRACE_CAUSE_CALL, .name = "sendto" };
        while (host->output_head != NULL) {
                struct packet *packet = take_output(host);
                host_transmit(host, packet, device_towards_packet(host, packet), &call);
        }
}

void host_transmit_init(Host *host)
{
        event_init(&host->output, transmit_output, host);
}

void host_transmit_clear(Host *host)
{
        event_queue_cancel(host->context->net->events, &host->output);
        while (host->output_head != NULL)
                packet_free(host->context->net->packets, take_output(host));
}

/* Connections' pumps are numbered from 1: this one comes before them. */
void host_transmit_soon(Host *host, struct packet *packet)
{
        struct event_key key = {
                .time = host_now(host), .owner = host->owner, .class = EVENT_PUMP, .number = 0
        };
        if (host->output_tail != NULL)
                host->output_tail->next = packet;
        else
                host->output_head = packet;
        host->output_tail = packet;
        if (!host->is_closing && !event_is_queued(&host->output))
                event_queue_set(host->context->net->events, &host->output, &key);
}

void host_answer(Host *host, const struct four_tuple *tuple, struct tcp_segment *answer, uint32_t transfer,
        const struct cause *cause)
{
        struct packet_note note = host_note_to(host, &tuple->remote.address);
        enum tcp_send_reason reason = answer->flags & TCP_FLAG_RST   ? TCP_SEND_RESET
                                      : answer->flags & TCP_FLAG_SYN ? TCP_SEND_SYN_ACK
                                                                     : TCP_SEND_ACK;
        if (reason == TCP_SEND_RESET)
                tcp_host_count_reset(host->tcp);
        note.transfer = transfer;
        note.why = tcp_send_reason_name(reason);
        struct packet *packet = host_segment_packet(host, tuple, answer, &note);
        host_transmit(host, packet, route_table_find(host->routes, &tuple->remote.address), cause);
}
