/*
 * What arrives at a host is checked, taken apart, and given to the connection, listener or socket it is for.
 * RFC 791, RFC 8200, RFC 1122 section 3.2; RFC 9293 section 3.10.7.1 for segments that nobody expects.
 *
 * Differs: fragments are not put together; they are dropped with the reason "mtu".
 */
#include "host/host.h"

#include "host/socket_private.h"

#define DROP_DETAIL_SIZE 48

struct cause host_cause_of(const struct packet *packet)
{
        return (struct cause){ .kind = TRACE_CAUSE_PACKET, .packet = packet->id };
}

void host_take(Host *host, struct packet *packet, uint32_t connection)
{
        static const struct cause none = { .kind = TRACE_CAUSE_NONE };
        host->context->net->counts.delivered++;
        host_trace_packet(host, packet, TRACE_RECEIVED, connection, &none);
        packet_free(host->context->net->packets, packet);
}

void host_drop_damaged(Host *host, struct packet *packet, const char *layer, const char *what)
{
        char detail[DROP_DETAIL_SIZE];
        g_snprintf(detail, sizeof detail, "%s %s", layer, what);
        host_drop(host, packet, DROP_CORRUPT, detail);
}

static void answer_stray(Host *host, const struct four_tuple *tuple, const struct tcp_segment *segment,
        uint32_t transfer, const struct cause *cause)
{
        struct tcp_segment answer = { 0 };
        if (tcp_stray_answer(segment, &answer))
                host_answer(host, tuple, &answer, transfer, cause);
}

static bool is_connection(const void *thing, const void *tuple)
{
        return four_tuple_equal(&((const struct connection *)thing)->tuple, tuple);
}

struct connection *host_look_up_connection(const Host *host, const struct four_tuple *tuple)
{
        return hash_table_find(&host->connections_by_tuple, four_tuple_place(tuple), is_connection, tuple);
}

/* Segments of one connection often come in a row. */
struct connection *host_find_connection(Host *host, const struct four_tuple *tuple)
{
        if (host->recent == NULL || !four_tuple_equal(&host->recent->tuple, tuple))
                host->recent = host_look_up_connection(host, tuple);
        return host->recent;
}

static void on_segment(
        Host *host, struct packet *packet, const struct four_tuple *tuple, const struct tcp_segment *segment)
{
        struct cause cause = host_cause_of(packet);
        uint32_t transfer = packet->note.transfer;
        host_ask_for_notes(host);
        struct connection *connection = host_find_connection(host, tuple);
        if (connection == NULL && host_find_listener(host, &tuple->local) == NULL) {
                host_drop(host, packet, DROP_NO_LISTENER, "-");
                answer_stray(host, tuple, segment, transfer, &cause);
                return;
        }
        host_take(host, packet, connection != NULL ? connection->number : 0);
        if (connection != NULL && connection_takes_segment(connection, segment, &cause.packet))
                return;
        if (!host_offer_to_listener(host, tuple, segment, &cause.packet, transfer))
                answer_stray(host, tuple, segment, transfer, &cause);
}

/* False: the packet is dropped. `segment` is the caller's; what the packet around it says is missing still.
 */
static bool parse_segment(Host *host, struct packet *packet, const struct ip_address *source,
        const struct ip_address *destination, size_t header_size, struct tcp_segment *segment)
{
        enum tcp_parse result = tcp_segment_parse(source, destination, packet->header + header_size,
                packet->header_size - header_size, &packet->payload, host->context->payloads, segment);
        tcp_host_count(host->tcp, TCP_COUNTER_IN_SEGMENTS);
        if (result == TCP_PARSE_OK) {
                segment->merged_size = segment->payload.length > host->merge_size ? host->merge_size : 0;
                return true;
        }
        tcp_host_count(host->tcp, TCP_COUNTER_IN_ERRORS);
        if (result == TCP_PARSE_BAD_CHECKSUM)
                tcp_host_count(host->tcp, TCP_COUNTER_CHECKSUM_ERRORS);
        host_drop_damaged(host, packet, "tcp", tcp_parse_name(result));
        return false;
}

