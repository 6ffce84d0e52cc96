/*
 * The line: what becomes of packets between transmission and arrival, by rule and by luck.
 */
#include "net_world.h"

#include <check.h>

#define SINK    30
#define PAYLOAD 100 /* a packet takes 140 ns; arrivals are 10140, 10280 … when nothing happens */

static struct net_world world;
static struct link_config config;
static struct fault_rule rules[4];

static void set_up(void)
{
        net_world_init(&world);
        config = net_world_link(20);
        memset(rules, 0, sizeof rules);
}

static void tear_down(void)
{
        net_world_clear(&world);
}

static const struct fault_match any_match = { .from = PACKET_NO_HOST, .to = PACKET_NO_HOST };

static struct fault_match nth_packet(uint64_t nth)
{
        struct fault_match match = any_match;
        match.nth = nth;
        return match;
}

static struct fault_rule *add_rule(unsigned index, uint64_t nth, enum fault_action_kind kind)
{
        static const char *const names[] = { "first", "second", "third", "fourth" };
        rules[index] = (struct fault_rule){
                .name = (char *)names[index],
                .match = nth_packet(nth),
                .action = { .kind = kind },
        };
        return &rules[index];
}

static Link *new_link(unsigned rule_count)
{
        struct packet_sink sink = net_world_sink(&world, SINK);
        if (rule_count > 0)
                world.context.faults = fault_script_new(rules, rule_count, 7);
        return link_new(&world.context, &config, &sink);
}

static Link *send(unsigned rule_count, uint32_t count)
{
        Link *link = new_link(rule_count);
        for (uint32_t number = 1; number <= count; number++)
                link_send(link, net_world_packet(&world, number, PAYLOAD));
        net_world_run(&world);
        return link;
}

static void expect_arrivals(unsigned rule_count, uint32_t count, const char *arrivals)
{
        Link *link = send(rule_count, count);
        ck_assert_str_eq(net_world_arrivals(&world), arrivals);
        ck_assert_uint_eq(link_in_flight(link), 0);
        link_free(link);
}

static bool log_has(const char *text)
{
        return strstr(world.log->str, text) != NULL;
}

/* ---- Rules ---- */

START_TEST(a_dropped_packet_has_used_its_slot)
{
        add_rule(0, 2, FAULT_DROP);
        expect_arrivals(1, 3, "1@10140 3@10420");
        ck_assert_uint_eq(world.context.counts.dropped[DROP_FAULT], 1);
        ck_assert_uint_eq(world.context.counts.hops, 3);
}
END_TEST

START_TEST(a_drop_is_told_with_its_rule)
{
        add_rule(0, 1, FAULT_DROP);
        Link *link = send(1, 1);
        ck_assert(log_has("fault 140 owner=20 first: drop 1.1/0"));
        ck_assert(log_has("hop 140 owner=20 ordinal=1 enqueue=0 tx=0 tx_end=140 arrive=9223372036854775807 "
                          "drop=fault rule=first "));
        link_free(link);
}
END_TEST

START_TEST(a_delayed_packet_is_overtaken_and_holds_no_one_up)
{
        add_rule(0, 1, FAULT_DELAY)->action.duration = 200;
        expect_arrivals(1, 3, "2@10280 1@10340 3@10420");
        ck_assert_uint_eq(world.context.counts.reordered, 1);
}
END_TEST

START_TEST(rules_that_delay_add_up_and_are_both_named)
{
        add_rule(0, 1, FAULT_DELAY)->action.duration = 200;
        add_rule(1, 1, FAULT_DELAY)->action.duration = 50;
        Link *link = send(2, 1);
        ck_assert(log_has("hop 10390 "));
        ck_assert(log_has("rule=first,second reordered=0 duplicate=0 corrupted=0 delayed=1"));
        link_free(link);
}
END_TEST

