/*
 * The figures' table printed sideways: times as nanoseconds and as seconds, flags as 0 and 1.
 */
#include "run/transfer_table.h"

#include "host/transfer.h"
#include "trace/csv_text.h"
#include "trace/decimal.h"

#include <string.h>

static const char *const outcome_names[] = {
        [TRANSFER_UNFINISHED] = "unfinished",
        [TRANSFER_DONE] = "done",
        [TRANSFER_FAILED] = "failed",
};

/* The unit is in the column's name: "dns_s" becomes "dns_ns" and "dns". */
static int stem_length(const struct transfer_figure *figure)
{
        g_assert(g_str_has_suffix(figure->name, "_s"));
        return (int)(strlen(figure->name) - strlen("_s"));
}

static void append_names(GString *text, const struct transfer_figure *figure)
{
        if (figure->type != FIGURE_TIME) {
                g_string_append_printf(text, ",%s", figure->name);
                return;
        }
        int length = stem_length(figure);
        g_string_append_printf(text, ",%.*s_ns,%.*s", length, figure->name, length, figure->name);
}

void transfer_table_append_header(GString *text)
{
        g_string_append(text, "t_ns,t,transfer,outcome,failure");
        for (const struct transfer_figure *figure = transfer_figures; figure->name != NULL; figure++) {
                if (figure->is_printed)
                        append_names(text, figure);
        }
        g_string_append(text, ",number\n");
}

static void append_time(GString *text, bool is_null, time_ns time)
{
        if (!is_null)
                decimal_append_signed(text, time);
        g_string_append_c(text, ',');
        if (!is_null)
                decimal_append_seconds(text, time);
}

static void append_figure(GString *text, struct figure figure)
{
        g_string_append_c(text, ',');
        if (figure.type == FIGURE_TEXT)
                csv_append_text(text, figure.is_null ? NULL : figure.text);
        else if (figure.type == FIGURE_TIME)
                append_time(text, figure.is_null, figure.number);
        else if (!figure.is_null)
                decimal_append_signed(text, figure.number);
}

static void append_words(GString *text, const struct transfer *transfer)
{
        const char *const words[] = { transfer->name, outcome_names[transfer->outcome], transfer->failure };
        for (unsigned i = 0; i < G_N_ELEMENTS(words); i++) {
                g_string_append_c(text, ',');
                csv_append_text(text, words[i]);
        }
}

void transfer_table_append_row(GString *text, const struct transfer_facts *facts)
{
        const struct transfer *transfer = facts->transfer;
        append_time(text, transfer->started == TIME_NEVER, transfer->started);
        append_words(text, transfer);
        for (const struct transfer_figure *figure = transfer_figures; figure->name != NULL; figure++) {
                if (figure->is_printed)
                        append_figure(text, figure->get(facts));
        }
        g_string_append_c(text, ',');
        decimal_append_unsigned(text, transfer->number);
        g_string_append_c(text, '\n');
}
