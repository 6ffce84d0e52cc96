/*
 * Packet scripts: what is read from a text, and what is said of a wrong one.
 */
#include <check.h>
#include <string.h>
#include "script/code_block.h"
#include "script/script.h"
#include "wire/tcp_segment.h"

static struct script *parse(const char *text, GError **error)
{
        return script_parse("x.pkt", text, strlen(text), NULL, error);
}

static struct script *parse_well(const char *text)
{
        g_autoptr(GError) error = NULL;
        struct script *script = parse(text, &error);
        ck_assert_msg(script != NULL, "%s\n%s", error ? error->message : "", text);
        return script;
}

static const struct script_event *event_at(const struct script *script, unsigned index)
{
        ck_assert_uint_lt(index, script->events->len);
        return script->events->pdata[index];
}

/* The event behind "0 < . 1:1(0) win 1", so that any time may be written. */
static struct script *parse_event(const char *event)
{
        g_autofree char *text = g_strdup_printf("0 < . 1:1(0) win 1\n%s", event);
        return parse_well(text);
}

/* ---- Times ---- */

static const struct {
        const char *text;
        enum script_time_form form;
        duration_ns from;
        duration_ns to;
        const char *why;
} times[] = {
        { "3", SCRIPT_TIME_ABSOLUTE, 3 * SECOND, 3 * SECOND, "whole seconds" },
        { "0.250", SCRIPT_TIME_ABSOLUTE, 250 * MILLISECOND, 250 * MILLISECOND, "a decimal" },
        { "+0", SCRIPT_TIME_RELATIVE, 0, 0, "at once" },
        { "+.1", SCRIPT_TIME_RELATIVE, 100 * MILLISECOND, 100 * MILLISECOND, "no digit before the point" },
        { "+0.0000019", SCRIPT_TIME_RELATIVE, MICROSECOND, MICROSECOND, "microseconds, the rest cut off" },
        { "0.29", SCRIPT_TIME_ABSOLUTE, 290 * MILLISECOND, 290 * MILLISECOND, "no floating point" },
        { "*", SCRIPT_TIME_ANY, 0, 0, "any time" },
        { "1.0~1.2", SCRIPT_TIME_ABSOLUTE_RANGE, SECOND, 1200 * MILLISECOND, "an absolute window" },
        { "+.1~+.3", SCRIPT_TIME_RELATIVE_RANGE, 100 * MILLISECOND, 300 * MILLISECOND, "a relative window" },
        { "+1 ~ +1", SCRIPT_TIME_RELATIVE_RANGE, SECOND, SECOND, "blanks only separate" },
};

START_TEST(time_is_read_in_all_its_forms)
{
        g_autofree char *event = g_strconcat(times[_i].text, " > . 1:1(0)", NULL);
        g_autoptr(Script) script = parse_event(event);
        const struct script_time *time = &event_at(script, 1)->time;
        ck_assert_msg(time->form == times[_i].form, "%s", times[_i].why);
        ck_assert_msg(time->from == times[_i].from && time->to == times[_i].to, "%s", times[_i].why);
}
END_TEST

/* ---- TCP ---- */

static const struct {
        const char *text;
        uint16_t flags;
        bool has_ace;
} flag_texts[] = {
        { "S", TCP_FLAG_SYN, false },
        { "S.", TCP_FLAG_SYN | TCP_FLAG_ACK, false },
        { ".", TCP_FLAG_ACK, false },
        { "-", 0, false },
        { "FP.", TCP_FLAG_FIN | TCP_FLAG_PSH | TCP_FLAG_ACK, false },
        { "PF.", TCP_FLAG_FIN | TCP_FLAG_PSH | TCP_FLAG_ACK, false },
        { "R", TCP_FLAG_RST, false },
        { "U.", TCP_FLAG_URG | TCP_FLAG_ACK, false },
        { "SEW", TCP_FLAG_SYN | TCP_FLAG_ECE | TCP_FLAG_CWR, false },
        { "SEWA", TCP_FLAG_SYN | TCP_FLAG_ECE | TCP_FLAG_CWR | TCP_FLAG_AE, false },
        { ".5", TCP_FLAG_ACK | TCP_FLAG_AE | TCP_FLAG_ECE, true },
        { "P.5", TCP_FLAG_PSH | TCP_FLAG_ACK | TCP_FLAG_AE | TCP_FLAG_ECE, true },
        { "P5.", TCP_FLAG_PSH | TCP_FLAG_ACK | TCP_FLAG_AE | TCP_FLAG_ECE, true },
        { "S.2", TCP_FLAG_SYN | TCP_FLAG_ACK | TCP_FLAG_CWR, true },
        { ".0", TCP_FLAG_ACK, true },
};

START_TEST(flags_are_letters_or_the_ace_field)
{
        g_autofree char *event = g_strconcat("+0 > ", flag_texts[_i].text, " 1:1(0)", NULL);
        g_autoptr(Script) script = parse_event(event);
        const struct script_tcp *tcp = &event_at(script, 1)->packet.tcp;
        ck_assert_msg(tcp->flags == flag_texts[_i].flags, "%s", flag_texts[_i].text);
        ck_assert_msg(tcp->has_ace == flag_texts[_i].has_ace, "%s", flag_texts[_i].text);
}
END_TEST

