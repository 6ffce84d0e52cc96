/*
 * Sysctls that Linux reads whenever it needs them: a change reaches the sockets that are there already. What
 * a socket copies when it is made (congestion control, buffers, least RTO) stays as it is, and so does what
 * its own options said otherwise.
 */
#include <string.h>

#include "host/socket_private.h"

#define FOLLOW(field)                                                                                        \
        do {                                                                                                 \
                if (before->field != after->field && own->field == before->field) {                          \
                        own->field = after->field;                                                           \
                        has_changed = true;                                                                  \
                }                                                                                            \
        } while (0)

/* What handshakes ask: a connection whose handshake is done goes on as it was agreed. */
static bool follow_offers(
        struct tcp_settings *own, const struct tcp_settings *before, const struct tcp_settings *after)
{
        bool has_changed = false;
        FOLLOW(sack);
        FOLLOW(timestamps);
        FOLLOW(window_scaling);
        FOLLOW(ecn);
        FOLLOW(fast_open);
        FOLLOW(fast_open_flags);
        return has_changed;
}

/* The host's fast-open keys, where the socket has none of its own. */
static bool follow_keys(
        struct tcp_settings *own, const struct tcp_settings *before, const struct tcp_settings *after)
{
        size_t size = sizeof own->fast_open_keys;
        bool is_hosts = own->fast_open_key_count == before->fast_open_key_count &&
                        memcmp(own->fast_open_keys, before->fast_open_keys, size) == 0;
        if (!is_hosts || memcmp(before->fast_open_keys, after->fast_open_keys, size) == 0)
                return false;
        own->fast_open_key_count = after->fast_open_key_count;
        memcpy(own->fast_open_keys, after->fast_open_keys, size);
        return true;
}

static bool follow_loss_recovery(
        struct tcp_settings *own, const struct tcp_settings *before, const struct tcp_settings *after)
{
        bool has_changed = false;
        FOLLOW(recovery);
        FOLLOW(dsack);
        FOLLOW(tail_loss_probe);
        FOLLOW(frto);
        FOLLOW(idle_restart);
        FOLLOW(max_reordering);
        FOLLOW(rack_keeps_window);
        FOLLOW(rack_needs_time);
        FOLLOW(join_resent);
        FOLLOW(thin_linear_timeouts);
        FOLLOW(least_burst);
        FOLLOW(window_divisor);
        return has_changed;
}

static bool follow_others(
        struct tcp_settings *own, const struct tcp_settings *before, const struct tcp_settings *after)
{
        bool has_changed = false;
        FOLLOW(syn_retries);
        FOLLOW(syn_linear_timeouts);
        FOLLOW(syn_ack_retries);
        FOLLOW(syn_cookies);
        FOLLOW(syn_backlog);
        FOLLOW(abort_on_overflow);
        FOLLOW(orphan_retries);
        FOLLOW(retries);
        FOLLOW(fin_wait_2);
        FOLLOW(time_wait_is_protected);
        FOLLOW(keepalive_idle);
        FOLLOW(keepalive_interval);
        FOLLOW(keepalive_count);
        FOLLOW(receive_memory.most);
        FOLLOW(send_memory.most);
        FOLLOW(unsent_low_water);
        FOLLOW(urgent_on_last_byte);
        FOLLOW(window_may_shrink);
        FOLLOW(refusal_interval);
        FOLLOW(auto_tuning);
        FOLLOW(challenge_limit);
        return has_changed;
}

static bool follow_all(struct tcp_settings *own, const struct tcp_settings *before,
        const struct tcp_settings *after, bool makes_offers)
{
        bool has_changed = follow_loss_recovery(own, before, after);
        has_changed |= follow_others(own, before, after);
        has_changed |= follow_keys(own, before, after);
        if (makes_offers)
                has_changed |= follow_offers(own, before, after);
        return has_changed;
}

static bool is_calling(const struct connection *connection)
{
        return tcp_conn_state(connection->tcp) == TCP_STATE_SYN_SENT;
}

static void socket_follow(Socket *socket, const struct tcp_settings *before, const struct tcp_settings *after)
{
        bool makes_offers = socket->connection == NULL || is_calling(socket->connection);
        if (follow_all(&socket->settings, before, after, makes_offers))
                socket_apply_settings(socket);
}

/* A listener's child, or what a socket that was closed has left. */
static void connection_follow(
        struct connection *connection, const struct tcp_settings *before, const struct tcp_settings *after)
{
        struct tcp_settings settings = *tcp_conn_settings(connection->tcp);
        if (!follow_all(&settings, before, after, false))
                return;
        host_adjust_settings(connection->host, &settings);
        tcp_conn_set(connection->tcp, &settings, host_now(connection->host));
        connection_after_call(connection, "sysctl");
}

void host_adjust_settings(const Host *host, struct tcp_settings *settings)
{
        if (host->adjust != NULL)
                host->adjust(host->adjust_data, settings);
}

void host_set_tcp_settings(Host *host, const struct tcp_settings *settings)
{
        const struct tcp_settings before = host->tcp_settings;
        host->tcp_settings = *settings;
        for (const GList *link = host->sockets.head; link != NULL; link = link->next)
                socket_follow(link->data, &before, settings);
        for (const GList *link = host->connections.head; link != NULL; link = link->next) {
                struct connection *connection = link->data;
                if (connection->socket == NULL)
                        connection_follow(connection, &before, settings);
        }
}
