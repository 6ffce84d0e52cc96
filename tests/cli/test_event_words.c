/*
 * Lines of a trace in words: each kind of event, each note of TCP, each of its reasons.
 */
#include "cli/event_words.h"
#include "cli/note_words.h"
#include "cli/seed_numbers.h"
#include "tcp/tcp_note.h"
#include "trace/trace.h"

#include <check.h>
#include <string.h>

static char *words_of(const char *line, char *(*words)(JsonObject *event))
{
        g_autoptr(JsonParser) parser = json_parser_new();
        ck_assert_msg(json_parser_load_from_data(parser, line, -1, NULL), "%s", line);
        return words(json_node_get_object(json_parser_get_root(parser)));
}

static const struct {
        const char *line; /* behind time, kind and owner */
        const char *words;
} events[] = {
        { "host.sent\",\"packet\":\"www#3\",\"flags\":\"ACK\",\"seq\":1449,\"payload\":1448,\"why\":\"new-"
          "data",
                "sends www's bytes 1448 to 2895 (new-data)" },
        { "host.received\",\"packet\":\"ns#1\",\"payload\":39,\"x\":\"",
                "receives ns's datagram of 39 bytes" },
        { "host.received\",\"packet\":\"a#2\",\"flags\":\"SYN\",\"seq\":0,\"payload\":0,\"x\":\"",
                "receives a's SYN" },
        { "net.hop\",\"packet\":\"a#2\",\"copy\":1,\"flags\":\"ACK\",\"seq\":1,\"payload\":10,\"sending\":2,"
          "\"marked\":true,\"x\":\"",
                "delivers a copy of a's bytes 0 to 9, sent the 2. time, marked: congestion experienced" },
        { "net.hop\",\"packet\":\"a#2\",\"flags\":\"ACK\",\"seq\":1,\"payload\":10,\"drop\":\"fault\","
          "\"rule\":\"r",
                "loses a's bytes 0 to 9 (fault by r)" },
        { "net.fault\",\"rule\":\"storm\",\"action\":\"link-down", "has rule storm: link-down" },
        { "net.link\",\"rate\":10000000,\"delay\":20000000,\"mtu\":1500,\"limit\":9,\"target\":5000000,"
          "\"interval\":100000000,\"queue\":\"codel",
                "has 10000000 bit/s, 20.000 ms, MTU 1500, queue codel, at most 9 packets, target 5.000 ms, "
                "interval 100.000 ms" },
        { "net.link\",\"down\":true,\"delay\":0,\"mtu\":1500,\"limit_bytes\":9,\"least\":5,\"most\":15,"
          "\"ecn\":true,\"queue\":\"red",
                "is down; it has 0.000 ms, MTU 1500, queue red with ECN, at most 9 bytes, from 5 to 15 "
                "packets on average" },
        { "tcp.state\",\"state_from\":\"SYN-SENT\",\"state_to\":\"ESTABLISHED",
                "goes from SYN-SENT to ESTABLISHED" },
        { "tcp.rtt\",\"sample\":50000000,\"srtt\":40000000,\"rttvar\":1,\"rto\":250000000,\"x\":\"",
                "measures a round trip of 50.000 ms, 40.000 ms smoothed; times out after 250.000 ms" },
        { "tcp.rtt\",\"srtt\":1,\"rto\":500000000,\"backoff\":1,\"x\":\"",
                "times out after 500.000 ms, doubled 1 times" },
        { "tcp.congestion\",\"cwnd\":100,\"ssthresh\":50,\"in_flight\":7,\"send_window\":9,\"pacing\":3,"
          "\"x\":\"",
                "has a congestion window of 100 bytes, ssthresh 50, 7 in flight, 9 offered, paced at 3 "
                "bit/s" },
        { "tcp.note\",\"first\":1,\"end\":1449,\"note_why\":\"rack\",\"note\":\"lost",
                "takes bytes 0 to 1447 for lost, by RACK" },
        { "tcp.note\",\"first\":5,\"end\":6,\"value\":9,\"note\":\"segment-held",
                "holds byte 4, which came out of order; 9 bytes in all" },
        { "tcp.note\",\"end\":1,\"value\":65160,\"note\":\"ack",
                "hears that its SYN arrived; the window is 65160 bytes" },
        { "tcp.note\",\"note\":\"segment-refused\",\"first\":7,\"end\":7,\"note_why\":\"outside-window",
                "refuses a segment without data: outside the window" },
        { "tcp.note\",\"first\":101,\"end\":101,\"note_why\":\"timeout\",\"note\":\"recovery-entered",
                "begins to recover until byte 99 is acknowledged, by the timeout" },
        { "tcp.note\",\"note\":\"limited\",\"note_why\":\"nagle",
                "is kept from sending a small segment by Nagle's rule" },
        { "tcp.note\",\"first\":1,\"end\":117,\"note\":\"read", "hands bytes 0 to 115 to its program" },
        { "tcp.note\",\"value\":2,\"note\":\"of a newer version",
                "tcp.note value 2 note  of a newer version " },
        { "socket.call\",\"call\":\"read\",\"fd\":4,\"arguments\":\"16384 "
          "bytes\",\"result\":116,\"program\":\"shop",
                "reads 116 bytes (shop)" },
        { "socket.call\",\"call\":\"read\",\"fd\":4,\"result\":0,\"program\":\"shop",
                "reads to the end (shop)" },
        { "socket.call\",\"call\":\"connect\",\"fd\":3,\"arguments\":\"1.2.3.4:80\",\"result\":-1,\"error\":"
          "\"ECONNREFUSED\",\"program\":\"get",
                "calls connect(3, 1.2.3.4:80) = -1 ECONNREFUSED (get)" },
        { "socket.call\",\"call\":\"shutdown\",\"fd\":3,\"arguments\":\"SHUT_RD\",\"result\":0,\"program\":"
          "\"get",
                "calls shutdown(3, SHUT_RD) = 0 (get)" },
        { "socket.call\",\"call\":\"epoll_create\",\"result\":5,\"program\":\"get",
                "calls epoll_create() = 5 (get)" },
        { "app.step\",\"program\":\"get\",\"step\":\"url.port\",\"text\":\"the port is 80",
                "has get say: the port is 80" },
        { "of.tomorrow\",\"x\":1,\"y\":\"z", "of.tomorrow x 1 y  z " },
};

