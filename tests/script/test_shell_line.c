/*
 * Shell lines of scripts: what each means, and what is not understood.
 */
#include <check.h>
#include <string.h>
#include "script/shell_line.h"

/* One action as text: "sysctl tcp_sack=0", with what is special behind it. */
static void append_action(GString *text, const struct shell_action *action)
{
        static const char *const names[] = { "sysctl", "profile", "restore", "mtu", "queue", "mark",
                "counter", "sleep", "nothing", "false", "exit", "not checked" };
        static const char *const when[] = { "", " if success", " if failure", " too" };
        g_string_append_printf(text, "%s%s%s", text->len > 0 ? "; " : "", action->is_negated ? "not " : "",
                names[action->kind]);
        if (action->kind == SHELL_SYSCTL)
                g_string_append_printf(
                        text, " %s=%s%s", action->name, action->value, action->is_saved ? " saved" : "");
        if (action->kind == SHELL_MTU || action->kind == SHELL_QUEUE_LIMIT)
                g_string_append_printf(text, " %d", (int)action->number);
        if (action->kind == SHELL_SLEEP)
                g_string_append_printf(text, " %dms", (int)(action->number / MILLISECOND));
        if (action->kind == SHELL_COUNTER)
                g_string_append_printf(text, " %s%s%s%s", action->name, action->is_absolute ? " all" : "",
                        action->marks ? " marks" : "", action->shows_zero ? " zero" : "");
        if (action->kind == SHELL_NOT_CHECKED)
                g_string_append_printf(text, " <%s>", action->text);
        if (action->kind == SHELL_EXIT)
                g_string_append_printf(text, " %d", (int)action->number);
        g_string_append(text, when[action->when]);
}

static const struct {
        const char *text;
        const char *meaning;
} lines[] = {
        { "", "" },
        { "  \n ", "" },
        { "# only a comment", "" },
        { "sysctl -q net.ipv4.tcp_sack=0", "sysctl tcp_sack=0" },
        { "sysctl -qw net/ipv4/tcp_sack=0", "sysctl tcp_sack=0" },
        { "/sbin/sysctl -w -q net.ipv4.tcp_sack=0 > /dev/null 2>&1", "sysctl tcp_sack=0" },
        { "sysctl -q net.ipv4.tcp_rmem=\"4096 540000 15728640\"", "sysctl tcp_rmem=4096 540000 15728640" },
        { "sysctl -q net.ipv4.tcp_rmem=\"4096 540000 $((15*1024*1024))\"",
                "sysctl tcp_rmem=4096 540000 15728640" },
        { "sysctl -q net.ipv4.tcp_rmem='1 2 3' net.core.rmem_max=7",
                "sysctl tcp_rmem=1 2 3; sysctl net.core.rmem_max=7 too" },
        { "sysctl net.ipv4.tcp_sack", "nothing" },
        { "sysctl -p", "not checked <sysctl -p>" },
        { "sysctl", "not checked <sysctl>" },
        { "sysctl -q net.ipv4.tcp_sack=0\nsysctl -q net.ipv4.tcp_dsack=0\n",
                "sysctl tcp_sack=0; sysctl tcp_dsack=0" },
        { "sysctl -q net.ipv4.tcp_sack=0 && sysctl -q net.ipv4.tcp_dsack=0",
                "sysctl tcp_sack=0; sysctl tcp_dsack=0 if success" },
        { "sysctl -q net.ipv4.tcp_sack=0 || true", "sysctl tcp_sack=0; nothing if failure" },
        { "exit 3", "exit 3" },
        { "exit", "exit -1" },
        { "exit x", "not checked <exit x>" },
        { "true; false", "nothing; false" },
        { "! false", "not false" },
        { "../common/set_sysctls.py /proc/sys/net/ipv4/tcp_sack=0 /proc/sys/net/ipv4/tcp_rmem=\"1 2 3\"",
                "sysctl tcp_sack=0 saved; sysctl tcp_rmem=1 2 3 saved too" },
        { "/tmp/sysctl_restore_${PPID}.sh", "restore" },
        { "./sysctl_restore.sh", "restore" },
        { "./defaults.sh\nsysctl -q net.ipv4.tcp_ecn=1", "profile; sysctl tcp_ecn=1" },
        { "../../common/defaults.sh", "profile" },
        { "ip link set dev tun0 mtu 1200", "mtu 1200" },
        { "ip link set tun0 mtu 1200", "mtu 1200" },
        { "ip link set dev tun0 down", "not checked <ip link set dev tun0 down>" },
        { "ip route add 1.2.3.4 dev tun0 mtu 100", "not checked <ip route add 1.2.3.4 dev tun0 mtu 100>" },
        { "ifconfig tun0 mtu 1200", "mtu 1200" },
        { "tc qdisc replace dev tun0 root pfifo", "queue 500" },
        { "tc qdisc add dev tun0 root pfifo limit 1000", "queue 1000" },
        { "tc qdisc replace dev tun0 root fq", "not checked <tc qdisc replace dev tun0 root fq>" },
        { "tc qdisc del dev tun0 root 2>/dev/null ; tc qdisc add dev tun0 root pfifo", "nothing; queue 500" },
        { "ip tcp_metrics flush all > /dev/null 2>&1", "nothing" },
        { "echo 1 > /proc/sys/net/ipv4/tcp_ecn", "sysctl tcp_ecn=1" },
        { "echo \"1 2 3\" >/proc/sys/net/ipv4/tcp_rmem", "sysctl tcp_rmem=1 2 3" },
        { "echo hello", "nothing" },
        { "echo hello > /tmp/x", "not checked <echo hello > /tmp/x>" },
        { "cat /proc/net/netstat > /dev/null", "nothing" },
        { "sleep 1", "sleep 1000ms" },
        { "sleep 0.25", "sleep 250ms" },
        { "sleep .1", "not checked <sleep .1>" },
        { "nstat -n", "mark" },
        { "nstat > /dev/null", "mark" },
        { "nstat | grep TcpExtBeyondWindow | grep -q \" 1 \"", "counter TcpExtBeyondWindow marks" },
        { "nstat -az TcpExtTCPLossProbes | grep -q ' 0 '", "counter TcpExtTCPLossProbes all marks zero" },
        { "nstat -s | grep -q TCPLossProbes", "counter TcpExtTCPLossProbes" },
        { "! nstat | grep -q TCPLossProbes", "not counter TcpExtTCPLossProbes marks" },
        { "nstat | awk '{print $2}'", "not checked <nstat | awk '{print $2}'>" },
        { "nstat | grep -q ' 1 '", "not checked <nstat | grep -q ' 1 '>" },
        { "ss -ti | grep cubic", "not checked <ss -ti | grep cubic>" },
        { "ethtool -K tun0 tso off", "not checked <ethtool -K tun0 tso off>" },
        { "if true; then false; fi", "not checked <if true; then false; fi>" },
        { "x=$(cat y)", "not checked <x=$(cat y)>" },
        { "sleep 1 &", "not checked <sleep 1 &>" },
        { "echo \"abc", "not checked <echo \"abc>" },
};

