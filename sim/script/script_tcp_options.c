/*
 * TCP options as text: <mss 1460,sackOK,TS val 100 ecr 0,nop,wscale 7>. In wire order, whatever it is.
 */
#include "script/script_text.h"

#include <string.h>

#define OPTIONS_BYTES_MAX 40
#define COUNTER_MAX       0xffffff /* of accurate ECN: 24 bits */

/* ---- One option each ---- */

static bool read_nothing(struct reader *reader, struct script_option *option)
{
        (void)reader;
        (void)option;
        return true;
}

static bool read_mss(struct reader *reader, struct script_option *option)
{
        return reader_number(reader, UINT16_MAX, "mss", &option->number);
}

static bool read_window_scale(struct reader *reader, struct script_option *option)
{
        return reader_number(reader, UINT8_MAX, "wscale", &option->number);
}

static bool read_timestamps(struct reader *reader, struct script_option *option)
{
        return reader_expect_word(reader, "val", "after TS") &&
               reader_number(reader, UINT32_MAX, "the timestamp's val", &option->number) &&
               reader_expect_word(reader, "ecr", "after the timestamp's val") &&
               reader_number(reader, UINT32_MAX, "the timestamp's ecr", &option->echo);
}

static bool read_block(struct reader *reader, struct script_option *option)
{
        if (option->count == SCRIPT_SACK_BLOCKS_MAX)
                return reader_complain(
                        reader, "an option has room for %d SACK blocks", SCRIPT_SACK_BLOCKS_MAX);
        unsigned index = option->count++;
        return reader_number(reader, UINT32_MAX, "the SACK block's left edge", &option->left[index]) &&
               reader_expect(reader, ':', "after the SACK block's left edge") &&
               reader_number(reader, UINT32_MAX, "the SACK block's right edge", &option->right[index]);
}

static bool read_sack(struct reader *reader, struct script_option *option)
{
        do {
                if (!read_block(reader, option))
                        return false;
        } while (reader->now.kind == TOKEN_INTEGER);
        return true;
}

/* Bytes as hexadecimal digits, which are a word or look like a number; none are fine. */
static bool read_bytes(struct reader *reader, struct script_option *option)
{
        if (reader->now.kind != TOKEN_WORD && reader->now.kind != TOKEN_INTEGER)
                return true;
        const char *digits = reader->now.text;
        size_t count = strlen(digits);
        if (strspn(digits, "0123456789abcdefABCDEF") != count || count % 2 != 0)
                return reader_complain(
                        reader, "'%s' is no cookie: an even number of hexadecimal digits", digits);
        if (count / 2 > SCRIPT_OPTION_BYTES_MAX)
                return reader_complain(reader, "a cookie of %zu bytes does not fit in a header", count / 2);
        for (size_t i = 0; i < count / 2; i++)
                option->bytes[i] = (uint8_t)(g_ascii_xdigit_value(digits[2 * i]) * 16 +
                                             g_ascii_xdigit_value(digits[2 * i + 1]));
        option->count = (unsigned)(count / 2);
        reader_advance(reader);
        return true;
}

/* Counters in wire order, of which the last may be left out. RFC 9768 section 3.2.3. */
static bool read_counters(struct reader *reader, struct script_option *option)
{
        static const char *const orders[2][3] = { { "e0b", "ceb", "e1b" }, { "e1b", "ceb", "e0b" } };
        bool begins_with_1 = reader_is_word(reader, "e1b");
        if (!begins_with_1 && !reader_is_word(reader, "e0b"))
                return reader_expected(reader, "e0b or e1b after ECN");
        option->kind = begins_with_1 ? SCRIPT_OPTION_ACCURATE_ECN_1 : SCRIPT_OPTION_ACCURATE_ECN_0;
        for (unsigned i = 0; i < 3 && reader_take_word(reader, orders[begins_with_1][i]); i++) {
                if (!reader_number(reader, COUNTER_MAX, orders[begins_with_1][i], &option->left[i]))
                        return false;
                option->count = i + 1;
        }
        return true;
}

static bool refuse_md5(struct reader *reader, struct script_option *option)
{
        return reader_refuse(reader, option->place, "the MD5 option");
}

