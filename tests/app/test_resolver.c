/*
 * The resolver and the name server: questions lost, answers late, wrong and forged.
 */
#include "app/resolver.h"

#include <check.h>
#include <string.h>
#include "app/dns_message.h"
#include "app/dns_server.h"
#include "two_hosts.h"

#define NAME "www.joes-hardware.com"

static struct two_hosts world;
static GString *steps;
static enum resolve_result result;
static struct ip_address address;
static time_ns resolved_at;

static void note_step(void *data, const struct trace_event *event)
{
        (void)data;
        g_string_append_printf(steps, "%s ", event->step.name);
}

static void set_up(void)
{
        two_hosts_init(&world);
        steps = g_string_new(NULL);
        resolved_at = TIME_NEVER;
        world.trace = trace_new();
        trace_listen(world.trace, TRACE_BIT(TRACE_STEP), note_step, NULL);
        world.config.resolver = server_end(0).address;
}

static void tear_down(void)
{
        two_hosts_close(&world);
        trace_free(world.trace);
        g_string_free(steps, TRUE);
}

static void ask(Process *process, void *data)
{
        result = resolve(process, data, &address);
        resolved_at = process_now(process);
}

static void run_question(const char *name)
{
        two_hosts_start(world.client, "asker", ask, (void *)name);
        two_hosts_run(&world);
        ck_assert_int_ne(resolved_at, TIME_NEVER);
}

static const struct dns_record records[] = {
        { NAME, { { [10] = 0xff, [11] = 0xff, [12] = 202, [13] = 43, [14] = 78, [15] = 3 } } },
        { "other.example", { { [10] = 0xff, [11] = 0xff, [12] = 192, [14] = 2, [15] = 7 } } },
};

static void open_with_server(void)
{
        two_hosts_open(&world);
        struct dns_server_config config = { "dns-server", records, G_N_ELEMENTS(records) };
        dns_server_start(world.server, &config);
}

static void ck_found(unsigned record)
{
        ck_assert_int_eq(result, RESOLVE_OK);
        ck_assert(ip_address_equal(&address, &records[record].address));
}

START_TEST(a_name_becomes_an_address)
{
        open_with_server();
        run_question(NAME);
        ck_found(0);
        ck_assert_str_eq(steps->str, "dns.question dns.answer ");
        ck_assert_int_lt(resolved_at, 3 * MILLISECOND);
}
END_TEST

START_TEST(the_case_of_a_name_does_not_matter)
{
        open_with_server();
        run_question("OTHER.Example");
        ck_found(1);
}
END_TEST

START_TEST(an_unknown_name_is_known_to_be_unknown)
{
        open_with_server();
        run_question("joes-hardware.com");
        ck_assert_int_eq(result, RESOLVE_NO_NAME);
        ck_assert_int_lt(resolved_at, 3 * MILLISECOND);
}
END_TEST

START_TEST(a_dotted_quad_is_its_own_address)
{
        two_hosts_open(&world);
        run_question("192.0.2.7");
        ck_found(1);
        ck_assert_uint_eq(world.net.counts.sent, 0);
}
END_TEST

START_TEST(a_host_without_a_name_server_says_so)
{
        world.config.resolver = ip_address_any;
        open_with_server();
        run_question(NAME);
        ck_assert_int_eq(result, RESOLVE_NO_SERVER);
}
END_TEST

START_TEST(silence_is_borne_three_times_five_seconds)
{
        world.line.impair.loss.model = LOSS_RANDOM;
        world.line.impair.loss.probability = probability_of(1, 1);
        open_with_server();
        run_question(NAME);
        ck_assert_int_eq(result, RESOLVE_AGAIN);
        ck_assert_int_eq(resolved_at, 15 * SECOND);
        ck_assert_uint_eq(world.net.counts.dropped[DROP_LOSS], 3);
        ck_assert_str_eq(steps->str, "dns.question dns.retry dns.retry dns.failed ");
}
END_TEST

/* ---- A name server that misbehaves ---- */

