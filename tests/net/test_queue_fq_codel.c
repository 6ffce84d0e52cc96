/*
 * FQ-CoDel against RFC 8290: shares, new flows first, who loses when it is full.
 */
#include "queue_fixture.h"

#include <check.h>

static void new_queue(uint32_t limit_packets)
{
        struct queue_config config = queue_fq_codel.defaults;
        config.ops = &queue_fq_codel;
        config.limit_packets = limit_packets;
        config.luck = rng_stream_named(1, "link a: queue");
        queue_init(&queue, &config);
}

/* Of the flow with this source port. */
static void offer(uint16_t flow, uint32_t payload_size, time_ns now)
{
        struct packet *packet = net_world_packet(&world, flow, payload_size);
        packet->header[20] = (uint8_t)(flow >> 8);
        packet->header[21] = (uint8_t)flow;
        packet->t_enqueue = now;
        ck_assert_ptr_null(queue_offer(&queue, packet, now));
}

/* The flow and, where it is wanted, the size of the next packet; 0: none. */
static unsigned take(time_ns now, uint32_t *size)
{
        struct packet *packet = queue_take(&queue, now);
        if (packet == NULL)
                return 0;
        unsigned flow = packet->header[20] << 8 | packet->header[21];
        if (size != NULL)
                *size = packet->size;
        packet_free(world.context.packets, packet);
        return flow;
}

START_TEST(flows_share_by_bytes_whatever_their_packets)
{
        new_queue(10000);
        for (unsigned i = 0; i < 300; i++) {
                offer(1, 1460, 0);
                for (unsigned k = 0; k < 8; k++)
                        offer(2, 160, 0);
        }
        int64_t sent[3] = { 0 };
        for (unsigned i = 0; i < 1500; i++) {
                uint32_t size = 0;
                unsigned flow = take(0, &size);
                sent[flow] += size;
                ck_assert_msg(ABS(sent[1] - sent[2]) <= 1514 + 1500, "packet %u", i);
        }
}
END_TEST

START_TEST(a_new_flow_goes_before_those_that_queue)
{
        new_queue(10000);
        for (unsigned i = 0; i < 100; i++)
                offer(1, 1460, 0);
        for (unsigned i = 0; i < 10; i++)
                ck_assert_uint_eq(take(0, NULL), 1);
        offer(2, 60, 0);
        unsigned before = 0;
        while (take(0, NULL) != 2)
                before++;
        ck_assert_msg(before <= 1, "at most the rest of a quantum: %u", before);
}
END_TEST

START_TEST(a_flow_that_comes_back_at_once_is_not_new_again)
{
        new_queue(10000);
        for (unsigned i = 0; i < 100; i++)
                offer(1, 1460, 0);
        unsigned others = 0;
        for (unsigned i = 0; i < 60; i++) {
                offer(2, 1460, 0);
                while (take(0, NULL) != 2)
                        others++;
        }
        ck_assert_msg(others >= 25, "%u of the other's went between 60", others);
}
END_TEST

/* RFC 8290 section 4.2: it would starve the others if it were new with each of its packets. */
START_TEST(a_new_flow_that_is_emptied_goes_behind_the_old_ones)
{
        new_queue(10000);
        for (unsigned i = 0; i < 100; i++)
                offer(1, 60, 0);
        for (unsigned i = 0; i < 20; i++)
                ck_assert_uint_eq(take(0, NULL), 1);
        offer(2, 60, 0);
        ck_assert_uint_eq(take(0, NULL), 2);
        ck_assert_uint_eq(take(0, NULL), 1);
        offer(2, 60, 0);
        unsigned others = 0;
        while (take(0, NULL) != 2)
                others++;
        ck_assert_msg(others >= 5, "the rest of the other's quantum, not %u", others);
}
END_TEST