static const struct option_word {
        const char *word;
        enum script_option_kind kind;
        bool (*read)(struct reader *reader, struct script_option *option);
} option_words[] = {
        { "eol", SCRIPT_OPTION_END, read_nothing },
        { "nop", SCRIPT_OPTION_NOP, read_nothing },
        { "mss", SCRIPT_OPTION_MSS, read_mss },
        { "wscale", SCRIPT_OPTION_WINDOW_SCALE, read_window_scale },
        { "sackOK", SCRIPT_OPTION_SACK_PERMITTED, read_nothing },
        { "sack", SCRIPT_OPTION_SACK, read_sack },
        { "TS", SCRIPT_OPTION_TIMESTAMPS, read_timestamps },
        { "FO", SCRIPT_OPTION_FAST_OPEN, read_bytes },
        { "FOEXP", SCRIPT_OPTION_FAST_OPEN_EXP, read_bytes },
        { "md5", SCRIPT_OPTION_MD5, refuse_md5 },
        { "ECN", SCRIPT_OPTION_ACCURATE_ECN_0, read_counters },
};

/* ---- The list ---- */

size_t script_option_size(const struct script_option *option)
{
        switch (option->kind) {
        case SCRIPT_OPTION_END:
        case SCRIPT_OPTION_NOP:
                return 1;
        case SCRIPT_OPTION_MSS:
                return 4;
        case SCRIPT_OPTION_WINDOW_SCALE:
                return 3;
        case SCRIPT_OPTION_SACK_PERMITTED:
                return 2;
        case SCRIPT_OPTION_SACK:
                return 2 + 8 * option->count;
        case SCRIPT_OPTION_TIMESTAMPS:
                return 10;
        case SCRIPT_OPTION_FAST_OPEN:
        case SCRIPT_OPTION_MD5:
                return 2 + option->count;
        case SCRIPT_OPTION_FAST_OPEN_EXP:
                return 4 + option->count;
        case SCRIPT_OPTION_ACCURATE_ECN_0:
        case SCRIPT_OPTION_ACCURATE_ECN_1:
                return 2 + 3 * option->count;
        }
        g_assert_not_reached();
}

static bool read_option(struct reader *reader, struct script_option *option)
{
        for (size_t i = 0; i < G_N_ELEMENTS(option_words); i++) {
                const struct option_word *word = &option_words[i];
                if (!reader_is_word(reader, word->word))
                        continue;
                *option = (struct script_option){ .kind = word->kind, .place = reader->now.place };
                reader_advance(reader);
                return word->read(reader, option);
        }
        return reader_expected(
                reader, "a TCP option: mss, nop, eol, wscale, sackOK, sack, TS, FO, FOEXP or ECN");
}

static bool check_size(struct reader *reader, struct script_place place, const struct script_tcp *tcp)
{
        size_t size = 0;
        for (unsigned i = 0; i < tcp->options->len; i++)
                size += script_option_size(&g_array_index(tcp->options, struct script_option, i));
        if (size > OPTIONS_BYTES_MAX)
                return reader_complain_at(reader, place,
                        "these options take %zu bytes; a header has room for %d", size, OPTIONS_BYTES_MAX);
        if (size % 4 != 0)
                return reader_complain_at(reader, place,
                        "these options take %zu bytes, which is no multiple of 4; add %zu nop", size,
                        4 - size % 4);
        return true;
}

static bool read_list(struct reader *reader, struct script_tcp *tcp)
{
        do {
                struct script_option option;
                if (!read_option(reader, &option))
                        return false;
                g_array_append_val(tcp->options, option);
        } while (reader_take(reader, ','));
        return reader_expect(reader, '>', "or ',' after an option");
}

bool script_read_tcp_options(struct reader *reader, enum script_direction direction, struct script_tcp *tcp)
{
        struct script_place place = reader->now.place;
        if (!reader_take(reader, '<'))
                return true;
        if (reader->now.kind != TOKEN_ELLIPSIS) {
                tcp->options_form = SCRIPT_OPTIONS_GIVEN;
                return read_list(reader, tcp) && check_size(reader, place, tcp);
        }
        if (direction == SCRIPT_INJECTED)
                return reader_complain(reader,
                        "an injected segment's options must be written out; <...> is for expected ones");
        tcp->options_form = SCRIPT_OPTIONS_ANY;
        reader_advance(reader);
        return reader_expect(reader, '>', "after ...");
}
