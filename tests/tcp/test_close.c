/*
 * Closing, as dialogues: from either side, half, at once, by a reset; TIME-WAIT and its end. RFC 9293
 * section 3.6.
 */
#include "dialogue.h"

DIALOGUE(a_half_closed_connection_still_receives, DIALOGUE_CONNECTED,
        "0.2  shutdown wr\n"
        "     > F. 1:1 ack 1\n"
        "     write 10 = EPIPE\n"
        "0.25 < . 1:1 ack 2 win 65535\n"
        "     state FIN-WAIT-2\n"
        "     deadline none\n"
        "9    < P. 1:1001 ack 2 win 65535\n"
        "9.04 > . 2:2 ack 1001\n"
        "     read 2000 = 1000\n"
        "     read 2000 = EAGAIN\n"
        "10   < F. 1001:1001 ack 2 win 65535\n"
        "     > . 2:2 ack 1002\n"
        "     read 2000 = 0\n"
        "     state TIME-WAIT\n"
        "     close\n"
        "70   finished\n")

DIALOGUE(data_can_be_sent_after_the_peer_has_closed, DIALOGUE_CONNECTED,
        "0.2  < F. 1:1 ack 1 win 65535\n"
        "     > . 1:1 ack 2\n"
        "     write 500\n"
        "     > P. 1:501 ack 2\n"
        "0.3  < . 2:2 ack 501 win 65535\n"
        "     close\n"
        "     > F. 501:501 ack 2\n"
        "0.4  < . 2:2 ack 502 win 65535\n"
        "     finished\n")

DIALOGUE(what_was_written_goes_out_before_the_fin, DIALOGUE_CONNECTED,
        "0.2  write 1500\n"
        "     > . 1:1001 ack 1\n"
        "     > P. 1001:1501 ack 1\n"
        "     write 100\n"
        "     close\n"
        "     > PF. 1501:1601 ack 1\n"
        "     state FIN-WAIT-1\n"
        "0.3  < . 1:1 ack 1601 win 65535\n"
        "     state FIN-WAIT-1\n"
        "0.31 < . 1:1 ack 1602 win 65535\n"
        "     state FIN-WAIT-2\n")

/* RFC 9293 figure 13. */
DIALOGUE(both_ends_may_close_at_once, DIALOGUE_CONNECTED,
        "0.2  shutdown wr\n"
        "     > F. 1:1 ack 1\n"
        "0.25 < F. 1:1 ack 1 win 65535\n"
        "     > . 2:2 ack 2\n"
        "     state CLOSING\n"
        "0.3  < . 2:2 ack 2 win 65535\n"
        "     state TIME-WAIT\n"
        "     deadline 60.3\n")

DIALOGUE(a_fin_that_acknowledges_ours_leads_to_time_wait_at_once, DIALOGUE_CONNECTED,
        "0.2  shutdown wr\n"
        "     > F. 1:1 ack 1\n"
        "0.25 < F. 1:1 ack 2 win 65535\n"
        "     > . 2:2 ack 2\n"
        "     state TIME-WAIT\n")

DIALOGUE(a_fin_is_acknowledged_at_once_and_together_with_its_text, DIALOGUE_CONNECTED,
        "0.2  < PF. 1:501 ack 1 win 65535\n"
        "     > . 1:1 ack 502\n"
        "     poll in,out,rdhup\n"
        "     read 1000 = 500\n"
        "     read 1000 = 0\n")

DIALOGUE(a_fin_waits_for_the_text_before_it, DIALOGUE_CONNECTED,
        "0.2  < PF. 1001:1501 ack 1 win 65535\n"
        "     > . 1:1 ack 1 sack 1001:1502 reason duplicate-ack\n"
        "     state ESTABLISHED\n"
        "     < . 1:1001 ack 1 win 65535\n"
        "     > . 1:1 ack 1502\n"
        "     state CLOSE-WAIT\n"
        "     read 2000 = 1500\n"
        "     read 2000 = 0\n")

