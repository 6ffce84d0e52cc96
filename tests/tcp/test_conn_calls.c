/*
 * What the user's calls answer, as dialogues: buffers, readiness, errors. POSIX; where it leaves room, Linux.
 */
#include "dialogue.h"

DIALOGUE(a_connection_is_readable_when_something_can_be_read, DIALOGUE_CONNECTED,
        "     poll out\n"
        "0.2  < . 1001:1101 ack 1 win 65535\n"
        "     > . 1:1 ack 1 sack 1001:1101\n"
        "     poll out\n"
        "     < . 1:1001 ack 1 win 65535\n"
        "     > . 1:1 ack 1101\n"
        "     poll in,out\n"
        "     read 1100\n"
        "     poll out\n")

DIALOGUE(a_call_without_answer_is_ready_for_nothing, "0    connect\n"
                                                     "     > S 0:0\n"
                                                     "     poll none\n"
                                                     "     write 100\n"
                                                     "     read 100 = EAGAIN\n"
                                                     "     poll none\n")

DIALOGUE(a_connection_never_opened_cannot_be_read_or_shut_down, "0    write 10\n"
                                                                "     read 10 = ENOTCONN\n"
                                                                "     shutdown rdwr = ENOTCONN\n"
                                                                "     poll out,hup\n"
                                                                "     state CLOSED\n"
                                                                "     close\n"
                                                                "     state CLOSED\n")

DIALOGUE(shutting_down_for_reading_ends_the_stream_for_the_reader, DIALOGUE_CONNECTED,
        "     read 10 = EAGAIN\n"
        "     shutdown rd\n"
        "     poll in,out,rdhup\n"
        "     read 10 = 0\n"
        "     write 10\n"
        "     > P. 1:11 ack 1\n")

DIALOGUE(shutting_down_both_ways_hangs_up, DIALOGUE_CONNECTED,
        "     shutdown rdwr\n"
        "     > F. 1:1 ack 1\n"
        "     poll in,out,hup,rdhup\n"
        "     shutdown wr\n"
        "     state FIN-WAIT-1\n")

DIALOGUE(an_error_is_told_once, DIALOGUE_CONNECTED,
        "0.2  < R 1:1 win 0\n"
        "     poll in,out,hup,rdhup,err\n"
        "     error ECONNRESET\n"
        "     error none\n"
        "     poll in,out,hup,rdhup\n"
        "     read 10 = 0\n"
        "     write 10 = EPIPE\n"
        "     shutdown wr = ENOTCONN\n")

DIALOGUE(a_reset_after_the_peers_fin_breaks_the_pipe, DIALOGUE_CONNECTED,
        "0.2  < F. 1:1 ack 1 win 65535\n"
        "     > . 1:1 ack 2\n"
        "     < R 2:2 win 0\n"
        "     read 10 = 0\n"
        "     write 10 = EPIPE\n")

DIALOGUE(what_was_left_unread_can_be_read_after_time_wait, "0    set time-wait 1\n", DIALOGUE_CONNECTED,
        "     shutdown wr\n"
        "     > F. 1:1 ack 1\n"
        "0.2  < F. 1:2001 ack 2 win 65535\n"
        "     > . 2:2 ack 2002\n"
        "     state TIME-WAIT\n"
        "3    state CLOSED\n"
        "     read 3000 = 2000\n"
        "     read 3000 = 0\n")

int main(void)
{
        const TTest *const tests[] = {
                a_connection_is_readable_when_something_can_be_read,
                a_call_without_answer_is_ready_for_nothing,
                a_connection_never_opened_cannot_be_read_or_shut_down,
                shutting_down_for_reading_ends_the_stream_for_the_reader,
                shutting_down_both_ways_hangs_up,
                an_error_is_told_once,
                a_reset_after_the_peers_fin_breaks_the_pipe,
                what_was_left_unread_can_be_read_after_time_wait,
        };
        return dialogue_main("conn_calls", tests, G_N_ELEMENTS(tests));
}
