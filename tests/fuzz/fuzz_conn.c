/*
 * Fuzz target: arbitrary segments, calls and waits at connections in any state. The bytes are settings, then
 * steps; after every step the invariants of tcp_conn_check() and those of the bench hold.
 *
 * Numbers are drawn near the edges of the windows, where the decisions are.
 */
#include <errno.h>
#include <sys/socket.h>
#include "conn_bench.h"
#include "fuzz_bytes.h"
#include "fuzz_tcp_settings.h"

#define STEPS_MOST    400
#define EXPIRIES_MOST 10000 /* keepalive, every second of a peer's long patience */

struct fuzz_conn {
        struct conn_bench bench;
        struct bench_peer *peer; /* whom the steps are about */
        struct fuzz_bytes bytes;
};

/* ---- Segments ---- */

static uint32_t draw_distance(struct fuzz_conn *fuzz)
{
        static const uint32_t distances[] = { 0, 1, UINT32_MAX, 536, 1448, 1460, 65535, 1u << 31 };
        uint8_t choice = fuzz_8(&fuzz->bytes);
        if (choice < G_N_ELEMENTS(distances))
                return distances[choice];
        int32_t distance = (int16_t)fuzz_16(&fuzz->bytes);
        return (uint32_t)(choice & 0x80 ? distance * 256 : distance);
}

/* A number of the far end's, or `distance` from one. */
static struct seqnum draw_seq(struct fuzz_conn *fuzz)
{
        const TcpConn *conn = fuzz->peer->conn;
        uint8_t base = fuzz_below(&fuzz->bytes, 8);
        if (conn == NULL || !tcp_conn_knows_irs(conn))
                return base < 4 ? fuzz->peer->isn : seq_add(fuzz->peer->isn, draw_distance(fuzz));
        switch (base) {
        case 0:
                return conn->rcv.nxt;
        case 1:
                return seq_add(conn->rcv.nxt, draw_distance(fuzz));
        case 2:
                return receive_edge(conn);
        case 3:
                return seq_add(receive_edge(conn), draw_distance(fuzz));
        case 4:
                return seq_add(conn->rcv.irs, draw_distance(fuzz));
        case 5:
                return seq_of(fuzz_32(&fuzz->bytes));
        default:
                return seq_add(conn->rcv.nxt, fuzz_below(&fuzz->bytes, 32) * 100);
        }
}

/* A number of ours. */
static struct seqnum draw_ack(struct fuzz_conn *fuzz)
{
        const TcpConn *conn = fuzz->peer->conn;
        uint8_t base = fuzz_below(&fuzz->bytes, 8);
        if (conn == NULL)
                return seq_of(fuzz_32(&fuzz->bytes));
        switch (base) {
        case 0:
                return conn->snd.nxt;
        case 1:
                return conn->snd.una;
        case 2:
                return seq_add(conn->snd.nxt, draw_distance(fuzz));
        case 3:
                return seq_add(conn->snd.una, draw_distance(fuzz));
        case 4:
                return seq_add(conn->snd.iss, 1);
        case 5:
                return seq_add(fuzz->peer->sent.seq, tcp_segment_length(&fuzz->peer->sent));
        default:
                return seq_add(conn->snd.una, fuzz_below(&fuzz->bytes, 64) * conn->snd.mss);
        }
}

static void draw_timestamps(struct fuzz_conn *fuzz, struct tcp_options *options)
{
        const TcpConn *conn = fuzz->peer->conn;
        options->has_timestamps = true;
        options->timestamp_value = (uint32_t)(fuzz->bench.now / MILLISECOND);
        options->timestamp_echo = conn != NULL ? conn_timestamp(conn, fuzz->bench.now) : 0;
        uint8_t choice = fuzz_8(&fuzz->bytes);
        if (choice & 0x1)
                options->timestamp_value += draw_distance(fuzz);
        if (choice & 0x2)
                options->timestamp_echo += draw_distance(fuzz);
        if (choice & 0x4)
                options->timestamp_echo = fuzz->peer->sent.options.timestamp_value;
}

static void draw_sack(struct fuzz_conn *fuzz, struct tcp_options *options)
{
        options->sack_count = fuzz_below(&fuzz->bytes, TCP_SACK_BLOCKS_MAX + 1);
        for (unsigned i = 0; i < options->sack_count; i++) {
                options->sack[i].left = draw_ack(fuzz);
                options->sack[i].right = fuzz_flag(&fuzz->bytes)
                                                 ? draw_ack(fuzz)
                                                 : seq_add(options->sack[i].left, draw_distance(fuzz));
        }
}

