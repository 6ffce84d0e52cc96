/*
 * The lines of trace.ndjson: read by json-glib, and compared as text where the form matters.
 */
#include "made_up.h"
#include "trace/ndjson_kinds.h"
#include "trace/trace_ndjson.h"

#include <check.h>
#include <errno.h>
#include <json-glib/json-glib.h>
#include <string.h>

static Trace *trace;
static TraceNdjson *writer;
static FILE *file;
static char *bytes;
static size_t size;
static char **lines;

static void set_up(void)
{
        trace = made_up_world();
        file = open_memstream(&bytes, &size);
        writer = trace_ndjson_new(trace, file, &made_up_about, TRACE_ALL_KINDS);
}

static void tear_down(void)
{
        trace_ndjson_free(writer);
        trace_free(trace);
        fclose(file);
        free(bytes);
        g_clear_pointer(&lines, g_strfreev);
}

/* The lines, without the empty one behind the last newline. */
static unsigned read_lines(void)
{
        ck_assert(trace_ndjson_finish(writer, NULL));
        lines = g_strsplit(bytes, "\n", -1);
        unsigned count = g_strv_length(lines);
        ck_assert_str_eq(lines[count - 1], "");
        return count - 1;
}

START_TEST(the_first_line_is_a_header_with_the_schema_and_the_names)
{
        ck_assert_uint_eq(read_lines(), 1);
        ck_assert_str_eq(lines[0],
                "{\"inorder_trace\":2,\"scenario\":\"joes-hardware\",\"seed\":7,\"owners\":["
                "{\"label\":\"browser\",\"kind\":\"host\"},{\"label\":\"www\",\"kind\":\"host\"},"
                "{\"label\":\"isp\",\"kind\":\"router\"},"
                "{\"label\":\"access → isp\",\"kind\":\"link\",\"link\":\"access\","
                "\"near\":\"browser\",\"far\":\"isp\"},"
                "{\"label\":\"core → www\",\"kind\":\"link\",\"link\":\"core\","
                "\"near\":\"isp\",\"far\":\"www\"},"
                "{\"label\":\"core → isp\",\"kind\":\"link\",\"link\":\"core\","
                "\"near\":\"www\",\"far\":\"isp\"}],\"transfers\":[\"price-list\"]}");
}
END_TEST

START_TEST(every_line_is_json_with_its_time_and_name_first)
{
        made_up_everything(trace);
        unsigned count = read_lines();
        ck_assert_uint_gt(count, TRACE_KINDS);
        for (unsigned i = 1; i < count; i++) {
                g_autoptr(JsonParser) parser = json_parser_new();
                ck_assert(json_parser_load_from_data(parser, lines[i], -1, NULL));
                JsonObject *object = json_node_get_object(json_parser_get_root(parser));
                g_autoptr(GList) keys = json_object_get_members(object);
                ck_assert_str_eq(keys->data, "t");
                ck_assert_str_eq(keys->next->data, "ev");
                ck_assert(json_object_has_member(object, "owner"));
        }
}
END_TEST

START_TEST(every_kind_and_every_field_is_seen)
{
        made_up_everything(trace);
        read_lines();
        for (enum trace_kind kind = 0; kind < TRACE_KINDS; kind++) {
                const struct ndjson_kind *description = ndjson_kind_of(kind);
                g_autofree char *name = g_strdup_printf("\"ev\":\"%s\"", description->name);
                ck_assert_msg(strstr(bytes, name) != NULL, "%s", name);
                for (unsigned i = 0; i < description->own.count; i++) {
                        g_autofree char *key = g_strdup_printf("\"%s\":", description->own.fields[i].name);
                        ck_assert_msg(strstr(bytes, key) != NULL, "%s: %s", name, key);
                }
        }
        for (unsigned i = 0; i < ndjson_packet_fields.count; i++) {
                g_autofree char *key = g_strdup_printf("\"%s\":", ndjson_packet_fields.fields[i].name);
                ck_assert_msg(strstr(bytes, key) != NULL, "%s", key);
        }
}
END_TEST

START_TEST(keys_stand_in_their_order_and_what_does_not_apply_is_left_out)
{
        struct made_up_packet made;
        made_up_udp(&made, BROWSER, 4, "query");
        made_up_emit(trace, TRACE_SENT, 12, BROWSER, &made);
        read_lines();
        ck_assert_str_eq(lines[1],
                "{\"t\":12,\"ev\":\"host.sent\",\"owner\":\"browser\",\"packet\":\"browser#4\","
                "\"to\":\"www\",\"protocol\":\"udp\",\"sport\":49152,"
                "\"dport\":53,\"payload\":5,\"size\":33}");
}
END_TEST

