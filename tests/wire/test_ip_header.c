/*
 * One IP header for two families: each says what its own says, and sums alike.
 */
#include "wire/byte_order.h"
#include "wire/checksum.h"
#include "wire/ip_header.h"

#include <check.h>
#include <glib.h>

static struct ip_address address_of(const char *text)
{
        struct ip_address address;
        ck_assert(ip_address_parse(text, &address));
        return address;
}

static const struct {
        const char *source;
        const char *destination;
        uint32_t flow_label;
        uint16_t identification;
        uint8_t version;
} families[] = {
        { "192.0.2.1", "198.51.100.254", 0, 0xabcd, 4 },
        { "2001:db8::1", "2001:db8:ffff::2", 0xabcde, 0, 6 },
};

START_TEST(every_field_survives_emitting_and_parsing)
{
        struct ip_header sent = {
                .source = address_of(families[_i].source),
                .destination = address_of(families[_i].destination),
                .flow_label = families[_i].flow_label,
                .identification = families[_i].identification,
                .dscp = 46,
                .ecn = ECN_ECT_0,
                .hop_limit = 9,
                .protocol = IP_PROTOCOL_TCP,
                .dont_fragment = true,
        };
        struct ip_header got;
        uint8_t bytes[IPV6_HEADER_SIZE];
        sent.version = ip_version_of(&sent.destination);
        ck_assert_uint_eq(sent.version, families[_i].version);
        size_t size = ip_header_size(sent.version);
        sent.size = 1500;
        ip_header_emit(&sent, bytes);
        ck_assert_int_eq(ip_header_parse(bytes, size, 1500, &got), IP_OK);
        ck_assert(ip_address_equal(&got.source, &sent.source));
        ck_assert(ip_address_equal(&got.destination, &sent.destination));
        ck_assert_uint_eq(got.flow_label, sent.flow_label);
        ck_assert_uint_eq(got.identification, sent.identification);
        ck_assert_uint_eq(got.version, sent.version);
        ck_assert_uint_eq(got.size, 1500);
        ck_assert_uint_eq(got.header_size, size);
        ck_assert_uint_eq(got.dscp, 46);
        ck_assert_uint_eq(got.ecn, ECN_ECT_0);
        ck_assert_uint_eq(got.hop_limit, 9);
        ck_assert_uint_eq(got.protocol, IP_PROTOCOL_TCP);
        ck_assert(got.dont_fragment && !got.is_fragment);
        ck_assert(ip_decrement_hop_limit(bytes));
        ck_assert_int_eq(ip_header_parse(bytes, size, 1500, &got), IP_OK);
        ck_assert_uint_eq(got.hop_limit, 8);
}
END_TEST

/* RFC 3168 section 5: only where the transport said that it can hear it; and the sum is right again. */
START_TEST(congestion_is_written_where_it_can_be_heard)
{
        static const struct {
                uint8_t ecn;
                bool is_marked;
        } codepoints[] = { { ECN_NOT_ECT, false }, { ECN_ECT_0, true }, { ECN_ECT_1, true },
                { ECN_CE, true } };
        for (size_t i = 0; i < G_N_ELEMENTS(codepoints); i++) {
                struct ip_header sent = {
                        .source = address_of(families[_i].source),
                        .destination = address_of(families[_i].destination),
                        .flow_label = families[_i].flow_label,
                        .identification = 0xfffe,
                        .version = families[_i].version,
                        .dscp = 63,
                        .ecn = codepoints[i].ecn,
                        .hop_limit = 9,
                        .protocol = IP_PROTOCOL_TCP,
                        .size = 1500,
                };
                struct ip_header got;
                uint8_t bytes[IPV6_HEADER_SIZE];
                size_t size = ip_header_size(sent.version);
                ip_header_emit(&sent, bytes);
                ck_assert(ip_mark_ce(bytes, size) == codepoints[i].is_marked);
                ck_assert_int_eq(ip_header_parse(bytes, size, 1500, &got), IP_OK);
                ck_assert_uint_eq(got.ecn, codepoints[i].is_marked ? ECN_CE : ECN_NOT_ECT);
                ck_assert_uint_eq(got.dscp, 63);
                ck_assert_uint_eq(got.flow_label, sent.flow_label);
        }
}
END_TEST

START_TEST(other_versions_are_refused)
{
        uint8_t bytes[IPV6_HEADER_SIZE] = { 0 };
        struct ip_header header;
        for (unsigned version = 0; version < 16; version++) {
                bytes[0] = (uint8_t)(version << 4 | 5);
                if (version != 4 && version != 6)
                        ck_assert_int_eq(ip_header_parse(bytes, sizeof bytes, 40, &header), IP_BAD_VERSION);
        }
        ck_assert_int_eq(ip_header_parse(NULL, 0, 0, &header), IP_TRUNCATED);
}
END_TEST

START_TEST(an_ipv4_pseudo_header_is_summed_as_its_twelve_bytes)
{
        static const uint8_t pseudo[] = { 192, 0, 2, 1, 198, 51, 100, 254, 0, IP_PROTOCOL_TCP, 0xff, 0xfe };
        struct ip_address source = ip_address_from_ipv4(0xc0000201);
        struct ip_address destination = ip_address_from_ipv4(0xc63364fe);
        ck_assert_uint_eq(ip_pseudo_header_sum(&source, &destination, IP_PROTOCOL_TCP, 0xfffe),
                checksum_sum(pseudo, sizeof pseudo));
}
END_TEST

START_TEST(an_ipv6_pseudo_header_is_summed_as_its_forty_bytes)
{
        uint8_t pseudo[40] = { [36] = 0, 0, 0, IP_PROTOCOL_TCP };
        struct ip_address source = address_of("2001:db8::1");
        struct ip_address destination = address_of("fe80::ffff:ffff");
        memcpy(pseudo, source.bytes, 16);
        memcpy(pseudo + 16, destination.bytes, 16);
        write_be32(pseudo + 32, 0x1fffe);
        ck_assert_uint_eq(ip_pseudo_header_sum(&source, &destination, IP_PROTOCOL_TCP, 0x1fffe),
                checksum_sum(pseudo, sizeof pseudo));
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("ip_header");
        tcase_add_loop_test(cases, every_field_survives_emitting_and_parsing, 0, G_N_ELEMENTS(families));
        tcase_add_loop_test(cases, congestion_is_written_where_it_can_be_heard, 0, G_N_ELEMENTS(families));
        tcase_add_test(cases, other_versions_are_refused);
        tcase_add_test(cases, an_ipv4_pseudo_header_is_summed_as_its_twelve_bytes);
        tcase_add_test(cases, an_ipv6_pseudo_header_is_summed_as_its_forty_bytes);
        Suite *suite = suite_create("ip_header");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