START_TEST(copies_arrive_with_names_of_their_own)
{
        add_rule(0, 2, FAULT_DUPLICATE)->action.count = 2;
        expect_arrivals(1, 3, "1@10140 2@10280 2/1@10280 2/2@10280 3@10420");
        ck_assert_uint_eq(world.context.counts.duplicated, 2);
        ck_assert_uint_eq(world.context.counts.delivered, 5);
        ck_assert_uint_eq(world.context.counts.reordered, 0);
}
END_TEST

START_TEST(a_copy_of_a_copy_is_named_by_both)
{
        add_rule(0, 1, FAULT_DUPLICATE)->action.count = 2;
        Link *link = new_link(1);
        struct packet *packet = net_world_packet(&world, 1, PAYLOAD);
        packet->copy = 3;
        link_send(link, packet);
        net_world_run(&world);
        ck_assert_str_eq(net_world_arrivals(&world), "1/3@10140 1/49@10140 1/50@10140");
        link_free(link);
}
END_TEST

/* A packet that was copied at a link before this one. */
START_TEST(copies_that_different_links_made_have_different_names)
{
        add_rule(0, 1, FAULT_DUPLICATE)->action.count = 2;
        Link *link = new_link(1);
        struct packet *packet = net_world_packet(&world, 1, PAYLOAD);
        struct packet *copy = packet_copy(world.context.packets, packet);
        world.context.counts.duplicated++;
        link_send(link, packet);
        link_send(link, copy);
        net_world_run(&world);
        ck_assert_str_eq(net_world_arrivals(&world), "1@10140 1/2@10140 1/3@10140 1/1@10280");
        link_free(link);
}
END_TEST

START_TEST(no_more_copies_than_have_names)
{
        add_rule(0, 1, FAULT_DUPLICATE)->action.count = 100;
        Link *link = send(1, 1);
        ck_assert_uint_eq(world.context.counts.duplicated, 15);
        ck_assert_uint_eq(world.context.counts.delivered, 16);
        link_free(link);
}
END_TEST

START_TEST(a_held_packet_follows_the_one_it_waits_for)
{
        add_rule(0, 2, FAULT_HOLD_UNTIL)->action.until = nth_packet(4);
        expect_arrivals(1, 5, "1@10140 3@10420 4@10560 2@10561 5@10700");
        ck_assert_uint_eq(world.context.counts.reordered, 1);
}
END_TEST

START_TEST(a_held_packet_goes_on_also_when_the_other_is_lost)
{
        add_rule(0, 1, FAULT_HOLD_UNTIL)->action.until = nth_packet(2);
        add_rule(1, 2, FAULT_DROP);
        expect_arrivals(2, 3, "1@10281 3@10420");
}
END_TEST

START_TEST(a_packet_does_not_release_itself)
{
        add_rule(0, 1, FAULT_HOLD_UNTIL)->action.until = any_match;
        expect_arrivals(1, 2, "2@10280 1@10281");
}
END_TEST

START_TEST(several_that_wait_for_one_follow_it_in_their_order)
{
        add_rule(0, 1, FAULT_HOLD_UNTIL)->action.until = nth_packet(3);
        add_rule(1, 2, FAULT_HOLD_UNTIL)->action.until = nth_packet(3);
        expect_arrivals(2, 3, "3@10420 1@10421 2@10421");
}
END_TEST

START_TEST(who_waits_for_a_delayed_packet_follows_it)
{
        add_rule(0, 1, FAULT_HOLD_UNTIL)->action.until = nth_packet(2);
        add_rule(1, 2, FAULT_DELAY)->action.duration = 1000;
        expect_arrivals(2, 3, "3@10420 2@11280 1@11281");
}
END_TEST

START_TEST(swapping_exchanges_neighbours)
{
        add_rule(0, 1, FAULT_SWAP_WITH_NEXT);
        expect_arrivals(1, 3, "2@10280 1@10281 3@10420");
}
END_TEST

