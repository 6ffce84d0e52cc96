/*
 * Every state against every kind of segment. RFC 9293 section 3.10.7.4, RFC 5961.
 *
 * A sentence that holds in many states is one test, played once in each of them. Every beginning ends before
 * 0.4 s, with the numbers that the table gives.
 */
#include "dialogue.h"

#include <stdlib.h>
#include <string.h>

struct situation {
        const char *state;
        const char *beginning;
        unsigned snd_una;
        unsigned snd_nxt;
        unsigned rcv_nxt;
        bool takes_text;
        const char *reset_error; /* what the user hears of a reset; NULL: nothing, and no user is left to hear
                                    it */
};

#define CALLED                                                                                               \
        "0    set timestamps off\n"                                                                          \
        "     connect\n"                                                                                     \
        "     > S 0:0\n"
#define CALLED_BOTH                                                                                          \
        CALLED                                                                                               \
        "0.1  < S 0:0 win 65535 mss 1000\n"                                                                  \
        "     > S. 0:0 ack 1\n"
#define WAS_CALLED                                                                                           \
        "0    listen\n"                                                                                      \
        "     < S 0:0 win 65535 mss 1000\n"                                                                  \
        "     > S. 0:0 ack 1\n"
#define OPEN                                                                                                 \
        CALLED                                                                                               \
        "0.1  < S. 0:0 ack 1 win 65535 mss 1000\n"                                                           \
        "     > . 1:1 ack 1\n"
#define HALF_CLOSED                                                                                          \
        OPEN "0.2  shutdown wr\n"                                                                            \
             "     > F. 1:1 ack 1\n"
#define HALF_CLOSED_AND_TOLD                                                                                 \
        HALF_CLOSED                                                                                          \
        "0.25 < . 1:1 ack 2 win 65535\n"
#define HALF_CLOSED_BY_PEER                                                                                  \
        OPEN "0.2  < F. 1:1 ack 1 win 65535\n"                                                               \
             "     > . 1:1 ack 2\n"
#define CLOSED_BY_BOTH_AT_ONCE                                                                               \
        HALF_CLOSED                                                                                          \
        "0.25 < F. 1:1 ack 1 win 65535\n"                                                                    \
        "     > . 2:2 ack 2\n"
#define CLOSED_AFTER_PEER                                                                                    \
        HALF_CLOSED_BY_PEER                                                                                  \
        "0.25 shutdown wr\n"                                                                                 \
        "     > F. 1:1 ack 2\n"
#define CLOSED_BY_BOTH                                                                                       \
        HALF_CLOSED_AND_TOLD                                                                                 \
        "0.3  < F. 1:1 ack 2 win 65535\n"                                                                    \
        "     > . 2:2 ack 2\n"

static const struct situation synchronized[] = {
        { "ESTABLISHED", OPEN, 1, 1, 1, true, "ECONNRESET" },
        { "FIN-WAIT-1", HALF_CLOSED, 1, 2, 1, true, "ECONNRESET" },
        { "FIN-WAIT-2", HALF_CLOSED_AND_TOLD, 2, 2, 1, true, "ECONNRESET" },
        { "CLOSE-WAIT", HALF_CLOSED_BY_PEER, 1, 1, 2, false, "EPIPE" },
        { "CLOSING", CLOSED_BY_BOTH_AT_ONCE, 1, 2, 2, false, "ECONNRESET" },
        { "LAST-ACK", CLOSED_AFTER_PEER, 1, 2, 2, false, "ECONNRESET" },
        { "TIME-WAIT", CLOSED_BY_BOTH, 2, 2, 2, false, "none" },
};

/* RFC 9293 counts these states among those of which a reset must hit RCV.NXT, and an unacceptable segment is
 * answered. */
static const struct situation half_open[] = {
        { "SYN-RECEIVED", CALLED_BOTH, 0, 1, 1, false, "ECONNRESET" },
        { "SYN-RECEIVED", WAS_CALLED, 0, 1, 1, false, NULL },
};

