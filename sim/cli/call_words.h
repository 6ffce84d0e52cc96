/*
 * Socket calls in words.
 */
#ifndef INORDER_CALL_WORDS_H
#define INORDER_CALL_WORDS_H

#include <json-glib/json-glib.h>

/* Of socket.call, behind the host's name: "reads 116 bytes (http-server-www)". The caller frees. */
char *call_words(JsonObject *event);

#endif