START_TEST(segment_is_read_field_by_field)
{
        g_autoptr(Script) script =
                parse_event("+0 < [ect0] 1234 > 80 PU. 4294967295:9(10) ack 7 win 65535 urg 3 <mss 1460>");
        const struct script_packet *packet = &event_at(script, 1)->packet;
        const struct script_tcp *tcp = &packet->tcp;
        ck_assert_int_eq(packet->direction, SCRIPT_INJECTED);
        ck_assert_int_eq(packet->kind, SCRIPT_TCP);
        ck_assert_int_eq(packet->ip.ecn, SCRIPT_ECN_ECT0);
        ck_assert(tcp->has_ports && tcp->source_port == 1234 && tcp->destination_port == 80);
        ck_assert_uint_eq(tcp->range.start, 4294967295);
        ck_assert_uint_eq(tcp->range.end, 9);
        ck_assert_uint_eq(tcp->range.size, 10);
        ck_assert(tcp->has_ack && tcp->ack == 7);
        ck_assert(tcp->has_window && tcp->window == 65535);
        ck_assert_uint_eq(tcp->urgent, 3);
        ck_assert_int_eq(tcp->options_form, SCRIPT_OPTIONS_GIVEN);
}
END_TEST

START_TEST(what_is_not_written_is_not_there)
{
        g_autoptr(Script) script = parse_event("+0 > . 1:1(0)");
        const struct script_packet *packet = &event_at(script, 1)->packet;
        ck_assert_int_eq(packet->ip.ecn, SCRIPT_ECN_NOT_GIVEN);
        ck_assert(!packet->ip.has_tos && !packet->ip.has_ttl && !packet->ip.has_flow_label);
        ck_assert(!packet->tcp.has_ports && !packet->tcp.has_ack && !packet->tcp.has_window);
        ck_assert_int_eq(packet->tcp.options_form, SCRIPT_OPTIONS_NONE);
}
END_TEST

START_TEST(ip_info_stands_in_either_brackets)
{
        g_autoptr(Script) script = parse_event("+0 > (tos 0x2e, ttl 63, flowlabel 0xfffff) . 1:1(0)\n"
                                               "+0 > [ce, flowlabel 0x1] . 1:1(0)");
        const struct script_ip *first = &event_at(script, 1)->packet.ip;
        const struct script_ip *second = &event_at(script, 2)->packet.ip;
        ck_assert(first->has_tos && first->tos == 0x2e && first->has_ttl && first->ttl == 63);
        ck_assert(first->has_flow_label && first->flow_label == 0xfffff);
        ck_assert(second->ecn == SCRIPT_ECN_CE && second->flow_label == 1);
}
END_TEST

static const struct script_option *option_of(const struct script *script, unsigned index)
{
        const GArray *options = event_at(script, 1)->packet.tcp.options;
        ck_assert_uint_lt(index, options->len);
        return &g_array_index(options, struct script_option, index);
}

START_TEST(options_keep_their_order)
{
        static const enum script_option_kind kinds[] = { SCRIPT_OPTION_MSS, SCRIPT_OPTION_SACK_PERMITTED,
                SCRIPT_OPTION_TIMESTAMPS, SCRIPT_OPTION_NOP, SCRIPT_OPTION_WINDOW_SCALE };
        g_autoptr(Script) script =
                parse_event("+0 > S 0:0(0) <mss 1460,sackOK,TS val 100 ecr 4294967295,nop,wscale 8>");
        for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++)
                ck_assert_int_eq(option_of(script, i)->kind, kinds[i]);
        ck_assert_uint_eq(option_of(script, 0)->number, 1460);
        ck_assert_uint_eq(option_of(script, 2)->number, 100);
        ck_assert_uint_eq(option_of(script, 2)->echo, 4294967295);
        ck_assert_uint_eq(option_of(script, 4)->number, 8);
}
END_TEST

START_TEST(sack_blocks_are_separated_by_blanks)
{
        g_autoptr(Script) script = parse_event("+0 > . 1:1(0) <nop,nop,sack 2:3 5:7>");
        const struct script_option *sack = option_of(script, 2);
        ck_assert_uint_eq(sack->count, 2);
        ck_assert(sack->left[0] == 2 && sack->right[0] == 3 && sack->left[1] == 5 && sack->right[1] == 7);
}
END_TEST

static const struct {
        const char *text;
        enum script_option_kind kind;
        unsigned count;
        uint8_t first;
} cookies[] = {
        { "FO,nop,nop", SCRIPT_OPTION_FAST_OPEN, 0, 0 },
        { "FO 4d70e90a8a1b0fd3,nop,nop", SCRIPT_OPTION_FAST_OPEN, 8, 0x4d },
        { "FO 1234567812345678,nop,nop", SCRIPT_OPTION_FAST_OPEN, 8, 0x12 },
        { "FOEXP", SCRIPT_OPTION_FAST_OPEN_EXP, 0, 0 },
        { "FOEXP abcd,nop,nop", SCRIPT_OPTION_FAST_OPEN_EXP, 2, 0xab },
};

