/*
 * Fault rules: what matches, how it is counted, what they do together.
 */
#include "net_world.h"

#include <check.h>

#define LINK 4

static struct net_world world;

static void set_up(void)
{
        net_world_init(&world);
}

static void tear_down(void)
{
        net_world_clear(&world);
}

static const struct fault_match any_match = { .from = PACKET_NO_HOST, .to = PACKET_NO_HOST };

static struct fault_rule rule_of(struct fault_match match, enum fault_action_kind kind)
{
        return (struct fault_rule){
                .name = (char *)"a-rule",
                .link = LINK,
                .match = match,
                .action = { .kind = kind },
        };
}

/* Whether the script's first rule fires on the packet, which ends here. */
static bool fires(FaultScript *script, struct packet *packet, time_ns now)
{
        struct fault_verdict verdict;
        fault_script_decide(script, LINK, 0, packet, now, &verdict);
        packet_free(world.context.packets, packet);
        return verdict.fired_count > 0;
}

/* Packet 3 of 100 bytes each: stream offsets 200 to 299, relative sequence numbers 201 to 300; sent from 1 to
 * 2 in transfer 1, and its transmission ends at 1000. */
static const struct {
        struct fault_match match;
        bool matches;
        const char *why;
} matches[] = {
        { { .from = PACKET_NO_HOST, .to = PACKET_NO_HOST }, true, "nothing asked" },
        { { .from = 1, .to = PACKET_NO_HOST }, true, "its source" },
        { { .from = 2, .to = PACKET_NO_HOST }, false, "another source" },
        { { .from = PACKET_NO_HOST, .to = 2 }, true, "its destination" },
        { { .from = PACKET_NO_HOST, .to = 1 }, false, "another destination" },
        { { .from = 1, .to = 2, .kinds = PACKET_DATA }, true, "its kind" },
        { { .from = 1, .to = 2, .kinds = PACKET_SYN | PACKET_DATA }, true, "one of its kinds" },
        { { .from = 1, .to = 2, .kinds = PACKET_RETRANSMISSION }, false, "another kind" },
        { { .from = 1, .to = 2, .transfer = 1 }, true, "its transfer" },
        { { .from = 1, .to = 2, .transfer = 2 }, false, "another transfer" },
        { { .from = 1, .to = 2, .has_flags = true, .flags_set = TCP_FLAG_ACK }, true, "a flag that is on" },
        { { .from = 1, .to = 2, .has_flags = true, .flags_set = TCP_FLAG_ACK | TCP_FLAG_FIN }, false,
                "a flag that is off" },
        { { .from = 1, .to = 2, .has_flags = true, .flags_clear = TCP_FLAG_ACK }, false, "a flag too many" },
        { { .from = 1, .to = 2, .has_flags = true, .flags_clear = TCP_FLAG_SYN }, true, "none too many" },
        { { .from = 1, .to = 2, .has_bytes = true, .bytes_first = 299, .bytes_last = 299 }, true,
                "last byte" },
        { { .from = 1, .to = 2, .has_bytes = true, .bytes_first = 300, .bytes_last = 400 }, false,
                "next byte" },
        { { .from = 1, .to = 2, .has_bytes = true, .bytes_first = 0, .bytes_last = 200 }, true,
                "first byte" },
        { { .from = 1, .to = 2, .has_bytes = true, .bytes_first = 0, .bytes_last = 199 }, false, "before" },
        { { .from = 1, .to = 2, .has_bytes = true, .bytes_first = 240, .bytes_last = 250 }, true, "within" },
        { { .from = 1, .to = 2, .has_seq = true, .seq_first = 300, .seq_last = 300 }, true, "last number" },
        { { .from = 1, .to = 2, .has_seq = true, .seq_first = 301, .seq_last = 301 }, false, "next number" },
        { { .from = 1, .to = 2, .has_seq = true, .seq_first = 0, .seq_last = 200 }, false, "numbers before" },
        { { .from = 1, .to = 2, .has_seq = true, .seq_first = 0, .seq_last = 201 }, true, "first number" },
        { { .from = 1, .to = 2, .has_time = true, .time_from = 1000, .time_to = 1000 }, true, "its instant" },
        { { .from = 1, .to = 2, .has_time = true, .time_from = 0, .time_to = 999 }, false, "too late" },
        { { .from = 1, .to = 2, .has_time = true, .time_from = 1001, .time_to = 2000 }, false, "too early" },
        { { .from = 1, .to = 2, .has_probability = true, .probability = { .is_certain = true } }, true,
                "certainty" },
        { { .from = 1, .to = 2, .has_probability = true }, false, "impossibility" },
};