START_TEST(the_fattest_flow_loses_from_its_head)
{
        new_queue(100);
        for (uint16_t flow = 2; flow <= 5; flow++)
                offer(flow, 1460, 0);
        for (unsigned i = 0; i < 97; i++)
                offer(1, 1460, 0);
        unsigned lost = 0;
        struct packet *packet;
        while ((packet = queue_next_dropped(&queue)) != NULL) {
                ck_assert_str_eq(queue.drop_reason, "queue-full");
                ck_assert_uint_eq(packet->header[21], 1);
                packet_free(world.context.packets, packet);
                lost++;
        }
        ck_assert_msg(lost == 49, "half of 97: %u", lost);
        ck_assert_uint_eq(queue.packets, 52);
}
END_TEST

START_TEST(each_flow_is_under_codel_by_itself)
{
        new_queue(10000);
        for (unsigned i = 0; i < 2000; i++)
                offer(1, 1460, 0);
        unsigned lost = 0;
        for (time_ns now = 0; now < 400 * MILLISECOND; now += MILLISECOND) {
                struct packet *packet;
                offer(2, 60, now);
                take(now, NULL);
                take(now, NULL);
                while ((packet = queue_next_dropped(&queue)) != NULL) {
                        ck_assert_str_eq(queue.drop_reason, "aqm");
                        ck_assert_uint_eq(packet->header[21], 1);
                        packet_free(world.context.packets, packet);
                        lost++;
                }
        }
        ck_assert_uint_ge(lost, 3);
}
END_TEST

/* A thousand balls in 1024 boxes: 1024 (1 - (1023/1024)^1000) = 638.4 boxes are not empty, with a deviation
 * of 9.8. In the first round each of those sends one packet of a whole quantum, the earliest of its box. */
START_TEST(flows_are_spread_by_their_hash)
{
        new_queue(10000);
        for (uint16_t flow = 1; flow <= 1000; flow++)
                offer(flow, 1474, 0);
        unsigned boxes = 0;
        unsigned last = 0;
        for (unsigned flow = take(0, NULL); flow > last; flow = take(0, NULL)) {
                last = flow;
                boxes++;
        }
        ck_assert_uint_ge(boxes, 638 - 54);
        ck_assert_uint_le(boxes, 639 + 54);
}
END_TEST

START_TEST(forgotten_accounts_are_charged_no_more)
{
        struct device_account account = { 0 };
        new_queue(100);
        struct packet *packet = net_world_packet(&world, 1, 60);
        packet->account = &account;
        ck_assert_ptr_null(queue_offer(&queue, packet, 0));
        queue_forget_account(&queue, &account);
        packet = queue_remove(&queue);
        ck_assert_ptr_null(packet->account);
        packet_free(world.context.packets, packet);
}
END_TEST

static Suite *queue_fq_codel_suite(void)
{
        Suite *suite = suite_create("queue_fq_codel");
        TCase *cases = tcase_create("queue_fq_codel");
        tcase_set_timeout(cases, 120);
        tcase_add_checked_fixture(cases, set_up, tear_down);
        tcase_add_test(cases, flows_share_by_bytes_whatever_their_packets);
        tcase_add_test(cases, a_new_flow_goes_before_those_that_queue);
        tcase_add_test(cases, a_flow_that_comes_back_at_once_is_not_new_again);
        tcase_add_test(cases, a_new_flow_that_is_emptied_goes_behind_the_old_ones);
        tcase_add_test(cases, the_fattest_flow_loses_from_its_head);
        tcase_add_test(cases, each_flow_is_under_codel_by_itself);
        tcase_add_test(cases, flows_are_spread_by_their_hash);
        tcase_add_test(cases, forgotten_accounts_are_charged_no_more);
        suite_add_tcase(suite, cases);
        return suite;
}

int main(void)
{
        SRunner *runner = srunner_create(queue_fq_codel_suite());
        srunner_run_all(runner, CK_ENV);
        int failures = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failures != 0;
}
