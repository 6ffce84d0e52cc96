/*
 * The tap: who hears what, in which order, and the names of owners and transfers.
 */
#include "trace/trace.h"

#include <check.h>

static Trace *trace;
static GString *heard;

static void set_up(void)
{
        trace = trace_new();
        heard = g_string_new(NULL);
}

static void tear_down(void)
{
        g_string_free(heard, TRUE);
        trace_free(trace);
}

static void hear(void *name, const struct trace_event *event)
{
        g_string_append_printf(heard, "%s%d ", (const char *)name, (int)event->kind);
}

static void emit(enum trace_kind kind)
{
        struct trace_event event = { .kind = kind };
        trace_emit(trace, &event);
}

START_TEST(silence_is_a_mask_of_nothing)
{
        ck_assert_uint_eq(trace_mask(trace), 0);
        for (enum trace_kind kind = 0; kind < TRACE_KINDS; kind++) {
                ck_assert(!trace_wants(trace, kind));
                ck_assert(!trace_wants(NULL, kind));
        }
        struct trace_event event = { .kind = TRACE_HOP };
        trace_emit(NULL, &event);
}
END_TEST

START_TEST(a_listener_hears_its_kinds_only)
{
        trace_listen(trace, TRACE_BIT(TRACE_STEP), hear, "a");
        ck_assert(trace_wants(trace, TRACE_STEP));
        ck_assert(!trace_wants(trace, TRACE_HOP));
        emit(TRACE_HOP);
        emit(TRACE_STEP);
        ck_assert_str_eq(heard->str, "a10 ");
}
END_TEST

START_TEST(listeners_are_called_in_order_of_addition)
{
        trace_listen(trace, TRACE_ALL_KINDS, hear, "b");
        trace_listen(trace, TRACE_PACKET_KINDS, hear, "a");
        emit(TRACE_HOP);
        emit(TRACE_TCP_NOTE);
        ck_assert_str_eq(heard->str, "b0 a0 b8 ");
}
END_TEST

START_TEST(owners_are_numbered_as_they_are_added_and_links_are_labelled_by_direction)
{
        trace_add_owner(trace, TRACE_OWNER_HOST, "left", NULL, NULL);
        const struct trace_owner *left = trace_owner(trace, 0);
        for (int i = 0; i < 100; i++)
                trace_add_owner(trace, TRACE_OWNER_LINK, "core", "left", "right");
        ck_assert_ptr_eq(trace_owner(trace, 0), left);
        ck_assert_uint_eq(trace_owner_count(trace), 101);
        ck_assert_str_eq(trace_owner_label(trace, 0), "left");
        ck_assert_str_eq(trace_owner_label(trace, 100), "core → right");
        ck_assert_str_eq(trace_owner(trace, 100)->near_end, "left");
        ck_assert_int_eq(trace_owner(trace, 100)->kind, TRACE_OWNER_LINK);
}
END_TEST

START_TEST(transfer_zero_is_no_transfer)
{
        trace_add_transfer(trace, "price-list");
        trace_add_transfer(trace, "second");
        ck_assert_str_eq(trace_transfer_name(trace, 0), "-");
        ck_assert_str_eq(trace_transfer_name(trace, 1), "price-list");
        ck_assert_str_eq(trace_transfer_name(trace, 2), "second");
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("trace");
        tcase_add_checked_fixture(cases, set_up, tear_down);
        tcase_add_test(cases, silence_is_a_mask_of_nothing);
        tcase_add_test(cases, a_listener_hears_its_kinds_only);
        tcase_add_test(cases, listeners_are_called_in_order_of_addition);
        tcase_add_test(cases, owners_are_numbered_as_they_are_added_and_links_are_labelled_by_direction);
        tcase_add_test(cases, transfer_zero_is_no_transfer);
        Suite *suite = suite_create("trace");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