START_TEST(each_kind_of_event_has_its_words)
{
        g_autofree char *line =
                g_strdup_printf("{\"t\":1002003004,\"owner\":\"www\",\"ev\":\"%s\"}", events[_i].line);
        g_autofree char *expected = g_strdup_printf("   1.002003  www %s", events[_i].words);
        g_autofree char *words = words_of(line, event_words);
        ck_assert_str_eq(words, expected);
}
END_TEST

START_TEST(every_note_of_tcp_has_words)
{
        for (int kind = 0; kind < TCP_NOTE_KINDS; kind++) {
                const char *name = tcp_note_name((enum tcp_note_kind)kind);
                g_autofree char *line = g_strdup_printf("{\"note\":\"%s\",\"first\":1,\"end\":3}", name);
                g_autofree char *words = words_of(line, note_words);
                ck_assert_msg(words != NULL && strchr(words, '%') == NULL, "%s: %s", name, words);
        }
}
END_TEST

static const char *loss_sign(int i)
{
        return tcp_loss_sign_name((enum tcp_loss_sign)i);
}
static const char *refusal(int i)
{
        return tcp_refusal_name((enum tcp_refusal)i);
}
static const char *deadline(int i)
{
        return tcp_deadline_name((enum tcp_deadline_kind)i);
}
static const char *limit(int i)
{
        return tcp_limit_name((enum tcp_limit)i);
}

static const struct {
        const char *note;
        const char *(*name)(int i);
        int last;
} reasons[] = {
        { "lost", loss_sign, TCP_LOSS_MARK },
        { "recovery-entered", loss_sign, TCP_LOSS_MARK },
        { "segment-refused", refusal, TCP_REFUSED_RECEIVE_BUFFER },
        { "deadline", deadline, TCP_DEADLINE_TIME_WAIT },
        { "limited", limit, TCP_LIMIT_NAGLE },
};

