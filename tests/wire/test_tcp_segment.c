/*
 * The TCP header: a known one, both ways, every flipped bit, any cut between header and payload.
 */
#include "engine/rng.h"
#include "wire/byte_order.h"
#include "wire/checksum.h"
#include "wire/ip_header.h"
#include "wire/tcp_segment.h"

#include <check.h>
#include <string.h>

static PayloadPool *pool;
static struct ip_address source, destination;

static void set_up(void)
{
        pool = payload_pool_new();
        source = ip_address_from_ipv4(0xc0000201);
        destination = ip_address_from_ipv4(0xc6336401);
}

/* Every payload must be back: a parse that fails keeps nothing. */
static void tear_down(void)
{
        ck_assert_uint_eq(payload_pool_bytes_in_use(pool), 0);
        payload_pool_free(pool);
}

static struct tcp_segment data_segment(const void *bytes, size_t size)
{
        return (struct tcp_segment){
                .source_port = 32768,
                .destination_port = 80,
                .seq = seq_of(0xfffffff0),
                .ack = seq_of(0x01020304),
                .flags = TCP_FLAG_ACK | TCP_FLAG_PSH,
                .window = 502,
                .options = { .has_timestamps = true, .timestamp_value = 7, .timestamp_echo = 8 },
                .payload = payload_of_bytes(pool, bytes, size),
        };
}

/* The whole segment as bytes; returns their number. */
static size_t flatten(struct tcp_segment *segment, uint8_t *bytes)
{
        size_t header_size = tcp_segment_emit(&source, &destination, segment, bytes);
        payload_copy_out(&segment->payload, 0, bytes + header_size, segment->payload.length);
        return header_size + segment->payload.length;
}

/* Parse the `size` bytes as a packet of which the first `header_size` are header bytes. */
static enum tcp_parse parse(
        const uint8_t *bytes, size_t header_size, size_t size, struct tcp_segment *segment)
{
        uint8_t *header = g_memdup2(bytes, header_size);
        struct payload payload = payload_of_bytes(pool, bytes + header_size, size - header_size);
        enum tcp_parse result =
                tcp_segment_parse(&source, &destination, header, header_size, &payload, pool, segment);
        payload_clear(&payload);
        g_free(header);
        return result;
}

static void mend_checksum(uint8_t *bytes, size_t size)
{
        write_be16(bytes + 16, 0);
        uint16_t sum = ip_pseudo_header_sum(&source, &destination, IP_PROTOCOL_TCP, (uint32_t)size);
        write_be16(bytes + 16, checksum_finish(checksum_add(sum, checksum_sum(bytes, size))));
}

static void expect_equal(const struct tcp_segment *got, const struct tcp_segment *sent)
{
        uint8_t got_bytes[1500], sent_bytes[1500];
        ck_assert_uint_eq(got->source_port, sent->source_port);
        ck_assert_uint_eq(got->destination_port, sent->destination_port);
        ck_assert(seq_equal(got->seq, sent->seq));
        ck_assert(seq_equal(got->ack, sent->ack));
        ck_assert_uint_eq(got->flags, sent->flags);
        ck_assert_uint_eq(got->window, sent->window);
        ck_assert_uint_eq(got->urgent_pointer, sent->urgent_pointer);
        ck_assert_uint_eq(got->options.has_timestamps, sent->options.has_timestamps);
        ck_assert_uint_eq(got->options.timestamp_value, sent->options.timestamp_value);
        ck_assert_uint_eq(got->options.timestamp_echo, sent->options.timestamp_echo);
        ck_assert_uint_eq(got->payload.length, sent->payload.length);
        payload_copy_out(&got->payload, 0, got_bytes, got->payload.length);
        payload_copy_out(&sent->payload, 0, sent_bytes, sent->payload.length);
        ck_assert_mem_eq(got_bytes, sent_bytes, sent->payload.length);
}