START_TEST(a_packet_matches_a_rule_when_all_its_keys_do)
{
        const struct fault_rule rule = rule_of(matches[_i].match, FAULT_DROP);
        g_autoptr(FaultScript) script = fault_script_new(&rule, 1, 7);
        bool has_fired = fires(script, net_world_packet(&world, 3, 100), 1000);
        ck_assert_msg(has_fired == matches[_i].matches, "%s", matches[_i].why);
        ck_assert_uint_eq(fault_script_fired(script, 0), matches[_i].matches);
}
END_TEST

START_TEST(a_packet_without_numbers_of_its_own_matches_no_seq_and_no_bytes)
{
        struct fault_match match = any_match;
        match.has_seq = true;
        match.seq_last = UINT32_MAX;
        const struct fault_rule seq = rule_of(match, FAULT_DROP);
        g_autoptr(FaultScript) script = fault_script_new(&seq, 1, 7);
        ck_assert(!fires(script, net_world_packet(&world, 1, 0), 0));
        ck_assert(fires(script, net_world_flagged_packet(&world, 1, 0, TCP_FLAG_SYN), 0));
}
END_TEST

START_TEST(a_rule_belongs_to_one_link)
{
        const struct fault_rule rule = rule_of(any_match, FAULT_DROP);
        g_autoptr(FaultScript) script = fault_script_new(&rule, 1, 7);
        struct fault_verdict verdict;
        struct packet *packet = net_world_packet(&world, 1, 100);
        ck_assert(fault_script_concerns(script, LINK));
        ck_assert(!fault_script_concerns(script, LINK + 1));
        fault_script_decide(script, LINK + 1, 0, packet, 0, &verdict);
        ck_assert(!verdict.is_dropped);
        ck_assert_str_eq(verdict.rule_names, "-");
        packet_free(world.context.packets, packet);
}
END_TEST

START_TEST(nth_counts_what_matches_all_else_in_each_direction)
{
        struct fault_match match = any_match;
        match.kinds = PACKET_DATA;
        match.nth = 2;
        const struct fault_rule rule = rule_of(match, FAULT_DROP);
        g_autoptr(FaultScript) script = fault_script_new(&rule, 1, 7);
        ck_assert(!fires(script, net_world_packet(&world, 1, 100), 0));
        ck_assert(!fires(script, net_world_packet(&world, 1, 0), 0)); /* an ACK does not count */
        struct fault_verdict verdict;
        struct packet *packet = net_world_packet(&world, 1, 100);
        fault_script_decide(script, LINK, 1, packet, 0, &verdict);
        ck_assert(!verdict.is_dropped); /* the first of the other direction */
        packet_free(world.context.packets, packet);
        ck_assert(fires(script, net_world_packet(&world, 2, 100), 0));
        ck_assert(!fires(script, net_world_packet(&world, 3, 100), 0));
}
END_TEST

START_TEST(every_third_means_the_third_the_sixth_and_so_on)
{
        struct fault_match match = any_match;
        match.every = 3;
        const struct fault_rule rule = rule_of(match, FAULT_DROP);
        g_autoptr(FaultScript) script = fault_script_new(&rule, 1, 7);
        for (uint32_t i = 1; i <= 12; i++)
                ck_assert(fires(script, net_world_packet(&world, i, 100), 0) == (i % 3 == 0));
}
END_TEST

START_TEST(the_second_of_every_third_is_the_sixth)
{
        struct fault_match match = any_match;
        match.every = 3;
        match.nth = 2;
        const struct fault_rule rule = rule_of(match, FAULT_DROP);
        g_autoptr(FaultScript) script = fault_script_new(&rule, 1, 7);
        for (uint32_t i = 1; i <= 12; i++)
                ck_assert(fires(script, net_world_packet(&world, i, 100), 0) == (i == 6));
}
END_TEST

