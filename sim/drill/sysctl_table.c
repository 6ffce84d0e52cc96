/*
 * The settings of Linux's TCP. Normal values and ranges: net/ipv4/sysctl_net_ipv4.c and tcp_ipv4.c of
 * Linux 6.18.
 */
#include "drill/sysctl_table.h"

#include <stdio.h>
#include <string.h>
#include "tcp/tcp_settings.h"

#define BYTE_MAX    255
#define SECONDS_MAX 8589934 /* as many jiffies as an int holds, of 4 ms each */

/* ---- How ours follow ---- */

static void set_sack(struct tcp_settings *settings, const int64_t *numbers)
{
        settings->sack = numbers[0] != 0;
}

static void set_dsack(struct tcp_settings *settings, const int64_t *numbers)
{
        settings->dsack = numbers[0] != 0;
}

static void set_urgent_on_last_byte(struct tcp_settings *settings, const int64_t *numbers)
{
        settings->urgent_on_last_byte = numbers[0] != 0;
}

static void set_timestamps(struct tcp_settings *settings, const int64_t *numbers)
{
        settings->timestamps = numbers[0] != 0;
}

static void set_window_scaling(struct tcp_settings *settings, const int64_t *numbers)
{
        settings->window_scaling = numbers[0] != 0;
}

static void set_ecn(struct tcp_settings *settings, const int64_t *numbers)
{
        static const enum tcp_ecn modes[] = { TCP_ECN_AS_NEEDED, TCP_ECN_ON, TCP_ECN_PASSIVE };
        if (numbers[0] < (int64_t)G_N_ELEMENTS(modes))
                settings->ecn = modes[numbers[0]];
}

/* Linux's tcp_schedule_loss_probe(): 3 and 4 mean it, what else there was is no more. */
static void set_early_retransmit(struct tcp_settings *settings, const int64_t *numbers)
{
        settings->tail_loss_probe = numbers[0] == 3 || numbers[0] == 4;
}

static void set_frto(struct tcp_settings *settings, const int64_t *numbers)
{
        settings->frto = numbers[0] != 0;
}

static void set_idle_restart(struct tcp_settings *settings, const int64_t *numbers)
{
        settings->idle_restart = numbers[0] != 0;
}

static void set_syn_retries(struct tcp_settings *settings, const int64_t *numbers)
{
        settings->syn_retries = (uint32_t)numbers[0];
}

static void set_syn_ack_retries(struct tcp_settings *settings, const int64_t *numbers)
{
        settings->syn_ack_retries = (uint32_t)numbers[0];
}

static void set_retries(struct tcp_settings *settings, const int64_t *numbers)
{
        settings->retries = (uint32_t)numbers[0];
}

static void set_orphan_retries(struct tcp_settings *settings, const int64_t *numbers)
{
        settings->orphan_retries = (uint32_t)numbers[0];
}

/* Bit 0, RACK itself, means nothing since Linux 6.17. */
static void set_recovery(struct tcp_settings *settings, const int64_t *numbers)
{
        settings->rack_keeps_window = numbers[0] & 2;
        settings->rack_needs_time = numbers[0] & 4;
}

static void set_reordering(struct tcp_settings *settings, const int64_t *numbers)
{
        settings->reordering = (uint32_t)numbers[0];
}

static void set_max_reordering(struct tcp_settings *settings, const int64_t *numbers)
{
        settings->max_reordering = (uint32_t)numbers[0];
}

static void set_join_resent(struct tcp_settings *settings, const int64_t *numbers)
{
        settings->join_resent = numbers[0] != 0;
}

static void set_thin_linear_timeouts(struct tcp_settings *settings, const int64_t *numbers)
{
        settings->thin_linear_timeouts = numbers[0] != 0;
}

static void set_least_burst(struct tcp_settings *settings, const int64_t *numbers)
{
        settings->least_burst = (uint32_t)numbers[0];
}

static void set_window_divisor(struct tcp_settings *settings, const int64_t *numbers)
{
        settings->window_divisor = (uint32_t)numbers[0];
}

static void set_fin_wait_2(struct tcp_settings *settings, const int64_t *numbers)
{
        settings->fin_wait_2 = numbers[0] * SECOND;
}

static void set_keepalive_idle(struct tcp_settings *settings, const int64_t *numbers)
{
        settings->keepalive_idle = numbers[0] * SECOND;
}

static void set_keepalive_interval(struct tcp_settings *settings, const int64_t *numbers)
{
        settings->keepalive_interval = numbers[0] * SECOND;
}

