/*
 * Nearest words: what a typing mistake is near to, and what is near to nothing.
 */
#include "run/suggestion.h"

#include <check.h>
#include <glib.h>

static const struct {
        const char *a;
        const char *b;
        unsigned distance;
        const char *why;
} distances[] = {
        { "sack", "sack", 0, "the same" },
        { "", "sack", 4, "nothing is as far as the word is long" },
        { "sakc", "sack", 1, "two letters swapped" },
        { "sac", "sack", 1, "a letter missing" },
        { "ssack", "sack", 1, "a letter too many" },
        { "sbck", "sack", 1, "another letter" },
        { "SACK", "sack", 0, "case counts as nothing" },
        { "cubik", "bic", 3, "several at once" },
        { "ca", "abc", 3, "no letter is touched again after a swap" },
};

START_TEST(distance_counts_single_mistakes)
{
        ck_assert_msg(suggestion_distance(distances[_i].a, distances[_i].b) == distances[_i].distance, "%s",
                distances[_i].why);
        ck_assert_msg(suggestion_distance(distances[_i].b, distances[_i].a) == distances[_i].distance,
                "%s, backwards", distances[_i].why);
}
END_TEST

static const struct {
        const char *wrong;
        const char *nearest;
        const char *why;
} nearests[] = {
        { "dely", "delay", "one letter missing" },
        { "qeuue", "queue", "two letters swapped" },
        { "limits", "limit", "one letter too many" },
        { "rat", "rate", "the first of two at the same distance" },
        { "up", NULL, "too short to be near" },
        { "throughput", NULL, "near to nothing" },
        { "", NULL, "nothing" },
};

START_TEST(nearest_word_is_what_was_meant_or_none)
{
        static const char *const words[] = { "rate", "rat-e", "delay", "queue", "limit", "on", NULL };
        ck_assert_msg(g_strcmp0(suggestion_nearest(nearests[_i].wrong, words), nearests[_i].nearest) == 0,
                "%s", nearests[_i].why);
}
END_TEST

START_TEST(words_of_any_length_are_compared)
{
        g_autofree char *endless = g_strnfill(100000, 'x');
        const char *const words[] = { "rate", NULL };
        ck_assert_ptr_null(suggestion_nearest(endless, words));
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("suggestion");
        tcase_add_loop_test(cases, distance_counts_single_mistakes, 0, G_N_ELEMENTS(distances));
        tcase_add_loop_test(cases, nearest_word_is_what_was_meant_or_none, 0, G_N_ELEMENTS(nearests));
        tcase_add_test(cases, words_of_any_length_are_compared);
        Suite *suite = suite_create("suggestion");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
