/*
 * Urgent data, as dialogues: the pointer that is sent, the byte that is kept apart, the mark where reading
 * stops. RFC 9293 section 3.8.5, RFC 6093; as Linux.
 */
#include "dialogue.h"

/* ---- Sending ---- */

DIALOGUE(the_pointer_stands_behind_the_last_urgent_byte, DIALOGUE_CONNECTED,
        "0.2  write-urgent 10\n"
        "     > UP. 1:11 ack 1 urg 10\n"
        "0.3  < . 1:1 ack 11 win 65535\n"
        "     write 10\n"
        "     > P. 11:21 ack 1\n"
        "0.4  < . 1:1 ack 21 win 65535\n")

DIALOGUE(every_segment_tells_it_until_it_is_acknowledged, DIALOGUE_CONNECTED,
        "0.2  write-urgent 10\n"
        "     > UP. 1:11 ack 1 urg 10\n"
        "0.5  > UP. 1:11 ack 1 urg 10 sending 2\n"
        "0.6  < . 1:1 ack 11 win 65535\n")

DIALOGUE(urgent_data_do_not_wait_for_an_acknowledgement, DIALOGUE_CONNECTED,
        "0.2  write 10\n"
        "     > P. 1:11 ack 1\n"
        "     write-urgent 10\n"
        "     > UP. 11:21 ack 1 urg 10\n"
        "0.3  < . 1:1 ack 21 win 65535\n")

DIALOGUE(segments_on_the_way_to_it_each_tell_where_it_is, DIALOGUE_CONNECTED,
        "0.2  write-urgent 2500\n"
        "     > U. 1:1001 ack 1 urg 2500\n"
        "     > U. 1001:2001 ack 1 urg 1500\n"
        "     > UP. 2001:2501 ack 1 urg 500\n"
        "0.3  < . 1:1 ack 2501 win 65535\n")

DIALOGUE(in_a_closed_window_two_probes_tell_it, DIALOGUE_CONNECTED,
        "0.2  < . 1:1 ack 1 win 0\n"
        "     write-urgent 3\n"
        "0.5  > U. 1:1 ack 1 urg 3 reason window-probe\n"
        "     > U. 0:0 ack 1 urg 4 reason window-probe\n"
        "0.6  < . 1:1 ack 1 win 1000\n"
        "     > UP. 1:4 ack 1 urg 3\n"
        "0.7  < . 1:1 ack 4 win 1000\n")

DIALOGUE(a_reset_in_urgent_mode_tells_the_pointer, DIALOGUE_CONNECTED,
        "0.2  < . 1:1 ack 1 win 1000\n"
        "     write-urgent 3000\n"
        "     > U. 1:1001 ack 1 urg 3000\n"
        "     abort\n"
        "     > RU. 1001:1001 ack 1 urg 2000\n")

/* ---- Receiving ---- */

DIALOGUE(a_syn_ack_may_announce_it, "0    connect\n"
                                    "0    > S 0:0\n"
                                    "0.1  < SU. 0:0 ack 1 win 65535 mss 1000 urg 5\n"
                                    "     > . 1:1 ack 1\n"
                                    "     read-urgent = EAGAIN\n"
                                    "0.2  < P. 1:11 ack 1 win 65535\n"
                                    "0.24 > . 1:1 ack 11\n"
                                    "     read-urgent\n"
                                    "     read 200 = 3\n")

DIALOGUE(what_came_before_its_pointer_is_not_kept_apart, DIALOGUE_CONNECTED,
        "0.2  < P. 11:21 ack 1 win 65535\n"
        "     > . 1:1 ack 1 sack 11:21\n"
        "     < UP. 1:11 ack 1 win 65535 urg 15\n"
        "     > . 1:1 ack 21\n"
        "     read-urgent = EAGAIN\n"
        "     poll in,out\n"
        "     read 200 = 14\n"
        "     read 200 = 5\n")

DIALOGUE(reading_stops_before_the_urgent_byte_and_goes_on_behind_it, DIALOGUE_CONNECTED,
        "0.2  < UP. 1:101 ack 1 win 65535 urg 40\n"
        "     poll in,pri,out\n"
        "0.24 > . 1:1 ack 101\n"
        "     read 200 = 39\n"
        "     read 200 = 60\n"
        "     read-urgent = EINVAL\n"
        "     poll out\n")

DIALOGUE(the_urgent_byte_is_read_apart_once, DIALOGUE_CONNECTED,
        "0.2  < UP. 1:11 ack 1 win 65535 urg 10\n"
        "0.24 > . 1:1 ack 11\n"
        "     read-urgent\n"
        "     read-urgent = EINVAL\n"
        "     poll in,out\n"
        "     read 200 = 9\n"
        "     poll out\n"
        "     read 200 = EAGAIN\n")

