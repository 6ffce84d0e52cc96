/*
 * Whatever the line does, every byte arrives once, in order: hundreds of scenarios drawn by lot, loss up to
 * 20 %, deep reordering, duplication and corruption together, transfers in both directions at once.
 *
 * To see one again: test_whole_property SEED prints its scenario, for `inorder run -`.
 */
#include "whole_run.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include "random_scenario.h"

#define SEEDS 320

START_TEST(everything_arrives_once_and_in_order)
{
        struct whole_run run;
        g_autofree char *text = random_scenario((uint64_t)_i);
        whole_run_load(&run, text, &(struct whole_options){ 0 });
        whole_run_go(&run);
        g_autofree char *complaint = whole_run_complaint(&run);
        ck_assert_msg(complaint == NULL, "seed %d, digest %s: %s", _i, digest_text(run.digest), complaint);
        whole_run_clear(&run);
}
END_TEST

/* The lots are worth drawing: together they meet everything that they should. */
START_TEST(the_lots_meet_every_misfortune)
{
        struct packet_counts met = { 0 };
        for (uint64_t seed = 0; seed < 10; seed++) {
                struct whole_run run;
                g_autofree char *text = random_scenario(seed);
                whole_run_load(&run, text, &(struct whole_options){ .without_digest = true });
                whole_run_go(&run);
                const struct packet_counts *counts = world_packet_counts(run.world);
                met.duplicated += counts->duplicated;
                met.reordered += counts->reordered;
                met.corrupted += counts->corrupted;
                met.dropped[DROP_LOSS] += counts->dropped[DROP_LOSS];
                met.dropped[DROP_CORRUPT] += counts->dropped[DROP_CORRUPT];
                met.dropped[DROP_QUEUE_FULL] += counts->dropped[DROP_QUEUE_FULL];
                whole_run_clear(&run);
        }
        ck_assert_uint_gt(met.duplicated, 0);
        ck_assert_uint_gt(met.reordered, 0);
        ck_assert_uint_gt(met.corrupted, 0);
        ck_assert_uint_gt(met.dropped[DROP_LOSS], 0);
        ck_assert_uint_gt(met.dropped[DROP_CORRUPT], 0);
        ck_assert_uint_gt(met.dropped[DROP_QUEUE_FULL], 0);
}
END_TEST

static int print_scenario(const char *seed)
{
        g_autofree char *text = random_scenario(strtoull(seed, NULL, 10));
        return puts(text) < 0;
}

int main(int argc, char **argv)
{
        if (argc == 2)
                return print_scenario(argv[1]);
        TCase *cases = tcase_create("property");
        tcase_set_timeout(cases, 60);
        tcase_add_test(cases, the_lots_meet_every_misfortune);
        tcase_add_loop_test(cases, everything_arrives_once_and_in_order, 0, SEEDS);
        Suite *suite = suite_create("property");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
