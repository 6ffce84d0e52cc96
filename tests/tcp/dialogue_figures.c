/*
 * The names of what a dialogue can set (struct tcp_settings) and check (struct tcp_report).
 */
#include "dialogue_private.h"

#include <stddef.h>
#include <string.h>

enum figure_kind { FIGURE_BOOL, FIGURE_U32, FIGURE_U64, FIGURE_DURATION, FIGURE_U8 };

struct figure {
        const char *name;
        size_t offset;
        enum figure_kind kind;
};

#define REPORTED(name, member, kind)                                                                         \
        {                                                                                                    \
                name, offsetof(struct tcp_report, member), kind                                              \
        }

static const struct figure report_figures[] = {
        REPORTED("congestion-state", congestion_state, FIGURE_U32),
        REPORTED("sack", sack_agreed, FIGURE_BOOL),
        REPORTED("timestamps", timestamps_agreed, FIGURE_BOOL),
        REPORTED("send-scale", send_scale, FIGURE_U8),
        REPORTED("receive-scale", receive_scale, FIGURE_U8),
        REPORTED("mss", send_mss, FIGURE_U32),
        REPORTED("receive-mss", receive_mss, FIGURE_U32),
        REPORTED("cwnd", cwnd_segments, FIGURE_U32),
        REPORTED("ssthresh", ssthresh_segments, FIGURE_U32),
        REPORTED("unacknowledged", unacknowledged_segments, FIGURE_U32),
        REPORTED("sacked", sacked_segments, FIGURE_U32),
        REPORTED("lost", lost_segments, FIGURE_U32),
        REPORTED("retransmitted", retransmitted_segments, FIGURE_U32),
        REPORTED("backoffs", backoffs, FIGURE_U32),
        REPORTED("rto", rto, FIGURE_DURATION),
        REPORTED("srtt", srtt, FIGURE_DURATION),
        REPORTED("rttvar", rttvar, FIGURE_DURATION),
        REPORTED("send-window", send_window, FIGURE_U32),
        REPORTED("receive-window", receive_window, FIGURE_U32),
        REPORTED("segments-sent", counts.segments_sent, FIGURE_U64),
        REPORTED("segments-received", counts.segments_received, FIGURE_U64),
        REPORTED("data-segments-sent", counts.data_segments_sent, FIGURE_U64),
        REPORTED("retransmitted-segments", counts.retransmitted_segments, FIGURE_U64),
        REPORTED("bytes-received", counts.bytes_received, FIGURE_U64),
        REPORTED("bytes-acknowledged", counts.bytes_acknowledged, FIGURE_U64),
        REPORTED("timeouts", counts.timeouts, FIGURE_U64),
        REPORTED("fast-recoveries", counts.fast_recoveries, FIGURE_U64),
        REPORTED("duplicate-acks-sent", counts.duplicate_acks_sent, FIGURE_U64),
        REPORTED("duplicate-acks-received", counts.duplicate_acks_received, FIGURE_U64),
        REPORTED("out-of-order-arrivals", counts.out_of_order_arrivals, FIGURE_U64),
        REPORTED("duplicate-arrivals", counts.duplicate_arrivals, FIGURE_U64),
        REPORTED("held-bytes-max", counts.held_bytes_max, FIGURE_U32),
        REPORTED("window-probes", counts.window_probes, FIGURE_U32),
};

#define SETTING(name, member, kind)                                                                          \
        {                                                                                                    \
                name, offsetof(struct tcp_settings, member), kind                                            \
        }

