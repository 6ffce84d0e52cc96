/*
 * Opening, as dialogues: active, passive, both at once; SYNs sent again; what is agreed. RFC 9293
 * section 3.5.
 */
#include "dialogue.h"

DIALOGUE(an_active_open_and_close_goes_through_its_states,
        "0    connect\n"
        "     > S 0:0 win 65535 mss 1460 sackOK ts 0:0 ws 7 reason syn sending 1\n"
        "     state SYN-SENT\n"
        "0.1  < S. 0:0 ack 1 win 65535 mss 1460 sackOK ts 700:0 ws 7\n"
        "     > . 1:1 ack 1 win 514 ts 100:700 reason ack sending 0\n"
        "     state ESTABLISHED\n"
        "     check srtt 100ms\n"
        "1    close\n"
        "     > F. 1:1 ack 1 ts 1000:700 reason fin\n"
        "     state FIN-WAIT-1\n"
        "1.1  < . 1:1 ack 2 win 512 ts 1700:1000\n"
        "     state FIN-WAIT-2\n"
        "1.2  < F. 1:1 ack 2 win 512 ts 1800:1000\n"
        "     > . 2:2 ack 2 ts 1200:1800\n"
        "     state TIME-WAIT\n"
        "     deadline 61.2\n"
        "61.3 finished\n")

DIALOGUE(a_passive_open_and_close_goes_through_its_states,
        "0    listen\n"
        "0    < S 0:0 win 65535 mss 1000\n"
        "     note state\n"
        "     > S. 0:0 ack 1 win 65535 mss 1460 reason syn-ack\n"
        "     state SYN-RECEIVED\n"
        "     accept none\n"
        "0.1  < . 1:1 ack 1 win 65535\n"
        "     state ESTABLISHED\n"
        "     check srtt 100ms\n"
        "     accept\n"
        "0.2  < F. 1:1 ack 1 win 65535\n"
        "     > . 1:1 ack 2\n"
        "     state CLOSE-WAIT\n"
        "     read 10 = 0\n"
        "0.3  close\n"
        "     > F. 1:1 ack 2\n"
        "     state LAST-ACK\n"
        "0.4  < . 2:2 ack 2 win 65535\n"
        "     finished\n")

/* RFC 9293 figure 8. */
DIALOGUE(both_ends_may_open_at_once, "0    connect\n"
                                     "     > S 0:0\n"
                                     "0.1  < S 0:0 win 65535 mss 1000 sackOK\n"
                                     "     > S. 0:0 ack 1 ws 7 sending 2\n"
                                     "     state SYN-RECEIVED\n"
                                     "0.2  < S. 0:0 ack 1 win 65535 mss 1000\n"
                                     "     state ESTABLISHED\n"
                                     "     > . 1:1 ack 1 sack 0:1\n"
                                     "     write 100\n"
                                     "     > P. 1:101 ack 1\n")

/* The peer's SYN-ACK was lost; it has ours, and what it sends acknowledges our SYN as well. */
DIALOGUE(a_simultaneous_open_is_completed_by_an_acknowledgement_too, "0    connect\n"
                                                                     "     > S 0:0\n"
                                                                     "0.1  < S 0:0 win 65535 mss 1000\n"
                                                                     "     > S. 0:0 ack 1\n"
                                                                     "0.2  < . 1:1 ack 1 win 65535\n"
                                                                     "     state ESTABLISHED\n")

/* As Linux answers, an ACK of the number before our SYN will do; the SYN itself is still to be acknowledged.
 */
DIALOGUE(a_simultaneous_open_is_completed_by_an_old_acknowledgement_and_the_syn_goes_on,
        "0    set timestamps off\n"
        "     connect\n"
        "     > S 0:0\n"
        "0.1  < S 0:0 win 65535 mss 1000\n"
        "     > S. 0:0 ack 1\n"
        "0.2  < . 1:1 ack 0 win 65535\n"
        "     state ESTABLISHED\n"
        "1    > S. 0:0 ack 1 mss 1460 ws 7\n"
        "1.1  < P. 1:101 ack 1 win 65535\n"
        "1.14 > . 1:1 ack 101\n"
        "60   state ESTABLISHED\n")