/* Where the trace's own word stood it would be followed by nothing, and hyphens are no words. */
START_TEST(every_reason_has_words)
{
        for (int i = 0; i <= reasons[_i].last; i++) {
                const char *name = reasons[_i].name(i);
                g_autofree char *line =
                        g_strdup_printf("{\"note\":\"%s\",\"note_why\":\"%s\"}", reasons[_i].note, name);
                g_autofree char *raw =
                        g_strdup_printf("{\"note\":\"%s\",\"note_why\":\"%s!\"}", reasons[_i].note, name);
                g_autofree char *words = words_of(line, note_words);
                g_autofree char *unknown = words_of(raw, note_words);
                unknown[strlen(unknown) - 1] = '\0';
                ck_assert_msg(strcmp(words, unknown) != 0, "%s has no words: %s", name, words);
        }
}
END_TEST

/* The trace's notes are TCP's by another number, and what the host reads. */
START_TEST(a_note_has_the_name_that_tcp_gave_it)
{
        const char *name = trace_note_named((enum trace_note)_i)->text;
        bool is_known = strcmp(name, "read") == 0;
        for (int kind = 0; kind < TCP_NOTE_KINDS; kind++)
                is_known |= strcmp(name, tcp_note_name((enum tcp_note_kind)kind)) == 0;
        ck_assert_msg(is_known, "%s", name);
}
END_TEST

static const struct {
        const char *line;
        const char *other;
        const char *words; /* NULL: they differ in more */
} pairs[] = {
        { "{\"t\":1,\"sport\":40001,\"dport\":80,\"size\":52}",
                "{\"t\":1,\"sport\":50002,\"dport\":80,\"size\":52}", "sport 40001 and 50002" },
        { "{\"t\":1,\"seq_raw\":1,\"ts\":123}", "{\"t\":1,\"seq_raw\":1,\"ts\":173}", "ts 123 and 173" },
        { "{\"arguments\":\"192.0.2.1:40001\"}", "{\"arguments\":\"192.0.2.1:40002\"}",
                "port 40001 and 40002" },
        { "{\"arguments\":\"[fe80::1]:40001\"}", "{\"arguments\":\"[fe80::1]:60002\"}",
                "port 40001 and 60002" },
        { "{\"text\":\"asks (DNS, id 7)\"}", "{\"text\":\"asks (DNS, id 70)\"}", "id 7 and 70" },
        { "{\"arguments\":\"192.0.2.1:80\"}", "{\"arguments\":\"192.0.2.1:81\"}", NULL },
        { "{\"arguments\":\"192.0.2.1:40001\"}", "{\"arguments\":\"192.0.2.2:40001\"}", NULL },
        { "{\"size\":40001}", "{\"size\":40002}", NULL },
        { "{\"t\":1,\"sport\":40001,\"size\":52}", "{\"t\":1,\"sport\":50002,\"size\":60}", NULL },
};

START_TEST(what_a_seed_draws_is_told_apart_from_the_rest)
{
        bool is_apart = seed_numbers_apart(pairs[_i].line, pairs[_i].other);
        ck_assert_msg(is_apart == (pairs[_i].words != NULL), "%s %s", pairs[_i].line, pairs[_i].other);
        if (!is_apart)
                return;
        g_autofree char *words = seed_numbers_words(pairs[_i].line, pairs[_i].other);
        ck_assert_str_eq(words, pairs[_i].words);
}
END_TEST

START_TEST(the_end_is_like_nothing_but_the_end)
{
        ck_assert(seed_numbers_apart(NULL, NULL));
        ck_assert(!seed_numbers_apart("{}", NULL));
        ck_assert(!seed_numbers_apart(NULL, "{}"));
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("event_words");
        TCase *cases = tcase_create("words");
        tcase_add_loop_test(cases, each_kind_of_event_has_its_words, 0, G_N_ELEMENTS(events));
        tcase_add_test(cases, every_note_of_tcp_has_words);
        tcase_add_loop_test(cases, a_note_has_the_name_that_tcp_gave_it, 0, TRACE_NOTES);
        tcase_add_loop_test(cases, every_reason_has_words, 0, G_N_ELEMENTS(reasons));
        tcase_add_loop_test(cases, what_a_seed_draws_is_told_apart_from_the_rest, 0, G_N_ELEMENTS(pairs));
        tcase_add_test(cases, the_end_is_like_nothing_but_the_end);
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_NORMAL);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
