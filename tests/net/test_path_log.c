/*
 * Logs of the path: what was noted is found again, by number and by meaning.
 */
#include "net/path_log.h"

#include "net_world.h"

#include <check.h>

static struct net_world world;
static PathLog *path_log;

static void set_up(void)
{
        net_world_init(&world);
        path_log = path_log_new(7);
}

static void tear_down(void)
{
        path_log_free(path_log);
        net_world_clear(&world);
}

static void note(unsigned direction, enum path_stage stage, uint64_t number, enum path_event_kind kind)
{
        const struct path_event event = { .kind = kind, .stage = stage, .number = number };
        path_log_add(path_log, 3, direction, &event, NULL);
}

static unsigned found(unsigned direction, enum path_stage stage, uint64_t number)
{
        const struct path_event name = { .stage = stage, .number = number };
        unsigned count;
        path_log_find(path_log, 3, direction, &name, &count);
        return count;
}

START_TEST(a_packet_is_found_by_direction_stage_and_number)
{
        note(0, PATH_LINE, 9, PATH_LOSS);
        note(0, PATH_QUEUE, 9, PATH_REFUSAL);
        note(0, PATH_LINE, 2, PATH_COPY);
        note(0, PATH_LINE, 9, PATH_COPY);
        note(1, PATH_LINE, 1, PATH_LOSS);
        path_log_sort(path_log);
        ck_assert_uint_eq(found(0, PATH_LINE, 9), 2);
        ck_assert_uint_eq(found(0, PATH_QUEUE, 9), 1);
        ck_assert_uint_eq(found(0, PATH_LINE, 2), 1);
        ck_assert_uint_eq(found(0, PATH_LINE, 1), 0);
        ck_assert_uint_eq(found(1, PATH_LINE, 1), 1);
        ck_assert_uint_eq(found(1, PATH_ENTRY, 1), 0);
        ck_assert_uint_eq(path_log_seed(path_log), 7);
}
END_TEST

START_TEST(a_verdict_comes_back_as_it_was)
{
        const struct impair impair = { .config = { .corrupt_area = AREA_TCP, .keep_order = true } };
        const struct impair any = { .config = { .corrupt_area = AREA_ANY, .keep_order = true } };
        const struct impair_verdict verdict = {
                .flip_count = 2,
                .flips = { 5, 77 },
                .is_duplicated = true,
                .is_delayed = true,
                .extra_delay = -300,
                .lets_pass = 4,
                .may_overtake = true,
        };
        const struct path_event name = { .stage = PATH_LINE, .number = 12 };
        struct impair_verdict again;
        struct packet *packet = net_world_packet(&world, 1, 100);
        path_log_add_verdict(path_log, 3, 0, &name, packet, &impair, &verdict);
        path_log_sort(path_log);
        path_log_find_verdict(path_log, 3, 0, &name, packet, &any, &again);
        ck_assert_uint_eq(again.flip_count, 2);
        ck_assert_msg(again.flips[0] == 160 + 5 && again.flips[1] == 160 + 77, "bits of the whole packet");
        ck_assert(again.is_duplicated && again.is_delayed && again.may_overtake && !again.is_lost);
        ck_assert_int_eq(again.extra_delay, -300);
        ck_assert_uint_eq(again.lets_pass, 4);
        packet_free(world.context.packets, packet);
}
END_TEST

START_TEST(what_was_not_noted_keeps_order_as_the_line_does)
{
        const struct impair impair = { .config = { .keep_order = false } };
        const struct path_event name = { .stage = PATH_LINE, .number = 1 };
        struct impair_verdict verdict;
        struct packet *packet = net_world_packet(&world, 1, 100);
        path_log_find_verdict(path_log, 3, 0, &name, packet, &impair, &verdict);
        ck_assert(verdict.may_overtake && !verdict.is_lost);
        packet_free(world.context.packets, packet);
}
END_TEST

START_TEST(a_segment_is_found_by_its_meaning_whatever_its_number)
{
        const struct impair impair = { .config = { .keep_order = true } };
        const struct path_event elsewhere = { .stage = PATH_LINE, .number = 99 };
        struct impair_verdict verdict;
        struct segment_name segment;
        struct packet *packet = net_world_packet(&world, 5, 100);
        packet->note.sending = 1;
        ck_assert(segment_name_of(packet, &segment));
        const struct path_event loss = { .kind = PATH_LOSS,
                .stage = PATH_LINE,
                .number = segment_name_luck(&segment),
                .is_by_meaning = true };
        path_log_add(path_log, 3, 0, &loss, NULL);
        path_log_sort(path_log);
        path_log_find_verdict(path_log, 3, 0, &elsewhere, packet, &impair, &verdict);
        ck_assert(verdict.is_lost);
        packet->note.sending = 2;
        path_log_find_verdict(path_log, 3, 0, &elsewhere, packet, &impair, &verdict);
        ck_assert_msg(!verdict.is_lost, "another sending");
        packet->note.sending = 1;
        packet->copy = 1;
        path_log_find_verdict(path_log, 3, 0, &elsewhere, packet, &impair, &verdict);
        ck_assert_msg(!verdict.is_lost, "its twin");
        packet_free(world.context.packets, packet);
}
END_TEST

/* Flipped bits of a sequence number lie elsewhere in the stream under another seed. */
START_TEST(what_a_segment_is_called_outlives_its_header)
{
        struct packet *packet = net_world_packet(&world, 5, 100);
        for (unsigned is_ack = 0; is_ack < 2; is_ack++) {
                struct segment_name before, after;
                packet->note.sending = !is_ack;
                packet->note.nth_ack = (uint16_t)is_ack;
                packet->note.transfer = 0;
                ck_assert(segment_name_of(packet, &before));
                for (unsigned i = 0; i < packet->header_size; i++)
                        packet->header[i] ^= 0x11;
                ck_assert_msg(segment_name_of(packet, &after), "is_ack %u", is_ack);
                ck_assert_uint_eq(segment_name_luck(&after), segment_name_luck(&before));
        }
        packet_free(world.context.packets, packet);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("path_log");
        TCase *cases = tcase_create("path_log");
        tcase_add_checked_fixture(cases, set_up, tear_down);
        tcase_add_test(cases, a_packet_is_found_by_direction_stage_and_number);
        tcase_add_test(cases, a_verdict_comes_back_as_it_was);
        tcase_add_test(cases, what_was_not_noted_keeps_order_as_the_line_does);
        tcase_add_test(cases, a_segment_is_found_by_its_meaning_whatever_its_number);
        tcase_add_test(cases, what_a_segment_is_called_outlives_its_header);
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failures = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failures != 0;
}
