/*
 * The bench: what a host and its programs do with TCP, and what must be so afterwards.
 */
#include "conn_bench.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include "bench_judge.h"
#include "tcp/isn.h"

#define URGENT_WRITES 8 /* of so many bytes, or a multiple */
#define OUR_ADDRESS   0x0a000001
#define THEIR_ADDRESS 0x0a000002
#define OUR_PORT      80
#define THEIR_PORT    40000
#define ISN_TICK      (4 * MICROSECOND)
#define PUMP_ENDLESS  100000 /* no honest pump sends so many */
#define ROUNDS_MOST   4
#define WORK_MOST     3000 /* more shows nothing new, and every step of it is checked */
#define TIME_MOST     (TIME_NEVER / 4)

static const uint8_t secret[SIPHASH_KEY_SIZE];

static uint8_t their_byte(uint32_t number)
{
        return (uint8_t)(number * 2246822519u >> 11);
}

/* ---- Beginning and end ---- */

static void init_peer(struct bench_peer *peer, unsigned index)
{
        peer->tuple.local = (struct endpoint){ ip_address_from_ipv4(OUR_ADDRESS), OUR_PORT };
        peer->tuple.remote = (struct endpoint){ ip_address_from_ipv4(THEIR_ADDRESS), THEIR_PORT + index };
}

void conn_bench_init(
        struct conn_bench *bench, const struct tcp_settings *settings, uint32_t path_mtu, struct seqnum isn)
{
        *bench = (struct conn_bench){
                .pool = payload_pool_new(), .settings = *settings, .path_mtu = path_mtu, .pump_most = UINT_MAX
        };
        bench->host = tcp_host_new(bench->pool, secret);
        tcp_host_want_notes(bench->host, UINT64_MAX);
        for (unsigned i = 0; i < BENCH_PEERS; i++)
                init_peer(&bench->peers[i], i);
        uint32_t ticks = isn.value - isn_choose(secret, &bench->peers[0].tuple, 0).value;
        bench->now = (time_ns)ticks * ISN_TICK;
}

void conn_bench_clear(struct conn_bench *bench)
{
        for (unsigned i = 0; i < BENCH_PEERS; i++)
                tcp_conn_free(bench->peers[i].conn);
        tcp_listener_free(bench->listener);
        tcp_host_free(bench->host);
        payload_pool_free(bench->pool);
}

static uint32_t buffer_most(const struct tcp_settings *settings)
{
        return MAX(settings->receive_buffer, settings->receive_memory.most);
}

static void begin(struct bench_peer *peer, TcpConn *conn, bool is_user_s)
{
        peer->conn = conn;
        peer->is_user_s = is_user_s;
        peer->written = 0;
        peer->read = 0;
        peer->has_promised = false;
        peer->buffer_most = buffer_most(tcp_conn_settings(conn));
        tcp_conn_set_owner(conn, peer);
}

/* ---- What goes out ---- */

static void drain_notes(struct conn_bench *bench)
{
        struct tcp_note note;
        while (tcp_host_next_note(bench->host, &note))
                g_assert(tcp_note_name(note.kind) != NULL);
}

static void pump(struct conn_bench *bench, struct bench_peer *peer)
{
        struct tcp_segment segment;
        struct tcp_sending sending;
        unsigned count = 0;
        bool may_break = bench_may_break_promise(peer->conn);
        while (count < bench->pump_most &&
                tcp_conn_next_segment(peer->conn, bench->now, &segment, &sending)) {
                bench_judge_sent(bench, peer, &segment, &sending, may_break);
                peer->sent = segment;
                peer->sent.payload = (struct payload){ 0 };
                payload_clear(&segment.payload);
                may_break = bench_may_break_promise(peer->conn);
                drain_notes(bench);
                bench->work++;
                g_assert(++count < PUMP_ENDLESS);
        }
}

/* What is due already (a setting may make it so) happens at once. Few rounds leave nothing to do at this
 * instant, or the host would never get on. */
