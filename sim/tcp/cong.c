/*
 * What all congestion control algorithms share, and the table of them. RFC 5681; counted in segments, as
 * Linux counts.
 */
#include "tcp/cong.h"

#include "tcp/tcp_settings.h"

#include <glib.h>
#include <string.h>

static const struct cong_ops *const algorithms[] = { &cong_cubic, &cong_reno };

const struct cong_ops *tcp_congestion_control_find(const char *name)
{
        for (unsigned i = 0; i < G_N_ELEMENTS(algorithms); i++) {
                if (strcmp(algorithms[i]->name, name) == 0)
                        return algorithms[i];
        }
        return NULL;
}

const char *tcp_congestion_control_name(unsigned index)
{
        return index < G_N_ELEMENTS(algorithms) ? algorithms[index]->name : NULL;
}

const char *cong_ops_name(const struct cong_ops *ops)
{
        return ops->name;
}

static void start(struct cong *cong, const struct cong_ops *ops, time_ns now)
{
        cong->ops = ops;
        cong->acked_credit = 0;
        if (ops->start != NULL)
                ops->start(cong, now);
}

void cong_init(struct cong *cong, const struct cong_ops *ops, uint32_t initial_window, time_ns now)
{
        g_assert(initial_window > 0);
        *cong = (struct cong){ .cwnd = initial_window, .ssthresh = CONG_SSTHRESH_NOT_SET };
        start(cong, ops, now);
}

void cong_change(struct cong *cong, const struct cong_ops *ops, time_ns now)
{
        if (cong->ops != ops)
                start(cong, ops, now);
}

bool cong_in_slow_start(const struct cong *cong)
{
        return cong->cwnd < cong->ssthresh;
}

/* RFC 5681 (2): cwnd += min(N, SMSS). Differs: an ACK of many segments counts for all of them (RFC 3465 with
 * no limit L), as Linux does, since receivers and losses of ACKs make ACKs stretch. */
uint32_t cong_slow_start(struct cong *cong, uint32_t acked_segments)
{
        uint32_t grown = MIN(acked_segments, cong->ssthresh - cong->cwnd);
        cong->cwnd += grown;
        return acked_segments - grown;
}

/* RFC 5681 section 3.1's recommended way: count what is acknowledged, and grow by one for each full window.
 */
void cong_avoid(struct cong *cong, uint32_t window, uint32_t acked_segments)
{
        /* Credit from a time when the window was larger is worth one segment at most, as in Linux. */
        if (cong->acked_credit >= window) {
                cong->acked_credit = 0;
                cong->cwnd++;
        }
        cong->acked_credit += acked_segments;
        cong->cwnd += cong->acked_credit / window;
        cong->acked_credit %= window;
}

void cong_on_ack(struct cong *cong, const struct cong_ack *ack)
{
        cong->ops->on_ack(cong, ack);
}

void cong_on_loss(struct cong *cong, uint32_t in_flight, time_ns now)
{
        cong->prior_cwnd = cong->cwnd;
        cong->prior_ssthresh = cong->ssthresh;
        cong->ssthresh = cong->ops->ssthresh_after_loss(cong, in_flight, now);
        cong->acked_credit = 0;
}

void cong_on_timeout(struct cong *cong, uint32_t in_flight, bool is_first, time_ns now)
{
        /* "When a TCP sender detects segment loss using the retransmission timer and the given segment has
         * already been retransmitted by way of the retransmission timer at least once, the value of ssthresh
         * is held constant." */
        if (is_first)
                cong_on_loss(cong, in_flight, now);
        cong->cwnd = 1;
        cong->acked_credit = 0;
        if (cong->ops->on_timeout != NULL)
                cong->ops->on_timeout(cong, now);
}

void cong_on_undo(struct cong *cong, time_ns now)
{
        cong->cwnd = MAX(cong->cwnd, cong->prior_cwnd);
        cong->ssthresh = MAX(cong->ssthresh, cong->prior_ssthresh);
        if (cong->ops->on_undo != NULL)
                cong->ops->on_undo(cong, now);
}

/* RFC 5681 section 4.1: after an idle time of more than one RTO, cwnd falls to the restart window. Differs:
 * by half for each RTO, as Linux does (tcp_cwnd_restart) and RFC 2861 says; ssthresh remembers three quarters
 * of the window. */
static void decay(struct cong *cong, uint32_t restart_window, duration_ns idle_for, duration_ns rto)
{
        if (cong->cwnd <= restart_window)
                return;
        cong->ssthresh = MAX(cong->ssthresh, cong->cwnd / 2 + cong->cwnd / 4);
        for (duration_ns left = idle_for - rto; left > 0 && cong->cwnd > restart_window; left -= rto)
                cong->cwnd /= 2;
        cong->cwnd = MAX(cong->cwnd, restart_window);
        cong->acked_credit = 0;
}

void cong_on_idle(
        struct cong *cong, uint32_t restart_window, duration_ns idle_for, duration_ns rto, time_ns now)
{
        if (idle_for > rto)
                decay(cong, restart_window, idle_for, rto);
        if (cong->ops->on_idle != NULL)
                cong->ops->on_idle(cong, now, idle_for);
}
