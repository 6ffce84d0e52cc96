/*
 * Segments as text: read, written, compared.
 */
#include "spoken_segment.h"

#include <stdio.h>
#include <string.h>

static const struct {
        char letter;
        uint16_t flag;
} letters[] = {
        { 'S', TCP_FLAG_SYN },
        { 'F', TCP_FLAG_FIN },
        { 'R', TCP_FLAG_RST },
        { 'P', TCP_FLAG_PSH },
        { 'U', TCP_FLAG_URG },
        { '.', TCP_FLAG_ACK },
};

static bool read_number(const char *text, uint32_t *number)
{
        guint64 value;
        if (text == NULL || !g_ascii_string_to_unsigned(text, 10, 0, UINT32_MAX, &value, NULL))
                return false;
        *number = (uint32_t)value;
        return true;
}

static bool read_pair(const char *text, uint32_t *first, uint32_t *second)
{
        g_auto(GStrv) parts = g_strsplit(text != NULL ? text : "", ":", 2);
        return g_strv_length(parts) == 2 && read_number(parts[0], first) && read_number(parts[1], second);
}

static bool read_flags(const char *text, uint16_t *flags)
{
        if (text == NULL || *text == '\0')
                return false;
        if (strcmp(text, "-") == 0)
                return true;
        for (; *text != '\0'; text++) {
                size_t i = 0;
                while (i < G_N_ELEMENTS(letters) && letters[i].letter != *text)
                        i++;
                if (i == G_N_ELEMENTS(letters))
                        return false;
                *flags |= letters[i].flag;
        }
        return true;
}

/* ---- Words with a value ---- */

static bool read_ack(const char *value, struct spoken_segment *spoken)
{
        spoken->has_ack = true;
        return read_number(value, &spoken->segment.ack.value);
}

static bool read_window(const char *value, struct spoken_segment *spoken)
{
        uint32_t window;
        if (!read_number(value, &window) || window > UINT16_MAX)
                return false;
        spoken->has_window = true;
        spoken->segment.window = (uint16_t)window;
        return true;
}

static bool read_mss(const char *value, struct spoken_segment *spoken)
{
        uint32_t mss;
        if (!read_number(value, &mss))
                return false;
        spoken->segment.options.has_mss = true;
        spoken->segment.options.mss = (uint16_t)mss;
        return true;
}

static bool read_scale(const char *value, struct spoken_segment *spoken)
{
        uint32_t scale;
        if (!read_number(value, &scale))
                return false;
        spoken->segment.options.has_window_scale = true;
        spoken->segment.options.window_scale = (uint8_t)scale;
        return true;
}

static bool read_timestamps(const char *value, struct spoken_segment *spoken)
{
        struct tcp_options *options = &spoken->segment.options;
        options->has_timestamps = true;
        return read_pair(value, &options->timestamp_value, &options->timestamp_echo);
}

static bool read_sack(const char *value, struct spoken_segment *spoken)
{
        struct tcp_options *options = &spoken->segment.options;
        g_auto(GStrv) blocks = g_strsplit(value != NULL ? value : "", ",", 0);
        if (g_strv_length(blocks) == 0 || g_strv_length(blocks) > TCP_SACK_BLOCKS_MAX)
                return false;
        for (char **block = blocks; *block != NULL; block++) {
                struct sack_block *to = &options->sack[options->sack_count++];
                if (!read_pair(*block, &to->left.value, &to->right.value))
                        return false;
        }
        return true;
}

static bool read_urgent(const char *value, struct spoken_segment *spoken)
{
        uint32_t pointer;
        if (!read_number(value, &pointer) || pointer > UINT16_MAX)
                return false;
        spoken->segment.urgent_pointer = (uint16_t)pointer;
        return true;
}

static bool read_reason(const char *value, struct spoken_segment *spoken)
{
        spoken->has_reason = true;
        for (int reason = 0; value != NULL && reason < TCP_SEND_REASONS; reason++) {
                spoken->reason = reason;
                if (strcmp(tcp_send_reason_name(reason), value) == 0)
                        return true;
        }
        return false;
}

static bool read_sending(const char *value, struct spoken_segment *spoken)
{
        spoken->has_sending = true;
        return read_number(value, &spoken->sending);
}

static const struct {
        const char *word;
        bool (*read)(const char *value, struct spoken_segment *spoken);
} readers[] = {
        { "ack", read_ack },
        { "win", read_window },
        { "urg", read_urgent },
        { "mss", read_mss },
        { "ws", read_scale },
        { "ts", read_timestamps },
        { "sack", read_sack },
        { "reason", read_reason },
        { "sending", read_sending },
};

