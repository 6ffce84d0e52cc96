/*
 * Scenarios that are accepted: what their text becomes.
 */
#include "run/scenario.h"

#include "scenario_text.h"

#include <check.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define TWO_HOSTS "inorder: 1\nhosts: { a: { addr: 10.0.0.1 }, b: { addr: 10.0.0.2 } }\n"
#define ONE_LINK  "links: [{ name: l, between: [a, b] }]\n"

static Scenario *with_link(const char *keys)
{
        g_autofree char *text =
                g_strdup_printf(TWO_HOSTS "links: [{ name: l, between: [a, b], %s }]\n", keys);
        return scenario_text_good(text);
}

static const struct scenario_direction *directions_of(const Scenario *scenario)
{
        return ((struct scenario_link *)g_ptr_array_index(scenario->links, 0))->directions;
}

static struct scenario_app *app_of(Scenario *scenario, unsigned index)
{
        return g_ptr_array_index(scenario->apps, index);
}

START_TEST(a_scenario_needs_no_more_than_a_host)
{
        g_autoptr(Scenario) scenario = scenario_text_good("inorder: 1\nhosts: { a: { addr: 10.0.0.1 } }");
        ck_assert_str_eq(scenario->name, "s");
        ck_assert_str_eq(scenario->title, "s");
        ck_assert_uint_eq(scenario->seed, 0);
        ck_assert_int_eq(scenario->stop, 3600 * SECOND);
        ck_assert_int_eq(scenario->tcp.limit_output, MILLISECOND);
        ck_assert_uint_eq(scenario->hosts->len, 1);
        ck_assert_uint_eq(scenario->links->len + scenario->apps->len + scenario->faults->len, 0);
}
END_TEST

START_TEST(json_is_a_scenario_too)
{
        g_autoptr(Scenario) scenario = scenario_text_good(
                "{\"inorder\": 1, \"seed\": 5, \"hosts\": {\"a\": {\"addr\": \"10.0.0.1\"}}}");
        ck_assert_uint_eq(scenario->seed, 5);
}
END_TEST

START_TEST(a_plain_link_has_the_defaults_both_ways)
{
        g_autoptr(Scenario) scenario = with_link("mtu: 1500");
        for (int i = 0; i < 2; i++) {
                const struct scenario_direction *direction = &directions_of(scenario)[i];
                ck_assert_uint_eq(direction->rate, 0);
                ck_assert_int_eq(direction->delay, 0);
                ck_assert_ptr_eq(direction->queue.ops, &queue_droptail);
                ck_assert_uint_eq(direction->queue.limit_packets, 1000);
                ck_assert_uint_eq(direction->queue.limit_bytes, 0);
                ck_assert_int_eq(direction->impair.loss.model, LOSS_NONE);
                ck_assert(direction->impair.keep_order);
        }
}
END_TEST

START_TEST(towards_an_end_goes_on_top_of_both_ways)
{
        g_autoptr(Scenario) scenario = with_link("rate: 10Mbit, delay: 5ms, delay-to: { a: 7ms }, "
                                                 "impair: { duplicate: 1% }, impair-to: { b: { loss: 2% } }, "
                                                 "queue-to: { a: 20kB }, rate-to: { b: unlimited }");
        const struct scenario_direction *to_b = &directions_of(scenario)[0];
        const struct scenario_direction *to_a = &directions_of(scenario)[1];
        ck_assert_uint_eq(to_a->rate, 10000000);
        ck_assert_uint_eq(to_b->rate, 0);
        ck_assert_int_eq(to_a->delay, 7 * MILLISECOND);
        ck_assert_int_eq(to_b->delay, 5 * MILLISECOND);
        ck_assert_int_eq(to_b->impair.loss.model, LOSS_RANDOM);
        ck_assert_int_eq(to_a->impair.loss.model, LOSS_NONE);
        ck_assert(
                !probability_is_zero(to_a->impair.duplicate) && !probability_is_zero(to_b->impair.duplicate));
        ck_assert_uint_eq(to_a->queue.limit_bytes, 20000);
        ck_assert_uint_eq(to_a->queue.limit_packets, 0);
        ck_assert_uint_eq(to_b->queue.limit_packets, 1000);
}
END_TEST

