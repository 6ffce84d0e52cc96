#include "sender_rig.h"

#include <check.h>
#include <stdio.h>

#include "tcp/pacing.h"
#include "tcp/rack.h"
#include "tcp/sender.h"
#include "tcp/tail_probe.h"

const uint32_t rig_first_numbers[RIG_FIRST_NUMBERS] = {
        1000, UINT32_MAX - 1, /* within the first segment of ten */
        UINT32_MAX - 4500,    /* within the window */
        UINT32_MAX - 10000,   /* at the recovery point */
        INT32_MAX - 4500,     /* the sign of a difference taken wrongly */
};

uint8_t rig_byte(uint64_t offset)
{
        return (uint8_t)(offset * 7 / 3);
}

struct tcp_settings rig_settings(void)
{
        struct tcp_settings settings = tcp_settings_default();
        settings.congestion_control = &cong_reno;
        settings.recovery = TCP_RECOVERY_NEWRENO;
        settings.nagle = false;
        return settings;
}

void rig_init(struct sender_rig *rig, const struct tcp_settings *settings, uint32_t iss)
{
        static const uint8_t secret[16] = { 0 };
        *rig = (struct sender_rig){ .pool = payload_pool_new(), .window = 65000, .echo = -1 };
        rig->host = tcp_host_new(rig->pool, secret);
        rig->conn = tcp_conn_new(rig->host, settings, 1500);
        TcpConn *conn = rig->conn;
        conn->state = TCP_STATE_ESTABLISHED;
        conn->was_opened = true;
        conn->sack_agreed = settings->sack;
        conn->syn_sendings = 1;
        conn->snd.iss = seq_of(iss);
        conn->snd.una = conn->snd.nxt = seq_of(iss + 1);
        conn->snd.wnd = conn->snd.wnd_max = rig->window;
        conn->snd.mss = RIG_MSS;
        sender_start(conn, RIG_ROUND_TRIP * MILLISECOND, 0);
}

void rig_clear(struct sender_rig *rig)
{
        tcp_conn_free(rig->conn);
        tcp_host_free(rig->host);
        payload_pool_free(rig->pool);
}

void rig_write(struct sender_rig *rig, uint32_t bytes)
{
        uint8_t text[1000];
        sender_on_write(rig->conn, rig->now);
        for (uint32_t left = bytes; left > 0;) {
                uint32_t size = MIN(left, sizeof text);
                for (uint32_t i = 0; i < size; i++)
                        text[i] = rig_byte(rig->written + i);
                send_queue_write(&rig->conn->send_queue, text, size);
                rig->written += size;
                left -= size;
        }
        send_queue_last_block(&rig->conn->send_queue)->has_push = true;
}

void rig_finish(struct sender_rig *rig)
{
        rig->conn->fin_queued = true;
        sender_push(rig->conn);
}

void rig_wait(struct sender_rig *rig, int64_t ms)
{
        rig->now = ms * MILLISECOND;
        ck_assert_int_gt(tcp_conn_deadline(rig->conn), rig->now);
}

static void (*const on_deadlines[])(TcpConn *conn, time_ns now) = {
        [TCP_DEADLINE_RETRANSMIT] = sender_on_retransmit_deadline,
        [TCP_DEADLINE_TAIL_PROBE] = tail_probe_on_deadline,
        [TCP_DEADLINE_REORDERING] = rack_on_deadline,
        [TCP_DEADLINE_PERSIST] = sender_on_persist_deadline,
        [TCP_DEADLINE_PACING] = pacing_on_deadline,
};

void rig_expire(struct sender_rig *rig, int64_t ms)
{
        rig->now = ms * MILLISECOND;
        ck_assert_int_eq(tcp_conn_deadline(rig->conn) / MILLISECOND, ms);
        for (int kind = TCP_DEADLINE_RETRANSMIT; kind <= TCP_DEADLINE_PACING; kind++) {
                if (rig->conn->deadlines[kind] > rig->now)
                        continue;
                conn_set_deadline(rig->conn, kind, TIME_NEVER);
                on_deadlines[kind](rig->conn, rig->now);
                break;
        }
        sender_check(rig->conn);
}

/* ---- What goes out ---- */

/* A run of segments that stand together in the text. */
struct run {
        enum tcp_send_reason reason;
        int64_t begin;
        int64_t end;
        uint32_t length;
        uint16_t flags;
        unsigned segments;
};