static bool read_word(const char *word, const char *value, struct spoken_segment *spoken)
{
        for (size_t i = 0; i < G_N_ELEMENTS(readers); i++) {
                if (strcmp(readers[i].word, word) == 0)
                        return readers[i].read(value, spoken);
        }
        return false;
}

const char *spoken_segment_parse(char **words, struct spoken_segment *spoken)
{
        uint32_t end;
        *spoken = (struct spoken_segment){ 0 };
        if (!read_flags(words[0], &spoken->segment.flags))
                return "flags";
        if (!read_pair(words[1], &spoken->segment.seq.value, &end))
                return "SEQ:END";
        spoken->length = end - spoken->segment.seq.value;
        for (char **word = words + 2; *word != NULL; word++) {
                if (strcmp(*word, "sackOK") == 0) {
                        spoken->segment.options.sack_permitted = true;
                        continue;
                }
                if (!read_word(word[0], word[1], spoken))
                        return *word;
                word++;
        }
        return NULL;
}

/* ---- Writing ---- */

static void put_flags(GString *text, uint16_t flags)
{
        if (flags == 0)
                g_string_append_c(text, '-');
        for (size_t i = 0; i < G_N_ELEMENTS(letters); i++) {
                if (flags & letters[i].flag)
                        g_string_append_c(text, letters[i].letter);
        }
}

static void put_options(GString *text, const struct tcp_options *options)
{
        if (options->has_mss)
                g_string_append_printf(text, " mss %u", options->mss);
        if (options->sack_permitted)
                g_string_append(text, " sackOK");
        if (options->has_timestamps)
                g_string_append_printf(text, " ts %u:%u", options->timestamp_value, options->timestamp_echo);
        if (options->has_window_scale)
                g_string_append_printf(text, " ws %u", options->window_scale);
        for (unsigned i = 0; i < options->sack_count; i++)
                g_string_append_printf(text, "%s%u:%u", i == 0 ? " sack " : ",", options->sack[i].left.value,
                        options->sack[i].right.value);
}

char *spoken_segment_format(const struct tcp_segment *segment, const struct tcp_sending *sending)
{
        GString *text = g_string_new(NULL);
        put_flags(text, segment->flags);
        g_string_append_printf(
                text, " %u:%u", segment->seq.value, segment->seq.value + segment->payload.length);
        if (segment->flags & TCP_FLAG_ACK)
                g_string_append_printf(text, " ack %u", segment->ack.value);
        g_string_append_printf(text, " win %u", segment->window);
        if (segment->flags & TCP_FLAG_URG)
                g_string_append_printf(text, " urg %u", segment->urgent_pointer);
        put_options(text, &segment->options);
        if (sending != NULL)
                g_string_append_printf(text, " reason %s sending %u", tcp_send_reason_name(sending->reason),
                        sending->sending);
        return g_string_free(text, FALSE);
}

/* ---- Comparing ---- */

static bool options_match(const struct tcp_options *said, const struct tcp_options *seen)
{
        if (said->has_mss && (!seen->has_mss || seen->mss != said->mss))
                return false;
        if (said->has_window_scale && (!seen->has_window_scale || seen->window_scale != said->window_scale))
                return false;
        if (said->sack_permitted && !seen->sack_permitted)
                return false;
        if (said->has_timestamps &&
                (!seen->has_timestamps || seen->timestamp_value != said->timestamp_value ||
                        seen->timestamp_echo != said->timestamp_echo))
                return false;
        return said->sack_count == seen->sack_count &&
               memcmp(said->sack, seen->sack, said->sack_count * sizeof said->sack[0]) == 0;
}

static bool flags_match(uint16_t said, uint16_t seen)
{
        return said == seen || (uint16_t)(said | TCP_FLAG_PSH) == seen;
}

bool spoken_segment_matches(const struct spoken_segment *spoken, const struct tcp_segment *segment,
        const struct tcp_sending *sending)
{
        const struct tcp_segment *said = &spoken->segment;
        if (!flags_match(said->flags, segment->flags) || !seq_equal(said->seq, segment->seq))
                return false;
        if (spoken->length != segment->payload.length)
                return false;
        if ((segment->flags & TCP_FLAG_ACK) && !seq_equal(said->ack, segment->ack))
                return false;
        if (said->urgent_pointer != segment->urgent_pointer)
                return false;
        if (spoken->has_window && said->window != segment->window)
                return false;
        if (spoken->has_reason && spoken->reason != sending->reason)
                return false;
        if (spoken->has_sending && spoken->sending != sending->sending)
                return false;
        return options_match(&said->options, &segment->options);
}
