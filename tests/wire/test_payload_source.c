/*
 * Sources: the same bytes for everyone, stored once while anyone has them.
 */
#include "wire/payload_source.h"

#include <check.h>

#define PAGE 65536u

static PayloadPool *pool;
static PayloadSource *source;
static unsigned bytes_made;

static uint8_t byte_at(uint64_t offset)
{
        return (uint8_t)(offset * 7 + offset / 251);
}

static void fill(const void *data, uint64_t offset, uint8_t *bytes, size_t size)
{
        (void)data;
        for (size_t i = 0; i < size; i++)
                bytes[i] = byte_at(offset + i);
        bytes_made += (unsigned)size;
}

static void set_up(void)
{
        pool = payload_pool_new();
        source = payload_source_new(fill, NULL, NULL);
        bytes_made = 0;
}

static void tear_down(void)
{
        payload_source_unref(source);
        ck_assert_uint_eq(payload_pool_bytes_in_use(pool), 0);
        payload_pool_free(pool);
}

static struct payload_slice cut(uint64_t offset, uint64_t size, uint32_t expected_length)
{
        struct payload_slice slice = payload_source_cut(source, pool, offset, size);
        ck_assert_uint_eq(slice.length, expected_length);
        for (uint32_t i = 0; i < slice.length; i++)
                ck_assert_uint_eq(payload_slice_bytes(&slice)[i], byte_at(offset + i));
        return slice;
}

START_TEST(a_cut_has_the_bytes_and_ends_with_its_page)
{
        static const struct {
                uint64_t offset, size;
                uint32_t length;
        } cases[] = { { 0, 1, 1 }, { 5, 1448, 1448 }, { PAGE - 10, 1448, 10 }, { 3 * PAGE, 2 * PAGE, PAGE },
                { ((uint64_t)1 << 40) + 17, 100, 100 } };
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                struct payload_slice slice = cut(cases[i].offset, cases[i].size, cases[i].length);
                payload_slice_unref(&slice);
        }
}
END_TEST

START_TEST(whoever_asks_while_the_page_lives_shares_it)
{
        struct payload_slice first = cut(0, 3000, 3000);
        struct payload_slice same = cut(0, 3000, 3000);
        struct payload_slice later = cut(2000, 2000, 2000);
        ck_assert_ptr_eq(same.chunk, first.chunk);
        ck_assert_ptr_eq(later.chunk, first.chunk);
        ck_assert_uint_eq(bytes_made, 4000);
        ck_assert_uint_eq(payload_pool_bytes_in_use(pool), PAGE);
        payload_slice_unref(&first);
        payload_slice_unref(&later);
        payload_slice_unref(&same);
}
END_TEST

START_TEST(a_page_goes_with_its_last_user_and_is_made_again)
{
        struct payload_slice slice = cut(100, 100, 100);
        payload_slice_unref(&slice);
        ck_assert_uint_eq(payload_pool_bytes_in_use(pool), 0);
        slice = cut(100, 100, 100);
        payload_slice_unref(&slice);
        ck_assert_uint_eq(bytes_made, 400);
}
END_TEST

START_TEST(pages_of_one_bucket_are_told_apart)
{
        struct payload_slice slices[10];
        for (uint64_t i = 0; i < 10; i++)
                slices[i] = cut(i * 64 * PAGE, 10, 10);
        for (unsigned i = 0; i < 10; i += 2)
                payload_slice_unref(&slices[i]);
        for (uint64_t i = 1; i < 10; i += 2) {
                struct payload_slice again = cut(i * 64 * PAGE, 10, 10);
                ck_assert_ptr_eq(again.chunk, slices[i].chunk);
                payload_slice_unref(&again);
                payload_slice_unref(&slices[i]);
        }
}
END_TEST

START_TEST(nobody_writes_behind_a_page)
{
        struct payload_slice page = cut(0, 100, 100);
        struct payload_slice fresh = { 0 };
        ck_assert_uint_eq(payload_pool_store(pool, &page, &fresh, "abc", 3), 3);
        ck_assert_ptr_ne(fresh.chunk, page.chunk);
        ck_assert_uint_eq(page.length, 100);
        payload_slice_unref(&fresh);
        payload_slice_unref(&page);
}
END_TEST

START_TEST(pages_outlive_their_source)
{
        struct payload_slice page = cut(0, 100, 100);
        payload_source_unref(g_steal_pointer(&source));
        ck_assert_uint_eq(payload_slice_bytes(&page)[99], byte_at(99));
        payload_slice_unref(&page);
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("payload_source");
        tcase_add_checked_fixture(cases, set_up, tear_down);
        tcase_add_test(cases, a_cut_has_the_bytes_and_ends_with_its_page);
        tcase_add_test(cases, whoever_asks_while_the_page_lives_shares_it);
        tcase_add_test(cases, a_page_goes_with_its_last_user_and_is_made_again);
        tcase_add_test(cases, pages_of_one_bucket_are_told_apart);
        tcase_add_test(cases, nobody_writes_behind_a_page);
        tcase_add_test(cases, pages_outlive_their_source);
        Suite *suite = suite_create("payload_source");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
