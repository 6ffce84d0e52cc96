/*
 * The hash table finds what is in it, whatever hashes collide, and the newest of a name.
 */
#include "wire/hash_table.h"

#include <check.h>

#define NAMES  40
#define THINGS 200
#define STEPS  20000

struct thing {
        unsigned name;
        unsigned added; /* when; 0: it is not in the table */
};

static BlockPool *pool;
static struct hash_table table;

static void set_up(void)
{
        pool = block_pool_new();
        table = (struct hash_table){ 0 };
}

static void tear_down(void)
{
        hash_table_clear(&table, pool);
        block_pool_free(pool);
}

static bool is_named(const void *thing, const void *name)
{
        return ((const struct thing *)thing)->name == *(const unsigned *)name;
}

static const struct thing *find(uint32_t hash, unsigned name)
{
        return hash_table_find(&table, hash, is_named, &name);
}

START_TEST(an_empty_table_has_nothing)
{
        struct thing thing = { 1, 0 };
        ck_assert_ptr_null(find(5, 1));
        hash_table_remove(&table, 5, &thing);
        ck_assert_ptr_null(table.places);
}
END_TEST

START_TEST(the_newest_of_a_name_is_found_and_then_the_one_before)
{
        struct thing things[100];
        for (unsigned i = 0; i < G_N_ELEMENTS(things); i++) {
                things[i] = (struct thing){ 1, 0 };
                hash_table_add(&table, pool, 7, &things[i]);
                ck_assert_ptr_eq(find(7, 1), &things[i]);
        }
        for (unsigned i = G_N_ELEMENTS(things); i-- > 0;) {
                ck_assert_ptr_eq(find(7, 1), &things[i]);
                hash_table_remove(&table, 7, &things[i]);
        }
        ck_assert_ptr_null(find(7, 1));
}
END_TEST

/* Names that share places: three bits of each hash differ, at the top of the word too, where places wrap
 * around. */
static uint32_t hash_of(unsigned name)
{
        return name * 0x10000001u + (name % 3 == 0 ? UINT32_MAX - 2 : 0);
}

static const struct thing *newest(const struct thing *things, unsigned name)
{
        const struct thing *found = NULL;
        for (unsigned i = 0; i < THINGS; i++) {
                if (things[i].name == name && things[i].added > (found ? found->added : 0))
                        found = &things[i];
        }
        return found;
}

START_TEST(it_has_what_a_list_of_the_same_has)
{
        static struct thing things[THINGS];
        g_autoptr(GRand) luck = g_rand_new_with_seed(1);
        unsigned count = 0;
        for (unsigned i = 0; i < THINGS; i++)
                things[i] = (struct thing){ i % NAMES, 0 };
        for (unsigned step = 1; step <= STEPS; step++) {
                struct thing *thing = &things[g_rand_int_range(luck, 0, THINGS)];
                uint32_t hash = hash_of(thing->name);
                if (thing->added != 0)
                        hash_table_remove(&table, hash, thing);
                else
                        hash_table_add(&table, pool, hash, thing);
                count += thing->added != 0 ? -1 : 1;
                thing->added = thing->added != 0 ? 0 : step;
                unsigned name = g_rand_int_range(luck, 0, NAMES);
                ck_assert_ptr_eq(find(hash_of(name), name), newest(things, name));
                ck_assert_uint_eq(table.count, count);
        }
}
END_TEST

START_TEST(what_comes_and_goes_asks_for_no_memory)
{
        static struct thing things[1000];
        for (unsigned round = 0; round < 10; round++) {
                for (unsigned i = 0; i < G_N_ELEMENTS(things); i++)
                        hash_table_add(&table, pool, i * 0x9e3779b1u, &things[i]);
                size_t used = block_pool_bytes_in_use(pool);
                ck_assert_uint_le(used, 2048 * sizeof(struct hash_place));
                for (unsigned i = 0; i < G_N_ELEMENTS(things); i++)
                        hash_table_remove(&table, i * 0x9e3779b1u, &things[i]);
                ck_assert_uint_eq(block_pool_bytes_in_use(pool), used);
        }
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("wire/hash_table");
        TCase *cases = tcase_create("hash_table");
        tcase_add_checked_fixture(cases, set_up, tear_down);
        tcase_add_test(cases, an_empty_table_has_nothing);
        tcase_add_test(cases, the_newest_of_a_name_is_found_and_then_the_one_before);
        tcase_add_test(cases, it_has_what_a_list_of_the_same_has);
        tcase_add_test(cases, what_comes_and_goes_asks_for_no_memory);
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failures = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failures != 0;
}