START_TEST(impairments_are_read_in_all_their_forms)
{
        g_autoptr(Scenario) scenario =
                with_link("delay: 9ms, impair: { loss: { model: gemodel, p: 1%, r: 30% }, reorder: 5% 8ms, "
                          "jitter: 2ms, keep-order: no, corrupt: 0.5, corrupt-again: yes, where: line }");
        const struct impair_config *impair = &directions_of(scenario)[0].impair;
        ck_assert_int_eq(impair->loss.model, LOSS_GEMODEL);
        ck_assert(impair->loss.gemodel.bad_loss.is_certain &&
                  probability_is_zero(impair->loss.gemodel.good_loss));
        ck_assert_uint_eq(impair->loss.gemodel.r.threshold, probability_of(30, 100).threshold);
        ck_assert_uint_eq(impair->reorder.threshold, probability_of(5, 100).threshold);
        ck_assert_int_eq(impair->reorder_delay, 8 * MILLISECOND);
        ck_assert_int_eq(impair->jitter, 2 * MILLISECOND);
        ck_assert(!impair->keep_order && impair->corrupt_again);
        ck_assert_uint_eq(impair->corrupt.threshold, 1ull << 63);
}
END_TEST

static const struct {
        const char *line;
        const char *keys; /* that mean the same */
} netem_lines[] = {
        { "netem: loss 2%", "impair: { loss: 2% }" },
        { "netem: loss random 2% 25%",
                "impair: { loss: { model: random, probability: 2%, correlation: 25% } }" },
        { "netem: loss gemodel 1% 30% 70% 0.1%",
                "impair: { loss: { model: gemodel, p: 1%, r: 30%, 1-h: 70%, 1-k: 0.1% } }" },
        { "netem: loss gemodel 1%", "impair: { loss: { model: gemodel, p: 1%, r: 99% } }" },
        { "netem: loss state 1%",
                "impair: { loss: { model: state, p13: 1%, p31: 99%, p32: 0%, p23: 100%, p14: 0% } }" },
        { "netem: loss state 1% 10% 5% 50% 2%",
                "impair: { loss: { model: state, p13: 1%, p31: 10%, p32: 5%, p23: 50%, p14: 2% } }" },
        { "netem: delay 20msec", "delay: 20ms" },
        { "netem: delay 20ms 5ms 25% distribution paretonormal",
                "delay: 20ms, impair: { jitter: { time: 5ms, correlation: 25%, distribution: paretonormal } "
                "}" },
        { "netem: delay 10ms reorder 25% 50% gap 5", "delay: 10ms, impair: { reorder: { probability: 25%, "
                                                     "correlation: 50%, gap: 5, early: on } }" },
        { "netem: corrupt 0.1% 3% duplicate 1%",
                "impair: { corrupt: { probability: 0.1%, correlation: 3% }, duplicate: 1% }" },
        { "netem: rate 1gbit limit 50", "rate: 1Gbit, queue: { limit: 50pkt, counts: link }" },
        { "netem: limit 0x10", "queue: { limit: 16pkt, counts: link }" },
        { "netem: delay 5ms 20ms", "delay: 5ms, impair: { jitter: 20ms }" },
        { "netem: loss 1% ecn", "impair: { loss: 1%, ecn: on }" },
        { "netem: loss 5.", "impair: { loss: 5% }" },
        { "netem: loss 25e-1", "impair: { loss: 2.5% }" },
        { "netem: loss 05.50%", "impair: { loss: 5.5% }" },
        { "netem: delay +1e+1MSECS", "delay: 10ms" },
        { "netem: rate 1.5mibit", "rate: 1.5Mibit" },
        { "netem: rate 1tibps", "rate: 1TiB/s" },
        { "netem: rate 1mbit 20", "rate: { rate: 1Mbit, overhead: 20B }" },
        { "netem: rate 1mbit -14 48 5",
                "rate: { rate: 1Mbit, overhead: -14B, cell: 48B, cell-overhead: 5B }" },
        { "netem: rate 1mbit 0 48 -3", "rate: { rate: 1Mbit, overhead: 0, cell: 48B, cell-overhead: -3B }" },
        { "netem: rate 1mbit 20 0 5", "rate: { rate: 1Mbit, overhead: 20B }" },
        { "netem: rate 1mbit 0 0 0", "rate: 1Mbit" },
        { "netem: slot 20ms", "impair: { slot: { min: 20ms, max: 20ms } }" },
        { "netem: slot 20ms 30ms packets 3 bytes 15k",
                "impair: { slot: { min: 20ms, max: 30ms, packets: 3pkt, bytes: 15KiB } }" },
        { "netem: slot 800us bytes 2kb packets 0", "impair: { slot: { min: 800us, bytes: 2KiB } }" },
        { "netem: slot 0", "impair: { slot: off }" },
        { "netem: slot distribution normal 20ms 3ms packets 2",
                "impair: { slot: { distribution: normal, delay: 20ms, jitter: 3ms, packets: 2pkt } }" },
        { "netem: seed 7 loss 1", "impair: { seed: 7, loss: 1% }" },
        { "netem: seed 18446744073709551615", "impair: { seed: 18446744073709551615 }" },
        { "netem: gap 5 delay 10ms",
                "delay: 10ms, impair: { reorder: { probability: 100%, gap: 5, early: on } }" },
        { "netem: delay 10ms reorder 5% gap 0",
                "delay: 10ms, impair: { reorder: { probability: 5%, early: on } }" },
        { "netem: dup 1% del 5ms 1ms dist pareto",
                "delay: 5ms, impair: { duplicate: 1%, jitter: { time: 1ms, distribution: pareto } }" },
        { "netem: loss list 3 7 20..25", "impair: { loss: { model: list, packets: [3, 7, 20..25] } }" },
        { "netem: tc qdisc add dev eth0 root netem delay 10ms", "delay: 10ms" },
        { "netem: limit 1000 delay 10ms  2ms 25% loss gemodel p 1% r 30% 1-h 70% 1-k 0.1% rate 1Mbit "
          "packetoverhead 20 cellsize 48 celloverhead 5",
                "delay: 10ms, rate: { rate: 1Mbit, overhead: 20, cell: 48, cell-overhead: 5 }, queue: { "
                "limit: 1000pkt, counts: link }, impair: { jitter: 2ms 25%, loss: gemodel 1% 30% 70% 0.1% "
                "}" },
        { "netem: loss state p13 1% p31 10% p32 5% p23 50% p14 2%",
                "impair: { loss: state 1% 10% 5% 50% 2% }" },
        { "impair: { loss: list 3 7..9 }", "impair: { loss: { model: list, packets: [3, 7..9] } }" },
        { "impair: { slot: 20ms }", "impair: { slot: { min: 20ms, max: 20ms, packets: unlimited } }" },
        { "impair: { slot: 20ms 30ms }", "impair: { slot: { min: 20ms, max: 30ms, bytes: unlimited } }" },
        { "netem: rate 2mbps", "rate: 16Mbit" },
        { "netem: rate 1000000", "rate: 1Mbit" },
        { "netem: rate 64Kbit", "rate: 64kbit" },
        { "netem: loss 0.5", "impair: { loss: 0.5% }" },
        { "netem: loss .3%", "impair: { loss: 0.3% }" },
        { "netem: loss 0", "impair: { loss: 0% }" },
        { "netem: loss random 1 25",
                "impair: { loss: { model: random, probability: 1%, correlation: 25% } }" },
        { "netem: loss gemodel 1 30 70 .1",
                "impair: { loss: { model: gemodel, p: 1%, r: 30%, 1-h: 70%, 1-k: 0.1% } }" },
        { "netem: loss periodic 10", "impair: { loss: { model: periodic, every: 10, first: 10 } }" },
        { "netem: delay 10ms 2ms 25 corrupt .1 duplicate 1 2 reorder 0.5 50",
                "delay: 10ms, impair: { jitter: { time: 2ms, correlation: 25% }, corrupt: 0.1%, duplicate: "
                "1% "
                "2%, reorder: { probability: 0.5%, correlation: 50%, early: on } }" },
        { "netem: delay .5ms", "delay: 500us" },
        { "netem: gap 5 reorder 25% delay 10ms",
                "delay: 10ms, impair: { reorder: { probability: 25%, gap: 5, early: on } }" },
        { "netem: distribution normal delay 20ms 5ms",
                "delay: 20ms, impair: { jitter: { time: 5ms, distribution: normal } }" },
        { "netem: delay 9ms, delay: 3ms", "delay: 3ms" },
        { "netem-to: { b: loss 2% }", "impair-to: { b: { loss: 2% } }" },
        { "impair: { loss: periodic 10 }", "impair: { loss: { model: periodic, every: 10, first: 10 } }" },
        { "impair: { loss: { model: list, packets: 3 7..9 } }",
                "impair: { loss: { model: list, packets: [\"3\", \"7..9\"] } }" },
        { "rate: 10Mbit, delay: 10ms, queue: 2bdp", "rate: 10Mbit, delay: 10ms, queue: 50kB" },
        { "rate: 1kbit, delay: 1ms, queue: 1bdp", "rate: 1kbit, delay: 1ms, queue: 1500B" },
};

