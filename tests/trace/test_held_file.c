/*
 * A held file has what a plain one would have, whatever is inserted while it waits; and captures, which wait
 * in one.
 */
#include "trace/capture.h"
#include "trace/held_file.h"

#include <check.h>
#include <stdlib.h>

#define PIECE 1000
#define STEPS 5000

static FILE *stream;
static char *bytes;
static size_t size;

static void set_up(void)
{
        stream = open_memstream(&bytes, &size);
}

static void tear_down(void)
{
        fclose(stream);
        free(bytes);
}

/* A hand on a place, which is `from_end` bytes before the end of all. */
struct hand {
        struct held_piece *piece;
        size_t offset;
        size_t from_end;
};

static void put(struct held_file *file, GString *plain, GRand *luck)
{
        size_t length = (size_t)g_rand_int_range(luck, 1, g_rand_int_range(luck, 2, 2 * PIECE));
        char *at = held_file_room(file, length + 10);
        memset(at, 'a' + (int)(length % 26), length);
        g_string_append_len(plain, at, (gssize)length);
        held_file_end(file, at + length);
}

static struct hand lay_hand(struct held_file *file)
{
        struct held_piece *piece = file->last;
        piece->hands++;
        return (struct hand){ piece, piece->size, 0 };
}

static void insert(struct held_file *file, GString *plain, const struct hand *hand)
{
        held_file_insert(file, hand->piece, hand->offset, "<inserted>", 10);
        g_string_insert_len(plain, (gssize)(plain->len - hand->from_end), "<inserted>", 10);
}

static size_t waiting_in(const struct held_file *file)
{
        size_t sum = 0;
        for (const struct held_piece *piece = file->first; piece != file->last; piece = piece->next)
                sum += piece->size;
        return sum;
}

START_TEST(what_is_held_may_change_and_comes_in_order)
{
        g_autoptr(GRand) luck = g_rand_new_with_seed((guint32)_i);
        g_autoptr(GString) plain = g_string_new(NULL);
        struct held_file file;
        struct hand hand = { 0 };
        held_file_init(&file, stream, "held", PIECE);
        for (unsigned step = 0; step < STEPS; step++) {
                size_t before = plain->len;
                put(&file, plain, luck);
                hand.from_end += plain->len - before;
                if (hand.piece == NULL) {
                        hand = lay_hand(&file);
                } else if (g_rand_int_range(luck, 0, 5) == 0) {
                        insert(&file, plain, &hand);
                        hand.piece->hands--;
                        hand.piece = NULL;
                }
                ck_assert_uint_eq(file.waiting, waiting_in(&file));
        }
        ck_assert(held_file_finish(&file, NULL));
        ck_assert_uint_eq(size, plain->len);
        ck_assert_mem_eq(bytes, plain->str, size);
        held_file_clear(&file);
}
END_TEST

START_TEST(without_a_hand_no_more_than_a_piece_waits)
{
        g_autoptr(GRand) luck = g_rand_new_with_seed(1);
        g_autoptr(GString) plain = g_string_new(NULL);
        struct held_file file;
        held_file_init(&file, stream, "held", PIECE);
        for (unsigned step = 0; step < STEPS; step++) {
                put(&file, plain, luck);
                ck_assert_uint_eq(file.waiting, 0);
        }
        ck_assert(held_file_finish(&file, NULL));
        ck_assert_uint_eq(size, plain->len);
        held_file_clear(&file);
}
END_TEST

static void send_packet(Capture *capture, uint32_t number)
{
        static const uint8_t header[40] = { 0x45 };
        const struct trace_packet packet = {
                .id.number = number, .size = sizeof header, .header = { header, sizeof header }
        };
        capture_add_sent(capture, number, &packet);
}

/* The fate of the first is never known, that of the others at once. */
START_TEST(who_is_held_for_long_loses_comments_and_keeps_nobody_back)
{
        const struct capture_config config = { .name = "www",
                .comment = "",
                .application = "inorder",
                .piece = PIECE,
                .most_waiting = 10 * PIECE };
        Capture *capture = capture_new(stream, "www.pcapng", &config);
        for (uint32_t number = 1; number <= 200; number++) {
                send_packet(capture, number);
                if (number > 1)
                        capture_settle(capture, number);
                if (number == 20)
                        capture_comment(capture, 1, "in time");
        }
        capture_comment(capture, 1, "too late");
        capture_settle(capture, 1);
        fflush(stream);
        ck_assert_uint_gt(size, 12 * PIECE);
        ck_assert(capture_finish(capture, NULL));
        fflush(stream);
        ck_assert_ptr_nonnull(memmem(bytes, size, "in time", 7));
        ck_assert_ptr_null(memmem(bytes, size, "too late", 8));
        capture_free(capture);
}
END_TEST

/* Between two that are held others are settled, and go with the first. */
START_TEST(who_is_given_up_takes_those_that_are_settled_along)
{
        const struct capture_config config = { .name = "www",
                .comment = "",
                .application = "inorder",
                .piece = PIECE,
                .most_waiting = 10 * PIECE };
        Capture *capture = capture_new(stream, "www.pcapng", &config);
        for (uint32_t number = 1; number <= 400; number++) {
                send_packet(capture, number);
                if (number > 20 && number <= 60)
                        capture_settle(capture, number);
        }
        for (uint32_t number = 1; number <= 400; number++) {
                capture_comment(capture, number, "held");
                capture_settle(capture, number);
        }
        ck_assert(capture_finish(capture, NULL));
        capture_free(capture);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("trace/held_file");
        TCase *cases = tcase_create("held_file");
        tcase_add_checked_fixture(cases, set_up, tear_down);
        tcase_add_loop_test(cases, what_is_held_may_change_and_comes_in_order, 0, 10);
        tcase_add_test(cases, without_a_hand_no_more_than_a_piece_waits);
        tcase_add_test(cases, who_is_held_for_long_loses_comments_and_keeps_nobody_back);
        tcase_add_test(cases, who_is_given_up_takes_those_that_are_settled_along);
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failures = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failures != 0;
}
