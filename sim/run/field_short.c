/*
 * Mappings that may be written short: their first keys' values one after another, as tc-netem writes them.
 * `reorder: 5% 8ms` is `reorder: { probability: 5%, delay: 8ms }`.
 */
#include "run/field.h"

static char *names_of(const struct field *fields, unsigned count)
{
        g_autoptr(GString) names = g_string_new(NULL);
        for (unsigned i = 0; i < count; i++)
                g_string_append_printf(names, "%s%s", i > 0 ? " " : "", fields[i].name);
        return g_string_free(g_steal_pointer(&names), FALSE);
}

static unsigned required_of(const struct field *fields, unsigned count)
{
        unsigned required = 0;
        while (required < count && fields[required].is_required)
                required++;
        return required;
}

bool field_read_words(struct field_reader *reader, const char *what, const struct field *fields,
        unsigned count, char *const *words, struct mark mark, void *record)
{
        unsigned given = g_strv_length((char **)words);
        if (given > count || given < required_of(fields, count)) {
                g_autofree char *names = names_of(fields, count);
                return field_fail(
                        reader, mark, "%s: %u values; accepted: up to %u, %s", what, given, count, names);
        }
        for (unsigned i = 0; i < given; i++) {
                g_autoptr(YamlNode) word = tree_text_new(words[i]);
                word->mark = mark;
                struct field field = fields[i];
                if (i == 0)
                        field.name = what; /* a lone value is that key's */
                if (!field_read(reader, &field, word, record))
                        return false;
        }
        return true;
}

char **field_words(const char *text)
{
        g_auto(GStrv) parts = g_strsplit_set(text, " \t\r\n", -1);
        GStrvBuilder *words = g_strv_builder_new();
        for (char **part = parts; *part; part++)
                if (**part != '\0')
                        g_strv_builder_add(words, *part);
        char **kept = g_strv_builder_end(words);
        g_strv_builder_unref(words);
        return kept;
}

/* `most` says how many of the table's first keys the short form has. */
static bool read_short(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        if (node->kind != YAML_TEXT || tree_is_empty(node))
                return field_table_read(reader, field->table, node, value);
        g_auto(GStrv) words = field_words(node->text);
        return field_read_words(
                reader, field->name, field->table->fields, (unsigned)field->most, words, node->mark, value);
}

/* Whether all keys but the first are as if nothing had been said. */
static bool is_plain(const struct field_writer *writer, const struct field *field, const void *value)
{
        for (const struct field *other = field->table->fields + 1; other->name; other++) {
                g_autoptr(YamlNode) node = field_write(writer, other, value);
                g_autoptr(YamlNode) plain = field_write(writer, other, field->defaults);
                g_autofree char *text = tree_print(node);
                g_autofree char *plain_text = tree_print(plain);
                if (!g_str_equal(text, plain_text))
                        return false;
        }
        return true;
}

static struct yaml_node *write_short(
        const struct field_writer *writer, const struct field *field, const void *value)
{
        if (!writer->is_whole && is_plain(writer, field, value))
                return field_write(writer, field->table->fields, value);
        return field_table_write(writer, field->table, value);
}

const struct field_type field_short = { read_short, write_short };