START_TEST(swapping_every_packet_exchanges_pairs)
{
        add_rule(0, 0, FAULT_SWAP_WITH_NEXT);
        expect_arrivals(1, 4, "2@10280 1@10281 4@10560 3@10561");
}
END_TEST

START_TEST(what_is_still_held_at_the_end_is_released_then)
{
        add_rule(0, 1, FAULT_HOLD_UNTIL)->action.until = nth_packet(9);
        add_rule(1, 2, FAULT_SWAP_WITH_NEXT);
        Link *link = send(2, 2);
        ck_assert_uint_eq(link_in_flight(link), 2);
        ck_assert_uint_eq(world.context.counts.delivered, 0);
        ck_assert_uint_eq(link_release_held(link, event_queue_now(world.context.events)), 2);
        ck_assert_uint_eq(link_release_held(link, event_queue_now(world.context.events)), 0);
        net_world_run(&world);
        ck_assert_str_eq(net_world_arrivals(&world), "1@10140 2@10280");
        link_free(link);
}
END_TEST

START_TEST(a_link_that_goes_frees_what_it_holds)
{
        add_rule(0, 1, FAULT_HOLD_UNTIL)->action.until = nth_packet(9);
        Link *link = send(1, 1);
        link_free(link); /* the fixture asserts that the packet is back */
}
END_TEST

START_TEST(a_rule_flips_the_bit_it_names)
{
        struct fault_rule *rule = add_rule(0, 1, FAULT_CORRUPT);
        rule->action.bit = 9;
        Link *link = send(1, 1);
        ck_assert_uint_eq(world.context.counts.corrupted, 1);
        /* The payload begins 01 02 03; bit 9 is the second one of its second byte. */
        ck_assert(log_has("corrupted=1 delayed=0 marked=0 1.1/0"));
        ck_assert(log_has("piece=014203"));
        link_free(link);
}
END_TEST

START_TEST(a_packet_rule_brings_the_link_down_behind_the_packet)
{
        add_rule(0, 2, FAULT_LINK_DOWN)->action.duration = 1000;
        expect_arrivals(1, 4, "1@10140 2@10280");
        ck_assert_uint_eq(world.context.counts.dropped[DROP_LINK_DOWN], 2);
}
END_TEST

/* ---- Luck ---- */

START_TEST(all_is_lost_when_loss_is_certain)
{
        config.impair.loss.model = LOSS_RANDOM;
        config.impair.loss.probability = probability_of(1, 1);
        Link *link = send(0, 3);
        ck_assert_uint_eq(world.context.counts.dropped[DROP_LOSS], 3);
        ck_assert(log_has("hop 420 owner=20 ordinal=3 enqueue=0 tx=280 tx_end=420"));
        ck_assert(log_has("drop=loss rule=- "));
        link_free(link);
}
END_TEST

START_TEST(a_rule_comes_before_luck_and_names_the_loss)
{
        config.impair.loss.model = LOSS_RANDOM;
        config.impair.loss.probability = probability_of(1, 1);
        add_rule(0, 1, FAULT_DROP);
        Link *link = send(1, 1);
        ck_assert_uint_eq(world.context.counts.dropped[DROP_FAULT], 1);
        ck_assert_uint_eq(world.context.counts.dropped[DROP_LOSS], 0);
        link_free(link);
}
END_TEST

START_TEST(a_duplicate_shares_its_originals_corruption)
{
        config.impair.corrupt = probability_of(1, 1);
        config.impair.duplicate = probability_of(1, 1);
        Link *link = send(0, 1);
        ck_assert_uint_eq(world.context.counts.corrupted, 1);
        ck_assert_uint_eq(world.context.counts.duplicated, 1);
        ck_assert(log_has("duplicate=0 corrupted=1"));
        ck_assert(log_has("duplicate=1 corrupted=1"));
        link_free(link);
}
END_TEST

