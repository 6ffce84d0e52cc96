/*
 * Listeners, as dialogues: what they answer, their two queues, and what is left when they close. RFC 9293
 * section 3.10.7.2.
 */
#include "dialogue.h"

#define CALL(peer)                                                                                           \
        "     peer " peer "\n"                                                                               \
        "     < S 0:0 win 65535 mss 1000\n"                                                                  \
        "     > S. 0:0 ack 1\n"
#define ANSWER(peer)                                                                                         \
        "     peer " peer "\n"                                                                               \
        "     < . 1:1 ack 1 win 65535\n"                                                                     \
        "     state ESTABLISHED\n"

DIALOGUE(a_listener_resets_acknowledgements_and_ignores_the_rest, "0    listen\n"
                                                                  "     < . 1:1 ack 77 win 65535\n"
                                                                  "     > R 77:77 win 0 reason reset\n"
                                                                  "     < S. 1:1 ack 78 win 65535\n"
                                                                  "     > R 78:78\n"
                                                                  "     < R 1:1 win 0\n"
                                                                  "     < R. 1:1 ack 77 win 0\n"
                                                                  "     < F 1:1 win 65535\n"
                                                                  "     < P 1:100 win 65535\n"
                                                                  "     < SF 1:1 win 65535\n"
                                                                  "     < - 1:1 win 65535\n"
                                                                  "     state CLOSED\n")

DIALOGUE(many_calls_are_accepted_in_the_order_in_which_they_were_completed, "0    listen\n", CALL("1"),
        CALL("2"), CALL("3"), ANSWER("2"), ANSWER("3"), ANSWER("1"),
        "     peer 2\n"
        "     accept\n"
        "     peer 3\n"
        "     accept\n"
        "     peer 1\n"
        "     accept\n"
        "     accept none\n")

DIALOGUE(a_syn_is_ignored_when_more_are_half_open_than_the_backlog, "0    set syn-cookies 0\n     listen 1\n",
        CALL("1"), CALL("2"),
        "0.5  peer 3\n"
        "     < S 0:0 win 65535 mss 1000\n"
        "     note syn-queue-full value 2\n"
        "     state CLOSED\n",
        ANSWER("1"), "     accept\n", CALL("3"))

DIALOGUE(a_syn_is_ignored_when_nobody_accepts, "0    listen 0\n", CALL("1"), ANSWER("1"),
        "     peer 2\n"
        "     < S 0:0 win 65535 mss 1000\n"
        "     note accept-queue-full value 1\n"
        "     state CLOSED\n"
        "     peer 1\n"
        "     accept\n",
        CALL("2"))

/* As on Linux: the peer believes it is connected; our SYN-ACK makes it say so again. */
DIALOGUE(the_last_segment_of_a_handshake_is_ignored_when_nobody_accepts, "0    listen 0\n", CALL("1"),
        ANSWER("1"), "     accept\n", CALL("2"), "     listen-backlog 1\n", CALL("3"), ANSWER("2"),
        "     listen-backlog 0\n"
        "     peer 3\n"
        "     < . 1:1 ack 1 win 65535\n"
        "     note accept-queue-full value 1\n"
        "     state SYN-RECEIVED\n"
        "     peer 2\n"
        "     accept\n"
        "1    peer 3\n"
        "     > S. 0:0 ack 1 sending 2\n",
        ANSWER("3"), "     accept\n")

DIALOGUE(a_reset_frees_a_place_in_the_syn_queue, "0    listen 1\n", CALL("1"),
        "     < R 1:1 win 0\n"
        "     finished\n",
        CALL("2"))

DIALOGUE(a_connection_reset_before_it_is_accepted_is_accepted_all_the_same, "0    listen\n", CALL("1"),
        ANSWER("1"),
        "0.1  < R 1:1 win 0\n"
        "     accept\n"
        "     read 10 = ECONNRESET\n"
        "     close\n"
        "     finished\n")

DIALOGUE(data_wait_for_who_accepts,
        "0    set delayed-ack 0\n"
        "     listen\n",
        CALL("1"), ANSWER("1"),
        "0.1  < PF. 1:101 ack 1 win 65535\n"
        "     > . 1:1 ack 102\n"
        "     accept\n"
        "     state CLOSE-WAIT\n"
        "     read 200 = 100\n"
        "     read 200 = 0\n")

DIALOGUE(closing_a_listener_resets_open_children_and_forgets_half_open_ones, "0    listen\n", CALL("1"),
        CALL("2"), ANSWER("1"),
        "     close-listener\n"
        "     > R. 1:1 ack 1\n"
        "     peer 2\n"
        "     finished\n"
        "     < . 1:1 ack 1 win 65535\n"
        "     > R 1:1\n")

DIALOGUE(children_live_on_when_accepted, "0    listen\n", CALL("1"), ANSWER("1"),
        "     accept\n"
        "     close-listener\n"
        "     state ESTABLISHED\n")

DIALOGUE(children_have_the_listeners_settings, "0    set mss 600\n"
                                               "     listen\n"
                                               "     < S 0:0 win 65535 mss 1000\n"
                                               "     > S. 0:0 ack 1 mss 600\n")

int main(void)
{
        const TTest *const tests[] = {
                a_listener_resets_acknowledgements_and_ignores_the_rest,
                many_calls_are_accepted_in_the_order_in_which_they_were_completed,
                a_syn_is_ignored_when_more_are_half_open_than_the_backlog,
                a_syn_is_ignored_when_nobody_accepts,
                the_last_segment_of_a_handshake_is_ignored_when_nobody_accepts,
                a_reset_frees_a_place_in_the_syn_queue,
                a_connection_reset_before_it_is_accepted_is_accepted_all_the_same,
                data_wait_for_who_accepts,
                closing_a_listener_resets_open_children_and_forgets_half_open_ones,
                children_live_on_when_accepted,
                children_have_the_listeners_settings,
        };
        return dialogue_main("listener", tests, G_N_ELEMENTS(tests));
}
