/*
 * What TCP noticed and decided during one transfer: the notes in events.csv.
 */
#ifndef INORDER_NOTE_TABLE_H
#define INORDER_NOTE_TABLE_H

#include <glib.h>
#include "units.h"

struct note_row {
        time_ns time;
        const char *host;
        int64_t connection;
        const char *name; /* "recovery-entered" */
        const char *why;
        int64_t value;
};

typedef struct NoteTable NoteTable;

/* A run that kept only its segments has an empty one. */
NoteTable *note_table_read(const char *directory, const char *transfer, GError **error);
void note_table_free(NoteTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NoteTable, note_table_free)

unsigned note_table_count(const NoteTable *table);
const struct note_row *note_table_at(const NoteTable *table, unsigned index);

#endif
