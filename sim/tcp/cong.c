/*
 * What all congestion control algorithms share, and the table of them. RFC 5681; counted in segments, as
 * Linux counts.
 */
#include "tcp/cong.h"

#include "tcp/tcp_settings.h"

#include <glib.h>
#include <string.h>

static const struct cong_ops *const algorithms[] = { &cong_cubic, &cong_reno, &cong_tahoe, &cong_bbr,
        &cong_vegas, &cong_dctcp };

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

static void start(struct cong *cong, const struct cong_ops *ops, const struct cong_facts *facts)
{
        cong->ops = ops;
        cong->acked_credit = 0;
        if (ops->start != NULL)
                ops->start(cong, facts);
}

void cong_init(struct cong *cong, const struct cong_ops *ops, uint32_t initial_window, bool hystart,
        const struct cong_facts *facts)
{
        g_assert(initial_window > 0);
        *cong = (struct cong){
                .cwnd = initial_window, .ssthresh = CONG_SSTHRESH_NOT_SET, .hystart = hystart
        };
        start(cong, ops, facts);
}

void cong_change(struct cong *cong, const struct cong_ops *ops, const struct cong_facts *facts)
{
        if (cong->ops != ops)
                start(cong, ops, facts);
}

/* RFC 5681 (2): cwnd += min(N, SMSS). Differs: an ACK of many segments counts for all of them (RFC 3465 with
 * no limit L, unless one is set), as Linux does, since receivers and losses of ACKs make ACKs stretch. */
uint32_t cong_slow_start(struct cong *cong, uint32_t acked_segments)
{
        if (cong->abc_limit > 0)
                acked_segments = MIN(acked_segments, cong->abc_limit);
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

static bool is_reducing(enum tcp_congestion_state state)
{
        return state == TCP_CONGESTION_CWR || state == TCP_CONGESTION_RECOVERY;
}

uint32_t cong_current_ssthresh(const struct cong *cong, enum tcp_congestion_state state)
{
        if (is_reducing(state))
                return cong->ssthresh;
        return MAX(cong->ssthresh, cong->cwnd / 2 + cong->cwnd / 4);
}

void cong_on_sample(struct cong *cong, const struct cong_ack *ack)
{
        if (cong->ops->on_sample != NULL)
                cong->ops->on_sample(cong, ack);
}

void cong_reduce(struct cong *cong, const struct cong_facts *facts)
{
        cong->prior_cwnd = cong->cwnd;
        cong->ssthresh = cong->ops->ssthresh(cong, facts);
        cong->acked_credit = 0;
}

void cong_on_state(struct cong *cong, enum tcp_congestion_state state, const struct cong_facts *facts)
{
        if (cong->ops->on_state != NULL)
                cong->ops->on_state(cong, state, facts);
}

void cong_on_event(struct cong *cong, enum cong_event event, const struct cong_facts *facts)
{
        if (cong->ops->on_event != NULL)
                cong->ops->on_event(cong, event, facts);
}

void cong_undo(struct cong *cong)
{
        if (cong->prior_ssthresh == 0)
                return;
        if (cong->ops->undone_window != NULL)
                cong->cwnd = cong->ops->undone_window(cong);
        else
                cong->cwnd = MAX(cong->cwnd, cong->prior_cwnd);
        cong->ssthresh = MAX(cong->ssthresh, cong->prior_ssthresh);
}

/* RFC 5681 section 4.1: after an idle time of more than one RTO, cwnd falls to the restart window. Differs:
 * by half for each RTO, as Linux does (tcp_cwnd_restart) and RFC 2861 says; ssthresh remembers three quarters
 * of the window. */
void cong_restart(struct cong *cong, uint32_t restart_window, duration_ns idle_for, duration_ns rto,
        const struct cong_facts *facts)
{
        cong_on_event(cong, CONG_RESTART, facts);
        cong->ssthresh = cong_current_ssthresh(cong, facts->state);
        restart_window = MIN(restart_window, cong->cwnd);
        for (duration_ns left = idle_for - rto; left > 0 && cong->cwnd > restart_window; left -= rto)
                cong->cwnd /= 2;
        cong->cwnd = MAX(cong->cwnd, restart_window);
}
