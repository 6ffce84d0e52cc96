/*
 * inorder drill: packet scripts against our TCP, or against this machine's kernel.
 */
#include "cli/command.h"

#include "drill/script_runner.h"

#include <stdio.h>

enum exit_status cmd_drill(const struct command *command, int argc, char **argv)
{
        (void)command;
        enum exit_status status = EXIT_OK;
        for (int i = 1; i < argc; i++) {
                g_autoptr(GError) error = NULL;
                g_autofree char *text = NULL;
                gsize size;
                static const struct run_rules kernel = { .stack = &stack_kernel };
                static const struct run_rules ours = { .stack = &stack_simulated };
                const struct run_rules *rules = g_getenv("KERNEL") ? &kernel : &ours;
                if (!g_file_get_contents(argv[i], &text, &size, &error)) return command_fail(error);
                struct script_given given = { 0 };
                g_autoptr(Script) script = script_parse(argv[i], text, size, &given, &error);
                if (script == NULL) { g_printerr("%s\n", error->message); status = EXIT_EXPECTATION; continue; }
                struct script_result result;
                script_run(script, rules, &result);
                if (result.verdict != SCRIPT_PASSED) {
                        status = EXIT_EXPECTATION;
                        printf("%s:%d:%d: %s: %s\n", argv[i], result.place.line, result.place.column, result.verdict == SCRIPT_FAILED ? "failed" : "not run", result.message);
                        if (result.expected) printf("  expected %s\n  seen     %s\n", result.expected, result.seen);
                        for (guint k = 0; k < result.exchange->len; k++) printf("    %s\n", (char *)result.exchange->pdata[k]);
                } else printf("%s: passed\n", argv[i]);
                for (guint k = 0; k < result.warnings->len; k++) printf("%s\n", (char *)result.warnings->pdata[k]);
                script_result_clear(&result);
        }
        return status;
}
