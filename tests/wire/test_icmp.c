/*
 * ICMP of both families: sums, quotes, MTUs, and the names of packet scripts.
 */
#include "wire/byte_order.h"
#include "wire/checksum.h"
#include "wire/icmp.h"

#include <check.h>

static PayloadPool *pool;
static struct ip_header ipv4;
static struct ip_header ipv6;

static struct ip_address address_of(const char *text)
{
        struct ip_address address;
        ck_assert(ip_address_parse(text, &address));
        return address;
}

static void set_up(void)
{
        pool = payload_pool_new();
        ipv4 = (struct ip_header){
                .version = 4, .source = address_of("192.0.2.1"), .destination = address_of("192.0.2.2")
        };
        ipv6 = (struct ip_header){
                .version = 6, .source = address_of("2001:db8::1"), .destination = address_of("2001:db8::2")
        };
}

static void tear_down(void)
{
        payload_pool_free(pool);
}

/* "abcdefghijklmnopqrstuvwabcdefghi", as a ping of Windows sends it; its checksum 4d5a is in many captures.
 */
static const uint8_t ping[] = { 8, 0, 0x4d, 0x5a, 0, 1, 0, 1, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i',
        'j', 'k', 'l', 'm', 'n', 'o', 'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'a', 'b', 'c', 'd', 'e', 'f',
        'g', 'h', 'i' };

START_TEST(a_published_echo_request_parses_and_is_written_the_same)
{
        struct icmp_message message;
        uint8_t bytes[ICMP_HEADER_SIZE];
        struct payload rest = payload_of_bytes(pool, ping + 8, sizeof ping - 8);
        ck_assert_int_eq(icmp_parse(&ipv4, ping, 8, &rest, pool, &message), ICMP_OK);
        ck_assert_uint_eq(message.type, ICMP_ECHO_REQUEST);
        ck_assert_uint_eq(message.rest, 0x00010001);
        ck_assert_uint_eq(message.body.length, 32);
        ck_assert(!icmp_is_error(&message));
        icmp_emit(&ipv4.source, &ipv4.destination, &message, bytes);
        ck_assert_mem_eq(bytes, ping, sizeof bytes);
        payload_clear(&message.body);
        payload_clear(&rest);
}
END_TEST

START_TEST(any_cut_between_header_and_payload_reads_the_same)
{
        for (size_t cut = 0; cut <= sizeof ping; cut++) {
                struct icmp_message message;
                struct payload rest = { 0 };
                if (cut < sizeof ping)
                        rest = payload_of_bytes(pool, ping + cut, sizeof ping - cut);
                ck_assert_int_eq(icmp_parse(&ipv4, ping, cut, &rest, pool, &message), ICMP_OK);
                ck_assert_uint_eq(message.body.length, 32);
                payload_clear(&message.body);
                payload_clear(&rest);
        }
}
END_TEST

