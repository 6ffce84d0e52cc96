/*
 * Text arrives, as dialogues: order, holes, duplicates, windows, and when it is acknowledged. RFC 9293
 * section 3.10.7.4 step 7, RFC 5681 section 4.2, RFC 2018, RFC 2883.
 */
#include "dialogue.h"

/* ---- When it is acknowledged ---- */

DIALOGUE(every_second_full_segment_is_acknowledged_at_once, DIALOGUE_CONNECTED,
        "0.2  < . 1:1001 ack 1 win 65535\n"
        "     note segment-in-order 1:1001\n"
        "     < . 1001:2001 ack 1 win 65535\n"
        "     > . 1:1 ack 2001 reason ack\n"
        "     < . 2001:3001 ack 1 win 65535\n"
        "     < . 3001:4001 ack 1 win 65535\n"
        "     > . 1:1 ack 4001 reason ack\n")

DIALOGUE(a_single_segment_is_acknowledged_after_the_delay, DIALOGUE_CONNECTED,
        "0.2  < . 1:1001 ack 1 win 65535\n"
        "0.24 > . 1:1 ack 1001 reason delayed-ack\n"
        "     note deadline why delayed-ack\n")

DIALOGUE(the_delay_counts_from_the_first_segment, DIALOGUE_CONNECTED,
        "0.2  < P. 1:101 ack 1 win 65535\n"
        "0.22 < P. 101:201 ack 1 win 65535\n"
        "0.24 > . 1:1 ack 201 reason delayed-ack\n")

DIALOGUE(data_of_our_own_carry_the_acknowledgement, DIALOGUE_CONNECTED,
        "0.2  < P. 1:101 ack 1 win 65535\n"
        "0.21 write 10\n"
        "     > P. 1:11 ack 101\n"
        "0.51 > P. 1:11 ack 101 sending 2\n")

DIALOGUE(without_delay_each_segment_is_acknowledged, "0    set delayed-ack 0\n", DIALOGUE_CONNECTED,
        "0.2  < P. 1:101 ack 1 win 65535\n"
        "     > . 1:1 ack 101 reason ack\n")

/* ---- Out of order ---- */

DIALOGUE(each_segment_behind_a_hole_is_told_by_a_duplicate_ack, DIALOGUE_CONNECTED,
        "0.2  < . 1001:2001 ack 1 win 65535\n"
        "     note segment-held 1001:2001 value 1000\n"
        "     > . 1:1 ack 1 win 65535 sack 1001:2001 reason duplicate-ack\n"
        "     < . 2001:3001 ack 1 win 65535\n"
        "     > . 1:1 ack 1 win 65535 sack 1001:3001 reason duplicate-ack\n"
        "     < . 3001:4001 ack 1 win 65535\n"
        "     > . 1:1 ack 1 win 65535 sack 1001:4001 reason duplicate-ack\n"
        "     check duplicate-acks-sent 3\n"
        "     check out-of-order-arrivals 3\n"
        "     read 5000 = EAGAIN\n"
        "     < . 1:1001 ack 1 win 65535\n"
        "     note segment-in-order 1:1001\n"
        "     note hole-filled 1001:4001 value 0\n"
        "     > . 1:1 ack 4001 reason ack\n"
        "     check held-bytes-max 3000\n"
        "     read 5000 = 4000\n")

/* Its number is new: nobody may take it for a duplicate. */
DIALOGUE(an_acknowledgement_owed_makes_the_first_one_behind_a_hole_no_duplicate, DIALOGUE_CONNECTED,
        "0.2  < . 1:1001 ack 1 win 65535\n"
        "     < . 2001:3001 ack 1 win 65535\n"
        "     > . 1:1 ack 1001 sack 2001:3001 reason ack\n"
        "     < . 3001:4001 ack 1 win 65535\n"
        "     > . 1:1 ack 1001 sack 2001:4001 reason duplicate-ack\n"
        "     check duplicate-acks-sent 1\n")

/* RFC 5681 section 2 (e): the window of a duplicate is the last one. */
DIALOGUE(a_duplicate_ack_does_not_move_the_window, "0    set receive-buffer 60000\n", DIALOGUE_CONNECTED,
        "0.2  < . 1:1001 ack 1 win 65535\n"
        "     < . 1001:2001 ack 1 win 65535\n"
        "     > . 1:1 ack 2001 win 58000\n"
        "     read 5000 = 2000\n"
        "     < . 3001:4001 ack 1 win 65535\n"
        "     > . 1:1 ack 2001 win 58000 sack 3001:4001 reason duplicate-ack\n"
        "     < . 2001:3001 ack 1 win 65535\n"
        "     > . 1:1 ack 4001 win 58000 reason ack\n")

