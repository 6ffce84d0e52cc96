/*
 * Fuzz target: two honest ends, and between them one who drops, delays, reorders, duplicates, splits, tells
 * tales by ICMP and forges. After every event the invariants of tcp_conn_check() hold; and in the end, once
 * the adversary is tired, both programs have finished or were told an error that has a cause in what came to
 * them, and both connections are gone.
 *
 * What is read is what was written, up to the first byte that was forged, whole when there was no error. An
 * end may wait for ever where every TCP would (end_judge.h): for a peer that is gone, whose word of it was
 * lost, or after a forged ACK of text that never arrived. Then the programs give up.
 */
#include <errno.h>
#include "end_judge.h"
#include "fuzz_bytes.h"
#include "fuzz_tcp_settings.h"
#include "two_ends.h"

#define LINE_DELAY      (10 * MILLISECOND)
#define TEXT_MOST       (1u << 14) /* bytes each way */
#define NAP_MOST        SECOND     /* that no patience is too short for */
#define EVENTS_PLAYED   2000
#define EVENTS_PATIENCE 30000 /* a long patience, with a timeout every 100 ms and keepalive every second */

struct adversary {
        struct fuzz_bytes bytes;
        bool may_forge;
        struct line_record line;
};

static struct adversary *adversary_of(const struct two_ends *two)
{
        return two->line;
}

/* ---- The honest half of its tricks ---- */

static void deliver(struct two_ends *two, unsigned from, struct tcp_segment *segment)
{
        two_ends_fly(two, 1 - from, segment, LINE_DELAY);
}

static void drop(struct two_ends *two, unsigned from, struct tcp_segment *segment)
{
        (void)two, (void)from, (void)segment;
}

static uint32_t packet_size(const struct tcp_segment *segment)
{
        return 40 + (uint32_t)tcp_options_size(&segment->options) + segment->payload.length;
}

/* What a router says of a segment that it does not forward. */
static struct tcp_icmp draw_icmp(struct fuzz_bytes *bytes, const struct tcp_segment *segment)
{
        static const struct tcp_icmp kinds[] = {
                { .error = EHOSTUNREACH, .is_hard = true, .is_unreachable = true },
                { .error = ENETUNREACH, .is_hard = true, .is_unreachable = true },
                { .error = EHOSTUNREACH, .is_hard = true },
                { .error = EHOSTUNREACH },
                { .error = ECONNREFUSED },
                { .error = ENOPROTOOPT },
                { .error = EPROTO, .is_hard = true },
                { .error = EMSGSIZE },
        };
        struct tcp_icmp icmp = kinds[fuzz_below(bytes, G_N_ELEMENTS(kinds))];
        icmp.seq = segment->seq;
        if (icmp.error == EMSGSIZE)
                icmp.path_mtu = MAX(1, packet_size(segment) - fuzz_below(bytes, packet_size(segment)));
        return icmp;
}

static void drop_and_tell(struct two_ends *two, unsigned from, struct tcp_segment *segment)
{
        struct tcp_icmp icmp = draw_icmp(&adversary_of(two)->bytes, segment);
        two_ends_fly_icmp(two, from, &icmp, LINE_DELAY);
}

static void delay(struct two_ends *two, unsigned from, struct tcp_segment *segment)
{
        duration_ns time = (duration_ns)fuzz_of_any_scale(&adversary_of(two)->bytes) * MICROSECOND;
        two_ends_fly(two, 1 - from, segment, LINE_DELAY + time);
}

static void duplicate(struct two_ends *two, unsigned from, struct tcp_segment *segment)
{
        deliver(two, from, segment);
        delay(two, from, segment);
}

static void mark(struct two_ends *two, unsigned from, struct tcp_segment *segment)
{
        if (segment->ecn != 0)
                segment->ecn = 3;
        deliver(two, from, segment);
}

/* As a middlebox would cut it; a SYN's text stays with it, a FIN goes with the second half. */
static void split(struct two_ends *two, unsigned from, struct tcp_segment *segment)
{
        if (segment->payload.length < 2 || segment->flags & (TCP_FLAG_SYN | TCP_FLAG_URG)) {
                deliver(two, from, segment);
                return;
        }
        uint32_t size = 1 + fuzz_below(&adversary_of(two)->bytes, segment->payload.length - 1);
        struct tcp_segment first = *segment;
        struct tcp_segment second = *segment;
        first.flags &= ~(TCP_FLAG_FIN | TCP_FLAG_PSH);
        first.payload = payload_cut(&segment->payload, 0, size);
        second.seq = seq_add(segment->seq, size);
        second.payload = payload_cut(&segment->payload, size, segment->payload.length - size);
        delay(two, from, &first);
        delay(two, from, &second);
        payload_clear(&first.payload);
        payload_clear(&second.payload);
}

/* ---- Forging ---- */

