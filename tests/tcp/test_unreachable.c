/*
 * What ICMP does to a connection, as dialogues. RFC 5927, RFC 1122 section 4.2.3.9, RFC 1191, RFC 6069.
 */
#include "dialogue.h"

#define CALLED                                                                                               \
        "0    connect\n"                                                                                     \
        "     > S 0:0\n"

DIALOGUE(any_error_ends_a_connection_that_is_being_opened, CALLED,
        "0.1  icmp EHOSTUNREACH seq 0 unreachable\n"
        "     error EHOSTUNREACH\n"
        "     state CLOSED\n")

DIALOGUE(an_error_about_what_was_never_sent_is_ignored, CALLED,
        "0.1  icmp ECONNREFUSED seq 2 hard\n"
        "     state SYN-SENT\n"
        "     icmp ECONNREFUSED seq 1 hard\n"
        "     error ECONNREFUSED\n")

DIALOGUE(a_hard_error_drops_a_half_open_connection_of_a_listener, "0    listen\n"
                                                                  "     < S 0:0 win 65535 mss 1000 sackOK\n"
                                                                  "     > S. 0:0 ack 1\n"
                                                                  "0.1  icmp EHOSTUNREACH seq 1 hard\n"
                                                                  "     state SYN-RECEIVED\n"
                                                                  "     icmp ECONNREFUSED seq 0\n"
                                                                  "     state SYN-RECEIVED\n"
                                                                  "     icmp EHOSTUNREACH seq 0 hard\n"
                                                                  "     finished\n"
                                                                  "     accept none\n")

DIALOGUE(an_error_is_soft_once_a_connection_is_open, DIALOGUE_CONNECTED,
        "0.2  write 500\n"
        "     > P. 1:501 ack 1\n"
        "0.25 icmp ECONNREFUSED seq 1 hard\n"
        "     state ESTABLISHED\n"
        "     poll out\n"
        "     error ECONNREFUSED\n"
        "     error none\n"
        "0.3  < . 1:1 ack 501 win 65535\n")

DIALOGUE(an_acknowledgement_forgets_a_soft_error, DIALOGUE_CONNECTED,
        "0.2  write 500\n"
        "     > P. 1:501 ack 1\n"
        "0.25 icmp EHOSTUNREACH seq 1\n"
        "0.3  < . 1:1 ack 501 win 65535\n"
        "     error none\n")

DIALOGUE(a_user_may_ask_to_hear_of_errors_at_once, "0    set reports-icmp on\n", DIALOGUE_CONNECTED,
        "0.2  write 500\n"
        "     > P. 1:501 ack 1\n"
        "0.25 icmp EHOSTUNREACH seq 1\n"
        "     state ESTABLISHED\n"
        "     poll out,err\n"
        "     error EHOSTUNREACH\n"
        "     poll out\n"
        "0.3  < . 1:1 ack 501 win 65535\n")

DIALOGUE(a_closed_connection_and_an_error_outside_the_window_have_nothing_in_common, DIALOGUE_CONNECTED,
        "0.2  write 500\n"
        "     > P. 1:501 ack 1\n"
        "0.25 icmp EHOSTUNREACH seq 0\n"
        "     icmp EHOSTUNREACH seq 502\n"
        "     error none\n"
        "0.3  < . 1:1 ack 501 win 65535\n")

/* ---- The path's MTU ---- */

#define PATH_OF_1200                                                                                         \
        DIALOGUE_CONNECTED                                                                                   \
        "0.2  write 1000\n"                                                                                  \
        "     > P. 1:1001 ack 1\n"

DIALOGUE(what_is_too_large_for_the_path_is_sent_again_in_smaller_segments_at_once, PATH_OF_1200,
        "0.25 icmp mtu 840 seq 1\n"
        "     check mss 800\n"
        "     > . 1:801 ack 1\n"
        "     > P. 801:1001 ack 1\n"
        "0.3  < . 1:1 ack 1001 win 65535\n")

DIALOGUE(a_path_of_less_than_552_bytes_is_not_believed, PATH_OF_1200,
        "0.25 icmp mtu 100 seq 1\n"
        "     check mss 512\n"
        "     > . 1:513 ack 1\n"
        "     > P. 513:1001 ack 1\n"
        "0.3  < . 1:1 ack 1001 win 65535\n")

DIALOGUE(a_larger_mtu_than_known_changes_nothing, PATH_OF_1200,
        "0.25 icmp mtu 1600 seq 1\n"
        "     check mss 1000\n"
        "0.3  < . 1:1 ack 1001 win 65535\n")

/* ---- RFC 6069 ---- */

DIALOGUE(unreachability_takes_a_back_off_back, DIALOGUE_CONNECTED,
        "0.2  write 500\n"
        "     > P. 1:501 ack 1\n"
        "     set min-rto 100ms\n"
        "0.5  > P. 1:501 ack 1 reason tail-probe\n"
        "0.8  > P. 1:501 ack 1 reason timeout\n"
        "     check backoffs 1\n"
        "0.85 icmp EHOSTUNREACH seq 1 unreachable\n"
        "     check backoffs 0\n"
        "1.1  > P. 1:501 ack 1 reason timeout\n"
        "1.2  < . 1:1 ack 501 win 65535\n")

int main(void)
{
        const TTest *const tests[] = {
                any_error_ends_a_connection_that_is_being_opened,
                an_error_about_what_was_never_sent_is_ignored,
                a_hard_error_drops_a_half_open_connection_of_a_listener,
                an_error_is_soft_once_a_connection_is_open,
                an_acknowledgement_forgets_a_soft_error,
                a_user_may_ask_to_hear_of_errors_at_once,
                a_closed_connection_and_an_error_outside_the_window_have_nothing_in_common,
                what_is_too_large_for_the_path_is_sent_again_in_smaller_segments_at_once,
                a_path_of_less_than_552_bytes_is_not_believed,
                a_larger_mtu_than_known_changes_nothing,
                unreachability_takes_a_back_off_back,
        };
        return dialogue_main("icmp", tests, G_N_ELEMENTS(tests));
}