DIALOGUE(a_duplicate_ack_goes_out_before_data_and_carries_none, DIALOGUE_CONNECTED,
        "0.2  write 100\n"
        "     > P. 1:101 ack 1\n"
        "     write 50\n"
        "     < . 1001:2001 ack 101 win 65535\n"
        "     > . 101:101 ack 1 sack 1001:2001 reason duplicate-ack\n"
        "     > P. 101:151 ack 1 sack 1001:2001\n")

DIALOGUE(part_of_a_hole_filled_is_acknowledged_at_once, DIALOGUE_CONNECTED,
        "0.2  < . 2001:3001 ack 1 win 65535\n"
        "     > . 1:1 ack 1 sack 2001:3001\n"
        "     < . 1:1001 ack 1 win 65535\n"
        "     > . 1:1 ack 1001 sack 2001:3001 reason ack\n")

DIALOGUE(the_latest_arrivals_are_reported_first_and_four_at_most, DIALOGUE_CONNECTED,
        "0.2  < . 1001:1101 ack 1 win 65535\n"
        "     > . 1:1 ack 1 sack 1001:1101\n"
        "     < . 2001:2101 ack 1 win 65535\n"
        "     > . 1:1 ack 1 sack 2001:2101,1001:1101\n"
        "     < . 3001:3101 ack 1 win 65535\n"
        "     > . 1:1 ack 1 sack 3001:3101,2001:2101,1001:1101\n"
        "     < . 4001:4101 ack 1 win 65535\n"
        "     > . 1:1 ack 1 sack 4001:4101,3001:3101,2001:2101,1001:1101\n"
        "     < . 5001:5101 ack 1 win 65535\n"
        "     > . 1:1 ack 1 sack 5001:5101,4001:4101,3001:3101,2001:2101\n"
        "     < . 1101:1201 ack 1 win 65535\n"
        "     > . 1:1 ack 1 sack 1001:1201,5001:5101,4001:4101,3001:3101\n")

DIALOGUE(timestamps_leave_room_for_three_blocks, "0    connect\n"
                                                 "     > S 0:0\n"
                                                 "0.1  < S. 0:0 ack 1 win 65535 mss 1000 sackOK ts 100:0\n"
                                                 "     > . 1:1 ack 1\n"
                                                 "0.2  < . 1001:1101 ack 1 win 65535 ts 200:100\n"
                                                 "     > . 1:1 ack 1 sack 1001:1101\n"
                                                 "     < . 2001:2101 ack 1 win 65535 ts 200:100\n"
                                                 "     > . 1:1 ack 1 sack 2001:2101,1001:1101\n"
                                                 "     < . 3001:3101 ack 1 win 65535 ts 200:100\n"
                                                 "     > . 1:1 ack 1 sack 3001:3101,2001:2101,1001:1101\n"
                                                 "     < . 4001:4101 ack 1 win 65535 ts 200:100\n"
                                                 "     > . 1:1 ack 1 sack 4001:4101,3001:3101,2001:2101\n")

DIALOGUE(without_agreement_nothing_is_reported, "0    set sack off\n"
                                                "     connect\n"
                                                "     > S 0:0\n"
                                                "0.1  < S. 0:0 ack 1 win 65535 mss 1000 sackOK\n"
                                                "     > . 1:1 ack 1\n"
                                                "0.2  < . 1001:2001 ack 1 win 65535\n"
                                                "     > . 1:1 ack 1 reason duplicate-ack\n")

DIALOGUE(text_leaves_room_for_what_is_reported, DIALOGUE_CONNECTED,
        "0.2  < . 1001:2001 ack 1 win 65535\n"
        "     > . 1:1 ack 1 sack 1001:2001\n"
        "     write 1990\n"
        "     > . 1:989 ack 1 sack 1001:2001\n"
        "     > . 989:1977 ack 1 sack 1001:2001\n"
        "     > P. 1977:1991 ack 1 sack 1001:2001\n")

/* ---- Twice ---- */

DIALOGUE(a_repeated_segment_is_reported_by_dsack, DIALOGUE_CONNECTED,
        "0.2  < . 1:1001 ack 1 win 65535\n"
        "0.24 > . 1:1 ack 1001\n"
        "     < . 1:1001 ack 1 win 65535\n"
        "     note segment-duplicate 1:1001\n"
        "     > . 1:1 ack 1001 sack 1:1001 reason duplicate-ack\n"
        "     check duplicate-arrivals 1\n")