START_TEST(probability_is_keyed_by_ordinal_direction_and_name)
{
        struct fault_match match = any_match;
        match.has_probability = true;
        match.probability = probability_of(1, 2);
        struct fault_rule rules[] = { rule_of(match, FAULT_DELAY), rule_of(match, FAULT_DELAY) };
        rules[1].name = (char *)"another";
        g_autoptr(FaultScript) script = fault_script_new(rules, 2, 7);
        g_autoptr(FaultScript) again = fault_script_new(rules, 1, 7);
        unsigned fired[2][2] = { { 0 } };
        unsigned differing = 0;
        struct packet *packet = net_world_packet(&world, 1, 100);
        for (packet->ordinal = 1; packet->ordinal <= 400; packet->ordinal++) {
                struct fault_verdict verdict[2];
                for (unsigned direction = 0; direction < 2; direction++) {
                        fault_script_decide(script, LINK, direction, packet, 0, &verdict[direction]);
                        for (unsigned i = 0; i < verdict[direction].fired_count; i++)
                                fired[direction][verdict[direction].fired[i]]++;
                }
                differing += verdict[0].fired_count != verdict[1].fired_count;
                fault_script_decide(again, LINK, 0, packet, 0, &verdict[0]);
        }
        packet_free(world.context.packets, packet);
        ck_assert_uint_eq(fault_script_fired(again, 0), fired[0][0]);
        for (unsigned direction = 0; direction < 2; direction++) {
                ck_assert_uint_gt(fired[direction][0], 150);
                ck_assert_uint_lt(fired[direction][0], 250);
        }
        ck_assert_uint_gt(differing, 100);
        ck_assert_uint_ne(fired[0][0], fired[0][1]);
}
END_TEST

START_TEST(later_rules_add_to_earlier_ones_until_one_drops)
{
        struct fault_rule rules[] = {
                rule_of(any_match, FAULT_DELAY),
                rule_of(any_match, FAULT_DUPLICATE),
                rule_of(any_match, FAULT_DELAY),
                rule_of(any_match, FAULT_DROP),
                rule_of(any_match, FAULT_DUPLICATE),
        };
        rules[0].action.duration = 10;
        rules[1].action.count = 2;
        rules[2].action.duration = 5;
        rules[3].match.nth = 2;
        g_autoptr(FaultScript) script = fault_script_new(rules, G_N_ELEMENTS(rules), 7);
        struct fault_verdict verdict;
        struct packet *packet = net_world_packet(&world, 1, 100);
        rules[4].action.count = 3;
        fault_script_decide(script, LINK, 0, packet, 0, &verdict);
        ck_assert(!verdict.is_dropped);
        ck_assert_int_eq(verdict.delay, 15);
        ck_assert_uint_eq(verdict.copies, 5);
        ck_assert_str_eq(verdict.rule_names, "a-rule,a-rule,a-rule,a-rule");
        fault_script_decide(script, LINK, 0, packet, 0, &verdict);
        ck_assert(verdict.is_dropped);
        ck_assert_uint_eq(verdict.copies, 2);
        ck_assert_uint_eq(verdict.fired_count, 4);
        ck_assert_uint_eq(verdict.fired[3], 3);
        ck_assert_uint_eq(fault_script_fired(script, 4), 1);
        packet_free(world.context.packets, packet);
}
END_TEST

/* "Drop the third and the fifth" is two rules, and means the fifth that was sent. */
START_TEST(a_packet_that_an_earlier_rule_dropped_is_counted_by_later_ones)
{
        struct fault_rule rules[] = { rule_of(any_match, FAULT_DROP), rule_of(any_match, FAULT_DROP) };
        rules[0].match.nth = 3;
        rules[1].match.nth = 5;
        g_autoptr(FaultScript) script = fault_script_new(rules, G_N_ELEMENTS(rules), 7);
        for (uint32_t i = 1; i <= 9; i++)
                ck_assert(fires(script, net_world_packet(&world, i, 100), 0) == (i == 3 || i == 5));
}
END_TEST