START_TEST(a_short_form_means_the_keys_that_it_stands_for)
{
        g_autoptr(Scenario) in_short = with_link(netem_lines[_i].line);
        g_autoptr(Scenario) in_full = with_link(netem_lines[_i].keys);
        g_autofree char *one = scenario_dump(in_short, false);
        g_autofree char *other = scenario_dump(in_full, false);
        ck_assert_str_eq(one, other);
}
END_TEST

START_TEST(tcp_of_a_program_goes_on_top_of_its_host_and_that_on_the_file)
{
        g_autoptr(Scenario) scenario =
                scenario_text_good("inorder: 1\n"
                                   "apps: [{ host: a, tcp: { nagle: off }, sink: {} }]\n"
                                   "hosts: { a: { addr: 10.0.0.1, tcp: { sack: off } } }\n"
                                   "tcp: { initial-window: 3, keepalive: 10s }\n");
        const struct tcp_settings *settings = &app_of(scenario, 0)->tcp.settings;
        ck_assert(app_of(scenario, 0)->has_tcp);
        ck_assert(!settings->nagle && !settings->sack && settings->keepalive);
        ck_assert_uint_eq(settings->initial_window, 3);
        ck_assert_int_eq(settings->keepalive_idle, 10 * SECOND);
        ck_assert(scenario->tcp.settings.sack && scenario->tcp.settings.nagle);
}
END_TEST

