/*
 * Fields of a CSV line as text. RFC 4180, with lines that end in a bare LF.
 */
#ifndef INORDER_CSV_TEXT_H
#define INORDER_CSV_TEXT_H

#include <glib.h>

/* In quotes where it must be; NULL and "" become "-", since a text is never empty. */
void csv_append_text(GString *line, const char *text);

#endif
