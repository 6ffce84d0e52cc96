/*
 * What tc-netem's words do on a link, worked out by hand from Linux's net/sched/sch_netem.c: slots, limits of
 * all that is on the link, marks for losses, and packets that are both lost and doubled.
 */
#include "net_world.h"

#include <check.h>

#define SINK      30
#define PAYLOAD   100 /* 140 bytes with headers, and at a byte a nanosecond as long */
#define SENDS_MAX 12

static struct net_world world;
static struct link_config config;
static Link *link_under_test;

struct sending {
        struct event event;
        uint32_t number;
        uint8_t ecn;
};

static struct sending sendings[SENDS_MAX];

static void set_up(void)
{
        net_world_init(&world);
        config = net_world_link(20);
        config.rate = 0;
        config.delay = 0;
}

static void tear_down(void)
{
        link_free(link_under_test);
        link_under_test = NULL;
        net_world_clear(&world);
}

static void send_one(void *data)
{
        const struct sending *sending = data;
        struct packet *packet = net_world_packet(&world, sending->number, PAYLOAD);
        if (sending->ecn != 0)
                net_world_set_ecn(packet, sending->ecn);
        link_send(link_under_test, packet);
}

static void new_link(void)
{
        struct packet_sink sink = net_world_sink(&world, SINK);
        link_under_test = link_new(&world.context, &config, &sink);
}

static void send_at(uint32_t number, time_ns time, uint8_t ecn)
{
        struct sending *sending = &sendings[number - 1];
        *sending = (struct sending){ .number = number, .ecn = ecn };
        event_init(&sending->event, send_one, sending);
        const struct event_key key = { .time = time, .owner = 1, .class = EVENT_PUMP, .number = number };
        event_queue_set(world.context.events, &sending->event, &key);
}

/* `times` end with a 0. */
static const char *arrivals_of(const time_ns *times)
{
        new_link();
        for (uint32_t i = 0; times[i] > 0; i++)
                send_at(i + 1, times[i], 0);
        net_world_run(&world);
        return net_world_arrivals(&world);
}

/* ---- Slots ---- */

static const struct {
        const char *why;
        rate_bps rate;
        duration_ns delay;
        struct slot_config slot;
        time_ns sent[SENDS_MAX + 1];
        const char *arrivals;
} slots[] = {
        { "a slot opens so long after a packet found the last one over, and takes who has come until then", 0,
                0, { .least = 1000, .most = 1000 }, { 100, 500, 1100, 1101 }, "1@1100 2@1100 3@1100 4@2101" },
        { "after so many packets the next slot begins", 0, 0, { .least = 1000, .most = 1000, .packets = 2 },
                { 100, 100, 100 }, "1@1100 2@1100 3@2100" },
        { "and after so many bytes, with the packet that reaches them", 0, 0,
                { .least = 1000, .most = 1000, .bytes = 200 }, { 100, 100, 100 }, "1@1100 2@1100 3@2100" },
        { "whoever comes looks for a slot late enough for the first, and so does the end of its delay", 0,
                5000, { .least = 1000, .most = 1000 }, { 100, 4500 }, "1@5500 2@10500" },
        { "a slot opens while packets are in transmission", 8000000000, 0, { .least = 1000, .most = 1000 },
                { 100, 100, 100, 100, 100, 100, 100, 100, 100, 100 },
                "1@1100 2@1100 3@1100 4@1100 5@1100 6@1100 7@1100 8@2100 9@2100 10@2100" },
        { "a distribution's slots come after its delay", 0, 0, { .has_distribution = true, .delay = 700 },
                { 100, 300 }, "1@800 2@800" },
};

START_TEST(packets_arrive_in_slots)
{
        config.rate = slots[_i].rate;
        config.delay = slots[_i].delay;
        config.impair.slot = slots[_i].slot;
        const char *arrivals = arrivals_of(slots[_i].sent);
        ck_assert_msg(g_str_equal(arrivals, slots[_i].arrivals), "%s: %s, not %s", slots[_i].why, arrivals,
                slots[_i].arrivals);
}
END_TEST

