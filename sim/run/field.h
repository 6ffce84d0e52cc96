/*
 * Tables that say what a scenario may contain: one row a key, with its type, its place in the value, and its
 * limits. The same row reads the key, writes it in the canonical form, and explains what would have been
 * accepted.
 *
 * Defaults are not in the tables: whoever makes a value fills it in before the file has its say.
 */
#ifndef INORDER_FIELD_H
#define INORDER_FIELD_H

#include "run/quantity.h"
#include "run/scenario.h"
#include "run/yaml_tree.h"

struct field_reader {
        Scenario *scenario; /* being filled in */
        GError **error;
};

struct field_writer {
        bool inputs;   /* see scenario_dump() */
        bool is_whole; /* nothing is left out for being the default: what is read begins elsewhere */
};

struct field;

/* How a key's value is read and written. `value` is at the row's offset in the record. */
struct field_type {
        bool (*read)(struct field_reader *reader, const struct field *field, const struct yaml_node *node,
                void *value);
        /* NULL: nothing to be written. */
        struct yaml_node *(*write)(
                const struct field_writer *writer, const struct field *field, const void *value);
};

/* A word and what it means. `is_later`: known, but this version does not do it. The last has no name. */
struct field_word {
        const char *name;
        int value;
        bool is_later;
};

struct field {
        const char *name;
        const struct field_type *type;
        size_t offset;
        size_t size; /* of the value, for types that come in several */
        bool is_required;
        bool is_shorthand; /* another way to say other keys; never written */
        const struct quantity_kind *quantity;
        uint64_t least;   /* of a quantity */
        uint64_t most;    /* 0: whatever fits */
        const char *zero; /* the word for a quantity of 0, which is otherwise bound by `least` */
        const struct field_word *words;
        const struct field_table *table; /* of a record, or a record's parts */
        const void *defaults;            /* of a record that may be written short */
        const struct field *inner;       /* of each direction */
        const char *hint; /* what a text must be */
};

/* No time of a scenario is longer than a year: hundreds of them can be added up. */
#define FIELD_TIME_MOST          ((uint64_t)8760 * 3600 * SECOND)
/* But what luck makes of two of them: four times a jitter (a distribution goes so far), beside another. */
#define FIELD_DRAWN_TIME_MOST    (8 * FIELD_TIME_MOST)

#define FIELD_AT(record, member) .offset = offsetof(record, member), .size = sizeof(((record *)NULL)->member)

struct field_table {
        const char *what;           /* "a link" */
        const struct field *fields; /* the last has no name */
        const struct field_table
                *base; /* its keys are accepted too, and read first; not written. NULL: none */
};

/* Every table, for the test that the manual knows all keys; the last is NULL. */
extern const struct field_table *const field_tables[];

/* Always false: "FILE:LINE:COL: error: …". */
bool field_fail(struct field_reader *reader, struct mark mark, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* The same, ending in "; did you mean 'sack'?" or "; accepted: on, off". */
bool field_fail_word(struct field_reader *reader, struct mark mark, const char *wrong,
        const char *const *words, const char *format, ...) G_GNUC_PRINTF(5, 6);

bool field_table_read(struct field_reader *reader, const struct field_table *table,
        const struct yaml_node *node, void *record);
struct yaml_node *field_table_write(
        const struct field_writer *writer, const struct field_table *table, const void *record);
/* NULL-terminated; the caller frees the array, not the names. */
const char **field_table_names(const struct field_table *table);

/* One key by its row, into or out of the record. */
bool field_read(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *record);
struct yaml_node *field_write(
        const struct field_writer *writer, const struct field *field, const void *record);

/* Values one after another, of the first of `count` keys; those that are required are there. */
bool field_read_words(struct field_reader *reader, const char *what, const struct field *fields,
        unsigned count, char *const *words, struct mark mark, void *record);
/* A text's words; g_strfreev() them. */
char **field_words(const char *text);

/* Where the text of a value stood; `otherwise` when it is a default. */
struct mark field_mark(const struct field_reader *reader, const void *value, struct mark otherwise);

/* The node is of that kind, or an error says what `what` should be. */
bool field_expect_kind(
        struct field_reader *reader, const char *what, const struct yaml_node *node, enum yaml_kind kind);

/* A name of a host, link, program or rule: letters, digits, '-', '_'. */
bool field_check_name(struct field_reader *reader, const char *what, const char *name, struct mark mark);

extern const struct field_type field_text;        /* char * */
extern const struct field_type field_name;        /* char *, see field_check_name() */
extern const struct field_type field_switch;      /* bool */
extern const struct field_type field_quantity;    /* an unsigned or signed integer of 1, 2, 4 or 8 bytes */
extern const struct field_type field_probability; /* struct probability */
extern const struct field_type field_address;     /* struct ip_address; any: not written */
extern const struct field_type
        field_choice; /* an enum; a size of 0: the one accepted word is stored nowhere */
extern const struct field_type field_record; /* a mapping with the table's keys */
extern const struct field_type
        field_short; /* the same; or, as a text, the values of its first `most` keys one after another */

#endif
