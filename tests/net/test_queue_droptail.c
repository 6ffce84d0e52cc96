/*
 * Drop-tail: order, both limits, and the rule as a pure function.
 */
#include "net_world.h"

#include <check.h>

static struct net_world world;

static void set_up(void)
{
        net_world_init(&world);
}

static void tear_down(void)
{
        net_world_clear(&world);
}

static const struct {
        uint32_t limit_packets;
        uint64_t limit_bytes;
        uint32_t packets;
        uint64_t bytes;
        uint32_t size;
        bool has_room;
        const char *why;
} rooms[] = {
        { 0, 0, 1000000, 1000000000, 1500, true, "no limit of any kind" },
        { 2, 0, 1, 1500, 1500, true, "the last place" },
        { 2, 0, 2, 0, 1500, false, "all places are taken, however small those in them" },
        { 0, 3000, 1, 1500, 1500, true, "fills it to the last byte" },
        { 0, 3000, 1, 1501, 1500, false, "a byte too many" },
        { 0, 1000, 0, 0, 1500, false, "larger than the whole queue" },
        { 2, 3000, 1, 2000, 1500, false, "a place, but no bytes" },
        { 1, 9000, 1, 40, 40, false, "bytes, but no place" },
};

START_TEST(room_is_decided_by_both_limits)
{
        const struct queue_config config = {
                .ops = &queue_droptail,
                .limit_packets = rooms[_i].limit_packets,
                .limit_bytes = rooms[_i].limit_bytes,
        };
        bool has_room = queue_droptail_has_room(&config, rooms[_i].packets, rooms[_i].bytes, rooms[_i].size);
        ck_assert_msg(has_room == rooms[_i].has_room, "%s", rooms[_i].why);
}
END_TEST

START_TEST(packets_leave_in_the_order_in_which_they_came)
{
        const struct queue_config config = { .ops = &queue_droptail, .limit_packets = 3 };
        struct queue queue;
        queue_init(&queue, &config);
        for (uint32_t i = 1; i <= 3; i++)
                ck_assert_ptr_null(queue_offer(&queue, net_world_packet(&world, i, 60), 0));
        ck_assert_uint_eq(queue.bytes, 300);
        for (uint32_t i = 1; i <= 3; i++) {
                struct packet *packet = queue_take(&queue, 0);
                ck_assert_uint_eq(packet->id.number, i);
                packet_free(world.context.packets, packet);
        }
        ck_assert_ptr_null(queue_take(&queue, 0));
        ck_assert_uint_eq(queue.bytes, 0);
}
END_TEST

START_TEST(who_is_turned_away_stays_with_the_caller)
{
        const struct queue_config config = { .ops = &queue_droptail, .limit_bytes = 150 };
        struct queue queue;
        queue_init(&queue, &config);
        struct packet *first = net_world_packet(&world, 1, 60);
        struct packet *second = net_world_packet(&world, 2, 60);
        ck_assert_ptr_null(queue_offer(&queue, first, 0));
        ck_assert_str_eq(queue_offer(&queue, second, 0), "queue-full");
        ck_assert_uint_eq(queue.packets, 1);
        packet_free(world.context.packets, second);
        ck_assert_ptr_eq(queue_take(&queue, 0), first);
        packet_free(world.context.packets, first);
}
END_TEST

START_TEST(drophead_makes_room_at_its_head)
{
        const struct queue_config config = { .ops = &queue_drophead, .limit_bytes = 300 };
        struct queue queue;
        queue_init(&queue, &config);
        for (uint32_t i = 1; i <= 3; i++)
                ck_assert_ptr_null(queue_offer(&queue, net_world_packet(&world, i, 60), 0));
        ck_assert_ptr_null(queue_offer(&queue, net_world_packet(&world, 4, 160), 0));
        for (uint32_t i = 1; i <= 4; i++) {
                struct packet *packet = i <= 2 ? queue_next_dropped(&queue) : queue_take(&queue, 0);
                ck_assert_uint_eq(packet->id.number, i);
                packet_free(world.context.packets, packet);
        }
        ck_assert_ptr_null(queue_next_dropped(&queue));
        struct packet *large = net_world_packet(&world, 5, 270);
        ck_assert_msg(queue_offer(&queue, large, 0) != NULL, "larger than the whole queue");
        packet_free(world.context.packets, large);
        queue_close(&queue);
}
END_TEST

START_TEST(disciplines_are_found_by_name)
{
        ck_assert_ptr_eq(queue_ops_find("droptail"), &queue_droptail);
        ck_assert_ptr_eq(queue_ops_find("fq-codel"), &queue_fq_codel);
        ck_assert_ptr_null(queue_ops_find("drop-tail"));
}
END_TEST

static Suite *queue_suite(void)
{
        Suite *suite = suite_create("queue_droptail");
        TCase *cases = tcase_create("queue_droptail");
        tcase_add_checked_fixture(cases, set_up, tear_down);
        tcase_add_loop_test(cases, room_is_decided_by_both_limits, 0, G_N_ELEMENTS(rooms));
        tcase_add_test(cases, packets_leave_in_the_order_in_which_they_came);
        tcase_add_test(cases, who_is_turned_away_stays_with_the_caller);
        tcase_add_test(cases, drophead_makes_room_at_its_head);
        tcase_add_test(cases, disciplines_are_found_by_name);
        suite_add_tcase(suite, cases);
        return suite;
}

int main(void)
{
        SRunner *runner = srunner_create(queue_suite());
        srunner_run_all(runner, CK_ENV);
        int failures = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failures != 0;
}
