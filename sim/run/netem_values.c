/*
 * Words of a netem line as values of keys.
 */
#include "run/netem_values.h"

#include "run/tc_words.h"

#include <string.h>

struct yaml_node *netem_text(const struct netem_line *line, const char *text)
{
        struct yaml_node *node = tree_text_new(text);
        node->mark = node->key_mark = line->mark;
        return node;
}

struct yaml_node *netem_map(const struct netem_line *line)
{
        struct yaml_node *node = tree_map_new();
        node->mark = node->key_mark = line->mark;
        return node;
}

struct yaml_node *netem_add_map(struct netem_line *line, struct yaml_node *map, const char *key)
{
        struct yaml_node *added = netem_map(line);
        tree_map_set(map, key, added);
        return added;
}

struct yaml_node *netem_impair(struct netem_line *line)
{
        if (!line->impair)
                line->impair = netem_add_map(line, line->link, "impair");
        return line->impair;
}

bool netem_fail_value(struct netem_line *line, const char *what)
{
        return field_fail(
                line->reader, line->mark, "netem: no value behind '%s'; accepted: one, as tc takes it", what);
}

bool netem_is_value(const struct netem_line *line)
{
        return tc_is_number(*line->next);
}

void netem_skip_name(struct netem_line *line)
{
        static const char *const names[] = { "p", "r", "1-h", "1-k", "p13", "p31", "p32", "p23", "p14",
                "packetoverhead", "cellsize", "celloverhead", NULL };
        if (*line->next && g_strv_contains(names, *line->next))
                line->next++;
}

bool netem_add_value(
        struct netem_line *line, struct yaml_node *map, const char *key, char *(*translate)(const char *word))
{
        if (!*line->next || !tc_is_number(*line->next + (**line->next == '+')))
                return netem_fail_value(line, key);
        g_autofree char *text = translate(*line->next++);
        tree_map_set(map, key, netem_text(line, text));
        return true;
}

bool netem_add_if_given(
        struct netem_line *line, struct yaml_node *map, const char *key, char *(*translate)(const char *word))
{
        return !netem_is_value(line) || netem_add_value(line, map, key, translate);
}

char *netem_take_values(struct netem_line *line, char *(*translate)(const char *word))
{
        GString *text = g_string_new(NULL);
        for (netem_skip_name(line); netem_is_value(line); netem_skip_name(line)) {
                g_autofree char *value = translate(*line->next++);
                g_string_append_printf(text, "%s%s", text->len > 0 ? " " : "", value);
        }
        return g_string_free(text, FALSE);
}

/* Those that netem has, or a file. */
void netem_add_distribution(struct netem_line *line, struct yaml_node *map, const char *name)
{
        bool is_file = strpbrk(name, "./") != NULL;
        if (is_file)
                tree_map_set(netem_add_map(line, map, "distribution"), "file", netem_text(line, name));
        else
                tree_map_set(map, "distribution", netem_text(line, name));
}
