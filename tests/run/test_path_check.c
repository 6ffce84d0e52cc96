/*
 * What paths cannot be: values of links, files that they are made of, and rules about them, each refused with
 * its place and with what would be accepted.
 */
#include "scenario_text.h"

#include <check.h>
#include <string.h>

#define HOSTS "inorder: 1\nhosts: { a: { addr: 10.0.0.1 }, b: { addr: 10.0.0.2 } }\nrouters: { r: {} }\n"
#define HOSTS6                                                                                               \
        "inorder: 1\nhosts: { a: { addr: 2001:db8::1 }, b: { addr: 2001:db8::2 } }\nrouters: { r: {}, s: "   \
        "{} }\n"
#define LINKS "links: [{ name: ar, between: [a, r], delay: 1ms }, { name: rb, between: [r, b] }]\n"
#define LINKS6                                                                                               \
        "links: [{ name: ar, between: [a, r] }, { name: rs, between: [r, s] }, { name: sb, between: [s, b] " \
        "}]\n"

static const struct {
        const char *text;
        const char *message; /* behind "FILE:"; NULL: it is accepted */
        const char *why;
} cases[] = {
        { HOSTS "links: [{ name: x, between: [a, b], queue: 0B }]",
                "4:44: error: limit: '0B' is too small; accepted: 1B or more", "a queue of no bytes" },
        { HOSTS "links: [{ name: x, between: [a, b], queue: 1B }]", NULL, "a queue that takes no one" },
        { HOSTS "links: [{ name: x, between: [a, b], queue: { limit: 5kB, limit-bytes: 3kB } }]",
                "4:58: error: limit-bytes: the limit is in bytes already; accepted beside a limit of packets",
                "two limits in bytes" },
        { HOSTS "links: [{ name: x, between: [a, b], queue: { limit: 5pkt, limit-bytes: 3kB } }]", NULL,
                "a limit of each" },
        { HOSTS "links: [{ name: x, between: [a, b], queue: { limit: 5kB, counts: link } }]",
                "4:66: error: counts: link, and no limit of packets; accepted: a limit such as 100pkt beside "
                "it",
                "bytes on the link" },
        { HOSTS "links: [{ name: x, between: [a, b], queue: { limit: unlimited, counts: link } }]",
                "4:72: error: counts: link, and no limit of packets; accepted: a limit such as 100pkt beside "
                "it",
                "counted for nothing" },
        { HOSTS "links: [{ name: x, between: [a, b], queue: { counts: link } }]", NULL,
                "the usual limit of all on the link" },
        { HOSTS "links: [{ name: x, between: [a, b], netem: limit 5, queue: unlimited }]", NULL,
                "a limit that is taken back" },
        { HOSTS "links:\n  - name: x\n    between: [a, b]\n    netem: |\n      delay 20ms 5ms\n      loss "
                "1%\n",
                NULL, "a netem line in lines" },
        { HOSTS "links: [{ name: x, between: [a, b], netem: \"loss 1%\\n\\tdelay 20ms\\r\\nlimit 9\\n\" }]",
                NULL, "and with other white space" },
        { HOSTS "links: [{ name: x, between: [a, b], impair: { loss: \"1%\\n25%\", jitter: \"1ms\\r\\n\" } "
                "}]",
                NULL, "short forms, too" },
        { HOSTS LINKS "faults: [{ on: ar, match: { flags: \"syn  -ack\\n\" }, do: drop }]", NULL,
                "and flags" },
        { HOSTS "links: [{ name: x, between: [a, b], delay: 99999999999999h }]",
                "4:44: error: delay: '99999999999999h' is too large; accepted: at most 8760h",
                "a number that is none of ours" },
        { HOSTS "links: [{ name: x, between: [a, b], rate: 9Tbit, delay: 8760h, queue: 1000bdp }]",
                "4:9: error: limit: so many bandwidth-delay products of the link are more than 2^63 bytes; "
                "accepted: a smaller limit, rate or delay",
                "a product that no number holds" },
        { HOSTS "links: [{ name: x, between: [a, b], rate: { rate: 2Mbit, burst: 3kB, peak: 1Mbit } }]",
                "4:76: error: peak: less than the rate, so that the bucket never empties; accepted: at least "
                "the rate, or unlimited",
                "a bucket that fills faster than it empties" },
        { HOSTS "links: [{ name: x, between: [a, b], rate: { rate: 2Mbit, burst: 3kB, peak: 2Mbit } }]", NULL,
                "a bucket that empties as fast as it fills" },
        { HOSTS "links: [{ name: x, between: [a, b], delay: 9ms, impair: { where: entry, loss: 1%, jitter: "
                "5ms, reorder: 1% 2ms } }]",
                NULL, "jitter is the line's wherever the rest is" },
        { HOSTS "links: [{ name: x, between: [a, b], mtu: 128B }]", NULL, "IPv4 takes what it gets" },
        { HOSTS6 "links: [{ name: x, between: [a, b], mtu: 1279B }]",
                "4:42: error: x: an mtu of 1279B, and hosts that speak IPv6; accepted: at least 1280B",
                "RFC 8200 section 5" },
        { HOSTS6 "links: [{ name: x, between: [a, b], mtu: 1280B }]", NULL, "just enough for IPv6" },
        { HOSTS6 "links: [{ name: ar, between: [a, r] }, { name: rs, mtu: 999, between: [r, s] }]",
                "4:57: error: rs: an mtu of 999B, and hosts that speak IPv6; accepted: at least 1280B",
                "between routers" },
        { HOSTS6 LINKS6 "faults: [{ on: rs, at: 1s, do: { set: { mtu: 1000B } } }]",
                "5:46: error: rs: an mtu of 1000B, and hosts that speak IPv6; accepted: at least 1280B",
                "and later" },
        { HOSTS LINKS "faults: [{ on: ar, at: 0s, every: 1ns, do: link-up }]",
                "5:35: error: every: more than 1000000 times until the file's 'stop'; accepted: at least "
                "3600001ns, or an earlier 'stop'",
                "a rule that would never let time pass" },
        { HOSTS LINKS "faults: [{ on: ar, at: 0s, every: 3600001ns, do: link-up }]", NULL,
                "what is proposed" },
        { HOSTS LINKS "faults: [{ on: ar, at: 2h, every: 1ns, do: link-up }]", NULL, "behind the end" },
        { HOSTS LINKS "faults: [{ host: a, at: 0s, do: { set: { rate: 1Mbit } } }]",
                "5:35: error: set: the rule does not say of which link; accepted: on: LINK",
                "a host has no rate" },
        { HOSTS LINKS "faults: [{ host: a, on: ar, at: 0s, do: crash }]",
                "5:10: error: crash happens to a host; accepted: host: NAME without 'on'", "two places" },
        { HOSTS LINKS "faults: [{ host: a, on: ar, match: {}, do: drop }]",
                "5:10: error: drop happens on a link; accepted: on: LINK without 'host'", "two places" },
        { HOSTS LINKS "faults: { on: ar, match: {}, do: drop }",
                "5:9: error: faults: one mapping; accepted: a list of rules, as in [{ on: LINK, match: {}, "
                "do: "
                "drop }]",
                "one rule is a list of one" },
};