/* The lines after the beginning, with {NXT}, {UNA}, {RCV}, {RCV+n}, {RCV-n}, {NXT+n} filled in. */
static char *fill_in(const struct situation *situation, const char *lines)
{
        GString *text = g_string_new(NULL);
        while (*lines != '\0') {
                if (*lines != '{') {
                        g_string_append_c(text, *lines++);
                        continue;
                }
                unsigned base = strncmp(lines, "{NXT", 4) == 0   ? situation->snd_nxt
                                : strncmp(lines, "{UNA", 4) == 0 ? situation->snd_una
                                                                 : situation->rcv_nxt;
                int more = lines[4] == '}' ? 0 : atoi(lines + 4);
                g_string_append_printf(text, "%u", base + (unsigned)more);
                lines = strchr(lines, '}') + 1;
        }
        return g_string_free(text, FALSE);
}

static void play(const struct situation *situation, const char *lines)
{
        g_autofree char *text = fill_in(situation, lines);
        g_autofree char *state = g_strdup_printf("     state %s\n", situation->state);
        const char *const parts[] = { situation->beginning, state, text, state, NULL };
        dialogue_run_parts(parts);
}

static void play_to_the_end(const struct situation *situation, const char *lines, const char *end)
{
        g_autofree char *text = fill_in(situation, lines);
        const char *const parts[] = { situation->beginning, text, end, NULL };
        dialogue_run_parts(parts);
}

/* ---- Synchronized states ---- */

START_TEST(a_syn_is_challenged_wherever_it_lies)
{
        const struct situation *situation = &synchronized[_i];
        play(situation, "0.4  < S. {RCV-1}:{RCV-1} ack {NXT} win 65535\n"
                        "     > . {NXT}:{NXT} ack {RCV} reason challenge-ack\n");
        play(situation, "0.4  < S. {RCV+9}:{RCV+9} ack {NXT} win 65535\n"
                        "     > . {NXT}:{NXT} ack {RCV} reason challenge-ack\n");
        play(situation, "0.4  < S {RCV-9}:{RCV-9} win 65535\n"
                        "     > . {NXT}:{NXT} ack {RCV} reason challenge-ack\n");
}
END_TEST

START_TEST(a_syn_in_the_window_is_challenged)
{
        play(&synchronized[_i], "0.4  < S {RCV+9}:{RCV+9} win 65535\n"
                                "     > . {NXT}:{NXT} ack {RCV} reason challenge-ack\n");
}
END_TEST

START_TEST(a_reset_at_the_next_number_ends_the_connection)
{
        const struct situation *situation = &synchronized[_i];
        g_autofree char *end = g_strdup_printf("     state CLOSED\n"
                                               "     error %s\n",
                situation->reset_error);
        play_to_the_end(situation, "0.4  < R {RCV}:{RCV} win 0\n", end);
        play_to_the_end(situation, "0.4  < R. {RCV}:{RCV} ack {NXT} win 0\n", end);
}
END_TEST

START_TEST(a_reset_beside_the_next_number_is_challenged)
{
        play(&synchronized[_i], "0.4  < R {RCV+1}:{RCV+1} win 0\n"
                                "     > . {NXT}:{NXT} ack {RCV} reason challenge-ack\n");
}
END_TEST

START_TEST(a_reset_outside_the_window_is_ignored)
{
        play(&synchronized[_i], "0.4  < R {RCV-2}:{RCV-2} win 0\n"
                                "     note segment-refused why outside-window\n"
                                "     < R {RCV+70000}:{RCV+70000} win 0\n"
                                "     note segment-refused why outside-window\n");
}
END_TEST

START_TEST(an_acknowledgement_of_what_was_never_sent_is_challenged)
{
        play(&synchronized[_i], "0.4  < . {RCV}:{RCV} ack {NXT+1} win 65535\n"
                                "     note segment-refused why bad-ack\n"
                                "     > . {NXT}:{NXT} ack {RCV} reason challenge-ack\n");
}
END_TEST

START_TEST(an_acknowledgement_older_than_a_window_is_challenged)
{
        play(&synchronized[_i], "0.4  < . {RCV}:{RCV} ack {UNA-65536} win 65535\n"
                                "     note segment-refused why bad-ack\n"
                                "     > . {NXT}:{NXT} ack {RCV} reason challenge-ack\n");
}
END_TEST

START_TEST(an_old_acknowledgement_is_ignored)
{
        play(&synchronized[_i], "0.4  < . {RCV}:{RCV} ack {UNA} win 65535\n"
                                "     no-note segment-refused\n");
}
END_TEST

START_TEST(a_segment_without_acknowledgement_is_dropped)
{
        play(&synchronized[_i], "0.4  < P {RCV}:{RCV+100} win 65535\n"
                                "     note segment-refused why no-ack-flag\n"
                                "     < F {RCV}:{RCV} win 65535\n"
                                "     < - {RCV}:{RCV} win 65535\n");
}
END_TEST

