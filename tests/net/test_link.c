/*
 * Links: times, queueing, accounts, a pulled cable. Each case runs on both kinds of link.
 */
#include "net_world.h"

#include <check.h>

#define SINK 30

/* A packet with this payload has 140 bytes: 140 ns at 8 Gbit/s. */
#define PAYLOAD 100

static struct net_world world;

/* The loop index of each case: 0 lets the link compute ahead, 1 does not. */
static void set_up_kind(int kind)
{
        net_world_init(&world);
        world.context.one_event_a_packet = kind == 1;
}

static Link *new_link(const struct link_config *config)
{
        struct packet_sink sink = net_world_sink(&world, SINK);
        return link_new(&world.context, config, &sink);
}

static void send(Link *link, uint32_t first, uint32_t last)
{
        for (uint32_t number = first; number <= last; number++)
                link_send(link, net_world_packet(&world, number, PAYLOAD));
}

/* Something that happens at its time; owner 1 comes before the link, owner 100 after it. */
struct moment {
        struct event event;
        void (*happen)(struct moment *moment);
        Link *link;
        uint32_t number;
        struct device_account *account;
        time_ns answer;
};

static void run_moment(void *data)
{
        struct moment *moment = data;
        moment->happen(moment);
}

static void arrange(struct moment *moment, time_ns time, uint32_t owner)
{
        const struct event_key key = {
                .time = time, .owner = owner, .class = EVENT_PUMP, .number = moment->number
        };
        event_init(&moment->event, run_moment, moment);
        event_queue_set(world.context.events, &moment->event, &key);
}

static void send_one(struct moment *moment)
{
        send(moment->link, moment->number, moment->number);
}

static uint64_t dropped(enum drop_reason reason)
{
        return world.context.counts.dropped[reason];
}

START_TEST(packets_follow_one_another_at_the_rate)
{
        set_up_kind(_i);
        const struct link_config config = net_world_link(20);
        Link *link = new_link(&config);
        send(link, 1, 3);
        ck_assert_uint_eq(link_in_flight(link), 3);
        net_world_run(&world);
        ck_assert_uint_eq(link_in_flight(link), 0);
        ck_assert_uint_eq(world.context.counts.hops, 3);
        ck_assert_str_eq(net_world_arrivals(&world), "1@10140 2@10280 3@10420");
        link_free(link);
        net_world_clear(&world);
}
END_TEST

static const struct {
        rate_bps rate;
        time_ns arrival;
        const char *why;
} rates[] = {
        { 0, 10000, "no limit: no time" },
        { 8000000000, 10140, "a nanosecond a byte" },
        { 1000, 1120010000, "1120 bits at 1 kbit/s" },
        { 3000000000, 10374, "373.33 ns are rounded up" },
        { 1120000000000, 10001, "exactly one nanosecond" },
        { 1120000000001, 10001, "a trifle less is one too" },
        { UINT64_MAX, 10001, "never none at all" },
};

START_TEST(transmission_takes_size_by_rate_rounded_up)
{
        for (int kind = 0; kind < 2; kind++) {
                set_up_kind(kind);
                struct link_config config = net_world_link(20);
                config.rate = rates[_i].rate;
                Link *link = new_link(&config);
                send(link, 1, 1);
                net_world_run(&world);
                g_autofree char *expected = g_strdup_printf("1@%" G_GINT64_FORMAT, rates[_i].arrival);
                ck_assert_msg(g_str_equal(net_world_arrivals(&world), expected), "%s: %s", rates[_i].why,
                        world.log->str);
                link_free(link);
                net_world_clear(&world);
        }
}
END_TEST

START_TEST(the_packet_being_sent_takes_no_place_in_the_queue)
{
        set_up_kind(_i);
        struct link_config config = net_world_link(20);
        config.queue.limit_packets = 2;
        Link *link = new_link(&config);
        send(link, 1, 5);
        ck_assert_uint_eq(dropped(DROP_QUEUE_FULL), 2);
        net_world_run(&world);
        ck_assert_str_eq(net_world_arrivals(&world), "1@10140 2@10280 3@10420");
        link_free(link);
        net_world_clear(&world);
}
END_TEST

START_TEST(a_link_without_a_rate_has_no_queue)
{
        set_up_kind(_i);
        struct link_config config = net_world_link(20);
        config.rate = 0;
        config.queue.limit_packets = 1;
        Link *link = new_link(&config);
        send(link, 1, 5);
        net_world_run(&world);
        ck_assert_str_eq(net_world_arrivals(&world), "1@10000 2@10000 3@10000 4@10000 5@10000");
        link_free(link);
        net_world_clear(&world);
}
END_TEST