static void receive_tcp(Host *host, struct packet *packet, const struct ip_header *header)
{
        struct tcp_segment segment;
        if (!parse_segment(
                    host, packet, &header->source, &header->destination, header->header_size, &segment))
                return;
        segment.ecn = header->ecn;
        segment.dscp = header->dscp;
        segment.hop_limit = header->hop_limit;
        segment.flow_label = header->flow_label;
        segment.dont_fragment = header->dont_fragment;
        struct four_tuple tuple = { .local = { header->destination, segment.destination_port },
                .remote = { header->source, segment.source_port } };
        on_segment(host, packet, &tuple, &segment);
        payload_clear(&segment.payload);
}

/* Mostly a packet is of the connection that the last one was of: then it is for this host, and its addresses
 * need not be read (150 instructions less). */
static bool is_of_recent(const Host *host, const struct packet *packet)
{
        return host->recent != NULL && packet->header_size >= IPV4_NAMES_OFFSET + IPV4_NAMES_SIZE &&
               ipv4_is_whole_tcp_of(packet->header, host->recent->names_in) &&
               ipv4_check(packet->header, packet->header_size, packet->size) == IPV4_OK;
}

static void receive_of_recent(Host *host, struct packet *packet)
{
        const struct ipv4_header ip = ipv4_read(packet->header);
        const struct four_tuple tuple = host->recent->tuple;
        struct tcp_segment segment;
        if (!parse_segment(
                    host, packet, &tuple.remote.address, &tuple.local.address, IPV4_HEADER_SIZE, &segment))
                return;
        segment.ecn = ip.ecn;
        segment.dscp = ip.dscp;
        segment.hop_limit = ip.time_to_live;
        segment.dont_fragment = ip.dont_fragment;
        on_segment(host, packet, &tuple, &segment);
        payload_clear(&segment.payload);
}

static void on_datagram(
        Host *host, struct packet *packet, const struct ip_header *header, struct udp_datagram *datagram)
{
        const struct four_tuple tuple = { .local = { header->destination, datagram->destination_port },
                .remote = { header->source, datagram->source_port } };
        Socket *socket = host_find_datagram_socket(host, &tuple);
        if (socket == NULL) {
                host_report_port(host, packet, header);
                host_drop(host, packet, DROP_NO_LISTENER, "-");
        } else if (!socket_deliver(socket, datagram, &tuple.remote, packet->note.transfer))
                host_drop(host, packet, DROP_QUEUE_FULL, "receive buffer");
        else
                host_take(host, packet, 0);
}

static void receive_udp(Host *host, struct packet *packet, const struct ip_header *header)
{
        struct udp_datagram datagram;
        enum udp_parse result = udp_parse(&header->source, &header->destination,
                packet->header + header->header_size, packet->header_size - header->header_size,
                &packet->payload, host->context->payloads, &datagram);
        if (result != UDP_OK) {
                host_drop_damaged(host, packet, "udp", udp_parse_name(result));
                return;
        }
        on_datagram(host, packet, header, &datagram);
        payload_clear(&datagram.payload);
}

static void receive_protocol(Host *host, struct packet *packet, const struct ip_header *header)
{
        uint8_t icmp = header->version == 6 ? IP_PROTOCOL_ICMPV6 : IP_PROTOCOL_ICMP;
        if (header->protocol == IP_PROTOCOL_TCP)
                receive_tcp(host, packet, header);
        else if (header->protocol == IP_PROTOCOL_UDP)
                receive_udp(host, packet, header);
        else if (header->protocol == icmp)
                host_receive_icmp(host, packet, header);
        else
                host_drop(host, packet, DROP_NO_LISTENER, "protocol");
}

static void receive(void *data, struct packet *packet)
{
        Host *host = data;
        if (host->is_down) {
                host_drop(host, packet, DROP_HOST_DOWN, "-");
                return;
        }
        if (is_of_recent(host, packet)) {
                receive_of_recent(host, packet);
                return;
        }
        struct ip_header header;
        enum ip_parse result = IP_BAD_VERSION;
        if (packet->version_flips == 0)
                result = ip_header_parse(packet->header, packet->header_size, packet->size, &header);
        if (result != IP_OK)
                host_drop_damaged(host, packet, "ip", ip_parse_name(result));
        else if (!host_has_address(host, &header.destination))
                host_drop(host, packet, DROP_NO_ROUTE, "another host's address");
        else if (header.is_fragment)
                host_drop(host, packet, DROP_MTU, "fragment");
        else
                receive_protocol(host, packet, &header);
}

struct packet_sink host_sink(Host *host)
{
        return (struct packet_sink){ .deliver = receive, .data = host, .owner = host->owner };
}