START_TEST(cookie_is_hexadecimal_or_empty)
{
        g_autofree char *event = g_strdup_printf("+0 > S 0:0(0) <%s>", cookies[_i].text);
        g_autoptr(Script) script = parse_event(event);
        const struct script_option *option = option_of(script, 0);
        ck_assert_int_eq(option->kind, cookies[_i].kind);
        ck_assert_uint_eq(option->count, cookies[_i].count);
        ck_assert_uint_eq(option->bytes[0], cookies[_i].first);
}
END_TEST

START_TEST(accurate_ecn_has_two_orders)
{
        g_autoptr(Script) zero = parse_event("+0 > . 1:1(0) <ECN e0b 1 ceb 2 e1b 3,nop>");
        g_autoptr(Script) one = parse_event("+0 > . 1:1(0) <ECN e1b 16777215 ceb 2>");
        ck_assert_int_eq(option_of(zero, 0)->kind, SCRIPT_OPTION_ACCURATE_ECN_0);
        ck_assert_uint_eq(option_of(zero, 0)->count, 3);
        ck_assert_uint_eq(option_of(zero, 0)->left[2], 3);
        ck_assert_int_eq(option_of(one, 0)->kind, SCRIPT_OPTION_ACCURATE_ECN_1);
        ck_assert_uint_eq(option_of(one, 0)->count, 2);
        ck_assert_uint_eq(option_of(one, 0)->left[0], 16777215);
}
END_TEST

START_TEST(options_may_be_looked_away_from)
{
        g_autoptr(Script) script = parse_event("+0 > . 1:1(0) ack 1 <...>");
        ck_assert_int_eq(event_at(script, 1)->packet.tcp.options_form, SCRIPT_OPTIONS_ANY);
}
END_TEST

/* ---- ICMP and UDP ---- */

START_TEST(icmp_quotes_a_segment)
{
        g_autoptr(Script) script = parse_event("+0 < icmp unreachable frag_needed mtu 1200 [1:1001(1000)]");
        const struct script_icmp *icmp = &event_at(script, 1)->packet.icmp;
        ck_assert_int_eq(event_at(script, 1)->packet.kind, SCRIPT_ICMP);
        ck_assert_uint_eq(icmp->type, 3);
        ck_assert_uint_eq(icmp->code, 4);
        ck_assert(icmp->has_mtu && icmp->mtu == 1200);
        ck_assert_int_eq(icmp->quote, SCRIPT_QUOTE_TCP);
        ck_assert_uint_eq(icmp->range.end, 1001);
}
END_TEST

START_TEST(icmp_names_are_those_of_the_family)
{
        static const struct {
                const char *version;
                const char *text;
                uint8_t type;
                uint8_t code;
        } names[] = {
                { "ipv4", "unreachable port_unreachable", 3, 3 },
                { "ipv6", "unreachable port_unreachable", 1, 4 },
                { "ipv6", "packet_too_big mtu 1280", 2, 0 },
                { "ipv4-mapped-ipv6", "source_quench", 4, 0 },
                { "ipv4", "time_exceeded [1:1(0)]", 11, 0 },
                { "ipv6", "echo_request id 7 [raw (64)]", 128, 0 },
        };
        for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
                g_autofree char *text =
                        g_strdup_printf("--ip_version=%s\n0 < icmp %s", names[i].version, names[i].text);
                g_autoptr(Script) script = parse_well(text);
                const struct script_icmp *icmp = &event_at(script, 0)->packet.icmp;
                ck_assert_msg(icmp->type == names[i].type && icmp->code == names[i].code, "%s", text);
        }
}
END_TEST

START_TEST(family_of_the_command_line_wins)
{
        const struct script_given given = { .ip_version = "ipv6" };
        const char *text = "--ip_version=ipv4\n0 < icmp packet_too_big mtu 1280";
        g_autoptr(GError) error = NULL;
        g_autoptr(Script) script = script_parse("x", text, strlen(text), &given, &error);
        ck_assert_ptr_nonnull(script);
}
END_TEST

START_TEST(udp_has_a_size)
{
        g_autoptr(Script) script =
                parse_event("+0 > udp (1000)\n+0 < icmp unreachable port_unreachable [udp (1000)]");
        ck_assert_int_eq(event_at(script, 1)->packet.kind, SCRIPT_UDP);
        ck_assert_uint_eq(event_at(script, 1)->packet.udp_size, 1000);
        ck_assert_int_eq(event_at(script, 2)->packet.icmp.quote, SCRIPT_QUOTE_UDP);
        ck_assert_uint_eq(event_at(script, 2)->packet.icmp.range.size, 1000);
}
END_TEST

/* ---- Calls ---- */

static const struct script_value *argument(const struct script *script, unsigned index)
{
        const struct script_call *call = &event_at(script, 1)->call;
        ck_assert_int_eq(event_at(script, 1)->kind, SCRIPT_CALL);
        ck_assert_uint_lt(index, call->arguments->len);
        return call->arguments->pdata[index];
}