static uint32_t draw_distance(struct fuzz_bytes *bytes)
{
        static const uint32_t distances[] = { 1, UINT32_MAX, 536, 1448, 65535, 1u << 31 };
        uint8_t choice = fuzz_8(bytes);
        if (choice < G_N_ELEMENTS(distances))
                return distances[choice];
        return (uint32_t)(int32_t)(int16_t)fuzz_16(bytes);
}

static void forge_numbers(struct fuzz_bytes *bytes, struct tcp_segment *segment)
{
        uint8_t which = fuzz_8(bytes);
        if (which & 0x1)
                segment->seq = seq_add(segment->seq, draw_distance(bytes));
        if (which & 0x2)
                segment->ack = seq_add(segment->ack, draw_distance(bytes));
        if (which & 0x4)
                segment->window = fuzz_16(bytes);
        if (which & 0x8)
                segment->urgent_pointer = fuzz_16(bytes);
}

static void forge_flags(struct fuzz_bytes *bytes, struct tcp_segment *segment)
{
        segment->flags ^= 1u << fuzz_below(bytes, 9);
}

static void forge_timestamps(struct fuzz_bytes *bytes, struct tcp_segment *segment)
{
        segment->options.has_timestamps = segment->options.has_timestamps || fuzz_flag(bytes);
        segment->options.timestamp_value += draw_distance(bytes);
        if (fuzz_flag(bytes))
                segment->options.timestamp_echo += draw_distance(bytes);
}

static void forge_sack(struct fuzz_bytes *bytes, struct tcp_segment *segment)
{
        struct tcp_options *options = &segment->options;
        options->sack_count = fuzz_below(bytes, options->has_timestamps ? 4 : TCP_SACK_BLOCKS_MAX + 1);
        for (unsigned i = 0; i < options->sack_count; i++) {
                options->sack[i].left = seq_add(segment->ack, draw_distance(bytes));
                options->sack[i].right = seq_add(options->sack[i].left, draw_distance(bytes));
        }
}

static void forge_text(struct two_ends *two, struct fuzz_bytes *bytes, struct tcp_segment *segment)
{
        uint8_t text[256] = { 0 };
        payload_clear(&segment->payload);
        segment->payload = payload_of_bytes(two->pool, text, fuzz_8(bytes));
}

static void forge_one_thing(struct two_ends *two, struct tcp_segment *segment)
{
        struct fuzz_bytes *bytes = &adversary_of(two)->bytes;
        switch (fuzz_below(bytes, 5)) {
        case 0:
                forge_numbers(bytes, segment);
                break;
        case 1:
                forge_flags(bytes, segment);
                break;
        case 2:
                forge_timestamps(bytes, segment);
                break;
        case 3:
                forge_sack(bytes, segment);
                break;
        case 4:
                forge_text(two, bytes, segment);
                break;
        }
}

/* Whether `segment` tells `to` that the other has what it has not. */
static bool robs(const struct two_ends *two, unsigned to, const struct tcp_segment *segment)
{
        const TcpConn *other = two->ends[1 - to].conn;
        if (!(segment->flags & TCP_FLAG_ACK))
                return false;
        return other == NULL || !tcp_conn_knows_irs(other) || seq_after(segment->ack, other->rcv.nxt);
}

static void launch_forgery(struct two_ends *two, unsigned to, const struct tcp_segment *segment)
{
        struct adversary *adversary = adversary_of(two);
        duration_ns delay = LINE_DELAY + (duration_ns)fuzz_8(&adversary->bytes) * MILLISECOND;
        if (robs(two, to, segment))
                adversary->line.has_robbed = true;
        two_ends_fly_forged(two, to, segment, delay);
}

/* What passes is copied with one thing changed; it goes on itself, or not. */
static void forge(struct two_ends *two, unsigned from, struct tcp_segment *segment)
{
        struct adversary *adversary = adversary_of(two);
        if (!adversary->may_forge) {
                deliver(two, from, segment);
                return;
        }
        if (fuzz_flag(&adversary->bytes))
                deliver(two, from, segment);
        struct tcp_segment forged = *segment;
        forged.payload = payload_ref(&segment->payload);
        forge_one_thing(two, &forged);
        launch_forgery(two, 1 - from, &forged);
        payload_clear(&forged.payload);
}

/* It is thrown back at its sender with ports and numbers turned round, and one thing changed. */
static void reflect(struct two_ends *two, unsigned from, struct tcp_segment *segment)
{
        deliver(two, from, segment);
        if (!adversary_of(two)->may_forge)
                return;
        struct tcp_segment forged = *segment;
        forged.payload = payload_ref(&segment->payload);
        forged.source_port = segment->destination_port;
        forged.destination_port = segment->source_port;
        forged.seq = segment->ack;
        forged.ack = segment->seq;
        forge_one_thing(two, &forged);
        launch_forgery(two, from, &forged);
        payload_clear(&forged.payload);
}