START_TEST(a_packet_larger_than_the_mtu_is_dropped_at_the_entry)
{
        set_up_kind(_i);
        struct link_config config = net_world_link(20);
        config.mtu = 140;
        Link *link = new_link(&config);
        link_send(link, net_world_packet(&world, 1, 101));
        link_send(link, net_world_packet(&world, 2, 100));
        net_world_run(&world);
        ck_assert_uint_eq(dropped(DROP_MTU), 1);
        ck_assert_ptr_nonnull(strstr(world.log->str, "drop=mtu"));
        ck_assert_str_eq(net_world_arrivals(&world), "2@10140");
        link_free(link);
        net_world_clear(&world);
}
END_TEST

START_TEST(a_hop_is_told_when_it_ends_with_all_its_times)
{
        set_up_kind(_i);
        struct link_config config = net_world_link(20);
        config.queue.limit_packets = 1;
        Link *link = new_link(&config);
        send(link, 1, 3);
        net_world_run(&world);
        const char *never = "9223372036854775807";
        g_autofree char *full =
                g_strdup_printf("hop 0 owner=20 ordinal=0 enqueue=0 tx=%s tx_end=%s arrive=%s "
                                "drop=queue-full rule=- ",
                        never, never, never);
        ck_assert_msg(g_str_has_prefix(world.log->str, full), "%s", world.log->str);
        ck_assert_ptr_nonnull(strstr(world.log->str, "hop 10280 owner=20 ordinal=2 enqueue=0 tx=140 "
                                                     "tx_end=280 arrive=10280 drop=- rule=- reordered=0 "
                                                     "duplicate=0 corrupted=0 delayed=0"));
        link_free(link);
        net_world_clear(&world);
}
END_TEST

/* Both before and after the link's own events: at its last instant a transmission is over. */
START_TEST(whoever_offers_at_the_last_instant_of_a_transmission_finds_a_place)
{
        static const uint32_t owners[] = { 1, 100 };
        for (unsigned i = 0; i < G_N_ELEMENTS(owners); i++) {
                set_up_kind(_i);
                struct link_config config = net_world_link(20);
                config.queue.limit_packets = 1;
                Link *link = new_link(&config);
                struct moment early = { .happen = send_one, .link = link, .number = 3 };
                struct moment exact = { .happen = send_one, .link = link, .number = 4 };
                send(link, 1, 2);
                arrange(&early, 139, owners[i]);
                arrange(&exact, 140, owners[i]);
                net_world_run(&world);
                ck_assert_uint_eq(dropped(DROP_QUEUE_FULL), 1);
                ck_assert_str_eq(net_world_arrivals(&world), "1@10140 2@10280 4@10420");
                link_free(link);
                net_world_clear(&world);
        }
}
END_TEST

START_TEST(a_packet_arrives_without_delay_when_its_transmission_ends)
{
        set_up_kind(_i);
        struct link_config config = net_world_link(20);
        config.delay = 0;
        Link *link = new_link(&config);
        send(link, 1, 2);
        net_world_run(&world);
        ck_assert_str_eq(net_world_arrivals(&world), "1@140 2@280");
        link_free(link);
        net_world_clear(&world);
}
END_TEST

/* ---- Accounts ---- */

static void send_charged(Link *link, uint32_t number, struct device_account *account)
{
        struct packet *packet = net_world_packet(&world, number, PAYLOAD);
        packet->account = account;
        link_send(link, packet);
}

static void ask_for_room(struct moment *moment)
{
        moment->answer = link_room_time(moment->link, moment->account, 0);
}

START_TEST(an_account_is_charged_until_transmission_ends)
{
        set_up_kind(_i);
        const struct link_config config = net_world_link(20);
        Link *link = new_link(&config);
        struct device_account account = { 0 };
        struct moment before = { .happen = ask_for_room, .link = link, .account = &account };
        struct moment after = { .happen = ask_for_room, .link = link, .account = &account };
        send_charged(link, 1, &account);
        ck_assert_uint_eq(account.queued_bytes, 140);
        ck_assert_uint_eq(account.queued_packets, 1);
        ck_assert_int_eq(link_room_time(link, &account, 140), 0);
        ck_assert_int_eq(link_room_time(link, &account, 139), 140);
        arrange(&before, 139, 1);
        arrange(&after, 140, 1);
        net_world_run(&world);
        ck_assert_int_eq(before.answer, 140);
        ck_assert_int_eq(after.answer, 140);
        ck_assert_uint_eq(account.queued_bytes, 0);
        ck_assert_uint_eq(account.queued_packets, 0);
        link_free(link);
        net_world_clear(&world);
}
END_TEST

