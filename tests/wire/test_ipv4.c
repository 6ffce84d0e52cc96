/*
 * The IPv4 header: a published one, both ways, every flipped bit, every malformed length.
 */
#include "wire/byte_order.h"
#include "wire/checksum.h"
#include "wire/ipv4.h"

#include <check.h>

/* The worked example of Wikipedia's article on the header checksum: 192.168.0.1 to 192.168.0.199, UDP, sum
 * b861. */
static const uint8_t example[] = { 0x45, 0x00, 0x00, 0x73, 0x00, 0x00, 0x40, 0x00, 0x40, 0x11, 0xb8, 0x61,
        0xc0, 0xa8, 0x00, 0x01, 0xc0, 0xa8, 0x00, 0xc7 };

START_TEST(a_published_header_parses)
{
        struct ipv4_header header;
        ck_assert_int_eq(ipv4_parse(example, sizeof example, 0x73, &header), IPV4_OK);
        ck_assert_uint_eq(ip_address_to_ipv4(&header.source), 0xc0a80001);
        ck_assert_uint_eq(ip_address_to_ipv4(&header.destination), 0xc0a800c7);
        ck_assert_uint_eq(header.total_length, 0x73);
        ck_assert_uint_eq(header.header_length, 20);
        ck_assert_uint_eq(header.protocol, IP_PROTOCOL_UDP);
        ck_assert_uint_eq(header.time_to_live, 64);
        ck_assert(header.dont_fragment && !header.more_fragments);
}
END_TEST

START_TEST(what_is_parsed_and_emitted_is_the_same_again)
{
        struct ipv4_header header;
        uint8_t bytes[IPV4_HEADER_SIZE];
        ipv4_parse(example, sizeof example, 0x73, &header);
        ipv4_emit(&header, bytes);
        ck_assert_mem_eq(bytes, example, sizeof example);
}
END_TEST

START_TEST(every_field_survives_emitting_and_parsing)
{
        struct ipv4_header sent = {
                .source = ip_address_from_ipv4(0x01020304),
                .destination = ip_address_from_ipv4(0xfffefdfc),
                .total_length = 65535,
                .identification = 0xabcd,
                .fragment_offset = 65528,
                .dscp = 46,
                .ecn = ECN_CE,
                .time_to_live = 255,
                .protocol = IP_PROTOCOL_ICMP,
                .more_fragments = true,
        };
        struct ipv4_header got;
        uint8_t bytes[IPV4_HEADER_SIZE];
        ipv4_emit(&sent, bytes);
        ck_assert_int_eq(ipv4_parse(bytes, sizeof bytes, 65535, &got), IPV4_OK);
        ck_assert(ip_address_equal(&got.source, &sent.source));
        ck_assert(ip_address_equal(&got.destination, &sent.destination));
        ck_assert_uint_eq(got.total_length, sent.total_length);
        ck_assert_uint_eq(got.identification, sent.identification);
        ck_assert_uint_eq(got.fragment_offset, sent.fragment_offset);
        ck_assert_uint_eq(got.dscp, sent.dscp);
        ck_assert_uint_eq(got.ecn, sent.ecn);
        ck_assert_uint_eq(got.time_to_live, sent.time_to_live);
        ck_assert_uint_eq(got.protocol, sent.protocol);
        ck_assert(got.more_fragments && !got.dont_fragment);
}
END_TEST