DIALOGUE(text_acknowledges_the_syn_of_a_simultaneous_open_as_well, "0    set timestamps off\n"
                                                                   "     connect\n"
                                                                   "     > S 0:0\n"
                                                                   "0.1  < S 0:0 win 65535 mss 1000\n"
                                                                   "     > S. 0:0 ack 1\n"
                                                                   "0.2  < . 1:1 ack 0 win 65535\n"
                                                                   "     write 100\n"
                                                                   "     > P. 1:101 ack 1\n"
                                                                   "0.3  < . 1:1 ack 101 win 65535\n"
                                                                   "60   state ESTABLISHED\n")

/* Ours was lost, and the peer sends its SYN-ACK again. */
DIALOGUE(a_repeated_syn_ack_is_acknowledged_again, DIALOGUE_CONNECTED,
        "1.1  < S. 0:0 ack 1 win 65535 mss 1000\n"
        "     > . 1:1 ack 1 reason challenge-ack\n"
        "     state ESTABLISHED\n")

DIALOGUE(a_syn_is_sent_again_each_second_five_times_then_less_often_and_then_given_up,
        "0    set timestamps off\n"
        "     set syn-retries 3\n"
        "     connect\n"
        "     > S 0:0 sending 1\n"
        "1    > S 0:0 sending 2\n"
        "     note deadline why retransmit value 0\n"
        "2    > S 0:0 sending 3\n"
        "3    > S 0:0 sending 4\n"
        "4    > S 0:0 sending 5\n"
        "5    > S 0:0 sending 6\n"
        "7    > S 0:0 sending 7\n"
        "11   > S 0:0 sending 8\n"
        "18.9 state SYN-SENT\n"
        "19   state CLOSED\n"
        "     note failed value 110\n"
        "     poll in,out,hup,rdhup,err\n"
        "     read 1 = ETIMEDOUT\n"
        "     check timeouts 7\n"
        "     check retransmitted-segments 7\n")

/* Though linear timeouts would let more go. */
DIALOGUE(few_retries_of_a_syn_end_after_the_time_that_as_many_doublings_take,
        "0    set timestamps off\n"
        "     set syn-retries 1\n"
        "     connect\n"
        "     > S 0:0 sending 1\n"
        "1    > S 0:0 sending 2\n"
        "2    > S 0:0 sending 3\n"
        "2.9  state SYN-SENT\n"
        "3    state CLOSED\n"
        "     note failed value 110\n"
        "     check timeouts 2\n"
        "     check retransmitted-segments 2\n")

DIALOGUE(a_syn_ack_is_sent_again_and_then_forgotten, "0    set syn-ack-retries 1\n"
                                                     "     listen\n"
                                                     "     < S 0:0 win 65535 mss 1000\n"
                                                     "     > S. 0:0 ack 1 sending 1\n"
                                                     "1    > S. 0:0 ack 1 sending 2\n"
                                                     "2.9  state SYN-RECEIVED\n"
                                                     "3    finished\n"
                                                     "     no-note failed\n")

DIALOGUE(a_repeated_syn_gets_the_syn_ack_again, "0    listen\n"
                                                "     < S 0:0 win 65535 mss 1000\n"
                                                "     > S. 0:0 ack 1\n"
                                                "0.5  < S 0:0 win 65535 mss 1000\n"
                                                "     > S. 0:0 ack 1 sending 2\n"
                                                "0.6  < . 1:1 ack 1 win 65535\n"
                                                "     state ESTABLISHED\n")

/* RFC 6298 (5.7): 3 seconds, since the round trip of a SYN sent twice is not known. */
DIALOGUE(after_a_lost_syn_the_retransmission_timeout_starts_at_3_seconds,
        "0    set timestamps off\n"
        "     connect\n"
        "     > S 0:0\n"
        "1    > S 0:0\n"
        "1.1  < S. 0:0 ack 1 win 65535 mss 1000\n"
        "     > . 1:1 ack 1\n"
        "     check srtt 0\n"
        "     check rto 3s\n")

