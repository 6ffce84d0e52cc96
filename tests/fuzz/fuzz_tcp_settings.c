/*
 * Every value lies within the bounds that sim/run and the socket options hold.
 */
#include "fuzz_tcp_settings.h"

#include <glib.h>

#define MSS_LEAST            88
#define MSS_MOST             65495
#define RECEIVE_BUFFER_LEAST 2304
#define SEND_BUFFER_LEAST    4608
/* Together they keep the number of retransmissions small. */
#define MAX_RTO_LEAST     (100 * MILLISECOND)
#define USER_TIMEOUT_MOST (60 * SECOND)
#define BUFFER_MOST       (1u << 15) /* small enough that a full one is soon checked */

static const struct cong_ops *draw_congestion_control(struct fuzz_bytes *bytes)
{
        unsigned count = 0;
        while (tcp_congestion_control_name(count) != NULL)
                count++;
        return tcp_congestion_control_find(tcp_congestion_control_name(fuzz_below(bytes, count)));
}

/* From 1 ms on, any scale up to minutes. */
static duration_ns draw_time(struct fuzz_bytes *bytes)
{
        uint32_t mantissa = fuzz_below(bytes, 16) + 1;
        return (mantissa << fuzz_below(bytes, 16)) * MILLISECOND;
}

static duration_ns draw_time_up_to(struct fuzz_bytes *bytes, duration_ns most)
{
        duration_ns time = draw_time(bytes);
        return MIN(time, most);
}

static uint32_t draw_mss(struct fuzz_bytes *bytes)
{
        uint32_t mss = fuzz_16(bytes);
        return CLAMP(mss, MSS_LEAST, MSS_MOST);
}

static void draw_switches(struct fuzz_bytes *bytes, struct tcp_settings *settings)
{
        uint16_t bits = fuzz_16(bytes);
        settings->sack = bits & 0x1;
        settings->dsack = bits & 0x2;
        settings->timestamps = bits & 0x4;
        settings->window_scaling = bits & 0x8;
        settings->limited_transmit = bits & 0x10;
        settings->nagle = bits & 0x20;
        settings->idle_restart = bits & 0x40;
        settings->urgent_on_last_byte = bits & 0x80;
        settings->keepalive = bits & 0x100;
        settings->linger = bits & 0x200;
        settings->linger_time = bits & 0x400 ? SECOND : 0;
        settings->urgent_inline = bits & 0x1000;
        settings->delayed_ack = bits & 0x800 ? 40 * MILLISECOND : 0;
}

static void draw_recovery(struct fuzz_bytes *bytes, struct tcp_settings *settings)
{
        uint16_t bits = fuzz_16(bytes);
        settings->recovery = fuzz_below(bytes, TCP_RECOVERY_RACK + 1);
        settings->ecn = bits % (TCP_ECN_ON + 1);
        settings->tail_loss_probe = bits & 0x4;
        settings->prr = bits & 0x8;
        settings->frto = bits & 0x10;
        settings->undo = bits & 0x20;
        settings->hystart = bits & 0x40;
        settings->pacing = bits & 0x80 ? TCP_PACING_ON : bits & 0x2 ? TCP_PACING_OFF : TCP_PACING_AUTO;
        settings->compressed_ack = bits & 0x100;
        settings->rack_keeps_window = bits & 0x200;
        settings->rack_needs_time = bits & 0x400;
        settings->join_resent = bits & 0x800;
        settings->abort_on_overflow = bits & 0x1000;
        settings->time_wait_is_protected = bits & 0x2000;
        if (bits & 0x4000)
                settings->delayed_ack = TCP_DELAYED_ACK_ADAPTIVE;
        if (bits & 0x8000)
                settings->syn_linear_timeouts = fuzz_below(bytes, 8);
}

static void draw_times(struct fuzz_bytes *bytes, struct tcp_settings *settings)
{
        settings->max_rto = MAX_RTO_LEAST + draw_time(bytes);
        settings->min_rto = draw_time_up_to(bytes, settings->max_rto);
        settings->initial_rto = draw_time_up_to(bytes, settings->max_rto);
        settings->msl = draw_time(bytes);
        settings->time_wait = fuzz_flag(bytes) ? draw_time(bytes) : 0;
        settings->fin_wait_2 = draw_time(bytes);
        settings->syn_retries = fuzz_below(bytes, 8);
        settings->syn_ack_retries = fuzz_below(bytes, 8);
        settings->retries = fuzz_below(bytes, 16);
        settings->initial_window = 1 + fuzz_below(bytes, 20);
}

struct tcp_settings fuzz_tcp_settings(struct fuzz_bytes *bytes)
{
        struct tcp_settings settings = tcp_settings_default();
        if (!fuzz_flag(bytes))
                return settings;
        draw_switches(bytes, &settings);
        draw_recovery(bytes, &settings);
        draw_times(bytes, &settings);
        fuzz_change_tcp_settings(bytes, &settings);
        return settings;
}

static uint32_t draw_buffer(struct fuzz_bytes *bytes, uint32_t least)
{
        uint32_t size = fuzz_of_any_scale(bytes);
        return CLAMP(size, least, BUFFER_MOST);
}

void fuzz_change_tcp_settings(struct fuzz_bytes *bytes, struct tcp_settings *settings)
{
        uint8_t what = fuzz_8(bytes);
        if (what & 0x1)
                settings->congestion_control = draw_congestion_control(bytes);
        if (what & 0x2)
                settings->mss = draw_mss(bytes);
        if (what & 0x4)
                settings->receive_buffer = draw_buffer(bytes, RECEIVE_BUFFER_LEAST);
        if (what & 0x8)
                settings->send_buffer = draw_buffer(bytes, SEND_BUFFER_LEAST);
        if (what & 0x10)
                settings->user_timeout = fuzz_flag(bytes) ? draw_time_up_to(bytes, USER_TIMEOUT_MOST) : 0;
        if (what & 0x20) {
                settings->keepalive = !settings->keepalive;
                settings->keepalive_idle = SECOND + draw_time(bytes);
                settings->keepalive_interval = SECOND + draw_time(bytes);
                settings->keepalive_count = 1 + fuzz_below(bytes, 127);
        }
        if (what & 0x40)
                settings->nagle = !settings->nagle;
        if (what & 0x80) {
                settings->linger = fuzz_flag(bytes);
                settings->linger_time = fuzz_flag(bytes) ? SECOND : 0;
        }
}
