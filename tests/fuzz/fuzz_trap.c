/*
 * GLib's g_error() ends in a trap, of which libFuzzer knows nothing. It becomes an abort, so that the input
 * is kept.
 */
#include <glib.h>
#include <signal.h>
#include <stdlib.h>

/* What libFuzzer calls first. */
int LLVMFuzzerInitialize(int *count, char ***arguments);

static void on_trap(int number G_GNUC_UNUSED)
{
        abort();
}

int LLVMFuzzerInitialize(int *count G_GNUC_UNUSED, char ***arguments G_GNUC_UNUSED)
{
        signal(SIGTRAP, on_trap);
        return 0;
}
