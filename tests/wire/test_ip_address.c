/*
 * Addresses and four-tuples: text both ways, order, equality, hash.
 */
#include "wire/ip_address.h"

#include <check.h>
#include <glib.h>

static const struct {
        const char *text;
        bool is_address;
        uint32_t ipv4;
        const char *why;
} texts[] = {
        { "192.0.2.1", true, 0xc0000201, "plain" },
        { "0.0.0.0", true, 0, "the unspecified address" },
        { "255.255.255.255", true, 0xffffffff, "the largest numbers" },
        { "202.43.78.3", true, 0xca2b4e03, "Joe's hardware" },
        { "", false, 0, "nothing" },
        { "1.2.3", false, 0, "three numbers" },
        { "1.2.3.4.5", false, 0, "five numbers" },
        { "1.2.3.256", false, 0, "a number over 255" },
        { "1.2.3.04", false, 0, "a leading zero, which some read as octal" },
        { "0x1.2.3.4", false, 0, "hexadecimal" },
        { "1.2.3.4 ", false, 0, "a space behind" },
        { " 1.2.3.4", false, 0, "a space before" },
        { "1..2.3", false, 0, "a number missing" },
        { "-1.2.3.4", false, 0, "a sign" },
        { "www.example", false, 0, "a name" },
};

START_TEST(only_strict_dotted_quads_parse)
{
        struct ip_address untouched = ip_address_from_ipv4(0x01020304);
        struct ip_address address = untouched;
        ck_assert_msg(
                ip_address_parse(texts[_i].text, &address) == texts[_i].is_address, "%s", texts[_i].why);
        if (!texts[_i].is_address) {
                ck_assert_msg(ip_address_equal(&address, &untouched), "%s", texts[_i].why);
                return;
        }
        char text[IP_ADDRESS_TEXT_SIZE];
        ck_assert_uint_eq(ip_address_to_ipv4(&address), texts[_i].ipv4);
        ck_assert_str_eq(ip_address_format(&address, text), texts[_i].text);
        ck_assert(ip_address_is_ipv4(&address));
}
END_TEST

/* The examples of RFC 5952 and RFC 4291 section 2.2; an empty text of ours: no address. */
static const struct {
        const char *text;
        const char *ours;
        const char *why;
} ipv6_texts[] = {
        { "2001:0db8:0000:0000:0001:0000:0000:0001", "2001:db8::1:0:0:1",
                "4.1 leading zeros go; 4.2.3 first run" },
        { "2001:db8:0:0:0:0:2:1", "2001:db8::2:1", "4.2.1 as short as possible" },
        { "2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1", "4.2.2 one field is not shortened" },
        { "2001:0:0:1:0:0:0:1", "2001:0:0:1::1", "4.2.3 the longest run" },
        { "2001:DB8::AaAa", "2001:db8::aaaa", "4.3 lowercase" },
        { "ff01::101", "ff01::101", "a multicast address" },
        { "::1", "::1", "the loopback address" },
        { "::ffff:192.0.2.1", "192.0.2.1", "a mapped address is an IPv4 address" },
        { "::ffff:c000:201", "192.0.2.1", "the same in hexadecimal" },
        { "::", "0.0.0.0", "there is one unspecified address" },
        { "::ffff:0.0.0.0", "0.0.0.0", "and this is it, too" },
        { "2001:db8::1::1", "", "two runs left out" },
        { "2001:db8:1:2:3:4:5", "", "seven fields" },
        { "2001:db8:1:2:3:4:5:6:7", "", "nine fields" },
        { "2001:db8::12345", "", "five digits" },
        { "[2001:db8::1]", "", "brackets are a URL's" },
        { "fe80::1%eth0", "", "a zone" },
        { "2001:db8::1/64", "", "a prefix" },
        { "::ffff:192.0.2.256", "", "a number over 255" },
};

START_TEST(ipv6_texts_are_read_and_written_as_rfc_5952_says)
{
        struct ip_address address;
        char text[IP_ADDRESS_TEXT_SIZE];
        bool is_address = ip_address_parse(ipv6_texts[_i].text, &address);
        ck_assert_msg(is_address == (ipv6_texts[_i].ours[0] != '\0'), "%s", ipv6_texts[_i].why);
        if (is_address)
                ck_assert_str_eq(ip_address_format(&address, text), ipv6_texts[_i].ours);
}
END_TEST

START_TEST(an_ipv4_address_is_kept_as_a_mapped_one)
{
        static const struct ip_address mapped = { { [10] = 0xff, 0xff, 192, 0, 2, 1 } };
        struct ip_address address = ip_address_from_ipv4(0xc0000201);
        ck_assert(ip_address_equal(&address, &mapped));
}
END_TEST