DIALOGUE(inline_it_stays_in_the_stream_and_reading_stops_before_it, "0    set urgent-inline on\n",
        DIALOGUE_CONNECTED,
        "0.2  < UP. 1:11 ack 1 win 65535 urg 5\n"
        "0.24 > . 1:1 ack 11\n"
        "     read-urgent = EINVAL\n"
        "     read 200 = 4\n"
        "     read 200 = 6\n")

DIALOGUE(what_is_announced_may_come_later, DIALOGUE_CONNECTED,
        "0.2  < UP. 1:11 ack 1 win 65535 urg 50\n"
        "0.24 > . 1:1 ack 11\n"
        "     poll in,out\n"
        "     read-urgent = EAGAIN\n"
        "     read 200 = 10\n"
        "     < UP. 11:61 ack 1 win 65535 urg 40\n"
        "0.28 > . 1:1 ack 61\n"
        "     read-urgent\n"
        "     read 200 = 39\n"
        "     read 200 = 10\n")

DIALOGUE(it_is_had_at_once_behind_a_hole, DIALOGUE_CONNECTED,
        "0.2  < UP. 11:21 ack 1 win 65535 urg 3\n"
        "     > . 1:1 ack 1 sack 11:21\n"
        "     poll pri,out\n"
        "     read-urgent\n"
        "     read 200 = EAGAIN\n"
        "     < P. 1:11 ack 1 win 65535\n"
        "     > . 1:1 ack 21\n"
        "     read 200 = 12\n"
        "     read 200 = 7\n")

DIALOGUE(a_second_one_takes_its_place_and_the_first_is_read_in_the_stream, DIALOGUE_CONNECTED,
        "0.2  < UP. 1:11 ack 1 win 65535 urg 10\n"
        "     < UP. 11:21 ack 1 win 65535 urg 10\n"
        "0.24 > . 1:1 ack 21\n"
        "     read-urgent\n"
        "     read 200 = 19\n"
        "     read 200 = EAGAIN\n")

DIALOGUE(a_reader_at_the_first_mark_loses_the_byte_there_to_a_second_one, DIALOGUE_CONNECTED,
        "0.2  < UP. 1:11 ack 1 win 65535 urg 10\n"
        "     read 200 = 9\n"
        "     < UP. 11:21 ack 1 win 65535 urg 10\n"
        "0.24 > . 1:1 ack 21\n"
        "     read 200 = 9\n")

DIALOGUE(an_old_pointer_says_nothing, DIALOGUE_CONNECTED,
        "0.2  < P. 1:101 ack 1 win 65535\n"
        "0.24 > . 1:1 ack 101\n"
        "     < UP. 51:101 ack 1 win 65535 urg 10\n"
        "     > . 1:1 ack 101 sack 51:101\n"
        "     read-urgent = EINVAL\n"
        "     read 200 = 100\n")

DIALOGUE(a_pointer_of_zero_means_the_first_byte_of_the_segment, DIALOGUE_CONNECTED,
        "0.2  < UP. 1:11 ack 1 win 65535 urg 0\n"
        "0.24 > . 1:1 ack 11\n"
        "     read 200 = 9\n")

DIALOGUE(a_pointer_may_be_taken_for_the_last_byte, "0    set urgent-on-last-byte on\n", DIALOGUE_CONNECTED,
        "0.2  < UP. 1:11 ack 1 win 65535 urg 4\n"
        "0.24 > . 1:1 ack 11\n"
        "     read 200 = 4\n"
        "     read 200 = 5\n")

DIALOGUE(after_the_end_an_announced_byte_does_not_come, DIALOGUE_CONNECTED,
        "0.2  < UPF. 1:6 ack 1 win 65535 urg 9\n"
        "     > . 1:1 ack 7\n"
        "     read-urgent = 0\n"
        "     read 200 = 5\n"
        "     read 200 = 0\n")

int main(void)
{
        const TTest *const tests[] = {
                the_pointer_stands_behind_the_last_urgent_byte,
                every_segment_tells_it_until_it_is_acknowledged,
                urgent_data_do_not_wait_for_an_acknowledgement,
                segments_on_the_way_to_it_each_tell_where_it_is,
                in_a_closed_window_two_probes_tell_it,
                a_reset_in_urgent_mode_tells_the_pointer,
                a_syn_ack_may_announce_it,
                what_came_before_its_pointer_is_not_kept_apart,
                reading_stops_before_the_urgent_byte_and_goes_on_behind_it,
                the_urgent_byte_is_read_apart_once,
                inline_it_stays_in_the_stream_and_reading_stops_before_it,
                what_is_announced_may_come_later,
                it_is_had_at_once_behind_a_hole,
                a_second_one_takes_its_place_and_the_first_is_read_in_the_stream,
                a_reader_at_the_first_mark_loses_the_byte_there_to_a_second_one,
                an_old_pointer_says_nothing,
                a_pointer_of_zero_means_the_first_byte_of_the_segment,
                a_pointer_may_be_taken_for_the_last_byte,
                after_the_end_an_announced_byte_does_not_come,
        };
        return dialogue_main("urgent", tests, G_N_ELEMENTS(tests));
}
