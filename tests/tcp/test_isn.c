/*
 * Keyed numbers: SipHash-2-4 against its authors' vectors, and RFC 6528's clock. Answers without a
 * connection.
 */
#include <check.h>
#include <stdlib.h>

#include "tcp/isn.h"
#include "tcp/tcp_conn.h"

/* From the appendix of the SipHash paper: key 00 01 .. 0f, message 00 01 .. of each length. */
static const struct {
        size_t size;
        uint64_t hash;
} vectors[] = {
        { 0, 0x726fdb47dd0e0e31 },
        { 1, 0x74f839c593dc67fd },
        { 7, 0xab0200f58b01d137 },
        { 8, 0x93f5f5799a932462 },
        { 9, 0x9e0082df0ba9e4b0 },
        { 15, 0xa129ca6149be45e5 },
        { 16, 0x3f2acc7f57c29bdb },
        { 63, 0x958a324ceb064572 },
};

START_TEST(siphash_is_that_of_its_authors)
{
        uint8_t key[SIPHASH_KEY_SIZE];
        uint8_t message[64];
        for (unsigned i = 0; i < sizeof key; i++)
                key[i] = (uint8_t)i;
        for (unsigned i = 0; i < sizeof message; i++)
                message[i] = (uint8_t)i;
        ck_assert_uint_eq(siphash(key, message, vectors[_i].size), vectors[_i].hash);
}
END_TEST

static const uint8_t secret[SIPHASH_KEY_SIZE] = { 1, 2, 3 };
static const uint8_t another_secret[SIPHASH_KEY_SIZE] = { 1, 2, 4 };

static struct four_tuple name_with(uint16_t local_port, uint32_t remote_address)
{
        return (struct four_tuple){
                .local = { ip_address_from_ipv4(0xc0000201), local_port },
                .remote = { ip_address_from_ipv4(remote_address), 80 },
        };
}

START_TEST(initial_numbers_of_one_name_move_with_a_clock_of_4_microseconds)
{
        struct four_tuple name = name_with(1000, 0xc0000202);
        struct seqnum first = isn_choose(secret, &name, 0);
        ck_assert_int_eq(seq_diff(isn_choose(secret, &name, 3999), first), 0);
        ck_assert_int_eq(seq_diff(isn_choose(secret, &name, 4000), first), 1);
        ck_assert_int_eq(seq_diff(isn_choose(secret, &name, SECOND), first), 250000);
}
END_TEST

START_TEST(initial_numbers_of_different_names_or_secrets_have_nothing_in_common)
{
        struct four_tuple name = name_with(1000, 0xc0000202);
        struct four_tuple other_port = name_with(1001, 0xc0000202);
        struct four_tuple other_address = name_with(1000, 0xc0000203);
        struct seqnum first = isn_choose(secret, &name, 0);
        ck_assert_uint_ne(isn_choose(secret, &other_port, 0).value, first.value);
        ck_assert_uint_ne(isn_choose(secret, &other_address, 0).value, first.value);
        ck_assert_uint_ne(isn_choose(another_secret, &name, 0).value, first.value);
        ck_assert_uint_ne(isn_timestamp_offset(secret, &name), first.value);
        ck_assert_uint_eq(isn_timestamp_offset(secret, &name), isn_timestamp_offset(secret, &name));
}
END_TEST

/* RFC 9293 section 3.10.7.1. */
static const struct {
        uint16_t flags;
        bool is_answered;
        uint16_t answer_flags;
        uint32_t seq;
        uint32_t ack;
        const char *why;
} strays[] = {
        { TCP_FLAG_SYN, true, TCP_FLAG_RST | TCP_FLAG_ACK, 0, 101, "a SYN takes a number" },
        { TCP_FLAG_SYN | TCP_FLAG_FIN, true, TCP_FLAG_RST | TCP_FLAG_ACK, 0, 102, "and a FIN another" },
        { 0, true, TCP_FLAG_RST | TCP_FLAG_ACK, 0, 100, "no flag at all is answered too" },
        { TCP_FLAG_ACK, true, TCP_FLAG_RST, 777, 0, "the reset begins where the ACK pointed" },
        { TCP_FLAG_SYN | TCP_FLAG_ACK, true, TCP_FLAG_RST, 777, 0, "so for a SYN-ACK" },
        { TCP_FLAG_FIN | TCP_FLAG_ACK, true, TCP_FLAG_RST, 777, 0, "and for a FIN" },
        { TCP_FLAG_RST, false, 0, 0, 0, "a reset is never answered" },
        { TCP_FLAG_RST | TCP_FLAG_ACK, false, 0, 0, 0, "whatever it acknowledges" },
};

START_TEST(a_stray_segment_is_answered_by_a_reset)
{
        struct tcp_segment answer = { 0 };
        struct tcp_segment segment = {
                .source_port = 5,
                .destination_port = 6,
                .seq = seq_of(100),
                .ack = seq_of(777),
                .flags = strays[_i].flags,
        };
        ck_assert_msg(tcp_stray_answer(&segment, &answer) == strays[_i].is_answered, "%s", strays[_i].why);
        if (!strays[_i].is_answered)
                return;
        ck_assert_uint_eq(answer.source_port, 6);
        ck_assert_uint_eq(answer.destination_port, 5);
        ck_assert_msg(answer.flags == strays[_i].answer_flags, "%s", strays[_i].why);
        ck_assert_msg(answer.seq.value == strays[_i].seq, "%s", strays[_i].why);
        ck_assert_msg(answer.ack.value == strays[_i].ack, "%s", strays[_i].why);
        ck_assert_uint_eq(tcp_segment_length(&answer), 0);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("isn");
        TCase *cases = tcase_create("isn");
        tcase_add_loop_test(cases, siphash_is_that_of_its_authors, 0, G_N_ELEMENTS(vectors));
        tcase_add_test(cases, initial_numbers_of_one_name_move_with_a_clock_of_4_microseconds);
        tcase_add_test(cases, initial_numbers_of_different_names_or_secrets_have_nothing_in_common);
        tcase_add_loop_test(cases, a_stray_segment_is_answered_by_a_reset, 0, G_N_ELEMENTS(strays));
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failures = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
