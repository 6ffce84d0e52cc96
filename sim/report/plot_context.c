/*
 * Titles: a question first, then whose answer it is and what happened.
 */
#include "report/plot_context.h"

#include <string.h>

#define TITLE_CHARACTERS  70
#define DETAIL_CHARACTERS 180

bool plot_is_within(const struct plot_context *context, time_ns time)
{
        return time >= context->from && time <= context->to;
}

/* No longer than `most` characters. */
static char *shortened(const char *text, long most)
{
        g_autofree char *valid = g_utf8_make_valid(text, -1);
        if (g_utf8_strlen(valid, -1) <= most)
                return g_steal_pointer(&valid);
        g_autofree char *start = g_utf8_substring(valid, 0, most - 1);
        return g_strconcat(start, "…", NULL);
}

/* What nobody listens for is answered, not lost. */
static unsigned count_lost(const SegmentTable *segments)
{
        unsigned lost = 0;
        for (unsigned i = 0; i < segment_table_count(segments); i++) {
                const struct segment *segment = segment_table_at(segments, i);
                lost += segment_is_lost(segments, segment) && strcmp(segment->refused, "no-listener") != 0;
        }
        return lost;
}

static void append_count(GString *text, int64_t count, const char *one, const char *many)
{
        g_autofree char *words = count_words(count);
        if (count > 0)
                g_string_append_printf(text, ", %s %s", words, count == 1 ? one : many);
}

/* "37,096 bytes verified in 477.5 ms, 3 lost, 5 sent again, 1 timeout". */
static char *what_happened(const struct plot_context *context)
{
        const struct transfer_facts *transfer = context->transfer;
        g_autofree char *bytes = count_words(transfer->bytes);
        GString *text = g_string_new(NULL);
        g_string_append_printf(text, "%s bytes", bytes);
        if (transfer->finished != TIME_NEVER) {
                g_autofree char *taken = duration_words(transfer->finished - transfer->started);
                g_string_append_printf(text, transfer->is_verified ? " verified in %s" : " in %s", taken);
        } else {
                g_string_append_printf(text, ", %s", transfer->outcome);
        }
        append_count(text, count_lost(context->segments), "packet lost", "packets lost");
        append_count(text, transfer->retransmitted, "segment sent again", "segments sent again");
        append_count(text, transfer->timeouts, "timeout", "timeouts");
        append_count(text, transfer->duplicate_acks, "duplicate ACK", "duplicate ACKs");
        append_count(text, transfer->out_of_order, "out-of-order arrival", "out-of-order arrivals");
        return g_string_free(text, FALSE);
}

void plot_title(Picture *picture, const struct run_facts *facts, const char *question, const char *detail,
        const char *remark)
{
        g_autofree char *scenario = shortened(facts->title, TITLE_CHARACTERS);
        g_autofree char *title = g_strdup_printf("%s — %s", scenario, question);
        g_autofree char *name_of_scenario = shortened(facts->scenario, TITLE_CHARACTERS);
        g_autofree char *origin = g_strdup_printf("scenario %s, seed %" G_GINT64_FORMAT ", inorder %s%s%s",
                name_of_scenario, facts->seed, facts->version, remark != NULL ? "  ·  " : "",
                remark != NULL ? remark : "");
        g_autofree char *short_detail = shortened(detail, DETAIL_CHARACTERS);
        g_autofree char *short_origin = shortened(origin, DETAIL_CHARACTERS);
        picture_set_text(picture, "title", title);
        picture_set_text(picture, "detail", short_detail);
        picture_set_text(picture, "origin", short_origin);
}

char *plot_file_stem(const char *name)
{
        char *stem = g_strdup(name);
        for (char *c = stem; *c != '\0'; c++) {
                if (!g_ascii_isalnum(*c) && strchr("-_", *c) == NULL && (*c != '.' || c == stem))
                        *c = '_';
        }
        return stem;
}

Picture *plot_begin(
        const struct plot_context *context, const char *name, const char *question, const char *remark)
{
        Picture *picture = picture_new(name);
        g_autofree char *happened = what_happened(context);
        g_autofree char *transfer = shortened(context->transfer->name, TITLE_CHARACTERS);
        g_autofree char *detail = g_strdup_printf("%s: %s", transfer, happened);
        plot_title(picture, context->facts, question, detail, remark);
        return picture;
}
