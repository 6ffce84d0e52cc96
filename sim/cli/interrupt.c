/*
 * The signals that ask a command to end.
 */
#include "cli/interrupt.h"

#include <signal.h>
#include <stddef.h>

/* The only thing that a signal can reach. */
static volatile sig_atomic_t interrupted;

static void on_signal(int signal_number)
{
        interrupted = signal_number;
}

const volatile int *interrupt_catch(void)
{
        static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
        const struct sigaction action = { .sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND };
        for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
                sigaction(signals[i], &action, NULL);
        return &interrupted;
}
