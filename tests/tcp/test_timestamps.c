/*
 * Timestamps, as dialogues: what is echoed, and what is too old. RFC 7323 sections 3 to 5.
 */
#include "dialogue.h"

#define OPEN                                                                                                 \
        "0    set delayed-ack 0\n"                                                                           \
        "     connect\n"                                                                                     \
        "     > S 0:0 ts 0:0\n"                                                                              \
        "0.1  < S. 0:0 ack 1 win 65535 mss 1000 sackOK ts 5000:0\n"                                          \
        "     > . 1:1 ack 1 ts 100:5000\n"

DIALOGUE(the_clock_ticks_in_milliseconds, OPEN,
        "0.1999 write 10\n"
        "     > P. 1:11 ack 1 ts 199:5000\n")

DIALOGUE(the_timestamp_of_what_is_acknowledged_is_echoed, OPEN,
        "0.2  < P. 1:11 ack 1 win 65535 ts 5100:100\n"
        "     > . 1:1 ack 11 ts 200:5100\n")

/* RFC 7323 section 4.3: the earliest unacknowledged segment's. */
DIALOGUE(a_delayed_acknowledgement_echoes_the_first_segment, OPEN,
        "0.1  set delayed-ack 40ms\n"
        "0.2  < P. 1:11 ack 1 win 65535 ts 5100:100\n"
        "0.21 < P. 11:21 ack 1 win 65535 ts 5110:100\n"
        "0.24 > . 1:1 ack 21 ts 240:5100\n")

DIALOGUE(a_segment_behind_a_hole_is_not_echoed_and_one_that_fills_it_is, OPEN,
        "0.2  < . 1001:2001 ack 1 win 65535 ts 5100:100\n"
        "     > . 1:1 ack 1 ts 200:5000 sack 1001:2001\n"
        "0.3  < . 1:1001 ack 1 win 65535 ts 5200:100\n"
        "     > . 1:1 ack 2001 ts 300:5200\n")

DIALOGUE(an_old_timestamp_is_refused_though_its_number_is_in_the_window, OPEN,
        "0.2  < P. 1:11 ack 1 win 65535 ts 4998:100\n"
        "     note segment-refused why old-timestamp\n"
        "     > . 1:1 ack 1 ts 200:5000\n"
        "     read 100 = EAGAIN\n")

DIALOGUE(an_old_timestamp_on_an_acknowledgement_is_refused_too, OPEN,
        "0.2  write 10\n"
        "     > P. 1:11 ack 1\n"
        "     < . 1:1 ack 11 win 65535 ts 4998:200\n"
        "     > . 11:11 ack 1\n"
        "     check bytes-acknowledged 0\n")

DIALOGUE(a_copy_that_comes_late_is_known_as_a_duplicate, OPEN,
        "0.2  < P. 1:101 ack 1 win 65535 ts 5100:100\n"
        "     > . 1:1 ack 101\n"
        "0.3  < P. 101:201 ack 1 win 65535 ts 5200:200\n"
        "     > . 1:1 ack 201\n"
        "0.4  < P. 1:101 ack 1 win 65535 ts 5100:100\n"
        "     note segment-refused why old-timestamp\n"
        "     > . 1:1 ack 201 sack 1:101 reason duplicate-ack\n"
        "     check duplicate-arrivals 1\n")

DIALOGUE(a_duplicate_ack_that_was_overtaken_still_counts, OPEN,
        "0.2  write 2000\n"
        "     > . 1:989 ack 1\n"
        "     > . 989:1977 ack 1\n"
        "     > P. 1977:2001 ack 1\n"
        "0.3  < . 1:1 ack 1 win 65535 ts 5210:200 sack 1977:2001\n"
        "     < . 1:1 ack 1 win 65535 ts 5205:200 sack 989:1977\n"
        "     no-note segment-refused\n"
        "     check sacked 2\n"
        "     check duplicate-acks-received 2\n")