START_TEST(there_is_one_unspecified_address)
{
        struct ip_address zero = ip_address_from_ipv4(0);
        struct ip_address one = ip_address_from_ipv4(1);
        ck_assert(ip_address_is_any(&zero));
        ck_assert(ip_address_equal(&zero, &ip_address_any));
        ck_assert(!ip_address_is_any(&one));
}
END_TEST

START_TEST(an_address_that_is_not_ipv4_prints_as_ipv6)
{
        struct endpoint endpoint = { { { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 } }, 80 };
        char text[ENDPOINT_TEXT_SIZE];
        ck_assert(!ip_address_is_ipv4(&endpoint.address));
        ck_assert_str_eq(endpoint_format(&endpoint, text), "[2001:db8::1]:80");
}
END_TEST

START_TEST(addresses_are_ordered_as_numbers)
{
        struct ip_address small = ip_address_from_ipv4(0x0affffff);
        struct ip_address large = ip_address_from_ipv4(0x0b000000);
        ck_assert_int_lt(ip_address_compare(&small, &large), 0);
        ck_assert_int_gt(ip_address_compare(&large, &small), 0);
        ck_assert_int_eq(ip_address_compare(&small, &small), 0);
}
END_TEST

static struct four_tuple tuple_of(uint32_t local, uint16_t local_port, uint32_t remote, uint16_t remote_port)
{
        return (struct four_tuple){ { ip_address_from_ipv4(local), local_port },
                { ip_address_from_ipv4(remote), remote_port } };
}

START_TEST(connections_that_share_three_of_the_four_numbers_differ)
{
        struct four_tuple base = tuple_of(1, 2, 3, 4);
        struct four_tuple others[] = { tuple_of(9, 2, 3, 4), tuple_of(1, 9, 3, 4), tuple_of(1, 2, 9, 4),
                tuple_of(1, 2, 3, 9), tuple_of(3, 4, 1, 2) };
        ck_assert(four_tuple_equal(&base, &base));
        for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
                ck_assert(!four_tuple_equal(&base, &others[i]));
                ck_assert_uint_ne(four_tuple_hash(&base), four_tuple_hash(&others[i]));
        }
}
END_TEST

START_TEST(an_endpoint_is_its_address_and_its_port)
{
        struct four_tuple tuple = tuple_of(1, 2, 1, 2);
        struct four_tuple other_port = tuple_of(1, 2, 1, 3);
        struct four_tuple other_address = tuple_of(1, 2, 2, 2);
        ck_assert(endpoint_equal(&tuple.local, &tuple.remote));
        ck_assert(!endpoint_equal(&other_port.local, &other_port.remote));
        ck_assert(!endpoint_equal(&other_address.local, &other_address.remote));
}
END_TEST

START_TEST(neighbouring_ports_spread_over_the_low_bits_of_the_hash)
{
        int used[256] = { 0 };
        for (uint16_t port = 0; port < 2560; port++) {
                struct four_tuple tuple = tuple_of(0x0a000001, 32768 + port, 0x0a000002, 80);
                used[four_tuple_hash(&tuple) & 0xff]++;
        }
        for (int i = 0; i < 256; i++)
                ck_assert_int_lt(used[i], 30);
}
END_TEST

START_TEST(an_endpoint_prints_as_address_and_port)
{
        struct endpoint endpoint = { ip_address_from_ipv4(0xc0000201), 65535 };
        char text[ENDPOINT_TEXT_SIZE];
        ck_assert_str_eq(endpoint_format(&endpoint, text), "192.0.2.1:65535");
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("ip_address");
        tcase_add_loop_test(cases, only_strict_dotted_quads_parse, 0, G_N_ELEMENTS(texts));
        tcase_add_loop_test(
                cases, ipv6_texts_are_read_and_written_as_rfc_5952_says, 0, G_N_ELEMENTS(ipv6_texts));
        tcase_add_test(cases, an_ipv4_address_is_kept_as_a_mapped_one);
        tcase_add_test(cases, there_is_one_unspecified_address);
        tcase_add_test(cases, an_address_that_is_not_ipv4_prints_as_ipv6);
        tcase_add_test(cases, addresses_are_ordered_as_numbers);
        tcase_add_test(cases, connections_that_share_three_of_the_four_numbers_differ);
        tcase_add_test(cases, an_endpoint_is_its_address_and_its_port);
        tcase_add_test(cases, neighbouring_ports_spread_over_the_low_bits_of_the_hash);
        tcase_add_test(cases, an_endpoint_prints_as_address_and_port);
        Suite *suite = suite_create("ip_address");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
