/*
 * Waiting, as dialogues: keepalive and the user's patience. RFC 9293 section 3.8.4, RFC 5482.
 */
#include "dialogue.h"

#define WITH_KEEPALIVE                                                                                       \
        "0    set keepalive on\n"                                                                            \
        "     set keepalive-idle 10s\n"                                                                      \
        "     set keepalive-interval 2s\n"                                                                   \
        "     set keepalive-count 3\n"

DIALOGUE(a_silent_peer_is_probed_and_then_given_up, WITH_KEEPALIVE, DIALOGUE_CONNECTED,
        "10.1 > . 0:0 ack 1 reason keepalive sending 0\n"
        "     note deadline why keepalive\n"
        "12.1 > . 0:0 ack 1 reason keepalive\n"
        "14.1 > . 0:0 ack 1 reason keepalive\n"
        "16.1 > R. 1:1 ack 1\n"
        "     note failed value 110\n"
        "     error ETIMEDOUT\n")

DIALOGUE(an_answer_puts_the_next_probe_off, WITH_KEEPALIVE, DIALOGUE_CONNECTED,
        "10.1 > . 0:0 ack 1\n"
        "10.2 < . 1:1 ack 1 win 65535\n"
        "20.2 > . 0:0 ack 1\n"
        "22.2 > . 0:0 ack 1\n"
        "22.3 < . 1:1 ack 1 win 65535\n"
        "32.3 > . 0:0 ack 1\n")

DIALOGUE(whatever_is_heard_puts_the_probe_off, WITH_KEEPALIVE, DIALOGUE_CONNECTED,
        "5    < P. 1:11 ack 1 win 65535\n"
        "5.04 > . 1:1 ack 11\n"
        "15   > . 0:0 ack 11 reason keepalive\n")

DIALOGUE(unanswered_data_are_probe_enough, WITH_KEEPALIVE, DIALOGUE_CONNECTED,
        "10   write 10\n"
        "     > P. 1:11 ack 1\n"
        "10.2 < . 1:1 ack 11 win 65535\n"
        "20.2 > . 10:10 ack 1 reason keepalive\n")

DIALOGUE(keepalive_can_be_switched_on_and_off, DIALOGUE_CONNECTED,
        "5    set keepalive-idle 10s\n"
        "     deadline none\n"
        "     set keepalive on\n"
        "     deadline 15\n"
        "     set keepalive off\n"
        "     deadline none\n")

DIALOGUE(the_users_patience_ends_keepalive_too, WITH_KEEPALIVE, "     set user-timeout 11s\n",
        DIALOGUE_CONNECTED,
        "10.1 > . 0:0 ack 1 reason keepalive\n"
        "12.1 > R. 1:1 ack 1\n"
        "     error ETIMEDOUT\n")

DIALOGUE(a_keepalive_probe_of_the_peers_is_answered, DIALOGUE_CONNECTED,
        "60   < . 0:0 ack 1 win 65535\n"
        "     > . 1:1 ack 1 reason ack\n"
        "     state ESTABLISHED\n")

DIALOGUE(the_users_patience_ends_a_call, "0    set user-timeout 2500ms\n",
        "     connect\n"
        "     > S 0:0\n"
        "1    > S 0:0\n"
        "2    > S 0:0\n"
        "2.5  note deadline why user-timeout\n"
        "     error ETIMEDOUT\n")

DIALOGUE(the_users_patience_does_not_wait_for_a_finished_handshake, "0    set user-timeout 2500ms\n",
        DIALOGUE_CONNECTED, "     deadline none\n")

DIALOGUE(the_users_patience_ends_with_unanswered_data, "0    set user-timeout 500ms\n", DIALOGUE_CONNECTED,
        "1    write 10\n"
        "     > P. 1:11 ack 1\n"
        "1.3  > P. 1:11 ack 1\n"
        "1.6  > P. 1:11 ack 1\n"
        "2.1  wait\n"
        "     error ETIMEDOUT\n")

int main(void)
{
        const TTest *const tests[] = {
                a_silent_peer_is_probed_and_then_given_up,
                an_answer_puts_the_next_probe_off,
                whatever_is_heard_puts_the_probe_off,
                unanswered_data_are_probe_enough,
                keepalive_can_be_switched_on_and_off,
                the_users_patience_ends_keepalive_too,
                a_keepalive_probe_of_the_peers_is_answered,
                the_users_patience_ends_a_call,
                the_users_patience_does_not_wait_for_a_finished_handshake,
                the_users_patience_ends_with_unanswered_data,
        };
        return dialogue_main("deadlines", tests, G_N_ELEMENTS(tests));
}