START_TEST(a_packet_is_corrupted_once_in_its_life)
{
        config.impair.corrupt = probability_of(1, 1);
        Link *link = new_link(0);
        struct packet *packet = net_world_packet(&world, 1, PAYLOAD);
        packet_flip_bit(world.context.packets, packet, 3);
        link_send(link, packet);
        net_world_run(&world);
        ck_assert_uint_eq(world.context.counts.corrupted, 0);
        link_free(link);
}
END_TEST

static unsigned count_out_of_order(bool keep_order)
{
        unsigned before = (unsigned)world.context.counts.reordered;
        config.impair.jitter = 5000;
        config.impair.keep_order = keep_order;
        Link *link = send(0, 500);
        link_free(link);
        return (unsigned)world.context.counts.reordered - before;
}

START_TEST(jitter_reorders_only_when_it_may)
{
        ck_assert_uint_eq(count_out_of_order(true), 0);
        ck_assert_uint_gt(count_out_of_order(false), 100);
}
END_TEST

START_TEST(jitter_beyond_the_delay_never_precedes_the_end_of_transmission)
{
        config.delay = 100;
        config.impair.jitter = 5000;
        Link *link = send(0, 200);
        ck_assert_uint_eq(world.context.counts.delivered, 200);
        link_free(link);
}
END_TEST

START_TEST(chosen_packets_are_overtaken_and_the_others_keep_order)
{
        config.impair.reorder = probability_of(1, 10);
        config.impair.reorder_delay = 1000;
        Link *link = send(0, 300);
        ck_assert_uint_gt(world.context.counts.reordered, 10);
        ck_assert_uint_lt(world.context.counts.reordered, 60);
        ck_assert(log_has("reordered=1 duplicate=0 corrupted=0 delayed=1"));
        ck_assert(!log_has("reordered=1 duplicate=0 corrupted=0 delayed=0"));
        link_free(link);
}
END_TEST

START_TEST(a_packet_that_lets_three_pass_follows_the_third)
{
        config.impair.reorder = probability_of(1, 1);
        config.impair.reorder_gap = 5;
        config.impair.reorder_by = 3;
        expect_arrivals(0, 9, "1@10140 2@10280 3@10420 4@10560 6@10840 7@10980 8@11120 5@11121 9@11260");
}
END_TEST

START_TEST(a_packet_that_lets_others_pass_waits_no_longer_than_its_time)
{
        config.impair.reorder = probability_of(1, 1);
        config.impair.reorder_gap = 2;
        config.impair.reorder_by = 7;
        config.impair.reorder_delay = 150;
        expect_arrivals(0, 3, "1@10140 3@10420 2@10430");
}
END_TEST

START_TEST(what_lets_others_pass_for_ever_is_released_at_the_end)
{
        config.impair.reorder = probability_of(1, 1);
        config.impair.reorder_by = 1000;
        Link *link = send(0, 2);
        ck_assert_uint_eq(link_in_flight(link), 2);
        ck_assert_uint_eq(link_release_held(link, event_queue_now(world.context.events)), 2);
        net_world_run(&world);
        ck_assert_str_eq(net_world_arrivals(&world), "1@10140 2@10280");
        link_free(link);
}
END_TEST

START_TEST(early_packets_overtake_those_on_their_way)
{
        config.impair.reorder = probability_of(1, 1);
        config.impair.reorder_gap = 3;
        config.impair.reorder_early = true;
        expect_arrivals(0, 4, "3@420 1@10140 2@10280 4@10560");
}
END_TEST

START_TEST(a_truncated_packet_is_shorter_and_told_as_corrupted)
{
        config.impair.truncate = probability_of(1, 1);
        config.impair.truncate_to = 45;
        Link *link = send(0, 1);
        ck_assert_uint_eq(world.context.counts.corrupted, 1);
        ck_assert(log_has("size=45 payload=5 "));
        ck_assert(log_has("corrupted=1 delayed=0 marked=0 1.1/0"));
        link_free(link);
}
END_TEST

