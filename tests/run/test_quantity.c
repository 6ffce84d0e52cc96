/*
 * Quantities: exact, in their units, and back to text.
 */
#include "run/quantity.h"

#include <check.h>
#include <glib.h>

struct quantity_case {
        const struct quantity_kind *kind;
        const char *text;
        enum quantity_result result;
        uint64_t value;
        const char *canonical;
        const char *why;
};

#define OK(kind, text, value, canonical, why)                                                                \
        {                                                                                                    \
                &quantity_##kind, text, QUANTITY_OK, value, canonical, why                                   \
        }
#define NO(kind, text, result, why)                                                                          \
        {                                                                                                    \
                &quantity_##kind, text, QUANTITY_##result, 0, NULL, why                                      \
        }

static const struct quantity_case quantities[] = {
        OK(time, "30ms", 30 * MILLISECOND, "30ms", "as everybody writes it"),
        OK(time, "1.5s", 1500 * MILLISECOND, "1500ms", "a decimal that is whole"),
        OK(time, "0.000000001s", 1, "1ns", "the smallest"),
        OK(time, "1.500s", 1500 * MILLISECOND, "1500ms", "zeros at the end"),
        OK(time, "007ms", 7 * MILLISECOND, "7ms", "zeros at the beginning are no octal"),
        OK(time, "60s", 60 * SECOND, "60s", "a minute stays as most write it"),
        OK(time, "2m", 120 * SECOND, "120s", "minutes"),
        OK(time, "2min", 120 * SECOND, "120s", "minutes, in full"),
        OK(time, "1h", 3600 * SECOND, "1h", "an hour"),
        OK(time, "5us", 5 * MICROSECOND, "5us", "microseconds"),
        OK(time, "5µs", 5 * MICROSECOND, "5us", "microseconds, with the letter"),
        OK(time, "0", 0, "0s", "nothing needs no unit"),
        OK(time, "9223372036854775806ns", INT64_MAX - 1, "9223372036854775806ns", "19 digits that fit"),
        NO(time, "9223372036854775807ns", TOO_LARGE, "the value that means never"),
        NO(time, "10000000000000000000ns", TOO_LARGE, "20 digits"),
        NO(time, "0.0000000000000000001s", NOT_WHOLE, "more decimals than we count"),
        NO(time, "1.5ns", NOT_WHOLE, "half a nanosecond"),
        NO(time, "30", NO_UNIT, "thirty what?"),
        NO(time, "30 ms", WRONG_UNIT, "a space"),
        NO(time, "30MS", WRONG_UNIT, "units have one spelling"),
        NO(time, "", MALFORMED, "nothing"),
        NO(time, "-1s", MALFORMED, "a sign"),
        NO(time, "+1s", MALFORMED, "a sign"),
        NO(time, ".5s", MALFORMED, "no digit before the point"),
        NO(time, "1.s", MALFORMED, "no digit behind the point"),
        NO(time, "1e3s", WRONG_UNIT, "no powers of ten"),
        NO(time, "nan", MALFORMED, "no floating point"),
        OK(rate, "10Mbit/s", 10000000, "10Mbit/s", "in full"),
        OK(rate, "10Mbit", 10000000, "10Mbit/s", "as tc has it"),
        OK(rate, "1.5Gbit", 1500000000, "1500Mbit/s", "a decimal"),
        OK(rate, "64kbit", 64000, "64kbit/s", "k is 1000"),
        OK(rate, "1Kibit", 1024, "1024bit/s", "Ki is 1024"),
        OK(rate, "100kB/s", 800000, "800kbit/s", "bytes are eight bits"),
        NO(rate, "10Mbps", WRONG_UNIT, "which tc reads as bytes"),
        NO(rate, "0.5bit", NOT_WHOLE, "half a bit"),
        NO(rate, "99999999999Tbit", TOO_LARGE, "past 64 bits"),
        OK(size, "200kB", 200000, "200kB", "k is 1000"),
        OK(size, "64KiB", 65536, "64KiB", "Ki is 1024"),
        OK(size, "1.5MB", 1500000, "1500kB", "a decimal"),
        OK(size, "1448", 1448, "1448B", "a bare number is bytes"),
        OK(size, "1448B", 1448, "1448B", "bytes"),
        OK(size, "1024000", 1024000, "1024kB", "powers of 1000 come first"),
        OK(size, "0B", 0, "0B", "none"),
        NO(size, "1KB", WRONG_UNIT, "K could be either"),
        NO(size, "1.5", NOT_WHOLE, "half a byte"),
        OK(packets, "50pkt", 50, "50pkt", "packets"),
        NO(packets, "50", NO_UNIT, "fifty what?"),
        NO(packets, "50p", WRONG_UNIT, "one spelling"),
        OK(count, "10", 10, "10", "a number"),
        OK(count, "0", 0, "0", "none"),
        NO(count, "10x", WRONG_UNIT, "no units"),
        NO(count, "1.5", NOT_WHOLE, "no decimals"),
        OK(count, "2.0", 2, "2", "whole all the same"),
};

START_TEST(quantity_is_exact_or_refused)
{
        const struct quantity_case *c = &quantities[_i];
        uint64_t value = 12345;
        ck_assert_msg(c->kind->parse(c->text, &value) == c->result, "'%s': %s", c->text, c->why);
        ck_assert_msg(value == (c->result == QUANTITY_OK ? c->value : 12345), "'%s': %s", c->text, c->why);
}
END_TEST

