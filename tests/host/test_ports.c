/*
 * Ports: who may bind where, and which ports connect picks.
 */
#include "host/ports.h"

#include <check.h>
#include <stdlib.h>

static BlockPool *memory;
static struct port_space space;
static struct ip_address here;
static struct ip_address there;

static void set_up(void)
{
        memory = block_pool_new();
        port_space_init(&space, memory, 1, "test", 40000, 40007);
        here = ip_address_from_ipv4(0x0a000001);
        there = ip_address_from_ipv4(0x0a000002);
}

static void tear_down(void)
{
        port_space_clear(&space);
        block_pool_free(memory);
}

static const struct conflict_case {
        bool first_is_any;
        bool first_reuses;
        bool first_listens;
        bool second_is_any;
        bool second_reuses;
        bool conflicts;
        const char *why;
} conflict_cases[] = {
        { false, false, false, false, false, true, "the same address" },
        { true, false, false, false, false, true, "any overlaps with an address" },
        { false, false, false, true, false, true, "an address overlaps with any" },
        { false, true, false, false, false, true, "both must have SO_REUSEADDR" },
        { false, false, false, false, true, true, "both must have SO_REUSEADDR" },
        { false, true, false, false, true, false, "a connection in TIME-WAIT may be bound over" },
        { true, true, false, false, true, false, "any or not, with SO_REUSEADDR" },
        { false, true, true, false, true, true, "never over a listener" },
};

START_TEST(bindings_that_overlap_conflict)
{
        const struct conflict_case *test = &conflict_cases[_i];
        struct binding first = { .local = { test->first_is_any ? ip_address_any : here, 80 },
                .reuses = test->first_reuses,
                .is_listening = test->first_listens };
        struct binding second = { .local = { test->second_is_any ? ip_address_any : here, 80 },
                .reuses = test->second_reuses };
        struct binding elsewhere = { .local = { here, 81 } };
        port_space_bind(&space, &first);
        ck_assert_msg(port_space_conflicts(&space, &second) == test->conflicts, "%s", test->why);
        ck_assert(!port_space_conflicts(&space, &elsewhere));
        ck_assert_msg(port_space_is_listened(&space, &second) == test->first_listens, "%s", test->why);
        port_space_unbind(&space, &first);
        ck_assert(!port_space_conflicts(&space, &second));
}
END_TEST

static bool nothing_is_taken(const void *data, const struct four_tuple *tuple)
{
        (void)data;
        (void)tuple;
        return false;
}

START_TEST(every_ephemeral_port_is_picked_once_before_none_is_left)
{
        struct binding bindings[9] = { 0 };
        unsigned seen = 0;
        for (int i = 0; i < 8; i++) {
                bindings[i].local = (struct endpoint){ here, 0 };
                bindings[i].local.port = port_space_pick(&space, &bindings[i]);
                ck_assert_uint_ge(bindings[i].local.port, 40000);
                ck_assert_uint_le(bindings[i].local.port, 40007);
                seen |= 1u << (bindings[i].local.port - 40000);
                port_space_bind(&space, &bindings[i]);
        }
        ck_assert_uint_eq(seen, 0xff);
        bindings[8].local.address = here;
        ck_assert_uint_eq(port_space_pick(&space, &bindings[8]), 0);
        for (int i = 0; i < 8; i++)
                port_space_unbind(&space, &bindings[i]);
}
END_TEST

START_TEST(connect_never_leaves_from_a_port_that_was_bound)
{
        struct four_tuple tuple = { .local = { here, 0 }, .remote = { there, 80 } };
        struct binding bound = { .local = { here, 40003 }, .reuses = true };
        port_space_bind(&space, &bound);
        for (int i = 0; i < 32; i++)
                ck_assert_uint_ne(port_space_pick_for(&space, &tuple, nothing_is_taken, NULL), 40003);
        port_space_unbind(&space, &bound);
}
END_TEST

START_TEST(connections_elsewhere_share_a_port)
{
        struct binding used[8] = { 0 };
        struct four_tuple tuple = { .local = { here, 0 }, .remote = { there, 80 } };
        for (uint16_t i = 0; i < 8; i++) {
                used[i].local = (struct endpoint){ here, (uint16_t)(40000 + i) };
                used[i].is_for_connecting = true;
                port_space_bind(&space, &used[i]);
        }
        ck_assert_uint_ne(port_space_pick_for(&space, &tuple, nothing_is_taken, NULL), 0);
        ck_assert_uint_eq(port_space_pick(&space, &used[0]), 0);
        for (int i = 0; i < 8; i++)
                port_space_unbind(&space, &used[i]);
}
END_TEST

START_TEST(the_choice_depends_on_seed_and_destination_only)
{
        struct port_space again;
        struct four_tuple tuple = { .local = { here, 0 }, .remote = { there, 80 } };
        port_space_init(&again, memory, 1, "test", 40000, 40007);
        for (int i = 0; i < 20; i++) {
                ck_assert_uint_eq(port_space_pick_for(&space, &tuple, nothing_is_taken, NULL),
                        port_space_pick_for(&again, &tuple, nothing_is_taken, NULL));
        }
        port_space_clear(&again);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("host/ports");
        TCase *cases = tcase_create("ports");
        tcase_add_checked_fixture(cases, set_up, tear_down);
        tcase_add_loop_test(cases, bindings_that_overlap_conflict, 0, G_N_ELEMENTS(conflict_cases));
        tcase_add_test(cases, every_ephemeral_port_is_picked_once_before_none_is_left);
        tcase_add_test(cases, connect_never_leaves_from_a_port_that_was_bound);
        tcase_add_test(cases, connections_elsewhere_share_a_port);
        tcase_add_test(cases, the_choice_depends_on_seed_and_destination_only);
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failures = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failures != 0;
}