START_TEST(line_means_actions)
{
        g_autoptr(GPtrArray) actions = shell_line_read(lines[_i].text);
        g_autoptr(GString) text = g_string_new(NULL);
        for (unsigned i = 0; i < actions->len; i++)
                append_action(text, actions->pdata[i]);
        ck_assert_msg(strcmp(text->str, lines[_i].meaning) == 0, "'%s' means %s", lines[_i].text, text->str);
}
END_TEST

static const struct {
        const char *text;
        int64_t value;
        bool holds;
        const char *why;
} counters[] = {
        { "nstat | grep TcpExtBeyondWindow | grep -q \" 1 \"", 1, true, "the value stands between blanks" },
        { "nstat | grep TcpExtBeyondWindow | grep -q \" 1 \"", 11, false, "and is no part of another" },
        { "nstat | grep TcpExtBeyondWindow | grep -q \" 1 \"", 0, false, "zeros are not shown" },
        { "nstat | grep -q TcpExtBeyondWindow", 5, true, "it is there" },
        { "! nstat | grep -q TcpExtBeyondWindow", 1, true, "negation is the action's, not the greps'" },
        { "nstat -az TcpExtBeyondWindow | grep -q ' 0 '", 0, true, "a zero that is shown" },
        { "nstat | grep -E 'BeyondWindow +(3|4) '", 4, true, "an extended expression" },
        { "nstat | grep 'BeyondWindow  *[34] '", 5, false, "a basic one" },
        { "nstat | grep BeyondWindow | grep -v ' 2 '", 2, false, "inverted" },
        { "nstat | grep BeyondWindow | grep -qw 2", 2, true, "a word" },
};

START_TEST(counter_holds_when_the_greps_let_it_through)
{
        g_autoptr(GPtrArray) actions = shell_line_read(counters[_i].text);
        ck_assert_uint_eq(actions->len, 1);
        const struct shell_action *action = actions->pdata[0];
        ck_assert_int_eq(action->kind, SHELL_COUNTER);
        ck_assert_str_eq(action->name, "TcpExtBeyondWindow");
        ck_assert_msg(shell_counter_holds(action, counters[_i].value) == counters[_i].holds, "%s",
                counters[_i].why);
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("shell_line");
        tcase_add_loop_test(cases, line_means_actions, 0, G_N_ELEMENTS(lines));
        tcase_add_loop_test(cases, counter_holds_when_the_greps_let_it_through, 0, G_N_ELEMENTS(counters));
        Suite *suite = suite_create("shell_line");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