static void expect_answer(const char *text, const char *message, const char *why)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(Scenario) scenario = scenario_text_load(text, NULL, &error);
        const char *said = error ? error->message : "nothing";
        if (message == NULL) {
                ck_assert_msg(scenario != NULL, "%s: %s", why, said);
                return;
        }
        g_autofree char *expected = g_strconcat(SCENARIO_TEXT_PATH ":", message, NULL);
        ck_assert_msg(!scenario, "accepted: %s", why);
        ck_assert_msg(g_str_equal(said, expected), "%s:\n  said     %s\n  expected %s", why, said, expected);
}

START_TEST(a_path_that_cannot_be_is_refused)
{
        expect_answer(cases[_i].text, cases[_i].message, cases[_i].why);
}
END_TEST

#define JITTER                                                                                               \
        HOSTS "links: [{ name: x, between: [a, b], delay: 9ms, impair: { jitter: { time: 5ms, "              \
              "distribution: { file: f } } } }]"
#define TRACE HOSTS "links: [{ name: x, between: [a, b], rate: { trace: f } }]"

/* Of a file named f. */
static const struct {
        const char *scenario;
        const char *bytes;
        const char *message; /* behind the place of its name */
        const char *why;
} files[] = {
        { JITTER, "# Two lines.\n-8192 0 0\n8192\n", NULL, "equal ones come together" },
        { JITTER, "", "file 'f': no number is in it; accepted: 1 to 65536", "nothing" },
        { JITTER, "1\n2 x\n",
                "file 'f': 'x' on line 2 is no quantile; accepted: whole numbers from -32768 to 32767",
                "no number" },
        { JITTER, "1 32768\n",
                "file 'f': '32768' on line 1 is no quantile; accepted: whole numbers from -32768 to 32767",
                "no 16 bits" },
        { JITTER, "1 2\n# and\n1\n",
                "file 'f': 2 is followed by 1 on line 3; accepted: numbers that do not decrease",
                "not in order" },
        { TRACE, "", "file 'f': no line is in it; accepted: 1 to 10000000", "nothing" },
        { TRACE, "0\n", "file 'f': its last line is 0, and it lasts no time; accepted: above 0", "no time" },
        { TRACE, "1\n\n3\n2\n",
                "file 'f': '2' on line 4; accepted: whole milliseconds up to 4294967295 that do not "
                "decrease, one a line",
                "not in order" },
        { TRACE, "4294967296\n",
                "file 'f': '4294967296' on line 1; accepted: whole milliseconds up to 4294967295 that do not "
                "decrease, one a line",
                "beyond seven weeks" },
        { TRACE, "1\r\n2\r\n", NULL, "lines that end so" },
        { JITTER, "1 2\r\n3\r\n", NULL, "lines that end so" },
        { TRACE, "1.5\n",
                "file 'f': '1.5' on line 1; accepted: whole milliseconds up to 4294967295 that do not "
                "decrease, one a line",
                "half a millisecond" },
};

