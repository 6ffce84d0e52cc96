/*
 * Times as text: 0.25, +.1, *, 1.0~1.2, +.1~+.3. Microseconds, as packetdrill's; further decimals are cut
 * off.
 */
#include "script/script_text.h"

#include <string.h>

#define SECONDS_MAX 1000000000 /* thirty years, far from the end of 64 bits of nanoseconds */

/* "1.25": microseconds as nanoseconds. */
static bool read_duration(struct reader *reader, duration_ns *duration)
{
        const struct token *token = &reader->now;
        if (token->kind != TOKEN_INTEGER && token->kind != TOKEN_FLOAT)
                return reader_expected(reader, "a time in seconds like 0.25 or +.1");
        if (token->text[0] == '-')
                return reader_complain(reader, "the time %s is negative", token->text);
        const char *digits = token->text;
        duration_ns seconds = 0;
        for (; g_ascii_isdigit(*digits) && seconds <= SECONDS_MAX; digits++)
                seconds = seconds * 10 + (*digits - '0');
        if (seconds > SECONDS_MAX)
                return reader_complain(
                        reader, "the time %s is too large; %d s is the most", token->text, SECONDS_MAX);
        duration_ns fraction = 0;
        duration_ns digit_worth = SECOND / 10;
        for (digits += *digits == '.'; g_ascii_isdigit(*digits) && digit_worth >= MICROSECOND; digits++) {
                fraction += (*digits - '0') * digit_worth;
                digit_worth /= 10;
        }
        *duration = seconds * SECOND + fraction;
        reader_advance(reader);
        return true;
}

static bool read_range_end(struct reader *reader, bool is_relative, struct script_time *time)
{
        if (is_relative && !reader_expect(reader, '+', "after ~: both ends of a relative range carry it"))
                return false;
        if (!is_relative && reader_is(reader, '+'))
                return reader_complain(reader, "both ends of a range carry +, or neither does");
        time->form = is_relative ? SCRIPT_TIME_RELATIVE_RANGE : SCRIPT_TIME_ABSOLUTE_RANGE;
        struct script_place place = reader->now.place;
        if (!read_duration(reader, &time->to))
                return false;
        if (time->to < time->from)
                return reader_complain_at(reader, place, "the range ends before it begins");
        return true;
}

bool script_read_time(struct reader *reader, struct script_time *time)
{
        if (reader_take(reader, '*')) {
                *time = (struct script_time){ .form = SCRIPT_TIME_ANY };
                return true;
        }
        bool is_relative = reader_take(reader, '+');
        time->form = is_relative ? SCRIPT_TIME_RELATIVE : SCRIPT_TIME_ABSOLUTE;
        if (!read_duration(reader, &time->from))
                return false;
        time->to = time->from;
        return !reader_take(reader, '~') || read_range_end(reader, is_relative, time);
}

bool script_read_end_time(struct reader *reader, const struct script_time *start, struct script_time *end)
{
        reader_advance(reader);
        *end = *start;
        struct script_place place = reader->now.place;
        if (start->form != SCRIPT_TIME_ABSOLUTE && start->form != SCRIPT_TIME_RELATIVE)
                return reader_complain(
                        reader, "a blocking call starts at one time, like 0.1...0.2 or +0...0.2");
        if (!read_duration(reader, &end->from))
                return false;
        end->to = end->from;
        if (end->from < start->from)
                return reader_complain_at(reader, place, "the blocking call ends before it starts");
        return true;
}
