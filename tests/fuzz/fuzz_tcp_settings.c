/*
 * The rows are those of sim/run's table of `tcp:` keys, so that a new key is drawn as soon as there is one,
 * and after them what only sysctls and socket options ask for. A key whose values a row does not say has them
 * here, or the first input fails. Every value lies within the bounds that sim/run and the socket options
 * hold.
 */
#include "fuzz_tcp_settings.h"

#include <string.h>
#include "run/scenario_tables.h"
#include "tcp/conn_private.h"

#define MSS_LEAST            88
#define MSS_MOST             65495
#define RECEIVE_BUFFER_LEAST 2304
#define SEND_BUFFER_LEAST    4608
#define USER_TIMEOUT_MOST    (60 * SECOND)
#define BUFFER_MOST          (1u << 15)           /* small enough that a full one is soon checked */
#define TIME_MOST            (72 * 3600 * SECOND) /* a hundred of them are no reason to stop the clock */
#define CHANGES_MOST         64

typedef void draw_setting(struct fuzz_bytes *bytes, struct tcp_settings *settings);

/* One thing that can be set: as the row of a table says, or as a function does. */
struct knob {
        uint16_t tag;
        const struct field *field;
        draw_setting *draw;
};

/* ---- Values of a row ---- */

/* Tighter than a scenario's, or an input would take too many events. */
struct bounds {
        const char *key;
        uint64_t least;
        uint64_t most;
};

static const struct bounds tighter[] = {
        { "max-rto", 100 * MILLISECOND, TIME_MOST },
        { "user-timeout", MILLISECOND, USER_TIMEOUT_MOST },
        { "keepalive-interval", SECOND, TIME_MOST },
        { "retries", 0, 15 },
        { "orphan-retries", 0, 15 },
        { "syn-retries", 0, 15 },
        { "syn-ack-retries", 0, 15 },
        { NULL, 0, 0 },
};

static struct bounds bounds_of(const struct field *field)
{
        uint64_t least = field->zero != NULL ? MAX(field->least, 1) : field->least;
        for (const struct bounds *bounds = tighter; bounds->key != NULL; bounds++)
                if (strcmp(field->name, bounds->key) == 0)
                        return *bounds;
        if (field->quantity == &quantity_time)
                return (struct bounds){ field->name, least, TIME_MOST };
        return (struct bounds){ field->name, least, field->most > 0 ? field->most : UINT32_MAX };
}

static void store(const struct field *field, uint64_t value, void *at)
{
        uint32_t small = (uint32_t)value;
        g_assert(field->size == sizeof value || field->size == sizeof small);
        if (field->size == sizeof value)
                memcpy(at, &value, sizeof value);
        else
                memcpy(at, &small, sizeof small);
}

/* Of any scale; times from 1 ms on. */
static uint64_t draw_quantity(struct fuzz_bytes *bytes, const struct field *field)
{
        struct bounds bounds = bounds_of(field);
        uint64_t value = fuzz_of_any_scale(bytes);
        if (field->quantity == &quantity_time)
                value *= MILLISECOND;
        if (field->zero != NULL && value == 0)
                return 0;
        return CLAMP(value, bounds.least, bounds.most);
}

static int draw_word(struct fuzz_bytes *bytes, const struct field *field)
{
        unsigned count = 0;
        while (field->words[count].name != NULL)
                count++;
        return field->words[fuzz_below(bytes, count)].value;
}

static bool is_plain(const struct field *field)
{
        return field->type == &field_switch || field->type == &field_choice || field->type == &field_quantity;
}

static void draw_field(struct fuzz_bytes *bytes, const struct field *field, void *record)
{
        void *at = (char *)record + field->offset;
        if (field->type == &field_switch)
                *(bool *)at = fuzz_flag(bytes);
        else if (field->type == &field_choice)
                *(int *)at = draw_word(bytes, field);
        else
                store(field, draw_quantity(bytes, field), at);
}

/* ---- Keys whose values no row says ---- */

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

static uint32_t draw_buffer(struct fuzz_bytes *bytes, uint32_t least)
{
        uint32_t size = fuzz_of_any_scale(bytes);
        return CLAMP(size, least, BUFFER_MOST);
}

static void draw_congestion_control(struct fuzz_bytes *bytes, struct tcp_settings *settings)
{
        unsigned count = 0;
        while (tcp_congestion_control_name(count) != NULL)
                count++;
        settings->congestion_control =
                tcp_congestion_control_find(tcp_congestion_control_name(fuzz_below(bytes, count)));
}