static const struct script_value *item(const struct script_value *value, unsigned index)
{
        ck_assert_uint_lt(index, value->items->len);
        return value->items->pdata[index];
}

static const struct script_field *field(const struct script_value *value, unsigned index)
{
        ck_assert_int_eq(value->kind, SCRIPT_VALUE_STRUCT);
        ck_assert_uint_lt(index, value->fields->len);
        return value->fields->pdata[index];
}

START_TEST(call_has_arguments_result_error_and_note)
{
        g_autoptr(Script) script =
                parse_event("+0 read(4, ..., 100) = -1 EAGAIN (Resource temporarily unavailable)");
        const struct script_call *call = &event_at(script, 1)->call;
        ck_assert_str_eq(call->name, "read");
        ck_assert_uint_eq(call->arguments->len, 3);
        ck_assert_int_eq(argument(script, 1)->kind, SCRIPT_VALUE_ELLIPSIS);
        ck_assert_int_eq(argument(script, 2)->integer, 100);
        ck_assert_int_eq(call->result->integer, -1);
        ck_assert_str_eq(call->error, "EAGAIN");
        ck_assert_str_eq(call->note, "Resource temporarily unavailable");
        ck_assert(!call->is_blocking);
}
END_TEST

START_TEST(note_may_stand_without_an_error)
{
        g_autoptr(Script) script = parse_event(
                "+0 fcntl(3, F_GETFL) = 0x2 (flags O_RDWR|O_NONBLOCK (and such))\n+0 close(3) = 0");
        const struct script_call *call = &event_at(script, 1)->call;
        ck_assert_int_eq(call->result->integer, 2);
        ck_assert_ptr_null(call->error);
        ck_assert_str_eq(call->note, "flags O_RDWR|O_NONBLOCK (and such)");
        ck_assert_uint_eq(script->events->len, 3);
}
END_TEST

START_TEST(blocking_call_has_an_end)
{
        g_autoptr(Script) script = parse_event("+0.1...0.250 accept(3, ..., ...) = 4");
        const struct script_event *event = event_at(script, 1);
        ck_assert(event->call.is_blocking);
        ck_assert_int_eq(event->time.from, 100 * MILLISECOND);
        ck_assert_int_eq(event->call.end.form, SCRIPT_TIME_RELATIVE);
        ck_assert_int_eq(event->call.end.from, 250 * MILLISECOND);
}
END_TEST

START_TEST(numbers_are_of_64_bits)
{
        g_autoptr(Script) script =
                parse_event("+0 f(-9223372036854775808, 0xffffffffffffffff, 18446744073709551615, 010) = 0");
        ck_assert_int_eq(argument(script, 0)->integer, INT64_MIN);
        ck_assert_int_eq(argument(script, 1)->integer, -1);
        ck_assert_int_eq(argument(script, 2)->integer, -1);
        ck_assert_int_eq(argument(script, 3)->integer, 10);
}
END_TEST

START_TEST(strings_have_escapes_and_are_joined)
{
        g_autoptr(Script) script = parse_event("+0 f(\"a\\n\\x41\" /* and */ \"\\0\\\\\\\"\") = 0");
        ck_assert_uint_eq(argument(script, 0)->size, 6);
        ck_assert_mem_eq(argument(script, 0)->text, "a\nA\0\\\"", 7);
}
END_TEST

START_TEST(alternatives_are_listed)
{
        g_autoptr(Script) script = parse_event("+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK|4) = 0");
        const struct script_value *value = argument(script, 2);
        ck_assert_int_eq(value->kind, SCRIPT_VALUE_OR);
        ck_assert_str_eq(item(value, 0)->text, "O_RDWR");
        ck_assert_int_eq(item(value, 2)->integer, 4);
}
END_TEST

START_TEST(structure_has_members)
{
        g_autoptr(Script) script =
                parse_event("+0 poll([{fd=4, events=POLLIN|POLLOUT, revents=POLLOUT}], 1, 0) = 1");
        const struct script_value *fds = argument(script, 0);
        ck_assert_int_eq(fds->kind, SCRIPT_VALUE_LIST);
        ck_assert_str_eq(field(item(fds, 0), 0)->name, "fd");
        ck_assert_int_eq(field(item(fds, 0), 0)->value->integer, 4);
        ck_assert_int_eq(field(item(fds, 0), 1)->value->kind, SCRIPT_VALUE_OR);
}
END_TEST

START_TEST(message_nests_vectors_and_control_data)
{
        g_autoptr(Script) script =
                parse_event("+0 recvmsg(4, {msg_name(...)=..., msg_iov(1)=[{..., 1000}], "
                            "msg_flags=MSG_TRUNC|MSG_CTRUNC, msg_control=[{cmsg_level=SOL_TCP, "
                            "cmsg_type=TCP_CM_INQ, cmsg_data=1000}]}, 0) = 1000");
        const struct script_value *message = argument(script, 1);
        ck_assert_str_eq(field(message, 0)->name, "msg_name");
        ck_assert_int_eq(field(message, 0)->argument->kind, SCRIPT_VALUE_ELLIPSIS);
        ck_assert_int_eq(field(message, 1)->argument->integer, 1);
        const struct script_value *piece = item(field(message, 1)->value, 0);
        ck_assert_ptr_null(field(piece, 0)->name);
        ck_assert_int_eq(field(piece, 1)->value->integer, 1000);
        ck_assert_str_eq(field(item(field(message, 3)->value, 0), 2)->name, "cmsg_data");
}
END_TEST

