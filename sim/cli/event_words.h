/*
 * A line of trace.ndjson in words.
 */
#ifndef INORDER_EVENT_WORDS_H
#define INORDER_EVENT_WORDS_H

#include <json-glib/json-glib.h>

/* "0.087780  core → isp loses www's bytes 2896 to 4343 (fault by lose-third)". The caller frees. */
char *event_words(JsonObject *event);

#endif
