/*
 * The two ends: what their hosts and programs do, one event at a time, and what must be so after each.
 */
#include "two_ends.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "end_judge.h"

#define LISTENER_PORT 80
#define CALLER_PORT   40000
#define TIME_MOST     (TIME_NEVER / 4)
#define ROUNDS_MOST   4
#define PUMP_MOST     100000 /* no honest pump sends so many */

static const uint8_t secret[16] = "two honest ends";

struct flight {
        time_ns arrives_at;
        uint64_t number;
        unsigned to;
        bool is_forged;
        bool is_icmp;
        struct tcp_icmp icmp;
        struct tcp_segment segment;
};

uint8_t two_ends_byte(unsigned end, uint64_t offset)
{
        return (uint8_t)((offset + end * 1013) * 2654435761u >> 13);
}

/* ---- Beginning and end ---- */

static void init_end(struct two_ends *two, unsigned number, const struct tcp_settings *settings)
{
        struct end *end = &two->ends[number];
        struct endpoint places[2] = {
                [CALLER] = { ip_address_from_ipv4(0x0a000001), CALLER_PORT },
                [LISTENER] = { ip_address_from_ipv4(0x0a000002), LISTENER_PORT },
        };
        end->settings = *settings;
        end->tuple = (struct four_tuple){ .local = places[number], .remote = places[1 - number] };
        end->forged_from = UINT64_MAX;
        end->icmp_errors = g_array_new(FALSE, FALSE, sizeof(int));
        end->host = tcp_host_new(two->pool, secret);
        tcp_host_want_notes(end->host, UINT64_MAX);
}

void two_ends_init(struct two_ends *two, const struct tcp_settings settings[2], uint32_t path_mtu)
{
        *two = (struct two_ends){ .pool = payload_pool_new() };
        two->flying = g_array_new(FALSE, FALSE, sizeof(struct flight));
        init_end(two, CALLER, &settings[CALLER]);
        init_end(two, LISTENER, &settings[LISTENER]);
        struct end *caller = &two->ends[CALLER];
        struct end *listener = &two->ends[LISTENER];
        caller->conn = tcp_conn_new(caller->host, &caller->settings, path_mtu);
        caller->is_user_s = caller->has_begun = true;
        listener->listener =
                tcp_listener_new(listener->host, &listener->settings, &listener->tuple.local, 2, path_mtu);
}

void two_ends_clear(struct two_ends *two)
{
        for (guint i = 0; i < two->flying->len; i++)
                payload_clear(&g_array_index(two->flying, struct flight, i).segment.payload);
        g_array_free(two->flying, TRUE);
        for (unsigned i = 0; i < G_N_ELEMENTS(two->ends); i++) {
                tcp_conn_free(two->ends[i].conn);
                tcp_listener_free(two->ends[i].listener);
                tcp_host_free(two->ends[i].host);
                g_array_free(two->ends[i].icmp_errors, TRUE);
        }
        payload_pool_free(two->pool);
}

/* ---- The line ---- */

static void launch(struct two_ends *two, struct flight flight, unsigned to, duration_ns delay)
{
        flight.to = to;
        flight.arrives_at = two->now + delay;
        flight.number = two->launched++;
        g_array_append_val(two->flying, flight);
}

void two_ends_fly(struct two_ends *two, unsigned to, const struct tcp_segment *segment, duration_ns delay)
{
        struct flight flight = { .segment = *segment };
        flight.segment.payload = payload_ref(&segment->payload);
        launch(two, flight, to, delay);
}

void two_ends_fly_forged(
        struct two_ends *two, unsigned to, const struct tcp_segment *segment, duration_ns delay)
{
        struct flight flight = { .segment = *segment, .is_forged = true };
        flight.segment.payload = payload_ref(&segment->payload);
        launch(two, flight, to, delay);
}

void two_ends_fly_icmp(struct two_ends *two, unsigned to, const struct tcp_icmp *icmp, duration_ns delay)
{
        launch(two, (struct flight){ .icmp = *icmp, .is_icmp = true }, to, delay);
}

static bool arrives_before(const struct flight *a, const struct flight *b)
{
        return a->arrives_at != b->arrives_at ? a->arrives_at < b->arrives_at : a->number < b->number;
}

/* The index of the next to arrive; UINT_MAX when the line is empty. */
static guint next_flight(const struct two_ends *two)
{
        const struct flight *flights = (const struct flight *)(void *)two->flying->data;
        guint next = UINT_MAX;
        for (guint i = 0; i < two->flying->len; i++)
                if (next == UINT_MAX || arrives_before(&flights[i], &flights[next]))
                        next = i;
        return next;
}

/* ---- A host ---- */

static void drain_notes(struct end *end)
{
        struct tcp_note note;
        while (tcp_host_next_note(end->host, &note))
                g_assert(tcp_note_name(note.kind) != NULL);
}

