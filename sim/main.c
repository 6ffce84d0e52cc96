/*
 * inorder: a deterministic simulator of TCP over lossy IP links. Finds the command and runs it.
 */
#include "cli/command.h"

#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <sys/resource.h>

static const struct command commands[] = {
        { "run", "SCENARIO", "run a scenario and keep what happened", cmd_run },
        { "fetch", "URL", "fetch a URL across one link described on the command line", cmd_fetch },
        { "plot", "DIR [KIND]...", "draw a run's pictures", cmd_plot },
        { "report", "DIR...", "one HTML file of a run", NULL },
        { "explain", "DIR", "why a byte or packet went the way it did", NULL },
        { "verify", "DIR", "run again and compare", cmd_verify },
        { "diff", "DIR1 DIR2", "the first event that differs", cmd_diff },
        { "check", "SCENARIO", "say whether a scenario is valid", cmd_check },
        { "dump", "SCENARIO", "print a scenario's canonical form", cmd_dump },
        { "drill", "SCRIPT.pkt...", "run packet scripts against this TCP", cmd_drill },
        { "bench", "[WORKLOAD]...", "measure speed", cmd_bench },
        { "sweep", "SCENARIO", "run every combination of values", NULL },
        { "explore", "SCENARIO", "search for failures", NULL },
        { "emulate", "SCENARIO", "carry real packets", NULL },
        { "import", "CAPTURE", "make a scenario of a capture", NULL },
};

static void print_usage(FILE *out)
{
        fputs("usage: inorder COMMAND [OPTION]... [ARGUMENT]...\n\n", out);
        for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
                fprintf(out, "  %-8s %-16s %s%s\n", commands[i].name, commands[i].arguments,
                        commands[i].purpose, commands[i].run == NULL ? " (not yet available)" : "");
        fputs("\ninorder COMMAND --help tells a command's options.\n", out);
}

static const struct command *find_command(const char *name)
{
        for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
                if (g_str_equal(commands[i].name, name))
                        return &commands[i];
        }
        return NULL;
}

/* A run has a file for each host: as many as the system lets us have, not the shell's usual 1024. */
static void allow_many_files(void)
{
        struct rlimit limit;
        if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
                return;
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
}

/* What is printed has to arrive, but with a reader who has left. */
static int end_with(enum exit_status status)
{
        if (fflush(stdout) != EOF || errno == EPIPE || status != EXIT_OK)
                return (int)status;
        g_printerr("inorder: error: cannot write to standard output: %s\n", g_strerror(errno));
        return EXIT_RUN_TIME;
}

int main(int argc, char **argv)
{
        setlocale(LC_CTYPE, "C.UTF-8");
        if (argc < 2) {
                print_usage(stderr);
                return EXIT_USAGE;
        }
        if (g_str_equal(argv[1], "--help") || g_str_equal(argv[1], "-h")) {
                print_usage(stdout);
                return end_with(EXIT_OK);
        }
        if (g_str_equal(argv[1], "--version")) {
                puts("inorder " INORDER_VERSION);
                return end_with(EXIT_OK);
        }
        allow_many_files();
        const struct command *command = find_command(argv[1]);
        if (command == NULL) {
                g_printerr(
                        "inorder: error: there is no command \"%s\"; inorder --help lists them\n", argv[1]);
                return EXIT_USAGE;
        }
        if (command->run == NULL) {
                g_printerr("inorder: error: %s is not yet available\n", command->name);
                return EXIT_USAGE;
        }
        return end_with(command->run(command, argc - 1, argv + 1));
}
