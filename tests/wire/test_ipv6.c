/*
 * The IPv6 header: a known one, both ways; every chain of extension headers that must be read or refused.
 */
#include "wire/byte_order.h"
#include "wire/ipv4.h"
#include "wire/ipv6.h"

#include <check.h>

/* The header of an echo request as ping of Linux sends it: flow label 0xd684a, 64 bytes of ICMPv6, hop limit
 * 64. */
static const uint8_t example[] = { 0x60, 0x0d, 0x68, 0x4a, 0x00, 0x40, 0x3a, 0x40, 0x20, 0x01, 0x0d, 0xb8, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2 };
#define EXAMPLE_PACKET_SIZE 104

START_TEST(a_header_parses)
{
        struct ipv6_header header;
        char text[IP_ADDRESS_TEXT_SIZE];
        ck_assert_int_eq(ipv6_parse(example, sizeof example, EXAMPLE_PACKET_SIZE, &header), IPV6_OK);
        ck_assert_str_eq(ip_address_format(&header.source, text), "2001:db8::1");
        ck_assert_str_eq(ip_address_format(&header.destination, text), "2001:db8::2");
        ck_assert_uint_eq(header.flow_label, 0xd684a);
        ck_assert_uint_eq(header.payload_length, 64);
        ck_assert_uint_eq(header.header_length, 40);
        ck_assert_uint_eq(header.protocol, IP_PROTOCOL_ICMPV6);
        ck_assert_uint_eq(header.hop_limit, 64);
        ck_assert(header.fragment_offset == 0 && !header.more_fragments);
}
END_TEST

START_TEST(what_is_parsed_and_emitted_is_the_same_again)
{
        struct ipv6_header header;
        uint8_t bytes[IPV6_HEADER_SIZE];
        ipv6_parse(example, sizeof example, EXAMPLE_PACKET_SIZE, &header);
        ipv6_emit(&header, bytes);
        ck_assert_mem_eq(bytes, example, sizeof example);
}
END_TEST

START_TEST(traffic_class_and_flow_label_keep_to_their_bits)
{
        struct ipv6_header sent = {
                .flow_label = 0xfffff, .dscp = 0, .ecn = ECN_CE, .payload_length = 65535
        };
        struct ipv6_header got;
        uint8_t bytes[IPV6_HEADER_SIZE];
        for (uint8_t dscp = 0; dscp < 64; dscp++) {
                sent.dscp = dscp;
                sent.flow_label = dscp % 2 ? 0xfffff : 0;
                sent.protocol = IP_PROTOCOL_TCP;
                ipv6_emit(&sent, bytes);
                ck_assert_int_eq(ipv6_parse(bytes, sizeof bytes, IPV6_PACKET_SIZE_MAX, &got), IPV6_OK);
                ck_assert_uint_eq(got.dscp, dscp);
                ck_assert_uint_eq(got.ecn, ECN_CE);
                ck_assert_uint_eq(got.flow_label, sent.flow_label);
                ck_assert_uint_eq(got.payload_length, 65535);
        }
}
END_TEST

#define CHAIN_MAX 32

static const struct {
        uint8_t first; /* next header of the fixed one */
        uint8_t bytes[CHAIN_MAX];
        size_t size;
        enum ipv6_parse result;
        uint8_t protocol;
        uint16_t header_length;
        const char *why;
} chains[] = {
        { 6, { 0 }, 0, IPV6_OK, 6, 40, "none" },
        { 59, { 0 }, 0, IPV6_OK, 59, 40, "no next header" },
        { 0, { 6, 0, 1, 4 }, 8, IPV6_OK, 6, 48, "hop-by-hop with PadN" },
        { 0, { 6, 0, 5, 2, 0, 0, 1, 0 }, 8, IPV6_OK, 6, 48, "router alert, unknown here: 00 says skip" },
        { 60, { 6, 0, 0, 0, 0, 0, 0, 0 }, 8, IPV6_OK, 6, 48, "destination options of Pad1" },
        { 60, { 6, 1, 1, 12 }, 16, IPV6_OK, 6, 56, "sixteen bytes" },
        { 0, { 60, 0, 1, 4, 0, 0, 0, 0, 6, 0, 1, 4 }, 16, IPV6_OK, 6, 56, "two of them" },
        { 43, { 6, 0, 99, 0 }, 8, IPV6_OK, 6, 48, "an unknown routing header that is done" },
        { 43, { 6, 0, 99, 1 }, 8, IPV6_BAD_EXTENSION, 0, 0, "an unknown routing header that is not done" },
        { 44, { 6, 0, 0, 0, 1, 2, 3, 4 }, 8, IPV6_OK, 6, 48, "an atomic fragment" },
        { 44, { 60, 0, 0, 9, 0, 0, 0, 0, 6, 0, 1, 4 }, 16, IPV6_OK, 60, 48,
                "a later fragment: data behind it" },
        { 60, { 6, 0, 0x41, 4 }, 8, IPV6_BAD_EXTENSION, 0, 0, "an unknown option that says discard" },
        { 60, { 6, 0, 0x81, 4 }, 8, IPV6_BAD_EXTENSION, 0, 0,
                "an unknown option that says discard and tell" },
        { 60, { 6, 0, 1, 5 }, 8, IPV6_BAD_EXTENSION, 0, 0, "an option longer than its header" },
        { 60, { 6, 0, 1, 3, 0, 0, 0, 5 }, 8, IPV6_BAD_EXTENSION, 0, 0, "an option without its length" },
        { 60, { 0, 0, 1, 4, 0, 0, 0, 0, 6, 0, 1, 4 }, 16, IPV6_BAD_EXTENSION, 0, 0,
                "hop-by-hop not in front" },
        { 60, { 6, 0, 1, 4 }, 7, IPV6_TRUNCATED, 0, 0, "a byte missing" },
        { 60, { 6, 1, 1, 12 }, 15, IPV6_TRUNCATED, 0, 0, "a byte missing of the second unit" },
        { 44, { 6 }, 1, IPV6_TRUNCATED, 0, 0, "one byte there" },
        { 51, { 6, 0 }, 8, IPV6_OK, 51, 40, "authentication is a protocol unknown here" },
};