static void send_out(struct two_ends *two, unsigned number, struct tcp_segment *segment)
{
        struct end *end = &two->ends[number];
        if (segment->flags & TCP_FLAG_SYN) {
                end->has_iss = true;
                end->iss = segment->seq;
        }
        two->carry(two, number, segment);
        payload_clear(&segment->payload);
}

static void pump(struct two_ends *two, unsigned number)
{
        struct end *end = &two->ends[number];
        struct tcp_segment segment;
        struct tcp_sending sending;
        unsigned count = 0;
        while (tcp_conn_next_segment(end->conn, two->now, &segment, &sending)) {
                send_out(two, number, &segment);
                drain_notes(end);
                g_assert(++count < PUMP_MOST);
        }
}

/* Few rounds leave nothing to do at this instant, or the host would never get on. */
static void settle(struct two_ends *two, unsigned number)
{
        struct end *end = &two->ends[number];
        drain_notes(end);
        if (end->conn == NULL)
                return;
        tcp_conn_check(end->conn);
        pump(two, number);
        for (unsigned rounds = 0; tcp_conn_deadline(end->conn) <= two->now; rounds++) {
                g_assert(rounds < ROUNDS_MOST);
                tcp_conn_on_time(end->conn, two->now);
                drain_notes(end);
                pump(two, number);
        }
        tcp_conn_check(end->conn);
        if (tcp_conn_is_finished(end->conn))
                g_clear_pointer(&end->conn, tcp_conn_free);
}

static void offer_to_listener(struct two_ends *two, unsigned number, const struct tcp_segment *segment)
{
        struct end *end = &two->ends[number];
        struct tcp_segment answer = { 0 };
        bool has_answer = false;
        if (end->listener == NULL)
                has_answer = tcp_stray_answer(segment, &answer);
        else
                end->conn = tcp_listener_on_segment(
                        end->listener, &end->tuple, segment, two->now, &answer, &has_answer);
        if (has_answer)
                send_out(two, number, &answer);
}

/* ---- A program ---- */

static void end_connection(struct two_ends *two, struct end *end, int error)
{
        end->has_ended = true;
        end->error = error;
        end->silence = two->now - end->una_at;
        end->is_user_s = false;
        tcp_conn_close(end->conn, two->now);
}

static void write_some(struct two_ends *two, unsigned number)
{
        struct end *end = &two->ends[number];
        while (end->is_user_s && end->written < end->to_write) {
                uint8_t bytes[4096];
                size_t size = MIN(sizeof bytes, end->to_write - end->written);
                for (size_t i = 0; i < size; i++)
                        bytes[i] = two_ends_byte(number, end->written + i);
                ssize_t taken = tcp_conn_write(end->conn, bytes, size, two->now);
                if (taken == -EAGAIN)
                        return;
                if (taken < 0) {
                        end_connection(two, end, (int)-taken);
                        return;
                }
                end->written += (uint64_t)taken;
        }
}

static void read_some(struct two_ends *two, unsigned number)
{
        struct end *end = &two->ends[number];
        uint8_t bytes[4096];
        while (end->is_user_s) {
                ssize_t got = tcp_conn_read(end->conn, bytes, sizeof bytes, two->now);
                if (got == -EAGAIN)
                        return;
                if (got < 0) {
                        end_connection(two, end, (int)-got);
                } else if (got == 0 && end->written < end->to_write) {
                        return; /* the rest of ours first */
                } else if (got == 0) {
                        end_judge_end(two, number);
                        end_connection(two, end, 0);
                } else {
                        end_judge_text(two, number, bytes, (size_t)got);
                        end->read += (uint64_t)got;
                }
        }
}

static void accept_one(struct end *end)
{
        if (end->listener == NULL || end->is_user_s)
                return;
        if (tcp_listener_accept(end->listener) == NULL)
                return;
        end->is_user_s = end->has_begun = true;
        end->has_ended = end->was_answered = false;
        end->error = 0;
        end->written = 0;
        end->read = 0;
}

static void shut_down_once_written(struct two_ends *two, struct end *end)
{
        if (end->is_user_s && end->written == end->to_write && !tcp_conn_is_shut_for_writing(end->conn))
                tcp_conn_shutdown(end->conn, SHUT_WR, two->now);
}

static bool has_work(const struct end *end)
{
        return end->conn != NULL &&
               (end->is_user_s ? !tcp_conn_is_opening(end->conn) : end->listener != NULL);
}

static void run_program(struct two_ends *two, unsigned number)
{
        struct end *end = &two->ends[number];
        if (two->now < end->naps_until || !has_work(end))
                return;
        accept_one(end);
        write_some(two, number);
        shut_down_once_written(two, end);
        read_some(two, number);
        end->naps_until = two->now + two->nap(two);
}

void two_ends_give_up(struct two_ends *two)
{
        for (unsigned i = 0; i < G_N_ELEMENTS(two->ends); i++) {
                struct end *end = &two->ends[i];
                if (!end->is_user_s)
                        continue;
                end->causes |= CAUSE_GIVING_UP;
                end_connection(two, end, ECANCELED);
                settle(two, i);
        }
}

