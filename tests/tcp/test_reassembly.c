/*
 * Reassembly: cases of overlap worked out by hand, the order of SACK blocks, and a model that is a map of
 * bytes.
 */
#include "tcp/reassembly.h"

#include "engine/rng.h"

#include <check.h>

static PayloadPool *pool;
static struct reassembly reassembly;

static void setup(void)
{
        pool = payload_pool_new();
        reassembly_init(&reassembly, pool);
}

static void teardown(void)
{
        reassembly_clear(&reassembly);
        payload_pool_free(pool);
}

static struct reassembly_outcome insert_text(uint64_t offset, const char *text)
{
        struct reassembly_outcome outcome;
        struct payload payload = payload_of_bytes(pool, text, strlen(text));
        reassembly_insert(&reassembly, offset, &payload, &outcome);
        payload_clear(&payload);
        reassembly_check(&reassembly);
        return outcome;
}

static void assert_reads(const char *expected)
{
        char text[100] = "";
        size_t length = reassembly_read(&reassembly, text, sizeof text);
        reassembly_check(&reassembly);
        ck_assert_uint_eq(length, strlen(expected));
        ck_assert_mem_eq(text, expected, length);
}

#define ARRIVALS_MAX 6

/* Later arrivals have other letters, so that one sees whose bytes were kept. */
static const struct {
        struct {
                uint64_t offset;
                const char *text;
        } arrivals[ARRIVALS_MAX];
        struct reassembly_outcome last; /* what the last arrival did */
        const char *readable;
        const char *why;
} overlaps[] = {
        { { { 0, "abcd" } }, { .in_order = 4 }, "abcd", "in order" },
        { { { 0, "" } }, { 0 }, "", "nothing" },
        { { { 2, "cd" } }, { .held = 2 }, "", "a hole before it" },
        { { { 2, "cd" }, { 0, "ab" } }, { .in_order = 2, .filled = 2 }, "abcd", "the hole is filled" },
        { { { 2, "cd" }, { 0, "ABCD" } },
                { .in_order = 2, .filled = 2, .duplicate = 2, .duplicate_begin = 2, .duplicate_end = 4 },
                "ABcd", "held bytes came first" },
        { { { 2, "cd" }, { 0, "ABCDEF" } },
                { .in_order = 4, .filled = 2, .duplicate = 2, .duplicate_begin = 2, .duplicate_end = 4 },
                "ABcdEF", "around held bytes" },
        { { { 2, "cd" }, { 0, "ABC" } },
                { .in_order = 2, .filled = 2, .duplicate = 1, .duplicate_begin = 2, .duplicate_end = 3 },
                "ABcd", "into held bytes" },
        { { { 0, "abcd" }, { 0, "ABCD" } }, { .duplicate = 4, .duplicate_begin = 0, .duplicate_end = 4 },
                "abcd", "all there" },
        { { { 0, "abcd" }, { 2, "CDEF" } },
                { .in_order = 2, .duplicate = 2, .duplicate_begin = 2, .duplicate_end = 4 }, "abcdEF",
                "the first half there" },
        { { { 4, "ef" }, { 4, "EF" } }, { .duplicate = 2, .duplicate_begin = 4, .duplicate_end = 6 }, "",
                "held twice" },
        { { { 4, "ef" }, { 3, "DEFG" } },
                { .held = 2, .duplicate = 2, .duplicate_begin = 4, .duplicate_end = 6 }, "",
                "held, longer at both ends" },
        { { { 2, "c" }, { 4, "e" }, { 6, "g" }, { 0, "ABCDEFGH" } },
                { .in_order = 5, .filled = 3, .duplicate = 3, .duplicate_begin = 2, .duplicate_end = 3 },
                "ABcDeFgH", "several holes at once; the first duplicate run is told" },
        { { { 2, "cd" }, { 4, "ef" }, { 1, "BCDEFG" } },
                { .held = 2, .duplicate = 4, .duplicate_begin = 2, .duplicate_end = 6 }, "",
                "neighbours are one run" },
        { { { 5, "f" }, { 3, "d" }, { 1, "b" }, { 4, "e" }, { 2, "c" }, { 0, "a" } },
                { .in_order = 1, .filled = 5 }, "abcdef", "byte by byte, holes last" },
};