START_TEST(at_the_entry_a_lost_packet_uses_no_slot)
{
        static const struct loss_range first = { 1, 2 };
        config.impair.loss = (struct loss_config){ .model = LOSS_LIST, .range_count = 1, .ranges = &first };
        config.impair.at_entry = true;
        expect_arrivals(0, 4, "3@10140 4@10280");
        ck_assert_uint_eq(world.context.counts.dropped[DROP_LOSS], 2);
        ck_assert_uint_eq(world.context.counts.hops, 2);
}
END_TEST

START_TEST(at_the_entry_a_copy_uses_a_slot_of_its_own)
{
        config.impair.duplicate = probability_of(1, 1);
        config.impair.at_entry = true;
        expect_arrivals(0, 2, "1@10140 1/1@10280 2@10420 2/1@10560");
}
END_TEST

START_TEST(a_copy_made_at_the_entry_has_a_delay_of_its_own_on_the_line)
{
        config.impair.duplicate = probability_of(1, 1);
        config.impair.at_entry = true;
        config.impair.reorder = probability_of(1, 1);
        config.impair.reorder_delay = 5;
        expect_arrivals(0, 2, "1@10145 1/1@10285 2@10425 2/1@10565");
}
END_TEST

/* Losses of a link that is offered these, the same twice: as "x" and ".", in the order of offering. */
static char *losses_of(const uint32_t *numbers, unsigned count, bool by_segment)
{
        config.impair.loss =
                (struct loss_config){ .model = LOSS_RANDOM, .probability = probability_of(1, 2) };
        config.impair.by_segment = by_segment;
        Link *link = new_link(0);
        GString *losses = g_string_new(NULL);
        for (unsigned i = 0; i < count; i++) {
                uint64_t before = world.context.counts.dropped[DROP_LOSS];
                struct packet *packet = net_world_packet(&world, numbers[i], PAYLOAD);
                packet->note.sending = 1;
                link_send(link, packet);
                net_world_run(&world);
                g_string_append_c(losses, world.context.counts.dropped[DROP_LOSS] > before ? 'x' : '.');
        }
        link_free(link);
        return g_string_free(losses, FALSE);
}

START_TEST(luck_by_segment_does_not_depend_on_what_else_was_sent)
{
        uint32_t all[200];
        uint32_t even[100];
        for (uint32_t i = 0; i < 200; i++)
                all[i] = even[i / 2] = i + 1;
        g_autofree char *of_all = losses_of(all, 200, true);
        g_autofree char *of_even = losses_of(even, 100, true);
        g_autofree char *by_ordinal = losses_of(even, 100, false);
        for (uint32_t i = 0; i < 100; i++)
                ck_assert_int_eq(of_even[i], of_all[2 * i + 1]);
        ck_assert_str_ne(of_even, by_ordinal);
}
END_TEST

/* Else a sender without SACK, whose duplicate ACKs are all alike, would never hear of a hole. */
START_TEST(by_segment_identical_acks_have_luck_of_their_own)
{
        config.impair.loss =
                (struct loss_config){ .model = LOSS_RANDOM, .probability = probability_of(1, 2) };
        config.impair.by_segment = true;
        Link *link = new_link(0);
        for (uint16_t nth = 1; nth <= 200; nth++) {
                struct packet *packet = net_world_packet(&world, 1, 0);
                packet->note.sending = 0;
                packet->note.nth_ack = nth;
                link_send(link, packet);
        }
        net_world_run(&world);
        uint64_t lost = world.context.counts.dropped[DROP_LOSS];
        ck_assert_msg(lost > 60 && lost < 140, "%u of 200", (unsigned)lost);
        link_free(link);
}
END_TEST

static void make_everything_happen(void)
{
        config.impair = (struct impair_config){
                .loss.model = LOSS_GEMODEL,
                .loss.gemodel = { probability_of(1, 10), probability_of(3, 10), probability_of(1, 2),
                        probability_of(1, 100) },
                .corrupt = probability_of(1, 10),
                .duplicate = probability_of(1, 10),
                .jitter = 3000,
                .reorder = probability_of(1, 10),
                .reorder_delay = 2000,
        };
}