static const struct figure settings_figures[] = {
        SETTING("recovery", recovery, FIGURE_U32),
        SETTING("sack", sack, FIGURE_BOOL),
        SETTING("dsack", dsack, FIGURE_BOOL),
        SETTING("timestamps", timestamps, FIGURE_BOOL),
        SETTING("window-scaling", window_scaling, FIGURE_BOOL),
        SETTING("limited-transmit", limited_transmit, FIGURE_BOOL),
        SETTING("nagle", nagle, FIGURE_BOOL),
        SETTING("idle-restart", idle_restart, FIGURE_BOOL),
        SETTING("keepalive", keepalive, FIGURE_BOOL),
        SETTING("urgent-inline", urgent_inline, FIGURE_BOOL),
        SETTING("urgent-on-last-byte", urgent_on_last_byte, FIGURE_BOOL),
        SETTING("reports-icmp", reports_icmp, FIGURE_BOOL),
        SETTING("linger", linger, FIGURE_BOOL),
        SETTING("linger-time", linger_time, FIGURE_DURATION),
        SETTING("delayed-ack", delayed_ack, FIGURE_DURATION),
        SETTING("mss", mss, FIGURE_U32),
        SETTING("initial-window", initial_window, FIGURE_U32),
        SETTING("initial-rto", initial_rto, FIGURE_DURATION),
        SETTING("min-rto", min_rto, FIGURE_DURATION),
        SETTING("max-rto", max_rto, FIGURE_DURATION),
        SETTING("syn-retries", syn_retries, FIGURE_U32),
        SETTING("syn-ack-retries", syn_ack_retries, FIGURE_U32),
        SETTING("syn-cookies", syn_cookies, FIGURE_U32),
        SETTING("retries", retries, FIGURE_U32),
        SETTING("user-timeout", user_timeout, FIGURE_DURATION),
        SETTING("keepalive-idle", keepalive_idle, FIGURE_DURATION),
        SETTING("keepalive-interval", keepalive_interval, FIGURE_DURATION),
        SETTING("keepalive-count", keepalive_count, FIGURE_U32),
        SETTING("receive-buffer", receive_buffer, FIGURE_U32),
        SETTING("send-buffer", send_buffer, FIGURE_U32),
        SETTING("msl", msl, FIGURE_DURATION),
        SETTING("time-wait", time_wait, FIGURE_DURATION),
        SETTING("fin-wait-2", fin_wait_2, FIGURE_DURATION),
};

static const struct figure *find_figure(
        Dialogue *dialogue, const struct figure *figures, size_t count, const char *name)
{
        for (size_t i = 0; i < count; i++) {
                if (g_strcmp0(figures[i].name, name) == 0)
                        return &figures[i];
        }
        dialogue_fail(dialogue, "nothing of that name");
}

static int64_t figure_of(const struct figure *figure, const void *value)
{
        const char *at = (const char *)value + figure->offset;
        switch (figure->kind) {
        case FIGURE_BOOL:
                return *(const bool *)at;
        case FIGURE_U8:
                return *(const uint8_t *)at;
        case FIGURE_U32:
                return *(const uint32_t *)at;
        case FIGURE_U64:
        case FIGURE_DURATION:
        default:
                return *(const int64_t *)at;
        }
}

static int64_t read_switch_or_figure(Dialogue *dialogue, const char *text)
{
        if (g_strcmp0(text, "on") == 0)
                return 1;
        return g_strcmp0(text, "off") == 0 ? 0 : dialogue_read_figure(dialogue, text);
}

static void do_check(Dialogue *dialogue, char **words)
{
        struct tcp_report report;
        const struct figure *figure =
                find_figure(dialogue, report_figures, G_N_ELEMENTS(report_figures), words[0]);
        dialogue_settle(dialogue);
        tcp_conn_report(dialogue_need_conn(dialogue), &report);
        int64_t seen = figure_of(figure, &report);
        if (seen != read_switch_or_figure(dialogue, words[1]))
                dialogue_fail(dialogue, "it is %" G_GINT64_FORMAT, seen);
}

static void set_congestion_control(Dialogue *dialogue, struct tcp_settings *settings, const char *name)
{
        settings->congestion_control = name != NULL ? tcp_congestion_control_find(name) : NULL;
        if (settings->congestion_control == NULL)
                dialogue_fail(dialogue, "no such congestion control");
}

static void set_figure(Dialogue *dialogue, struct tcp_settings *settings, char **words)
{
        const struct figure *figure =
                find_figure(dialogue, settings_figures, G_N_ELEMENTS(settings_figures), words[0]);
        int64_t value = read_switch_or_figure(dialogue, words[1]);
        char *at = (char *)settings + figure->offset;
        if (figure->kind == FIGURE_BOOL)
                *(bool *)at = value != 0;
        else if (figure->kind == FIGURE_U32)
                *(uint32_t *)at = (uint32_t)value;
        else
                *(duration_ns *)at = value;
}

static void do_set(Dialogue *dialogue, char **words)
{
        TcpConn *conn = dialogue_peer(dialogue)->conn;
        struct tcp_settings settings = conn != NULL ? *tcp_conn_settings(conn) : dialogue->settings;
        if (g_strcmp0(words[0], "congestion-control") == 0)
                set_congestion_control(dialogue, &settings, words[1]);
        else
                set_figure(dialogue, &settings, words);
        if (conn == NULL) {
                dialogue->settings = settings;
                return;
        }
        dialogue_before_stimulus(dialogue);
        tcp_conn_set(conn, &settings, dialogue_clock(dialogue));
        dialogue_after_stimulus(dialogue);
}

const struct dialogue_verb dialogue_figures[] = {
        { "check", do_check },
        { "set", do_set },
        { 0 },
};