DIALOGUE(timestamps_tell_the_round_trip_of_a_syn_sent_twice,
        "0    connect\n"
        "     > S 0:0 ts 0:0\n"
        "1    > S 0:0 ts 1000:0\n"
        "1.1  < S. 0:0 ack 1 win 65535 mss 1000 ts 5:1000\n"
        "     > . 1:1 ack 1\n"
        "     check srtt 100ms\n")

DIALOGUE(a_refused_call_says_so, "0    connect\n"
                                 "     > S 0:0\n"
                                 "0.1  < R. 0:0 ack 1 win 0\n"
                                 "     state CLOSED\n"
                                 "     write 1 = ECONNREFUSED\n"
                                 "     write 1 = EPIPE\n"
                                 "     read 1 = 0\n")

DIALOGUE(a_reset_with_another_number_does_not_end_a_call, "0    connect\n"
                                                          "     > S 0:0\n"
                                                          "0.1  < R. 0:0 ack 77 win 0\n"
                                                          "     note segment-refused why bad-ack\n"
                                                          "0.1  < R 0:0 win 0\n"
                                                          "     note segment-refused why reset-beside-next\n"
                                                          "     state SYN-SENT\n")

DIALOGUE(an_old_syn_ack_is_reset_and_the_call_goes_on, "0    connect\n"
                                                       "     > S 0:0\n"
                                                       "0.1  < S. 5000:5000 ack 4294967000 win 65535\n"
                                                       "     > R 4294967000:4294967000 reason reset\n"
                                                       "     state SYN-SENT\n"
                                                       "0.102 > S 0:0\n"
                                                       "0.2  < S. 0:0 ack 1 win 65535 mss 1000\n"
                                                       "     > . 1:1 ack 1\n"
                                                       "     state ESTABLISHED\n")

DIALOGUE(an_acknowledgement_of_nothing_is_reset_before_the_handshake_is_done,
        "0    listen\n"
        "     < S 0:0 win 65535 mss 1000\n"
        "     > S. 0:0 ack 1\n"
        "0.1  < . 1:1 ack 2 win 65535\n"
        "     > R 2:2\n"
        "     state SYN-RECEIVED\n")

DIALOGUE(data_written_before_the_handshake_follow_it, "0    write 1500\n"
                                                      "     connect\n"
                                                      "     > S 0:0\n"
                                                      "0.1  < S. 0:0 ack 1 win 65535 mss 1000\n"
                                                      "     > . 1:1001 ack 1\n"
                                                      "     > P. 1001:1501 ack 1\n")

DIALOGUE(text_and_fin_of_a_syn_ack_are_left_to_be_sent_again, "0    connect\n"
                                                              "     > S 0:0\n"
                                                              "0.1  < SF. 0:300 ack 1 win 65535 mss 1000\n"
                                                              "     > . 1:1 ack 1\n"
                                                              "     state ESTABLISHED\n"
                                                              "     read 1000 = EAGAIN\n")

DIALOGUE(text_in_the_last_segment_of_a_handshake_is_taken, "0    set delayed-ack 0\n"
                                                           "     listen\n"
                                                           "     < S 0:0 win 65535 mss 1000\n"
                                                           "     > S. 0:0 ack 1\n"
                                                           "0.1  < P. 1:301 ack 1 win 65535\n"
                                                           "     > . 1:1 ack 301\n"
                                                           "     accept\n"
                                                           "     read 1000 = 300\n")

DIALOGUE(text_of_a_bare_syn_is_left_to_be_sent_again, "0    listen\n"
                                                      "     < S 0:300 win 65535 mss 1000\n"
                                                      "     > S. 0:0 ack 1\n")

