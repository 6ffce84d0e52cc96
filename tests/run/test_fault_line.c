/*
 * Fault rules in one line: what each becomes in the canonical form, and what is said of those that are none.
 */
#include "run/scenario.h"

#include "scenario_text.h"

#include <check.h>

#define FILE_TEXT                                                                                            \
        "inorder: 1\n"                                                                                       \
        "hosts: { browser: { addr: 10.0.0.1 }, www: { addr: 10.0.0.2 } }\n"                                  \
        "links: [{ name: core, between: [browser, www], rate: 10Mbit, delay: 5ms }]\n"

static Scenario *load(const char *line, GError **error)
{
        char *lines[] = { (char *)line, NULL };
        const struct scenario_overrides overrides = { .fault_lines = lines };
        return scenario_load_text("s.yaml", FILE_TEXT, &overrides, error);
}

static const struct {
        const char *line;
        const char *rule; /* part of it, as the canonical form has it */
} good[] = {
        { "core: drop data 3 from www", "match: { from: www, kind: data, nth: 3, every: off }, do: drop }" },
        { "core: drop", "match: { kind: any, nth: all, every: off }, do: drop }" },
        { "core: duplicate 2 to browser", "do: { duplicate: 2 }" },
        { "core: delay 20ms every 4", "every: 4 }, do: { delay: 20ms }" },
        { "core: hold data 5 from www until data 6 from www",
                "hold-until: { from: www, kind: data, nth: 6, every: off }" },
        { "core: swap-with-next fin", "kind: fin, nth: all, every: off }, do: swap-with-next" },
        { "core: corrupt 77 data 1", "do: { corrupt: { bit: 77, in: payload } }" },
        { "core: corrupt bits 2 in tcp retransmission 1", "do: { corrupt: { bits: 2, in: tcp } }" },
        { "core: truncate 60B data 2", "do: { truncate: 60B }" },
        { "core: mark-ce bytes 0..1447", "bytes: 0..1447, nth: all, every: off }, do: mark-ce" },
        { "core: drop flags syn,-ack", "flags: \"syn -ack\"" },
        { "core: drop probability 5% time 1s..2s", "time: 1s..2s, nth: all, every: off, probability: 5% }" },
        { "core: drop filter tcp[13] & 2 != 0 and port 80", "filter: \"tcp[13] & 2 != 0 and port 80\"" },
        { "core: link-down 300ms at 2s", "{ on: core, at: 2s, every: once, do: { link-down: 300ms } }" },
        { "core: link-down at 2s", "do: { link-down: until-link-up }" },
        { "core: set rate 1Mbit at 2s every 10s",
                "{ on: core, at: 2s, every: 10s, do: { set: { rate: 1Mbit/s } } }" },
        { "core:drop data 3", "match: { kind: data, nth: 3, every: off }, do: drop }" },
        { "www: crash 500ms at 2s", "{ host: www, at: 2s, every: once, do: { crash: 500ms } }" },
        { "www: restart at 3s", "{ host: www, at: 3s, every: once, do: restart }" },
        { "core: set impair-to { www: { loss: 3% } } at 2s", "loss: 3%" },
        { "core: set rate 1Mbit, delay 9ms at 2s", "do: { set: { rate: 1Mbit/s, delay: 9ms } }" },
        { "core: set { rate: 1Mbit, delay: 9ms } data 7",
                "nth: 7, every: off }, do: { set: { rate: 1Mbit/s, delay: 9ms } }" },
        { "core: set delay 9ms data 7", "do: { set: { delay: 9ms } }" },
        { "core: set netem \"loss 2% ecn\" at 2s", "loss: 2%\n          ecn: on\n" },
        { "core: set netem 'delay 9ms' data 7", "nth: 7, every: off }, do: { set: { delay: 9ms } }" },
        { "core: set netem loss 2% delay 9ms at 2s every 3s",
                "delay: 9ms\n        impair:\n          where: line\n          loss: 2%\n" },
        { "core: set queue \"9pkt\" at 2s", "limit: 9pkt" },
};

