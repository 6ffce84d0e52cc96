/*
 * What the user's calls answer, as dialogues: buffers, readiness, errors. POSIX; where it leaves room, Linux.
 */
#include "dialogue.h"

DIALOGUE(a_write_takes_what_the_buffer_holds, "0    set send-buffer 2500\n", DIALOGUE_CONNECTED,
        "0.2  write 5000 = 2500\n"
        "     > . 1:1001 ack 1\n"
        "     > . 1001:2001 ack 1\n"
        "     > P. 2001:2501 ack 1\n"
        "     write 1 = EAGAIN\n"
        "0.3  < . 1:1 ack 1001 win 65535\n"
        "     write 5000 = 1000\n"
        "     > P. 2501:3501 ack 1\n")

DIALOGUE(a_connection_is_writable_when_a_third_of_its_buffer_is_free,
        "0    set send-buffer 3000\n"
        "     set nagle off\n",
        DIALOGUE_CONNECTED,
        "     poll out\n"
        "0.2  write 2000\n"
        "     > . 1:1001 ack 1\n"
        "     > P. 1001:2001 ack 1\n"
        "     poll out\n"
        "     write 1\n"
        "     > P. 2001:2002 ack 1\n"
        "     poll none\n"
        "     < . 1:1 ack 1001 win 65535\n"
        "     poll out\n")

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

DIALOGUE(a_buffer_made_larger_opens_the_window, "0    set receive-buffer 2000\n", DIALOGUE_CONNECTED,
        "     check receive-window 2000\n"
        "     set receive-buffer 10000\n"
        "0.2  < . 1:1001 ack 1 win 65535\n"
        "0.24 > . 1:1 ack 1001 win 9000\n")

DIALOGUE(a_buffer_made_smaller_takes_nothing_back, "0    set receive-buffer 5000\n", DIALOGUE_CONNECTED,
        "     set receive-buffer 1000\n"
        "0.2  < . 1:4001 ack 1 win 65535\n"
        "     > . 1:1 ack 4001 win 1000\n"
        "     read 5000 = 4000\n"
        "     < . 4001:5001 ack 1 win 65535\n"
        "0.24 > . 1:1 ack 5001 win 0\n")

DIALOGUE(what_was_left_unread_can_be_read_after_time_wait,
        "0    set receive-buffer 2000\n"
        "     set time-wait 1\n",
        DIALOGUE_CONNECTED,
        "     shutdown wr\n"
        "     > F. 1:1 ack 1\n"
        "0.2  < F. 1:2001 ack 2 win 65535\n"
        "     > . 2:2 ack 2002 win 0\n"
        "     state TIME-WAIT\n"
        "3    state CLOSED\n"
        "     read 3000 = 2000\n"
        "     read 3000 = 0\n")

/* The device had no room between the read and the duplicate: both are told by one segment. */
START_TEST(a_duplicate_does_not_keep_the_opened_window_back)
{
        Dialogue *dialogue = dialogue_new(NULL);
        dialogue_play(dialogue,
                "0    set receive-buffer 3000\n" DIALOGUE_CONNECTED "0.2  < . 1:1001 ack 1 win 65535\n"
                "     < . 1001:2001 ack 1 win 65535\n"
                "     > . 1:1 ack 2001\n"
                "     < . 2001:3001 ack 1 win 65535\n"
                "0.24 > . 1:1 ack 3001 win 0\n");
        TcpConn *conn = dialogue_conn(dialogue);
        time_ns now = 240 * MILLISECOND;
        char bytes[3000];
        ck_assert_int_eq(tcp_conn_read(conn, bytes, sizeof bytes, now), 3000);
        const struct tcp_segment fin_again = { .seq = tcp_conn_irs(conn),
                .ack = seq_add(tcp_conn_iss(conn), 1),
                .flags = TCP_FLAG_ACK | TCP_FLAG_FIN };
        tcp_conn_on_segment(conn, &fin_again, now);
        struct tcp_segment answer;
        struct tcp_sending sending;
        ck_assert(tcp_conn_next_segment(conn, now, &answer, &sending));
        ck_assert_uint_eq(answer.window, 3000);
        ck_assert(!tcp_conn_next_segment(conn, now, &answer, &sending));
        dialogue_free(dialogue);
}
END_TEST

int main(void)
{
        const TTest *const tests[] = {
                a_write_takes_what_the_buffer_holds,
                a_connection_is_writable_when_a_third_of_its_buffer_is_free,
                a_connection_is_readable_when_something_can_be_read,
                a_call_without_answer_is_ready_for_nothing,
                a_connection_never_opened_cannot_be_read_or_shut_down,
                shutting_down_for_reading_ends_the_stream_for_the_reader,
                shutting_down_both_ways_hangs_up,
                an_error_is_told_once,
                a_reset_after_the_peers_fin_breaks_the_pipe,
                a_buffer_made_larger_opens_the_window,
                a_buffer_made_smaller_takes_nothing_back,
                what_was_left_unread_can_be_read_after_time_wait,
                a_duplicate_does_not_keep_the_opened_window_back,
        };
        return dialogue_main("conn_calls", tests, G_N_ELEMENTS(tests));
}
