/*
 * The UDP header: both ways, every flipped bit, any cut between header and payload.
 */
#include "wire/byte_order.h"
#include "wire/udp.h"

#include <check.h>

static PayloadPool *pool;
static struct ip_address source, destination;
static uint8_t datagram_bytes[UDP_HEADER_SIZE + 5];

/* Port 1234 to 53 with the bytes "query". */
static void set_up(void)
{
        pool = payload_pool_new();
        source = ip_address_from_ipv4(0xc0000201);
        destination = ip_address_from_ipv4(0xc0000235);
        struct udp_datagram datagram = { 1234, 53, payload_of_bytes(pool, "query", 5) };
        udp_emit(&source, &destination, &datagram, datagram_bytes);
        payload_copy_out(&datagram.payload, 0, datagram_bytes + UDP_HEADER_SIZE, 5);
        payload_clear(&datagram.payload);
}

static void tear_down(void)
{
        payload_pool_free(pool);
}

/* Parse the `size` bytes as a packet of which the first `header_size` are header bytes. */
static enum udp_parse parse(
        const uint8_t *bytes, size_t header_size, size_t size, struct udp_datagram *datagram)
{
        uint8_t *header = g_memdup2(bytes, header_size);
        struct payload payload = payload_of_bytes(pool, bytes + header_size, size - header_size);
        enum udp_parse result =
                udp_parse(&source, &destination, header, header_size, &payload, pool, datagram);
        payload_clear(&payload);
        g_free(header);
        return result;
}

START_TEST(the_header_has_ports_length_and_checksum)
{
        static const uint8_t before_checksum[] = { 0x04, 0xd2, 0x00, 0x35, 0x00, 0x0d };
        ck_assert_mem_eq(datagram_bytes, before_checksum, sizeof before_checksum);
        ck_assert_uint_ne(read_be16(datagram_bytes + 6), 0);
}
END_TEST

START_TEST(wherever_the_packet_is_cut_the_datagram_is_the_same)
{
        for (size_t cut = 0; cut <= sizeof datagram_bytes; cut++) {
                struct udp_datagram got;
                char text[5];
                ck_assert_int_eq(parse(datagram_bytes, cut, sizeof datagram_bytes, &got), UDP_OK);
                ck_assert_uint_eq(got.source_port, 1234);
                ck_assert_uint_eq(got.destination_port, 53);
                ck_assert_uint_eq(got.payload.length, 5);
                payload_copy_out(&got.payload, 0, text, 5);
                ck_assert_mem_eq(text, "query", 5);
                payload_clear(&got.payload);
        }
}
END_TEST

START_TEST(every_flipped_bit_is_found)
{
        for (size_t bit = 0; bit < sizeof datagram_bytes * 8; bit++) {
                struct udp_datagram got;
                datagram_bytes[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
                enum udp_parse result = parse(datagram_bytes, UDP_HEADER_SIZE, sizeof datagram_bytes, &got);
                ck_assert_msg(result != UDP_OK, "bit %zu", bit);
                datagram_bytes[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
        }
}
END_TEST

START_TEST(other_addresses_fail_the_checksum)
{
        struct udp_datagram got;
        destination = ip_address_from_ipv4(0xc0000234);
        ck_assert_int_eq(
                parse(datagram_bytes, UDP_HEADER_SIZE, sizeof datagram_bytes, &got), UDP_BAD_CHECKSUM);
}
END_TEST

START_TEST(fewer_bytes_than_a_header_are_truncated_and_than_the_length_says_are_bad)
{
        for (size_t size = 0; size < sizeof datagram_bytes; size++) {
                struct udp_datagram got;
                enum udp_parse expected = size < UDP_HEADER_SIZE ? UDP_TRUNCATED : UDP_BAD_LENGTH;
                ck_assert_int_eq(parse(datagram_bytes, MIN(size, UDP_HEADER_SIZE), size, &got), expected);
        }
}
END_TEST

START_TEST(a_datagram_without_a_checksum_is_refused)
{
        struct udp_datagram got;
        write_be16(datagram_bytes + 6, 0);
        enum udp_parse result = parse(datagram_bytes, UDP_HEADER_SIZE, sizeof datagram_bytes, &got);
        ck_assert_str_eq(udp_parse_name(result), "bad checksum");
}
END_TEST

START_TEST(a_checksum_that_comes_to_0_is_sent_as_ffff_and_accepted)
{
        int seen = 0;
        for (uint32_t port = 0; port <= 0xffff; port++) {
                struct udp_datagram sent = { (uint16_t)port, 53, { { { 0 } }, 0, 0, false, 0 } };
                struct udp_datagram got;
                uint8_t bytes[UDP_HEADER_SIZE];
                udp_emit(&source, &destination, &sent, bytes);
                ck_assert_uint_ne(read_be16(bytes + 6), 0);
                ck_assert_int_eq(parse(bytes, UDP_HEADER_SIZE, UDP_HEADER_SIZE, &got), UDP_OK);
                seen += read_be16(bytes + 6) == 0xffff;
        }
        ck_assert_int_eq(seen, 1);
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("udp");
        tcase_add_checked_fixture(cases, set_up, tear_down);
        tcase_add_test(cases, the_header_has_ports_length_and_checksum);
        tcase_add_test(cases, wherever_the_packet_is_cut_the_datagram_is_the_same);
        tcase_add_test(cases, every_flipped_bit_is_found);
        tcase_add_test(cases, other_addresses_fail_the_checksum);
        tcase_add_test(cases, fewer_bytes_than_a_header_are_truncated_and_than_the_length_says_are_bad);
        tcase_add_test(cases, a_datagram_without_a_checksum_is_refused);
        tcase_add_test(cases, a_checksum_that_comes_to_0_is_sent_as_ffff_and_accepted);
        Suite *suite = suite_create("udp");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
