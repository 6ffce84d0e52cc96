/*
 * Captures, read back by tshark and tcptrace: comments, times, checksums, order.
 */
#include "made_up.h"
#include "trace/trace_pcapng.h"

#include <check.h>
#include <gio/gio.h>
#include <string.h>

#define ACK 0x10
#define SYN 0x02
#define MS  MILLISECOND

static Trace *trace;
static TracePcapng *writer;
static struct made_up_files files;

static void open_writer(uint32_t snap)
{
        struct trace_opener opener = made_up_opener(&files);
        writer = trace_pcapng_new(trace, &opener, &made_up_about, snap, NULL);
        ck_assert_ptr_nonnull(writer);
}

static void set_up(void)
{
        trace = made_up_world();
        made_up_files_init(&files);
}

static void tear_down(void)
{
        trace_pcapng_free(writer);
        writer = NULL;
        trace_free(trace);
        made_up_files_clear(&files);
}

static bool is_missing(const char *program)
{
        g_autofree char *path = g_find_program_in_path(program);
        if (!path)
                g_printerr("SKIPPED: %s is not installed\n", program);
        return !path;
}

/* What a program prints about a capture, with the file's name behind the arguments. */
static char *run(const char *host, const char *const *arguments)
{
        g_autoptr(GPtrArray) argv = g_ptr_array_new();
        g_autofree char *name = g_strdup_printf("%s.pcapng", host);
        g_autofree char *path = made_up_file_path(&files, name);
        g_autoptr(GError) error = NULL;
        char *output = NULL;
        for (; *arguments; arguments++)
                g_ptr_array_add(argv, (char *)*arguments);
        g_ptr_array_add(argv, path);
        g_ptr_array_add(argv, NULL);
        g_autoptr(GSubprocess) process = g_subprocess_newv((const char *const *)argv->pdata,
                G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error);
        ck_assert_msg(process != NULL, "%s", error ? error->message : "");
        ck_assert(g_subprocess_communicate_utf8(process, NULL, NULL, &output, NULL, NULL));
        ck_assert(g_subprocess_get_successful(process));
        return output;
}

/* One line a packet: the fields, separated by tabs. */
static char *run_tshark(const char *host, const char *field, const char *other)
{
        return run(host, (const char *[]){ "tshark", "-n", "-o", "tcp.check_checksum:TRUE", "-o",
                                 "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE", "-T", "fields",
                                 "-e", field, "-e", other, "-r", NULL });
}

static void finish(void)
{
        g_autoptr(GError) error = NULL;
        ck_assert(trace_pcapng_finish(writer, &error));
        made_up_files_close(&files);
}

static void expect(const char *host, const char *field, const char *other, const char *lines)
{
        if (is_missing("tshark"))
                return;
        g_autofree char *output = run_tshark(host, field, other);
        ck_assert_str_eq(output, lines);
}

/* A sent packet crosses access, then core, and is received by www. */
static void send_from_browser(const struct made_up_packet *made, time_ns time)
{
        made_up_emit(trace, TRACE_SENT, time, BROWSER, made);
        made_up_hop(trace, time + 10 * MS, ACCESS_TO_ISP, made, NULL);
}

static void arrive_at_www(const struct made_up_packet *made, time_ns time)
{
        made_up_hop(trace, time, CORE_TO_WWW, made, NULL);
        made_up_emit(trace, TRACE_RECEIVED, time, WWW, made);
}

