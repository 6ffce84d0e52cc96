/*
 * inorder: a deterministic simulator of TCP over lossy IP links. Finds the command and runs it.
 */
#include "cli/command.h"

#include <locale.h>
#include <openssl/crypto.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

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
        { "bench", "[WORKLOAD]...", "measure speed: W1 W2 W3 W4a W4b W4c, and W4d if named", cmd_bench },
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

/* What the command has come to: 0 until it says otherwise. */
static int status;

static bool reader_has_left(void)
{
        struct pollfd output = { .fd = STDOUT_FILENO };
        return poll(&output, 1, 0) == 1 && (output.revents & POLLERR) != 0;
}

/* What is printed has to arrive, but with a reader who has left. At every exit, since GLib prints a command's
 * --help and ends the program itself. */
static void close_output(void)
{
        bool has_failed = ferror(stdout);
        if ((fflush(stdout) != EOF && !has_failed) || status != EXIT_OK || reader_has_left())
                return;
        g_printerr("inorder: error: cannot write all of it to standard output\n");
        _exit(EXIT_RUN_TIME);
}

static int end_with(enum exit_status end)
{
        status = (int)end;
        return status;
}

int main(int argc, char **argv)
{
        setlocale(LC_CTYPE, "C.UTF-8");
        atexit(close_output);
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
        /* No file of the machine's changes what OpenSSL computes, nor is one read at every start. */
        OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
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
