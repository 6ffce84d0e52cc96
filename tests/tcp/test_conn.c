/*
 * Opening and closing, as dialogues. RFC 9293 sections 3.5 and 3.6.
 */
#include "dialogue.h"

DIALOGUE(an_active_open_and_close_goes_through_its_states,
        "0    connect\n"
        "0    > S 0:0 win 65535 mss 1460 sackOK ts 0:0 ws 7 reason syn sending 1\n"
        "     state SYN-SENT\n"
        "0.1  < S. 0:0 ack 1 win 65535 mss 1460 sackOK ts 700:0 ws 7\n"
        "     > . 1:1 ack 1 win 49152 ts 100:700 reason ack\n"
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
        "     > S. 0:0 ack 1 win 65535 mss 1460 reason syn-ack\n"
        "     state SYN-RECEIVED\n"
        "     accept none\n"
        "0.1  < . 1:1 ack 1 win 65535\n"
        "     state ESTABLISHED\n"
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

int main(void)
{
        const TTest *const tests[] = {
                an_active_open_and_close_goes_through_its_states,
                a_passive_open_and_close_goes_through_its_states,
        };
        return dialogue_main("conn", tests, G_N_ELEMENTS(tests));
}
