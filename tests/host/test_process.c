/*
 * Processes: straight-line programs that take turns, sleep, and end when the run does.
 */
#include "two_hosts.h"

#include <check.h>
#include <errno.h>

static struct two_hosts world;
static GString *story;

static void set_up(void)
{
        two_hosts_init(&world);
        story = g_string_new(NULL);
}

static void tear_down(void)
{
        g_string_free(story, TRUE);
}

static void sleeper(Process *process, void *data)
{
        const char *name = data;
        for (int i = 0; i < 3; i++) {
                g_string_append_printf(story, "%s%d ", name, (int)(process_now(process) / MILLISECOND));
                process_sleep(process, 10 * MILLISECOND);
        }
}

START_TEST(processes_take_turns_in_the_order_of_their_numbers)
{
        two_hosts_open(&world);
        two_hosts_start(world.client, "a", sleeper, "a");
        two_hosts_start(world.client, "b", sleeper, "b");
        two_hosts_run(&world);
        ck_assert_str_eq(story->str, "a0 b0 a10 b10 a20 b20 ");
        two_hosts_close(&world);
}
END_TEST

START_TEST(a_process_starts_at_its_time)
{
        two_hosts_open(&world);
        struct process_config config = { .program = "late", .main = sleeper, .data = "x" };
        process_start(world.client, &config, 70 * MILLISECOND);
        two_hosts_run(&world);
        ck_assert_str_eq(story->str, "x70 x80 x90 ");
        two_hosts_close(&world);
}
END_TEST

static void note_end(void *data)
{
        g_string_append_printf(story, "%s ended ", (const char *)data);
}

static void child(Process *process, void *data)
{
        (void)data;
        g_string_append_printf(story, "%s child of fd %d ", process_program(process),
                sock_getsockname(process, 3, &(struct endpoint){ .port = 0 }));
}

static void parent(Process *process, void *data)
{
        (void)data;
        ck_assert_int_eq(sock_socket(process, AF_INET, SOCK_STREAM, 0), 3);
        process_spawn(process, child, "child", note_end);
}

START_TEST(a_spawned_process_shares_name_and_descriptors)
{
        two_hosts_open(&world);
        struct process_config config = {
                .program = "family", .main = parent, .data = "parent", .free_data = note_end
        };
        process_start(world.client, &config, 0);
        two_hosts_run(&world);
        ck_assert_str_eq(story->str, "parent ended family child of fd 0 child ended ");
        two_hosts_close(&world);
}
END_TEST

static void wait_forever(Process *process, void *data)
{
        char byte;
        (void)data;
        int fd = sock_socket(process, AF_INET, SOCK_DGRAM, 0);
        struct endpoint local = client_end(5000);
        ck_assert_int_eq(sock_bind(process, fd, &local), 0);
        for (int i = 0; i < 2; i++) {
                ck_assert_int_eq(sock_recvfrom(process, fd, &byte, 1, 0, NULL), -1);
                ck_assert_int_eq(errno, ECANCELED);
        }
        ck_assert(!process_sleep(process, SECOND));
        ck_assert_int_eq(errno, ECANCELED);
        struct pollfd poll = { .fd = fd, .events = POLLIN };
        ck_assert_int_eq(sock_poll(process, &poll, 1, -1), -1);
        ck_assert_int_eq(errno, ECANCELED);
        ck_assert(process_is_cancelled(process));
        g_string_append(story, "let go ");
}

START_TEST(what_waits_when_the_host_goes_is_let_go_of_and_frees_what_it_owns)
{
        two_hosts_open(&world);
        struct process_config config = {
                .program = "waiter", .main = wait_forever, .data = "waiter", .free_data = note_end
        };
        process_start(world.client, &config, 0);
        two_hosts_run(&world);
        ck_assert_str_eq(story->str, "");
        g_autoptr(GString) waits = g_string_new(NULL);
        host_describe_waits(world.client, waits);
        ck_assert_str_eq(waits->str, "client waiter: recvfrom 10.0.0.1:5000, unconnected\n");
        two_hosts_close(&world);
        ck_assert_str_eq(story->str, "let go waiter ended ");
}
END_TEST

START_TEST(what_has_not_started_when_the_host_goes_never_does)
{
        two_hosts_open(&world);
        struct process_config config = {
                .program = "late", .main = wait_forever, .data = "late", .free_data = note_end
        };
        process_start(world.client, &config, SECOND);
        two_hosts_close(&world);
        ck_assert_str_eq(story->str, "late ended ");
}
END_TEST

static void draw(Process *process, void *data)
{
        uint64_t *draws = data;
        draws[0] = process_random(process);
        draws[1] = process_random(process);
}

START_TEST(luck_belongs_to_host_and_program)
{
        uint64_t here[2], there[2], other[2], again[2];
        two_hosts_open(&world);
        two_hosts_start(world.client, "p", draw, here);
        two_hosts_start(world.server, "p", draw, there);
        two_hosts_start(world.client, "q", draw, other);
        two_hosts_run(&world);
        two_hosts_close(&world);
        two_hosts_open(&world);
        two_hosts_start(world.client, "p", draw, again);
        two_hosts_run(&world);
        two_hosts_close(&world);
        ck_assert_uint_ne(here[0], here[1]);
        ck_assert_uint_ne(here[0], there[0]);
        ck_assert_uint_ne(here[0], other[0]);
        ck_assert_mem_eq(here, again, sizeof here);
}
END_TEST

static void hear_step(void *data, const struct trace_event *event)
{
        (void)data;
        g_string_append_printf(
                story, "%u %s %s %s", event->owner, event->step.program, event->step.name, event->step.text);
}

static void tell_step(Process *process, void *data)
{
        (void)data;
        process_step(process, "dns.answer", "%s is %d", "it", 4);
}

START_TEST(a_step_reaches_the_trace)
{
        g_autoptr(Trace) trace = trace_new();
        trace_listen(trace, TRACE_BIT(TRACE_STEP), hear_step, NULL);
        world.trace = trace;
        two_hosts_open(&world);
        two_hosts_start(world.client, "resolver", tell_step, NULL);
        two_hosts_run(&world);
        ck_assert_str_eq(story->str, "0 resolver dns.answer it is 4");
        two_hosts_close(&world);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("host/process");
        TCase *cases = tcase_create("process");
        tcase_add_checked_fixture(cases, set_up, tear_down);
        tcase_add_test(cases, processes_take_turns_in_the_order_of_their_numbers);
        tcase_add_test(cases, a_process_starts_at_its_time);
        tcase_add_test(cases, a_spawned_process_shares_name_and_descriptors);
        tcase_add_test(cases, what_waits_when_the_host_goes_is_let_go_of_and_frees_what_it_owns);
        tcase_add_test(cases, what_has_not_started_when_the_host_goes_never_does);
        tcase_add_test(cases, luck_belongs_to_host_and_program);
        tcase_add_test(cases, a_step_reaches_the_trace);
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failures = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failures != 0;
}