DIALOGUE(a_fin_with_the_last_segment_of_a_handshake_closes, "0    listen\n"
                                                            "     < S 0:0 win 65535 mss 1000\n"
                                                            "     > S. 0:0 ack 1\n"
                                                            "0.1  < F. 1:101 ack 1 win 65535\n"
                                                            "     > . 1:1 ack 102\n"
                                                            "     state CLOSE-WAIT\n")

/* ---- What is agreed ---- */

DIALOGUE(without_the_option_segments_carry_536_bytes, "0    connect\n"
                                                      "     > S 0:0\n"
                                                      "0.1  < S. 0:0 ack 1 win 65535\n"
                                                      "     > . 1:1 ack 1\n"
                                                      "     check mss 536\n"
                                                      "     write 1000\n"
                                                      "     > . 1:537 ack 1\n"
                                                      "     > P. 537:1001 ack 1\n")

DIALOGUE(timestamps_take_their_bytes_from_every_segment, "0    connect\n"
                                                         "     > S 0:0\n"
                                                         "0.1  < S. 0:0 ack 1 win 65535 mss 1000 ts 1:0\n"
                                                         "     > . 1:1 ack 1\n"
                                                         "     check mss 988\n")

DIALOGUE(the_path_limits_segments_whatever_the_peer_takes, "0    set timestamps off\n"
                                                           "     connect\n"
                                                           "     > S 0:0 mss 1460\n"
                                                           "0.1  < S. 0:0 ack 1 win 65535 mss 9000\n"
                                                           "     > . 1:1 ack 1\n"
                                                           "     check mss 1460\n")

DIALOGUE(a_setting_limits_segments_in_both_directions, "0    set timestamps off\n"
                                                       "     set mss 700\n"
                                                       "     connect\n"
                                                       "     > S 0:0 mss 700\n"
                                                       "0.1  < S. 0:0 ack 1 win 65535 mss 1000\n"
                                                       "     > . 1:1 ack 1\n"
                                                       "     check mss 700\n")

DIALOGUE(a_peer_cannot_ask_for_segments_of_nothing, "0    connect\n"
                                                    "     > S 0:0\n"
                                                    "0.1  < S. 0:0 ack 1 win 65535 mss 1\n"
                                                    "     > . 1:1 ack 1\n"
                                                    "     check mss 48\n")

DIALOGUE(windows_are_scaled_when_both_agree, "0    set receive-buffer 2000000\n"
                                             "     connect\n"
                                             "     > S 0:0 win 65535 ws 4\n"
                                             "0.1  < S. 0:0 ack 1 win 65535 mss 1000 ws 20\n"
                                             "     > . 1:1 ack 1 win 62415\n"
                                             "     check send-window 65535\n"
                                             "     check send-scale 14\n"
                                             "0.2  < . 1:1 ack 1 win 3\n"
                                             "     check send-window 49152\n")

DIALOGUE(windows_are_not_scaled_when_the_peer_does_not_offer_it, "0    set receive-buffer 2000000\n"
                                                                 "     connect\n"
                                                                 "     > S 0:0 win 65535 ws 4\n"
                                                                 "0.1  < S. 0:0 ack 1 win 65535 mss 1000\n"
                                                                 "     > . 1:1 ack 1 win 65535\n"
                                                                 "     check receive-scale 0\n")

DIALOGUE(half_of_a_buffer_is_offered_in_whole_segments, "0    set receive-buffer 8000\n"
                                                        "     connect\n"
                                                        "     > S 0:0 win 2920 ws 0\n")

DIALOGUE(a_syn_ack_offers_only_what_the_syn_did, "0    listen\n"
                                                 "     < S 0:0 win 65535 mss 1000\n"
                                                 "     > S. 0:0 ack 1\n"
                                                 "     check sack off\n"
                                                 "     check timestamps off\n"
                                                 "     check receive-scale 0\n")

DIALOGUE(a_syn_ack_accepts_what_the_syn_offered, "0    listen\n"
                                                 "     < S 0:0 win 65535 mss 1000 sackOK ts 9:0 ws 2\n"
                                                 "     > S. 0:0 ack 1 sackOK ts 0:9 ws 7\n"
                                                 "     check sack on\n"
                                                 "     check timestamps on\n"
                                                 "0.1  < . 1:1 ack 1 win 1000 ts 109:0\n"
                                                 "     check send-window 4000\n")

