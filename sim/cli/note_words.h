/*
 * What TCP says about itself, in words.
 */
#ifndef INORDER_NOTE_WORDS_H
#define INORDER_NOTE_WORDS_H

#include <json-glib/json-glib.h>

/* Of tcp.note, behind the host's name: "takes bytes 1448 to 2895 for lost, by RACK"; NULL: its words are not known. The
 * caller frees. */
char *note_words(JsonObject *event);

#endif
