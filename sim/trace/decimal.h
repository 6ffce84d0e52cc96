/*
 * Integers and nanoseconds as decimal text: exact, and the same in every locale.
 */
#ifndef INORDER_DECIMAL_H
#define INORDER_DECIMAL_H

#include <glib.h>
#include <stdint.h>
#include "units.h"

void decimal_append_unsigned(GString *text, uint64_t number);
void decimal_append_signed(GString *text, int64_t number);

/* Seconds with nine digits behind the point: 1.234567890. */
void decimal_append_seconds(GString *text, duration_ns duration);

#endif