DIALOGUE(a_bare_fin_waits_for_the_text_before_it, DIALOGUE_CONNECTED,
        "0.2  < F. 501:501 ack 1 win 65535\n"
        "     > . 1:1 ack 1 sack 501:502 reason duplicate-ack\n"
        "     check out-of-order-arrivals 1\n"
        "     state ESTABLISHED\n"
        "     < . 1:501 ack 1 win 65535\n"
        "     > . 1:1 ack 502\n"
        "     state CLOSE-WAIT\n")

DIALOGUE(text_in_order_makes_a_fin_that_waits_void, DIALOGUE_CONNECTED,
        "0.2  < F. 501:501 ack 1 win 65535\n"
        "     > . 1:1 ack 1 sack 501:502\n"
        "     < . 1:701 ack 1 win 65535\n"
        "     > . 1:1 ack 701 sack 501:502\n"
        "     state ESTABLISHED\n"
        "     read 1000 = 700\n")

DIALOGUE(a_fin_below_what_is_held_is_none, DIALOGUE_CONNECTED,
        "0.2  < . 1001:2001 ack 1 win 65535\n"
        "     > . 1:1 ack 1 sack 1001:2001\n"
        "     < F. 501:501 ack 1 win 65535\n"
        "     > . 1:1 ack 1 sack 501:502,1001:2001\n"
        "     < . 1:1001 ack 1 win 65535\n"
        "     > . 1:1 ack 2001 sack 501:502\n"
        "     state ESTABLISHED\n")

DIALOGUE(a_repeated_fin_is_acknowledged_again, DIALOGUE_CONNECTED,
        "0.2  < F. 1:1 ack 1 win 65535\n"
        "     > . 1:1 ack 2\n"
        "0.5  < F. 1:1 ack 1 win 65535\n"
        "     > . 1:1 ack 2 sack 1:2 reason duplicate-ack\n"
        "     check duplicate-arrivals 1\n")

/* ---- TIME-WAIT ---- */

#define IN_TIME_WAIT                                                                                         \
        DIALOGUE_CONNECTED                                                                                   \
        "0.2  close\n"                                                                                       \
        "     > F. 1:1 ack 1\n"                                                                              \
        "0.25 < F. 1:1 ack 2 win 65535\n"                                                                    \
        "     > . 2:2 ack 2\n"                                                                               \
        "     state TIME-WAIT\n"

DIALOGUE(a_repeated_fin_restarts_time_wait, IN_TIME_WAIT,
        "     deadline 60.25\n"
        "30   < F. 1:1 ack 2 win 65535\n"
        "     > . 2:2 ack 2\n"
        "     deadline 90\n"
        "90   finished\n")

DIALOGUE(time_wait_lasts_as_long_as_set, "0    set time-wait 2s\n", IN_TIME_WAIT, "     deadline 2.25\n")

DIALOGUE(a_reset_ends_time_wait_without_a_word, IN_TIME_WAIT,
        "1    < R 2:2 win 0\n"
        "     no-note failed\n"
        "     finished\n")

/* RFC 6191, RFC 9293 section 3.6.1: our new number lies behind all that the old connection used. */
DIALOGUE(time_wait_gives_way_to_a_syn_with_a_higher_number, DIALOGUE_ACCEPTED,
        "0.2  close\n"
        "     > F. 1:1 ack 1\n"
        "0.25 < F. 1:1 ack 2 win 65535\n"
        "     > . 2:2 ack 2\n"
        "1    < S 5000:5000 win 65535 mss 1000\n"
        "     > S. 0:0 ack 5001\n"
        "     state SYN-RECEIVED\n")

DIALOGUE(time_wait_does_not_give_way_to_a_syn_with_a_lower_number, DIALOGUE_ACCEPTED,
        "0.2  close\n"
        "     > F. 1:1 ack 1\n"
        "0.25 < F. 1:1 ack 2 win 65535\n"
        "     > . 2:2 ack 2\n"
        "1    < S 1:1 win 65535 mss 1000\n"
        "     > . 2:2 ack 2 reason ack\n"
        "     state TIME-WAIT\n")

