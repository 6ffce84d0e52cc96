/*
 * The keys of `tcp:`, for all hosts, one host or one program, into struct tcp_settings.
 */
#include "run/scenario_tables.h"

#include <string.h>

#define TCP(member) FIELD_AT(struct scenario_tcp, settings.member)

/* ---- congestion-control: the names that the core knows ---- */

static const char **congestion_control_names(void)
{
        GPtrArray *names = g_ptr_array_new();
        for (unsigned i = 0; tcp_congestion_control_name(i); i++)
                g_ptr_array_add(names, (gpointer)tcp_congestion_control_name(i));
        g_ptr_array_add(names, NULL);
        return (const char **)g_ptr_array_free(names, FALSE);
}

static bool read_congestion_control(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        if (!field_expect_kind(reader, field->name, node, YAML_TEXT))
                return false;
        const struct cong_ops **ops = value;
        const struct cong_ops *found = tcp_congestion_control_find(node->text);
        if (found) {
                *ops = found;
                return true;
        }
        g_autofree const char **names = congestion_control_names();
        return field_fail_word(
                reader, node->mark, node->text, names, "%s: unknown word '%s'", field->name, node->text);
}

static struct yaml_node *write_congestion_control(const struct field_writer *writer G_GNUC_UNUSED,
        const struct field *field G_GNUC_UNUSED, const void *value)
{
        return tree_text_new(cong_ops_name(*(const struct cong_ops *const *)value));
}

static const struct field_type congestion_control = { read_congestion_control, write_congestion_control };

/* ---- keepalive: off, on, or on after so much idle time ---- */

static bool read_keepalive(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        static const struct field idle = { .name = "keepalive",
                .type = &field_quantity,
                .quantity = &quantity_time,
                TCP(keepalive_idle),
                .zero = "on, off" };
        struct scenario_tcp *tcp = value;
        if (!field_expect_kind(reader, field->name, node, YAML_TEXT))
                return false;
        if (switch_parse(node->text, &tcp->settings.keepalive))
                return true;
        tcp->settings.keepalive = true;
        return field_read(reader, &idle, node, tcp);
}

static struct yaml_node *write_keepalive(const struct field_writer *writer G_GNUC_UNUSED,
        const struct field *field G_GNUC_UNUSED, const void *value)
{
        const struct scenario_tcp *tcp = value;
        if (!tcp->settings.keepalive)
                return tree_text_new("off");
        g_autofree char *idle = quantity_time.format((uint64_t)tcp->settings.keepalive_idle);
        return tree_text_new(idle);
}

static const struct field_type keepalive = { read_keepalive, write_keepalive };

/* ---- linger: off, or how long close waits ---- */

static bool read_linger(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        static const struct field time = {
                .name = "linger", .type = &field_quantity, .quantity = &quantity_time, TCP(linger_time)
        };
        struct scenario_tcp *tcp = value;
        if (!field_expect_kind(reader, field->name, node, YAML_TEXT))
                return false;
        tcp->settings.linger = strcmp(node->text, "off") != 0;
        return !tcp->settings.linger || field_read(reader, &time, node, tcp);
}

static struct yaml_node *write_linger(const struct field_writer *writer G_GNUC_UNUSED,
        const struct field *field G_GNUC_UNUSED, const void *value)
{
        const struct scenario_tcp *tcp = value;
        if (!tcp->settings.linger)
                return tree_text_new("off");
        g_autofree char *time = quantity_time.format((uint64_t)tcp->settings.linger_time);
        return tree_text_new(time);
}

static const struct field_type linger = { read_linger, write_linger };

/* ---- path-mtu-discovery: DF, and what comes of it ---- */

static bool read_path_mtu_discovery(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        struct tcp_settings *settings = &((struct scenario_tcp *)value)->settings;
        if (!field_switch.read(reader, field, node, &settings->follows_path_mtu))
                return false;
        settings->dont_fragment = settings->follows_path_mtu;
        return true;
}

