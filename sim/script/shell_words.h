/*
 * A shell text as commands of words: quotes, ; && || | > and $((arithmetic)).
 */
#ifndef INORDER_SHELL_WORDS_H
#define INORDER_SHELL_WORDS_H

#include <glib.h>
#include <stdbool.h>

enum shell_separator { SHELL_END, SHELL_SEQUENCE, SHELL_AND, SHELL_OR, SHELL_PIPE };

struct shell_command {
        GPtrArray *words; /* of char *, NULL-terminated: pdata is a string vector */
        char *text;
        char *output; /* where > leads; NULL: nowhere else */
        bool is_negated;
        enum shell_separator after; /* what stands behind it */
};

/* Of UTF-8. Of struct shell_command *; NULL: it holds more of the shell than we know. */
GPtrArray *shell_split(const char *text);
unsigned shell_word_count(const struct shell_command *command);

#endif