static void set_keepalive_count(struct tcp_settings *settings, const int64_t *numbers)
{
        settings->keepalive_count = (uint32_t)numbers[0];
}

static void set_min_rto(struct tcp_settings *settings, const int64_t *numbers)
{
        settings->min_rto = numbers[0] * MICROSECOND;
}

static void set_max_rto(struct tcp_settings *settings, const int64_t *numbers)
{
        settings->max_rto = numbers[0] * MILLISECOND;
}

/* The largest of the three decides the window scale. */
static void set_syn_linear_timeouts(struct tcp_settings *settings, const int64_t *numbers)
{
        settings->syn_linear_timeouts = (uint32_t)numbers[0];
}

static void set_time_wait_protection(struct tcp_settings *settings, const int64_t *numbers)
{
        settings->time_wait_is_protected = numbers[0] != 0;
}

static void set_abort_on_overflow(struct tcp_settings *settings, const int64_t *numbers)
{
        settings->abort_on_overflow = numbers[0] != 0;
}

static void set_unsent_low_water(struct tcp_settings *settings, const int64_t *numbers)
{
        settings->unsent_low_water = (uint32_t)numbers[0];
}

static void set_challenge_limit(struct tcp_settings *settings, const int64_t *numbers)
{
        settings->challenge_limit = numbers[0] == INT32_MAX ? UINT32_MAX : (uint32_t)numbers[0];
}

static void set_auto_tuning(struct tcp_settings *settings, const int64_t *numbers)
{
        settings->auto_tuning = numbers[0] != 0;
}

static void set_syn_cookies(struct tcp_settings *settings, const int64_t *numbers)
{
        settings->syn_cookies = numbers[0] == 0   ? TCP_SYN_COOKIES_OFF
                                : numbers[0] == 2 ? TCP_SYN_COOKIES_ALWAYS
                                                  : TCP_SYN_COOKIES_WHEN_FULL;
}

static void set_syn_backlog(struct tcp_settings *settings, const int64_t *numbers)
{
        settings->syn_backlog = (uint32_t)MAX(numbers[0], 1);
}

static void set_refusal_interval(struct tcp_settings *settings, const int64_t *numbers)
{
        settings->refusal_interval = numbers[0] * MILLISECOND;
}

static void set_window_may_shrink(struct tcp_settings *settings, const int64_t *numbers)
{
        settings->window_may_shrink = numbers[0] != 0;
}

static void set_fast_open(struct tcp_settings *settings, const int64_t *numbers)
{
        settings->fast_open = numbers[0] != 0;
        settings->fast_open_flags = (uint32_t)numbers[0] & ~(uint32_t)TCP_FAST_OPEN_ANY_CLIENT;
}

/* Up to two keys with a comma between them, each of four hexadecimal words with dashes. */
static unsigned read_keys(const char *text, uint32_t words[TCP_FAST_OPEN_KEYS_MAX][4])
{
        unsigned count = 0;
        while (count < TCP_FAST_OPEN_KEYS_MAX) {
                uint32_t *key = words[count];
                int used = 0;
                if (sscanf(text, "%8x-%8x-%8x-%8x%n", &key[0], &key[1], &key[2], &key[3], &used) != 4)
                        return 0;
                count++;
                if (text[used] != ',')
                        return text[used] == '\0' ? count : 0;
                text += used + 1;
        }
        return 0;
}

static bool is_fast_open_key(const char *text)
{
        uint32_t words[TCP_FAST_OPEN_KEYS_MAX][4];
        return read_keys(text, words) > 0;
}

static void set_fast_open_key(struct tcp_settings *settings, const char *text)
{
        uint32_t words[TCP_FAST_OPEN_KEYS_MAX][4];
        settings->fast_open_key_count = read_keys(text, words);
        for (uint32_t key = 0; key < settings->fast_open_key_count; key++) {
                for (unsigned i = 0; i < TCP_FAST_OPEN_KEY_SIZE; i++)
                        settings->fast_open_keys[key][i] = (uint8_t)(words[key][i / 4] >> 8 * (i % 4));
        }
}

static void set_receive_buffer(struct tcp_settings *settings, const int64_t *numbers)
{
        settings->receive_memory =
                (struct tcp_memory){ (uint32_t)numbers[0], (uint32_t)numbers[1], (uint32_t)numbers[2] };
}

static void set_send_buffer(struct tcp_settings *settings, const int64_t *numbers)
{
        settings->send_memory =
                (struct tcp_memory){ (uint32_t)numbers[0], (uint32_t)numbers[1], (uint32_t)numbers[2] };
}

