/*
 * ICMP at a host: errors go to the connection whose packet they quote, echo requests are answered, and
 * datagrams for ports where nobody listens are reported. RFC 1122 section 3.2.2, RFC 4443; what an error
 * means to a connection is Linux's (icmp_err_convert, tcp_v4_err, icmpv6_err_convert).
 */
#include <errno.h>

#include "host/connection.h"
#include "host/socket_errors.h"
#include "net/icmp_packet.h"

#define TIME_EXCEEDED_IN_REASSEMBLY 1
#define MTU_NOT_TOLD                1 /* tcp/ knows a floor */

static const int ipv4_unreachable_errors[] = {
        [ICMP_NET_UNREACHABLE] = ENETUNREACH,
        [ICMP_HOST_UNREACHABLE] = EHOSTUNREACH,
        [ICMP_PROTOCOL_UNREACHABLE] = ENOPROTOOPT,
        [ICMP_PORT_UNREACHABLE] = ECONNREFUSED,
        [ICMP_FRAGMENTATION_NEEDED] = EMSGSIZE,
        [ICMP_SOURCE_ROUTE_FAILED] = EOPNOTSUPP,
        [ICMP_NET_UNKNOWN] = ENETUNREACH,
        [ICMP_HOST_UNKNOWN] = EHOSTDOWN,
        [ICMP_SOURCE_HOST_ISOLATED] = ENONET,
        [ICMP_NET_PROHIBITED] = ENETUNREACH,
        [ICMP_HOST_PROHIBITED] = EHOSTUNREACH,
        [ICMP_NET_UNREACHABLE_FOR_TOS] = ENETUNREACH,
        [ICMP_HOST_UNREACHABLE_FOR_TOS] = EHOSTUNREACH,
        [ICMP_PACKET_FILTERED] = EHOSTUNREACH,
        [ICMP_PRECEDENCE_VIOLATION] = EHOSTUNREACH,
        [ICMP_PRECEDENCE_CUTOFF] = EHOSTUNREACH,
};

static bool read_ipv4_unreachable(uint8_t code, struct tcp_icmp *icmp)
{
        if (code >= G_N_ELEMENTS(ipv4_unreachable_errors))
                return false;
        icmp->error = ipv4_unreachable_errors[code];
        icmp->is_unreachable = code == ICMP_NET_UNREACHABLE || code == ICMP_HOST_UNREACHABLE;
        icmp->is_hard = icmp->is_unreachable;
        return true;
}

/* Source quenches are not for TCP (RFC 6633), nor are redirects: hosts here have one way out. */
static bool read_ipv4(const struct icmp_message *message, struct tcp_icmp *icmp)
{
        switch (message->type) {
        case ICMP_UNREACHABLE:
                return read_ipv4_unreachable(message->code, icmp);
        case ICMP_TIME_EXCEEDED:
                icmp->error = EHOSTUNREACH;
                icmp->is_hard = true;
                return message->code != TIME_EXCEEDED_IN_REASSEMBLY;
        case ICMP_PARAMETER_PROBLEM:
                icmp->error = EPROTO;
                icmp->is_hard = true;
                return true;
        default:
                return false;
        }
}

static const struct ipv6_error {
        int error;
        bool is_hard;
} ipv6_unreachable_errors[] = {
        [ICMPV6_NO_ROUTE] = { ENETUNREACH, false },
        [ICMPV6_ADMIN_PROHIBITED] = { EACCES, true },
        [ICMPV6_NOT_NEIGHBOUR] = { EHOSTUNREACH, false },
        [ICMPV6_ADDRESS_UNREACHABLE] = { EHOSTUNREACH, false },
        [ICMPV6_PORT_UNREACHABLE] = { ECONNREFUSED, true },
        [ICMPV6_POLICY_FAIL] = { EACCES, true },
        [ICMPV6_REJECT_ROUTE] = { EACCES, true },
};

