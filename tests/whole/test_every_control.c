/*
 * The same bad line under every recovery and every congestion control: whatever each makes of it, the same
 * bytes arrive, each once and in order.
 */
#include "whole_run.h"

#include <check.h>
#include <string.h>

static const char *const recoveries[] = { "tahoe", "reno", "newreno", "sack", "rack" };
static const char *const controls[] = { "tahoe", "reno", "cubic", "bbr", "vegas", "dctcp" };

/* What the ends agree on, which decides what a recovery has to go by. */
static const char *const agreements[] = {
        "sack: on, timestamps: on, ecn: passive",
        "sack: on, timestamps: off, ecn: on",
        "sack: off, timestamps: on, ecn: on",
        "sack: off, timestamps: off, ecn: off, pacing: off",
        "sack: on, timestamps: on, pacing: on, prr: off, tail-loss-probe: off, undo: off, frto: off",
};

#define COMBINATIONS (G_N_ELEMENTS(recoveries) * G_N_ELEMENTS(controls))

/* Of the 64-bit big-endian numbers from 0 to 24999. */
static const char expected[] = "6c5c4b590e574f71bb23d6f871c0bd0f0859bdc70e8a3e42ee79c2e5ddffab6f";

static char *hexadecimal(const uint8_t *bytes, size_t size)
{
        GString *text = g_string_new(NULL);
        for (size_t i = 0; i < size; i++)
                g_string_append_printf(text, "%02x", bytes[i]);
        return g_string_free(text, FALSE);
}

static char *bad_line_under(const char *recovery, const char *control, const char *agreement)
{
        g_autofree char *text = whole_file("bad-line.yaml");
        return g_strdup_printf(
                "%stcp: { recovery: %s, congestion-control: %s, %s }\n", text, recovery, control, agreement);
}

static void ck_the_same_bytes(const char *recovery, const char *control, const char *agreement)
{
        struct whole_run run;
        g_autofree char *text = bad_line_under(recovery, control, agreement);
        whole_run_load(&run, text, &(struct whole_options){ .without_digest = true });
        whole_run_go(&run);
        g_autofree char *complaint = whole_run_complaint(&run);
        ck_assert_msg(complaint == NULL, "%s, %s, %s: %s", recovery, control, agreement, complaint);
        const struct transfer *transfer = world_transfers(run.world)->pdata[0];
        g_autofree char *sum = hexadecimal(transfer->sha256, sizeof transfer->sha256);
        ck_assert_msg(
                strcmp(sum, expected) == 0, "%s, %s, %s: SHA-256 %s", recovery, control, agreement, sum);
        whole_run_clear(&run);
}

START_TEST(every_recovery_under_every_control_delivers_the_same_bytes)
{
        const char *recovery = recoveries[(unsigned)_i / G_N_ELEMENTS(controls)];
        const char *control = controls[(unsigned)_i % G_N_ELEMENTS(controls)];
        for (unsigned i = 0; i < G_N_ELEMENTS(agreements); i++)
                ck_the_same_bytes(recovery, control, agreements[i]);
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("every_control");
        tcase_set_timeout(cases, 60);
        tcase_add_loop_test(
                cases, every_recovery_under_every_control_delivers_the_same_bytes, 0, COMBINATIONS);
        Suite *suite = suite_create("every_control");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
