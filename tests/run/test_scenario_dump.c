/*
 * The canonical form: complete, and a scenario that says the same.
 */
#include "run/scenario.h"

#include "run/field.h"
#include "scenario_text.h"

#include <check.h>
#include <string.h>

/* Every section, every program, every action, most keys. */
static const char everything[] =
        "inorder: 1\n"
        "title: \"everything \\\"at once\\\" é\"\n"
        "seed: 42\n"
        "stop: 90s\n"
        "tcp: { congestion-control: reno, recovery: newreno, delayed-ack: off, mss: 1000, user-timeout: 7s, "
        "keepalive: on, time-wait: 2s, limit-output: off }\n"
        "hosts:\n"
        "  a: { addr: 10.0.0.1, resolver: 10.0.0.2, tcp: { keepalive: off, nagle: off } }\n"
        "  b: { addr: 10.0.0.2 }\n"
        "  g: { count: 3, addr: 10.1.0.1 }\n"
        "  one: { count: 1, addr: 10.2.0.1 }\n"
        "routers: { r: , s: { addr: 9.9.9.9 } }\n"
        "links:\n"
        "  - { between: [a, r], rate: 1.5Mbit, delay-to: { r: 1ms }, queue: 64kB, mtu: 576 }\n"
        "  - { name: b, between: [b, r], delay: 33.3ms, impair: { loss: 12.34567%, jitter: 1us, keep-order: "
        "no, reorder: 5% 8ms } }\n"
        "  - { name: g, between: [g, r], queue-to: { r: unlimited }, impair-to: { g: { loss: { model: "
        "gemodel, p: 0.1, r: 0.2 } } } }\n"
        "  - { name: o, between: [one, s], luck: by-segment, impair: { where: entry, loss: { model: state, "
        "p13: 1%, p31: 20%, "
        "p32: 5%, p23: 50%, p14: 0.5% }, duplicate: 1% 25%, corrupt: { probability: 1%, bits: 2, in: tcp }, "
        "truncate: 1% 60B }, impair-to: { s: { loss: periodic 100 7 } } }\n"
        "  - { name: o2, between: [one, s], delay: 2ms, impair: { loss: { model: list, packets: [3, 7..9] }, "
        "reorder: { "
        "probability: 1%, by: 3pkt, gap: 5 }, jitter: { time: 1ms, correlation: 10%, distribution: { file: "
        "d.dist } } } }\n"
        "  - { name: o3, between: [one, s], netem: loss 1% 25% delay 20ms 5ms 25% distribution pareto "
        "reorder 25% 50% gap 5 "
        "rate 10mbit limit 100 corrupt 0.1% duplicate 1%, netem-to: { s: loss gemodel 1% 30% } }\n"
        "  - { name: rs, between: [r, s], rate: 1Gbit, rate-to: { s: unlimited } }\n"
        "  - { name: o4, between: [one, s], rate: { rate: 1Mbit, burst: 20kB }, rate-to: { s: { trace: "
        "d.trace } } }\n"
        "  - { name: o5, between: [one, s], rate: { rate: 1Mbit, burst: 20kB, peak: 2Mbit, overhead: -8B } "
        "}\n"
        "  - { name: o6, between: [one, s], netem: rate 1mbit 20 48 -3 slot 20ms 30ms packets 3 loss 1% ecn "
        "seed "
        "18446744073709551615 limit 7 delay 5ms 9ms }\n"
        "  - { name: o7, between: [one, s], impair: { slot: { distribution: { file: d.dist }, delay: 9ms, "
        "jitter: 1ms, bytes: 9kB } } }\n"
        "  - { name: q1, between: [one, s], queue: { type: red, ecn: on, min: 10pkt, max: 30pkt, "
        "probability: 5%, weight: 0.5%, gentle: "
        "off, harddrop: on } }\n"
        "  - { name: q2, between: [one, s], queue: { type: codel, target: 10ms, interval: 200ms, ecn: on, "
        "limit: 20pkt } }\n"
        "  - { name: q3, between: [one, s], queue: { type: fq-codel, flows: 16, quantum: 300 }, queue-to: { "
        "s: { type: drophead } } }\n"
        "  - { name: q4, between: [one, s], queue: { type: pie, tupdate: 30ms, alpha: 3, beta: 10, burst: "
        "100ms, ecn-most: 20% } }\n"
        "  - { name: q5, between: [one, s], rate: 10Mbit, delay: 10ms, queue: 1.5bdp }\n"
        "apps:\n"
        "  - { host: b, dns-server: { zone: { www.example: 10.0.0.2 } } }\n"
        "  - { host: b, http-server: { port: 8080, root: www, files: { /big: { size: 10MB, fill: random } } "
        "} }\n"
        "  - { host: b, sink: { read: 1Mbit, stall: { after: 200kB, for: 3s } } }\n"
        "  - { host: b, name: back, echo: { request: 200, response: 50000 }, tcp: { keepalive: 5s } }\n"
        "  - { host: a, name: get, fetch: { url: http://www.example/, at: 1s, method: HEAD, repeat: 5, "
        "parallel: 2 } }\n"
        "  - { host: a, fetch: { url: http://www.example/ } }\n"
        "  - { host: a, fetch: { url: http://www.example/ } }\n"
        "  - { host: g, name: bulk, sender: { to: b, bytes: 1448, write: 100, every: 1ms, end: linger, "
        "flows: 2, stagger: 1ms } }\n"
        "  - { host: g, request-response: { to: b, count: 9, request: 200B, response: 50kB, writes: 4, "
        "local-port: 7777 } }\n"
        "faults:\n"
        "  - { name: x, on: b, match: { from: b, kind: data, nth: 3, every: 2, probability: 50%, time: "
        "1s..2s }, do: drop }\n"
        "  - { on: g-2, match: { to: g-2, transfer: bulk-6, bytes: 1..2, seq: 7, flags: syn -ack }, do: { "
        "corrupt: { bit: 7, in: ip } } }\n"
        "  - { on: b, match: { }, do: { hold-until: { kind: fin } } }\n"
        "  - { on: b, match: { }, do: { corrupt: { bits: 2, in: any } } }\n"
        "  - { on: b, match: { }, do: { duplicate: 2 } }\n"
        "  - { on: b, match: { }, do: { delay: 5ms } }\n"
        "  - { on: b, match: { }, do: swap-with-next }\n"
        "  - { on: b, match: { }, do: { link-down: 5ms } }\n"
        "  - { on: b, at: 1s, do: link-down }\n"
        "  - { on: b, at: 2s, do: link-up }\n"
        "  - { on: b, match: { filter: tcp and port 80 }, do: { truncate: 60B } }\n"
        "  - { on: b, match: { }, do: mark-ce }\n"
        "  - { on: b, at: 3s, every: 2s, do: { set: { mtu: 1400, rate: 5Mbit, delay-to: { r: 40ms }, impair: "
        "{ loss: 1% }, "
        "queue: { type: codel }, queue-to: { r: { type: pie } } } } }\n"
        "  - { host: a, at: 3s, do: { crash: 2s } }\n"
        "  - { host: g-2, at: 3s, do: crash }\n"
        "  - { host: g-2, at: 4s, do: restart }\n"
        "expect:\n"
        "  - get.status: 200\n"
        "  - packets.dropped.loss <= 5\n"
        "sweep: { tcp.sack: [on, off], links.b.impair.loss: [0%, { model: random, probability: 1% }], "
        "repeat: 3 }\n";