static struct ipv6_error ipv6_unreachable_error(uint8_t code)
{
        static const struct ipv6_error unknown = { EPROTO, true };
        return code < G_N_ELEMENTS(ipv6_unreachable_errors) ? ipv6_unreachable_errors[code] : unknown;
}

static void read_ipv6(const struct icmp_message *message, struct tcp_icmp *icmp)
{
        struct ipv6_error error = { EPROTO, message->type == ICMPV6_PARAMETER_PROBLEM };
        if (message->type == ICMPV6_UNREACHABLE)
                error = ipv6_unreachable_error(message->code);
        else if (message->type == ICMPV6_TIME_EXCEEDED)
                error.error = EHOSTUNREACH;
        else if (message->type == ICMPV6_PACKET_TOO_BIG)
                error.error = EMSGSIZE;
        icmp->error = error.error;
        icmp->is_hard = error.is_hard;
        icmp->is_unreachable = message->type == ICMPV6_UNREACHABLE && message->code == ICMPV6_NO_ROUTE;
}

/* False when it is not for TCP to hear of. */
static bool read_error(
        const struct icmp_message *message, const struct icmp_quote *quote, struct tcp_icmp *icmp)
{
        *icmp = (struct tcp_icmp){ .seq = quote->seq };
        if (icmp_is_too_big(message))
                icmp->path_mtu = MAX(icmp_mtu(message), MTU_NOT_TOLD);
        if (message->version == 4)
                return read_ipv4(message, icmp);
        read_ipv6(message, icmp);
        return true;
}

/* The connection has judged whether the message may be true; others to the same destination go on, and later
 * ones begin, with what it believes. */
static void remember_mtu(const struct connection *connection)
{
        struct tcp_report report;
        tcp_conn_report(connection->tcp, &report);
        if (mtu_cache_learn(connection->host->mtus, &connection->tuple.remote.address, report.route_mtu,
                    host_now(connection->host)))
                host_on_mtu_changed(connection->host);
}

/* ---- Sockets ---- */

/* What Linux's icmp_err_convert calls fatal; for IPv6, `icmp` knows. */
static bool is_fatal(const struct icmp_message *message, const struct tcp_icmp *icmp)
{
        const uint32_t passing = 1u << ICMP_NET_UNREACHABLE | 1u << ICMP_HOST_UNREACHABLE |
                                 1u << ICMP_FRAGMENTATION_NEEDED | 1u << ICMP_SOURCE_ROUTE_FAILED |
                                 1u << ICMP_NET_UNREACHABLE_FOR_TOS | 1u << ICMP_HOST_UNREACHABLE_FOR_TOS;
        if (message->version == 6)
                return icmp->is_hard;
        if (message->type == ICMP_UNREACHABLE)
                return (passing >> message->code & 1) == 0;
        return message->type == ICMP_PARAMETER_PROBLEM;
}

static void tell_socket(Socket *socket, const struct icmp_message *message, const struct tcp_icmp *icmp,
        const struct ip_address *offender)
{
        const struct socket_icmp told = { .error = icmp->error,
                .is_hard = is_fatal(message, icmp),
                .type = message->type,
                .code = message->code,
                .info = icmp->path_mtu,
                .offender = { .address = *offender } };
        socket_on_icmp(socket, &told);
}

/* A stream's error queue is only for its beginning: later, the error is TCP's. */
static bool is_for_notices(const struct connection *connection, const struct tcp_icmp *icmp)
{
        return connection->socket != NULL && icmp->path_mtu == 0 &&
               tcp_conn_state(connection->tcp) == TCP_STATE_SYN_SENT;
}

static void tell_connection(
        struct connection *connection, const struct tcp_icmp *icmp, const struct cause *cause)
{
        Host *host = connection->host;
        host_ask_for_notes(host);
        tcp_conn_on_icmp(connection->tcp, icmp, host_now(host));
        if (icmp->path_mtu > 0)
                remember_mtu(connection);
        connection_after_segment(connection, &cause->packet);
}