static void open_connection(void)
{
        static const struct {
                uint32_t from;
                uint16_t flags;
                const char *payload;
        } segments[] = {
                { BROWSER, SYN, "" },
                { WWW, SYN | ACK, "" },
                { BROWSER, ACK, "" },
                { BROWSER, ACK | 8, "GET /power-tools.html HTTP/1.1\r\nHost: www.joes-hardware.com\r\n\r\n" },
                { WWW, ACK | 8, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nodd" },
        };
        uint32_t next[2] = { 0, 0 };
        uint32_t count[2] = { 0, 0 };
        struct made_up_packet made;
        for (unsigned i = 0; i < G_N_ELEMENTS(segments); i++) {
                uint32_t from = segments[i].from;
                made_up_tcp(&made, from, ++count[from], next[from], next[!from], segments[i].flags,
                        segments[i].payload);
                made_up_emit(trace, TRACE_SENT, i * 20 * MS, from, &made);
                made_up_emit(trace, TRACE_RECEIVED, i * 20 * MS + 15 * MS, !from, &made);
                next[from] += (segments[i].flags & SYN ? 1 : 0) + (uint32_t)strlen(segments[i].payload);
        }
}

START_TEST(tshark_finds_every_checksum_right_on_both_sides)
{
        open_writer(0);
        open_connection();
        finish();
        const char *right = "1\t1\n1\t1\n1\t1\n1\t1\n1\t1\n";
        expect("browser", "ip.checksum.status", "tcp.checksum.status", right);
        expect("www", "ip.checksum.status", "tcp.checksum.status", right);
        expect("www", "http.request.uri", "http.response.code", "\t\n\t\n\t\n/power-tools.html\t\n\t200\n");
}
END_TEST

START_TEST(a_datagram_is_read_too)
{
        struct made_up_packet made;
        open_writer(0);
        made_up_udp(&made, BROWSER, 1, "query");
        send_from_browser(&made, 1);
        finish();
        expect("browser", "ip.checksum.status", "udp.checksum.status", "1\t1\n");
}
END_TEST

START_TEST(times_are_nanoseconds_and_directions_those_of_the_host)
{
        struct made_up_packet made;
        open_writer(0);
        made_up_tcp(&made, BROWSER, 1, 0, 0, SYN, "");
        send_from_browser(&made, 4 * SECOND + 987654321);
        arrive_at_www(&made, 5 * SECOND + 1);
        finish();
        expect("browser", "frame.time_epoch", "frame.packet_flags_direction", "4.987654321\t0x00000002\n");
        expect("www", "frame.time_epoch", "frame.packet_flags_direction", "5.000000001\t0x00000001\n");
        expect("www", "eth.src", "eth.dst", "02:00:00:00:00:00\t02:00:00:00:00:01\n");
        expect("www", "frame.interface_name", "frame.comment", "www.eth0\t\n");
        expect("www", "frame.packet_id", "frame.time_relative", "1\t0.000000000\n");
}
END_TEST

START_TEST(a_lost_packet_is_in_the_sender_s_capture_only_and_says_where)
{
        struct made_up_packet made;
        const struct trace_hop lost = { .drop = "loss" };
        open_writer(0);
        made_up_tcp(&made, BROWSER, 1, 0, 0, SYN, "");
        send_from_browser(&made, 1);
        made_up_hop(trace, 20 * MS, CORE_TO_WWW, &made, &lost);
        finish();
        expect("browser", "ip.src", "frame.comment", "192.0.2.10\tdropped: core, loss\n");
        expect("www", "ip.src", "frame.comment", "");
}
END_TEST

START_TEST(a_record_waits_for_those_before_it_and_order_is_kept)
{
        struct made_up_packet first, second, from_www;
        const struct trace_hop lost = { .drop = "queue-full" };
        open_writer(0);
        made_up_tcp(&first, BROWSER, 1, 0, 0, SYN, "");
        made_up_tcp(&second, BROWSER, 2, 1, 0, ACK, "");
        made_up_tcp(&from_www, WWW, 1, 0, 1, SYN | ACK, "");
        send_from_browser(&first, 1 * MS);
        send_from_browser(&second, 2 * MS);
        arrive_at_www(&second, 30 * MS);
        made_up_emit(trace, TRACE_SENT, 31 * MS, WWW, &from_www);
        made_up_emit(trace, TRACE_RECEIVED, 40 * MS, BROWSER, &from_www);
        made_up_hop(trace, 90 * MS, CORE_TO_WWW, &first, &lost);
        finish();
        expect("browser", "frame.time_epoch", "frame.comment",
                "0.001000000\tdropped: core, queue-full\n0.002000000\t\n0.040000000\t\n");
}
END_TEST

START_TEST(a_damaged_packet_is_marked_on_both_sides)
{
        struct made_up_packet made;
        const struct trace_hop damaged = { .is_corrupted_here = true };
        open_writer(0);
        made_up_tcp(&made, BROWSER, 1, 1, 1, ACK, "Hammer");
        send_from_browser(&made, 1 * MS);
        made.payload[2] ^= 1;
        made.packet.is_corrupted = true;
        made_up_hop(trace, 30 * MS, CORE_TO_WWW, &made, &damaged);
        made_up_drop(trace, 30 * MS, WWW, &made, "corrupt", "tcp checksum");
        finish();
        expect("browser", "tcp.checksum.status", "frame.comment",
                "1\tcorrupted: core,dropped: www, corrupt\n");
        expect("www", "tcp.checksum.status", "frame.comment",
                "0\tcorrupted on the way; dropped: www, corrupt (tcp checksum)\n");
}
END_TEST

START_TEST(a_packet_and_its_copies_have_fates_of_their_own)
{
        struct made_up_packet made, copy;
        const struct trace_hop doubled = { .is_duplicate = true };
        const struct trace_hop lost = { .drop = "loss" };
        open_writer(0);
        made_up_tcp(&made, BROWSER, 1, 1, 1, ACK, "Hammer");
        copy = made;
        copy.packet.copy = 1;
        send_from_browser(&made, 1 * MS);
        made_up_hop(trace, 11 * MS, ACCESS_TO_ISP, &copy, &doubled);
        arrive_at_www(&made, 30 * MS);
        made_up_hop(trace, 31 * MS, CORE_TO_WWW, &copy, &lost);
        finish();
        expect("browser", "frame.number", "frame.comment",
                "1\tduplicated: access,copy dropped: core, loss\n");
        expect("www", "frame.number", "frame.comment", "1\t\n");
}
END_TEST

START_TEST(a_copy_that_arrives_does_not_save_the_original)
{
        struct made_up_packet made, copy;
        const struct trace_hop doubled = { .is_duplicate = true };
        const struct trace_hop lost = { .drop = "loss" };
        open_writer(0);
        made_up_tcp(&made, BROWSER, 1, 1, 1, ACK, "Hammer");
        copy = made;
        copy.packet.copy = 1;
        send_from_browser(&made, 1 * MS);
        made_up_hop(trace, 11 * MS, ACCESS_TO_ISP, &copy, &doubled);
        arrive_at_www(&copy, 30 * MS);
        made_up_hop(trace, 31 * MS, CORE_TO_WWW, &made, &lost);
        finish();
        expect("browser", "frame.number", "frame.comment", "1\tduplicated: access,dropped: core, loss\n");
        expect("www", "frame.number", "frame.comment", "1\t\n");
}
END_TEST

START_TEST(a_packet_still_on_its_way_at_the_end_is_written)
{
        struct made_up_packet made;
        open_writer(0);
        for (uint32_t i = 1; i <= 100; i++) {
                made_up_tcp(&made, BROWSER, 2 * i, i, 1, ACK, "x");
                made_up_emit(trace, TRACE_SENT, i, BROWSER, &made);
        }
        finish();
        g_autoptr(GString) lines = g_string_new(NULL);
        for (int i = 1; i <= 100; i++)
                g_string_append_printf(lines, "0.%09d\t\n", i);
        expect("browser", "frame.time_epoch", "frame.comment", lines->str);
}
END_TEST

START_TEST(memory_is_bounded_by_what_is_on_its_way)
{
        struct made_up_packet made;
        open_writer(0);
        g_autofree char *path = made_up_file_path(&files, "browser.pcapng");
        for (uint32_t i = 1; i <= 5000; i++) {
                made_up_tcp(&made, BROWSER, i, i, 1, ACK, "x");
                made_up_emit(trace, TRACE_SENT, i, BROWSER, &made);
                made_up_emit(trace, TRACE_RECEIVED, i, WWW, &made);
        }
        /* Nothing is left to be written but what stdio keeps. */
        g_autoptr(GFile) file = g_file_new_for_path(path);
        g_autoptr(GFileInfo) info = g_file_query_info(file, "standard::size", 0, NULL, NULL);
        ck_assert_int_gt(g_file_info_get_size(info), 4800 * 100);
        finish();
}
END_TEST

START_TEST(snapped_packets_keep_their_true_length)
{
        struct made_up_packet made;
        open_writer(40);
        made_up_tcp(&made, BROWSER, 1, 1, 1, ACK, "Hammer, nails");
        send_from_browser(&made, 1);
        made_up_tcp(&made, BROWSER, 2, 14, 1, ACK, "");
        send_from_browser(&made, 2);
        finish();
        expect("browser", "frame.len", "frame.cap_len", "67\t54\n54\t54\n");
}
END_TEST

START_TEST(the_section_names_scenario_seed_and_program)
{
        open_writer(0);
        finish();
        if (is_missing("capinfos"))
                return;
        g_autofree char *output = run("www", (const char *[]){ "capinfos", "-kF", NULL });
        ck_assert_ptr_nonnull(strstr(output, "scenario joes-hardware, seed 7"));
        g_autofree char *path = made_up_file_path(&files, "www.pcapng");
        g_autofree char *bytes = NULL;
        gsize size = 0;
        ck_assert(g_file_get_contents(path, &bytes, &size, NULL));
        ck_assert_ptr_nonnull(memmem(bytes, size, "inorder 0.1.0", 13));
        ck_assert_mem_eq(bytes, "\x0a\x0d\x0d\x0a", 4);
}
END_TEST

START_TEST(tcptrace_reads_the_capture)
{
        open_writer(0);
        open_connection();
        finish();
        if (is_missing("tcptrace"))
                return;
        g_autofree char *output = run("www", (const char *[]){ "tcptrace", "-n", "-l", NULL });
        ck_assert_ptr_nonnull(strstr(output, "1 TCP connection traced"));
        ck_assert_ptr_nonnull(strstr(output, "total packets:             3"));
}
END_TEST

START_TEST(a_full_disk_is_reported_at_the_end)
{
        g_autoptr(GError) error = NULL;
        open_writer(0);
        FILE *file = g_hash_table_lookup(files.open, "www.pcapng");
        FILE *full = freopen("/dev/full", "w", file);
        ck_assert_ptr_nonnull(full);
        open_connection();
        ck_assert(!trace_pcapng_finish(writer, &error));
        ck_assert_str_eq(error->message, "cannot write www.pcapng: No space left on device");
        fclose(full);
        g_hash_table_insert(files.open, g_strdup("www.pcapng"), NULL);
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("trace_pcapng");
        tcase_set_timeout(cases, 60);
        tcase_add_checked_fixture(cases, set_up, tear_down);
        tcase_add_test(cases, tshark_finds_every_checksum_right_on_both_sides);
        tcase_add_test(cases, a_datagram_is_read_too);
        tcase_add_test(cases, times_are_nanoseconds_and_directions_those_of_the_host);
        tcase_add_test(cases, a_lost_packet_is_in_the_sender_s_capture_only_and_says_where);
        tcase_add_test(cases, a_record_waits_for_those_before_it_and_order_is_kept);
        tcase_add_test(cases, a_damaged_packet_is_marked_on_both_sides);
        tcase_add_test(cases, a_packet_and_its_copies_have_fates_of_their_own);
        tcase_add_test(cases, a_copy_that_arrives_does_not_save_the_original);
        tcase_add_test(cases, a_packet_still_on_its_way_at_the_end_is_written);
        tcase_add_test(cases, memory_is_bounded_by_what_is_on_its_way);
        tcase_add_test(cases, snapped_packets_keep_their_true_length);
        tcase_add_test(cases, the_section_names_scenario_seed_and_program);
        tcase_add_test(cases, tcptrace_reads_the_capture);
        tcase_add_test(cases, a_full_disk_is_reported_at_the_end);
        Suite *suite = suite_create("trace_pcapng");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