static char *dump_of(const char *text, bool inputs)
{
        g_autoptr(Scenario) scenario = scenario_text_good(text);
        return scenario_dump(scenario, inputs);
}

static void put_documents(void)
{
        scenario_text_put("www/index.html", "hello");
        scenario_text_put("d.trace", "1\n1\n\n20\n");
        scenario_text_put("d.dist", "# two\n-8192 8192\n");
}

START_TEST(canonical_form_loads_and_dumps_the_same_bytes)
{
        put_documents();
        g_autofree char *once = dump_of(everything, false);
        g_autofree char *twice = dump_of(once, false);
        ck_assert_str_eq(twice, once);
}
END_TEST

static void check_same_settings(const struct scenario_tcp *one, const struct scenario_tcp *other)
{
        ck_assert_ptr_eq(one->settings.congestion_control, other->settings.congestion_control);
        ck_assert_int_eq(one->settings.recovery, other->settings.recovery);
        ck_assert_int_eq(one->settings.delayed_ack, other->settings.delayed_ack);
        ck_assert_int_eq(one->settings.keepalive, other->settings.keepalive);
        ck_assert_uint_eq(one->settings.mss, other->settings.mss);
        ck_assert_uint_eq(one->settings.receive_buffer, other->settings.receive_buffer);
        ck_assert_int_eq(one->settings.time_wait, other->settings.time_wait);
        ck_assert_int_eq(one->limit_output, other->limit_output);
}