START_TEST(a_syn_is_laid_out_as_the_rfc_draws_it)
{
        static const uint8_t expected[] = { 0x80, 0x00, 0x00, 0x50, 0x12, 0x34, 0x56, 0x78, 0, 0, 0, 0, 0x60,
                0x02, 0xfa, 0xf0, 0xc8, 0x02, 0, 0, 2, 4, 0x05, 0xb4 };
        struct tcp_segment syn = {
                .source_port = 32768,
                .destination_port = 80,
                .seq = seq_of(0x12345678),
                .flags = TCP_FLAG_SYN,
                .window = 64240,
                .options = { .has_mss = true, .mss = 1460 },
        };
        uint8_t bytes[TCP_HEADER_SIZE_MAX];
        ck_assert_uint_eq(tcp_segment_emit(&source, &destination, &syn, bytes), sizeof expected);
        ck_assert_mem_eq(bytes, expected, sizeof expected);
}
END_TEST

START_TEST(wherever_the_packet_is_cut_the_segment_is_the_same)
{
        uint8_t bytes[200];
        struct tcp_segment sent = data_segment("GET / HTTP/1.1\r\n\r\n", 18);
        size_t size = flatten(&sent, bytes);
        for (size_t cut = 0; cut <= size; cut++) {
                struct tcp_segment got;
                ck_assert_int_eq(parse(bytes, cut, size, &got), TCP_PARSE_OK);
                expect_equal(&got, &sent);
                payload_clear(&got.payload);
        }
        payload_clear(&sent.payload);
}
END_TEST

START_TEST(at_the_usual_cut_the_payload_is_shared_with_its_sum)
{
        uint8_t bytes[TCP_HEADER_SIZE_MAX];
        struct tcp_segment got, sent = data_segment("shared", 6);
        size_t header_size = tcp_segment_emit(&source, &destination, &sent, bytes);
        uint64_t allocations = payload_pool_allocations(pool);
        tcp_segment_parse(&source, &destination, bytes, header_size, &sent.payload, pool, &got);
        ck_assert_ptr_eq(got.payload.slices[0].chunk, sent.payload.slices[0].chunk);
        ck_assert(got.payload.is_summed);
        ck_assert_uint_eq(payload_pool_allocations(pool), allocations);
        payload_clear(&sent.payload);
        payload_clear(&got.payload);
}
END_TEST

