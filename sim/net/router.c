/*
 * A router: checks the header, finds the way, takes one from the hop limit, sends on; or says why not.
 */
#include "net/router.h"

#include "net/icmp_packet.h"

/* RFC 7600: 192.0.0.8, of a node that has no IPv4 address. */
#define DUMMY_ADDRESS 0xc0000008u

struct Router {
        struct net_context *context;
        uint32_t owner;
        struct ip_address address;
        RouteTable *routes;
        uint32_t packets_made;
        struct icmp_ration icmp_ration;
};

Router *router_new(struct net_context *context, uint32_t owner, const struct ip_address *address)
{
        Router *router = g_new0(Router, 1);
        router->context = context;
        router->owner = owner;
        router->address = *address;
        router->routes = route_table_new();
        return router;
}

void router_free(Router *router)
{
        if (router == NULL)
                return;
        route_table_free(router->routes);
        g_free(router);
}

RouteTable *router_routes(Router *router)
{
        return router->routes;
}

/* ---- The end of a packet ---- */

static void emit_dropped(
        const Router *router, const struct packet *packet, enum drop_reason reason, const char *detail)
{
        struct trace_packet view;
        packet_describe(packet, &view);
        const struct trace_event event = {
                .kind = TRACE_DROPPED,
                .time = event_queue_now(router->context->events),
                .owner = router->owner,
                .transfer = packet->note.transfer,
                .packet = &view,
                .dropped = { drop_reason_name(reason), detail },
        };
        trace_emit(router->context->trace, &event);
}

static void drop(Router *router, struct packet *packet, enum drop_reason reason, const char *detail)
{
        if (trace_wants(router->context->trace, TRACE_DROPPED))
                emit_dropped(router, packet, reason, detail);
        net_drop(router->context, packet, reason);
}

/* ---- ICMP ---- */

/* The router's own, of the family of `other`. A router of IPv4 speaks IPv6 from its IPv4 address behind RFC
 * 8215's prefix for local use, 64:ff9b:1::/48. */
static struct ip_address address_towards(const Router *router, const struct ip_address *other)
{
        struct ip_address embedded = { { 0, 0x64, 0xff, 0x9b, 0, 1 } };
        bool is_ipv4 = ip_address_is_ipv4(other);
        if (is_ipv4 == ip_address_is_ipv4(&router->address) && !ip_address_is_any(&router->address))
                return router->address;
        if (is_ipv4)
                return ip_address_from_ipv4(DUMMY_ADDRESS);
        memcpy(embedded.bytes + 12, router->address.bytes + 12, 4);
        return embedded;
}

static void emit_sent(const Router *router, const struct packet *packet, const struct trace_packet_id *cause)
{
        struct trace_packet view;
        packet_describe(packet, &view);
        const struct trace_event event = {
                .kind = TRACE_SENT,
                .time = event_queue_now(router->context->events),
                .owner = router->owner,
                .transfer = packet->note.transfer,
                .cause = { TRACE_CAUSE_PACKET, *cause, NULL },
                .packet = &view,
        };
        trace_emit(router->context->trace, &event);
}

static void send_report(
        Router *router, struct packet *report, Link *link, const struct trace_packet_id *cause)
{
        time_ns now = event_queue_now(router->context->events);
        report->id = (struct trace_packet_id){ router->owner, ++router->packets_made };
        report->note.from = router->owner;
        report->note.t_sent = now;
        router->context->counts.sent++;
        router->context->last_packet_at = now;
        if (trace_wants(router->context->trace, TRACE_SENT))
                emit_sent(router, report, cause);
        link_send(link, report);
}

/* Drop the packet and tell its sender. */
static void refuse(
        Router *router, struct packet *packet, enum drop_reason reason, enum icmp_report what, uint32_t mtu)
{
        const struct trace_packet_id cause = packet->id;
        const struct ip_address sender = ip_source_of(packet->header);
        Link *back = route_table_find(router->routes, &sender);
        struct ip_address source = address_towards(router, &sender);
        struct packet *report = NULL;
        if (back != NULL && icmp_ration_take(&router->icmp_ration, event_queue_now(router->context->events)))
                report = icmp_report_new(router->context->packets, packet, &source, what, mtu);
        drop(router, packet, reason, "-");
        if (report != NULL)
                send_report(router, report, back, &cause);
}

/* ---- Forwarding ---- */

/* RFC 1812 section 5.2.1 looks for the way first; RFC 4443 section 3.2: "the packet is larger than the MTU of
 * the outgoing link". What is corrupted on its way through is not told from what is not. */
static void forward(void *data, struct packet *packet)
{
        Router *router = data;
        enum ip_parse result = packet_check_ip(packet);
        if (result != IP_OK) {
                drop(router, packet, DROP_CORRUPT, ip_parse_name(result));
                return;
        }
        const struct ip_address destination = ip_destination_of(packet->header);
        Link *link = route_table_find(router->routes, &destination);
        if (link == NULL)
                refuse(router, packet, DROP_NO_ROUTE, ICMP_REPORT_NO_ROUTE, 0);
        else if (ip_hop_limit_of(packet->header) <= 1)
                refuse(router, packet, DROP_TTL, ICMP_REPORT_LAST_HOP, 0);
        else if (packet->size > link_mtu(link))
                refuse(router, packet, DROP_MTU, ICMP_REPORT_TOO_BIG, link_mtu(link));
        else {
                ip_decrement_hop_limit(packet->header);
                link_send(link, packet);
        }
}

struct packet_sink router_sink(Router *router)
{
        return (struct packet_sink){ .deliver = forward, .data = router, .owner = router->owner };
}