/* Field by field: the bytes between fields are nobody's. */
static void check_same_chance(struct probability one, struct probability other)
{
        ck_assert_uint_eq(one.threshold, other.threshold);
        ck_assert_int_eq(one.is_certain, other.is_certain);
}

static void check_same_luck(const struct impair_config *one, const struct impair_config *other)
{
        ck_assert_int_eq(one->loss.model, other->loss.model);
        check_same_chance(one->loss.probability, other->loss.probability);
        check_same_chance(one->loss.gemodel.p, other->loss.gemodel.p);
        check_same_chance(one->loss.gemodel.r, other->loss.gemodel.r);
        check_same_chance(one->loss.gemodel.bad_loss, other->loss.gemodel.bad_loss);
        check_same_chance(one->loss.gemodel.good_loss, other->loss.gemodel.good_loss);
        check_same_chance(one->loss.correlation, other->loss.correlation);
        check_same_chance(one->loss.state.p13, other->loss.state.p13);
        check_same_chance(one->loss.state.p31, other->loss.state.p31);
        check_same_chance(one->loss.state.p32, other->loss.state.p32);
        check_same_chance(one->loss.state.p23, other->loss.state.p23);
        check_same_chance(one->loss.state.p14, other->loss.state.p14);
        ck_assert_uint_eq(one->loss.every, other->loss.every);
        ck_assert_uint_eq(one->loss.first, other->loss.first);
        ck_assert_uint_eq(one->loss.range_count, other->loss.range_count);
        ck_assert_int_eq(one->at_entry, other->at_entry);
        ck_assert_int_eq(one->by_segment, other->by_segment);
        ck_assert_uint_eq(one->corrupt_bits, other->corrupt_bits);
        ck_assert_int_eq(one->corrupt_area, other->corrupt_area);
        check_same_chance(one->truncate, other->truncate);
        ck_assert_uint_eq(one->truncate_to, other->truncate_to);
        check_same_chance(one->jitter_correlation, other->jitter_correlation);
        ck_assert_int_eq(one->jitter_table == NULL, other->jitter_table == NULL);
        ck_assert_uint_eq(one->reorder_gap, other->reorder_gap);
        ck_assert_uint_eq(one->reorder_by, other->reorder_by);
        ck_assert_int_eq(one->reorder_early, other->reorder_early);
        check_same_chance(one->corrupt, other->corrupt);
        ck_assert_int_eq(one->corrupt_again, other->corrupt_again);
        check_same_chance(one->duplicate, other->duplicate);
        ck_assert_int_eq(one->jitter, other->jitter);
        ck_assert_int_eq(one->keep_order, other->keep_order);
        check_same_chance(one->reorder, other->reorder);
        ck_assert_int_eq(one->reorder_delay, other->reorder_delay);
}

