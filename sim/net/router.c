/*
 * A router: checks the header, finds the way, takes one from the time to live, sends on.
 */
#include "net/router.h"

struct Router {
        struct net_context *context;
        uint32_t owner;
        RouteTable *routes;
};

Router *router_new(struct net_context *context, uint32_t owner)
{
        Router *router = g_new0(Router, 1);
        router->context = context;
        router->owner = owner;
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

static void forward(void *data, struct packet *packet)
{
        Router *router = data;
        struct ipv4_header header;
        enum ipv4_parse result = ipv4_parse(packet->header, packet->header_size, packet->size, &header);
        if (result != IPV4_OK) {
                drop(router, packet, DROP_CORRUPT, ipv4_parse_name(result));
                return;
        }
        Link *link = route_table_find(router->routes, &header.destination);
        if (link == NULL) {
                drop(router, packet, DROP_NO_ROUTE, "-");
                return;
        }
        if (!ipv4_decrement_ttl(packet->header)) {
                drop(router, packet, DROP_TTL, "-");
                return;
        }
        link_send(link, packet);
}

struct packet_sink router_sink(Router *router)
{
        return (struct packet_sink){ .deliver = forward, .data = router, .owner = router->owner };
}