static void draw_keepalive(struct fuzz_bytes *bytes, struct tcp_settings *settings)
{
        settings->keepalive = fuzz_flag(bytes);
        settings->keepalive_idle = SECOND + draw_time(bytes);
}

static void draw_linger(struct fuzz_bytes *bytes, struct tcp_settings *settings)
{
        settings->linger = fuzz_flag(bytes);
        settings->linger_time = fuzz_flag(bytes) ? SECOND : 0;
}

static void draw_path_mtu_discovery(struct fuzz_bytes *bytes, struct tcp_settings *settings)
{
        settings->follows_path_mtu = settings->dont_fragment = fuzz_flag(bytes);
}

static void draw_delayed_ack(struct fuzz_bytes *bytes, struct tcp_settings *settings)
{
        uint8_t what = fuzz_8(bytes);
        if (what % 3 == 2)
                settings->delayed_ack = draw_time_up_to(bytes, 500 * MILLISECOND);
        else
                settings->delayed_ack = what % 3 == 1 ? 0 : TCP_DELAYED_ACK_ADAPTIVE;
}

static void draw_receive_buffer(struct fuzz_bytes *bytes, struct tcp_settings *settings)
{
        settings->receive_buffer = fuzz_flag(bytes) ? draw_buffer(bytes, RECEIVE_BUFFER_LEAST) : 0;
}

static void draw_send_buffer(struct fuzz_bytes *bytes, struct tcp_settings *settings)
{
        settings->send_buffer = fuzz_flag(bytes) ? draw_buffer(bytes, SEND_BUFFER_LEAST) : 0;
}

static void draw_challenge_limit(struct fuzz_bytes *bytes, struct tcp_settings *settings)
{
        settings->challenge_limit = fuzz_flag(bytes) ? fuzz_8(bytes) : UINT32_MAX;
}

/* The device's, of which these fuzzers have none. */
static void draw_nothing(struct fuzz_bytes *bytes, struct tcp_settings *settings)
{
        (void)bytes, (void)settings;
}

static const struct {
        const char *key;
        draw_setting *draw;
} special[] = {
        { "congestion-control", draw_congestion_control },
        { "keepalive", draw_keepalive },
        { "linger", draw_linger },
        { "path-mtu-discovery", draw_path_mtu_discovery },
        { "delayed-ack", draw_delayed_ack },
        { "receive-buffer", draw_receive_buffer },
        { "send-buffer", draw_send_buffer },
        { "challenge-ack-limit", draw_challenge_limit },
        { "limit-output", draw_nothing },
};

/* ---- What is no key: sysctls and socket options ---- */

static void draw_fast_open_flags(struct fuzz_bytes *bytes, struct tcp_settings *settings)
{
        static const uint32_t flags[] = { TCP_FAST_OPEN_CLIENT, TCP_FAST_OPEN_SERVER,
                TCP_FAST_OPEN_CLIENT_NO_COOKIE, TCP_FAST_OPEN_SERVER_NO_COOKIE, TCP_FAST_OPEN_ANY_LISTENER,
                TCP_FAST_OPEN_ANY_CLIENT };
        uint8_t bits = fuzz_8(bytes);
        settings->fast_open_flags = 0;
        for (unsigned i = 0; i < G_N_ELEMENTS(flags); i++)
                if (bits & 1u << i)
                        settings->fast_open_flags |= flags[i];
}

#define TCP(member)    FIELD_AT(struct scenario_tcp, settings.member)
#define SWITCH(member) .type = &field_switch, TCP(member)
#define COUNT(member)  .type = &field_quantity, .quantity = &quantity_count, TCP(member)