DIALOGUE(an_acknowledgement_that_was_overtaken_is_told_so, OPEN,
        "0.2  write 2000\n"
        "     > . 1:989 ack 1\n"
        "     > . 989:1977 ack 1\n"
        "     > P. 1977:2001 ack 1\n"
        "0.3  < . 1:1 ack 2001 win 65535 ts 5210:200\n"
        "     < . 1:1 ack 989 win 65535 ts 5205:200\n"
        "     note segment-refused why old-timestamp\n"
        "     > . 2001:2001 ack 1\n")

DIALOGUE(a_timestamp_that_is_equal_or_one_less_is_not_old, OPEN,
        "0.2  < P. 1:11 ack 1 win 65535 ts 5000:100\n"
        "     > . 1:1 ack 11\n"
        "     < P. 11:21 ack 1 win 65535 ts 4999:100\n"
        "     > . 1:1 ack 21 ts 200:5000\n")

DIALOGUE(timestamps_wrap_like_numbers, "0    set delayed-ack 0\n"
                                       "     connect\n"
                                       "     > S 0:0\n"
                                       "0.1  < S. 0:0 ack 1 win 65535 mss 1000 ts 4294967290:0\n"
                                       "     > . 1:1 ack 1 ts 100:4294967290\n"
                                       "0.2  < P. 1:11 ack 1 win 65535 ts 4:100\n"
                                       "     > . 1:1 ack 11 ts 200:4\n"
                                       "0.3  < P. 11:21 ack 1 win 65535 ts 4294967295:100\n"
                                       "     note segment-refused why old-timestamp\n"
                                       "     > . 1:1 ack 11\n")

DIALOGUE(a_reset_is_taken_whatever_its_timestamp, OPEN,
        "0.2  < R 1:1 win 0 ts 1:0\n"
        "     error ECONNRESET\n")

/* RFC 7323 section 5.5. */
DIALOGUE(after_24_days_of_silence_every_timestamp_is_new, OPEN,
        "2073600 < P. 1:11 ack 1 win 65535 ts 4998:100\n"
        "     note segment-refused why old-timestamp\n"
        "     > . 1:1 ack 1\n"
        "2073600.2 < P. 1:11 ack 1 win 65535 ts 4998:100\n"
        "     > . 1:1 ack 11 ts 2073600200:4998\n")

DIALOGUE(a_segment_without_timestamp_is_taken_as_linux_does, OPEN,
        "0.2  < P. 1:11 ack 1 win 65535\n"
        "     > . 1:1 ack 11 ts 200:5000\n")

DIALOGUE(a_repeated_syn_is_echoed_with_the_first_timestamp, "0    listen\n"
                                                            "     < S 0:0 win 65535 mss 1000 ts 1000:0\n"
                                                            "     > S. 0:0 ack 1 ts 0:1000\n"
                                                            "0.5  < S 0:0 win 65535 mss 1000 ts 1500:0\n"
                                                            "     > S. 0:0 ack 1 ts 500:1000\n")

DIALOGUE(our_own_resets_carry_timestamps, OPEN,
        "0.2  abort\n"
        "     > R. 1:1 ack 1 ts 200:5000\n")

int main(void)
{
        const TTest *const tests[] = {
                the_clock_ticks_in_milliseconds,
                the_timestamp_of_what_is_acknowledged_is_echoed,
                a_delayed_acknowledgement_echoes_the_first_segment,
                a_segment_behind_a_hole_is_not_echoed_and_one_that_fills_it_is,
                an_old_timestamp_is_refused_though_its_number_is_in_the_window,
                an_old_timestamp_on_an_acknowledgement_is_refused_too,
                a_copy_that_comes_late_is_known_as_a_duplicate,
                a_duplicate_ack_that_was_overtaken_still_counts,
                an_acknowledgement_that_was_overtaken_is_told_so,
                a_timestamp_that_is_equal_or_one_less_is_not_old,
                timestamps_wrap_like_numbers,
                a_reset_is_taken_whatever_its_timestamp,
                after_24_days_of_silence_every_timestamp_is_new,
                a_segment_without_timestamp_is_taken_as_linux_does,
                a_repeated_syn_is_echoed_with_the_first_timestamp,
                our_own_resets_carry_timestamps,
        };
        return dialogue_main("timestamps", tests, G_N_ELEMENTS(tests));
}