START_TEST(who_overtakes_waits_for_no_slot)
{
        config.delay = 5000;
        config.impair.slot = (struct slot_config){ .least = 1000, .most = 1000 };
        config.impair.reorder = probability_of(1, 1);
        config.impair.reorder_early = true;
        config.impair.reorder_gap = 2;
        ck_assert_str_eq(arrivals_of((time_ns[]){ 100, 200, 0 }), "2@200 1@6100");
}
END_TEST

START_TEST(a_slot_keeps_the_order_in_which_delays_end)
{
        static struct fault_rule rule = { .name = (char *)"late",
                .match = { .from = PACKET_NO_HOST, .to = PACKET_NO_HOST, .nth = 1 },
                .action = { .kind = FAULT_DELAY, .duration = 50 } };
        config.impair.slot = (struct slot_config){ .least = 1000, .most = 1000 };
        world.context.faults = fault_script_new(&rule, 1, 7);
        ck_assert_str_eq(arrivals_of((time_ns[]){ 100, 120, 0 }), "2@1100 1@1101");
        ck_assert_uint_eq(world.context.counts.reordered, 1);
}
END_TEST

/* Slots of 1000 until 500: another is open as soon as it is set, and none keeps no one waiting. */
static const struct {
        duration_ns length;
        duration_ns delay;
        const char *arrivals;
} other_slots[] = {
        { 2000, 0, "1@500 2@2600 3@2600" },
        { 0, 0, "1@500 2@600 3@700" },
        { 2000, 450, "1@2500 2@2500 3@2500" },
        { 0, 450, "1@550 2@1050 3@1150" },
};

START_TEST(slots_change_for_who_waits_too)
{
        const struct link_change change = { .directions[0] = { .has_impair = true,
                                                    .impair = {
                                                            .slot = { .least = other_slots[_i].length,
                                                                    .most = other_slots[_i].length } } } };
        struct fault_rule rule = { .name = (char *)"other",
                .is_timed = true,
                .at = 500,
                .action = { .kind = FAULT_SET, .change = &change } };
        world.context.faults = fault_script_new(&rule, 1, 7);
        config.impair.slot = (struct slot_config){ .least = 1000, .most = 1000 };
        config.delay = other_slots[_i].delay;
        ck_assert_str_eq(arrivals_of((time_ns[]){ 100, 600, 700, 0 }), other_slots[_i].arrivals);
}
END_TEST

START_TEST(a_link_gives_up_who_still_waits_for_a_slot)
{
        config.impair.slot = (struct slot_config){ .least = 1000, .most = 1000 };
        new_link();
        send_at(1, 100, 0);
        event_queue_run_until(world.context.events, 500);
        ck_assert_uint_eq(link_in_flight(link_under_test), 1);
}
END_TEST

/* ---- Limits ---- */

static const struct {
        const char *why;
        rate_bps rate;
        duration_ns delay;
        duration_ns slot;
        time_ns sent[SENDS_MAX + 1];
        const char *arrivals;
} limits[] = {
        { "who is being delayed counts, until it has arrived", 0, 1000, 0, { 100, 200, 300, 1150 },
                "1@1100 2@1200 4@2150" },
        { "who is in transmission counts, and who waits for it", 8000000000, 1000, 0, { 100, 100, 100 },
                "1@1240 2@1380" },
        { "who waits for a slot counts", 0, 0, 1000, { 100, 100, 100 }, "1@1100 2@1100" },
};

START_TEST(two_may_be_on_the_link)
{
        config.queue.limit_packets = 2;
        config.queue.counts = QUEUE_COUNTS_LINK;
        config.rate = limits[_i].rate;
        config.delay = limits[_i].delay;
        config.impair.slot.least = config.impair.slot.most = limits[_i].slot;
        const char *arrivals = arrivals_of(limits[_i].sent);
        ck_assert_msg(g_str_equal(arrivals, limits[_i].arrivals), "%s: %s, not %s", limits[_i].why, arrivals,
                limits[_i].arrivals);
        ck_assert_uint_eq(world.context.counts.dropped[DROP_QUEUE_FULL], 1);
}
END_TEST