START_TEST(keys_of_a_program_stand_in_it_or_beside_it)
{
        g_autoptr(Scenario) scenario = scenario_text_good(TWO_HOSTS ONE_LINK
                "apps:\n"
                "  - { host: b, sink: {} }\n"
                "  - { host: a, name: x, stagger: 1ms, sender: { to: b, bytes: 5kB, flows: 3 } }\n"
                "  - { host: a, sender: { name: y, to: b:9, bytes: 5kB, at: 2s, end: linger } }\n"
                "  - { host: a, sender: { to: b, port: 77, bytes: 0, write: 100, every: 1ms } }\n");
        const struct scenario_app *x = app_of(scenario, 1);
        const struct scenario_app *y = app_of(scenario, 2);
        ck_assert_str_eq(x->name, "x");
        ck_assert_uint_eq(x->to_port, 9);
        ck_assert_uint_eq(x->flows, 3);
        ck_assert_int_eq(x->stagger, MILLISECOND);
        ck_assert_str_eq(y->name, "y");
        ck_assert_int_eq(y->end, SENDER_LINGER);
        ck_assert_int_eq(y->at, 2 * SECOND);
        ck_assert_uint_eq(app_of(scenario, 3)->to_port, 77);
        ck_assert(!app_of(scenario, 3)->is_named);
        ck_assert_str_eq(app_of(scenario, 3)->name, "sender-a");
        ck_assert_str_eq(app_of(scenario, 0)->name, "sink-b");
}
END_TEST

START_TEST(routers_get_addresses_in_order_of_appearance)
{
        g_autoptr(Scenario) scenario =
                scenario_text_good(TWO_HOSTS "routers: { r: , s: { addr: 9.9.9.9 }, t: {} }\n");
        static const char *const expected[] = { "100.64.0.1", "9.9.9.9", "100.64.0.3" };
        for (unsigned i = 0; i < 3; i++) {
                const struct scenario_host *router = g_ptr_array_index(scenario->hosts, 2 + i);
                char text[IP_ADDRESS_TEXT_SIZE];
                ck_assert_str_eq(ip_address_format(&router->address, text), expected[i]);
                ck_assert(router->forwards);
        }
}
END_TEST

