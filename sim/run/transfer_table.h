/*
 * transfers.csv: one row for each program with a name, with the figures of the summary. docs/trace.md
 * explains every column.
 */
#ifndef INORDER_TRANSFER_TABLE_H
#define INORDER_TRANSFER_TABLE_H

#include <glib.h>

#include "run/figures.h"

/* The header, and a row with the figures of each; both end in a line break. */
void transfer_table_append_header(GString *text);
void transfer_table_append_row(GString *text, const struct transfer_facts *facts);

#endif
