/*
 * The sending half within a whole connection, as dialogues: losses, probes and timeouts as the wire shows
 * them. The rules one by one are in test_sender.c and test_recovery.c. The RTO is 300 ms after the handshake:
 * SRTT 100 ms, and a variance term of 200 ms.
 */
#include "dialogue.h"

/* The segment that is missing goes out at the third SACK; the two before let out new data (RFC 3042). */
DIALOGUE(a_lost_segment_is_sent_again_at_the_third_sack, DIALOGUE_CONNECTED,
        "     set nagle off\n"
        "0.2  write 6000\n"
        "     > . 1:1001 ack 1\n"
        "     > . 1001:2001 ack 1\n"
        "     > . 2001:3001 ack 1\n"
        "     > . 3001:4001 ack 1\n"
        "     > . 4001:5001 ack 1\n"
        "     > P. 5001:6001 ack 1\n"
        "0.3  < . 1:1 ack 1001 win 65535\n"
        "     < . 1:1 ack 1001 win 65535 sack 2001:3001\n"
        "     < . 1:1 ack 1001 win 65535 sack 2001:4001\n"
        "     < . 1:1 ack 1001 win 65535 sack 2001:5001\n"
        "     note lost 1001:2001 why rack\n"
        "     > . 1001:2001 ack 1 reason fast-retransmit sending 2\n"
        "     < . 1:1 ack 1001 win 65535 sack 2001:6001\n"
        "0.4  < . 1:1 ack 6001 win 65535\n"
        "     note recovery-left\n"
        "     deadline none\n")

DIALOGUE(silence_doubles_the_timeout, DIALOGUE_CONNECTED,
        "0.2  write 1000\n"
        "     > P. 1:1001 ack 1 reason new-data sending 1\n"
        "0.5  > P. 1:1001 ack 1 reason tail-probe sending 2\n"
        "0.8  > P. 1:1001 ack 1 reason timeout sending 3\n"
        "1.4  > P. 1:1001 ack 1 reason timeout sending 4\n"
        "2.6  > P. 1:1001 ack 1 reason timeout sending 5\n"
        "2.7  < . 1:1 ack 1001 win 65535\n"
        "     deadline none\n")

DIALOGUE(the_user_timeout_ends_the_wait_for_an_answer, DIALOGUE_CONNECTED,
        "     set user-timeout 1s\n"
        "0.2  write 1000\n"
        "     > P. 1:1001 ack 1\n"
        "0.5  > P. 1:1001 ack 1\n"
        "0.8  > P. 1:1001 ack 1\n"
        "1.4  > P. 1:1001 ack 1\n"
        "1.8  wait\n"
        "     state CLOSED\n"
        "     error ETIMEDOUT\n")

/* The tail probe is none. */
DIALOGUE(the_user_timeout_counts_from_the_first_sending_again_by_the_timer, DIALOGUE_CONNECTED,
        "     set user-timeout 1s\n"
        "0.2  write 2000\n"
        "     > . 1:1001 ack 1\n"
        "     > P. 1001:2001 ack 1\n"
        "0.3  < . 1:1 ack 1001 win 65535\n"
        "0.6  > P. 1001:2001 ack 1\n"
        "0.9  > P. 1001:2001 ack 1\n"
        "1.5  > P. 1001:2001 ack 1\n"
        "1.9  wait\n"
        "     state CLOSED\n"
        "     error ETIMEDOUT\n")

DIALOGUE(a_closed_window_is_probed_until_it_opens, DIALOGUE_CONNECTED,
        "0.2  write 1000\n"
        "     > P. 1:1001 ack 1\n"
        "0.3  < . 1:1 ack 1001 win 0\n"
        "     write 500\n"
        "0.6  > . 1000:1000 ack 1 reason window-probe sending 0\n"
        "0.7  < . 1:1 ack 1001 win 0\n"
        "1.3  > . 1000:1000 ack 1 reason window-probe sending 0\n"
        "1.4  < . 1:1 ack 1001 win 65535\n"
        "     > P. 1001:1501 ack 1 reason new-data\n"
        "1.5  < . 1:1 ack 1501 win 65535\n"
        "     deadline none\n")

DIALOGUE(the_user_timeout_ends_unanswered_probes, DIALOGUE_CONNECTED,
        "     set user-timeout 1s\n"
        "0.2  write 1000\n"
        "     > P. 1:1001 ack 1\n"
        "0.3  < . 1:1 ack 1001 win 0\n"
        "     write 500\n"
        "0.6  > . 1000:1000 ack 1 reason window-probe\n"
        "1.2  > . 1000:1000 ack 1 reason window-probe\n"
        "     deadline 1.6\n"
        "1.6  wait\n"
        "     note deadline why user-timeout\n"
        "     state CLOSED\n"
        "     error ETIMEDOUT\n")

int main(void)
{
        const TTest *const tests[] = {
                a_lost_segment_is_sent_again_at_the_third_sack,
                silence_doubles_the_timeout,
                the_user_timeout_ends_the_wait_for_an_answer,
                the_user_timeout_counts_from_the_first_sending_again_by_the_timer,
                a_closed_window_is_probed_until_it_opens,
                the_user_timeout_ends_unanswered_probes,
        };
        return dialogue_main("repair", tests, G_N_ELEMENTS(tests));
}