START_TEST(group_members_are_found_by_name_and_address)
{
        g_autoptr(Scenario) scenario = scenario_text_good("inorder: 1\n"
                                                          "hosts: { g: { count: 20, addr: 10.0.0.250 } }\n"
                                                          "routers: { r: {} }\n"
                                                          "links: [{ name: l, between: [g, r] }]\n");
        int member;
        const struct scenario_host *group = scenario_find_host(scenario, "g", &member);
        ck_assert(group && group->is_group && member == -1);
        ck_assert_ptr_eq(scenario_find_host(scenario, "g-20", &member), group);
        ck_assert_int_eq(member, 19);
        ck_assert_ptr_null(scenario_find_host(scenario, "g-21", &member));
        ck_assert_ptr_null(scenario_find_host(scenario, "g-0", &member));
        ck_assert_ptr_null(scenario_find_host(scenario, "g-01", &member));
        ck_assert_ptr_null(scenario_find_host(scenario, "r-1", &member));
        struct ip_address address = ip_address_from_ipv4(0x0a000101);
        ck_assert_ptr_eq(scenario_host_at(scenario, &address, &member), group);
        ck_assert_int_eq(member, 7);
        address = ip_address_from_ipv4(0x0a0000f9);
        ck_assert_ptr_null(scenario_host_at(scenario, &address, &member));
        const struct scenario_link *link = scenario_find_link(scenario, "l-3", &member);
        ck_assert(link && member == 2);
        ck_assert_uint_eq(scenario_link_count(scenario, link), 20);
        ck_assert_ptr_null(scenario_find_link(scenario, "l-21", &member));
}
END_TEST

START_TEST(rules_are_read_whole)
{
        g_autoptr(Scenario) scenario = scenario_text_good(
                TWO_HOSTS ONE_LINK "faults:\n"
                                   "  - { name: x, on: l, match: { from: a, kind: synack, nth: 3, flags: "
                                   "[syn, -ack], seq: 1..9 }, do: drop }\n"
                                   "  - { on: l, match: { bytes: \"5\", time: 1s..2s, probability: 50% }, "
                                   "do: { hold-until: { to: b, nth: 2 } } }\n"
                                   "  - { on: l, match: {}, do: { corrupt: { bits: 2, in: tcp } } }\n"
                                   "  - { on: l, at: 2s, do: link-down }\n");
        const struct scenario_fault *first = g_ptr_array_index(scenario->faults, 0);
        ck_assert_str_eq(first->name, "x");
        ck_assert_str_eq(first->match.from, "a");
        ck_assert_uint_eq(first->match.values.kinds, PACKET_SYN_ACK);
        ck_assert_uint_eq(first->match.values.nth, 3);
        ck_assert_uint_eq(first->match.values.flags_set, TCP_FLAG_SYN);
        ck_assert_uint_eq(first->match.values.flags_clear, TCP_FLAG_ACK);
        ck_assert(first->match.values.has_seq && first->match.values.seq_last == 9);
        ck_assert_int_eq(first->action.kind, FAULT_DROP);
        const struct scenario_fault *second = g_ptr_array_index(scenario->faults, 1);
        ck_assert_str_eq(second->name, "faults[1]");
        ck_assert(second->match.values.has_bytes && second->match.values.bytes_first == 5);
        ck_assert_uint_eq(second->match.values.bytes_last, 5);
        ck_assert(second->match.values.has_time && second->match.values.time_to == 2 * SECOND);
        ck_assert(second->match.values.has_probability);
        ck_assert_int_eq(second->action.kind, FAULT_HOLD_UNTIL);
        ck_assert_str_eq(second->until.to, "b");
        ck_assert_uint_eq(second->until.values.nth, 2);
        const struct scenario_fault *third = g_ptr_array_index(scenario->faults, 2);
        ck_assert_uint_eq(third->action.count, 2);
        ck_assert_int_eq(third->action.area, AREA_TCP);
        const struct scenario_fault *fourth = g_ptr_array_index(scenario->faults, 3);
        ck_assert(fourth->is_timed && fourth->at == 2 * SECOND && fourth->action.duration == 0);
}
END_TEST