static void run_instant(struct conn_bench *bench, struct bench_peer *peer)
{
        pump(bench, peer);
        for (unsigned rounds = 0; tcp_conn_deadline(peer->conn) <= bench->now; rounds++) {
                g_assert(rounds < ROUNDS_MOST);
                tcp_conn_on_time(peer->conn, bench->now);
                drain_notes(bench);
                pump(bench, peer);
        }
}

static void let_go(struct bench_peer *peer)
{
        tcp_conn_free(peer->conn);
        peer->conn = NULL;
        peer->is_user_s = false;
}

static void settle_peer(struct conn_bench *bench, struct bench_peer *peer)
{
        if (peer->conn == NULL)
                return;
        drain_notes(bench);
        tcp_conn_check(peer->conn);
        run_instant(bench, peer);
        tcp_conn_check(peer->conn);
        bench_judge_window(peer);
        if (tcp_conn_is_finished(peer->conn))
                let_go(peer);
}

void bench_settle(struct conn_bench *bench)
{
        for (unsigned i = 0; i < BENCH_PEERS; i++)
                settle_peer(bench, &bench->peers[i]);
        if (bench->listener != NULL)
                tcp_listener_check(bench->listener);
}

/* ---- The network ---- */

static struct payload their_text(struct conn_bench *bench, struct seqnum first, uint32_t size)
{
        uint8_t bytes[BENCH_TEXT_MOST];
        for (uint32_t i = 0; i < size; i++)
                bytes[i] = their_byte(first.value + i);
        return payload_of_bytes(bench->pool, bytes, size);
}

static void offer_to_listener(
        struct conn_bench *bench, struct bench_peer *peer, const struct tcp_segment *segment)
{
        struct tcp_segment answer;
        bool has_answer = false;
        if (bench->listener == NULL) {
                tcp_stray_answer(segment, &answer);
                return;
        }
        TcpConn *child = tcp_listener_on_segment(
                bench->listener, &peer->tuple, segment, bench->now, &answer, &has_answer);
        if (child != NULL)
                begin(peer, child, false);
}

static void check_read(struct bench_peer *peer, const uint8_t *bytes, uint32_t size)
{
        uint32_t first = tcp_conn_irs(peer->conn).value + 1 + (uint32_t)peer->read;
        for (uint32_t i = 0; i < size; i++)
                g_assert(bytes[i] == their_byte(first + i));
        peer->read += size;
}

static void check_passed(struct bench_peer *peer)
{
        uint8_t byte;
        if (tcp_conn_take_passed(peer->conn, &byte))
                check_read(peer, &byte, 1);
}

void bench_arrive(
        struct conn_bench *bench, struct bench_peer *peer, struct tcp_segment *segment, uint32_t text)
{
        segment->source_port = peer->tuple.remote.port;
        segment->destination_port = peer->tuple.local.port;
        struct seqnum first = seq_add(segment->seq, (segment->flags & TCP_FLAG_SYN) != 0);
        segment->payload = their_text(bench, first, text);
        bool gives_way = peer->conn != NULL && bench->listener != NULL &&
                         tcp_conn_gives_way(peer->conn, segment, bench->now);
        bool is_taken = peer->conn != NULL && !gives_way;
        if (is_taken)
                tcp_conn_on_segment(peer->conn, segment, bench->now);
        if (peer->conn != NULL)
                check_passed(peer);
        if (peer->conn != NULL && !is_taken)
                let_go(peer);
        drain_notes(bench);
        if (!is_taken)
                offer_to_listener(bench, peer, segment);
        payload_clear(&segment->payload);
}

static time_ns deadline_of(const struct bench_peer *peer)
{
        return peer->conn != NULL ? tcp_conn_deadline(peer->conn) : TIME_NEVER;
}

static time_ns next_deadline(const struct conn_bench *bench)
{
        time_ns next = TIME_NEVER;
        for (unsigned i = 0; i < BENCH_PEERS; i++)
                next = MIN(next, deadline_of(&bench->peers[i]));
        return next;
}

bool bench_is_tired(const struct conn_bench *bench)
{
        return bench->work > WORK_MOST;
}

bool bench_expire(struct conn_bench *bench)
{
        time_ns next = next_deadline(bench);
        if (next > TIME_MOST)
                return false;
        bench->now = MAX(bench->now, next);
        bench->work++;
        bench_settle(bench);
        return true;
}

