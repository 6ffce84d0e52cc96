/*
 * What the connections of one host share.
 */
#include "tcp/tcp_host.h"

#include "tcp/conn_private.h"
#include "tcp/isn.h"

/* A successor begins as far behind its predecessor as on Linux: a window without scaling, and a bit. */
#define SUCCESSOR_DISTANCE 65537

#define USUAL_NOTES        8 /* of one entry: room is made before the run's first */

struct successor {
        bool is_expected;
        struct four_tuple tuple;
        struct seqnum first;
};

struct TcpHost {
        PayloadPool *pool;
        uint8_t secret[SIPHASH_KEY_SIZE];
        uint32_t luck; /* of the next connection */
        CookieCache *cookies;
        struct tcp_note *notes; /* what the last entry left; emptied when all have been fetched */
        uint32_t note_capacity;
        uint32_t note_count;
        uint32_t next_note;
        uint64_t wanted_kinds;
        uint32_t conns_in_use;
        struct successor successor;
        time_ns challenge_second;
        uint32_t challenges;
        uint64_t counters[TCP_COUNTERS];
};

TcpHost *tcp_host_new(PayloadPool *pool, const uint8_t secret[16])
{
        TcpHost *host = g_new0(TcpHost, 1);
        host->pool = pool;
        memcpy(host->secret, secret, sizeof host->secret);
        host->cookies = cookie_cache_new();
        return host;
}

void tcp_host_set_luck(TcpHost *host, uint32_t luck)
{
        host->luck = luck;
}

void tcp_host_free(TcpHost *host)
{
        if (host == NULL)
                return;
        g_assert(host->conns_in_use == 0);
        g_free(host->notes);
        cookie_cache_free(host->cookies);
        g_free(host);
}

static void grow_notes(TcpHost *host)
{
        host->note_capacity = MAX(2 * host->note_capacity, USUAL_NOTES);
        host->notes = g_renew(struct tcp_note, host->notes, host->note_capacity);
}

void tcp_host_want_notes(TcpHost *host, uint64_t kinds)
{
        if (kinds != 0 && host->note_capacity == 0)
                grow_notes(host);
        host->wanted_kinds = kinds;
}

bool tcp_host_next_note(TcpHost *host, struct tcp_note *note)
{
        if (host->next_note == host->note_count) {
                host->note_count = host->next_note = 0;
                return false;
        }
        *note = host->notes[host->next_note++];
        return true;
}

PayloadPool *tcp_host_pool(const TcpHost *host)
{
        return host->pool;
}

CookieCache *tcp_host_cookies(const TcpHost *host)
{
        return host->cookies;
}

const uint8_t *tcp_host_secret(const TcpHost *host)
{
        return host->secret;
}

bool tcp_host_wants_note(const TcpHost *host, enum tcp_note_kind kind)
{
        return (host->wanted_kinds >> kind & 1) != 0;
}

struct tcp_note *tcp_host_note(TcpHost *host, enum tcp_note_kind kind)
{
        if (!tcp_host_wants_note(host, kind))
                return NULL;
        if (host->note_count == host->note_capacity)
                grow_notes(host);
        struct tcp_note *note = &host->notes[host->note_count++];
        *note = (struct tcp_note){ .kind = kind };
        return note;
}

void tcp_host_count(TcpHost *host, enum tcp_counter counter)
{
        host->counters[counter]++;
}

void tcp_host_count_reset(TcpHost *host)
{
        tcp_host_count(host, TCP_COUNTER_OUT_SEGMENTS);
        tcp_host_count(host, TCP_COUNTER_OUT_RESETS);
}

uint64_t tcp_host_counter(const TcpHost *host, enum tcp_counter counter)
{
        return host->counters[counter];
}

uint32_t tcp_host_draw_luck(TcpHost *host)
{
        return host->luck++;
}

TcpConn *tcp_host_take_conn(TcpHost *host)
{
        host->conns_in_use++;
        return block_pool_take_zeroed(payload_pool_blocks(host->pool), sizeof(TcpConn));
}

void tcp_host_give_back_conn(TcpHost *host, TcpConn *conn)
{
        g_assert(host->conns_in_use > 0);
        host->conns_in_use--;
        block_pool_give_back(payload_pool_blocks(host->pool), conn, sizeof *conn);
}

struct seqnum tcp_host_initial_seq(TcpHost *host, const struct four_tuple *tuple, time_ns now)
{
        struct successor *successor = &host->successor;
        if (!successor->is_expected || !four_tuple_equal(&successor->tuple, tuple))
                return isn_choose(host->secret, tuple, now);
        successor->is_expected = false;
        return successor->first;
}

/* RFC 9293 section 3.6.1, on a connection reopened from TIME-WAIT: it "assigns its initial sequence number
 * for the new connection to be larger than the largest sequence number it used on the previous connection
 * incarnation". */
void tcp_host_set_successor(TcpHost *host, const struct four_tuple *tuple, struct seqnum floor)
{
        host->successor = (struct successor){
                .is_expected = true, .tuple = *tuple, .first = seq_add(floor, SUCCESSOR_DISTANCE)
        };
}

uint32_t tcp_host_timestamp_offset(const TcpHost *host, const struct four_tuple *tuple)
{
        return isn_timestamp_offset(host->secret, tuple);
}

bool tcp_host_may_challenge(TcpHost *host, uint32_t limit, time_ns now)
{
        time_ns second = now / SECOND;
        if (second != host->challenge_second) {
                host->challenge_second = second;
                host->challenges = 0;
        }
        if (host->challenges >= limit)
                return false;
        host->challenges++;
        return true;
}
