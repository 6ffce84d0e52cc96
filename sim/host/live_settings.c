/*
 * Sysctls that Linux reads whenever it needs them: a change reaches the sockets that are there already. What
 * a socket copies when it is made (congestion control, buffers, least RTO) stays as it is, and so does what
 * its own options said otherwise.
 */
#include "host/host.h"
#include "host/socket_private.h"

#define FOLLOW(field)                                                                                        \
        do {                                                                                                 \
                if (before->field != after->field && own->field == before->field) {                          \
                        own->field = after->field;                                                           \
                        has_changed = true;                                                                  \
                }                                                                                            \
        } while (0)

/* What handshakes ask: a connection that has begun one goes on as it was agreed. */
static bool follow_offers(
        struct tcp_settings *own, const struct tcp_settings *before, const struct tcp_settings *after)
{
        bool has_changed = false;
        FOLLOW(sack);
        FOLLOW(timestamps);
        FOLLOW(window_scaling);
        FOLLOW(ecn);
        FOLLOW(abort_on_overflow);
        return has_changed;
}

static bool follow_others(
        struct tcp_settings *own, const struct tcp_settings *before, const struct tcp_settings *after)
{
        bool has_changed = false;
        FOLLOW(recovery);
        FOLLOW(dsack);
        FOLLOW(tail_loss_probe);
        FOLLOW(frto);
        FOLLOW(idle_restart);
        FOLLOW(syn_retries);
        FOLLOW(syn_linear_timeouts);
        FOLLOW(syn_ack_retries);
        FOLLOW(orphan_retries);
        FOLLOW(retries);
        FOLLOW(keepalive_idle);
        FOLLOW(keepalive_interval);
        FOLLOW(keepalive_count);
        FOLLOW(urgent_on_last_byte);
        FOLLOW(window_may_shrink);
        FOLLOW(refusal_interval);
        FOLLOW(challenge_limit);
        return has_changed;
}

void socket_follow_settings(
        Socket *socket, const struct tcp_settings *before, const struct tcp_settings *after)
{
        bool has_changed = follow_others(&socket->settings, before, after);
        if (socket->connection == NULL)
                has_changed |= follow_offers(&socket->settings, before, after);
        if (has_changed)
                socket_apply_settings(socket);
}
