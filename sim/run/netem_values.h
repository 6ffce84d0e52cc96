/*
 * A netem line being read: its words, and the keys that they come to. For netem_line.c alone.
 */
#ifndef INORDER_NETEM_VALUES_H
#define INORDER_NETEM_VALUES_H

#include "run/field.h"

/* One line being read. */
struct netem_line {
        struct field_reader *reader;
        struct mark mark;
        char **next;              /* word */
        struct yaml_node *link;   /* what it comes to: keys of a link's direction … */
        struct yaml_node *impair; /* … and of its impairments; NULL: not yet */
        const char *distribution; /* of a jitter that may come behind it; NULL: none */
        char *gap;                /* the same of reordering */
};

/* Nodes with the line's mark. */
struct yaml_node *netem_text(const struct netem_line *line, const char *text);
struct yaml_node *netem_map(const struct netem_line *line);
/* A mapping of its own for the key. */
struct yaml_node *netem_add_map(struct netem_line *line, struct yaml_node *map, const char *key);
struct yaml_node *netem_impair(struct netem_line *line);

/* Always false. */
bool netem_fail_value(struct netem_line *line, const char *what);
/* The next word is a number. */
bool netem_is_value(const struct netem_line *line);
/* tc prints a value's name before it. */
void netem_skip_name(struct netem_line *line);

/* The next word, translated, for the key; and if it is a number. */
bool netem_add_value(
        struct netem_line *line, struct yaml_node *map, const char *key, char *(*translate)(const char *word));
bool netem_add_if_given(
        struct netem_line *line, struct yaml_node *map, const char *key, char *(*translate)(const char *word));
/* All numbers that follow, with spaces between; the caller frees. */
char *netem_take_values(struct netem_line *line, char *(*translate)(const char *word));
/* One of netem's, or a file. */
void netem_add_distribution(struct netem_line *line, struct yaml_node *map, const char *name);

#endif
