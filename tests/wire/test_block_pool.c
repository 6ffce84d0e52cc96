/*
 * The pool of blocks: what is given back is taken again, sizes fit, and memory is asked for seldom.
 */
#include "wire/block_pool.h"

#include <check.h>
#include <string.h>

static BlockPool *pool;

static void set_up(void)
{
        pool = block_pool_new();
}

static void tear_down(void)
{
        block_pool_free(pool);
}

START_TEST(a_block_that_came_back_is_taken_again)
{
        void *block = block_pool_take(pool, 1000);
        block_pool_give_back(pool, block, 1000);
        ck_assert_ptr_eq(block_pool_take(pool, 1010), block);
        void *other = block_pool_take(pool, 1010);
        ck_assert_ptr_ne(other, block);
        ck_assert_uint_eq(block_pool_bytes_in_use(pool), 2048);
        block_pool_give_back(pool, block, 1010);
        block_pool_give_back(pool, other, 1010);
}
END_TEST

/* Every size around every border: all of it may be written, and less than a fifth of it is unused. */
START_TEST(blocks_are_large_enough_and_not_much_larger)
{
        static const size_t sizes[] = { 1, 63, 64, 65, 80, 640, 641, 2328, 4032, 4096, 4097, 5120, 5121, 6144,
                7168, 7169, 8192, 8193, 10240, 10241, 65536, 65976, 1000000, 5 << 20 };
        for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
                char *block = block_pool_take(pool, sizes[i]);
                ck_assert_uint_eq((uintptr_t)block % 64, 0);
                memset(block, 1, sizes[i]);
                size_t used = block_pool_bytes_in_use(pool);
                ck_assert_uint_ge(used, sizes[i]);
                ck_assert_uint_lt(used, MAX(sizes[i] + 64, sizes[i] + sizes[i] / 4));
                block_pool_give_back(pool, block, sizes[i]);
                ck_assert_uint_eq(block_pool_bytes_in_use(pool), 0);
        }
}
END_TEST

START_TEST(a_zeroed_block_is_zero_whoever_had_it_before)
{
        static const char zeros[300];
        char *block = block_pool_take(pool, sizeof zeros);
        memset(block, 1, sizeof zeros);
        block_pool_give_back(pool, block, sizeof zeros);
        char *again = block_pool_take_zeroed(pool, sizeof zeros);
        ck_assert_ptr_eq(again, block);
        ck_assert_mem_eq(again, zeros, sizeof zeros);
        block_pool_give_back(pool, again, sizeof zeros);
}
END_TEST

START_TEST(neighbours_keep_apart)
{
        enum { COUNT = 100 };
        unsigned char *blocks[COUNT];
        for (unsigned i = 0; i < COUNT; i++) {
                blocks[i] = block_pool_take(pool, 1 + 13 * i);
                memset(blocks[i], (int)i, 1 + 13 * i);
        }
        for (unsigned i = 0; i < COUNT; i++) {
                for (unsigned byte = 0; byte < 1 + 13 * i; byte++)
                        ck_assert_uint_eq(blocks[i][byte], i);
                block_pool_give_back(pool, blocks[i], 1 + 13 * i);
        }
}
END_TEST

START_TEST(twice_the_memory_is_one_more_call_of_malloc)
{
        enum { COUNT = 10000 };
        static void *blocks[COUNT];
        for (unsigned i = 0; i < COUNT; i++)
                blocks[i] = block_pool_take(pool, 640);
        ck_assert_uint_le(block_pool_allocations(pool), 13);
        for (unsigned i = 0; i < COUNT; i++)
                block_pool_give_back(pool, blocks[i], 640);
}
END_TEST

START_TEST(a_larger_block_is_split_before_more_is_cut)
{
        char *large = block_pool_take(pool, 2048);
        block_pool_give_back(pool, large, 2048);
        char *front = block_pool_take(pool, 640);
        char *middle = block_pool_take(pool, 1280);
        char *back = block_pool_take(pool, 128);
        ck_assert_ptr_eq(front, large);
        ck_assert_ptr_eq(middle, large + 640);
        ck_assert_ptr_eq(back, large + 1920);
        memset(large, 1, 2048);
        block_pool_give_back(pool, front, 640);
        block_pool_give_back(pool, middle, 1280);
        block_pool_give_back(pool, back, 128);
}
END_TEST

START_TEST(nothing_may_be_given_back)
{
        block_pool_give_back(pool, NULL, 0);
        block_pool_give_back(pool, NULL, 100);
        ck_assert_uint_eq(block_pool_bytes_in_use(pool), 0);
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("block_pool");
        tcase_add_checked_fixture(cases, set_up, tear_down);
        tcase_add_test(cases, a_block_that_came_back_is_taken_again);
        tcase_add_test(cases, blocks_are_large_enough_and_not_much_larger);
        tcase_add_test(cases, a_zeroed_block_is_zero_whoever_had_it_before);
        tcase_add_test(cases, neighbours_keep_apart);
        tcase_add_test(cases, twice_the_memory_is_one_more_call_of_malloc);
        tcase_add_test(cases, a_larger_block_is_split_before_more_is_cut);
        tcase_add_test(cases, nothing_may_be_given_back);
        Suite *suite = suite_create("block_pool");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