struct misbehaviour {
        const char *why;
        bool is_silent;
        bool is_garbage;
        bool is_cut; /* the TC bit */
        bool has_other_id;
        bool has_other_name;
        bool is_refused;
        bool is_forged;     /* comes from another port */
        unsigned times;     /* then all is well */
        unsigned questions; /* that the resolver asks in all */
};

static const struct misbehaviour misbehaviours[] = {
        { .why = "the first question is lost", .is_silent = true, .times = 1, .questions = 2 },
        { .why = "two questions are lost", .is_silent = true, .times = 2, .questions = 3 },
        { .why = "garbage is not an answer", .is_garbage = true, .times = 1, .questions = 2 },
        { .why = "a truncated answer is not whole", .is_cut = true, .times = 1, .questions = 2 },
        { .why = "an answer with another id is not ours", .has_other_id = true, .times = 1, .questions = 2 },
        { .why = "an answer to another question is not ours",
                .has_other_name = true,
                .times = 1,
                .questions = 2 },
        { .why = "a server that cannot now may later", .is_refused = true, .times = 1, .questions = 2 },
        { .why = "an answer from elsewhere is forged", .is_forged = true, .times = 1, .questions = 2 },
};

static uint16_t asked_ids[3];
static unsigned asked;

/* A good answer, then made as bad as asked for. */
static size_t bad_answer(
        const struct misbehaviour *bad, struct dns_question *question, uint8_t bytes[DNS_MESSAGE_SIZE_MAX])
{
        if (bad->has_other_id)
                question->id++;
        if (bad->has_other_name)
                g_strlcpy(question->name, "other.example", sizeof question->name);
        size_t size = dns_answer_write(
                question, bad->is_refused ? DNS_NOTIMP : DNS_NOERROR, &records[1].address, bytes);
        if (bad->is_garbage)
                memset(bytes + 4, 0xff, size - 4);
        if (bad->is_cut)
                bytes[2] |= 0x02;
        return size;
}

static int udp_socket(Process *process, uint16_t port)
{
        struct endpoint local = server_end(port);
        int fd = sock_socket(process, AF_INET, SOCK_DGRAM, 0);
        ck_assert_int_eq(sock_bind(process, fd, &local), 0);
        return fd;
}

static void misbehave(Process *process, void *data)
{
        const struct misbehaviour *bad = data;
        int fd = udp_socket(process, DNS_PORT);
        int other = udp_socket(process, 5353);
        for (;;) {
                uint8_t bytes[DNS_MESSAGE_SIZE_MAX];
                struct dns_question question;
                enum dns_rcode rcode;
                struct endpoint client;
                ssize_t size = sock_recvfrom(process, fd, bytes, sizeof bytes, 0, &client);
                if (size < 0)
                        return;
                ck_assert(dns_question_parse(bytes, size, &question, &rcode));
                asked_ids[asked++] = question.id;
                bool is_bad = asked <= bad->times;
                if (is_bad && bad->is_silent)
                        continue;
                size_t answered =
                        is_bad ? bad_answer(bad, &question, bytes)
                               : dns_answer_write(&question, DNS_NOERROR, &records[0].address, bytes);
                sock_sendto(process, is_bad && bad->is_forged ? other : fd, bytes, answered, 0, &client);
        }
}

START_TEST(a_bad_answer_is_ignored_and_the_question_asked_again)
{
        const struct misbehaviour *bad = &misbehaviours[_i];
        asked = 0;
        two_hosts_open(&world);
        two_hosts_start(world.server, "bad-server", misbehave, (void *)bad);
        run_question(NAME);
        ck_assert_msg(result == RESOLVE_OK, "%s", bad->why);
        ck_found(0);
        ck_assert_uint_eq(asked, bad->questions);
        ck_assert_int_ge(resolved_at, (bad->questions - 1) * 5 * SECOND);
        ck_assert_int_lt(resolved_at, (bad->questions - 1) * 5 * SECOND + 3 * MILLISECOND);
        ck_assert_uint_ne(asked_ids[0], asked_ids[1]);
}
END_TEST

START_TEST(a_late_answer_to_the_first_question_is_not_the_seconds)
{
        /* A round trip of 6 s: each answer arrives when the next question is out already. */
        world.line.delay = 3 * SECOND;
        open_with_server();
        run_question(NAME);
        ck_assert_int_eq(result, RESOLVE_AGAIN);
}
END_TEST