static void check_same_direction(const struct scenario_direction *one, const struct scenario_direction *other)
{
        ck_assert_uint_eq(one->rate, other->rate);
        ck_assert_int_eq(one->delay, other->delay);
        ck_assert_uint_eq(one->shape.burst_bytes, other->shape.burst_bytes);
        ck_assert_uint_eq(one->shape.peak, other->shape.peak);
        ck_assert_int_eq(one->shape.trace == NULL, other->shape.trace == NULL);
        ck_assert_ptr_eq(one->queue.ops, other->queue.ops);
        ck_assert_uint_eq(one->queue.limit_packets, other->queue.limit_packets);
        ck_assert_uint_eq(one->queue.limit_bytes, other->queue.limit_bytes);
        ck_assert_int_eq(one->queue.ecn, other->queue.ecn);
        ck_assert_int_eq(one->queue.target, other->queue.target);
        ck_assert_int_eq(one->queue.interval, other->queue.interval);
        ck_assert_uint_eq(one->queue.flows, other->queue.flows);
        ck_assert_uint_eq(one->queue.quantum, other->queue.quantum);
        ck_assert_uint_eq(one->queue.least, other->queue.least);
        ck_assert_uint_eq(one->queue.most, other->queue.most);
        check_same_chance(one->queue.probability, other->queue.probability);
        check_same_chance(one->queue.weight, other->queue.weight);
        ck_assert_int_eq(one->queue.gentle, other->queue.gentle);
        ck_assert_int_eq(one->queue.hard_drop, other->queue.hard_drop);
        ck_assert_uint_eq(one->queue.alpha, other->queue.alpha);
        ck_assert_uint_eq(one->queue.beta, other->queue.beta);
        ck_assert_int_eq(one->queue.burst, other->queue.burst);
        check_same_chance(one->queue.ecn_most, other->queue.ecn_most);
        check_same_luck(&one->impair, &other->impair);
}

static void check_same_match(const struct scenario_match *one, const struct scenario_match *other)
{
        const struct fault_match *here = &one->values;
        const struct fault_match *there = &other->values;
        ck_assert_pstr_eq(one->from, other->from);
        ck_assert_pstr_eq(one->to, other->to);
        ck_assert_pstr_eq(one->transfer, other->transfer);
        ck_assert_uint_eq(here->kinds, there->kinds);
        ck_assert_uint_eq(here->nth, there->nth);
        ck_assert_uint_eq(here->every, there->every);
        ck_assert_int_eq(here->has_flags, there->has_flags);
        ck_assert_uint_eq(here->flags_set, there->flags_set);
        ck_assert_uint_eq(here->flags_clear, there->flags_clear);
        ck_assert_int_eq(here->has_seq, there->has_seq);
        ck_assert_uint_eq(here->seq_first, there->seq_first);
        ck_assert_uint_eq(here->seq_last, there->seq_last);
        ck_assert_int_eq(here->has_bytes, there->has_bytes);
        ck_assert_uint_eq(here->bytes_first, there->bytes_first);
        ck_assert_uint_eq(here->bytes_last, there->bytes_last);
        ck_assert_int_eq(here->has_time, there->has_time);
        ck_assert_int_eq(here->time_from, there->time_from);
        ck_assert_int_eq(here->time_to, there->time_to);
        ck_assert_int_eq(here->has_probability, there->has_probability);
        check_same_chance(here->probability, there->probability);
}