START_TEST(what_finds_no_room_is_never_charged)
{
        set_up_kind(_i);
        struct link_config config = net_world_link(20);
        config.queue.limit_packets = 1;
        Link *link = new_link(&config);
        struct device_account account = { 0 };
        for (uint32_t number = 1; number <= 5; number++)
                send_charged(link, number, &account);
        ck_assert_uint_eq(account.queued_packets, 2);
        net_world_run(&world);
        ck_assert_uint_eq(account.queued_packets, 0);
        link_free(link);
        net_world_clear(&world);
}
END_TEST

START_TEST(a_forgotten_account_is_never_touched_again)
{
        set_up_kind(_i);
        const struct link_config config = net_world_link(20);
        Link *link = new_link(&config);
        struct device_account *account = g_new0(struct device_account, 1);
        struct device_account other = { 0 };
        for (uint32_t number = 1; number <= 3; number++)
                send_charged(link, number, number == 2 ? &other : account);
        link_forget_account(link, account);
        g_free(account); /* AddressSanitizer watches */
        net_world_run(&world);
        ck_assert_uint_eq(other.queued_bytes, 0);
        ck_assert_uint_eq(world.context.counts.delivered, 3);
        link_free(link);
        net_world_clear(&world);
}
END_TEST

START_TEST(a_link_that_goes_takes_its_packets_and_events_with_it)
{
        set_up_kind(_i);
        const struct link_config config = net_world_link(20);
        Link *link = new_link(&config);
        send(link, 1, 5);
        event_queue_run_until(world.context.events, 10200);
        link_free(link);
        ck_assert_int_eq(event_queue_next_time(world.context.events), TIME_NEVER);
        net_world_clear(&world); /* asserts that every packet is back */
}
END_TEST

START_TEST(a_long_stream_allocates_nothing_more_after_its_beginning)
{
        set_up_kind(_i);
        struct link_config config = net_world_link(20);
        config.delay = 500;
        Link *link = new_link(&config);
        uint64_t allocations = 0;
        for (uint32_t number = 1; number <= 5000; number++) {
                struct moment moment = { .happen = send_one, .link = link, .number = number };
                arrange(&moment, number * 140, 1);
                event_queue_run_until(world.context.events, number * 140);
                if (number == 500)
                        allocations = packet_pool_allocations(world.context.packets) +
                                      payload_pool_allocations(world.payloads);
        }
        net_world_run(&world);
        ck_assert_uint_eq(world.context.counts.delivered, 5000);
        ck_assert_uint_eq(allocations,
                packet_pool_allocations(world.context.packets) + payload_pool_allocations(world.payloads));
        link_free(link);
        net_world_clear(&world);
}
END_TEST

/* ---- The cable ---- */

static struct fault_rule timed_rule(time_ns at, enum fault_action_kind kind, duration_ns duration)
{
        return (struct fault_rule){
                .name = (char *)"cable",
                .is_timed = true,
                .at = at,
                .action = { .kind = kind, .duration = duration },
        };
}

static const struct {
        struct {
                time_ns at;
                enum fault_action_kind kind;
                duration_ns duration;
        } rules[2];
        const char *arrivals;
        const char *why;
} outages[] = {
        /* Packets 1, 2 and 3 are sent at 0, packet 4 at 300, packet 5 at 500; each takes 140. */
        { { { 600, FAULT_LINK_DOWN, 0 } }, "1@10140 2@10280 3@10420 4@10560", "what propagates arrives" },
        { { { 500, FAULT_LINK_DOWN, 0 } }, "1@10140 2@10280 3@10420", "cut amid transmission, or offered" },
        { { { 150, FAULT_LINK_DOWN, 20 } }, "1@10140 4@10440 5@10640", "2 is cut, 3 was queued" },
        { { { 140, FAULT_LINK_DOWN, 20 } }, "1@10140 4@10440 5@10640", "1 was over: its last instant" },
        { { { 100, FAULT_LINK_DOWN, 201 } }, "5@10640", "4 is offered while down" },
        { { { 100, FAULT_LINK_DOWN, 200 } }, "4@10440 5@10640", "up at the instant of the offer" },
        { { { 100, FAULT_LINK_DOWN, 0 }, { 250, FAULT_LINK_UP, 0 } }, "4@10440 5@10640", "up by a rule" },
        { { { 100, FAULT_LINK_DOWN, 50 }, { 120, FAULT_LINK_DOWN, 200 } }, "5@10640",
                "the longer one counts" },
        { { { 100, FAULT_LINK_DOWN, 250 }, { 120, FAULT_LINK_DOWN, 10 } }, "5@10640", "also when first" },
        { { { 100, FAULT_LINK_UP, 0 } }, "1@10140 2@10280 3@10420 4@10560 5@10700", "it was up" },
};