START_TEST(an_empty_segment_outside_the_window_is_acknowledged)
{
        play(&synchronized[_i], "0.4  < . {RCV-1}:{RCV-1} ack {NXT} win 65535\n"
                                "     note segment-refused why outside-window\n"
                                "     > . {NXT}:{NXT} ack {RCV}\n");
}
END_TEST

/* Two ends that disagree would answer each other for ever. */
START_TEST(empty_segments_outside_the_window_are_answered_twice_a_second)
{
        play(&synchronized[_i], "0.4  < . {RCV-1}:{RCV-1} ack {UNA} win 65535\n"
                                "     > . {NXT}:{NXT} ack {RCV}\n"
                                "0.41 < . {RCV-1}:{RCV-1} ack {UNA} win 65535\n"
                                "0.42 < . {RCV-1}:{RCV-1} ack {UNA} win 65535\n");
}
END_TEST

START_TEST(text_beyond_the_window_is_acknowledged_and_dropped)
{
        play(&synchronized[_i], "0.4  < . {RCV+65700}:{RCV+65800} ack {UNA} win 65535\n"
                                "     note segment-refused why outside-window\n"
                                "     > . {NXT}:{NXT} ack {RCV}\n");
}
END_TEST

START_TEST(text_is_refused_where_the_peer_has_closed)
{
        if (!synchronized[_i].takes_text)
                play(&synchronized[_i], "0.4  < . {RCV}:{RCV+100} ack {UNA} win 65535\n"
                                        "     note segment-refused why state\n");
}
END_TEST

START_TEST(text_is_taken_until_the_peer_closes)
{
        if (synchronized[_i].takes_text)
                play(&synchronized[_i], "0.4  set delayed-ack 0\n"
                                        "     < . {RCV}:{RCV+100} ack {UNA} win 65535\n"
                                        "     > . {NXT}:{NXT} ack {RCV+100}\n"
                                        "     read 200 = 100\n");
}
END_TEST

/* ---- SYN-RECEIVED ---- */

START_TEST(half_open_a_reset_at_the_next_number_ends_the_connection)
{
        const struct situation *situation = &half_open[_i];
        if (situation->reset_error == NULL) {
                play_to_the_end(
                        situation, "0.4  < R {RCV}:{RCV} win 0\n", "     finished\n     no-note failed\n");
                return;
        }
        g_autofree char *end = g_strdup_printf("     error %s\n", situation->reset_error);
        play_to_the_end(situation, "0.4  < R {RCV}:{RCV} win 0\n", end);
}
END_TEST

START_TEST(half_open_a_reset_beside_the_next_number_is_challenged)
{
        play(&half_open[_i], "0.4  < R {RCV+1}:{RCV+1} win 0\n"
                             "     > . {NXT}:{NXT} ack {RCV} reason challenge-ack\n");
}
END_TEST

START_TEST(half_open_an_unacceptable_segment_is_acknowledged)
{
        play(&half_open[_i], "0.4  < . {RCV+70000}:{RCV+70000} ack {NXT} win 65535\n"
                             "     > . {NXT}:{NXT} ack {RCV}\n");
}
END_TEST

START_TEST(half_open_an_unacceptable_acknowledgement_is_reset)
{
        play(&half_open[_i], "0.4  < . {RCV}:{RCV} ack {NXT+1} win 65535\n"
                             "     > R {NXT+1}:{NXT+1}\n"
                             "     < . {RCV}:{RCV} ack {UNA-1} win 65535\n"
                             "     > R {UNA-1}:{UNA-1}\n");
}
END_TEST

START_TEST(half_open_a_segment_without_acknowledgement_is_dropped)
{
        play(&half_open[_i], "0.4  < P {RCV}:{RCV+100} win 65535\n"
                             "     note segment-refused why no-ack-flag\n");
}
END_TEST

DIALOGUE(a_new_syn_sends_a_half_open_connection_back_to_listen, "isn 1000\n", WAS_CALLED,
        "0.4  < S 500:500 win 65535\n"
        "     > R. 4294966296:4294966296 ack 501\n"
        "     finished\n")

/* ---- TIME-WAIT: as Linux, one answer twice a second for all that is no next ACK or reset ---- */

