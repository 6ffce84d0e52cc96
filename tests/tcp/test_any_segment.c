/*
 * One connection against segments and calls of any kind: its invariants hold after each.
 */
#include <check.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "engine/rng.h"
#include "tcp/tcp_conn.h"

#define SEEDS 60
#define STEPS 200

static const uint8_t secret[16] = "any segment ....";

struct target {
        struct rng_stream luck;
        uint64_t draws;
        PayloadPool *pool;
        TcpHost *host;
        TcpConn *conn;
        struct seqnum seq; /* what it expects from us, as far as its segments say */
        struct seqnum ack;
        time_ns now;
};

static uint64_t draw_below(struct target *target, uint64_t bound)
{
        return rng_draw_below(&target->luck, target->draws++, 0, 0, bound);
}

/* Near the numbers that matter, mostly. */
static struct seqnum any_number(struct target *target, struct seqnum near)
{
        static const uint32_t distances[] = { 0, 1, 2, 100, 1000, 5000, 70000 };
        uint32_t distance = distances[draw_below(target, G_N_ELEMENTS(distances))];
        if (draw_below(target, 50) == 0)
                return seq_of((uint32_t)draw_below(target, UINT64_C(1) << 32));
        return draw_below(target, 2) ? seq_add(near, distance) : seq_sub(near, distance);
}

static uint16_t any_flags(struct target *target)
{
        static const uint16_t usual[] = { TCP_FLAG_ACK, TCP_FLAG_ACK, TCP_FLAG_ACK,
                TCP_FLAG_ACK | TCP_FLAG_PSH, TCP_FLAG_ACK | TCP_FLAG_FIN, TCP_FLAG_SYN | TCP_FLAG_ACK,
                TCP_FLAG_SYN, TCP_FLAG_RST };
        if (draw_below(target, 10) == 0)
                return (uint16_t)draw_below(target, 64);
        return usual[draw_below(target, G_N_ELEMENTS(usual))];
}

static struct tcp_segment any_segment(struct target *target)
{
        uint8_t bytes[1500] = { 0 };
        struct tcp_segment segment = {
                .seq = any_number(target, target->seq),
                .ack = any_number(target, target->ack),
                .flags = any_flags(target),
                .window = (uint16_t)(draw_below(target, 3) ? draw_below(target, 65536) : 0),
        };
        struct tcp_options *options = &segment.options;
        if (draw_below(target, 2))
                segment.payload = payload_of_bytes(target->pool, bytes, 1 + draw_below(target, sizeof bytes));
        segment.urgent_pointer = (uint16_t)draw_below(target, 2 * sizeof bytes);
        options->has_timestamps = draw_below(target, 2);
        options->timestamp_value = (uint32_t)(target->now / MILLISECOND);
        options->timestamp_echo = (uint32_t)draw_below(target, UINT64_C(1) << 32);
        options->has_mss = options->sack_permitted = options->has_window_scale = draw_below(target, 2);
        options->mss = (uint16_t)draw_below(target, 65536);
        options->window_scale = (uint8_t)draw_below(target, 256);
        options->sack_count = (uint8_t)draw_below(target, 4);
        for (unsigned i = 0; i < options->sack_count; i++)
                options->sack[i] = (struct sack_block){ any_number(target, target->ack),
                        any_number(target, target->ack) };
        if (tcp_conn_state(target->conn) == TCP_STATE_SYN_SENT && draw_below(target, 2)) {
                segment.flags = TCP_FLAG_SYN | TCP_FLAG_ACK;
                segment.ack = target->ack;
        }
        return segment;
}

static void call_something(struct target *target)
{
        TcpConn *conn = target->conn;
        uint8_t bytes[3000] = { 0 };
        switch (draw_below(target, 12)) {
        case 0:
        case 1:
        case 2:
                tcp_conn_write(conn, bytes, 1 + draw_below(target, sizeof bytes), target->now);
                return;
        case 3:
        case 4:
                tcp_conn_read(conn, bytes, 1 + draw_below(target, sizeof bytes), target->now);
                return;
        case 5:
                if (draw_below(target, 20) == 0)
                        tcp_conn_shutdown(conn, SHUT_WR, target->now);
                return;
        case 6:
                if (draw_below(target, 40) == 0)
                        tcp_conn_close(conn, target->now);
                return;
        default:
                return;
        }
}

/* What goes out goes nowhere; its last numbers tell what to aim at. */
static void swallow(struct target *target)
{
        struct tcp_segment segment;
        struct tcp_sending sending;
        while (tcp_conn_next_segment(target->conn, target->now, &segment, &sending)) {
                if (segment.flags & TCP_FLAG_ACK)
                        target->seq = segment.ack;
                target->ack = tcp_segment_end(&segment);
                payload_clear(&segment.payload);
        }
}

static void target_init(struct target *target, uint64_t seed)
{
        struct tcp_settings settings = tcp_settings_default();
        struct four_tuple tuple = { .local = { ip_address_from_ipv4(0xc0000201), 40000 },
                .remote = { ip_address_from_ipv4(0xc0000202), 80 } };
        *target = (struct target){ .luck = rng_stream_named(seed, "any segment") };
        target->pool = payload_pool_new();
        target->host = tcp_host_new(target->pool, secret);
        target->seq = seq_of((uint32_t)draw_below(target, UINT64_C(1) << 32));
        target->now = (time_ns)draw_below(target, 20000) * SECOND;
        settings.timestamps = draw_below(target, 2);
        settings.receive_buffer = draw_below(target, 2) ? 3000 : 100000;
        target->conn = tcp_conn_new(target->host, &settings, 1500);
        tcp_conn_connect(target->conn, &tuple, target->now);
        swallow(target);
}

static void target_clear(struct target *target)
{
        tcp_conn_free(target->conn);
        tcp_host_free(target->host);
        payload_pool_free(target->pool);
}

static void step(struct target *target)
{
        struct tcp_segment segment = any_segment(target);
        tcp_conn_on_segment(target->conn, &segment, target->now);
        payload_clear(&segment.payload);
        swallow(target);
        call_something(target);
        swallow(target);
        target->now += (time_ns)draw_below(target, 300) * MILLISECOND;
        tcp_conn_on_time(target->conn, target->now);
        swallow(target);
        tcp_conn_check(target->conn);
}

START_TEST(no_segment_breaks_an_invariant)
{
        struct target target;
        target_init(&target, (uint64_t)_i);
        for (int i = 0; i < STEPS && tcp_conn_state(target.conn) != TCP_STATE_CLOSED; i++)
                step(&target);
        ck_assert(tcp_conn_state(target.conn) != TCP_STATE_LISTEN);
        target_clear(&target);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("any_segment");
        TCase *cases = tcase_create("any_segment");
        tcase_add_loop_test(cases, no_segment_breaks_an_invariant, 0, SEEDS);
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failures = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
