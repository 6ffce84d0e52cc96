/*
 * Making a gnuplot script of a template.
 *
 * In a template `@{name}` stands for a value, and a line that begins with `@mark ` is kept, without that
 * word, only when the mark is used. A picture's legend then names what the picture shows, and nothing else.
 */
#ifndef INORDER_GP_TEMPLATE_H
#define INORDER_GP_TEMPLATE_H

#include <glib.h>

/* `values`: from name to text; `marks`: a set of names. A value that is not there is our own mistake. */
char *gp_template_expand(const char *text, GHashTable *values, GHashTable *marks);

/* A string of gnuplot's in single quotes, in which nothing is special: no escapes, no commands in backquotes.
 * Control characters become spaces. The caller frees. */
char *gp_quote(const char *text);

#endif