START_TEST(expectations_are_pairs_or_comparisons)
{
        static const struct {
                const char *item;
                const char *text;
                const char *path;
                enum expect_relation relation;
                const char *value;
        } cases[] = {
                { "{ events: 5 }", "events: 5", "events", EXPECT_EQUAL, "5" },
                { "packets.sent = 5", "packets.sent = 5", "packets.sent", EXPECT_EQUAL, "5" },
                { "packets.sent<5", "packets.sent<5", "packets.sent", EXPECT_LESS, "5" },
                { "\"packets.sent > 5\"", "packets.sent > 5", "packets.sent", EXPECT_GREATER, "5" },
                { "packets.sent <= 5", "packets.sent <= 5", "packets.sent", EXPECT_AT_MOST, "5" },
                { "packets.sent >= 5ms", "packets.sent >= 5ms", "packets.sent", EXPECT_AT_LEAST, "5ms" },
        };
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autofree char *text = g_strdup_printf(TWO_HOSTS "expect: [%s]\n", cases[i].item);
                g_autoptr(Scenario) scenario = scenario_text_good(text);
                const struct scenario_expect *expect = g_ptr_array_index(scenario->expects, 0);
                ck_assert_str_eq(expect->text, cases[i].text);
                ck_assert_str_eq(expect->path, cases[i].path);
                ck_assert_int_eq(expect->relation, cases[i].relation);
                ck_assert_str_eq(expect->value, cases[i].value);
        }
}
END_TEST

/* ---- Documents ---- */

#define SERVER(keys)                                                                                         \
        "inorder: 1\nhosts: { a: { addr: 10.0.0.1 } }\napps: [{ host: a, http-server: { " keys " } }]\n"

START_TEST(a_root_is_read_whole_and_files_go_over_it)
{
        scenario_text_put("www/index.html", "hello");
        scenario_text_put("www/sub/z.txt", "z");
        scenario_text_put("www/.secret", "no");
        scenario_text_put("other", "replaced");
        ck_assert_int_eq(symlink("index.html", "www/link.html"), 0);
        g_autoptr(Scenario) scenario = scenario_text_good(
                SERVER("root: www, files: { /sub/z.txt: { file: other }, /big: { size: 3kB, fill: zero } }"));
        static const char *const paths[] = { "/big", "/index.html", "/link.html", "/sub/z.txt" };
        const GPtrArray *files = app_of(scenario, 0)->files;
        ck_assert_uint_eq(files->len, 4);
        for (unsigned i = 0; i < 4; i++)
                ck_assert_str_eq(((struct scenario_file *)g_ptr_array_index(files, i))->path, paths[i]);
        const struct scenario_file *big = g_ptr_array_index(files, 0);
        const struct scenario_file *replaced = g_ptr_array_index(files, 3);
        ck_assert_ptr_null(big->bytes);
        ck_assert_uint_eq(big->size, 3000);
        ck_assert_uint_eq(replaced->size, strlen("replaced"));
        ck_assert_str_eq(replaced->source, "other");
}
END_TEST

START_TEST(a_link_out_of_the_root_is_refused)
{
        scenario_text_put("secret", "no");
        scenario_text_put("www/index.html", "hello");
        ck_assert_int_eq(symlink("../secret", "www/way-out"), 0);
        g_autoptr(GError) error = NULL;
        ck_assert_ptr_null(scenario_text_load(SERVER("root: www"), NULL, &error));
        ck_assert_str_eq(error->message, "s.yaml:3:40: error: root: the link 'www/way-out' leads outside; "
                                         "accepted: links that stay inside");
}
END_TEST

START_TEST(a_directory_is_no_document)
{
        scenario_text_put("www/index.html", "hello");
        g_autoptr(GError) error = NULL;
        ck_assert_ptr_null(scenario_text_load(SERVER("files: { /x: { file: www } }"), NULL, &error));
        ck_assert_str_eq(error->message,
                "s.yaml:3:55: error: file 'www' is not a regular file; only those are accepted");
}
END_TEST