START_TEST(packets_are_conserved_whatever_happens)
{
        make_everything_happen();
        config.queue.limit_packets = 300;
        Link *link = send(0, 1000);
        const struct packet_counts *counts = &world.context.counts;
        ck_assert_uint_gt(counts->dropped[DROP_LOSS], 0);
        ck_assert_uint_gt(counts->corrupted, 0);
        ck_assert_uint_eq(counts->dropped[DROP_QUEUE_FULL], 699);
        ck_assert_uint_eq(counts->sent + counts->duplicated,
                counts->delivered + counts->dropped[DROP_LOSS] + counts->dropped[DROP_QUEUE_FULL]);
        link_free(link);
}
END_TEST

/* The lines of the log that are about owner 20. */
static char *log_of_link(void)
{
        g_auto(GStrv) lines = g_strsplit(world.log->str, "\n", -1);
        GString *kept = g_string_new(NULL);
        for (unsigned i = 0; lines[i] != NULL; i++) {
                if (strstr(lines[i], " owner=20 ") != NULL)
                        g_string_append_printf(kept, "%s\n", lines[i]);
        }
        return g_string_free(kept, FALSE);
}

static char *log_of_lucky_link(bool is_alone, unsigned rule_count)
{
        net_world_init(&world);
        make_everything_happen();
        Link *link = new_link(rule_count);
        struct link_config other_config = config;
        other_config.owner = 10;
        other_config.number = 1;
        other_config.label = "another";
        struct packet_sink sink = net_world_sink(&world, SINK);
        Link *other = link_new(&world.context, &other_config, &sink);
        for (uint32_t number = 1; number <= 300; number++) {
                if (!is_alone)
                        link_send(other, net_world_packet(&world, 1000 + number, PAYLOAD));
                link_send(link, net_world_packet(&world, number, PAYLOAD));
        }
        net_world_run(&world);
        char *log = log_of_link();
        link_free(link);
        link_free(other);
        net_world_clear(&world);
        return log;
}

START_TEST(another_link_changes_no_luck_here)
{
        config = net_world_link(20);
        g_autofree char *alone = log_of_lucky_link(true, 0);
        config = net_world_link(20);
        g_autofree char *in_company = log_of_lucky_link(false, 0);
        ck_assert_uint_gt(strlen(alone), 10000);
        ck_assert_str_eq(alone, in_company);
}
END_TEST

/* Rows of "ordinal drop" for everything but what the rule itself did. */
static char *fates(const char *log)
{
        GString *rows = g_string_new(NULL);
        g_auto(GStrv) lines = g_strsplit(log, "\n", -1);
        for (unsigned i = 0; lines[i] != NULL; i++) {
                const char *ordinal = strstr(lines[i], "ordinal=");
                const char *drop = strstr(lines[i], "drop=");
                if (ordinal == NULL || g_str_has_prefix(ordinal, "ordinal=7 "))
                        continue;
                g_string_append_printf(rows, "%.11s %.9s\n", ordinal, drop);
        }
        return g_string_free(rows, FALSE);
}

START_TEST(a_rule_changes_no_luck_of_the_packets_it_spares)
{
        config = net_world_link(20);
        g_autofree char *without = log_of_lucky_link(true, 0);
        config = net_world_link(20);
        add_rule(0, 7, FAULT_DROP);
        g_autofree char *with = log_of_lucky_link(true, 1);
        g_autofree char *fates_without = fates(without);
        g_autofree char *fates_with = fates(with);
        ck_assert_str_ne(without, with);
        ck_assert_str_eq(fates_without, fates_with);
}
END_TEST