static void check_same_fault(const struct scenario_fault *one, const struct scenario_fault *other)
{
        ck_assert_str_eq(one->name, other->name);
        ck_assert_pstr_eq(one->link, other->link);
        ck_assert_pstr_eq(one->host, other->host);
        ck_assert_int_eq(one->is_timed, other->is_timed);
        ck_assert_int_eq(one->at, other->at);
        check_same_match(&one->match, &other->match);
        check_same_match(&one->until, &other->until);
        ck_assert_int_eq(one->action.kind, other->action.kind);
        ck_assert_uint_eq(one->action.count, other->action.count);
        ck_assert_int_eq(one->action.duration, other->action.duration);
        ck_assert_uint_eq(one->action.bit, other->action.bit);
        ck_assert_int_eq(one->action.area, other->action.area);
        for (int d = 0; one->set && d < 2; d++)
                check_same_direction(&one->set->directions[d], &other->set->directions[d]);
}

START_TEST(canonical_form_has_the_same_values)
{
        put_documents();
        g_autoptr(Scenario) before = scenario_text_good(everything);
        g_autofree char *text = scenario_dump(before, false);
        g_autoptr(Scenario) after = scenario_text_good(text);
        ck_assert_uint_eq(after->seed, before->seed);
        ck_assert_int_eq(after->stop, before->stop);
        check_same_settings(&after->tcp, &before->tcp);
        for (unsigned i = 0; i < before->hosts->len; i++) {
                const struct scenario_host *one = g_ptr_array_index(before->hosts, i);
                const struct scenario_host *other = g_ptr_array_index(after->hosts, i);
                ck_assert(ip_address_equal(&one->address, &other->address));
                ck_assert_uint_eq(one->count, other->count);
                ck_assert_int_eq(one->is_group, other->is_group);
                check_same_settings(&one->tcp, &other->tcp);
        }
        for (unsigned i = 0; i < before->links->len; i++) {
                const struct scenario_link *one = g_ptr_array_index(before->links, i);
                const struct scenario_link *other = g_ptr_array_index(after->links, i);
                check_same_direction(&one->directions[0], &other->directions[0]);
                check_same_direction(&one->directions[1], &other->directions[1]);
        }
        for (unsigned i = 0; i < before->faults->len; i++)
                check_same_fault(g_ptr_array_index(before->faults, i), g_ptr_array_index(after->faults, i));
}
END_TEST

/* An impairment of a link, and what a rule makes of it again: what it is where nothing is said. */
static const struct {
        const char *before;
        const char *after;
} set_back[] = {
        { "truncate: 5% 600B", "truncate: 5% 20B" },
        { "corrupt: { probability: 5%, bits: 3, in: tcp }",
                "corrupt: { probability: 5%, bits: 1, in: any }" },
        { "duplicate: 50% 60%", "duplicate: 50% 0%" },
        { "jitter: 5ms 50% normal", "jitter: { time: 5ms, correlation: 0%, distribution: uniform }" },
        { "reorder: { probability: 5%, delay: 3ms, gap: 4, by: 3pkt }",
                "reorder: { probability: 5%, delay: 3ms, gap: off, by: off }" },
        { "loss: 5% 60%", "loss: 5% 0%" },
        { "loss: gemodel 5% 60% 50% 3%", "loss: gemodel 5% 60%" },
        { "slot: { min: 5ms, max: 9ms, packets: 3pkt }", "slot: 5ms" },
        { "where: entry, keep-order: off, ecn: on, seed: 7",
                "where: line, keep-order: on, ecn: off, seed: run" },
};

START_TEST(what_is_set_back_to_defaults_is_in_the_canonical_form)
{
        g_autofree char *text =
                g_strdup_printf("inorder: 1\nhosts: { a: { addr: 10.0.0.1 } }\nrouters: { r: }\n"
                                "links: [{ name: l, between: [a, r], impair: { %s } }]\n"
                                "faults: [{ on: l, at: 1s, do: { set: { impair: { %s } } } },"
                                " { on: l, at: 2s, do: { set: { impair-to: { r: { %s } } } } }]\n",
                        set_back[_i].before, set_back[_i].after, set_back[_i].after);
        g_autoptr(Scenario) before = scenario_text_good(text);
        g_autofree char *once = scenario_dump(before, false);
        g_autoptr(Scenario) after = scenario_text_good(once);
        g_autofree char *twice = scenario_dump(after, false);
        ck_assert_str_eq(twice, once);
        for (unsigned i = 0; i < before->faults->len; i++)
                check_same_fault(g_ptr_array_index(before->faults, i), g_ptr_array_index(after->faults, i));
}
END_TEST

