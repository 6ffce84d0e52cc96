/*
 * Two ends and a bad line between them, without the simulator: whatever is lost, delayed, overtaken or
 * doubled, both streams arrive whole and both ends close.
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "engine/rng.h"
#include "tcp/cong.h"
#include "tcp/tcp_conn.h"

#define SEEDS   32
#define GIVE_UP (3600 * SECOND)

static const uint8_t secret[16] = "two ends, 1 line";

/* ---- The line ---- */

struct flight {
        time_ns arrives_at;
        uint64_t number;
        unsigned to;
        struct tcp_segment segment;
};

struct end {
        TcpHost *host;
        TcpConn *conn;
        uint64_t to_write;
        uint64_t written;
        uint64_t read;
        bool saw_end;
        bool has_finished; /* CLOSED or TIME-WAIT was reached in order */
};

struct line {
        struct rng_stream luck;
        uint64_t draws;
        PayloadPool *pool;
        TcpListener *listener;
        struct end ends[2]; /* 0 calls, 1 listens */
        GArray *flying;     /* of struct flight */
        uint64_t sent;
        unsigned loss_percent;
        time_ns now;
};

static uint64_t draw_below(struct line *line, uint64_t bound)
{
        return rng_draw_below(&line->luck, line->draws++, 0, 0, bound);
}

static uint8_t byte_at(unsigned end, uint64_t offset)
{
        return (uint8_t)(offset * 31 + (offset >> 8) + end * 97);
}

static void fly(struct line *line, unsigned to, const struct tcp_segment *segment)
{
        struct flight flight = {
                .arrives_at = line->now + (time_ns)(10 + draw_below(line, 60)) * MILLISECOND,
                .number = line->sent++,
                .to = to,
                .segment = *segment,
        };
        flight.segment.payload = payload_ref(&segment->payload);
        g_array_append_val(line->flying, flight);
}

static void put_on_line(struct line *line, unsigned to, struct tcp_segment *segment)
{
        bool is_lost = draw_below(line, 100) < line->loss_percent;
        bool is_doubled = draw_below(line, 100) < 5;
        if (!is_lost)
                fly(line, to, segment);
        if (is_doubled)
                fly(line, to, segment);
        payload_clear(&segment->payload);
}

static void pump(struct line *line, unsigned number)
{
        struct end *end = &line->ends[number];
        struct tcp_segment segment;
        struct tcp_sending sending;
        while (end->conn != NULL && tcp_conn_next_segment(end->conn, line->now, &segment, &sending))
                put_on_line(line, 1 - number, &segment);
}

/* ---- The programs at both ends ---- */

static void write_some(struct line *line, unsigned number)
{
        struct end *end = &line->ends[number];
        while (end->written < end->to_write) {
                uint8_t bytes[3000];
                size_t wanted = 1 + draw_below(line, sizeof bytes);
                size_t size = MIN(wanted, end->to_write - end->written);
                for (size_t i = 0; i < size; i++)
                        bytes[i] = byte_at(number, end->written + i);
                bool is_urgent = draw_below(line, 8) == 0;
                unsigned flags = is_urgent ? TCP_WRITE_URGENT : 0;
                ssize_t taken = tcp_conn_send(end->conn, bytes, size, flags, line->now);
                if (taken == -EAGAIN)
                        return;
                ck_assert_msg(taken > 0, "end %u: write: %zd after %lu", number, taken,
                        (unsigned long)end->written);
                end->written += (uint64_t)taken;
                if (end->written == end->to_write)
                        tcp_conn_shutdown(end->conn, SHUT_WR, line->now);
        }
}

/* A byte left out as urgent has its place among those read. */
static void compare_passed(struct end *end, unsigned number)
{
        uint8_t byte;
        if (tcp_conn_take_passed(end->conn, &byte))
                ck_assert_uint_eq(byte, byte_at(1 - number, end->read++));
}

static void read_some(struct line *line, unsigned number)
{
        struct end *end = &line->ends[number];
        uint8_t bytes[5000];
        ssize_t got = 1;
        while (got > 0 && !end->saw_end && draw_below(line, 4) > 0) {
                got = tcp_conn_read(end->conn, bytes, 1 + draw_below(line, sizeof bytes), line->now);
                ck_assert_msg(got >= 0 || got == -EAGAIN, "end %u: read: %zd", number, got);
                compare_passed(end, number);
                for (ssize_t i = 0; i < got; i++)
                        ck_assert_uint_eq(bytes[i], byte_at(1 - number, end->read + (size_t)i));
                end->read += got > 0 ? (uint64_t)got : 0;
                end->saw_end = got == 0;
        }
}