START_TEST(only_what_is_ecn_capable_is_marked_or_counted)
{
        struct fault_rule rule = rule_of(any_match, FAULT_MARK_CE);
        rule.match.nth = 2;
        g_autoptr(FaultScript) script = fault_script_new(&rule, 1, 7);
        struct fault_verdict verdict;
        struct packet *packet = net_world_packet(&world, 1, 100);
        struct ip_header header;
        for (unsigned ecn = ECN_NOT_ECT; ecn <= ECN_ECT_1; ecn++) {
                ip_header_parse(packet->header, packet->header_size, packet->size, &header);
                header.ecn = (uint8_t)ecn;
                ip_header_emit(&header, packet->header);
                fault_script_decide(script, LINK, 0, packet, 0, &verdict);
                ck_assert(!verdict.is_marked);
        }
        fault_script_decide(script, LINK, 0, packet, 0, &verdict);
        ck_assert(verdict.is_marked);
        packet_mark_ce(packet);
        ck_assert_int_eq(ip_header_parse(packet->header, packet->header_size, packet->size, &header), IP_OK);
        ck_assert_uint_eq(header.ecn, ECN_CE);
        packet_free(world.context.packets, packet);
}
END_TEST

/* The packet has 20 bytes of IP header, 20 of TCP header and 2 of payload: 336 bits. */
static const struct {
        struct fault_action action;
        unsigned flips;
        uint32_t first;
        uint32_t last;
        const char *why;
} corruptions[] = {
        { { .area = AREA_PAYLOAD, .bit = 0 }, 1, 320, 320, "the payload's first bit" },
        { { .area = AREA_PAYLOAD, .bit = 15 }, 1, 335, 335, "its last" },
        { { .area = AREA_PAYLOAD, .bit = 16 }, 0, 0, 0, "none such: the rule does not match" },
        { { .area = AREA_IP, .bit = 64 }, 1, 64, 64, "time to live" },
        { { .area = AREA_TCP, .bit = 0 }, 1, 160, 160, "the source port's top bit" },
        { { .area = AREA_TCP, .bit = 160 }, 0, 0, 0, "behind the header" },
        { { .area = AREA_ANY, .bit = 335 }, 1, 335, 335, "the very last" },
        { { .area = AREA_PAYLOAD, .count = 16 }, 16, 320, 335, "each bit once" },
        { { .area = AREA_PAYLOAD, .count = 17 }, 0, 0, 0, "more than there are" },
        { { .area = AREA_IP, .count = 3 }, 3, 0, 159, "three of the IP header" },
};

START_TEST(corruption_flips_distinct_bits_of_its_area)
{
        struct fault_rule rule = rule_of(any_match, FAULT_CORRUPT);
        rule.action = corruptions[_i].action;
        rule.action.kind = FAULT_CORRUPT;
        g_autoptr(FaultScript) script = fault_script_new(&rule, 1, 7);
        struct fault_verdict verdict;
        struct packet *packet = net_world_packet(&world, 1, 2);
        fault_script_decide(script, LINK, 0, packet, 0, &verdict);
        ck_assert_msg(verdict.flip_count == corruptions[_i].flips, "%s", corruptions[_i].why);
        ck_assert_uint_eq(fault_script_fired(script, 0), corruptions[_i].flips > 0);
        for (unsigned i = 0; i < verdict.flip_count; i++) {
                ck_assert_uint_ge(verdict.flips[i], corruptions[_i].first);
                ck_assert_uint_le(verdict.flips[i], corruptions[_i].last);
                for (unsigned k = 0; k < i; k++)
                        ck_assert_uint_ne(verdict.flips[i], verdict.flips[k]);
        }
        packet_free(world.context.packets, packet);
}
END_TEST

static const struct {
        struct fault_action action;
        uint8_t ecn;
        bool fires;
        const char *why;
} possible[] = {
        { { .kind = FAULT_TRUNCATE, .count = 139 }, ECN_NOT_ECT, true, "a byte less" },
        { { .kind = FAULT_TRUNCATE, .count = 140 }, ECN_NOT_ECT, false, "it is no longer than that" },
        { { .kind = FAULT_MARK_CE }, ECN_ECT_0, true, "it asks to hear" },
        { { .kind = FAULT_MARK_CE }, ECN_NOT_ECT, false, "it does not" },
};