START_TEST(a_line_becomes_the_rule_that_a_file_would_have)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(Scenario) scenario = load(good[_i].line, &error);
        ck_assert_msg(scenario != NULL, "%s", error ? error->message : "");
        g_autofree char *dump = scenario_dump(scenario, false);
        ck_assert_msg(strstr(dump, good[_i].rule) != NULL, "%s: %s", good[_i].line, strstr(dump, "faults:"));
}
END_TEST

static const struct {
        const char *line;
        const char *message;
} bad[] = {
        { "drop data", "no link before a colon; accepted: LINK: ACTION …, as in 'core: drop data 3'" },
        { "cor: drop", "on: no link is named 'cor'; did you mean 'core'?" },
        { "core: corrupt data 4", "corrupt: 'data' is no bit; accepted: corrupt 77 …, the bit that flips, or "
                                  "corrupt bits 1 …, how many" },
        { "core: drpo", "do: unknown action 'drpo'; did you mean 'drop'?" },
        { "core: drop date", "kind: unknown word 'date'; did you mean 'data'?" },
        { "core: drop from",
                "nothing behind 'from'; accepted: LINK: ACTION [VALUE] [KIND] [NTH] [from HOST] [KEY "
                "VALUE]… [at TIME]" },
        { "core: drop 3 4", "'4' is a second 'nth'; accepted: one" },
        { "core: drop data data", "'data' is a second 'kind'; accepted: one" },
        { "core: hold data 5 until",
                "nothing behind 'until'; accepted: LINK: ACTION [VALUE] [KIND] [NTH] [from HOST] [KEY "
                "VALUE]… [at TIME]" },
        { "core: drop filter host www.example", "filter: 'www.example' is a name, and names are not looked "
                                                "up; accepted: what pcap-filter(7) says of "
                                                "IP packets, with numbers for names" },
        { "www: crash", "a host crashes and restarts at a time; accepted: at: TIME" },
        { "core: crash at 1s", "host: no host is named 'core'; accepted: browser, www" },
        { "www: drop data 1", "on: no link is named 'www'; accepted: core" },
        { "core: set impair { loss: 3%, jitter",
                "impair: not YAML: did not find expected ',' or '}', while parsing a flow mapping" },
        { "core: set netem loss 2%",
                "netem: where its words end is not told; accepted: set netem WORDS… at TIME, or the words in "
                "quotes, set netem \"loss 2%\"" },
        { "core: set netem \"loss 2% at 2s", "netem: a quote that does not end; accepted: \"…\"" },
        { "core: set netem", "nothing behind 'netem'; accepted: LINK: ACTION [VALUE] [KIND] [NTH] [from "
                             "HOST] [KEY VALUE]… [at TIME]" },
        { "core: set netem at 2s",
                "netem: an empty line; accepted: words as tc takes them, such as delay 20ms loss 1%" },
        { "core: set rate fast at 1s",
                "rate: 'fast' is not a rate; accepted: 10Mbit/s, 1.5Gbit, 100kB/s, unlimited" },
};

START_TEST(what_is_no_rule_is_told_with_the_line)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(Scenario) scenario = load(bad[_i].line, &error);
        ck_assert_ptr_null(scenario);
        g_autofree char *expected = g_strdup_printf("--fault '%s': error: %s", bad[_i].line, bad[_i].message);
        ck_assert_str_eq(error->message, expected);
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("fault_line");
        tcase_add_checked_fixture(cases, scenario_text_enter, scenario_text_leave);
        tcase_add_loop_test(cases, a_line_becomes_the_rule_that_a_file_would_have, 0, G_N_ELEMENTS(good));
        tcase_add_loop_test(cases, what_is_no_rule_is_told_with_the_line, 0, G_N_ELEMENTS(bad));
        Suite *suite = suite_create("fault_line");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failures = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failures != 0;
}