START_TEST(a_file_that_no_path_is_made_of_is_refused)
{
        scenario_text_put("f", files[_i].bytes);
        const char *place = strstr(files[_i].scenario, "jitter") ? "4:102: error: " : "4:52: error: ";
        g_autofree char *message = files[_i].message ? g_strconcat(place, files[_i].message, NULL) : NULL;
        expect_answer(files[_i].scenario, message, files[_i].why);
}
END_TEST

START_TEST(a_file_with_a_nul_character_is_refused)
{
        static const char *const scenarios[] = { JITTER, TRACE };
        ck_assert(g_file_set_contents("f", "1\n\0002\n", 5, NULL));
        g_autofree char *message = g_strconcat(_i == 0 ? "4:102: error: " : "4:52: error: ",
                "file 'f': a NUL character; accepted: text without it", NULL);
        expect_answer(scenarios[_i], message, "a NUL character");
}
END_TEST

int main(void)
{
        TCase *tests = tcase_create("paths");
        tcase_add_checked_fixture(tests, scenario_text_enter, scenario_text_leave);
        tcase_add_loop_test(tests, a_path_that_cannot_be_is_refused, 0, G_N_ELEMENTS(cases));
        tcase_add_loop_test(tests, a_file_that_no_path_is_made_of_is_refused, 0, G_N_ELEMENTS(files));
        tcase_add_loop_test(tests, a_file_with_a_nul_character_is_refused, 0, 2);
        Suite *suite = suite_create("path_check");
        suite_add_tcase(suite, tests);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failures = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failures != 0;
}