void bench_wait(struct conn_bench *bench, duration_ns duration)
{
        time_ns until = MIN(bench->now + duration, TIME_MOST);
        while (next_deadline(bench) <= until) {
                if (bench_is_tired(bench))
                        return;
                bench_expire(bench);
        }
        bench->now = MAX(bench->now, until);
}

/* ---- The user ---- */

void bench_connect(struct conn_bench *bench, struct bench_peer *peer)
{
        if (peer->conn != NULL)
                return;
        begin(peer, tcp_conn_new(bench->host, &bench->settings, bench->path_mtu), true);
        tcp_conn_connect(peer->conn, &peer->tuple, bench->now);
}

void bench_accept(struct conn_bench *bench)
{
        TcpConn *child = bench->listener != NULL ? tcp_listener_accept(bench->listener) : NULL;
        if (child == NULL)
                return;
        struct bench_peer *peer = tcp_conn_owner(child);
        peer->is_user_s = true;
}

void bench_listen(struct conn_bench *bench, uint32_t backlog)
{
        if (bench->listener != NULL)
                tcp_listener_set_backlog(bench->listener, backlog);
        else
                bench->listener = tcp_listener_new(bench->host, &bench->settings,
                        &bench->peers[0].tuple.local, backlog, bench->path_mtu);
}

void bench_close_listener(struct conn_bench *bench)
{
        TcpConn *child;
        if (bench->listener == NULL)
                return;
        while ((child = tcp_listener_take_child(bench->listener)) != NULL) {
                tcp_conn_abort(child, 0, bench->now);
                tcp_conn_close(child, bench->now);
        }
        tcp_listener_free(bench->listener);
        bench->listener = NULL;
}

void bench_write(struct conn_bench *bench, struct bench_peer *peer, uint32_t size)
{
        uint8_t bytes[UINT16_MAX];
        if (!peer->is_user_s || size == 0)
                return;
        size = MIN(size, sizeof bytes);
        for (uint32_t i = 0; i < size; i++)
                bytes[i] = bench_byte(peer->written + i);
        unsigned flags = size % URGENT_WRITES == 0 ? TCP_WRITE_URGENT : 0;
        ssize_t taken = tcp_conn_send(peer->conn, bytes, size, flags, bench->now);
        g_assert(taken != 0 && taken <= (ssize_t)size);
        peer->written += (uint64_t)MAX(taken, 0);
        g_assert(tcp_conn_unsent(peer->conn) <= tcp_conn_unacknowledged(peer->conn));
}

/* What is read, or left out as urgent, is what was sent at that number. */
void bench_read(struct conn_bench *bench, struct bench_peer *peer, uint32_t size)
{
        uint8_t bytes[UINT16_MAX];
        if (!peer->is_user_s || size == 0)
                return;
        size = MIN(size, sizeof bytes);
        ssize_t taken = tcp_conn_read(peer->conn, bytes, size, bench->now);
        g_assert(taken <= (ssize_t)size);
        check_passed(peer);
        if (taken > 0)
                check_read(peer, bytes, (uint32_t)taken);
}

void bench_shutdown(struct conn_bench *bench, struct bench_peer *peer, int how)
{
        if (peer->is_user_s)
                tcp_conn_shutdown(peer->conn, how, bench->now);
}

void bench_close(struct conn_bench *bench, struct bench_peer *peer)
{
        if (!peer->is_user_s)
                return;
        tcp_conn_close(peer->conn, bench->now);
        peer->is_user_s = false;
}

void bench_abort(struct conn_bench *bench, struct bench_peer *peer, int error)
{
        if (peer->is_user_s)
                tcp_conn_abort(peer->conn, error, bench->now);
}

void bench_set(struct conn_bench *bench, struct bench_peer *peer, const struct tcp_settings *settings)
{
        if (!peer->is_user_s)
                return;
        tcp_conn_set(peer->conn, settings, bench->now);
        peer->buffer_most = MAX(peer->buffer_most, buffer_most(settings));
}