/* Of a segment that arrives all the same; the number quoted may be any. */
static void tell_tales(struct two_ends *two, unsigned from, struct tcp_segment *segment)
{
        struct fuzz_bytes *bytes = &adversary_of(two)->bytes;
        deliver(two, from, segment);
        if (!adversary_of(two)->may_forge)
                return;
        struct tcp_icmp icmp = draw_icmp(bytes, segment);
        if (fuzz_flag(bytes))
                icmp.seq = seq_add(icmp.seq, draw_distance(bytes));
        two_ends_fly_icmp(two, from, &icmp, LINE_DELAY);
}

/* ---- The whole ---- */

/* What is harmless delivers each segment at once, unchanged; whatever else comes with it. */
static const struct {
        two_ends_carry *carry;
        bool is_harmless;
} tricks[] = {
        { deliver, true },
        { drop, false },
        { delay, false },
        { duplicate, true },
        { split, false },
        { mark, true },
        { forge, false },
        { reflect, false },
        { deliver, true },
        { delay, false },
        { deliver, true },
        { drop, false },
        { deliver, true },
        { drop_and_tell, false },
        { tell_tales, false },
};

static void carry(struct two_ends *two, unsigned from, struct tcp_segment *segment)
{
        struct adversary *adversary = adversary_of(two);
        unsigned choice = fuzz_below(&adversary->bytes, G_N_ELEMENTS(tricks));
        if (!tricks[choice].is_harmless)
                adversary->line.is_true = false;
        tricks[choice].carry(two, from, segment);
}

static duration_ns nap(struct two_ends *two)
{
        struct fuzz_bytes *bytes = &adversary_of(two)->bytes;
        bool is_tired = bytes->left > 0 && fuzz_below(bytes, 8) == 1;
        duration_ns time = is_tired ? (duration_ns)fuzz_of_any_scale(bytes) * MICROSECOND : 0;
        if (time > NAP_MOST)
                adversary_of(two)->line.is_true = false;
        return time;
}

/* Runs until nothing is left to happen, at most `most` events; false: there is more. */
static bool runs_out(struct two_ends *two, unsigned most)
{
        for (unsigned i = 0; i < most; i++)
                if (!two_ends_step(two))
                        return true;
        return false;
}

static bool is_over(const struct two_ends *two)
{
        return two->ends[CALLER].conn == NULL && two->ends[LISTENER].conn == NULL;
}

static struct line_record line_record(const struct two_ends *two)
{
        struct line_record line = adversary_of(two)->line;
        for (unsigned i = 0; i < G_N_ELEMENTS(two->ends); i++)
                if (two->ends[i].end_is_forged || two->ends[i].forged_from != UINT64_MAX)
                        line.has_robbed = true;
        return line;
}

/* Whoever waits for ever has a reason. The programs give up; and where a closed window is never asked after,
 * even that is not the end. */
static void end_the_wait(struct two_ends *two, bool is_quiet)
{
        struct line_record line = line_record(two);
        bool is_held_up = fuzz_waits_for_window(two->ends[CALLER].conn) ||
                          fuzz_waits_for_window(two->ends[LISTENER].conn);
        g_assert(is_quiet || line.has_robbed || is_held_up);
        end_judge_wait(two, &line);
        two_ends_give_up(two);
        runs_out(two, EVENTS_PATIENCE);
        for (unsigned i = 0; i < G_N_ELEMENTS(two->ends); i++)
                if (fuzz_waits_for_window(two->ends[i].conn))
                        two_ends_abort(two, i);
        runs_out(two, EVENTS_PATIENCE);
}

static void play(struct two_ends *two)
{
        bool is_quiet = runs_out(two, EVENTS_PLAYED);
        if (!is_quiet) {
                adversary_of(two)->bytes.left = 0;
                is_quiet = runs_out(two, EVENTS_PATIENCE);
        }
        if (!is_over(two))
                end_the_wait(two, is_quiet);
        struct line_record line = line_record(two);
        end_judge_outcome(two, &line);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
        static const uint32_t mtus[] = { 1500, 576, 128, 9000 };
        struct adversary adversary = { .bytes = { bytes, size }, .line = { .is_true = true } };
        uint8_t head = fuzz_8(&adversary.bytes);
        adversary.may_forge = head & 0x80;
        struct tcp_settings settings[2];
        settings[CALLER] = fuzz_tcp_settings(&adversary.bytes);
        settings[LISTENER] = fuzz_tcp_settings(&adversary.bytes);
        struct two_ends two;
        two_ends_init(&two, settings, mtus[head % G_N_ELEMENTS(mtus)]);
        two.carry = carry;
        two.nap = nap;
        two.line = &adversary;
        two.ends[CALLER].to_write = fuzz_below(&adversary.bytes, TEXT_MOST);
        two.ends[LISTENER].to_write = fuzz_below(&adversary.bytes, TEXT_MOST);
        two_ends_connect(&two);
        play(&two);
        two_ends_clear(&two);
        return 0;
}
