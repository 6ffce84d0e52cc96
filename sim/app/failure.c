/*
 * Failures, as the summary words them.
 */
#include "app/failure.h"

#include <errno.h>
#include <string.h>

void failure_note(struct transfer *transfer, const char *format, ...)
{
        if (!transfer || transfer->failure)
                return;
        va_list arguments;
        va_start(arguments, format);
        transfer->failure = g_strdup_vprintf(format, arguments);
        va_end(arguments);
        transfer->outcome = TRANSFER_FAILED;
}

void failure_note_call(struct transfer *transfer, const char *call, int error)
{
        if (error != ECANCELED)
                failure_note(transfer, "%s: %s", call, strerrorname_np(error));
}