START_TEST(otherwise_only_those_who_wait_count)
{
        config.queue.limit_packets = 2;
        config.delay = 1000;
        ck_assert_str_eq(arrivals_of((time_ns[]){ 100, 200, 300, 0 }), "1@1100 2@1200 3@1300");
}
END_TEST

/* ---- Losses that are not ---- */

/* On the line and at the entry. */
START_TEST(what_hears_of_congestion_is_marked_instead_of_lost)
{
        config.impair.loss =
                (struct loss_config){ .model = LOSS_RANDOM, .probability = probability_of(1, 1) };
        config.impair.ecn = true;
        config.impair.at_entry = _i == 1;
        new_link();
        send_at(1, 100, ECN_ECT_0);
        send_at(2, 200, ECN_NOT_ECT);
        send_at(3, 300, ECN_CE);
        net_world_run(&world);
        ck_assert_str_eq(net_world_arrivals(&world), "1@100 3@300");
        ck_assert_uint_eq(world.context.counts.marked, 2);
        ck_assert_uint_eq(world.context.counts.dropped[DROP_LOSS], 1);
}
END_TEST

START_TEST(of_a_packet_both_lost_and_doubled_one_arrives)
{
        config.impair.loss =
                (struct loss_config){ .model = LOSS_RANDOM, .probability = probability_of(1, 1) };
        config.impair.duplicate = probability_of(1, 1);
        config.impair.at_entry = _i == 1;
        ck_assert_str_eq(arrivals_of((time_ns[]){ 100, 0 }), "1@100");
        ck_assert_uint_eq(world.context.counts.duplicated, 0);
        ck_assert_uint_eq(world.context.counts.dropped[DROP_LOSS], 0);
}
END_TEST

/* ---- Jitter above the delay ---- */

START_TEST(who_would_arrive_before_it_was_sent_arrives_at_once)
{
        config.delay = 10;
        config.impair.jitter = 100000;
        config.impair.keep_order = false;
        g_auto(GStrv) arrivals = g_strsplit(arrivals_of((time_ns[]){ 1, 2, 3, 4, 5, 6, 7, 8, 0 }), " ", -1);
        unsigned at_once = 0;
        ck_assert_uint_eq(g_strv_length(arrivals), 8);
        for (unsigned i = 0; i < 8; i++) {
                g_auto(GStrv) parts = g_strsplit(arrivals[i], "@", 2);
                ck_assert_int_ge(atoi(parts[1]), atoi(parts[0]));
                at_once += g_str_equal(parts[0], parts[1]);
        }
        ck_assert_uint_gt(at_once, 0);
        ck_assert_uint_lt(at_once, 8);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("netem");
        TCase *cases = tcase_create("netem");
        tcase_add_checked_fixture(cases, set_up, tear_down);
        tcase_add_loop_test(cases, packets_arrive_in_slots, 0, G_N_ELEMENTS(slots));
        tcase_add_test(cases, who_overtakes_waits_for_no_slot);
        tcase_add_test(cases, a_slot_keeps_the_order_in_which_delays_end);
        tcase_add_loop_test(cases, slots_change_for_who_waits_too, 0, G_N_ELEMENTS(other_slots));
        tcase_add_test(cases, a_link_gives_up_who_still_waits_for_a_slot);
        tcase_add_loop_test(cases, two_may_be_on_the_link, 0, G_N_ELEMENTS(limits));
        tcase_add_test(cases, otherwise_only_those_who_wait_count);
        tcase_add_loop_test(cases, what_hears_of_congestion_is_marked_instead_of_lost, 0, 2);
        tcase_add_loop_test(cases, of_a_packet_both_lost_and_doubled_one_arrives, 0, 2);
        tcase_add_test(cases, who_would_arrive_before_it_was_sent_arrives_at_once);
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failures = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failures != 0;
}
