/*
 * Appending to a GString where it is: g_string_append_len() for writers of millions of short pieces, without a call
 * while there is room (a tenth of a traced run's time).
 */
#ifndef INORDER_TEXT_APPEND_H
#define INORDER_TEXT_APPEND_H

#include <glib.h>
#include <string.h>

static inline void text_append(GString *text, const char *bytes, size_t size)
{
        if (text->len + size >= text->allocated_len) {
                g_string_append_len(text, bytes, (gssize)size);
                return;
        }
        memcpy(text->str + text->len, bytes, size);
        text->len += size;
        text->str[text->len] = '\0';
}

#endif
