/*
 * Rings: growing around the end, and places opened and closed in the middle.
 */
#include "tcp/ring.h"

#include <check.h>

static const size_t size = sizeof(uint32_t);

static uint32_t value_at(const struct ring *ring, uint32_t index)
{
        return *(uint32_t *)ring_at(ring, size, index);
}

/* A ring of 0 … count-1 that goes around the end of its array. */
static struct ring wrapped_ring(uint32_t count)
{
        struct ring ring = { 0 };
        ring_reserve(&ring, size, 0);
        ring_drop_front(&ring, RING_CAPACITY_MIN - 3);
        for (uint32_t i = 0; i < count; i++) {
                ring_reserve(&ring, size, i);
                memcpy(ring_at(&ring, size, i), &i, size);
        }
        return ring;
}

START_TEST(growing_keeps_the_items_in_their_order)
{
        struct ring ring = wrapped_ring(100);
        ck_assert_uint_eq(ring.capacity, 128);
        for (uint32_t i = 0; i < 100; i++)
                ck_assert_uint_eq(value_at(&ring, i), i);
        ring_clear(&ring);
        ck_assert_uint_eq(ring.capacity, 0);
}
END_TEST

START_TEST(an_opened_place_moves_no_other_item_out_of_order)
{
        uint32_t index = (uint32_t)_i;
        struct ring ring = wrapped_ring(10);
        uint32_t fresh = 1000;
        memcpy(ring_open(&ring, size, 10, index), &fresh, size);
        for (uint32_t i = 0; i < 11; i++)
                ck_assert_uint_eq(value_at(&ring, i), i == index ? fresh : i - (i > index));
        ring_clear(&ring);
}
END_TEST

START_TEST(opening_a_place_in_a_full_ring_makes_it_grow)
{
        struct ring ring = wrapped_ring(RING_CAPACITY_MIN);
        uint32_t fresh = 1000;
        memcpy(ring_open(&ring, size, RING_CAPACITY_MIN, 5), &fresh, size);
        ck_assert_uint_eq(ring.capacity, 2 * RING_CAPACITY_MIN);
        ck_assert_uint_eq(value_at(&ring, 4), 4);
        ck_assert_uint_eq(value_at(&ring, 5), 1000);
        ck_assert_uint_eq(value_at(&ring, RING_CAPACITY_MIN), RING_CAPACITY_MIN - 1);
        ring_clear(&ring);
}
END_TEST

START_TEST(a_closed_place_is_gone_and_the_others_stay_in_order)
{
        uint32_t index = (uint32_t)_i;
        struct ring ring = wrapped_ring(10);
        ring_close(&ring, size, 10, index);
        for (uint32_t i = 0; i < 9; i++)
                ck_assert_uint_eq(value_at(&ring, i), i + (i >= index));
        ring_clear(&ring);
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("ring");
        tcase_add_test(cases, growing_keeps_the_items_in_their_order);
        tcase_add_loop_test(cases, an_opened_place_moves_no_other_item_out_of_order, 0, 11);
        tcase_add_test(cases, opening_a_place_in_a_full_ring_makes_it_grow);
        tcase_add_loop_test(cases, a_closed_place_is_gone_and_the_others_stay_in_order, 0, 10);
        Suite *suite = suite_create("ring");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