START_TEST(address_is_a_structure_of_calls)
{
        g_autoptr(Script) script = parse_event("+0 bind(3, {sa_family = AF_INET, sin_port = htons(8080), "
                                               "sin_addr = inet_addr(\"192.0.2.1\")}, ...) = 0");
        const struct script_value *port = field(argument(script, 1), 1)->value;
        ck_assert_int_eq(port->kind, SCRIPT_VALUE_CALL);
        ck_assert_str_eq(port->text, "htons");
        ck_assert_int_eq(item(port, 0)->integer, 8080);
}
END_TEST

/* ---- Options, commands, macros, comments ---- */

static const struct script_option_line *line_at(const struct script *script, unsigned index)
{
        ck_assert_uint_lt(index, script->options->len);
        return script->options->pdata[index];
}

START_TEST(options_come_first)
{
        g_autoptr(Script) script =
                parse_well("--tolerance_usecs=10000 --send_omit_free\n--local_ip=fd3d:0a0b::1 // ours\n"
                           "--init_scripts=\"a b\"\n--define=X=Y\n0 < . 1:1(0) win 1");
        ck_assert_uint_eq(script->options->len, 4);
        ck_assert_str_eq(line_at(script, 0)->value, "10000");
        ck_assert_str_eq(line_at(script, 1)->name, "send_omit_free");
        ck_assert_ptr_null(line_at(script, 1)->value);
        ck_assert_str_eq(line_at(script, 2)->value, "fd3d:0a0b::1");
        ck_assert_int_eq(line_at(script, 2)->place.line, 2);
        ck_assert_str_eq(line_at(script, 3)->value, "a b");
}
END_TEST

START_TEST(commands_stand_before_among_and_behind_events)
{
        g_autoptr(Script) script = parse_well("`first\nline`\n0 `middle`\n+0 < . 1:1(0) win 1\n`last`\n");
        ck_assert_str_eq(script->init_command, "first\nline");
        ck_assert_int_eq(event_at(script, 0)->kind, SCRIPT_COMMAND);
        ck_assert_str_eq(event_at(script, 0)->command, "middle");
        ck_assert_str_eq(script->cleanup_command, "last");
        ck_assert_int_eq(script->cleanup_place.line, 5);
}
END_TEST

START_TEST(comments_separate)
{
        g_autoptr(Script) script = parse_well("/* a\n * b **/0// c\n<//d\n./**/1:1(0)win/**/1// end");
        ck_assert_uint_eq(script->events->len, 1);
        ck_assert_str_eq(event_at(script, 0)->text, "0 < . 1:1(0)win 1");
        ck_assert_int_eq(event_at(script, 0)->place.line, 2);
        ck_assert_int_eq(event_at(script, 0)->place.column, 9);
}
END_TEST

START_TEST(macro_is_a_string_a_word_or_a_command)
{
        g_autoptr(Script) script =
                parse_well("--define=CC=\"cubic\"\n--define=LEVEL=SOL_TCP --define=RUN=`true`\n"
                           "RUN 0 f(LEVEL, TCP_CONGESTION, CC) = 0\n+0 RUN");
        const struct script_call *call = &event_at(script, 0)->call;
        ck_assert_str_eq(script->init_command, "true");
        ck_assert_str_eq(((struct script_value *)call->arguments->pdata[0])->text, "SOL_TCP");
        ck_assert_int_eq(((struct script_value *)call->arguments->pdata[2])->kind, SCRIPT_VALUE_STRING);
        ck_assert_int_eq(event_at(script, 1)->kind, SCRIPT_COMMAND);
}
END_TEST

START_TEST(macro_of_the_command_line_wins)
{
        g_autoptr(GHashTable) defines = g_hash_table_new(g_str_hash, g_str_equal);
        g_hash_table_insert(defines, (gpointer) "N", (gpointer) "1000");
        g_hash_table_insert(defines, (gpointer) "CODE", (gpointer) "host_unreachable");
        const struct script_given given = { .defines = defines };
        const char *text = "--define=CODE=port_unreachable\n0 < icmp unreachable CODE\n+0 f(N) = N";
        g_autoptr(GError) error = NULL;
        g_autoptr(Script) script = script_parse("x", text, strlen(text), &given, &error);
        ck_assert_msg(script != NULL, "%s", error ? error->message : "");
        ck_assert_uint_eq(event_at(script, 0)->packet.icmp.code, 1);
        ck_assert_int_eq(event_at(script, 1)->call.result->integer, 1000);
}
END_TEST