static void draw_syn_options(struct fuzz_conn *fuzz, struct tcp_options *options)
{
        uint8_t bits = fuzz_8(&fuzz->bytes);
        options->has_mss = bits & 0x1;
        options->mss = fuzz_16(&fuzz->bytes);
        options->sack_permitted = bits & 0x2;
        options->has_window_scale = bits & 0x4;
        options->window_scale = bits >> 4;
}

static void draw_options(struct fuzz_conn *fuzz, struct tcp_segment *segment)
{
        uint8_t bits = fuzz_8(&fuzz->bytes);
        segment->ecn = bits >> 3 & 0x3;
        if (bits & 0x1)
                draw_timestamps(fuzz, &segment->options);
        if (bits & 0x2)
                draw_sack(fuzz, &segment->options);
        if (segment->flags & TCP_FLAG_SYN || bits & 0x4)
                draw_syn_options(fuzz, &segment->options);
}

static void arrive(struct fuzz_conn *fuzz, uint16_t flags, bool has_text)
{
        struct tcp_segment segment = { .flags = flags };
        segment.seq = draw_seq(fuzz);
        segment.ack = draw_ack(fuzz);
        segment.window = fuzz_flag(&fuzz->bytes) ? UINT16_MAX : fuzz_16(&fuzz->bytes);
        draw_options(fuzz, &segment);
        if (flags & TCP_FLAG_URG)
                segment.urgent_pointer = fuzz_16(&fuzz->bytes);
        uint32_t text = has_text ? fuzz_below(&fuzz->bytes, BENCH_TEXT_MOST + 1) : 0;
        bench_arrive(&fuzz->bench, fuzz->peer, &segment, text);
}

static void arrive_any(struct fuzz_conn *fuzz)
{
        static const uint16_t all_flags = 0x1ff;
        uint16_t flags = fuzz_16(&fuzz->bytes) & all_flags;
        arrive(fuzz, flags, fuzz_flag(&fuzz->bytes));
}

static void arrive_ack(struct fuzz_conn *fuzz)
{
        arrive(fuzz, TCP_FLAG_ACK, false);
}

static void arrive_text(struct fuzz_conn *fuzz)
{
        arrive(fuzz, TCP_FLAG_ACK | TCP_FLAG_PSH, true);
}

static void arrive_fin(struct fuzz_conn *fuzz)
{
        arrive(fuzz, TCP_FLAG_ACK | TCP_FLAG_FIN, fuzz_flag(&fuzz->bytes));
}

/* A call, or the answer to ours. */
static void arrive_syn(struct fuzz_conn *fuzz)
{
        bool is_answer = fuzz->peer->conn != NULL && fuzz->peer->conn->state == TCP_STATE_SYN_SENT;
        fuzz->peer->isn = seq_add(fuzz->peer->isn, fuzz_of_any_scale(&fuzz->bytes));
        arrive(fuzz, is_answer ? TCP_FLAG_SYN | TCP_FLAG_ACK : TCP_FLAG_SYN, false);
}

static void arrive_reset(struct fuzz_conn *fuzz)
{
        arrive(fuzz, TCP_FLAG_RST | (fuzz_flag(&fuzz->bytes) ? TCP_FLAG_ACK : 0), false);
}

/* ---- Time and the device ---- */

static void expire(struct fuzz_conn *fuzz)
{
        bench_expire(&fuzz->bench);
}

static void wait_a_while(struct fuzz_conn *fuzz)
{
        bench_wait(&fuzz->bench, (duration_ns)fuzz_of_any_scale(&fuzz->bytes) * MILLISECOND);
}

static void choose_peer(struct fuzz_conn *fuzz)
{
        fuzz->peer = &fuzz->bench.peers[fuzz_below(&fuzz->bytes, BENCH_PEERS)];
}

static void choose_room(struct fuzz_conn *fuzz)
{
        uint8_t room = fuzz_below(&fuzz->bytes, 8);
        fuzz->bench.pump_most = room < 7 ? room : UINT_MAX;
}

/* ---- Calls ---- */

static void connect_peer(struct fuzz_conn *fuzz)
{
        bench_connect(&fuzz->bench, fuzz->peer);
}

static void accept_peer(struct fuzz_conn *fuzz)
{
        bench_accept(&fuzz->bench);
}