DIALOGUE(a_repeated_segment_behind_a_hole_is_reported_before_what_holds_it, DIALOGUE_CONNECTED,
        "0.2  < . 1001:3001 ack 1 win 65535\n"
        "     > . 1:1 ack 1 sack 1001:3001\n"
        "     < . 1001:2001 ack 1 win 65535\n"
        "     note segment-duplicate 1001:2001\n"
        "     > . 1:1 ack 1 sack 1001:2001,1001:3001\n"
        "     check duplicate-arrivals 1\n")

DIALOGUE(of_a_segment_partly_old_the_new_part_is_taken_and_the_old_reported, DIALOGUE_CONNECTED,
        "0.2  < . 1:1001 ack 1 win 65535\n"
        "0.24 > . 1:1 ack 1001\n"
        "     < . 501:1501 ack 1 win 65535\n"
        "     > . 1:1 ack 1501 sack 501:1001 reason ack\n"
        "     check duplicate-arrivals 0\n"
        "     read 2000 = 1500\n")

DIALOGUE(duplicates_are_not_reported_when_that_is_off, "0    set dsack off\n", DIALOGUE_CONNECTED,
        "0.2  < . 1:1001 ack 1 win 65535\n"
        "0.24 > . 1:1 ack 1001\n"
        "     < . 1:1001 ack 1 win 65535\n"
        "     > . 1:1 ack 1001\n")

/* ---- The window ---- */

DIALOGUE(unread_bytes_close_the_window, "0    set receive-buffer 3000\n", DIALOGUE_CONNECTED,
        "0.2  < . 1:1001 ack 1 win 65535\n"
        "     < . 1001:2001 ack 1 win 65535\n"
        "     > . 1:1 ack 2001 win 1000\n"
        "     < . 2001:3001 ack 1 win 65535\n"
        "0.24 > . 1:1 ack 3001 win 0\n"
        "     check receive-window 0\n")

DIALOGUE(held_bytes_do_not, "0    set receive-buffer 3000\n", DIALOGUE_CONNECTED,
        "0.2  < . 1001:2001 ack 1 win 65535\n"
        "     > . 1:1 ack 1 win 3000 sack 1001:2001\n"
        "     < . 2001:3001 ack 1 win 65535\n"
        "     > . 1:1 ack 1 win 3000 sack 1001:3001\n"
        "     < . 1:1001 ack 1 win 65535\n"
        "     > . 1:1 ack 3001 win 0\n")

DIALOGUE(a_probe_of_a_closed_window_is_acknowledged_and_its_byte_refused, "0    set receive-buffer 1000\n",
        DIALOGUE_CONNECTED,
        "0.2  < . 1:1001 ack 1 win 65535\n"
        "0.24 > . 1:1 ack 1001 win 0\n"
        "0.5  < . 1001:1002 ack 1 win 65535\n"
        "     note segment-refused 1001:1002 why receive-buffer\n"
        "     > . 1:1 ack 1001 win 0 reason ack\n"
        "     read 2000 = 1000\n"
        "     > . 1:1 ack 1001 win 1000 reason window-update\n")

DIALOGUE(a_closed_window_still_takes_acknowledgements_and_resets, "0    set receive-buffer 1000\n",
        DIALOGUE_CONNECTED,
        "0.2  < . 1:1001 ack 1 win 65535\n"
        "0.24 > . 1:1 ack 1001 win 0\n"
        "     write 500\n"
        "     > P. 1:501 ack 1001\n"
        "0.3  < . 1001:1001 ack 501 win 65535\n"
        "     check bytes-acknowledged 500\n"
        "     < R 1001:1001 win 0\n"
        "     state CLOSED\n")

DIALOGUE(a_closed_window_still_takes_a_fin, "0    set receive-buffer 1000\n", DIALOGUE_CONNECTED,
        "0.2  < F. 1:1001 ack 1 win 65535\n"
        "     > . 1:1 ack 1002 win 0\n"
        "     state CLOSE-WAIT\n")

DIALOGUE(a_segment_across_the_edge_is_cut_there, "0    set receive-buffer 1500\n", DIALOGUE_CONNECTED,
        "0.2  < . 1:1001 ack 1 win 65535\n"
        "     < F. 1001:2001 ack 1 win 65535\n"
        "     note segment-in-order 1001:1501\n"
        "     > . 1:1 ack 1501 win 0\n"
        "     state ESTABLISHED\n"
        "     read 5000 = 1500\n"
        "     > . 1:1 ack 1501 win 1500 reason window-update\n")