START_TEST(overlapping_bytes_that_came_first_stay)
{
        struct reassembly_outcome last = { 0 };
        const char *why = overlaps[_i].why;
        for (int i = 0; i < ARRIVALS_MAX && overlaps[_i].arrivals[i].text != NULL; i++)
                last = insert_text(overlaps[_i].arrivals[i].offset, overlaps[_i].arrivals[i].text);
        ck_assert_msg(last.in_order == overlaps[_i].last.in_order, "in order: %s", why);
        ck_assert_msg(last.held == overlaps[_i].last.held, "held: %s", why);
        ck_assert_msg(last.filled == overlaps[_i].last.filled, "filled: %s", why);
        ck_assert_msg(last.duplicate == overlaps[_i].last.duplicate, "duplicate: %s", why);
        ck_assert_msg(last.duplicate_begin == overlaps[_i].last.duplicate_begin, "duplicate begin: %s", why);
        ck_assert_msg(last.duplicate_end == overlaps[_i].last.duplicate_end, "duplicate end: %s", why);
        assert_reads(overlaps[_i].readable);
}
END_TEST

static void assert_ranges(unsigned asked, const uint64_t (*expected)[2], unsigned count)
{
        struct held_range ranges[8];
        ck_assert_uint_eq(reassembly_held_ranges(&reassembly, ranges, asked), count);
        for (unsigned i = 0; i < count; i++) {
                ck_assert_uint_eq(ranges[i].begin, expected[i][0]);
                ck_assert_uint_eq(ranges[i].end, expected[i][1]);
        }
}

/* RFC 2018 section 4: "The first SACK block […] MUST specify the contiguous block of data containing the
 * segment which triggered this ACK"; then "the most recently reported". */
START_TEST(held_ranges_are_reported_most_recent_first)
{
        insert_text(10, "aa");
        insert_text(30, "bb");
        insert_text(20, "cc");
        assert_ranges(3, (const uint64_t[][2]){ { 20, 22 }, { 30, 32 }, { 10, 12 } }, 3);
        insert_text(12, "a");
        assert_ranges(3, (const uint64_t[][2]){ { 10, 13 }, { 20, 22 }, { 30, 32 } }, 3);
        insert_text(40, "dd");
        assert_ranges(3, (const uint64_t[][2]){ { 40, 42 }, { 10, 13 }, { 20, 22 } }, 3);
        assert_ranges(8, (const uint64_t[][2]){ { 40, 42 }, { 10, 13 }, { 20, 22 }, { 30, 32 } }, 4);
        assert_ranges(0, NULL, 0);
}
END_TEST

START_TEST(a_duplicate_brings_its_range_to_the_front)
{
        insert_text(10, "aa");
        insert_text(20, "bb");
        insert_text(11, "a");
        assert_ranges(4, (const uint64_t[][2]){ { 10, 12 }, { 20, 22 } }, 2);
}
END_TEST

START_TEST(ranges_that_meet_become_one)
{
        insert_text(10, "aa");
        insert_text(14, "bb");
        insert_text(20, "dd");
        insert_text(12, "cc");
        assert_ranges(4, (const uint64_t[][2]){ { 10, 16 }, { 20, 22 } }, 2);
        ck_assert_uint_eq(reassembly.held_bytes, 8);
        insert_text(0, "0123456789");
        assert_ranges(4, (const uint64_t[][2]){ { 20, 22 } }, 1);
        assert_reads("0123456789aaccbb");
}
END_TEST

START_TEST(a_stream_in_one_chunk_is_one_slice)
{
        struct payload_slice tail;
        struct reassembly_outcome outcome;
        ck_assert_uint_eq(payload_pool_store(pool, NULL, &tail, "abcdefgh", 8), 8);
        for (uint32_t i = 0; i < 8; i++) {
                struct payload_slice slice = { tail.chunk, tail.offset + i, 1 };
                struct payload payload = { 0 };
                payload_append(pool, &payload, &slice);
                reassembly_insert(&reassembly, i < 4 ? i : i + 10, &payload, &outcome);
                payload_clear(&payload);
                reassembly_check(&reassembly);
        }
        payload_slice_unref(&tail);
        ck_assert_uint_eq(reassembly.ready_count, 1);
        ck_assert_uint_eq(reassembly.piece_count, 1);
        assert_reads("abcd");
}
END_TEST

