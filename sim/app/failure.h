/*
 * How programs tell that their work came to nothing.
 */
#ifndef INORDER_FAILURE_H
#define INORDER_FAILURE_H

#include "host/transfer.h"

/* A transfer's first failure stays. `transfer` NULL: nobody asks. */
void failure_note(struct transfer *transfer, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* The same for a call that failed: "connect: ECONNREFUSED". Not when the run is being torn down (ECANCELED):
 * then the transfer just did not finish. */
void failure_note_call(struct transfer *transfer, const char *call, int error);

#endif
