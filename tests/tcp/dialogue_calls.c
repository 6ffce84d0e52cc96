/*
 * What a dialogue does to TCP: segments that arrive, calls of the user; and what it expects to be sent.
 */
#include "dialogue_private.h"

#include <sys/socket.h>

/* ---- Segments ---- */

static void speak(Dialogue *dialogue, char **words, struct spoken_segment *spoken)
{
        const char *wrong = spoken_segment_parse(words, spoken);
        if (wrong != NULL)
                dialogue_fail(dialogue, "cannot read: %s", wrong);
}

static struct payload make_payload(Dialogue *dialogue, uint64_t offset, uint32_t length)
{
        g_autofree uint8_t *bytes = g_malloc(length + 1);
        for (uint32_t i = 0; i < length; i++)
                bytes[i] = dialogue_byte(offset + i);
        return length > 0 ? payload_of_bytes(dialogue->pool, bytes, length) : (struct payload){ 0 };
}

static void own(struct dialogue_peer *peer, TcpConn *conn)
{
        peer->conn = conn;
        peer->own_base = tcp_conn_iss(conn);
        peer->written = peer->read = 0;
}

static void offer_to_listener(Dialogue *dialogue, const struct tcp_segment *segment)
{
        struct dialogue_peer *peer = dialogue_peer(dialogue);
        struct tcp_segment answer;
        bool has_answer;
        TcpConn *child = NULL;
        if (dialogue->listener != NULL)
                child = tcp_listener_on_segment(dialogue->listener, &peer->tuple, segment,
                        dialogue_clock(dialogue), &answer, &has_answer);
        else
                has_answer = tcp_stray_answer(segment, &answer);
        if (child != NULL)
                own(peer, child);
        else if (has_answer)
                dialogue_record(
                        dialogue, dialogue->peer, &answer, &(struct tcp_sending){ .reason = TCP_SEND_RESET });
}

/* What has been left out of the stream is where it should be, too. */
static void compare_passed(Dialogue *dialogue, struct dialogue_peer *peer)
{
        uint8_t byte;
        if (!tcp_conn_take_passed(peer->conn, &byte))
                return;
        if (byte != dialogue_byte(peer->read++))
                dialogue_fail(dialogue, "the urgent byte differs from what was sent");
}

static void deliver(Dialogue *dialogue, const struct tcp_segment *segment)
{
        struct dialogue_peer *peer = dialogue_peer(dialogue);
        if (peer->conn != NULL) {
                bool gives_way = dialogue->listener != NULL &&
                                 tcp_conn_gives_way(peer->conn, segment, dialogue_clock(dialogue));
                if (!gives_way)
                        tcp_conn_on_segment(peer->conn, segment, dialogue_clock(dialogue));
                compare_passed(dialogue, peer);
                if (!gives_way)
                        return;
                tcp_conn_free(peer->conn);
                peer->conn = NULL;
        }
        offer_to_listener(dialogue, segment);
}

static void do_arrive(Dialogue *dialogue, char **words)
{
        struct spoken_segment spoken;
        const struct dialogue_peer *peer = dialogue_peer(dialogue);
        speak(dialogue, words, &spoken);
        struct tcp_segment *segment = &spoken.segment;
        uint32_t first = segment->seq.value + (segment->flags & TCP_FLAG_SYN ? 1 : 0);
        segment->payload = make_payload(dialogue, (uint32_t)(first - 1), spoken.length);
        segment->source_port = peer->tuple.remote.port;
        segment->destination_port = peer->tuple.local.port;
        dialogue_make_absolute(dialogue, peer, segment);
        dialogue_before_stimulus(dialogue);
        deliver(dialogue, segment);
        payload_clear(&segment->payload);
        dialogue_after_stimulus(dialogue);
}

static void do_expect(Dialogue *dialogue, char **words)
{
        struct spoken_segment spoken;
        speak(dialogue, words, &spoken);
        dialogue_expect(dialogue, &spoken);
}

/* ---- Calls ---- */