START_TEST(code_is_parsed_where_it_stands)
{
        g_autoptr(Script) script = parse_well("0 %{ assert tcpi_snd_cwnd == 10\n}%\n+0 < . 1:1(0) win 1");
        ck_assert_int_eq(event_at(script, 0)->kind, SCRIPT_CODE);
        ck_assert_uint_eq(script->events->len, 2);
}
END_TEST

/* ---- What is wrong ---- */

struct wrong_script {
        const char *text;
        const char *complaint; /* how the message goes on behind "x.pkt:" */
};

static const struct wrong_script wrong[] = {
        { "", "1:1: error: expected an event, which begins with a time like 0 or +.1, not the end of the "
              "script" },
        { "0.1 < . 1:1(0) win 1", "1:1: error: the first event must be at time 0" },
        { "* > . 1:1(0)", "1:1: error: the first event must be at time 0" },
        { "0 < . 1:1(0) win 1\n1 > . 1:1(0)\n0.5 > . 1:1(0)",
                "3:1: error: time goes backwards, from 1.000000 to 0.500000" },
        { "0 < . 1:1(0) win 1\n* < . 1:1(0) win 1",
                "2:1: error: only an expected packet may come at any time (*)" },
        { "0 < . 1:1(0) win 1\n* close(3) = 0",
                "2:1: error: only an expected packet may come at any time (*)" },
        { "0 < . 1:1(0) win 1\n+0~+1 close(3) = 0",
                "2:1: error: only an expected packet may come at a range of times" },
        { "0~+1 > . 1:1(0)", "1:3: error: both ends of a range carry +, or neither does" },
        { "+0~1 > . 1:1(0)", "1:4: error: expected '+' after ~" },
        { "0 > . 1:1(0)\n+.3~+.2 > . 1:1(0)", "2:6: error: the range ends before it begins" },
        { "-1 > . 1:1(0)", "1:1: error: the time -1 is negative" },
        { "0...+1 accept(3, ..., ...) = 4", "1:5: error: expected a time in seconds" },
        { "0 < . 1:1(0) win 1\n+2...1 accept(3, ..., ...) = 4",
                "2:6: error: the blocking call ends before it starts" },
        { "99999999999 > . 1:1(0)", "1:1: error: the time 99999999999 is too large" },
        { "0 > . 1:2(0)", "1:7: error: 1:2(0) is not consistent: 1 + 0 is 1" },
        { "0 > . 1:4294967296(0)",
                "1:9: error: the last sequence number is 4294967296; it goes from 0 to 4294967295" },
        { "0 > . 1:1(0) ack -1", "1:18: error: ack is -1; it goes from 0 to 4294967295" },
        { "0 > . 1:1(0) win 65536", "1:18: error: win is 65536; it goes from 0 to 65535" },
        { "0 > . 1:1(0) win 1 ack 1", "1:20: error: expected a time in seconds like 0.25 or +.1, not 'ack'" },
        { "0 < . 1:1(0)", "1:13: error: expected win and the window: an injected segment needs it, not the "
                          "end of the script" },
        { "0 < . 1:65537(65536) win 1",
                "1:7: error: no packet has 65536 bytes of payload; 65535 are the most" },
        { "0 > X 0:0(0)", "1:5: error: 'X' is no TCP flag" },
        { "0 > SX. 0:0(0)", "1:6: error: 'X' is no TCP flag" },
        { "0 > .8 0:0(0)", "1:6: error: '8' is no TCP flag" },
        { "0 > E.5 0:0(0)", "1:7: error: the ACE field is one digit, and cannot be mixed with E, W and A" },
        { "0 > 0:0(0)", "1:6: error: expected '>' after the source port, not ':'" },
        { "0 < [ect01] . 1:1(0) win 1", "1:6: error: an injected packet is either ect0 or ect1" },
        { "0 > [ecn] . 1:1(0)",
                "1:6: error: expected noecn, ect0, ect1, ce, ect01, tos N, ttl N or flowlabel N, not 'ecn'" },
        { "0 > [tos 0x100] . 1:1(0)", "1:10: error: tos is 0x100; it goes from 0 to 255" },
        { "0 > [ect0) . 1:1(0)", "1:10: error: expected ']' or ',' after what the IP header says, not ')'" },
        { "0 < . 1:1(0) win 1 <...>", "1:21: error: an injected segment's options must be written out" },
        { "0 > . 1:1(0) <>", "1:15: error: expected a TCP option" },
        { "0 > . 1:1(0) <nop>",
                "1:14: error: these options take 1 bytes, which is no multiple of 4; add 3 nop" },
        { "0 > . 1:1(0) <mss 65536>", "1:19: error: mss is 65536; it goes from 0 to 65535" },
        { "0 > . 1:1(0) <wscale 256,nop>", "1:22: error: wscale is 256; it goes from 0 to 255" },
        { "0 > . 1:1(0) <TS val 1>", "1:23: error: expected 'ecr' after the timestamp's val, not '>'" },
        { "0 > . 1:1(0) <sack>",
                "1:19: error: expected the SACK block's left edge, a number from 0 to 4294967295, not '>'" },
        { "0 > . 1:1(0) <sack 1:2 3:4 5:6 7:8 9:10>", "1:36: error: an option has room for 4 SACK blocks" },
        { "0 > . 1:1(0) <FO abc,nop>",
                "1:18: error: 'abc' is no cookie: an even number of hexadecimal digits" },
        { "0 > . 1:1(0) <nop,nop,TS val 1 ecr 1,sack 1:2 3:4 5:6 7:8>",
                "1:14: error: these options take 46 bytes; a header has room for 40" },
        { "0 > . 1:1(0) <ECN ceb 1>", "1:19: error: expected e0b or e1b after ECN, not 'ceb'" },
        { "0 < icmp nowhere",
                "1:10: error: 'nowhere' is no type of ICMP; known are: echo_reply unreachable" },
        { "0 < icmp unreachable here",
                "1:22: error: 'here' is no code of unreachable; known are: net_unreachable" },
        { "0 < icmp packet_too_big", "1:10: error: 'packet_too_big' is no type of ICMP" },
        { "0 < icmp unreachable frag_needed mtu 65536", "1:38: error: the mtu is 65536" },
        { "0 > udp 100", "1:9: error: expected '(' and the payload's size after udp, not '100'" },
        { "0 socket(...", "1:13: error: expected ')' or ',' after a value, not the end of the script" },
        { "0 close(3)",
                "1:11: error: expected '=' and the result after the call, not the end of the script" },
        { "0 close(3) = \"x\"", "1:14: error: expected the call's result, a number, not a string" },
        { "0 close(3) = 0 OK", "1:16: error: expected an error's name like EAGAIN" },
        { "0 close(3) = -1 EBADF (Bad", "1:23: error: this note has no end; ')' ends it" },
        { "0 f(99999999999999999999) = 0",
                "1:5: error: the number 99999999999999999999 does not fit in 64 bits" },
        { "0 f({fd=1, evnts=2}) = 0", "1:12: error: no structure has a member 'evnts'" },
        { "0 f(A|[1]) = 0", "1:7: error: only numbers and names stand beside '|'" },
        { "0 f(\"\\q\") = 0", "1:5: error: this string holds an unknown escape" },
        { "0 f(\"abc) = 0", "1:5: error: this quoted text has no end; \" ends it" },
        { "`abc", "1:1: error: this quoted text has no end; ` ends it" },
        { "0 %{ assert 1", "1:3: error: this code block has no end; }% ends it" },
        { "0 %{\nassert }%", "2:8: error: expected a value" },
        { "/* abc", "1:1: error: this comment has no end; */ ends it" },
        { "# abc", "1:1: error: expected a time in seconds like 0.25 or +.1, not '#'" },
        { "--mtu=\n0 > . 1:1(0)", "1:1: error: --mtu= lacks its value" },
        { "--define=X=1000\n0 > . 1:1(0)",
                "1:12: error: expected a WORD, a \"string\" or a `command` after the macro's name" },
        { "--define=9=x\n0 > . 1:1(0)",
                "1:10: error: '9' is no macro's name; letters, digits and _ make one" },
        { "--define=0x1f=x\n0 > . 1:1(0)", "1:10: error: '0x1f' is no macro's name" },
        { "--define=A-B=x\n0 > . 1:1(0)", "1:10: error: 'A-B' is no macro's name" },
        { "\xef\xbb\xbf"
          "0 > . 1:1(0)",
                "1:1: error: the script begins with a byte order mark; save it without one" },
        { "\xff\xfe"
          "0",
                "1:1: error: the script is written in UTF-16; save it as UTF-8" },
        { "--define=X\n0 > . 1:1(0)", "2:1: error: expected '=' and the macro's value, not '0'" },
        { "0 > . 1:1(0)\n--mtu=1500",
                "2:1: error: expected a time in seconds like 0.25 or +.1, not '--mtu'" },
        { "0 > . 1:1(0)\n`a` `b`", "2:5: error: expected nothing more after the cleanup command" },
        { "`a`\n`b`\n0 > . 1:1(0)", "2:1: error: expected an event, which begins with a time" },
        { "0 \1",
                "1:3: error: expected a packet (< or >), a call, a command in back-quotes or a code block" },
};