DIALOGUE(what_is_switched_off_is_not_offered, "0    set sack off\n"
                                              "     set timestamps off\n"
                                              "     set window-scaling off\n"
                                              "     connect\n"
                                              "     > S 0:0 win 65535 mss 1460\n"
                                              "0.1  < S. 0:0 ack 1 win 65535 mss 1000 sackOK ts 1:0 ws 7\n"
                                              "     > . 1:1 ack 1\n"
                                              "     check sack off\n"
                                              "     check timestamps off\n"
                                              "     check send-scale 0\n")

DIALOGUE(numbers_of_both_sides_may_wrap, "0    isn 4294967000\n"
                                         "     peer-isn 4294966800\n"
                                         "     set delayed-ack 0\n"
                                         "     connect\n"
                                         "     > S 0:0\n"
                                         "0.1  < S. 0:0 ack 1 win 65535 mss 1000 sackOK\n"
                                         "     > . 1:1 ack 1\n"
                                         "     write 1000\n"
                                         "     > P. 1:1001 ack 1\n"
                                         "0.2  < . 1:1 ack 1001 win 65535\n"
                                         "     < P. 1001:2001 ack 1001 win 65535\n"
                                         "     > . 1001:1001 ack 1 sack 1001:2001\n"
                                         "     < P. 1:1001 ack 1001 win 65535\n"
                                         "     > . 1001:1001 ack 2001\n"
                                         "     read 5000 = 2000\n"
                                         "     close\n"
                                         "     > F. 1001:1001 ack 2001\n")

int main(void)
{
        const TTest *const tests[] = {
                an_active_open_and_close_goes_through_its_states,
                a_passive_open_and_close_goes_through_its_states,
                both_ends_may_open_at_once,
                a_simultaneous_open_is_completed_by_an_acknowledgement_too,
                a_simultaneous_open_is_completed_by_an_old_acknowledgement_and_the_syn_goes_on,
                text_acknowledges_the_syn_of_a_simultaneous_open_as_well,
                a_repeated_syn_ack_is_acknowledged_again,
                a_syn_is_sent_again_each_second_five_times_then_less_often_and_then_given_up,
                few_retries_of_a_syn_end_after_the_time_that_as_many_doublings_take,
                a_syn_ack_is_sent_again_and_then_forgotten,
                a_repeated_syn_gets_the_syn_ack_again,
                after_a_lost_syn_the_retransmission_timeout_starts_at_3_seconds,
                timestamps_tell_the_round_trip_of_a_syn_sent_twice,
                a_refused_call_says_so,
                a_reset_with_another_number_does_not_end_a_call,
                an_old_syn_ack_is_reset_and_the_call_goes_on,
                an_acknowledgement_of_nothing_is_reset_before_the_handshake_is_done,
                data_written_before_the_handshake_follow_it,
                text_and_fin_of_a_syn_ack_are_left_to_be_sent_again,
                text_in_the_last_segment_of_a_handshake_is_taken,
                text_of_a_bare_syn_is_left_to_be_sent_again,
                a_fin_with_the_last_segment_of_a_handshake_closes,
                without_the_option_segments_carry_536_bytes,
                timestamps_take_their_bytes_from_every_segment,
                the_path_limits_segments_whatever_the_peer_takes,
                a_setting_limits_segments_in_both_directions,
                a_peer_cannot_ask_for_segments_of_nothing,
                windows_are_scaled_when_both_agree,
                windows_are_not_scaled_when_the_peer_does_not_offer_it,
                half_of_a_buffer_is_offered_in_whole_segments,
                a_syn_ack_offers_only_what_the_syn_did,
                a_syn_ack_accepts_what_the_syn_offered,
                what_is_switched_off_is_not_offered,
                numbers_of_both_sides_may_wrap,
        };
        return dialogue_main("conn", tests, G_N_ELEMENTS(tests));
}