START_TEST(a_run_may_end_while_waiting_for_an_answer)
{
        two_hosts_open(&world);
        result = RESOLVE_OK;
        two_hosts_start(world.client, "asker", ask, NAME);
        event_queue_run_until(world.events, SECOND);
        host_free(g_steal_pointer(&world.client));
        ck_assert_int_eq(result, RESOLVE_CANCELLED);
}
END_TEST

/* ---- The name server, asked directly ---- */

static const struct {
        const char *why;
        const char *query;
        size_t size;
        int rcode; /* -1: no answer */
} queries[] = {
#define QUERY(text) text, sizeof text - 1
        { "an AAAA question about a known name: no error, no answer",
                QUERY("\0\1\1\0\0\1\0\0\0\0\0\0\5other\7example\0\0\x1c\0\1"), DNS_NOERROR },
        { "an AAAA question about an unknown name", QUERY("\0\1\1\0\0\1\0\0\0\0\0\0\4none\0\0\x1c\0\1"),
                DNS_NXDOMAIN },
        { "an address of the root", QUERY("\0\1\1\0\0\1\0\0\0\0\0\0\0\0\1\0\1"), DNS_NXDOMAIN },
        { "an inverse query", QUERY("\0\1\x09\0\0\1\0\0\0\0\0\0\0\0\1\0\1"), DNS_NOTIMP },
        { "a cut question", QUERY("\0\1\1\0\0\1\0\0\0\0\0\0\5oth"), DNS_FORMERR },
        { "half a header", QUERY("\0\1\1\0\0\1"), -1 },
        { "a response", QUERY("\0\1\x81\0\0\1\0\0\0\0\0\0\0\0\1\0\1"), -1 },
};

static int heard_rcode;
static unsigned heard_answers;

static void query(Process *process, void *data)
{
        unsigned number = GPOINTER_TO_UINT(data);
        struct endpoint server = server_end(DNS_PORT);
        uint8_t bytes[DNS_MESSAGE_SIZE_MAX];
        int fd = sock_socket(process, AF_INET, SOCK_DGRAM, 0);
        sock_sendto(process, fd, queries[number].query, queries[number].size, 0, &server);
        struct pollfd poll = { .fd = fd, .events = POLLIN };
        heard_rcode = -1;
        if (sock_poll(process, &poll, 1, 1000) == 1) {
                ck_assert_int_ge(sock_recvfrom(process, fd, bytes, sizeof bytes, 0, NULL), 12);
                heard_rcode = bytes[3] & 0xf;
                heard_answers = bytes[7];
        }
        sock_close(process, fd);
}

START_TEST(the_server_answers_odd_questions_as_it_should)
{
        open_with_server();
        two_hosts_start(world.client, "client", query, GUINT_TO_POINTER(_i));
        two_hosts_run(&world);
        ck_assert_msg(heard_rcode == queries[_i].rcode, "%s: %d", queries[_i].why, heard_rcode);
        if (heard_rcode >= 0)
                ck_assert_uint_eq(heard_answers, 0);
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("resolver");
        tcase_add_checked_fixture(cases, set_up, tear_down);
        tcase_add_test(cases, a_name_becomes_an_address);
        tcase_add_test(cases, the_case_of_a_name_does_not_matter);
        tcase_add_test(cases, an_unknown_name_is_known_to_be_unknown);
        tcase_add_test(cases, a_dotted_quad_is_its_own_address);
        tcase_add_test(cases, a_host_without_a_name_server_says_so);
        tcase_add_test(cases, silence_is_borne_three_times_five_seconds);
        tcase_add_loop_test(
                cases, a_bad_answer_is_ignored_and_the_question_asked_again, 0, G_N_ELEMENTS(misbehaviours));
        tcase_add_test(cases, a_late_answer_to_the_first_question_is_not_the_seconds);
        tcase_add_test(cases, a_run_may_end_while_waiting_for_an_answer);
        tcase_add_loop_test(cases, the_server_answers_odd_questions_as_it_should, 0, G_N_ELEMENTS(queries));
        Suite *suite = suite_create("resolver");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