static const struct wrong_script refused[] = {
        { "0 > . 1:1(0) <md5 00>", "1:15: error: the MD5 option needs a kernel; it cannot be run here" },
        { "0 > gre: . 1:1(0)", "1:5: error: a packet inside of gre needs a kernel" },
        { "0 > ipv4 1.1.1.1 > 2.2.2.2: . 1:1(0)", "1:5: error: a packet inside of ipv4 needs a kernel" },
        { "0 < mpls (label 0, tc 0, [S], ttl 0): . 1:1(0) win 1",
                "1:5: error: a packet inside of mpls needs a kernel" },
        { "0 > [noecn] encap psp spi 1 . 1:1(0)", "1:13: error: a packet inside of encap needs a kernel" },
        { "0 send(4, ..., 1, MSG_DONTWAIT|MSG_ZEROCOPY) = 1", "1:32: error: MSG_ZEROCOPY needs a kernel" },
        { "0 setsockopt(4, SOL_SOCKET, SO_ZEROCOPY, [1], 4) = 0", "1:29: error: SO_ZEROCOPY needs a kernel" },
        { "0 splice(3, NULL, 4, NULL, 1, 0) = 1", "1:3: error: splice() needs a kernel" },
        { "0 pipe([3, 4]) = 0", "1:3: error: pipe() needs a kernel" },
        { "0 psp_connect(3) = 0", "1:3: error: psp_connect() needs a kernel" },
        { "0 %{ import os }%", "1:6: error: import in a code block needs Python" },
};

