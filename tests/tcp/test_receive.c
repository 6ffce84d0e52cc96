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

DIALOGUE(what_waits_to_be_sent_carries_the_news_of_a_hole, DIALOGUE_CONNECTED,
        "0.2  write 100\n"
        "     > P. 1:101 ack 1\n"
        "     write 50\n"
        "     < . 1001:2001 ack 101 win 65535\n"
        "     > P. 101:151 ack 1 sack 1001:2001\n")

DIALOGUE(part_of_a_hole_filled_is_acknowledged_at_once, DIALOGUE_CONNECTED,
        "0.2  < . 2001:3001 ack 1 win 65535\n"
        "     > . 1:1 ack 1 sack 2001:3001\n"
        "     < . 1:1001 ack 1 win 65535\n"
        "     > . 1:1 ack 1001 sack 2001:3001 reason ack\n")

DIALOGUE(the_latest_arrivals_are_reported_first_and_four_at_most_and_the_others_forgotten, DIALOGUE_CONNECTED,
        "0.2  < . 1001:1101 ack 1 win 65535\n"
        "     > . 1:1 ack 1 sack 1001:1101\n"
        "     < . 2001:2101 ack 1 win 65535\n"
        "     > . 1:1 ack 1 sack 2001:2101,1001:1101\n"
        "     < . 3001:3101 ack 1 win 65535\n"
        "     > . 1:1 ack 1 sack 3001:3101,2001:2101,1001:1101\n"
        "     < . 4001:4101 ack 1 win 65535\n"
        "0.2001 > . 1:1 ack 1 sack 4001:4101,3001:3101,2001:2101,1001:1101\n"
        "     < . 5001:5101 ack 1 win 65535\n"
        "0.2002 > . 1:1 ack 1 sack 5001:5101,4001:4101,3001:3101,2001:2101\n"
        "     < . 1101:1201 ack 1 win 65535\n"
        "0.2003 > . 1:1 ack 1 sack 1101:1201,5001:5101,4001:4101,3001:3101\n")

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
                                                 "0.2001 > . 1:1 ack 1 sack 4001:4101,3001:3101,2001:2101\n")

DIALOGUE(without_agreement_nothing_is_reported, "0    set sack off\n"
                                                "     connect\n"
                                                "     > S 0:0\n"
                                                "0.1  < S. 0:0 ack 1 win 65535 mss 1000 sackOK\n"
                                                "     > . 1:1 ack 1\n"
                                                "0.2  < . 1001:2001 ack 1 win 65535\n"
                                                "     > . 1:1 ack 1 reason duplicate-ack\n")

DIALOGUE(text_makes_room_for_what_is_reported, DIALOGUE_CONNECTED,
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
        "0.28 > . 1:1 ack 1501 sack 501:1001 reason delayed-ack\n"
        "     check duplicate-arrivals 0\n"
        "     read 2000 = 1500\n")

DIALOGUE(duplicates_are_not_reported_when_that_is_off, "0    set dsack off\n", DIALOGUE_CONNECTED,
        "0.2  < . 1:1001 ack 1 win 65535\n"
        "0.24 > . 1:1 ack 1001\n"
        "     < . 1:1001 ack 1 win 65535\n"
        "     > . 1:1 ack 1001\n")

/* ---- The end of what may be taken is remembered in both directions ---- */

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
                what_waits_to_be_sent_carries_the_news_of_a_hole,
                part_of_a_hole_filled_is_acknowledged_at_once,
                the_latest_arrivals_are_reported_first_and_four_at_most_and_the_others_forgotten,
                timestamps_leave_room_for_three_blocks,
                without_agreement_nothing_is_reported,
                text_makes_room_for_what_is_reported,
                a_repeated_segment_is_reported_by_dsack,
                a_repeated_segment_behind_a_hole_is_reported_before_what_holds_it,
                of_a_segment_partly_old_the_new_part_is_taken_and_the_old_reported,
                duplicates_are_not_reported_when_that_is_off,
                nothing_is_sent_for_an_acknowledgement,
        };
        return dialogue_main("receive", tests, G_N_ELEMENTS(tests));
}