static Suite *line_suite(void)
{
        Suite *suite = suite_create("line");
        TCase *cases = tcase_create("rules");
        tcase_add_checked_fixture(cases, set_up, tear_down);
        tcase_add_test(cases, a_dropped_packet_has_used_its_slot);
        tcase_add_test(cases, a_drop_is_told_with_its_rule);
        tcase_add_test(cases, a_delayed_packet_is_overtaken_and_holds_no_one_up);
        tcase_add_test(cases, rules_that_delay_add_up_and_are_both_named);
        tcase_add_test(cases, copies_arrive_with_names_of_their_own);
        tcase_add_test(cases, a_copy_of_a_copy_is_named_by_both);
        tcase_add_test(cases, copies_that_different_links_made_have_different_names);
        tcase_add_test(cases, no_more_copies_than_have_names);
        tcase_add_test(cases, a_held_packet_follows_the_one_it_waits_for);
        tcase_add_test(cases, a_held_packet_goes_on_also_when_the_other_is_lost);
        tcase_add_test(cases, a_packet_does_not_release_itself);
        tcase_add_test(cases, several_that_wait_for_one_follow_it_in_their_order);
        tcase_add_test(cases, who_waits_for_a_delayed_packet_follows_it);
        tcase_add_test(cases, swapping_exchanges_neighbours);
        tcase_add_test(cases, swapping_every_packet_exchanges_pairs);
        tcase_add_test(cases, what_is_still_held_at_the_end_is_released_then);
        tcase_add_test(cases, a_link_that_goes_frees_what_it_holds);
        tcase_add_test(cases, a_rule_flips_the_bit_it_names);
        tcase_add_test(cases, a_packet_rule_brings_the_link_down_behind_the_packet);
        suite_add_tcase(suite, cases);
        TCase *luck = tcase_create("luck");
        tcase_add_checked_fixture(luck, set_up, tear_down);
        tcase_add_test(luck, all_is_lost_when_loss_is_certain);
        tcase_add_test(luck, a_rule_comes_before_luck_and_names_the_loss);
        tcase_add_test(luck, a_duplicate_shares_its_originals_corruption);
        tcase_add_test(luck, a_packet_is_corrupted_once_in_its_life);
        tcase_add_test(luck, jitter_reorders_only_when_it_may);
        tcase_add_test(luck, jitter_beyond_the_delay_never_precedes_the_end_of_transmission);
        tcase_add_test(luck, chosen_packets_are_overtaken_and_the_others_keep_order);
        tcase_add_test(luck, a_packet_that_lets_three_pass_follows_the_third);
        tcase_add_test(luck, a_packet_that_lets_others_pass_waits_no_longer_than_its_time);
        tcase_add_test(luck, what_lets_others_pass_for_ever_is_released_at_the_end);
        tcase_add_test(luck, early_packets_overtake_those_on_their_way);
        tcase_add_test(luck, a_truncated_packet_is_shorter_and_told_as_corrupted);
        tcase_add_test(luck, at_the_entry_a_lost_packet_uses_no_slot);
        tcase_add_test(luck, at_the_entry_a_copy_uses_a_slot_of_its_own);
        tcase_add_test(luck, a_copy_made_at_the_entry_has_a_delay_of_its_own_on_the_line);
        tcase_add_test(luck, luck_by_segment_does_not_depend_on_what_else_was_sent);
        tcase_add_test(luck, by_segment_identical_acks_have_luck_of_their_own);
        tcase_add_test(luck, packets_are_conserved_whatever_happens);
        suite_add_tcase(suite, luck);
        TCase *independence = tcase_create("independence");
        tcase_add_test(independence, another_link_changes_no_luck_here);
        tcase_add_test(independence, a_rule_changes_no_luck_of_the_packets_it_spares);
        suite_add_tcase(suite, independence);
        return suite;
}

int main(void)
{
        SRunner *runner = srunner_create(line_suite());
        srunner_run_all(runner, CK_ENV);
        int failures = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failures != 0;
}