START_TEST(a_missing_scenario_is_no_mistake_of_the_scenario)
{
        g_autoptr(GError) error = NULL;
        ck_assert_ptr_null(scenario_load("nowhere.yaml", NULL, &error));
        ck_assert(error->domain == G_FILE_ERROR);
        ck_assert_ptr_nonnull(strstr(error->message, "nowhere.yaml"));
        ck_assert_ptr_nonnull(strstr(error->message, "No such file or directory"));
        ck_assert_ptr_null(strstr(error->message, "error:")); /* the command says that */
}
END_TEST

/* ---- --set and --seed ---- */

#define CHANGEABLE                                                                                           \
        TWO_HOSTS "links: [{ name: core, between: [a, b], impair: }]\n"                                      \
                  "apps: [{ host: b, dns-server: { zone: { www.example: 10.0.0.2 } } }, "                    \
                  "{ host: a, name: get, fetch: { url: http://10.0.0.2/ } }]\n"

static Scenario *changed_by(const char *set, GError **error)
{
        char *sets[] = { (char *)set, NULL };
        return scenario_text_load(CHANGEABLE, sets, error);
}

static const struct {
        const char *set;
        const char *line; /* of the canonical form */
        const char *why;
} sets[] = {
        { "seed=5", "seed: 5\n", "a key that is not in the file" },
        { "tcp.congestion-control=reno", "congestion-control: reno\n", "a mapping that is not in the file" },
        { "links.core.rate=1Mbit", "rate: 1Mbit/s\n", "an item by its name" },
        { "links.0.rate=1Mbit", "rate: 1Mbit/s\n", "an item by its number" },
        { "links.core.impair.loss=3%", "loss: 3%\n", "a mapping that was left empty" },
        { "links.core.impair={ loss: 3% }", "loss: 3%\n", "a whole mapping" },
        { "hosts.a.addr=10.9.9.9", "a: { addr: 10.9.9.9 }", "a host's key" },
        { "apps.get.url=http://10.0.0.2/x", "url: \"http://10.0.0.2/x\"\n", "a program's key" },
        { "apps.get.fetch.repeat=3", "repeat: 3\n", "the same, with its kind" },
        { "apps.0.zone.www.example=10.0.0.1", "www.example: 10.0.0.1", "a key with a dot" },
};

START_TEST(a_set_changes_one_value)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(Scenario) scenario = changed_by(sets[_i].set, &error);
        ck_assert_msg(scenario != NULL, "%s: %s", sets[_i].why, error ? error->message : "");
        g_autofree char *text = scenario_dump(scenario, false);
        ck_assert_msg(strstr(text, sets[_i].line) != NULL, "%s:\n%s", sets[_i].why, text);
}
END_TEST

static const struct {
        const char *set;
        const char *message; /* behind "--set SET: error: " */
} refused_sets[] = {
        { "seed", "no '='; accepted: PATH=VALUE" },
        { "=5", "'' is no path; accepted: words with dots between" },
        { "links..rate=5", "'links..rate' is no path; accepted: words with dots between" },
        { "links.cor.rate=1Mbit", "nothing is named 'cor'; did you mean 'core'?" },
        { "links.core.rat=1Mbit", "unknown key 'rat' in a link; did you mean 'rate'?" },
        { "links.1.rate=1Mbit", "nothing is named '1'; accepted: core" },
        { "hosts.bb.addr=10.9.9.9", "nothing is named 'bb'; did you mean 'b'?" },
        { "tpc.sack=off", "unknown key 'tpc' in a scenario; did you mean 'tcp'?" },
        { "inorder.x=1", "'inorder.x' goes on behind '1', a single value; accepted: a shorter path" },
        { "seed=x", "seed: 'x' is not a number; accepted: 0 to 9007199254740991" },
        { "seed=[1", "not YAML: did not find expected ',' or ']', while parsing a flow sequence" },
        { "hosts.b.addr=10.0.0.1", "b: 10.0.0.1 is a's address already; accepted: one of its own" },
};

START_TEST(a_set_that_means_nothing_is_refused_by_name)
{
        g_autofree char *expected =
                g_strdup_printf("--set %s: error: %s", refused_sets[_i].set, refused_sets[_i].message);
        g_autoptr(GError) error = NULL;
        ck_assert_ptr_null(changed_by(refused_sets[_i].set, &error));
        ck_assert_str_eq(error->message, expected);
        ck_assert(error->domain == SCENARIO_ERROR);
}
END_TEST