START_TEST(every_flipped_bit_of_header_and_payload_is_found)
{
        uint8_t bytes[200];
        struct tcp_segment sent = data_segment("every byte counts", 17);
        size_t size = flatten(&sent, bytes);
        size_t header_size = size - 17;
        for (size_t bit = 0; bit < size * 8; bit++) {
                struct tcp_segment got = { .window = 0x5a5a };
                bytes[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
                ck_assert_int_eq(parse(bytes, header_size, size, &got), TCP_PARSE_BAD_CHECKSUM);
                ck_assert_uint_eq(got.window, 0x5a5a);
                bytes[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
        }
        payload_clear(&sent.payload);
}
END_TEST

START_TEST(other_addresses_fail_the_checksum)
{
        uint8_t bytes[200];
        struct tcp_segment got, sent = data_segment("x", 1);
        size_t size = flatten(&sent, bytes);
        source = ip_address_from_ipv4(0xc0000202);
        ck_assert_int_eq(parse(bytes, size - 1, size, &got), TCP_PARSE_BAD_CHECKSUM);
        payload_clear(&sent.payload);
}
END_TEST

/* Headers whose checksum is right, so that what else is wrong with them is found. */
static const struct {
        uint8_t offset_byte;
        enum tcp_parse result;
        uint32_t payload_length;
        const char *why;
} offsets[] = {
        { 0x00, TCP_PARSE_BAD_OFFSET, 0, "a header of no bytes" },
        { 0x40, TCP_PARSE_BAD_OFFSET, 0, "a header shorter than the fixed one" },
        { 0x50, TCP_PARSE_OK, 30, "no options: the rest of the header bytes belongs to the payload" },
        { 0x60, TCP_PARSE_OK, 26, "one word of options" },
        { 0xb0, TCP_PARSE_OK, 6, "options that end within the payload" },
        { 0xc0, TCP_PARSE_OK, 2, "options that end within the payload" },
        { 0xd0, TCP_PARSE_BAD_OFFSET, 0, "a header longer than the packet" },
        { 0xf0, TCP_PARSE_BAD_OFFSET, 0, "a header longer than the packet" },
};

START_TEST(any_data_offset_is_obeyed_or_refused)
{
        uint8_t bytes[50];
        struct tcp_segment got;
        memset(bytes, 1, sizeof bytes); /* options of NOPs */
        bytes[12] = offsets[_i].offset_byte;
        mend_checksum(bytes, sizeof bytes);
        for (size_t cut = 0; cut <= sizeof bytes; cut++) {
                enum tcp_parse result = parse(bytes, cut, sizeof bytes, &got);
                ck_assert_msg(result == offsets[_i].result, "%s", offsets[_i].why);
                if (result != TCP_PARSE_OK)
                        continue;
                ck_assert_msg(got.payload.length == offsets[_i].payload_length, "%s", offsets[_i].why);
                payload_clear(&got.payload);
        }
}
END_TEST

START_TEST(fewer_bytes_than_the_fixed_header_are_truncated)
{
        uint8_t bytes[TCP_HEADER_SIZE] = { 0 };
        struct tcp_segment got;
        for (size_t size = 0; size < TCP_HEADER_SIZE; size++)
                ck_assert_int_eq(parse(bytes, size / 2, size, &got), TCP_PARSE_TRUNCATED);
}
END_TEST

START_TEST(a_bad_option_does_not_fail_the_segment)
{
        uint8_t bytes[24] = { [12] = 0x60, [20] = 2, [21] = 3 };
        struct tcp_segment got;
        mend_checksum(bytes, sizeof bytes);
        ck_assert_int_eq(parse(bytes, sizeof bytes, sizeof bytes, &got), TCP_PARSE_OK);
        ck_assert(!got.options.has_mss);
}
END_TEST

START_TEST(all_nine_flags_are_carried_and_reserved_bits_ignored)
{
        for (uint16_t flags = 0; flags <= 0x1ff; flags++) {
                uint8_t bytes[TCP_HEADER_SIZE_MAX];
                struct tcp_segment got, sent = { .flags = flags };
                size_t size = tcp_segment_emit(&source, &destination, &sent, bytes);
                bytes[12] |= 0x0e;
                mend_checksum(bytes, size);
                ck_assert_int_eq(parse(bytes, size, size, &got), TCP_PARSE_OK);
                ck_assert_uint_eq(got.flags, flags);
        }
}
END_TEST

/* Headers of any content with a right checksum: parsed whole or refused, never read outside. */
START_TEST(random_bytes_parse_whole_or_not_at_all)
{
        struct rng_stream luck = rng_stream_named(1, "test: random segments");
        int whole = 0;
        for (uint64_t round = 0; round < 5000; round++) {
                uint8_t bytes[90];
                for (uint32_t i = 0; i < sizeof bytes; i++)
                        bytes[i] =
                                (uint8_t)rng_draw_below(&luck, round, i, 0, i > 20 && round % 2 ? 12 : 256);
                size_t size = TCP_HEADER_SIZE + rng_draw_below(&luck, round, 0, 1, 71);
                size_t cut = rng_draw_below(&luck, round, 0, 2, size + 1);
                struct tcp_segment got;
                mend_checksum(bytes, size);
                if (parse(bytes, cut, size, &got) != TCP_PARSE_OK)
                        continue;
                ck_assert_uint_eq(got.payload.length, size - (bytes[12] >> 4) * 4u);
                payload_clear(&got.payload);
                whole++;
        }
        ck_assert_int_gt(whole, 100);
}
END_TEST

static struct tcp_segment random_segment(const struct rng_stream *luck, uint64_t round)
{
        static uint8_t bytes[1448];
        struct tcp_segment segment = {
                .source_port = (uint16_t)rng_draw(luck, round, 0, 0),
                .destination_port = (uint16_t)rng_draw(luck, round, 0, 1),
                .seq = seq_of((uint32_t)rng_draw(luck, round, 0, 2)),
                .ack = seq_of((uint32_t)rng_draw(luck, round, 0, 3)),
                .flags = (uint16_t)rng_draw_below(luck, round, 0, 4, 0x200),
                .window = (uint16_t)rng_draw(luck, round, 0, 5),
                .urgent_pointer = (uint16_t)rng_draw(luck, round, 0, 6),
        };
        segment.options.has_timestamps = rng_draw_below(luck, round, 0, 7, 2) == 1;
        if (segment.options.has_timestamps)
                segment.options.timestamp_value = (uint32_t)rng_draw(luck, round, 0, 8);
        size_t size = rng_draw_below(luck, round, 0, 9, sizeof bytes + 1);
        for (size_t i = 0; i < size; i++)
                bytes[i] = (uint8_t)(rng_draw(luck, round, 1, (uint32_t)i / 8) >> i % 8 * 8);
        segment.payload = payload_of_bytes(pool, bytes, size);
        return segment;
}

START_TEST(any_segment_survives_emitting_and_parsing)
{
        struct rng_stream luck = rng_stream_named(1, "test: round trip");
        for (uint64_t round = 0; round < 300; round++) {
                uint8_t bytes[1600];
                struct tcp_segment got, sent = random_segment(&luck, round);
                size_t size = flatten(&sent, bytes);
                ck_assert_int_eq(parse(bytes, size - sent.payload.length, size, &got), TCP_PARSE_OK);
                expect_equal(&got, &sent);
                payload_clear(&got.payload);
                payload_clear(&sent.payload);
        }
}
END_TEST

START_TEST(syn_and_fin_take_a_sequence_number_each)
{
        struct tcp_segment segment = data_segment("abc", 3);
        ck_assert_uint_eq(tcp_segment_length(&segment), 3);
        segment.flags |= TCP_FLAG_SYN;
        ck_assert_uint_eq(tcp_segment_length(&segment), 4);
        segment.flags |= TCP_FLAG_FIN;
        ck_assert_uint_eq(tcp_segment_length(&segment), 5);
        segment.seq = seq_of(0xfffffffe);
        ck_assert_uint_eq(tcp_segment_end(&segment).value, 3);
        payload_clear(&segment.payload);
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("tcp_segment");
        tcase_add_checked_fixture(cases, set_up, tear_down);
        tcase_add_test(cases, a_syn_is_laid_out_as_the_rfc_draws_it);
        tcase_add_test(cases, wherever_the_packet_is_cut_the_segment_is_the_same);
        tcase_add_test(cases, at_the_usual_cut_the_payload_is_shared_with_its_sum);
        tcase_add_test(cases, every_flipped_bit_of_header_and_payload_is_found);
        tcase_add_test(cases, other_addresses_fail_the_checksum);
        tcase_add_loop_test(cases, any_data_offset_is_obeyed_or_refused, 0, G_N_ELEMENTS(offsets));
        tcase_add_test(cases, fewer_bytes_than_the_fixed_header_are_truncated);
        tcase_add_test(cases, a_bad_option_does_not_fail_the_segment);
        tcase_add_test(cases, all_nine_flags_are_carried_and_reserved_bits_ignored);
        tcase_add_test(cases, random_bytes_parse_whole_or_not_at_all);
        tcase_add_test(cases, any_segment_survives_emitting_and_parsing);
        tcase_add_test(cases, syn_and_fin_take_a_sequence_number_each);
        Suite *suite = suite_create("tcp_segment");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