START_TEST(what_cannot_be_done_to_a_packet_does_not_mean_it)
{
        struct fault_rule rule = rule_of(any_match, possible[_i].action.kind);
        rule.action = possible[_i].action;
        g_autoptr(FaultScript) script = fault_script_new(&rule, 1, 7);
        struct packet *packet = net_world_packet(&world, 1, 100);
        if (possible[_i].ecn != ECN_NOT_ECT)
                net_world_set_ecn(packet, possible[_i].ecn);
        ck_assert_msg(fires(script, packet, 0) == possible[_i].fires, "%s", possible[_i].why);
}
END_TEST

static const struct {
        const char *expression;
        bool matches;
        const char *why;
} filters[] = {
        { "tcp", true, "its protocol" },
        { "udp or icmp", false, "others" },
        { "tcp[tcpflags] & tcp-ack != 0", true, "a flag by name" },
        { "tcp[13] & 2 != 0", false, "a flag that is off" },
        { "greater 140", true, "its length" },
        { "less 139", false, "a shorter one" },
        { "ip6 host fe80::1", false, "addresses may begin with letters" },
        { "tcp[20:4] = 0x01020304", true, "payload" },
};

START_TEST(a_filter_is_libpcaps)
{
        char *complaint = NULL;
        g_autoptr(PacketFilter) filter = packet_filter_new(filters[_i].expression, &complaint);
        ck_assert_msg(filter != NULL, "%s", complaint);
        struct fault_rule rule = rule_of(any_match, FAULT_DROP);
        rule.match.filter = filter;
        g_autoptr(FaultScript) script = fault_script_new(&rule, 1, 7);
        ck_assert_msg(fires(script, net_world_packet(&world, 1, 100), 0) == filters[_i].matches, "%s",
                filters[_i].why);
}
END_TEST

START_TEST(a_hold_is_released_by_the_match_it_waits_for)
{
        struct fault_rule rule = rule_of(any_match, FAULT_HOLD_UNTIL);
        rule.match.nth = 1;
        rule.action.until = any_match;
        rule.action.until.nth = 3;
        g_autoptr(FaultScript) script = fault_script_new(&rule, 1, 7);
        struct packet *packet = net_world_packet(&world, 1, 100);
        for (unsigned i = 1; i <= 4; i++) {
                struct fault_verdict verdict;
                fault_script_decide(script, LINK, 0, packet, 0, &verdict);
                ck_assert_int_eq(verdict.hold_rule, i == 1 ? 0 : -1);
                ck_assert_uint_eq(verdict.release_count, i == 3);
        }
        packet_free(world.context.packets, packet);
}
END_TEST

static Suite *fault_script_suite(void)
{
        Suite *suite = suite_create("fault_script");
        TCase *cases = tcase_create("fault_script");
        tcase_add_checked_fixture(cases, set_up, tear_down);
        tcase_add_loop_test(cases, a_packet_matches_a_rule_when_all_its_keys_do, 0, G_N_ELEMENTS(matches));
        tcase_add_test(cases, a_packet_without_numbers_of_its_own_matches_no_seq_and_no_bytes);
        tcase_add_test(cases, a_rule_belongs_to_one_link);
        tcase_add_loop_test(
                cases, what_cannot_be_done_to_a_packet_does_not_mean_it, 0, G_N_ELEMENTS(possible));
        tcase_add_loop_test(cases, a_filter_is_libpcaps, 0, G_N_ELEMENTS(filters));
        tcase_add_test(cases, nth_counts_what_matches_all_else_in_each_direction);
        tcase_add_test(cases, every_third_means_the_third_the_sixth_and_so_on);
        tcase_add_test(cases, the_second_of_every_third_is_the_sixth);
        tcase_add_test(cases, probability_is_keyed_by_ordinal_direction_and_name);
        tcase_add_test(cases, later_rules_add_to_earlier_ones_until_one_drops);
        tcase_add_test(cases, a_packet_that_an_earlier_rule_dropped_is_counted_by_later_ones);
        tcase_add_test(cases, only_what_is_ecn_capable_is_marked_or_counted);
        tcase_add_loop_test(cases, corruption_flips_distinct_bits_of_its_area, 0, G_N_ELEMENTS(corruptions));
        tcase_add_test(cases, a_hold_is_released_by_the_match_it_waits_for);
        suite_add_tcase(suite, cases);
        return suite;
}

int main(void)
{
        SRunner *runner = srunner_create(fault_script_suite());
        srunner_run_all(runner, CK_ENV);
        int failures = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failures != 0;
}