static void print_run(struct sender_rig *rig, const struct run *run)
{
        if (run->segments == 0)
                return;
        GString *text = g_string_new(rig->out);
        if (text->len > 0)
                g_string_append(text, ", ");
        if (run->reason != TCP_SEND_NEW_DATA)
                g_string_append_printf(text, "%s ", tcp_send_reason_name(run->reason));
        g_string_append_printf(text, "%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT, run->begin, run->end);
        if (run->segments > 1)
                g_string_append_printf(text, "/%u", run->segments);
        if (run->flags & TCP_FLAG_PSH && rig->shows_flags)
                g_string_append(text, " P");
        if (run->flags & TCP_FLAG_FIN)
                g_string_append(text, " FIN");
        g_strlcpy(rig->out, text->str, sizeof rig->out);
        g_string_free(text, TRUE);
}

static bool belongs_to(const struct run *run, const struct run *next)
{
        return run->segments > 0 && run->reason == next->reason && run->end == next->begin &&
               run->length == next->length && run->flags == next->flags;
}

static void check_bytes(const struct tcp_segment *segment, int64_t begin)
{
        uint8_t bytes[RIG_MSS];
        payload_copy_out(&segment->payload, 0, bytes, segment->payload.length);
        for (uint32_t i = 0; i < segment->payload.length; i++)
                ck_assert_uint_eq(bytes[i], rig_byte((uint64_t)begin + i));
}

static struct run run_of(
        const struct sender_rig *rig, const struct tcp_segment *segment, const struct tcp_sending *sending)
{
        /* The probe's number lies before the stream: -1 is the SYN's, or the last byte acknowledged. */
        int64_t begin = seq_diff(segment->seq, seq_add(rig->conn->snd.iss, 1));
        return (struct run){
                .reason = sending->reason,
                .begin = begin,
                .end = begin + segment->payload.length,
                .length = segment->payload.length,
                .flags = segment->flags & (rig->shows_flags ? TCP_FLAG_PSH | TCP_FLAG_FIN : TCP_FLAG_FIN),
                .segments = 1,
        };
}

const char *rig_pump(struct sender_rig *rig)
{
        struct run run = { 0 };
        struct tcp_segment segment = { 0 };
        struct tcp_sending sending = { 0 };
        rig->out[0] = '\0';
        while (sender_next_segment(rig->conn, rig->now, &segment, &sending)) {
                struct run next = run_of(rig, &segment, &sending);
                check_bytes(&segment, next.begin);
                payload_clear(&segment.payload);
                if (belongs_to(&run, &next)) {
                        run.end = next.end;
                        run.segments++;
                } else {
                        print_run(rig, &run);
                        run = next;
                }
                segment = (struct tcp_segment){ 0 };
                sender_check(rig->conn);
        }
        print_run(rig, &run);
        return rig->out;
}

/* ---- What comes in ---- */

static unsigned parse_blocks(const struct sender_rig *rig, const char *text, struct sack_block *blocks)
{
        unsigned count = 0;
        unsigned left;
        unsigned right;
        int read;
        while (sscanf(text, "%u-%u%n", &left, &right, &read) == 2) {
                ck_assert_uint_lt(count, TCP_SACK_BLOCKS_MAX);
                blocks[count].left = seq_add(rig->conn->snd.iss, 1 + left);
                blocks[count++].right = seq_add(rig->conn->snd.iss, 1 + right);
                text += read;
        }
        return count;
}

void rig_sack(struct sender_rig *rig, uint32_t to, const char *blocks)
{
        struct tcp_segment segment = {
                .seq = rig->conn->rcv.nxt,
                .ack = seq_add(rig->conn->snd.iss, 1 + to),
                .flags = TCP_FLAG_ACK,
                .window = (uint16_t)rig->window,
        };
        segment.options.has_timestamps = rig->echo >= 0;
        segment.options.timestamp_echo = conn_timestamp(rig->conn, rig->echo * MILLISECOND);
        segment.options.sack_count = (uint8_t)parse_blocks(rig, blocks, segment.options.sack);
        sender_on_ack(rig->conn, &segment, rig->now);
        sender_check(rig->conn);
}

void rig_ack(struct sender_rig *rig, uint32_t to)
{
        rig_sack(rig, to, "");
}

void rig_acks(struct sender_rig *rig, uint32_t to, unsigned times)
{
        for (unsigned i = 0; i < times; i++)
                rig_ack(rig, to);
}

void rig_ack_window(struct sender_rig *rig, uint32_t to, uint32_t window)
{
        rig->window = window;
        /* A smaller window counts only on what was sent later. */
        rig->conn->snd.wl1 = seq_sub(rig->conn->rcv.nxt, 1);
        rig_ack(rig, to);
}

void rig_want(struct sender_rig *rig, uint64_t kinds)
{
        tcp_host_want_notes(rig->host, kinds);
}

static const char *why_of(const struct tcp_note *note)
{
        switch (note->kind) {
        case TCP_NOTE_LOST:
        case TCP_NOTE_RECOVERY_ENTERED:
                return tcp_loss_sign_name((enum tcp_loss_sign)note->why);
        case TCP_NOTE_LIMITED:
                return tcp_limit_name((enum tcp_limit)note->why);
        default:
                return "";
        }
}

static void print_range(struct sender_rig *rig, const struct tcp_note *note, GString *text)
{
        struct seqnum origin = seq_add(rig->conn->snd.iss, 1);
        if (!seq_equal(note->range.first, note->range.end))
                g_string_append_printf(text, " %d-%d", seq_diff(note->range.first, origin),
                        seq_diff(note->range.end, origin));
}

const char *rig_notes(struct sender_rig *rig)
{
        struct tcp_note note;
        GString *text = g_string_new("");
        while (tcp_host_next_note(rig->host, &note)) {
                if (text->len > 0)
                        g_string_append(text, ", ");
                g_string_append(text, tcp_note_name(note.kind));
                print_range(rig, &note, text);
                if (*why_of(&note) != '\0')
                        g_string_append_printf(text, " %s", why_of(&note));
        }
        g_strlcpy(rig->out, text->str, sizeof rig->out);
        g_string_free(text, TRUE);
        return rig->out;
}