/* Shutting down would forget an unanswered call. */
static bool is_opening(const TcpConn *conn)
{
        return tcp_conn_state(conn) == TCP_STATE_SYN_SENT || tcp_conn_state(conn) == TCP_STATE_SYN_RECEIVED;
}

static bool is_over(const TcpConn *conn)
{
        return tcp_conn_state(conn) == TCP_STATE_CLOSED || tcp_conn_state(conn) == TCP_STATE_TIME_WAIT;
}

static void run_program(struct line *line, unsigned number)
{
        struct end *end = &line->ends[number];
        if (end->conn == NULL || is_opening(end->conn))
                return;
        if (!is_over(end->conn))
                write_some(line, number);
        read_some(line, number);
        pump(line, number);
        end->has_finished = is_over(end->conn);
}

/* ---- Time ---- */

static guint first_flight(const struct line *line)
{
        guint first = 0;
        for (guint i = 1; i < line->flying->len; i++) {
                const struct flight *a = &g_array_index(line->flying, struct flight, i);
                const struct flight *b = &g_array_index(line->flying, struct flight, first);
                if (a->arrives_at < b->arrives_at ||
                        (a->arrives_at == b->arrives_at && a->number < b->number))
                        first = i;
        }
        return first;
}

static void offer_to_listener(struct line *line, const struct tcp_segment *segment)
{
        struct four_tuple tuple = { .local = *tcp_listener_local(line->listener),
                .remote = { .port = 40000 } };
        struct tcp_segment answer;
        bool has_answer;
        tuple.remote.address = ip_address_from_ipv4(0xc0000201);
        line->ends[1].conn =
                tcp_listener_on_segment(line->listener, &tuple, segment, line->now, &answer, &has_answer);
        if (has_answer)
                put_on_line(line, 0, &answer);
}

static void arrive(struct line *line, struct flight *flight)
{
        struct end *end = &line->ends[flight->to];
        line->now = flight->arrives_at;
        if (end->conn != NULL) {
                tcp_conn_on_segment(end->conn, &flight->segment, line->now);
                compare_passed(end, flight->to);
        } else {
                offer_to_listener(line, &flight->segment);
        }
        payload_clear(&flight->segment.payload);
        pump(line, flight->to);
}

static time_ns next_deadline(const struct line *line, unsigned *whose)
{
        time_ns first = TIME_NEVER;
        for (unsigned i = 0; i < 2; i++) {
                if (line->ends[i].conn == NULL || tcp_conn_deadline(line->ends[i].conn) >= first)
                        continue;
                first = tcp_conn_deadline(line->ends[i].conn);
                *whose = i;
        }
        return first;
}

static void step(struct line *line)
{
        unsigned whose = 0;
        time_ns deadline = next_deadline(line, &whose);
        guint next = first_flight(line);
        bool nothing_flies = line->flying->len == 0;
        if (nothing_flies && deadline == TIME_NEVER) {
                line->now += 100 * MILLISECOND; /* only the readers are late */
                return;
        }
        if (nothing_flies || deadline < g_array_index(line->flying, struct flight, next).arrives_at) {
                line->now = MAX(line->now, deadline);
                tcp_conn_on_time(line->ends[whose].conn, line->now);
                pump(line, whose);
                return;
        }
        struct flight flight = g_array_index(line->flying, struct flight, next);
        g_array_remove_index_fast(line->flying, next);
        arrive(line, &flight);
}

/* ---- Making and ending ---- */