#define IN_TIME_WAIT_WITH_TIMESTAMPS                                                                         \
        "0    listen\n"                                                                                      \
        "     < S 0:0 win 65535 mss 1000 ts 1000:0\n"                                                        \
        "     > S. 0:0 ack 1\n"                                                                              \
        "0.1  < . 1:1 ack 1 win 65535 ts 1100:0\n"                                                           \
        "     accept\n"                                                                                      \
        "0.2  close\n"                                                                                       \
        "     > F. 1:1 ack 1\n"                                                                              \
        "0.25 < F. 1:1 ack 2 win 65535 ts 1250:200\n"                                                        \
        "     > . 2:2 ack 2\n"

DIALOGUE(time_wait_gives_way_to_a_later_timestamp_whatever_the_number, IN_TIME_WAIT_WITH_TIMESTAMPS,
        "1    < S 4000000000:4000000000 win 65535 mss 1000 ts 1251:0\n"
        "     > S. 0:0 ack 4000000001\n")

DIALOGUE(time_wait_does_not_give_way_to_an_earlier_timestamp, IN_TIME_WAIT_WITH_TIMESTAMPS,
        "1    < S 5000:5000 win 65535 mss 1000 ts 1249:0\n"
        "     > . 2:2 ack 2\n"
        "     state TIME-WAIT\n")

DIALOGUE(with_equal_timestamps_the_number_decides, IN_TIME_WAIT_WITH_TIMESTAMPS,
        "1    < S 5000:5000 win 65535 mss 1000 ts 1250:0\n"
        "     > S. 0:0 ack 5001\n")

/* ---- Let go by the user ---- */

DIALOGUE(closing_with_unread_bytes_resets, DIALOGUE_CONNECTED,
        "0.2  < P. 1:501 ack 1 win 65535\n"
        "     close\n"
        "     > R. 1:1 ack 501 reason reset\n"
        "     finished\n")

DIALOGUE(closing_with_all_read_does_not_reset, DIALOGUE_CONNECTED,
        "0.2  < P. 1:501 ack 1 win 65535\n"
        "     read 1000 = 500\n"
        "     close\n"
        "     > F. 1:1 ack 501\n")

DIALOGUE(closing_without_lingering_resets, DIALOGUE_CONNECTED,
        "0.2  set linger on\n"
        "     close\n"
        "     > R. 1:1 ack 1\n"
        "     finished\n")

DIALOGUE(lingering_for_a_time_closes_in_order, DIALOGUE_CONNECTED,
        "0.2  set linger-time 5s\n"
        "     set linger on\n"
        "     close\n"
        "     > F. 1:1 ack 1\n")

DIALOGUE(data_for_a_closed_socket_are_answered_by_a_reset, DIALOGUE_CONNECTED,
        "0.2  close\n"
        "     > F. 1:1 ack 1\n"
        "0.25 < . 1:1 ack 2 win 65535\n"
        "0.3  < P. 1:101 ack 2 win 65535\n"
        "     > R 2:2\n"
        "     finished\n")

DIALOGUE(a_fin_for_a_closed_socket_is_taken, DIALOGUE_CONNECTED,
        "0.2  close\n"
        "     > F. 1:1 ack 1\n"
        "0.25 < F. 1:1 ack 2 win 65535\n"
        "     > . 2:2 ack 2\n"
        "     state TIME-WAIT\n")

DIALOGUE(a_closed_socket_does_not_wait_for_a_fin_for_ever, DIALOGUE_CONNECTED,
        "0.2  close\n"
        "     > F. 1:1 ack 1\n"
        "0.25 < . 1:1 ack 2 win 65535\n"
        "     deadline 60.25\n"
        "60.2 state FIN-WAIT-2\n"
        "60.25 finished\n"
        "     note deadline why fin-wait-2\n")

DIALOGUE(who_closes_after_shutting_down_waits_from_then_on, DIALOGUE_CONNECTED,
        "0.2  shutdown wr\n"
        "     > F. 1:1 ack 1\n"
        "0.25 < . 1:1 ack 2 win 65535\n"
        "     deadline none\n"
        "5    close\n"
        "     deadline 65\n")

DIALOGUE(closing_before_an_answer_forgets_the_call, "0    connect\n"
                                                    "     > S 0:0\n"
                                                    "     close\n"
                                                    "     finished\n")