static void on_tcp_error(Host *host, struct packet *packet, const struct icmp_message *message,
        const struct icmp_quote *quote, const struct ip_address *offender)
{
        struct tcp_icmp icmp;
        const struct cause cause = host_cause_of(packet);
        struct connection *connection = host_look_up_connection(host, &quote->tuple);
        host_take(host, packet, connection != NULL ? connection->number : 0);
        if (connection == NULL || !read_error(message, quote, &icmp))
                return;
        if (is_for_notices(connection, &icmp))
                tell_socket(connection->socket, message, &icmp, offender);
        tell_connection(connection, &icmp, &cause);
}

static void on_udp_error(Host *host, const struct icmp_message *message, const struct icmp_quote *quote,
        const struct ip_address *offender)
{
        struct tcp_icmp icmp;
        Socket *socket = host_find_datagram_socket(host, &quote->tuple);
        if (socket != NULL && read_error(message, quote, &icmp))
                tell_socket(socket, message, &icmp, offender);
}

static void on_error(Host *host, struct packet *packet, const struct icmp_message *message,
        const struct ip_address *offender)
{
        struct icmp_quote quote;
        bool is_read = icmp_quote_parse(message, &quote);
        if (is_read && quote.protocol == IP_PROTOCOL_TCP) {
                on_tcp_error(host, packet, message, &quote, offender);
                return;
        }
        host_take(host, packet, 0);
        if (is_read && quote.protocol == IP_PROTOCOL_UDP)
                on_udp_error(host, message, &quote, offender);
}

/* ---- Answers ---- */

static void send_message(
        Host *host, struct packet *packet, const struct ip_address *destination, const struct cause *cause)
{
        packet->id = (struct trace_packet_id){ host->owner, ++host->packets_made };
        packet->note.from = host->owner;
        host_transmit(host, packet, route_table_find(host->routes, destination), cause);
}

static bool is_echo_request(const struct icmp_message *message)
{
        return message->type == (message->version == 6 ? ICMPV6_ECHO_REQUEST : ICMP_ECHO_REQUEST);
}

/* "Every host MUST implement an ICMP Echo server function": the data comes back. */
static void answer_echo(
        Host *host, struct packet *packet, const struct ip_header *header, struct icmp_message *message)
{
        const struct cause cause = host_cause_of(packet);
        PacketPool *pool = host->context->net->packets;
        message->type = message->version == 6 ? ICMPV6_ECHO_REPLY : ICMP_ECHO_REPLY;
        struct packet *answer = icmp_packet_new(pool, &header->destination, &header->source, message);
        answer->note.to = packet->note.from;
        answer->note.transfer = packet->note.transfer;
        answer->note.why = "icmp-echo-reply";
        host_take(host, packet, 0);
        send_message(host, answer, &header->source, &cause);
}

void host_receive_icmp(Host *host, struct packet *packet, const struct ip_header *header)
{
        struct icmp_message message;
        enum icmp_parse result = icmp_parse(header, packet->header + header->header_size,
                packet->header_size - header->header_size, &packet->payload, host->context->payloads,
                &message);
        if (result != ICMP_OK) {
                host_drop_damaged(host, packet, "icmp", icmp_parse_name(result));
                return;
        }
        if (icmp_is_error(&message))
                on_error(host, packet, &message, &header->source);
        else if (is_echo_request(&message))
                answer_echo(host, packet, header, &message);
        else
                host_take(host, packet, 0);
        payload_clear(&message.body);
}

void host_report_port(Host *host, const struct packet *packet, const struct ip_header *header)
{
        const struct cause cause = host_cause_of(packet);
        if (!icmp_ration_take(&host->icmp_ration, host_now(host)))
                return;
        struct packet *report = icmp_report_new(
                host->context->net->packets, packet, &header->destination, ICMP_REPORT_PORT, 0);
        if (report != NULL)
                send_message(host, report, &header->source, &cause);
}