START_TEST(a_link_that_is_down_loses_what_is_offered_queued_or_sent)
{
        net_world_init(&world);
        struct fault_rule rules[2];
        unsigned count = outages[_i].rules[1].at > 0 ? 2 : 1;
        for (unsigned i = 0; i < count; i++)
                rules[i] = timed_rule(
                        outages[_i].rules[i].at, outages[_i].rules[i].kind, outages[_i].rules[i].duration);
        world.context.faults = fault_script_new(rules, count, 7);
        const struct link_config config = net_world_link(20);
        Link *link = new_link(&config);
        struct moment fourth = { .happen = send_one, .link = link, .number = 4 };
        struct moment fifth = { .happen = send_one, .link = link, .number = 5 };
        send(link, 1, 3);
        arrange(&fourth, 300, 100);
        arrange(&fifth, 500, 100);
        net_world_run(&world);
        ck_assert_uint_eq(world.context.counts.delivered + dropped(DROP_LINK_DOWN), 5);
        bool was_up = outages[_i].rules[0].kind == FAULT_LINK_UP;
        ck_assert_uint_eq(fault_script_fired(world.context.faults, 0), was_up ? 0 : 1);
        ck_assert_int_eq(strstr(world.log->str, "fault ") == NULL, was_up);
        ck_assert_msg(g_str_equal(net_world_arrivals(&world), outages[_i].arrivals), "%s: %s",
                outages[_i].why, world.log->str);
        link_free(link);
        net_world_clear(&world);
}
END_TEST

/* Packets 1 to 4 are sent at 0; at 200, while 2 is in transmission, the link changes. */
static const struct {
        struct link_change change;
        const char *arrivals;
        const char *why;
} changes[] = {
        { { .directions[0] = { .has_rate = true, .rate = 4000000000 } }, "1@10140 2@10280 3@10560 4@10840",
                "half the rate, from the next packet on" },
        { { .directions[0] = { .has_delay = true, .delay = 20000 } }, "1@10140 2@20280 3@20420 4@20560",
                "a longer delay, for what has not left" },
        { { .directions[0] = { .has_delay = true, .delay = 0 } }, "1@10140 2@10140 3@10140 4@10140",
                "a shorter delay does not reorder" },
        { { .directions[0] = { .has_queue = true, .queue = { .ops = &queue_droptail, .limit_packets = 1 } } },
                "1@10140 2@10280 3@10420", "a shorter queue" },
        { { .directions[0] = { .has_queue = true,
                    .queue = { .ops = &queue_codel, .limit_packets = 9, .target = 5, .interval = 100 } } },
                "1@10140 2@10280 3@10420 4@10560", "another discipline" },
        { { .directions[0] = { .has_impair = true,
                    .impair = { .loss = { .model = LOSS_RANDOM, .probability = { .is_certain = true } } } } },
                "1@10140", "loss" },
        { { .directions[1] = { .has_rate = true, .rate = 1 } }, "1@10140 2@10280 3@10420 4@10560",
                "the other direction" },
};

START_TEST(a_rule_sets_what_it_mentions_at_its_time)
{
        net_world_init(&world);
        struct fault_rule rule = timed_rule(200, FAULT_SET, 0);
        rule.action.change = &changes[_i].change;
        world.context.faults = fault_script_new(&rule, 1, 7);
        struct link_config config = net_world_link(20);
        config.impair.keep_order = true;
        Link *link = new_link(&config);
        send(link, 1, 4);
        net_world_run(&world);
        ck_assert_msg(g_str_equal(net_world_arrivals(&world), changes[_i].arrivals), "%s: %s",
                changes[_i].why, net_world_arrivals(&world));
        link_free(link);
        net_world_clear(&world);
}
END_TEST

START_TEST(a_rule_with_a_period_comes_again)
{
        net_world_init(&world);
        struct fault_rule rule = timed_rule(150, FAULT_LINK_DOWN, 20);
        rule.period = 300;
        world.context.faults = fault_script_new(&rule, 1, 7);
        const struct link_config config = net_world_link(20);
        Link *link = new_link(&config);
        send(link, 1, 1);
        event_queue_run_until(world.context.events, 1100);
        ck_assert_uint_eq(fault_script_fired(world.context.faults, 0), 4);
        link_free(link);
        net_world_clear(&world);
}
END_TEST

static void note_departure(void *data, struct device_account *account)
{
        struct moment *moment = data;
        moment->number++;
        moment->answer = link_room_time(moment->link, account, 0);
}