static struct yaml_node *write_path_mtu_discovery(
        const struct field_writer *writer, const struct field *field, const void *value)
{
        const struct scenario_tcp *tcp = value;
        return field_switch.write(writer, field, &tcp->settings.follows_path_mtu);
}

static const struct field_type path_mtu_discovery = { read_path_mtu_discovery, write_path_mtu_discovery };

/* ---- delayed-ack: a time, off, or as Linux ---- */

static bool read_delayed_ack(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        static const struct field time = { .name = "delayed-ack",
                .type = &field_quantity,
                .quantity = &quantity_time,
                TCP(delayed_ack),
                .most = 500 * MILLISECOND,
                .zero = "adaptive, off" };
        struct scenario_tcp *tcp = value;
        if (!field_expect_kind(reader, field->name, node, YAML_TEXT))
                return false;
        bool is_adaptive = strcmp(node->text, "adaptive") == 0;
        if (is_adaptive || strcmp(node->text, "off") == 0) {
                tcp->settings.delayed_ack = is_adaptive ? TCP_DELAYED_ACK_ADAPTIVE : 0;
                return true;
        }
        return field_read(reader, &time, node, tcp);
}

static struct yaml_node *write_delayed_ack(const struct field_writer *writer G_GNUC_UNUSED,
        const struct field *field G_GNUC_UNUSED, const void *value)
{
        const struct scenario_tcp *tcp = value;
        if (tcp->settings.delayed_ack == TCP_DELAYED_ACK_ADAPTIVE)
                return tree_text_new("adaptive");
        if (tcp->settings.delayed_ack == 0)
                return tree_text_new("off");
        g_autofree char *time = quantity_time.format((uint64_t)tcp->settings.delayed_ack);
        return tree_text_new(time);
}

static const struct field_type delayed_ack = { read_delayed_ack, write_delayed_ack };

/* ---- The buffers: a size as a program asks for it (SO_RCVBUF); twice that is memory ---- */

static bool read_buffer(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        uint32_t *size = value;
        if (!field_quantity.read(reader, field, node, value))
                return false;
        *size *= 2;
        return true;
}

static struct yaml_node *write_buffer(
        const struct field_writer *writer, const struct field *field, const void *value)
{
        uint32_t size = *(const uint32_t *)value / 2;
        return field_quantity.write(writer, field, &size);
}

static const struct field_type buffer = { read_buffer, write_buffer };

/* ---- challenge-ack-limit: a count, or unlimited, which is the largest ---- */

static bool read_limit(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        uint32_t *limit = value;
        if (!field_expect_kind(reader, field->name, node, YAML_TEXT))
                return false;
        if (strcmp(node->text, "unlimited") != 0)
                return field_quantity.read(reader, field, node, value);
        *limit = UINT32_MAX;
        return true;
}

static struct yaml_node *write_limit(
        const struct field_writer *writer, const struct field *field, const void *value)
{
        bool is_unlimited = *(const uint32_t *)value == UINT32_MAX;
        return is_unlimited ? tree_text_new("unlimited") : field_quantity.write(writer, field, value);
}

static const struct field_type limit = { read_limit, write_limit };

/* ---- The table ---- */

static const struct field_word recoveries[] = {
        { "tahoe", TCP_RECOVERY_TAHOE, false },
        { "reno", TCP_RECOVERY_RENO, false },
        { "newreno", TCP_RECOVERY_NEWRENO, false },
        { "sack", TCP_RECOVERY_SACK, false },
        { "rack", TCP_RECOVERY_RACK, false },
        { NULL, 0, false },
};

static const struct field_word syn_cookie_words[] = {
        { "off", TCP_SYN_COOKIES_OFF, false },
        { "when-full", TCP_SYN_COOKIES_WHEN_FULL, false },
        { "always", TCP_SYN_COOKIES_ALWAYS, false },
        { NULL, 0, false },
};

static const struct field_word ecn_words[] = {
        { "off", TCP_ECN_OFF, false },
        { "passive", TCP_ECN_PASSIVE, false },
        { "on", TCP_ECN_ON, false },
        { NULL, 0, false },
};