static void listen_again(struct fuzz_conn *fuzz)
{
        bench_listen(&fuzz->bench, fuzz_below(&fuzz->bytes, 5));
}

static void close_listener(struct fuzz_conn *fuzz)
{
        bench_close_listener(&fuzz->bench);
}

static void write_some(struct fuzz_conn *fuzz)
{
        bench_write(&fuzz->bench, fuzz->peer, fuzz_of_any_scale(&fuzz->bytes));
}

static void read_some(struct fuzz_conn *fuzz)
{
        bench_read(&fuzz->bench, fuzz->peer, fuzz_of_any_scale(&fuzz->bytes));
}

static void shut_down(struct fuzz_conn *fuzz)
{
        static const int hows[] = { SHUT_RD, SHUT_WR, SHUT_RDWR };
        bench_shutdown(&fuzz->bench, fuzz->peer, hows[fuzz_below(&fuzz->bytes, G_N_ELEMENTS(hows))]);
}

static void close_peer(struct fuzz_conn *fuzz)
{
        bench_close(&fuzz->bench, fuzz->peer);
}

static void abort_peer(struct fuzz_conn *fuzz)
{
        bench_abort(&fuzz->bench, fuzz->peer, fuzz_flag(&fuzz->bytes) ? ECONNABORTED : 0);
}

static void set_options(struct fuzz_conn *fuzz)
{
        if (!fuzz->peer->is_user_s)
                return;
        struct tcp_settings settings = *tcp_conn_settings(fuzz->peer->conn);
        fuzz_change_tcp_settings(&fuzz->bytes, &settings);
        bench_set(&fuzz->bench, fuzz->peer, &settings);
}

static void look(struct fuzz_conn *fuzz)
{
        struct tcp_report report;
        if (!fuzz->peer->is_user_s)
                return;
        tcp_conn_report(fuzz->peer->conn, &report);
        tcp_conn_ready(fuzz->peer->conn);
        tcp_conn_take_error(fuzz->peer->conn);
}

/* ---- The whole ---- */

static void (*const steps[])(struct fuzz_conn *fuzz) = {
        arrive_ack,
        arrive_text,
        expire,
        write_some,
        read_some,
        wait_a_while,
        arrive_syn,
        accept_peer,
        connect_peer,
        close_peer,
        shut_down,
        arrive_fin,
        arrive_reset,
        arrive_any,
        set_options,
        choose_peer,
        choose_room,
        listen_again,
        close_listener,
        abort_peer,
        look,
};

/* Ends within days of simulated time, whatever was left open: closed by its user, every connection goes. */
static void end_all(struct fuzz_conn *fuzz)
{
        fuzz->bench.pump_most = UINT_MAX;
        bench_close_listener(&fuzz->bench);
        for (unsigned i = 0; i < BENCH_PEERS; i++) {
                bench_abort(&fuzz->bench, &fuzz->bench.peers[i], 0);
                bench_close(&fuzz->bench, &fuzz->bench.peers[i]);
        }
        bench_settle(&fuzz->bench);
        for (unsigned i = 0; i < EXPIRIES_MOST && bench_expire(&fuzz->bench); i++)
                continue;
        for (unsigned i = 0; i < BENCH_PEERS; i++)
                g_assert(fuzz->bench.peers[i].conn == NULL ||
                         fuzz_waits_for_window(fuzz->bench.peers[i].conn));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
        static const uint32_t mtus[] = { 1500, 576, 128, 9000, 65535 };
        struct fuzz_conn fuzz = { .bytes = { bytes, size } };
        uint8_t head = fuzz_8(&fuzz.bytes);
        struct tcp_settings settings = fuzz_tcp_settings(&fuzz.bytes);
        struct seqnum isn = seq_of(head & 0x80 ? fuzz_32(&fuzz.bytes) : -fuzz_of_any_scale(&fuzz.bytes));
        conn_bench_init(&fuzz.bench, &settings, mtus[head % G_N_ELEMENTS(mtus)], isn);
        fuzz.peer = &fuzz.bench.peers[0];
        bench_listen(&fuzz.bench, 2);
        for (unsigned i = 0; i < STEPS_MOST && fuzz.bytes.left > 0 && !bench_is_tired(&fuzz.bench); i++) {
                steps[fuzz_below(&fuzz.bytes, G_N_ELEMENTS(steps))](&fuzz);
                bench_settle(&fuzz.bench);
        }
        end_all(&fuzz);
        conn_bench_clear(&fuzz.bench);
        return 0;
}