DIALOGUE(shutting_down_before_an_answer_forgets_the_call, "0    connect\n"
                                                          "     > S 0:0\n"
                                                          "     shutdown wr\n"
                                                          "     state CLOSED\n"
                                                          "     shutdown wr = ENOTCONN\n")

DIALOGUE(a_close_during_the_handshake_waits_for_its_end, "0    connect\n"
                                                         "     > S 0:0\n"
                                                         "0.1  < S 0:0 win 65535 mss 1000\n"
                                                         "     > S. 0:0 ack 1\n"
                                                         "     close\n"
                                                         "     state SYN-RECEIVED\n"
                                                         "0.2  < . 1:1 ack 1 win 65535\n"
                                                         "     > F. 1:1 ack 1\n"
                                                         "     state FIN-WAIT-1\n")

DIALOGUE(an_abort_resets_and_tells_the_user, DIALOGUE_CONNECTED,
        "0.2  write 100\n"
        "     > P. 1:101 ack 1\n"
        "     abort ECONNABORTED\n"
        "     > R. 101:101 ack 1\n"
        "     read 1 = ECONNABORTED\n"
        "     read 1 = 0\n")

DIALOGUE(an_abort_of_an_unanswered_call_sends_nothing, "0    connect\n"
                                                       "     > S 0:0\n"
                                                       "     abort\n"
                                                       "     state CLOSED\n")

DIALOGUE(what_came_before_a_reset_can_still_be_read, DIALOGUE_CONNECTED,
        "0.2  < P. 1:501 ack 1 win 65535\n"
        "     < R 501:501 win 0\n"
        "     poll in,out,hup,rdhup,err\n"
        "     read 1000 = 500\n"
        "     read 1000 = ECONNRESET\n"
        "     read 1000 = 0\n"
        "     write 1 = EPIPE\n")

DIALOGUE(a_connection_closed_but_held_answers_like_a_stranger, "0    isn 0\n", DIALOGUE_CONNECTED,
        "0.2  < R 1:1 win 0\n"
        "0.3  < P. 1:101 ack 7 win 65535\n"
        "     > R 7:7\n"
        "     < S 50:50 win 65535\n"
        "     > R. 0:0 ack 51\n")

int main(void)
{
        const TTest *const tests[] = {
                a_half_closed_connection_still_receives,
                data_can_be_sent_after_the_peer_has_closed,
                what_was_written_goes_out_before_the_fin,
                both_ends_may_close_at_once,
                a_fin_that_acknowledges_ours_leads_to_time_wait_at_once,
                a_fin_is_acknowledged_at_once_and_together_with_its_text,
                a_fin_waits_for_the_text_before_it,
                a_bare_fin_waits_for_the_text_before_it,
                text_in_order_makes_a_fin_that_waits_void,
                a_fin_below_what_is_held_is_none,
                a_repeated_fin_is_acknowledged_again,
                a_repeated_fin_restarts_time_wait,
                time_wait_lasts_as_long_as_set,
                a_reset_ends_time_wait_without_a_word,
                time_wait_gives_way_to_a_syn_with_a_higher_number,
                time_wait_does_not_give_way_to_a_syn_with_a_lower_number,
                time_wait_gives_way_to_a_later_timestamp_whatever_the_number,
                time_wait_does_not_give_way_to_an_earlier_timestamp,
                with_equal_timestamps_the_number_decides,
                closing_with_unread_bytes_resets,
                closing_with_all_read_does_not_reset,
                closing_without_lingering_resets,
                lingering_for_a_time_closes_in_order,
                data_for_a_closed_socket_are_answered_by_a_reset,
                a_fin_for_a_closed_socket_is_taken,
                a_closed_socket_does_not_wait_for_a_fin_for_ever,
                who_closes_after_shutting_down_waits_from_then_on,
                closing_before_an_answer_forgets_the_call,
                shutting_down_before_an_answer_forgets_the_call,
                a_close_during_the_handshake_waits_for_its_end,
                an_abort_resets_and_tells_the_user,
                an_abort_of_an_unanswered_call_sends_nothing,
                what_came_before_a_reset_can_still_be_read,
                a_connection_closed_but_held_answers_like_a_stranger,
        };
        return dialogue_main("close", tests, G_N_ELEMENTS(tests));
}