static const struct field_word undo_words[] = {
        { "off", TCP_UNDO_OFF, false },
        { "on", TCP_UNDO_ON, false },
        { "dsack", TCP_UNDO_BY_DSACK, false },
        { "timestamps", TCP_UNDO_BY_TIMESTAMPS, false },
        { NULL, 0, false },
};

static const struct field_word pacing_words[] = {
        { "auto", TCP_PACING_AUTO, false },
        { "on", TCP_PACING_ON, false },
        { "off", TCP_PACING_OFF, false },
        { NULL, 0, false },
};

static const struct field_word icmp_words[] = {
        { "off", TCP_ICMP_ERRORS_OFF, false },
        { "soft", TCP_ICMP_ERRORS_SOFT, false },
        { "hard", TCP_ICMP_ERRORS_HARD, false },
        { NULL, 0, false },
};

#define SWITCH(member) .type = &field_switch, TCP(member)
#define TIME(member)   .type = &field_quantity, .quantity = &quantity_time, TCP(member)
#define COUNT(member)  .type = &field_quantity, .quantity = &quantity_count, TCP(member)
#define BUFFER(member) .type = &buffer, .quantity = &quantity_size, .zero = "auto", TCP(member)

static const struct field tcp_fields[] = {
        { .name = "congestion-control", .type = &congestion_control, TCP(congestion_control) },
        { .name = "recovery", .type = &field_choice, .words = recoveries, TCP(recovery) },
        { .name = "sack", SWITCH(sack) },
        { .name = "dsack", SWITCH(dsack) },
        { .name = "timestamps", SWITCH(timestamps) },
        { .name = "paws", SWITCH(paws) },
        { .name = "ts-recent-check", SWITCH(ts_recent_check) },
        { .name = "window-scaling", SWITCH(window_scaling) },
        { .name = "ecn", .type = &field_choice, .words = ecn_words, TCP(ecn) },
        { .name = "ecn-retransmissions", SWITCH(ecn_retransmissions) },
        { .name = "fast-open", SWITCH(fast_open) },
        { .name = "limited-transmit", SWITCH(limited_transmit) },
        { .name = "reordering", COUNT(reordering), .least = 1, .most = 300 },
        { .name = "adaptive-reordering", SWITCH(adaptive_reordering) },
        { .name = "tail-loss-probe", SWITCH(tail_loss_probe) },
        { .name = "prr", SWITCH(prr) },
        { .name = "frto", SWITCH(frto) },
        { .name = "undo", .type = &field_choice, .words = undo_words, TCP(undo) },
        { .name = "cwnd-moderation", SWITCH(cwnd_moderation) },
        { .name = "window-validation", SWITCH(window_validation) },
        { .name = "abc-limit", COUNT(abc_limit), .zero = "off" },
        { .name = "hystart", SWITCH(hystart) },
        { .name = "nagle", SWITCH(nagle) },
        { .name = "pacing", .type = &field_choice, .words = pacing_words, TCP(pacing) },
        { .name = "max-pacing-rate",
                .type = &field_quantity,
                .quantity = &quantity_rate,
                TCP(max_pacing_rate),
                .zero = "off" },
        { .name = "idle-restart", SWITCH(idle_restart) },
        { .name = "delayed-ack", .type = &delayed_ack },
        { .name = "quick-ack", SWITCH(quick_ack) },
        { .name = "compressed-ack", SWITCH(compressed_ack) },
        { .name = "mss",
                .type = &field_quantity,
                .quantity = &quantity_size,
                TCP(mss),
                .least = 88,
                .most = 65495,
                .zero = "auto" },
        { .name = "initial-window", COUNT(initial_window), .least = 1, .most = 1000 },
        { .name = "initial-rto", TIME(initial_rto), .least = MILLISECOND, .most = 3600 * SECOND },
        { .name = "min-rto", TIME(min_rto), .least = MILLISECOND, .most = 3600 * SECOND },
        { .name = "max-rto", TIME(max_rto), .least = MILLISECOND, .most = 3600 * SECOND },
        { .name = "syn-retries", COUNT(syn_retries), .most = 127 },
        { .name = "syn-ack-retries", COUNT(syn_ack_retries), .most = 127 },
        { .name = "syn-cookies", .type = &field_choice, .words = syn_cookie_words, TCP(syn_cookies) },
        { .name = "syn-linear-timeouts", COUNT(syn_linear_timeouts), .most = 127 },
        { .name = "retries", COUNT(retries), .most = 1000 },
        { .name = "orphan-retries", COUNT(orphan_retries), .most = 1000 },
        { .name = "user-timeout", TIME(user_timeout), .zero = "off" },
        { .name = "keepalive", .type = &keepalive },
        { .name = "keepalive-interval", TIME(keepalive_interval), .least = MILLISECOND },
        { .name = "keepalive-count", COUNT(keepalive_count), .least = 1, .most = 127 },
        { .name = "receive-buffer", BUFFER(receive_buffer), .least = 1152, .most = 1u << 29 },
        { .name = "auto-tuning", SWITCH(auto_tuning) },
        { .name = "window-clamp",
                .type = &field_quantity,
                .quantity = &quantity_size,
                TCP(window_clamp),
                .least = 1152,
                .most = 1u << 30,
                .zero = "off" },
        { .name = "shrink-window", SWITCH(window_may_shrink) },
        { .name = "sender-sws-avoidance", SWITCH(sender_sws_avoidance) },
        { .name = "receiver-sws-avoidance", SWITCH(receiver_sws_avoidance) },
        { .name = "zero-window-probe", SWITCH(zero_window_probe) },
        { .name = "send-buffer", BUFFER(send_buffer), .least = 2304, .most = 1u << 29 },
        { .name = "limit-output",
                .type = &field_quantity,
                .quantity = &quantity_time,
                FIELD_AT(struct scenario_tcp, limit_output),
                .zero = "off" },
        { .name = "urgent", SWITCH(urgent) },
        { .name = "challenge-ack", SWITCH(challenge_ack) },
        { .name = "challenge-ack-limit", .type = &limit, .quantity = &quantity_count, TCP(challenge_limit) },
        { .name = "invalid-ratelimit", TIME(refusal_interval), .zero = "off" },
        { .name = "path-mtu-discovery", .type = &path_mtu_discovery },
        { .name = "icmp-errors", .type = &field_choice, .words = icmp_words, TCP(icmp_errors) },
        { .name = "linger", .type = &linger },
        { .name = "reset-unread", SWITCH(reset_unread) },
        { .name = "msl", TIME(msl), .least = MILLISECOND },
        { .name = "time-wait", TIME(time_wait), .zero = "auto" },
        { .name = "time-wait-reuse", SWITCH(time_wait_reuse) },
        { .name = "fin-wait-2", TIME(fin_wait_2), .least = MILLISECOND },
        { .name = NULL },
};

const struct field_table tcp_table = { .what = "tcp", .fields = tcp_fields };

static bool read_tcp(struct field_reader *reader, const struct field *field G_GNUC_UNUSED,
        const struct yaml_node *node, void *value)
{
        const struct tcp_settings *settings = &((struct scenario_tcp *)value)->settings;
        if (!field_table_read(reader, &tcp_table, node, value))
                return false;
        if (settings->min_rto > settings->max_rto)
                return field_fail(
                        reader, node->mark, "tcp: min-rto is above max-rto; accepted: at most the same");
        if (settings->initial_rto > settings->max_rto)
                return field_fail(
                        reader, node->mark, "tcp: initial-rto is above max-rto; accepted: at most the same");
        return true;
}

static struct yaml_node *write_tcp(
        const struct field_writer *writer, const struct field *field G_GNUC_UNUSED, const void *value)
{
        return field_table_write(writer, &tcp_table, value);
}

const struct field_type field_tcp = { read_tcp, write_tcp };