void two_ends_abort(struct two_ends *two, unsigned number)
{
        tcp_conn_abort(two->ends[number].conn, 0, two->now);
        settle(two, number);
}

static bool opens_fast(const struct tcp_settings *settings)
{
        uint32_t flags = settings->fast_open_flags;
        bool is_asked = settings->fast_open_connect || flags & TCP_FAST_OPEN_ANY_CLIENT;
        return settings->fast_open && flags & TCP_FAST_OPEN_CLIENT && is_asked;
}

/* Text goes with the SYN where no cookie is needed: there was no connection before, to learn it in. */
static void connect_fast(struct two_ends *two, struct end *caller)
{
        uint8_t bytes[1024];
        size_t size = MIN(sizeof bytes, caller->to_write);
        if (!tcp_host_may_open_fast(caller->host, &caller->settings, &caller->tuple.remote.address))
                size = 0;
        for (size_t i = 0; i < size; i++)
                bytes[i] = two_ends_byte(CALLER, i);
        caller->written = tcp_conn_connect_fast(caller->conn, &caller->tuple, bytes, size, two->now);
}

void two_ends_connect(struct two_ends *two)
{
        struct end *caller = &two->ends[CALLER];
        if (opens_fast(&caller->settings))
                connect_fast(two, caller);
        else
                tcp_conn_connect(caller->conn, &caller->tuple, two->now);
        settle(two, CALLER);
}

/* ---- One event after another ---- */

/* A connection in TIME-WAIT that gives way may still have something to read. */
static void arrive(struct two_ends *two, unsigned number, const struct tcp_segment *segment)
{
        struct end *end = &two->ends[number];
        bool gives_way = end->conn != NULL && end->listener != NULL &&
                         tcp_conn_gives_way(end->conn, segment, two->now);
        bool is_taken = end->conn != NULL && !gives_way;
        if (is_taken)
                tcp_conn_on_segment(end->conn, segment, two->now);
        if (gives_way) {
                read_some(two, number);
                g_clear_pointer(&end->conn, tcp_conn_free);
        }
        drain_notes(end);
        if (!is_taken)
                offer_to_listener(two, number, segment);
        if (end->listener != NULL)
                tcp_listener_check(end->listener);
}

static time_ns next_of_end(const struct two_ends *two, const struct end *end)
{
        if (end->conn == NULL)
                return TIME_NEVER;
        time_ns next = tcp_conn_deadline(end->conn);
        bool naps = end->naps_until > two->now && has_work(end);
        return naps ? MIN(next, end->naps_until) : next;
}

static void let_act(struct two_ends *two, unsigned number)
{
        settle(two, number);
        if (two->ends[number].conn == NULL)
                return;
        run_program(two, number);
        settle(two, number);
}

static void hear_icmp(struct two_ends *two, struct end *end, const struct tcp_icmp *icmp)
{
        g_array_append_val(end->icmp_errors, icmp->error);
        if (end->conn != NULL)
                tcp_conn_on_icmp(end->conn, icmp, two->now);
        drain_notes(end);
}

static void take_flight(struct two_ends *two, guint index)
{
        struct flight flight = g_array_index(two->flying, struct flight, index);
        g_array_remove_index_fast(two->flying, index);
        if (flight.is_icmp) {
                hear_icmp(two, &two->ends[flight.to], &flight.icmp);
                return;
        }
        end_judge_arrival(two, flight.to, &flight.segment, flight.is_forged);
        arrive(two, flight.to, &flight.segment);
        payload_clear(&flight.segment.payload);
}

/* Whether the other has acknowledged all that was out: whatever was sent again is forgotten then, and with it
 * since when. */
static void look_for_progress(const struct two_ends *two, struct end *end)
{
        if (end->conn == NULL || end->conn->state < TCP_STATE_ESTABLISHED || end->conn->syn_is_doubtful)
                return;
        end->was_answered = true;
        if (seq_equal(end->conn->snd.una, end->una) || tcp_conn_outstanding(end->conn) > 0)
                return;
        end->una = end->conn->snd.una;
        end->una_at = two->now;
}

bool two_ends_step(struct two_ends *two)
{
        guint flight = next_flight(two);
        time_ns arrival = flight == UINT_MAX ? TIME_NEVER
                                             : g_array_index(two->flying, struct flight, flight).arrives_at;
        time_ns other = MIN(next_of_end(two, &two->ends[CALLER]), next_of_end(two, &two->ends[LISTENER]));
        if (MIN(arrival, other) > TIME_MOST)
                return false;
        two->now = MAX(two->now, MIN(arrival, other));
        if (arrival <= other)
                take_flight(two, flight);
        look_for_progress(two, &two->ends[CALLER]);
        look_for_progress(two, &two->ends[LISTENER]);
        let_act(two, CALLER);
        let_act(two, LISTENER);
        two->events++;
        return true;
}