/* RFC 9293 section 3.8.6.2.2: the edge moves by a segment, or half of the buffer, at least. */
DIALOGUE(the_edge_does_not_move_by_little, "0    set receive-buffer 10000\n", DIALOGUE_CONNECTED,
        "0.2  < . 1:5001 ack 1 win 65535\n"
        "     > . 1:1 ack 5001 win 5000\n"
        "     read 1000\n"
        "     < . 5001:10001 ack 1 win 65535\n"
        "     > . 1:1 ack 10001 win 0\n"
        "     read 459\n"
        "     read 1\n"
        "     > . 1:1 ack 10001 win 1460 reason window-update\n")

DIALOGUE(reading_tells_the_peer_when_the_window_has_doubled, "0    set receive-buffer 10000\n",
        DIALOGUE_CONNECTED,
        "0.2  < . 1:8001 ack 1 win 65535\n"
        "     > . 1:1 ack 8001 win 2000\n"
        "     read 1999\n"
        "     read 1\n"
        "     > . 1:1 ack 8001 win 4000 reason window-update\n"
        "     read 3999\n"
        "     read 1\n"
        "     > . 1:1 ack 8001 win 8000 reason window-update\n"
        "     read 2000\n")

DIALOGUE(a_scaled_window_is_rounded_down_and_its_promise_kept, "0    set receive-buffer 1000000\n"
                                                               "     set timestamps off\n"
                                                               "     connect\n"
                                                               "     > S 0:0 win 65535 ws 4\n"
                                                               "0.1  < S. 0:0 ack 1 win 65535 mss 1000 ws 0\n"
                                                               "     > . 1:1 ack 1 win 62500\n"
                                                               "0.2  < . 1:2 ack 1 win 65535\n"
                                                               "0.24 > . 1:1 ack 2 win 62499\n"
                                                               "     check receive-window 999999\n")

/* ---- The end of what may be taken is remembered in both directions ---- */

DIALOGUE(urgent_data_are_read_in_their_place, DIALOGUE_CONNECTED,
        "0.2  < UP. 1:101 ack 1 win 65535\n"
        "0.24 > . 1:1 ack 101\n"
        "     read 200 = 100\n")

DIALOGUE(nothing_is_sent_for_an_acknowledgement, DIALOGUE_CONNECTED,
        "0.2  < . 1:1 ack 1 win 65535\n"
        "     < . 1:1 ack 1 win 1000\n"
        "     deadline none\n")

int main(void)
{
        const TTest *const tests[] = {
                every_second_full_segment_is_acknowledged_at_once,
                a_single_segment_is_acknowledged_after_the_delay,
                the_delay_counts_from_the_first_segment,
                data_of_our_own_carry_the_acknowledgement,
                without_delay_each_segment_is_acknowledged,
                each_segment_behind_a_hole_is_told_by_a_duplicate_ack,
                an_acknowledgement_owed_makes_the_first_one_behind_a_hole_no_duplicate,
                a_duplicate_ack_does_not_move_the_window,
                a_duplicate_ack_goes_out_before_data_and_carries_none,
                part_of_a_hole_filled_is_acknowledged_at_once,
                the_latest_arrivals_are_reported_first_and_four_at_most,
                timestamps_leave_room_for_three_blocks,
                without_agreement_nothing_is_reported,
                text_leaves_room_for_what_is_reported,
                a_repeated_segment_is_reported_by_dsack,
                a_repeated_segment_behind_a_hole_is_reported_before_what_holds_it,
                of_a_segment_partly_old_the_new_part_is_taken_and_the_old_reported,
                duplicates_are_not_reported_when_that_is_off,
                unread_bytes_close_the_window,
                held_bytes_do_not,
                a_probe_of_a_closed_window_is_acknowledged_and_its_byte_refused,
                a_closed_window_still_takes_acknowledgements_and_resets,
                a_closed_window_still_takes_a_fin,
                a_segment_across_the_edge_is_cut_there,
                the_edge_does_not_move_by_little,
                reading_tells_the_peer_when_the_window_has_doubled,
                a_scaled_window_is_rounded_down_and_its_promise_kept,
                urgent_data_are_read_in_their_place,
                nothing_is_sent_for_an_acknowledgement,
        };
        return dialogue_main("receive", tests, G_N_ELEMENTS(tests));
}