START_TEST(bytes_can_be_dropped_unread)
{
        insert_text(0, "abcdef");
        ck_assert_uint_eq(reassembly_read(&reassembly, NULL, 4), 4);
        assert_reads("ef");
        ck_assert_uint_eq(reassembly_read(&reassembly, NULL, 4), 0);
}
END_TEST

START_TEST(clearing_lets_go_of_everything_but_the_place_in_the_stream)
{
        insert_text(0, "abc");
        insert_text(10, "def");
        reassembly_clear(&reassembly);
        reassembly_check(&reassembly);
        ck_assert_uint_eq(payload_pool_bytes_in_use(pool), 0);
        ck_assert_uint_eq(reassembly_readable(&reassembly), 0);
        ck_assert_uint_eq(reassembly.held_bytes, 0);
        ck_assert_uint_eq(insert_text(3, "xyz").in_order, 3);
        assert_reads("xyz");
}
END_TEST

START_TEST(what_is_given_up_ends_anywhere)
{
        insert_text(10, "abcd");
        insert_text(20, "efgh");
        reassembly_forget_from(&reassembly, 22);
        reassembly_check(&reassembly);
        assert_ranges(4, (const uint64_t[][2]){ { 20, 22 }, { 10, 14 } }, 2);
        reassembly_forget_from(&reassembly, 20);
        reassembly_check(&reassembly);
        assert_ranges(4, (const uint64_t[][2]){ { 10, 14 } }, 1);
        ck_assert_uint_eq(reassembly.held_bytes, 4);
        insert_text(0, "0123456789");
        assert_reads("0123456789abcd");
}
END_TEST

/* ---- Against a map of bytes ---- */

#define MODEL_SIZE 60000

static struct {
        uint8_t bytes[MODEL_SIZE];
        bool is_there[MODEL_SIZE];
        uint64_t next;
        uint64_t held;
} model;

static void model_insert(
        uint64_t offset, const uint8_t *bytes, size_t size, struct reassembly_outcome *outcome)
{
        uint64_t next_before = model.next;
        *outcome = (struct reassembly_outcome){ 0 };
        for (uint64_t i = offset; i < offset + size; i++) {
                outcome->duplicate += model.is_there[i];
                model.held += !model.is_there[i];
                if (!model.is_there[i])
                        model.bytes[i] = bytes[i - offset];
                model.is_there[i] = true;
        }
        while (model.next < MODEL_SIZE && model.is_there[model.next])
                model.next++;
        uint64_t moved = model.next - next_before;
        model.held -= moved;
        outcome->in_order = (uint32_t)moved; /* and what was filled */
}

static uint64_t dice(uint64_t below)
{
        static uint64_t thrown;
        static struct rng_stream luck;
        if (thrown == 0)
                luck = rng_stream_named(2, "reassembly");
        return rng_draw_below(&luck, thrown++, 0, 0, below);
}

static struct payload random_payload(uint8_t *bytes, uint32_t size)
{
        struct payload payload = { 0 };
        uint8_t first = (uint8_t)dice(256);
        for (uint32_t i = 0; i < size; i++)
                bytes[i] = (uint8_t)(first + 7 * i);
        for (uint32_t from = 0; from < size;) {
                uint32_t length = 1 + (uint32_t)dice(size - from);
                struct payload part = payload_of_bytes(pool, bytes + from, length);
                payload_append(pool, &payload, &part.slices[0]);
                payload_clear(&part);
                from += length;
        }
        return payload;
}

static bool model_holds(const struct held_range *range)
{
        for (uint64_t byte = range->begin; byte < range->end; byte++) {
                if (!model.is_there[byte])
                        return false;
        }
        return !model.is_there[range->begin - 1] && (range->end == MODEL_SIZE || !model.is_there[range->end]);
}