START_TEST(every_flipped_bit_is_found)
{
        struct ip_header *const headers[] = { &ipv4, &ipv6 };
        for (size_t h = 0; h < G_N_ELEMENTS(headers); h++) {
                struct icmp_message sent = {
                        .version = headers[h]->version, .type = 3, .code = 4, .rest = 1400
                };
                struct icmp_message got;
                struct payload none = { 0 };
                uint8_t bytes[ICMP_HEADER_SIZE];
                icmp_emit(&headers[h]->source, &headers[h]->destination, &sent, bytes);
                ck_assert_int_eq(icmp_parse(headers[h], bytes, 8, &none, pool, &got), ICMP_OK);
                for (size_t bit = 0; bit < sizeof bytes * 8; bit++) {
                        bytes[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
                        ck_assert_int_eq(
                                icmp_parse(headers[h], bytes, 8, &none, pool, &got), ICMP_BAD_CHECKSUM);
                        bytes[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
                }
                ck_assert_int_eq(icmp_parse(headers[h], bytes, 7, &none, pool, &got), ICMP_PARSE_TRUNCATED);
        }
}
END_TEST

START_TEST(an_icmpv6_sum_covers_the_addresses)
{
        struct icmp_message message = { .version = 6, .type = ICMPV6_ECHO_REQUEST };
        struct payload none = { 0 };
        struct ip_header other = ipv6;
        uint8_t bytes[ICMP_HEADER_SIZE];
        icmp_emit(&ipv6.source, &ipv6.destination, &message, bytes);
        other.destination = address_of("2001:db8::3");
        ck_assert_int_eq(icmp_parse(&other, bytes, 8, &none, pool, &message), ICMP_BAD_CHECKSUM);
}
END_TEST

/* ---- Quotes ---- */

/* The first bytes of a TCP packet from 192.0.2.2:8080 to 192.0.2.1:40000, of 1500 bytes, seq 0x01020304. Its
 * IP checksum is wrong, as after careless routers. */
static const uint8_t quoted_ipv4[] = { 0x45, 0, 0x05, 0xdc, 0, 1, 0x40, 0, 63, 6, 0, 0, 192, 0, 2, 2, 192, 0,
        2, 1, 0x1f, 0x90, 0x9c, 0x40, 1, 2, 3, 4 };
static const uint8_t quoted_ipv6[] = { 0x60, 0, 0, 0, 0x05, 0xb4, 6, 63, 0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 2, 0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0x1f, 0x90, 0x9c, 0x40,
        1, 2, 3, 4 };

static bool read_quote(uint8_t version, const uint8_t *bytes, size_t size, struct icmp_quote *quote)
{
        struct icmp_message message = { .version = version };
        if (size > 0)
                message.body = payload_of_bytes(pool, bytes, size);
        bool is_read = icmp_quote_parse(&message, quote);
        payload_clear(&message.body);
        return is_read;
}

static void check_quote(const struct icmp_quote *quote, const char *local, const char *remote)
{
        char text[ENDPOINT_TEXT_SIZE];
        ck_assert_str_eq(endpoint_format(&quote->tuple.local, text), local);
        ck_assert_str_eq(endpoint_format(&quote->tuple.remote, text), remote);
        ck_assert_uint_eq(quote->seq.value, 0x01020304);
        ck_assert_uint_eq(quote->size, 1500);
        ck_assert_uint_eq(quote->protocol, IP_PROTOCOL_TCP);
}

START_TEST(a_quote_tells_whose_packet_it_was)
{
        struct icmp_quote quote;
        ck_assert(read_quote(4, quoted_ipv4, sizeof quoted_ipv4, &quote));
        check_quote(&quote, "192.0.2.2:8080", "192.0.2.1:40000");
        ck_assert(read_quote(6, quoted_ipv6, sizeof quoted_ipv6, &quote));
        check_quote(&quote, "[2001:db8::2]:8080", "[2001:db8::1]:40000");
}
END_TEST

START_TEST(a_quote_too_short_to_tell_is_not_read)
{
        struct icmp_quote quote;
        for (size_t size = 0; size < sizeof quoted_ipv4; size++)
                ck_assert(!read_quote(4, quoted_ipv4, size, &quote));
        for (size_t size = 0; size < sizeof quoted_ipv6; size++)
                ck_assert(!read_quote(6, quoted_ipv6, size, &quote));
}
END_TEST

START_TEST(a_quote_of_the_other_family_is_not_read)
{
        struct icmp_quote quote;
        ck_assert(!read_quote(6, quoted_ipv4, sizeof quoted_ipv4, &quote));
        ck_assert(!read_quote(4, quoted_ipv6, sizeof quoted_ipv6, &quote));
}
END_TEST

START_TEST(a_later_fragment_has_no_ports)
{
        struct icmp_quote quote;
        uint8_t bytes[sizeof quoted_ipv4];
        memcpy(bytes, quoted_ipv4, sizeof bytes);
        bytes[7] = 185;
        ck_assert(!read_quote(4, bytes, sizeof bytes, &quote));
}
END_TEST

/* ---- What they say ---- */

static const struct {
        uint8_t version, type, code;
        bool is_error, is_too_big;
} kinds[] = {
        { 4, ICMP_ECHO_REPLY, 0, false, false },
        { 4, ICMP_UNREACHABLE, ICMP_PORT_UNREACHABLE, true, false },
        { 4, ICMP_UNREACHABLE, ICMP_FRAGMENTATION_NEEDED, true, true },
        { 4, ICMP_SOURCE_QUENCH, 0, true, false },
        { 4, ICMP_REDIRECT, 0, true, false },
        { 4, ICMP_TIME_EXCEEDED, 0, true, false },
        { 4, ICMP_PARAMETER_PROBLEM, 0, true, false },
        { 4, ICMP_TIMESTAMP_REQUEST, 0, false, false },
        { 6, ICMPV6_UNREACHABLE, ICMPV6_PORT_UNREACHABLE, true, false },
        { 6, ICMPV6_PACKET_TOO_BIG, 0, true, true },
        { 6, ICMPV6_PARAMETER_PROBLEM, 0, true, false },
        { 6, 127, 0, true, false },
        { 6, ICMPV6_ECHO_REQUEST, 0, false, false },
};

START_TEST(errors_are_told_from_the_rest)
{
        struct icmp_message message = {
                .version = kinds[_i].version, .type = kinds[_i].type, .code = kinds[_i].code
        };
        ck_assert(icmp_is_error(&message) == kinds[_i].is_error);
        ck_assert(icmp_is_too_big(&message) == kinds[_i].is_too_big);
}
END_TEST

START_TEST(the_mtu_has_sixteen_bits_or_all)
{
        struct icmp_message old = { .version = 4, .rest = 0xdead0000 };
        struct icmp_message message = { .version = 4 };
        ck_assert_uint_eq(icmp_mtu(&old), 0);
        icmp_set_mtu(&message, 1006);
        ck_assert_uint_eq(message.rest, 1006);
        ck_assert_uint_eq(icmp_mtu(&message), 1006);
        message.version = 6;
        icmp_set_mtu(&message, 0x12345678);
        ck_assert_uint_eq(icmp_mtu(&message), 0x12345678);
}
END_TEST

static const struct {
        uint8_t version;
        const char *type;
        const char *code;
        int type_number, code_number;
} names[] = {
        { 4, "unreachable", "net_unreachable", 3, 0 },
        { 4, "unreachable", "frag_needed", 3, 4 },
        { 4, "unreachable", "precedence_cutoff", 3, 15 },
        { 4, "unreachable", "no_route", 3, -1 },
        { 4, "time_exceeded", "frag_needed", 11, -1 },
        { 4, "address_mask_reply", "-", 18, -1 },
        { 4, "packet_too_big", "-", -1, -1 },
        { 6, "unreachable", "no_route", 1, 0 },
        { 6, "unreachable", "port_unreachable", 1, 4 },
        { 6, "packet_too_big", "-", 2, -1 },
        { 6, "echo_reply", "-", 129, -1 },
        { 6, "source_quench", "-", -1, -1 },
};

START_TEST(types_and_codes_are_found_by_name_and_back)
{
        int type = icmp_type_of_name(names[_i].version, names[_i].type);
        ck_assert_int_eq(type, names[_i].type_number);
        if (type < 0)
                return;
        ck_assert_str_eq(icmp_type_name(names[_i].version, (uint8_t)type), names[_i].type);
        int code = icmp_code_of_name(names[_i].version, (uint8_t)type, names[_i].code);
        ck_assert_int_eq(code, names[_i].code_number);
        if (code >= 0)
                ck_assert_str_eq(
                        icmp_code_name(names[_i].version, (uint8_t)type, (uint8_t)code), names[_i].code);
}
END_TEST

START_TEST(what_has_no_name_has_none)
{
        ck_assert_ptr_null(icmp_type_name(4, 200));
        ck_assert_ptr_null(icmp_code_name(4, ICMP_UNREACHABLE, 16));
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("icmp");
        tcase_add_checked_fixture(cases, set_up, tear_down);
        tcase_add_test(cases, a_published_echo_request_parses_and_is_written_the_same);
        tcase_add_test(cases, any_cut_between_header_and_payload_reads_the_same);
        tcase_add_test(cases, every_flipped_bit_is_found);
        tcase_add_test(cases, an_icmpv6_sum_covers_the_addresses);
        tcase_add_test(cases, a_quote_tells_whose_packet_it_was);
        tcase_add_test(cases, a_quote_too_short_to_tell_is_not_read);
        tcase_add_test(cases, a_quote_of_the_other_family_is_not_read);
        tcase_add_test(cases, a_later_fragment_has_no_ports);
        tcase_add_loop_test(cases, errors_are_told_from_the_rest, 0, G_N_ELEMENTS(kinds));
        tcase_add_test(cases, the_mtu_has_sixteen_bits_or_all);
        tcase_add_loop_test(cases, types_and_codes_are_found_by_name_and_back, 0, G_N_ELEMENTS(names));
        tcase_add_test(cases, what_has_no_name_has_none);
        Suite *suite = suite_create("icmp");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