DIALOGUE(time_wait_answers_whatever_is_out_of_place_with_its_last_acknowledgement, CLOSED_BY_BOTH,
        "0.4  < S. 1:1 ack 2 win 65535\n"
        "     > . 2:2 ack 2\n"
        "     < . 2:102 ack 2 win 65535\n"
        "     > . 2:2 ack 2\n"
        "0.5  < . 1:1 ack 2 win 65535\n"
        "1    < - 9:9 win 65535\n"
        "     > . 2:2 ack 2\n"
        "     deadline 60.5\n"
        "     < R 9:9 win 0\n"
        "     state TIME-WAIT\n")

DIALOGUE(time_wait_begins_anew_with_a_bare_acknowledgement, CLOSED_BY_BOTH,
        "0.4  < . 2:2 ack 77 win 65535\n"
        "     deadline 60.4\n")

DIALOGUE(a_new_syn_is_challenged_when_both_called, CALLED_BOTH,
        "0.4  < S 500:500 win 65535\n"
        "     > . 1:1 ack 1 reason challenge-ack\n"
        "     state SYN-RECEIVED\n")

/* ---- SYN-SENT: what is neither SYN nor reset ---- */

DIALOGUE(an_unanswered_call_drops_text_and_fins, CALLED,
        "0.4  < . 1:101 ack 1 win 65535\n"
        "     note segment-refused why state\n"
        "     < F 1:1 win 65535\n"
        "     < - 1:1 win 65535\n"
        "     state SYN-SENT\n")

#define IN_EACH(test) tcase_add_loop_test(cases, test, 0, G_N_ELEMENTS(synchronized))
/* TIME-WAIT, the last one, has rules of its own. */
#define IN_EACH_BUT_THE_LAST(test) tcase_add_loop_test(cases, test, 0, G_N_ELEMENTS(synchronized) - 1)
#define IN_EACH_HALF_OPEN(test)    tcase_add_loop_test(cases, test, 0, G_N_ELEMENTS(half_open))

int main(void)
{
        Suite *suite = suite_create("states");
        TCase *cases = tcase_create("states");
        IN_EACH_BUT_THE_LAST(a_syn_is_challenged_wherever_it_lies);
        IN_EACH_BUT_THE_LAST(a_syn_in_the_window_is_challenged);
        IN_EACH(a_reset_at_the_next_number_ends_the_connection);
        IN_EACH_BUT_THE_LAST(a_reset_beside_the_next_number_is_challenged);
        IN_EACH(a_reset_outside_the_window_is_ignored);
        IN_EACH_BUT_THE_LAST(an_acknowledgement_of_what_was_never_sent_is_challenged);
        IN_EACH_BUT_THE_LAST(an_acknowledgement_older_than_a_window_is_challenged);
        IN_EACH(an_old_acknowledgement_is_ignored);
        IN_EACH_BUT_THE_LAST(a_segment_without_acknowledgement_is_dropped);
        IN_EACH(an_empty_segment_outside_the_window_is_acknowledged);
        IN_EACH(empty_segments_outside_the_window_are_answered_twice_a_second);
        IN_EACH_BUT_THE_LAST(text_beyond_the_window_is_acknowledged_and_dropped);
        IN_EACH_BUT_THE_LAST(text_is_refused_where_the_peer_has_closed);
        IN_EACH(text_is_taken_until_the_peer_closes);
        IN_EACH_HALF_OPEN(half_open_a_reset_at_the_next_number_ends_the_connection);
        IN_EACH_HALF_OPEN(half_open_a_reset_beside_the_next_number_is_challenged);
        IN_EACH_HALF_OPEN(half_open_an_unacceptable_segment_is_acknowledged);
        IN_EACH_HALF_OPEN(half_open_an_unacceptable_acknowledgement_is_reset);
        IN_EACH_HALF_OPEN(half_open_a_segment_without_acknowledgement_is_dropped);
        tcase_add_test(cases, a_new_syn_sends_a_half_open_connection_back_to_listen);
        tcase_add_test(cases, a_new_syn_is_challenged_when_both_called);
        tcase_add_test(cases, time_wait_answers_whatever_is_out_of_place_with_its_last_acknowledgement);
        tcase_add_test(cases, time_wait_begins_anew_with_a_bare_acknowledgement);
        tcase_add_test(cases, an_unanswered_call_drops_text_and_fins);
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failures = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