START_TEST(extension_headers_are_skipped_or_refused)
{
        uint8_t bytes[IPV6_HEADER_SIZE + CHAIN_MAX];
        size_t size = IPV6_HEADER_SIZE + chains[_i].size;
        memcpy(bytes, example, IPV6_HEADER_SIZE);
        memcpy(bytes + IPV6_HEADER_SIZE, chains[_i].bytes, CHAIN_MAX);
        write_be16(bytes + 4, (uint16_t)chains[_i].size);
        bytes[6] = chains[_i].first;
        /* Exactly as many bytes as are there, so that reading outside is found by the sanitizer. */
        uint8_t *exact = g_memdup2(bytes, size);
        struct ipv6_header header = { 0 };
        enum ipv6_parse result = ipv6_parse(exact, size, size, &header);
        ck_assert_msg(result == chains[_i].result, "%s: %s", chains[_i].why, ipv6_parse_name(result));
        ck_assert_msg(header.protocol == chains[_i].protocol, "%s", chains[_i].why);
        ck_assert_msg(header.header_length == chains[_i].header_length, "%s", chains[_i].why);
        g_free(exact);
}
END_TEST

START_TEST(a_first_fragment_says_that_there_are_more)
{
        uint8_t bytes[IPV6_HEADER_SIZE + 8];
        struct ipv6_header header;
        memcpy(bytes, example, IPV6_HEADER_SIZE);
        bytes[6] = 44;
        write_be64(bytes + IPV6_HEADER_SIZE, 0x0600000100000001u);
        ck_assert_int_eq(ipv6_parse(bytes, sizeof bytes, EXAMPLE_PACKET_SIZE, &header), IPV6_OK);
        ck_assert(header.more_fragments);
        write_be64(bytes + IPV6_HEADER_SIZE, 0x060005a800000001u);
        ck_assert_int_eq(ipv6_parse(bytes, sizeof bytes, EXAMPLE_PACKET_SIZE, &header), IPV6_OK);
        ck_assert(!header.more_fragments);
        ck_assert_uint_eq(header.fragment_offset, 1448);
}
END_TEST

START_TEST(lengths_versions_and_mapped_addresses_are_checked)
{
        static const struct ip_address mapped = { { [10] = 0xff, 0xff, 192, 0, 2, 1 } };
        struct ipv6_header header = { .flow_label = 1 };
        uint8_t bytes[IPV6_HEADER_SIZE];
        ck_assert_int_eq(ipv6_parse(example, 39, 104, &header), IPV6_TRUNCATED);
        ck_assert_int_eq(ipv6_parse(example, 40, 103, &header), IPV6_BAD_LENGTH);
        memcpy(bytes, example, sizeof bytes);
        bytes[0] = 0x45;
        ck_assert_int_eq(ipv6_parse(bytes, 40, 104, &header), IPV6_NOT_VERSION_6);
        memcpy(bytes, example, sizeof bytes);
        memcpy(bytes + 8, mapped.bytes, sizeof mapped.bytes);
        ck_assert_int_eq(ipv6_parse(bytes, 40, 104, &header), IPV6_BAD_ADDRESS);
        ck_assert_uint_eq(header.flow_label, 1);
}
END_TEST

START_TEST(each_hop_takes_one_until_the_last)
{
        uint8_t bytes[IPV6_HEADER_SIZE];
        memcpy(bytes, example, sizeof bytes);
        for (int left = 63; left > 0; left--) {
                ck_assert(ipv6_decrement_hop_limit(bytes));
                ck_assert_int_eq(bytes[7], left);
        }
        ck_assert(!ipv6_decrement_hop_limit(bytes));
        ck_assert_int_eq(bytes[7], 1);
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("ipv6");
        tcase_add_test(cases, a_header_parses);
        tcase_add_test(cases, what_is_parsed_and_emitted_is_the_same_again);
        tcase_add_test(cases, traffic_class_and_flow_label_keep_to_their_bits);
        tcase_add_loop_test(cases, extension_headers_are_skipped_or_refused, 0, G_N_ELEMENTS(chains));
        tcase_add_test(cases, a_first_fragment_says_that_there_are_more);
        tcase_add_test(cases, lengths_versions_and_mapped_addresses_are_checked);
        tcase_add_test(cases, each_hop_takes_one_until_the_last);
        Suite *suite = suite_create("ipv6");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
