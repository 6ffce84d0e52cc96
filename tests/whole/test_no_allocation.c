/*
 * A long transfer asks for memory while it begins, and never again: not once in the last nine tenths of its
 * segments. One flow without loss; W1; and W2, a hundred flows whose windows grow and shrink by losses to the
 * end.
 */
#include "whole_run.h"

#include <check.h>
#include <stdlib.h>
#include "allocation_count.h"

static const struct run_case {
        const char *file;
        unsigned segments;
        bool one_event_a_packet;
} run_cases[] = {
        { "bulk.yaml", 20000, false },
        { "bulk.yaml", 20000, true },
        { "../../scenarios/bench/W1.yaml", 100000, false },
        { "../../scenarios/bench/W2.yaml", 200000, false },
};

struct watch {
        const World *world;
        unsigned segments; /* of the run */
        unsigned seen;
        unsigned tenth;     /* which has begun */
        uint64_t calls[11]; /* when each tenth began, and at the last segment */
        uint64_t pool_calls[11];
};

static void note_calls(struct watch *watch, unsigned place)
{
        watch->calls[place] = allocation_count();
        watch->pool_calls[place] = world_pool_allocations(watch->world);
}

/* What is sent again counts, too: the last tenth is a bit longer. */
static void count_segment(void *data, const struct trace_event *event)
{
        struct watch *watch = data;
        if (event->packet->payload_size == 0)
                return;
        unsigned tenth = MIN(watch->seen++ * 10 / watch->segments, 9);
        if (tenth > watch->tenth)
                note_calls(watch, watch->tenth = tenth);
        note_calls(watch, 10);
}

START_TEST(a_transfer_allocates_nothing_once_it_runs)
{
        const struct run_case *c = &run_cases[_i];
        struct whole_run run;
        g_autofree char *text = whole_file(c->file);
        struct whole_options options = {
                .without_digest = true, .without_sha256 = true, .one_event_a_packet = c->one_event_a_packet
        };
        whole_run_load(&run, text, &options);
        struct watch watch = { .world = run.world, .segments = c->segments };
        trace_listen(run.trace, TRACE_BIT(TRACE_SENT), count_segment, &watch);
        allocation_count_start();
        whole_run_go(&run);
        g_autofree char *complaint = whole_run_complaint(&run);
        ck_assert_msg(complaint == NULL, "%s: %s", c->file, complaint);
        ck_assert_uint_ge(watch.seen, c->segments);
        for (unsigned tenth = 1; tenth < 10; tenth++) {
                ck_assert_uint_gt(watch.calls[tenth], 0);
                ck_assert_uint_eq(watch.pool_calls[tenth + 1], watch.pool_calls[tenth]);
                ck_assert_msg(watch.calls[tenth + 1] == watch.calls[tenth],
                        "%s: %" G_GUINT64_FORMAT " calls in tenth %u", c->file,
                        watch.calls[tenth + 1] - watch.calls[tenth], tenth + 1);
        }
        whole_run_clear(&run);
}
END_TEST

START_TEST(the_counter_counts)
{
        allocation_count_start();
        void *volatile block = malloc(100);
        block = realloc(block, 100000);
        free(block);
        block = g_new0(int, 1000);
        g_free(block);
        ck_assert_uint_ge(allocation_count(), 3);
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("no_allocation");
        tcase_set_timeout(cases, 120);
        tcase_add_test(cases, the_counter_counts);
        tcase_add_loop_test(cases, a_transfer_allocates_nothing_once_it_runs, 0, G_N_ELEMENTS(run_cases));
        Suite *suite = suite_create("no_allocation");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