START_TEST(sack_blocks_are_relative_also_below_the_acknowledgment)
{
        made_up_everything(trace);
        read_lines();
        ck_assert_ptr_nonnull(strstr(lines[1], "\"sack\":[[1461,2921],[4381,5841]],\"dsack\":true"));
        ck_assert_ptr_nonnull(
                strstr(lines[1], "\"flags\":\"ACK\",\"seq\":101,\"ack\":2921,\"seq_raw\":1101"));
}
END_TEST

START_TEST(every_flag_has_its_name_and_other_bits_have_none)
{
        struct made_up_packet made;
        made_up_tcp(&made, WWW, 1, 0, 0, 0, "");
        made.packet.flags = 0xfff;
        made_up_emit(trace, TRACE_SENT, 1, WWW, &made);
        made.packet.flags = 0xe00;
        made_up_emit(trace, TRACE_SENT, 2, WWW, &made);
        read_lines();
        ck_assert_ptr_nonnull(strstr(lines[1], "\"flags\":\"FIN+SYN+RST+PSH+ACK+URG+ECE+CWR+AE\","));
        ck_assert_ptr_null(strstr(lines[2], "\"flags\""));
}
END_TEST

START_TEST(a_header_is_told_when_it_is_sent_and_glanced_at_from_then_on)
{
        struct made_up_packet made;
        made_up_tcp(&made, WWW, 1, 1461, 101, 0x10, "text");
        made.packet.sending = 2;
        made.packet.why = "timeout";
        made_up_emit(trace, TRACE_SENT, 1, WWW, &made);
        made_up_emit(trace, TRACE_RECEIVED, 2, BROWSER, &made);
        read_lines();
        ck_assert_ptr_nonnull(
                strstr(lines[1], "\"seq_raw\":6461,\"ack_raw\":1101,\"payload\":4,\"size\":44"));
        ck_assert_str_eq(lines[2],
                "{\"t\":2,\"ev\":\"host.received\",\"owner\":\"browser\",\"transfer\":\"price-list\","
                "\"packet\":\"www#1\",\"flags\":\"ACK\",\"seq\":1461,\"ack\":101,\"payload\":4,\"sending\":"
                "2}");
}
END_TEST

START_TEST(a_header_that_may_be_another_is_told_again)
{
        struct made_up_packet made;
        made_up_tcp(&made, WWW, 1, 1461, 101, 0x10, "text");
        made.packet.is_corrupted = true;
        made_up_emit(trace, TRACE_RECEIVED, 1, BROWSER, &made);
        made.packet.is_corrupted = false;
        made.packet.from = UINT32_MAX;
        made_up_emit(trace, TRACE_RECEIVED, 2, BROWSER, &made);
        read_lines();
        for (unsigned i = 1; i <= 2; i++)
                ck_assert_ptr_nonnull(strstr(lines[i], "\"sport\":80,\"dport\":49152,\"flags\":\"ACK\""));
}
END_TEST

START_TEST(unknown_relative_numbers_are_left_out)
{
        struct made_up_packet made;
        made_up_tcp(&made, WWW, 1, 0, 0, 0x14, "");
        made.packet.relative_seq = made.packet.relative_ack = -1;
        made_up_emit(trace, TRACE_SENT, 1, WWW, &made);
        read_lines();
        ck_assert_ptr_nonnull(strstr(lines[1], "\"flags\":\"RST+ACK\",\"seq_raw\":5000,\"ack_raw\":1000"));
}
END_TEST

START_TEST(only_the_kinds_asked_for_are_written)
{
        g_autoptr(Trace) quiet = made_up_world();
        char *text = NULL;
        size_t text_size = 0;
        FILE *other = open_memstream(&text, &text_size);
        TraceNdjson *steps = trace_ndjson_new(quiet, other, &made_up_about, TRACE_BIT(TRACE_STEP));
        made_up_everything(quiet);
        ck_assert(trace_ndjson_finish(steps, NULL));
        g_auto(GStrv) rows = g_strsplit(text, "\n", -1);
        ck_assert_uint_eq(g_strv_length(rows), 3);
        ck_assert_ptr_nonnull(strstr(rows[1], "\"ev\":\"app.step\""));
        trace_ndjson_free(steps);
        fclose(other);
        free(text);
}
END_TEST