START_TEST(every_flipped_bit_is_found_and_nothing_is_written)
{
        for (size_t bit = 0; bit < sizeof example * 8; bit++) {
                uint8_t bytes[sizeof example];
                struct ipv4_header header = { .identification = 0x5a5a };
                memcpy(bytes, example, sizeof bytes);
                bytes[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
                ck_assert_int_ne(ipv4_parse(bytes, sizeof bytes, 0x73, &header), IPV4_OK);
                ck_assert_uint_eq(header.identification, 0x5a5a);
        }
}
END_TEST

static const struct {
        uint8_t first_byte;
        uint16_t total_length;
        size_t size, packet_size;
        enum ipv4_parse result;
        const char *why;
} malformed[] = {
        { 0x45, 20, 20, 20, IPV4_OK, "the smallest packet" },
        { 0x45, 20, 20, 46, IPV4_OK, "padding of the link behind it" },
        { 0x46, 24, 24, 24, IPV4_OK, "options are skipped" },
        { 0x4f, 60, 60, 60, IPV4_OK, "the longest header" },
        { 0x45, 20, 0, 0, IPV4_TRUNCATED, "nothing there" },
        { 0x45, 20, 19, 19, IPV4_TRUNCATED, "a byte missing" },
        { 0x46, 24, 23, 24, IPV4_TRUNCATED, "a byte of the options missing" },
        { 0x65, 20, 20, 20, IPV4_NOT_VERSION_4, "version 6" },
        { 0x44, 20, 20, 20, IPV4_BAD_LENGTH, "a header of 16 bytes" },
        { 0x40, 20, 20, 20, IPV4_BAD_LENGTH, "a header of no bytes" },
        { 0x45, 19, 20, 20, IPV4_BAD_LENGTH, "shorter than its header" },
        { 0x45, 21, 20, 20, IPV4_BAD_LENGTH, "longer than the packet" },
};

START_TEST(lengths_are_checked)
{
        /* Exactly as many bytes as are there, so that reading outside is found by the sanitizer. */
        uint8_t bytes[IPV4_HEADER_SIZE_MAX] = { malformed[_i].first_byte };
        size_t header_length = (malformed[_i].first_byte & 0x0f) * 4u;
        write_be16(bytes + 2, malformed[_i].total_length);
        write_be16(bytes + 10, checksum_finish(checksum_sum(bytes, header_length)));
        uint8_t *exact = g_memdup2(bytes, malformed[_i].size);
        struct ipv4_header header;
        enum ipv4_parse result = ipv4_parse(exact, malformed[_i].size, malformed[_i].packet_size, &header);
        ck_assert_msg(result == malformed[_i].result, "%s: %s", malformed[_i].why, ipv4_parse_name(result));
        g_free(exact);
}
END_TEST

START_TEST(each_hop_leaves_the_header_that_would_have_been_made_anew)
{
        struct ipv4_header header;
        ipv4_parse(example, sizeof example, 0x73, &header);
        for (uint32_t identification = 0; identification <= 0xffff; identification += 7) {
                uint8_t forwarded[IPV4_HEADER_SIZE], anew[IPV4_HEADER_SIZE];
                header.identification = (uint16_t)identification;
                header.time_to_live = (uint8_t)(2 + identification % 254);
                ipv4_emit(&header, forwarded);
                ck_assert(ipv4_decrement_ttl(forwarded));
                header.time_to_live--;
                ipv4_emit(&header, anew);
                ck_assert_mem_eq(forwarded, anew, sizeof anew);
        }
}
END_TEST

START_TEST(a_packet_at_its_last_hop_is_not_changed)
{
        for (uint8_t time_to_live = 0; time_to_live <= 1; time_to_live++) {
                uint8_t bytes[sizeof example], before[sizeof example];
                memcpy(bytes, example, sizeof bytes);
                bytes[8] = time_to_live;
                memcpy(before, bytes, sizeof bytes);
                ck_assert(!ipv4_decrement_ttl(bytes));
                ck_assert_mem_eq(bytes, before, sizeof bytes);
        }
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("ipv4");
        tcase_add_test(cases, a_published_header_parses);
        tcase_add_test(cases, what_is_parsed_and_emitted_is_the_same_again);
        tcase_add_test(cases, every_field_survives_emitting_and_parsing);
        tcase_add_test(cases, every_flipped_bit_is_found_and_nothing_is_written);
        tcase_add_loop_test(cases, lengths_are_checked, 0, G_N_ELEMENTS(malformed));
        tcase_add_test(cases, each_hop_leaves_the_header_that_would_have_been_made_anew);
        tcase_add_test(cases, a_packet_at_its_last_hop_is_not_changed);
        Suite *suite = suite_create("ipv4");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