START_TEST(who_waits_for_room_is_told_when_the_queue_is_lost)
{
        net_world_init(&world);
        const struct fault_rule rule = timed_rule(50, FAULT_LINK_DOWN, 0);
        world.context.faults = fault_script_new(&rule, 1, 7);
        const struct link_config config = net_world_link(20);
        Link *link = new_link(&config);
        struct device_account account = { .is_waiting = true };
        struct moment departures = { .link = link };
        link_send(link, net_world_packet(&world, 1, PAYLOAD));
        link_on_departing(link, note_departure, &departures);
        send_charged(link, 2, &account);
        ck_assert_int_eq(link_room_time(link, &account, 0), TIME_NEVER);
        net_world_run(&world);
        ck_assert_uint_eq(departures.number, 1);
        ck_assert_int_eq(departures.answer, 50);
        link_free(link);
        net_world_clear(&world);
}
END_TEST

START_TEST(both_directions_go_down_when_a_packet_rule_says_so)
{
        net_world_init(&world);
        struct fault_rule rule = timed_rule(0, FAULT_LINK_DOWN, 0);
        rule.is_timed = false;
        rule.match = (struct fault_match){ .from = PACKET_NO_HOST, .to = PACKET_NO_HOST, .nth = 2 };
        world.context.faults = fault_script_new(&rule, 1, 7);
        struct link_config config = net_world_link(20);
        Link *there = new_link(&config);
        config.owner = 21;
        config.direction = 1;
        Link *back = new_link(&config);
        send(there, 1, 3);
        struct moment reply = { .happen = send_one, .link = back, .number = 4 };
        struct moment late_reply = { .happen = send_one, .link = back, .number = 5 };
        arrange(&reply, 50, 100);
        arrange(&late_reply, 200, 100); /* its transmission is cut at 280 */
        net_world_run(&world);
        ck_assert_str_eq(net_world_arrivals(&world), "1@10140 4@10190 2@10280");
        ck_assert_uint_eq(dropped(DROP_LINK_DOWN), 2);
        link_free(there);
        link_free(back);
        net_world_clear(&world);
}
END_TEST

static Suite *link_suite(void)
{
        Suite *suite = suite_create("link");
        TCase *cases = tcase_create("both kinds");
        tcase_add_loop_test(cases, packets_follow_one_another_at_the_rate, 0, 2);
        tcase_add_loop_test(cases, the_packet_being_sent_takes_no_place_in_the_queue, 0, 2);
        tcase_add_loop_test(cases, a_link_without_a_rate_has_no_queue, 0, 2);
        tcase_add_loop_test(cases, a_packet_larger_than_the_mtu_is_dropped_at_the_entry, 0, 2);
        tcase_add_loop_test(cases, a_hop_is_told_when_it_ends_with_all_its_times, 0, 2);
        tcase_add_loop_test(cases, whoever_offers_at_the_last_instant_of_a_transmission_finds_a_place, 0, 2);
        tcase_add_loop_test(cases, a_packet_arrives_without_delay_when_its_transmission_ends, 0, 2);
        tcase_add_loop_test(cases, an_account_is_charged_until_transmission_ends, 0, 2);
        tcase_add_loop_test(cases, what_finds_no_room_is_never_charged, 0, 2);
        tcase_add_loop_test(cases, a_forgotten_account_is_never_touched_again, 0, 2);
        tcase_add_loop_test(cases, a_link_that_goes_takes_its_packets_and_events_with_it, 0, 2);
        tcase_add_loop_test(cases, a_long_stream_allocates_nothing_more_after_its_beginning, 0, 2);
        tcase_add_loop_test(cases, transmission_takes_size_by_rate_rounded_up, 0, G_N_ELEMENTS(rates));
        suite_add_tcase(suite, cases);
        TCase *cable = tcase_create("the cable");
        tcase_add_loop_test(
                cable, a_link_that_is_down_loses_what_is_offered_queued_or_sent, 0, G_N_ELEMENTS(outages));
        tcase_add_test(cable, who_waits_for_room_is_told_when_the_queue_is_lost);
        tcase_add_loop_test(cable, a_rule_sets_what_it_mentions_at_its_time, 0, G_N_ELEMENTS(changes));
        tcase_add_test(cable, a_rule_with_a_period_comes_again);
        tcase_add_test(cable, both_directions_go_down_when_a_packet_rule_says_so);
        suite_add_tcase(suite, cable);
        return suite;
}

int main(void)
{
        SRunner *runner = srunner_create(link_suite());
        srunner_run_all(runner, CK_ENV);
        int failures = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failures != 0;
}