/* A host's name, a link's, a transfer's, and a text that is made of bytes. */
START_TEST(awkward_names_are_escaped_wherever_they_stand)
{
        g_autoptr(Trace) odd = trace_new();
        trace_add_owner(odd, TRACE_OWNER_HOST, "a\"b", NULL, NULL);
        trace_add_owner(odd, TRACE_OWNER_LINK, "c,d", "a\"b", "e\\f");
        trace_add_transfer(odd, "tab\there");
        char *text = NULL;
        size_t text_size = 0;
        FILE *other = open_memstream(&text, &text_size);
        TraceNdjson *lines_of_odd = trace_ndjson_new(odd, other, &made_up_about, TRACE_ALL_KINDS);
        const struct trace_event note = { .kind = TRACE_TCP_NOTE,
                .transfer = 1,
                .cause = { TRACE_CAUSE_PACKET, { 0, 7 }, "\xff" },
                .note = { .note = TRACE_NOTE_LOST, .why = "ü, \"again\"" } };
        const struct trace_event hop = {
                .kind = TRACE_HOP, .owner = 1, .hop = { .drop = "loss", .rule = "-" }
        };
        trace_emit(odd, &note);
        trace_emit(odd, &hop);
        ck_assert(trace_ndjson_finish(lines_of_odd, NULL));
        g_auto(GStrv) rows = g_strsplit(text, "\n", -1);
        ck_assert_str_eq(rows[1],
                "{\"t\":0,\"ev\":\"tcp.note\",\"owner\":\"a\\\"b\",\"transfer\":\"tab\\there\","
                "\"cause_packet\":\"a\\\"b#7\",\"cause_name\":\"\\ufffd\","
                "\"note\":\"lost\",\"note_why\":\"ü, \\\"again\\\"\"}");
        ck_assert(g_str_has_prefix(rows[2], "{\"t\":0,\"ev\":\"net.hop\",\"owner\":\"c,d → e\\\\f\","));
        trace_ndjson_free(lines_of_odd);
        fclose(other);
        free(text);
}
END_TEST

/* Short ones are copied in one piece, and a line of short ones has its room from the beginning. */
START_TEST(names_are_as_long_as_they_like)
{
        for (unsigned size = 1; size < 20000; size = size * 3 / 2 + 1) {
                g_autoptr(Trace) wordy = trace_new();
                g_autofree char *name = g_strnfill(size, 'n');
                g_autofree char *expected = g_strdup_printf("{\"t\":0,\"ev\":\"app.step\",\"owner\":\"%s\","
                                                            "\"transfer\":\"%s\",\"cause_packet\":\"%s#"
                                                            "123456789\",\"process\":0,\"program\":\"%s\"}",
                        name, name, name, name);
                char *text = NULL;
                size_t text_size = 0;
                FILE *other = open_memstream(&text, &text_size);
                trace_add_owner(wordy, TRACE_OWNER_HOST, name, NULL, NULL);
                trace_add_transfer(wordy, name);
                TraceNdjson *lines_of_wordy = trace_ndjson_new(wordy, other, &made_up_about, TRACE_ALL_KINDS);
                const struct trace_event step = { .kind = TRACE_STEP,
                        .transfer = 1,
                        .cause = { TRACE_CAUSE_PACKET, { 0, 123456789 }, NULL },
                        .step = { .program = name } };
                trace_emit(wordy, &step);
                ck_assert(trace_ndjson_finish(lines_of_wordy, NULL));
                g_auto(GStrv) rows = g_strsplit(text, "\n", -1);
                ck_assert_str_eq(rows[1], expected);
                trace_ndjson_free(lines_of_wordy);
                fclose(other);
                free(text);
        }
}
END_TEST

START_TEST(a_full_disk_is_reported_at_the_end)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(Trace) full = made_up_world();
        FILE *disk = fopen("/dev/full", "w");
        TraceNdjson *lost = trace_ndjson_new(full, disk, &made_up_about, TRACE_ALL_KINDS);
        for (unsigned i = 0; i < 100; i++)
                made_up_everything(full);
        ck_assert(!trace_ndjson_finish(lost, &error));
        ck_assert(g_error_matches(error, TRACE_ERROR, TRACE_ERROR_WRITE));
        ck_assert_str_eq(error->message, "cannot write trace.ndjson: No space left on device");
        trace_ndjson_free(lost);
        fclose(disk);
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("trace_ndjson");
        tcase_add_checked_fixture(cases, set_up, tear_down);
        tcase_add_test(cases, the_first_line_is_a_header_with_the_schema_and_the_names);
        tcase_add_test(cases, every_line_is_json_with_its_time_and_name_first);
        tcase_add_test(cases, every_kind_and_every_field_is_seen);
        tcase_add_test(cases, keys_stand_in_their_order_and_what_does_not_apply_is_left_out);
        tcase_add_test(cases, sack_blocks_are_relative_also_below_the_acknowledgment);
        tcase_add_test(cases, every_flag_has_its_name_and_other_bits_have_none);
        tcase_add_test(cases, a_header_is_told_when_it_is_sent_and_glanced_at_from_then_on);
        tcase_add_test(cases, a_header_that_may_be_another_is_told_again);
        tcase_add_test(cases, unknown_relative_numbers_are_left_out);
        tcase_add_test(cases, only_the_kinds_asked_for_are_written);
        tcase_add_test(cases, awkward_names_are_escaped_wherever_they_stand);
        tcase_add_test(cases, names_are_as_long_as_they_like);
        tcase_add_test(cases, a_full_disk_is_reported_at_the_end);
        Suite *suite = suite_create("trace_ndjson");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