static void do_connect(Dialogue *dialogue, char **words)
{
        (void)words;
        struct dialogue_peer *peer = dialogue_peer(dialogue);
        dialogue_before_stimulus(dialogue);
        if (peer->conn == NULL)
                peer->conn = tcp_conn_new(dialogue->host, &dialogue->settings, 1500);
        tcp_conn_connect(peer->conn, &peer->tuple, dialogue_clock(dialogue));
        peer->own_base = tcp_conn_iss(peer->conn);
        dialogue_after_stimulus(dialogue);
}

static void do_listen(Dialogue *dialogue, char **words)
{
        uint32_t backlog = words[0] != NULL ? (uint32_t)dialogue_read_integer(dialogue, words[0]) : 16;
        dialogue->listener = tcp_listener_new(
                dialogue->host, &dialogue->settings, &dialogue_peer(dialogue)->tuple.local, backlog, 1500);
}

static void do_listen_backlog(Dialogue *dialogue, char **words)
{
        tcp_listener_set_backlog(dialogue->listener, (uint32_t)dialogue_read_integer(dialogue, words[0]));
}

static void do_accept(Dialogue *dialogue, char **words)
{
        dialogue_settle(dialogue);
        TcpConn *conn = tcp_listener_accept(dialogue->listener);
        TcpConn *expected = words[0] != NULL ? NULL : dialogue_need_conn(dialogue);
        if (conn != expected)
                dialogue_fail(dialogue, "accepted %s", conn == NULL ? "none" : "another");
}

static void do_close_listener(Dialogue *dialogue, char **words)
{
        (void)words;
        TcpConn *child;
        dialogue_before_stimulus(dialogue);
        while ((child = tcp_listener_take_child(dialogue->listener)) != NULL)
                tcp_conn_abort(child, 0, dialogue_clock(dialogue));
        tcp_listener_free(dialogue->listener);
        dialogue->listener = NULL;
        dialogue_after_stimulus(dialogue);
}

/* Writing may come before connecting. */
static void write_bytes(Dialogue *dialogue, char **words, bool is_urgent)
{
        struct dialogue_peer *peer = dialogue_peer(dialogue);
        size_t size = (size_t)dialogue_read_integer(dialogue, words[0]);
        ssize_t expected = dialogue_read_result(dialogue, words + 1, (ssize_t)size);
        g_autofree uint8_t *bytes = g_malloc(size + 1);
        for (size_t i = 0; i < size; i++)
                bytes[i] = dialogue_byte(peer->written + i);
        dialogue_before_stimulus(dialogue);
        if (peer->conn == NULL)
                peer->conn = tcp_conn_new(dialogue->host, &dialogue->settings, 1500);
        time_ns now = dialogue_clock(dialogue);
        ssize_t written = tcp_conn_send(peer->conn, bytes, size, is_urgent ? TCP_WRITE_URGENT : 0, now);
        dialogue_expect_result(dialogue, expected, written);
        peer->written += written > 0 ? (size_t)written : 0;
        dialogue_after_stimulus(dialogue);
}

static void do_write(Dialogue *dialogue, char **words)
{
        write_bytes(dialogue, words, false);
}

static void do_write_urgent(Dialogue *dialogue, char **words)
{
        write_bytes(dialogue, words, true);
}

static void do_read(Dialogue *dialogue, char **words)
{
        struct dialogue_peer *peer = dialogue_peer(dialogue);
        size_t size = (size_t)dialogue_read_integer(dialogue, words[0]);
        ssize_t expected = dialogue_read_result(dialogue, words + 1, (ssize_t)size);
        g_autofree uint8_t *bytes = g_malloc(size + 1);
        dialogue_before_stimulus(dialogue);
        ssize_t got = tcp_conn_read(dialogue_need_conn(dialogue), bytes, size, dialogue_clock(dialogue));
        dialogue_expect_result(dialogue, expected, got);
        compare_passed(dialogue, peer);
        for (ssize_t i = 0; i < got; i++) {
                if (bytes[i] != dialogue_byte(peer->read + (size_t)i))
                        dialogue_fail(dialogue, "byte %zd differs from what was sent", i);
        }
        peer->read += got > 0 ? (size_t)got : 0;
        dialogue_after_stimulus(dialogue);
}

static void do_read_urgent(Dialogue *dialogue, char **words)
{
        uint8_t byte;
        ssize_t expected = dialogue_read_result(dialogue, words, 1);
        dialogue_before_stimulus(dialogue);
        dialogue_expect_result(
                dialogue, expected, tcp_conn_read_urgent(dialogue_need_conn(dialogue), &byte, false));
        dialogue_after_stimulus(dialogue);
}