START_TEST(the_seed_of_the_command_line_wins)
{
        scenario_text_put("seeded.yaml", TWO_HOSTS "seed: 3\n");
        struct scenario_overrides overrides = { .has_seed = true, .seed = 9 };
        g_autoptr(Scenario) scenario = scenario_load("seeded.yaml", &overrides, NULL);
        ck_assert_uint_eq(scenario->seed, 9);
}
END_TEST

START_TEST(a_text_in_memory_is_a_scenario_too)
{
        scenario_text_put("documents/a.txt", "A");
        g_autoptr(GError) error = NULL;
        g_autoptr(Scenario) scenario = scenario_load_text("made.yaml",
                TWO_HOSTS ONE_LINK "apps: [{ host: b, http-server: { root: documents } }]\n", NULL, &error);
        ck_assert_msg(scenario != NULL, "%s", error ? error->message : "");
        ck_assert_str_eq(scenario->name, "made");
        ck_assert_uint_eq(app_of(scenario, 0)->files->len, 1);
        ck_assert_ptr_null(scenario_load_text("made.yaml", "inorder: 2\n", NULL, &error));
        ck_assert_str_eq(error->message, "made.yaml:1:10: error: inorder: unknown word '2'; accepted: 1");
}
END_TEST

START_TEST(a_document_may_be_added_and_takes_the_place_of_its_like)
{
        g_autoptr(Scenario) scenario = scenario_text_good(
                TWO_HOSTS ONE_LINK "apps: [{ host: b, http-server: { files: { /b: { size: 3 } } } }]\n");
        g_autoptr(GBytes) bytes = g_bytes_new_static("new", 3);
        scenario_add_document(app_of(scenario, 0), "/b", bytes);
        scenario_add_document(app_of(scenario, 0), "/a", bytes);
        const GPtrArray *files = app_of(scenario, 0)->files;
        ck_assert_uint_eq(files->len, 2);
        for (unsigned i = 0; i < files->len; i++) {
                const struct scenario_file *file = g_ptr_array_index(files, i);
                ck_assert_str_eq(file->path, i == 0 ? "/a" : "/b");
                ck_assert(g_bytes_equal(file->bytes, bytes));
        }
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("scenario_load");
        tcase_add_checked_fixture(cases, scenario_text_enter, scenario_text_leave);
        tcase_add_test(cases, a_scenario_needs_no_more_than_a_host);
        tcase_add_test(cases, json_is_a_scenario_too);
        tcase_add_test(cases, a_plain_link_has_the_defaults_both_ways);
        tcase_add_test(cases, towards_an_end_goes_on_top_of_both_ways);
        tcase_add_test(cases, impairments_are_read_in_all_their_forms);
        tcase_add_loop_test(
                cases, a_short_form_means_the_keys_that_it_stands_for, 0, G_N_ELEMENTS(netem_lines));
        tcase_add_test(cases, tcp_of_a_program_goes_on_top_of_its_host_and_that_on_the_file);
        tcase_add_test(cases, keys_of_a_program_stand_in_it_or_beside_it);
        tcase_add_test(cases, routers_get_addresses_in_order_of_appearance);
        tcase_add_test(cases, group_members_are_found_by_name_and_address);
        tcase_add_test(cases, rules_are_read_whole);
        tcase_add_test(cases, expectations_are_pairs_or_comparisons);
        tcase_add_test(cases, a_root_is_read_whole_and_files_go_over_it);
        tcase_add_test(cases, a_link_out_of_the_root_is_refused);
        tcase_add_test(cases, a_directory_is_no_document);
        tcase_add_test(cases, a_missing_scenario_is_no_mistake_of_the_scenario);
        tcase_add_loop_test(cases, a_set_changes_one_value, 0, G_N_ELEMENTS(sets));
        tcase_add_loop_test(
                cases, a_set_that_means_nothing_is_refused_by_name, 0, G_N_ELEMENTS(refused_sets));
        tcase_add_test(cases, the_seed_of_the_command_line_wins);
        tcase_add_test(cases, a_text_in_memory_is_a_scenario_too);
        tcase_add_test(cases, a_document_may_be_added_and_takes_the_place_of_its_like);
        Suite *suite = suite_create("scenario_load");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