static struct tcp_settings any_settings(struct line *line)
{
        static const duration_ns delays[] = { 0, 40 * MILLISECOND, 200 * MILLISECOND };
        static const uint32_t buffers[] = { 700, 5000, 60000, 1000000 };
        struct tcp_settings settings = tcp_settings_default();
        settings.sack = draw_below(line, 2);
        settings.dsack = draw_below(line, 2);
        settings.timestamps = draw_below(line, 2);
        settings.window_scaling = draw_below(line, 2);
        settings.nagle = draw_below(line, 2);
        settings.urgent_inline = draw_below(line, 2);
        settings.limited_transmit = draw_below(line, 2);
        settings.recovery = draw_below(line, 2) ? TCP_RECOVERY_SACK : TCP_RECOVERY_NEWRENO;
        settings.congestion_control = draw_below(line, 2) ? &cong_reno : &cong_cubic;
        settings.delayed_ack = delays[draw_below(line, G_N_ELEMENTS(delays))];
        settings.receive_buffer = buffers[draw_below(line, G_N_ELEMENTS(buffers))];
        settings.send_buffer = buffers[draw_below(line, G_N_ELEMENTS(buffers))];
        settings.mss = draw_below(line, 2) ? 0 : 100 + (uint32_t)draw_below(line, 1400);
        settings.syn_retries = settings.syn_ack_retries = settings.retries = 60;
        settings.max_rto = 5 * SECOND;
        return settings;
}

static void line_init(struct line *line, uint64_t seed, unsigned loss_percent)
{
        *line = (struct line){ .luck = rng_stream_named(seed, "two ends"), .loss_percent = loss_percent };
        line->pool = payload_pool_new();
        line->flying = g_array_new(FALSE, FALSE, sizeof(struct flight));
        for (unsigned i = 0; i < 2; i++)
                line->ends[i].host = tcp_host_new(line->pool, secret);
        struct endpoint server = { ip_address_from_ipv4(0xc0000202), 80 };
        struct four_tuple tuple = { .local = { ip_address_from_ipv4(0xc0000201), 40000 }, .remote = server };
        struct tcp_settings settings = any_settings(line);
        line->listener = tcp_listener_new(line->ends[1].host, &settings, &server, 1, 1500);
        settings = any_settings(line);
        line->ends[0].conn = tcp_conn_new(line->ends[0].host, &settings, 1500);
        /* Somewhere on the circle of numbers, often close to its end. */
        line->now = (time_ns)draw_below(line, 5 * 3600) * SECOND;
        tcp_conn_connect(line->ends[0].conn, &tuple, line->now);
        pump(line, 0);
}

static void line_clear(struct line *line)
{
        for (guint i = 0; i < line->flying->len; i++)
                payload_clear(&g_array_index(line->flying, struct flight, i).segment.payload);
        g_array_free(line->flying, TRUE);
        for (unsigned i = 0; i < 2; i++)
                tcp_conn_free(line->ends[i].conn);
        tcp_listener_free(line->listener);
        for (unsigned i = 0; i < 2; i++)
                tcp_host_free(line->ends[i].host);
        payload_pool_free(line->pool);
}

static void transfer(struct line *line)
{
        time_ns last = line->now + GIVE_UP;
        line->ends[0].to_write = 1 + draw_below(line, 60000);
        line->ends[1].to_write = 1 + draw_below(line, 60000);
        while (!(line->ends[0].has_finished && line->ends[1].has_finished && line->ends[0].saw_end &&
                 line->ends[1].saw_end)) {
                step(line);
                run_program(line, 0);
                run_program(line, 1);
                ck_assert_msg(line->now < last, "states %s, %s; read %lu of %lu, %lu of %lu",
                        tcp_state_name(tcp_conn_state(line->ends[0].conn)),
                        tcp_state_name(tcp_conn_state(line->ends[1].conn)), (unsigned long)line->ends[1].read,
                        (unsigned long)line->ends[0].to_write, (unsigned long)line->ends[0].read,
                        (unsigned long)line->ends[1].to_write);
        }
        ck_assert_uint_eq(line->ends[0].read, line->ends[1].to_write);
        ck_assert_uint_eq(line->ends[1].read, line->ends[0].to_write);
}

START_TEST(both_streams_arrive_whole_over_a_bad_line)
{
        struct line line;
        line_init(&line, (uint64_t)_i, (unsigned)_i % 4 * 7);
        transfer(&line);
        line_clear(&line);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("two_ends");
        TCase *cases = tcase_create("two_ends");
        tcase_set_timeout(cases, 60);
        tcase_add_loop_test(cases, both_streams_arrive_whole_over_a_bad_line, 0, SEEDS);
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failures = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
