/*
 * System settings: the profile, what ours follow, what is refused.
 */
#include <check.h>
#include <string.h>
#include "drill/sysctls.h"
#include "script/shell_line.h"
#include "tcp/cong.h"
#include "tcp/tcp_settings.h"

START_TEST(profile_is_what_scripts_assume)
{
        g_autoptr(Sysctls) sysctls = sysctls_new_profile();
        struct tcp_settings settings = sysctls_tcp_settings(sysctls);
        ck_assert_str_eq(sysctls_get(sysctls, "tcp_rmem"), "4096 540000 15728640");
        ck_assert_uint_eq(settings.syn_retries, 5);
        ck_assert_uint_eq(settings.syn_ack_retries, 5);
        ck_assert(settings.sack && settings.dsack && settings.timestamps && settings.window_scaling);
        ck_assert(!settings.idle_restart);
        ck_assert_str_eq(cong_ops_name(settings.congestion_control), "cubic");
        ck_assert_int_eq(settings.min_rto, 200 * MILLISECOND);
        ck_assert_int_eq(2 * settings.msl, 60 * SECOND);
}
END_TEST

START_TEST(what_is_not_set_is_as_linux_has_it)
{
        g_autoptr(Sysctls) sysctls = sysctls_new_profile();
        ck_assert_str_eq(sysctls_get(sysctls, "tcp_keepalive_time"), "7200");
        ck_assert_int_eq(sysctls_tcp_settings(sysctls).keepalive_idle, 7200 * SECOND);
        ck_assert_ptr_null(sysctls_get(sysctls, "tcp_made_up"));
}
END_TEST

static const struct {
        const char *name;
        const char *value;
        enum sysctl_fate fate;
        const char *kept; /* NULL: as it was */
        const char *why;
} settings[] = {
        { "tcp_sack", "0", SYSCTL_APPLIED, "0", "a switch" },
        { "tcp_sack", "0x1", SYSCTL_APPLIED, "0x1", "numbers as C writes them" },
        { "tcp_sack", "on", SYSCTL_BAD_VALUE, NULL, "no number" },
        { "tcp_sack", "", SYSCTL_BAD_VALUE, NULL, "nothing" },
        { "tcp_sack", "256", SYSCTL_BAD_VALUE, NULL, "past a byte" },
        { "tcp_sack", "1 1", SYSCTL_BAD_VALUE, NULL, "too many" },
        { "tcp_syn_retries", "0", SYSCTL_BAD_VALUE, NULL, "less than the kernel takes" },
        { "tcp_rmem", "1\t2  3 ", SYSCTL_APPLIED, "1 2 3", "blanks of any kind" },
        { "tcp_rmem", "5000", SYSCTL_APPLIED, "5000 540000 15728640", "the first ones only" },
        { "tcp_congestion_control", "reno", SYSCTL_APPLIED, "reno", "a name" },
        { "tcp_congestion_control", "made-up", SYSCTL_IMPOSSIBLE, "made-up", "which we do not have" },
        { "tcp_fack", "1", SYSCTL_ACCEPTED, "1", "does not matter" },
        { "net.core.rmem_max", "1000000", SYSCTL_ACCEPTED, "1000000", "of another folder" },
        { "tcp_reflect_tos", "0", SYSCTL_ACCEPTED, "0", "we are so" },
        { "tcp_ecn", "3", SYSCTL_IMPOSSIBLE, "3", "AccECN, which we do not have" },
        { "tcp_fastopen_key", "no-key", SYSCTL_BAD_VALUE, NULL, "no key" },
        { "tcp_reflect_tos", "1", SYSCTL_UNKNOWN, "1", "we cannot be so, and few scripts see it" },
        { "tcp_made_up", "1", SYSCTL_UNKNOWN, "1", "nobody knows it" },
};

START_TEST(setting_has_a_fate)
{
        g_autoptr(Sysctls) sysctls = sysctls_new_profile();
        const char *before = sysctls_get(sysctls, settings[_i].name);
        g_autofree char *kept = g_strdup(settings[_i].kept ? settings[_i].kept : before);
        ck_assert_msg(sysctls_set(sysctls, settings[_i].name, settings[_i].value) == settings[_i].fate, "%s",
                settings[_i].why);
        ck_assert_str_eq(sysctls_get(sysctls, settings[_i].name), kept);
}
END_TEST

START_TEST(choices_are_told_where_there_are_some)
{
        g_autofree char *ecn = sysctls_choices("tcp_ecn");
        g_autofree char *congestion_controls = sysctls_choices("tcp_congestion_control");
        ck_assert_str_eq(ecn, "0, 1, 2");
        ck_assert(
                strstr(congestion_controls, "cubic") != NULL && strstr(congestion_controls, "reno") != NULL);
        ck_assert_ptr_null(sysctls_choices("tcp_sack"));
        ck_assert_ptr_null(sysctls_choices("tcp_made_up"));
}
END_TEST

START_TEST(setting_reaches_tcp)
{
        g_autoptr(Sysctls) sysctls = sysctls_new_profile();
        sysctls_set(sysctls, "tcp_timestamps", "0");
        sysctls_set(sysctls, "tcp_fin_timeout", "7");
        sysctls_set(sysctls, "tcp_congestion_control", "reno");
        struct tcp_settings tcp = sysctls_tcp_settings(sysctls);
        ck_assert(!tcp.timestamps);
        ck_assert_int_eq(tcp.fin_wait_2, 7 * SECOND);
        ck_assert_str_eq(cong_ops_name(tcp.congestion_control), "reno");
}
END_TEST

START_TEST(profile_comes_back)
{
        g_autoptr(Sysctls) sysctls = sysctls_new_profile();
        g_autoptr(Sysctls) copy = sysctls_copy(sysctls);
        sysctls_set(sysctls, "tcp_sack", "0");
        ck_assert_str_eq(sysctls_get(copy, "tcp_sack"), "1");
        sysctls_set_profile(sysctls);
        ck_assert_str_eq(sysctls_get(sysctls, "tcp_sack"), "1");
}
END_TEST

static const char *const names[][2] = {
        { "net.ipv4.tcp_sack", "tcp_sack" },
        { "net/ipv4/tcp_sack", "tcp_sack" },
        { "/proc/sys/net/ipv4/tcp_sack", "tcp_sack" },
        { "/proc/sys/net/core/rmem_max", "net.core.rmem_max" },
        { "net.ipv4.conf.all.rp_filter", "net.ipv4.conf.all.rp_filter" },
        { "kernel.pid_max", "kernel.pid_max" },
};

START_TEST(name_is_short_where_it_is_ipv4s)
{
        g_autofree char *name = sysctl_name(names[_i][0]);
        ck_assert_str_eq(name, names[_i][1]);
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("sysctls");
        tcase_add_test(cases, profile_is_what_scripts_assume);
        tcase_add_test(cases, what_is_not_set_is_as_linux_has_it);
        tcase_add_loop_test(cases, setting_has_a_fate, 0, G_N_ELEMENTS(settings));
        tcase_add_test(cases, choices_are_told_where_there_are_some);
        tcase_add_test(cases, setting_reaches_tcp);
        tcase_add_test(cases, profile_comes_back);
        tcase_add_loop_test(cases, name_is_short_where_it_is_ipv4s, 0, G_N_ELEMENTS(names));
        Suite *suite = suite_create("sysctls");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