static void assert_same_ranges(void)
{
        static struct held_range ranges[MODEL_SIZE];
        uint64_t held = 0;
        unsigned count = reassembly_held_ranges(&reassembly, ranges, MODEL_SIZE);
        for (unsigned i = 0; i < count; i++) {
                ck_assert(model_holds(&ranges[i]));
                ck_assert(i == 0 || ranges[i].stamp <= ranges[i - 1].stamp);
                held += ranges[i].end - ranges[i].begin;
        }
        ck_assert_uint_eq(held, model.held);
}

static void insert_somewhere(uint64_t reach, uint32_t size_max)
{
        static uint8_t bytes[3000];
        struct reassembly_outcome expected, outcome;
        uint64_t back = MIN(model.next, 500);
        uint64_t from = dice(10) == 0 ? model.next : model.next - back + dice(back + reach);
        uint64_t offset = MIN(from, MODEL_SIZE - 1);
        uint32_t size = 1 + (uint32_t)dice(size_max);
        size = (uint32_t)MIN(size, MODEL_SIZE - offset);
        struct payload payload = random_payload(bytes, size);
        reassembly_insert(&reassembly, offset, &payload, &outcome);
        payload_clear(&payload);
        model_insert(offset, bytes, size, &expected);
        ck_assert_uint_eq(outcome.in_order + outcome.held + outcome.duplicate, size);
        ck_assert_uint_eq(outcome.duplicate, expected.duplicate);
        ck_assert_uint_eq(outcome.in_order + outcome.filled, expected.in_order);
}

static void forget_some(uint64_t reach)
{
        uint64_t offset = model.next + dice(2 * reach);
        reassembly_forget_from(&reassembly, offset);
        for (uint64_t i = offset; i < MODEL_SIZE; i++) {
                model.held -= model.is_there[i];
                model.is_there[i] = false;
        }
}

static void read_some(uint64_t *read)
{
        static uint8_t bytes[5000];
        size_t length = reassembly_read(&reassembly, bytes, dice(sizeof bytes));
        ck_assert_mem_eq(bytes, model.bytes + *read, length);
        *read += length;
}

static const struct {
        uint32_t reach;
        uint32_t size_max;
        const char *why;
} disorders[] = {
        { 2000, 1500, "segments of a small window" },
        { 200, 20, "crumbs close by" },
        { 20000, 40, "thousands of crumbs far ahead" },
        { 8000, 3000, "large overlaps" },
};

START_TEST(any_disorder_becomes_the_stream)
{
        uint64_t read = 0;
        memset(&model, 0, sizeof model);
        for (int round = 0; read < MODEL_SIZE && round < 6000; round++) {
                insert_somewhere(disorders[_i].reach, disorders[_i].size_max);
                reassembly_check(&reassembly);
                if (dice(3) == 0)
                        read_some(&read);
                if (dice(200) == 0)
                        forget_some(disorders[_i].reach);
                ck_assert_uint_eq(reassembly.next, model.next);
                ck_assert_uint_eq(reassembly.held_bytes, model.held);
                if (round % 64 == 0)
                        assert_same_ranges();
        }
        ck_assert_uint_gt(read, 1000);
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("reassembly");
        tcase_set_timeout(cases, 60);
        tcase_add_checked_fixture(cases, setup, teardown);
        tcase_add_loop_test(cases, overlapping_bytes_that_came_first_stay, 0, G_N_ELEMENTS(overlaps));
        tcase_add_test(cases, held_ranges_are_reported_most_recent_first);
        tcase_add_test(cases, a_duplicate_brings_its_range_to_the_front);
        tcase_add_test(cases, ranges_that_meet_become_one);
        tcase_add_test(cases, a_stream_in_one_chunk_is_one_slice);
        tcase_add_test(cases, bytes_can_be_dropped_unread);
        tcase_add_test(cases, clearing_lets_go_of_everything_but_the_place_in_the_stream);
        tcase_add_test(cases, what_is_given_up_ends_anywhere);
        tcase_add_loop_test(cases, any_disorder_becomes_the_stream, 0, G_N_ELEMENTS(disorders));
        Suite *suite = suite_create("reassembly");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