static const struct field others[] = {
        { .name = "max_reordering", COUNT(max_reordering), .least = 1, .most = 1000 },
        { .name = "rack_keeps_window", SWITCH(rack_keeps_window) },
        { .name = "rack_needs_time", SWITCH(rack_needs_time) },
        { .name = "join_resent", SWITCH(join_resent) },
        { .name = "thin_linear_timeouts", SWITCH(thin_linear_timeouts) },
        { .name = "least_burst", COUNT(least_burst), .least = 1, .most = 1000 },
        { .name = "window_divisor", COUNT(window_divisor), .most = 1000 },
        { .name = "cork", SWITCH(cork) },
        { .name = "reports_icmp", SWITCH(reports_icmp) },
        { .name = "defer_accept", COUNT(defer_accept), .most = 15 },
        { .name = "syn_backlog", COUNT(syn_backlog), .most = 1000 },
        { .name = "abort_on_overflow", SWITCH(abort_on_overflow) },
        { .name = "receive_low_water", COUNT(receive_low_water), .least = 1, .most = 1u << 30 },
        { .name = "unsent_low_water", COUNT(unsent_low_water), .least = 1 },
        { .name = "urgent_inline", SWITCH(urgent_inline) },
        { .name = "urgent_on_last_byte", SWITCH(urgent_on_last_byte) },
        { .name = "dont_fragment", SWITCH(dont_fragment) },
        { .name = "fast_open_queue", COUNT(fast_open_queue), .most = 1000 },
        { .name = "time_wait_is_protected", SWITCH(time_wait_is_protected) },
};

/* ---- All of them ---- */

static draw_setting *special_of(const char *key)
{
        for (unsigned i = 0; i < G_N_ELEMENTS(special); i++)
                if (strcmp(special[i].key, key) == 0)
                        return special[i].draw;
        return NULL;
}

static void add_knob(GArray *knobs, const char *name, const struct field *field, draw_setting *draw)
{
        struct knob knob = { (uint16_t)g_str_hash(name), field, draw };
        g_array_append_val(knobs, knob);
}

static GArray *list_knobs(void)
{
        GArray *knobs = g_array_new(FALSE, FALSE, sizeof(struct knob));
        for (const struct field *field = tcp_table.fields; field->name != NULL; field++) {
                draw_setting *draw = special_of(field->name);
                if (draw == NULL && !is_plain(field))
                        g_error("tcp: %s is never drawn; say how in %s", field->name, __FILE__);
                add_knob(knobs, field->name, field, draw);
        }
        for (unsigned i = 0; i < G_N_ELEMENTS(others); i++)
                add_knob(knobs, others[i].name, &others[i], NULL);
        add_knob(knobs, "fast_open_flags", NULL, draw_fast_open_flags);
        return knobs;
}

/* The next tag at or after a number, round a circle: so a corpus means the same when there is one key more.
 */
static const struct knob *find_knob(uint16_t number)
{
        static GArray *knobs;
        if (knobs == NULL)
                knobs = list_knobs();
        const struct knob *found = &g_array_index(knobs, struct knob, 0);
        for (guint i = 1; i < knobs->len; i++) {
                const struct knob *knob = &g_array_index(knobs, struct knob, i);
                if ((uint16_t)(knob->tag - number) < (uint16_t)(found->tag - number))
                        found = knob;
        }
        return found;
}

static void turn_one_knob(struct fuzz_bytes *bytes, struct tcp_settings *settings)
{
        struct scenario_tcp record = { .settings = *settings };
        const struct knob *knob = find_knob(fuzz_16(bytes));
        if (knob->draw != NULL)
                knob->draw(bytes, &record.settings);
        else
                draw_field(bytes, knob->field, &record);
        *settings = record.settings;
}

struct tcp_settings fuzz_tcp_settings(struct fuzz_bytes *bytes)
{
        struct tcp_settings settings = tcp_settings_default();
        for (unsigned changes = fuzz_below(bytes, CHANGES_MOST); changes > 0; changes--)
                turn_one_knob(bytes, &settings);
        settings.min_rto = MIN(settings.min_rto, settings.max_rto);
        settings.initial_rto = MIN(settings.initial_rto, settings.max_rto);
        return settings;
}

/* ---- In mid-life ---- */

static uint32_t draw_mss(struct fuzz_bytes *bytes)
{
        uint32_t mss = fuzz_16(bytes);
        return CLAMP(mss, MSS_LEAST, MSS_MOST);
}

void fuzz_change_tcp_settings(struct fuzz_bytes *bytes, struct tcp_settings *settings)
{
        uint8_t what = fuzz_8(bytes);
        if (what & 0x1)
                draw_congestion_control(bytes, settings);
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

bool fuzz_waits_for_window(const TcpConn *conn)
{
        return conn != NULL && !conn->settings.zero_window_probe && conn_is_synchronized(conn) &&
               conn->scoreboard.count == 0 && tcp_conn_outstanding(conn) > 0;
}
