/*
 * The values a scenario starts from: those of a current Linux (6.18).
 */
#include "tcp/tcp_settings.h"

#include "tcp/cong.h"

static const struct tcp_settings defaults = {
        .congestion_control = &cong_cubic,
        .recovery = TCP_RECOVERY_RACK,
        .sack = true,
        .dsack = true,
        .timestamps = true,
        .paws = true,
        .ts_recent_check = true,
        .window_scaling = true,
        .limited_transmit = true,
        .reordering = 3,
        .max_reordering = 300,
        .adaptive_reordering = true,
        .join_resent = true,
        .least_burst = 2,
        .window_divisor = 3,
        .tail_loss_probe = true,
        .prr = true,
        .frto = true,
        .undo = TCP_UNDO_ON,
        .cwnd_moderation = true,
        .window_validation = true,
        .hystart = true,
        .ecn = TCP_ECN_PASSIVE,
        .nagle = true,
        .idle_restart = true,
        .delayed_ack = TCP_DELAYED_ACK_ADAPTIVE,
        .quick_ack = true,
        .compressed_ack = true,
        .reset_unread = true,
        .icmp_errors = TCP_ICMP_ERRORS_SOFT,
        .zero_window_probe = true,
        .sender_sws_avoidance = true,
        .receiver_sws_avoidance = true,
        .initial_window = 10,
        .initial_rto = 1 * SECOND,
        .min_rto = 200 * MILLISECOND,
        .max_rto = 120 * SECOND,
        .syn_retries = 6,
        .syn_linear_timeouts = 4,
        .syn_ack_retries = 5,
        .syn_cookies = TCP_SYN_COOKIES_WHEN_FULL,
        .retries = 15,
        .keepalive_idle = 7200 * SECOND,
        .keepalive_interval = 75 * SECOND,
        .keepalive_count = 9,
        .receive_memory = { 4096, 131072, 32 * 1024 * 1024 },
        .auto_tuning = true,
        .send_memory = { 4096, 16384, 4 * 1024 * 1024 },
        .receive_low_water = 1,
        .unsent_low_water = UINT32_MAX,
        .urgent = true,
        .challenge_ack = true,
        .dont_fragment = true,
        .follows_path_mtu = true,
        .refusal_interval = 500 * MILLISECOND,
        .challenge_limit = UINT32_MAX,
        .fast_open_flags = TCP_FAST_OPEN_CLIENT | TCP_FAST_OPEN_SERVER | TCP_FAST_OPEN_ANY_LISTENER |
                           TCP_FAST_OPEN_ANY_CLIENT,
        .msl = 30 * SECOND, /* TIME-WAIT is 60 s */
        .time_wait_reuse = true,
        .fin_wait_2 = 60 * SECOND, /* tcp_fin_timeout */
};

struct tcp_settings tcp_settings_default(void)
{
        return defaults;
}