static void set_congestion_control(struct tcp_settings *settings, const char *name)
{
        settings->congestion_control = tcp_congestion_control_find(name);
}

static bool is_congestion_control(const char *name)
{
        return tcp_congestion_control_find(name) != NULL;
}

static char *congestion_controls(void)
{
        const char *name;
        GString *names = g_string_new(NULL);
        for (unsigned i = 0; (name = tcp_congestion_control_name(i)) != NULL; i++)
                g_string_append_printf(names, "%s%s", i > 0 ? "," : "", name);
        return g_string_free(names, FALSE);
}

/* ---- The table ---- */

static const struct sysctl_entry entries[] = {
        { "tcp_rmem", "4096 131072 33554432", 3, 1, INT32_MAX, .apply = set_receive_buffer },
        { "tcp_wmem", "4096 16384 4194304", 3, 1, INT32_MAX, .apply = set_send_buffer },
        { "tcp_sack", "1", 1, 0, BYTE_MAX, .apply = set_sack },
        { "tcp_dsack", "1", 1, 0, BYTE_MAX, .apply = set_dsack },
        { "tcp_timestamps", "1", 1, 0, BYTE_MAX, .apply = set_timestamps },
        { "tcp_window_scaling", "1", 1, 0, BYTE_MAX, .apply = set_window_scaling },
        { "tcp_congestion_control", "cubic", .apply_text = set_congestion_control,
                .accepts = is_congestion_control, .choices = congestion_controls },
        { "tcp_syn_retries", "6", 1, 1, 127, .apply = set_syn_retries },
        { "tcp_synack_retries", "5", 1, 0, BYTE_MAX, .apply = set_syn_ack_retries },
        { "tcp_retries2", "15", 1, 0, BYTE_MAX, .apply = set_retries },
        { "tcp_fin_timeout", "60", 1, 0, SECONDS_MAX, .apply = set_fin_wait_2 },
        { "tcp_keepalive_time", "7200", 1, 0, SECONDS_MAX, .apply = set_keepalive_idle },
        { "tcp_keepalive_intvl", "75", 1, 0, SECONDS_MAX, .apply = set_keepalive_interval },
        { "tcp_keepalive_probes", "9", 1, 0, BYTE_MAX, .apply = set_keepalive_count },
        { "tcp_ecn", "2", 1, 0, 5, .apply = set_ecn, .fixed = "0,1,2" },
        { "tcp_early_retrans", "3", 1, 0, 4, .apply = set_early_retransmit },
        { "tcp_frto", "2", 1, 0, BYTE_MAX, .apply = set_frto },
        { "tcp_slow_start_after_idle", "1", 1, 0, BYTE_MAX, .apply = set_idle_restart },
        { "tcp_rto_min_us", "200000", 1, 1, INT32_MAX, .apply = set_min_rto },
        { "tcp_rto_max_ms", "120000", 1, 1000, 120000, .apply = set_max_rto },

        { "tcp_fastopen", "1", 1, 0, INT32_MAX, .apply = set_fast_open },
        { "tcp_fastopen_key", NULL, .apply_text = set_fast_open_key, .accepts = is_fast_open_key },

        /* Which we have one way only. */
        { "tcp_ecn_fallback", "1", 1, 0, 1, .fixed = "1" },
        { "tcp_ecn_option", "2", 1, 0, 2, .fixed = "2" },
        { "tcp_ecn_option_beacon", "3", 1, 0, 3, .fixed = "3" },
        { "tcp_recovery", "1", 1, 0, BYTE_MAX, .apply = set_recovery },
        { "tcp_reordering", "3", 1, 1, 300, .apply = set_reordering },
        { "tcp_max_reordering", "300", 1, 1, INT32_MAX, .apply = set_max_reordering },
        { "tcp_syn_linear_timeouts", "4", 1, 0, 127, .apply = set_syn_linear_timeouts },
        { "tcp_orphan_retries", "0", 1, 0, BYTE_MAX, .apply = set_orphan_retries },
        { "tcp_notsent_lowat", "4294967295", 1, 0, UINT32_MAX, .apply = set_unsent_low_water },
        { "tcp_invalid_ratelimit", "500", 1, 0, INT32_MAX, .apply = set_refusal_interval },
        { "tcp_challenge_ack_limit", "2147483647", 1, 0, INT32_MAX, .apply = set_challenge_limit },
        { "tcp_tso_win_divisor", "3", 1, 0, BYTE_MAX, .apply = set_window_divisor },
        { "tcp_pacing_ss_ratio", "200", 1, 0, 1000, .fixed = "200" },
        { "tcp_pacing_ca_ratio", "120", 1, 0, 1000, .fixed = "120" },
        { "tcp_abort_on_overflow", "0", 1, 0, BYTE_MAX, .apply = set_abort_on_overflow },
        { "tcp_syncookies", "1", 1, 0, BYTE_MAX, .apply = set_syn_cookies },
        { "tcp_pingpong_thresh", "1", 1, 1, BYTE_MAX, .fixed = "1" },
        { "tcp_moderate_rcvbuf", "1", 1, 0, BYTE_MAX, .apply = set_auto_tuning },
        { "tcp_shrink_window", "0", 1, 0, 1, .apply = set_window_may_shrink },
        { "tcp_min_snd_mss", "48", 1, 48, 65535, .fixed = "48" },
        { "tcp_mtu_probing", "0", 1, 0, BYTE_MAX, .fixed = "0" },
        { "tcp_tw_reuse", "2", 1, 0, 2, .fixed = "0,1,2" },
        { "tcp_rfc1337", "0", 1, 0, BYTE_MAX, .apply = set_time_wait_protection },
        { "tcp_stdurg", "0", 1, 0, BYTE_MAX, .apply = set_urgent_on_last_byte },
        { "tcp_app_win", "31", 1, 0, 31, .fixed = "31" },
        { "tcp_thin_linear_timeouts", "0", 1, 0, BYTE_MAX, .apply = set_thin_linear_timeouts },
        { "tcp_retries1", "3", 1, 0, BYTE_MAX, .fixed = "3" },
        { "tcp_plb_enabled", "0", 1, 0, 1, .fixed = "0" },
        { "tcp_reflect_tos", "0", 1, 0, 1, .fixed = "0" },
        { "tcp_migrate_req", "0", 1, 0, 1, .fixed = "0" },
        { "tcp_backlog_ack_defer", "1", 1, 0, 1, .fixed = "0,1" },
        { "ip_no_pmtu_disc", "0", 1, 0, BYTE_MAX, .fixed = "0" },
        { "ip_default_ttl", "64", 1, 1, 255, .fixed = "64" },

        /* Which no script can see. */
        { "tcp_fastopen_blackhole_timeout_sec", "0", 1, 0, INT32_MAX, .reason = "there are no blackholes" },
        { "tcp_fack", "0", 1, 0, BYTE_MAX, .reason = "Linux ignores it since 4.15" },
        { "tcp_low_latency", "0", 1, 0, BYTE_MAX, .reason = "Linux ignores it since 4.14" },
        { "tcp_adv_win_scale", "1", 1, -31, 31, .reason = "Linux measures it since 6.6" },
        { "tcp_early_demux", "1", 1, 0, BYTE_MAX, .reason = "it is about speed" },
        { "ip_early_demux", "1", 1, 0, BYTE_MAX, .reason = "it is about speed" },
        { "tcp_autocorking", "1", 1, 0, 1, .reason = "it needs a device that is slow to send" },
        { "tcp_limit_output_bytes", "4194304", 1, 0, INT32_MAX, .reason = "the device sends at once" },
        { "tcp_min_tso_segs", "2", 1, 1, BYTE_MAX, .apply = set_least_burst },
        { "tcp_tso_rtt_log", "9", 1, 0, BYTE_MAX, .reason = "segments are as on the wire" },
        { "tcp_comp_sack_delay_ns", "1000000", 1, 0, INT64_MAX, .reason = "at most a millisecond" },
        { "tcp_comp_sack_slack_ns", "100000", 1, 0, INT64_MAX, .reason = "at most a millisecond" },
        { "tcp_comp_sack_nr", "44", 1, 0, BYTE_MAX, .reason = "at most a millisecond" },
        { "tcp_no_metrics_save", "0", 1, 0, BYTE_MAX,
                .reason = "nothing is remembered of earlier connections" },
        { "tcp_no_ssthresh_metrics_save", "1", 1, 0, 1,
                .reason = "nothing is remembered of earlier connections" },
        { "tcp_min_rtt_wlen", "300", 1, 0, 86400, .reason = "no script is as long" },
        { "tcp_base_mss", "1024", 1, 0, INT32_MAX, .reason = "it is for tcp_mtu_probing" },
        { "tcp_mtu_probe_floor", "48", 1, 48, 65535, .reason = "it is for tcp_mtu_probing" },
        { "tcp_probe_interval", "600", 1, 0, SECONDS_MAX, .reason = "it is for tcp_mtu_probing" },
        { "tcp_probe_threshold", "8", 1, 0, INT32_MAX, .reason = "it is for tcp_mtu_probing" },
        { "tcp_retrans_collapse", "1", 1, 0, BYTE_MAX, .apply = set_join_resent },
        { "tcp_workaround_signed_windows", "0", 1, 0, BYTE_MAX, .reason = "it is about stacks of long ago" },
        { "tcp_available_congestion_control", NULL, 0, .reason = "it is only read" },
        { "tcp_allowed_congestion_control", NULL, 0, .reason = "all are allowed" },
        { "tcp_max_syn_backlog", NULL, 1, 0, INT32_MAX, .apply = set_syn_backlog },
        { "tcp_max_orphans", NULL, 1, 0, INT32_MAX, .reason = "there is memory" },
        { "tcp_max_tw_buckets", NULL, 1, 0, INT32_MAX, .reason = "there is memory" },
        { "tcp_mem", NULL, 3, 0, INT64_MAX, .reason = "there is memory" },
        { "tcp_tw_reuse_delay", "1000", 1, 1, 60000, .reason = "no script connects twice from one port" },
        { "icmp_ratelimit", "1000", 1, 0, INT32_MAX, .reason = "no script sees so many" },
        { "icmp_ratemask", "6168", 1, 0, INT32_MAX, .reason = "no script sees so many" },
        { "icmp_msgs_per_sec", "1000", 1, 0, INT32_MAX, .reason = "no script sees so many" },
        { "icmp_msgs_burst", "50", 1, 0, INT32_MAX, .reason = "no script sees so many" },
        { "ip_forward", "0", 1, 0, INT32_MAX, .reason = "there is one device" },
        { "ip_local_port_range", "32768 60999", 2, 1, 65535, .reason = "ports are the runner's" },
        { "ip_nonlocal_bind", "0", 1, 0, 1, .reason = "addresses are the runner's" },
        { "net.core.rmem_max", NULL, 1, 0, INT32_MAX, .reason = "SO_RCVBUF is not limited" },
        { "net.core.wmem_max", NULL, 1, 0, INT32_MAX, .reason = "SO_SNDBUF is not limited" },
        { "net.core.rmem_default", NULL, 1, 0, INT32_MAX, .reason = "TCP has its own" },
        { "net.core.wmem_default", NULL, 1, 0, INT32_MAX, .reason = "TCP has its own" },
        { "net.core.optmem_max", NULL, 1, 0, INT32_MAX, .reason = "there is memory" },
        { "net.core.somaxconn", "4096", 1, 0, INT32_MAX, .reason = "no script's backlog is larger" },
        { "net.core.default_qdisc", NULL, 0, .reason = "the device has a plain queue" },
        { "net.core.netdev_max_backlog", NULL, 1, 0, INT32_MAX, .reason = "there is memory" },
        { "net.core.high_order_alloc_disable", "0", 1, 0, 1, .reason = "it is about memory" },
        { "net.core.txrehash", "1", 1, 0, 1, .reason = "there is one path" },
        { "net.ipv6.auto_flowlabels", "1", 1, 0, 3, .reason = "labels are random in any case" },
        { "net.ipv6.conf.all.disable_ipv6", "0", 1, 0, 1,
                .reason = "the runner has the family that it needs" },
        { "net.ipv6.conf.tun0.accept_dad", "1", 1, 0, 2, .reason = "there is nobody else" },
        { "net.ipv4.conf.all.rp_filter", "0", 1, 0, 2, .reason = "there is one device" },
        { "net.ipv4.conf.tun0.rp_filter", "0", 1, 0, 2, .reason = "there is one device" },
        { "net.ipv4.conf.all.accept_local", "0", 1, 0, 1, .reason = "there is one device" },
        { "net.ipv4.conf.all.log_martians", "0", 1, 0, 1, .reason = "there is no log" },
};

const struct sysctl_entry *sysctl_entry_find(const char *name)
{
        for (size_t i = 0; i < G_N_ELEMENTS(entries); i++)
                if (strcmp(entries[i].name, name) == 0)
                        return &entries[i];
        return NULL;
}

const struct sysctl_entry *sysctl_entry_at(unsigned index)
{
        return index < G_N_ELEMENTS(entries) ? &entries[index] : NULL;
}
