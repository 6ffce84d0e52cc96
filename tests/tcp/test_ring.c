/*
 * Rings: growing around the end, and places opened and closed in the middle.
 */
#include "tcp/ring.h"

#include <check.h>

#define ITEMS (RING_CAPACITY_MIN - 1)

static const size_t size = sizeof(uint32_t);
static BlockPool *pool;

static void set_up(void)
{
        pool = block_pool_new();
}

static void tear_down(void)
{
        block_pool_free(pool);
}

static uint32_t value_at(const struct ring *ring, uint32_t index)
{
        return *(uint32_t *)ring_at(ring, size, index);
}

/* A ring of 0 … count-1 that goes around the end of its array. */
static struct ring wrapped_ring(uint32_t count)
{
        struct ring ring = { 0 };
        ring_reserve(&ring, pool, size, 0);
        ring_drop_front(&ring, RING_CAPACITY_MIN - 3);
        for (uint32_t i = 0; i < count; i++) {
                ring_reserve(&ring, pool, size, i);
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
        ring_clear(&ring, pool, size);
        ck_assert_uint_eq(ring.capacity, 0);
}
END_TEST

START_TEST(an_opened_place_moves_no_other_item_out_of_order)
{
        uint32_t index = (uint32_t)_i;
        struct ring ring = wrapped_ring(ITEMS);
        uint32_t fresh = 1000;
        memcpy(ring_open(&ring, pool, size, ITEMS, index), &fresh, size);
        for (uint32_t i = 0; i < ITEMS + 1; i++)
                ck_assert_uint_eq(value_at(&ring, i), i == index ? fresh : i - (i > index));
        ring_clear(&ring, pool, size);
}
END_TEST

START_TEST(opening_a_place_in_a_full_ring_makes_it_grow)
{
        struct ring ring = wrapped_ring(RING_CAPACITY_MIN);
        uint32_t fresh = 1000;
        memcpy(ring_open(&ring, pool, size, RING_CAPACITY_MIN, 5), &fresh, size);
        ck_assert_uint_eq(ring.capacity, 2 * RING_CAPACITY_MIN);
        ck_assert_uint_eq(value_at(&ring, 4), 4);
        ck_assert_uint_eq(value_at(&ring, 5), 1000);
        ck_assert_uint_eq(value_at(&ring, RING_CAPACITY_MIN), RING_CAPACITY_MIN - 1);
        ring_clear(&ring, pool, size);
}
END_TEST

START_TEST(memory_goes_back_to_the_pool)
{
        struct ring ring = wrapped_ring(100);
        ck_assert_uint_eq(block_pool_bytes_in_use(pool), 128 * size);
        ring_rest(&ring, pool, size);
        ck_assert_uint_eq(block_pool_bytes_in_use(pool), 0);
        ring_reserve(&ring, pool, size, 0);
        ring_rest(&ring, pool, size);
        ck_assert_uint_eq(ring.capacity, RING_CAPACITY_MIN);
        ring_clear(&ring, pool, size);
}
END_TEST

START_TEST(a_closed_place_is_gone_and_the_others_stay_in_order)
{
        uint32_t index = (uint32_t)_i;
        struct ring ring = wrapped_ring(ITEMS);
        ring_close(&ring, size, ITEMS, index);
        for (uint32_t i = 0; i < ITEMS - 1; i++)
                ck_assert_uint_eq(value_at(&ring, i), i + (i >= index));
        ring_clear(&ring, pool, size);
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("ring");
        tcase_add_checked_fixture(cases, set_up, tear_down);
        tcase_add_test(cases, growing_keeps_the_items_in_their_order);
        tcase_add_loop_test(cases, an_opened_place_moves_no_other_item_out_of_order, 0, ITEMS + 1);
        tcase_add_test(cases, opening_a_place_in_a_full_ring_makes_it_grow);
        tcase_add_loop_test(cases, a_closed_place_is_gone_and_the_others_stay_in_order, 0, ITEMS);
        tcase_add_test(cases, memory_goes_back_to_the_pool);
        Suite *suite = suite_create("ring");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
