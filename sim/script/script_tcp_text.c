/*
 * TCP segments as text, as tcpdump prints them: flags, start:end(size), ack, win, urg, options.
 */
#include "script/script_text.h"

#include <string.h>
#include "wire/tcp_segment.h"

#define PAYLOAD_MAX 65535 /* what an IP packet can carry; expected segments may be several together */

static const struct {
        char letter;
        uint16_t flag;
        bool is_ace; /* one of the three bits that a digit stands for */
} flag_letters[] = {
        { 'F', TCP_FLAG_FIN, false },
        { 'S', TCP_FLAG_SYN, false },
        { 'R', TCP_FLAG_RST, false },
        { 'P', TCP_FLAG_PSH, false },
        { '.', TCP_FLAG_ACK, false },
        { 'U', TCP_FLAG_URG, false },
        { 'E', TCP_FLAG_ECE, true },
        { 'W', TCP_FLAG_CWR, true },
        { 'A', TCP_FLAG_AE, true },
};

/* ---- Flags ---- */

static uint16_t ace_bits(char digit)
{
        unsigned ace = (unsigned)(digit - '0');
        return (uint16_t)((ace & 4 ? TCP_FLAG_AE : 0) | (ace & 2 ? TCP_FLAG_CWR : 0) |
                          (ace & 1 ? TCP_FLAG_ECE : 0));
}

/* The bits of one character; 0: it is no flag. */
static uint16_t flag_bits(char letter, bool *is_ace)
{
        for (size_t i = 0; i < G_N_ELEMENTS(flag_letters); i++) {
                if (flag_letters[i].letter != letter)
                        continue;
                *is_ace = flag_letters[i].is_ace;
                return flag_letters[i].flag;
        }
        return 0;
}

static bool set_flag(struct reader *reader, struct script_place place, char letter, struct script_tcp *tcp)
{
        if (letter >= '0' && letter <= '7') {
                if (tcp->has_ace || (tcp->flags & (TCP_FLAG_AE | TCP_FLAG_CWR | TCP_FLAG_ECE)))
                        return reader_complain_at(reader, place,
                                "the ACE field is one digit, and cannot be mixed with E, W and A");
                tcp->has_ace = true;
                tcp->flags |= ace_bits(letter);
                return true;
        }
        bool is_ace = false;
        uint16_t bits = flag_bits(letter, &is_ace);
        if (bits == 0)
                return reader_complain_at(reader, place,
                        "'%c' is no TCP flag; known are F S R P U E W A, '.' for ACK, '-' for none and the "
                        "digits 0 to 7 for the ACE field",
                        letter);
        if (is_ace && tcp->has_ace)
                return reader_complain_at(
                        reader, place, "the ACE field is one digit, and cannot be mixed with E, W and A");
        tcp->flags |= bits;
        return true;
}

/* Whether the token in view goes on with the flags: a word first, then "." or ".5". */
static bool goes_on(const struct reader *reader, size_t taken)
{
        const struct token *token = &reader->now;
        if (taken > 0 && token->is_spaced)
                return false;
        if (token->kind == TOKEN_WORD)
                return taken == 0;
        return reader_is(reader, '.') || (token->kind == TOKEN_FLOAT && token->raw[0] == '.');
}

static bool read_flags(struct reader *reader, struct script_tcp *tcp)
{
        if (reader_take(reader, '-'))
                return true;
        if (!goes_on(reader, 0))
                return reader_expected(reader, "the flags, like S, S., P. or '-' for none");
        for (size_t taken = 0; goes_on(reader, taken); taken++) {
                struct script_place place = reader->now.place;
                g_autofree char *letters =
                        reader->now.kind == TOKEN_SYMBOL ? g_strdup(".") : g_strdup(reader->now.text);
                for (size_t i = 0; letters[i] != '\0'; i++, place.column++)
                        if (!set_flag(reader, place, letters[i], tcp))
                                return false;
                reader_advance(reader);
        }
        return true;
}

/* ---- Numbers ---- */

/* "1234 > 80", or nothing */
static bool read_ports(struct reader *reader, struct script_tcp *tcp)
{
        uint32_t source;
        uint32_t destination;
        if (reader->now.kind != TOKEN_INTEGER)
                return true;
        if (!reader_number(reader, UINT16_MAX, "the source port", &source) ||
                !reader_expect(reader, '>', "after the source port") ||
                !reader_number(reader, UINT16_MAX, "the destination port", &destination))
                return false;
        tcp->has_ports = true;
        tcp->source_port = (uint16_t)source;
        tcp->destination_port = (uint16_t)destination;
        return true;
}

static bool read_range(struct reader *reader, enum script_direction direction, struct script_tcp *tcp)
{
        struct script_place place = reader->now.place;
        if (!script_read_range(reader, &tcp->range))
                return false;
        if (direction == SCRIPT_INJECTED && tcp->range.size > PAYLOAD_MAX)
                return reader_complain_at(reader, place, "no packet has %u bytes of payload; %d are the most",
                        tcp->range.size, PAYLOAD_MAX);
        return true;
}

static bool read_ack(struct reader *reader, struct script_tcp *tcp)
{
        tcp->has_ack = reader_take_word(reader, "ack");
        return !tcp->has_ack || reader_number(reader, UINT32_MAX, "ack", &tcp->ack);
}

static bool read_window(struct reader *reader, enum script_direction direction, struct script_tcp *tcp)
{
        uint32_t window;
        if (!reader_is_word(reader, "win"))
                return direction == SCRIPT_EXPECTED ||
                       reader_expected(reader, "win and the window: an injected segment needs it");
        reader_advance(reader);
        if (!reader_number(reader, UINT16_MAX, "win", &window))
                return false;
        tcp->has_window = true;
        tcp->window = (uint16_t)window;
        return true;
}

static bool read_urgent(struct reader *reader, struct script_tcp *tcp)
{
        uint32_t urgent;
        if (!reader_take_word(reader, "urg"))
                return true;
        if (!reader_number(reader, UINT16_MAX, "urg", &urgent))
                return false;
        tcp->urgent = (uint16_t)urgent;
        return true;
}

bool script_read_tcp(struct reader *reader, enum script_direction direction, struct script_tcp *tcp)
{
        tcp->options = g_array_new(FALSE, TRUE, sizeof(struct script_option));
        return read_ports(reader, tcp) && read_flags(reader, tcp) && read_range(reader, direction, tcp) &&
               read_ack(reader, tcp) && read_window(reader, direction, tcp) && read_urgent(reader, tcp) &&
               script_read_tcp_options(reader, direction, tcp);
}