static void check_complaint(const struct wrong_script *script, enum script_error code)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(Script) parsed = parse(script->text, &error);
        ck_assert_msg(parsed == NULL, "%s", script->text);
        ck_assert_msg(g_error_matches(error, SCRIPT_ERROR, (int)code), "%s", error->message);
        ck_assert(g_str_has_prefix(error->message, "x.pkt:"));
        ck_assert_msg(g_str_has_prefix(error->message + strlen("x.pkt:"), script->complaint),
                "%s\nsays  %s\nshould   %s", script->text, error->message, script->complaint);
}

START_TEST(mistake_is_told_with_its_place)
{
        check_complaint(&wrong[_i], SCRIPT_ERROR_SYNTAX);
}
END_TEST

START_TEST(what_needs_a_kernel_is_refused_by_name)
{
        check_complaint(&refused[_i], SCRIPT_ERROR_REFUSED);
}
END_TEST

START_TEST(deep_nesting_is_refused_not_followed)
{
        g_autoptr(GString) text = g_string_new("0 f(");
        for (unsigned i = 0; i < 100000; i++)
                g_string_append_c(text, '[');
        g_autoptr(GError) error = NULL;
        g_autoptr(Script) script = parse(text->str, &error);
        ck_assert_ptr_null(script);
        ck_assert_ptr_nonnull(strstr(error->message, "nested more than 32 deep"));
}
END_TEST

START_TEST(byte_of_value_0_is_told_even_in_a_comment)
{
        static const char text[] = "0 > . 1:1(0)\n// a \0 b\n";
        g_autoptr(GError) error = NULL;
        g_autoptr(Script) script = script_parse("x.pkt", text, sizeof text - 1, NULL, &error);
        ck_assert_ptr_null(script);
        ck_assert_str_eq(error->message,
                "x.pkt:2:6: error: there is a byte of value 0 here; a script is text: take it out");
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("script_parser");
        tcase_add_loop_test(cases, time_is_read_in_all_its_forms, 0, G_N_ELEMENTS(times));
        tcase_add_loop_test(cases, flags_are_letters_or_the_ace_field, 0, G_N_ELEMENTS(flag_texts));
        tcase_add_test(cases, segment_is_read_field_by_field);
        tcase_add_test(cases, what_is_not_written_is_not_there);
        tcase_add_test(cases, ip_info_stands_in_either_brackets);
        tcase_add_test(cases, options_keep_their_order);
        tcase_add_test(cases, sack_blocks_are_separated_by_blanks);
        tcase_add_loop_test(cases, cookie_is_hexadecimal_or_empty, 0, G_N_ELEMENTS(cookies));
        tcase_add_test(cases, accurate_ecn_has_two_orders);
        tcase_add_test(cases, options_may_be_looked_away_from);
        tcase_add_test(cases, icmp_quotes_a_segment);
        tcase_add_test(cases, icmp_names_are_those_of_the_family);
        tcase_add_test(cases, family_of_the_command_line_wins);
        tcase_add_test(cases, udp_has_a_size);
        tcase_add_test(cases, call_has_arguments_result_error_and_note);
        tcase_add_test(cases, note_may_stand_without_an_error);
        tcase_add_test(cases, blocking_call_has_an_end);
        tcase_add_test(cases, numbers_are_of_64_bits);
        tcase_add_test(cases, strings_have_escapes_and_are_joined);
        tcase_add_test(cases, alternatives_are_listed);
        tcase_add_test(cases, structure_has_members);
        tcase_add_test(cases, message_nests_vectors_and_control_data);
        tcase_add_test(cases, address_is_a_structure_of_calls);
        tcase_add_test(cases, options_come_first);
        tcase_add_test(cases, commands_stand_before_among_and_behind_events);
        tcase_add_test(cases, comments_separate);
        tcase_add_test(cases, macro_is_a_string_a_word_or_a_command);
        tcase_add_test(cases, macro_of_the_command_line_wins);
        tcase_add_test(cases, code_is_parsed_where_it_stands);
        tcase_add_loop_test(cases, mistake_is_told_with_its_place, 0, G_N_ELEMENTS(wrong));
        tcase_add_loop_test(cases, what_needs_a_kernel_is_refused_by_name, 0, G_N_ELEMENTS(refused));
        tcase_add_test(cases, byte_of_value_0_is_told_even_in_a_comment);
        tcase_add_test(cases, deep_nesting_is_refused_not_followed);
        Suite *suite = suite_create("script_parser");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