START_TEST(formatted_quantity_is_read_back_the_same)
{
        const struct quantity_case *c = &quantities[_i];
        if (c->result != QUANTITY_OK)
                return;
        g_autofree char *text = c->kind->format(c->value);
        uint64_t value;
        ck_assert_str_eq(text, c->canonical);
        ck_assert_int_eq(c->kind->parse(text, &value), QUANTITY_OK);
        ck_assert_uint_eq(value, c->value);
}
END_TEST

static const struct {
        const char *text;
        enum quantity_result result;
        uint64_t parts;
        uint64_t whole;
        const char *canonical;
        const char *why;
} probabilities[] = {
        { "1%", QUANTITY_OK, 1, 100, "1%", "a percentage" },
        { "0.01%", QUANTITY_OK, 1, 10000, "0.01%", "a small one" },
        { "0.05", QUANTITY_OK, 5, 100, "5%", "a share" },
        { "33.3%", QUANTITY_OK, 333, 1000, "33.3%", "a decimal" },
        { "0%", QUANTITY_OK, 0, 1, "0%", "never" },
        { "0", QUANTITY_OK, 0, 1, "0%", "never, without a unit" },
        { "100%", QUANTITY_OK, 1, 1, "100%", "always" },
        { "99.9999999999999999%", QUANTITY_OK, 999999999999999999, 1000000000000000000,
                "99.9999999999999999%", "as near to always as it gets" },
        { "0.0000000000000001%", QUANTITY_OK, 1, 1000000000000000000, "0.0000000000000001%", "and to never" },
        { "1.0", QUANTITY_OK, 1, 1, "100%", "a share written as one" },
        { "1", QUANTITY_NO_UNIT, 0, 0, NULL, "one percent, or always?" },
        { "101%", QUANTITY_TOO_LARGE, 0, 0, NULL, "more than always" },
        { "1.5", QUANTITY_TOO_LARGE, 0, 0, NULL, "a share above one" },
        { "-1%", QUANTITY_MALFORMED, 0, 0, NULL, "less than never" },
        { "1 %", QUANTITY_WRONG_UNIT, 0, 0, NULL, "a space" },
        { "0.00000000000000001%", QUANTITY_NOT_WHOLE, 0, 0, NULL, "more decimals than fit" },
};

START_TEST(probability_is_exact_or_refused)
{
        struct probability probability = { .threshold = 12345 };
        ck_assert_msg(probability_parse(probabilities[_i].text, &probability) == probabilities[_i].result,
                "%s", probabilities[_i].why);
        if (probabilities[_i].result != QUANTITY_OK) {
                ck_assert_uint_eq(probability.threshold, 12345);
                return;
        }
        struct probability expected = probability_of(probabilities[_i].parts, probabilities[_i].whole);
        ck_assert_msg(probability.threshold == expected.threshold, "%s", probabilities[_i].why);
        ck_assert_msg(probability.is_certain == expected.is_certain, "%s", probabilities[_i].why);
        g_autofree char *text = probability_format(probability);
        ck_assert_str_eq(text, probabilities[_i].canonical);
}
END_TEST

START_TEST(complaint_says_what_is_wrong_with_the_text)
{
        static const struct {
                const struct quantity_kind *kind;
                const char *text;
                const char *complaint;
        } complaints[] = {
                { &quantity_time, "soon", "'soon' is not a time" },
                { &quantity_time, "5", "'5' has no unit" },
                { &quantity_time, "5x", "'5x' has an unknown unit" },
                { &quantity_time, "0.1ns", "'0.1ns' is not a whole number of nanoseconds" },
                { &quantity_count, "0.1", "'0.1' is not a whole number" },
                { &quantity_size, "9999999TB", "'9999999TB' is too large" },
                { &quantity_size, "", "nothing is given" },
        };
        for (size_t i = 0; i < G_N_ELEMENTS(complaints); i++) {
                uint64_t value;
                enum quantity_result result = complaints[i].kind->parse(complaints[i].text, &value);
                g_autofree char *complaint =
                        quantity_complaint(complaints[i].kind, complaints[i].text, result);
                ck_assert_str_eq(complaint, complaints[i].complaint);
        }
}
END_TEST

START_TEST(switch_has_three_spellings_each_way)
{
        static const char *const on[] = { "on", "yes", "true" };
        static const char *const off[] = { "off", "no", "false" };
        bool is_on;
        for (size_t i = 0; i < G_N_ELEMENTS(on); i++) {
                ck_assert(switch_parse(on[i], &is_on) && is_on);
                ck_assert(switch_parse(off[i], &is_on) && !is_on);
        }
        ck_assert(!switch_parse("ON", &is_on));
        ck_assert(!switch_parse("1", &is_on));
        ck_assert(!switch_parse("", &is_on));
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("quantity");
        tcase_add_loop_test(cases, quantity_is_exact_or_refused, 0, G_N_ELEMENTS(quantities));
        tcase_add_loop_test(cases, formatted_quantity_is_read_back_the_same, 0, G_N_ELEMENTS(quantities));
        tcase_add_loop_test(cases, probability_is_exact_or_refused, 0, G_N_ELEMENTS(probabilities));
        tcase_add_test(cases, complaint_says_what_is_wrong_with_the_text);
        tcase_add_test(cases, switch_has_three_spellings_each_way);
        Suite *suite = suite_create("quantity");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
