/*
 * The parser's hand on the script: the token in view, what is taken and expected, and the one complaint.
 *
 * Reading functions answer false after a complaint. When no token can be made of the text, the token in view is bad
 * and nothing matches it, so that whoever reads on complains, which is not noted, and ends.
 */
#ifndef INORDER_SCRIPT_READER_H
#define INORDER_SCRIPT_READER_H

#include "script/script_lexer.h"

struct reader {
        struct lexer lexer;
        struct token now;
        GString *spoken; /* what was taken since reader_begin_text(), blanks folded */
        bool is_ipv6;    /* on the wire */
};

void reader_init(struct reader *reader, const char *name, const char *text, size_t size, GHashTable *macros, GError **error);
void reader_clear(struct reader *reader);

void reader_advance(struct reader *reader);
bool reader_is(const struct reader *reader, char symbol);
bool reader_is_word(const struct reader *reader, const char *word);
/* Take it if it is there. */
bool reader_take(struct reader *reader, char symbol);
bool reader_take_word(struct reader *reader, const char *word);
/* Take it or complain; `where` goes on: "after the option's name". */
bool reader_expect(struct reader *reader, char symbol, const char *where);
bool reader_expect_word(struct reader *reader, const char *word, const char *where);
/* A number from 0 to `most`; `noun` is "the window". */
bool reader_number(struct reader *reader, uint32_t most, const char *noun, uint32_t *value);

/* "'win'", "the end of the script": the token in view, for messages. The caller frees. */
char *reader_found(const struct reader *reader);

/* Always false. Without a place: at the token in view. */
bool reader_complain(struct reader *reader, const char *format, ...) G_GNUC_PRINTF(2, 3);
bool reader_complain_at(struct reader *reader, struct script_place place, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* "expected WHAT, not 'win'" */
bool reader_expected(struct reader *reader, const char *what);
/* It is right, but not for us. */
bool reader_refuse(struct reader *reader, struct script_place place, const char *what);

void reader_begin_text(struct reader *reader);
char *reader_text(const struct reader *reader); /* the caller frees */

#endif