START_TEST(every_key_that_is_not_short_for_others_is_in_the_canonical_form)
{
        put_documents();
        g_autofree char *text = dump_of(everything, false);
        for (const struct field_table *const *table = field_tables; *table; table++)
                for (const struct field *field = (*table)->fields; field->name; field++) {
                        g_autofree char *key = g_strdup_printf("%s:", field->name);
                        bool is_expected = !field->is_shorthand && field->type->write;
                        ck_assert_msg(!is_expected || strstr(text, key), "%s has no %s", (*table)->what,
                                field->name);
                }
}
END_TEST

START_TEST(defaults_are_filled_in)
{
        static const char *const lines[] = { "title: s\n", "seed: 0\n", "stop: 1h\n", "sack: on\n",
                "mtu: 1500B\n", "rate: unlimited\n", "delay: 0s\n", "limit: 1000pkt", "loss: 0%\n",
                "keep-order: on\n", "addr: 100.64.0.1" };
        g_autofree char *text = dump_of("inorder: 1\nhosts: { a: { addr: 10.0.0.1 } }\nrouters: { r: }\n"
                                        "links: [{ name: l, between: [a, r] }]\n",
                false);
        for (size_t i = 0; i < G_N_ELEMENTS(lines); i++)
                ck_assert_msg(strstr(text, lines[i]) != NULL, "%s", lines[i]);
}
END_TEST

START_TEST(inputs_are_named_by_their_sum)
{
        put_documents();
        g_autofree char *text = dump_of(everything, true);
        ck_assert_ptr_nonnull(
                strstr(text, "/index.html: { file: "
                             "inputs/2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824 }"));
        scenario_text_put("inputs/65e7875d5f697c685a9a828ad4a3bcbb1c3d1c255f72b2bd22a3996ec0e57b91",
                "# two\n-8192 8192\n");
        scenario_text_put(
                "inputs/9ace0c98af6402f7c23e983726e27f72c958c017c6e9dcbbb17c0929650395be", "1\n1\n\n20\n");
        scenario_text_put("inputs/2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824", "hello");
        g_autofree char *again = dump_of(text, true);
        ck_assert_str_eq(again, text);
}
END_TEST

START_TEST(every_key_is_in_the_manual)
{
        g_autofree char *manual = NULL;
        ck_assert(g_file_get_contents(MANUAL_PATH, &manual, NULL, NULL));
        for (const struct field_table *const *table = field_tables; *table; table++)
                for (const struct field *field = (*table)->fields; field->name; field++) {
                        g_autofree char *key = g_strdup_printf("`%s`", field->name);
                        ck_assert_msg(strstr(manual, key) != NULL, "%s: no word of %s", (*table)->what, key);
                }
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("scenario_dump");
        tcase_add_checked_fixture(cases, scenario_text_enter, scenario_text_leave);
        tcase_add_test(cases, canonical_form_loads_and_dumps_the_same_bytes);
        tcase_add_test(cases, canonical_form_has_the_same_values);
        tcase_add_loop_test(
                cases, what_is_set_back_to_defaults_is_in_the_canonical_form, 0, G_N_ELEMENTS(set_back));
        tcase_add_test(cases, every_key_that_is_not_short_for_others_is_in_the_canonical_form);
        tcase_add_test(cases, defaults_are_filled_in);
        tcase_add_test(cases, inputs_are_named_by_their_sum);
        tcase_add_test(cases, every_key_is_in_the_manual);
        Suite *suite = suite_create("scenario_dump");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