static void do_shutdown(Dialogue *dialogue, char **words)
{
        static const struct {
                const char *name;
                int how;
        } ways[] = { { "rd", SHUT_RD }, { "wr", SHUT_WR }, { "rdwr", SHUT_RDWR } };
        size_t i = 0;
        while (i < G_N_ELEMENTS(ways) && g_strcmp0(ways[i].name, words[0]) != 0)
                i++;
        if (i == G_N_ELEMENTS(ways))
                dialogue_fail(dialogue, "shut down what?");
        dialogue_before_stimulus(dialogue);
        int result = tcp_conn_shutdown(dialogue_need_conn(dialogue), ways[i].how, dialogue_clock(dialogue));
        dialogue_expect_result(dialogue, dialogue_read_result(dialogue, words + 1, 0), result);
        dialogue_after_stimulus(dialogue);
}

static void do_close(Dialogue *dialogue, char **words)
{
        (void)words;
        dialogue_before_stimulus(dialogue);
        tcp_conn_close(dialogue_need_conn(dialogue), dialogue_clock(dialogue));
        dialogue_after_stimulus(dialogue);
}

static void do_abort(Dialogue *dialogue, char **words)
{
        int error = words[0] != NULL ? dialogue_read_error(dialogue, words[0]) : 0;
        dialogue_before_stimulus(dialogue);
        tcp_conn_abort(dialogue_need_conn(dialogue), error, dialogue_clock(dialogue));
        dialogue_after_stimulus(dialogue);
}

/* icmp ERRNO|mtu N [seq N] [hard] [unreachable] */
static void do_icmp(Dialogue *dialogue, char **words)
{
        struct dialogue_peer *peer = dialogue_peer(dialogue);
        struct tcp_icmp icmp = { .seq = peer->own_base };
        for (; *words != NULL; words++) {
                if (strcmp(*words, "hard") == 0)
                        icmp.is_hard = true;
                else if (strcmp(*words, "unreachable") == 0)
                        icmp.is_unreachable = true;
                else if (strcmp(*words, "mtu") == 0)
                        icmp.path_mtu = (uint32_t)dialogue_read_integer(dialogue, *++words);
                else if (strcmp(*words, "seq") == 0)
                        icmp.seq =
                                seq_add(peer->own_base, (uint32_t)dialogue_read_integer(dialogue, *++words));
                else
                        icmp.error = dialogue_read_error(dialogue, *words);
        }
        dialogue_before_stimulus(dialogue);
        tcp_conn_on_icmp(dialogue_need_conn(dialogue), &icmp, dialogue_clock(dialogue));
        dialogue_after_stimulus(dialogue);
}

/* ---- The bench ---- */

static void do_peer(Dialogue *dialogue, char **words)
{
        int64_t peer = dialogue_read_integer(dialogue, words[0]);
        if (peer < 1 || peer >= DIALOGUE_PEERS)
                dialogue_fail(dialogue, "no such peer");
        dialogue->peer = (unsigned)peer;
}

static void do_isn(Dialogue *dialogue, char **words)
{
        dialogue_set_isn(dialogue, seq_of((uint32_t)dialogue_read_integer(dialogue, words[0])));
}

static void do_peer_isn(Dialogue *dialogue, char **words)
{
        dialogue_peer(dialogue)->peer_base = seq_of((uint32_t)dialogue_read_integer(dialogue, words[0]));
}

const struct dialogue_verb dialogue_calls[] = {
        { "<", do_arrive },
        { ">", do_expect },
        { "connect", do_connect },
        { "listen", do_listen },
        { "listen-backlog", do_listen_backlog },
        { "accept", do_accept },
        { "close-listener", do_close_listener },
        { "write", do_write },
        { "write-urgent", do_write_urgent },
        { "read", do_read },
        { "read-urgent", do_read_urgent },
        { "shutdown", do_shutdown },
        { "close", do_close },
        { "abort", do_abort },
        { "icmp", do_icmp },
        { "peer", do_peer },
        { "isn", do_isn },
        { "peer-isn", do_peer_isn },
        { 0 },
};
