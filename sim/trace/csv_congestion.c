/*
 * congestion.csv: what a sender may send, what is under way, and what holds it back. RFC 5681.
 */
#include "trace/csv_row.h"
#include "trace/csv_tables.h"
#include "trace/per_connection.h"

#include <string.h>

struct congestion_row {
        const struct trace_name *state;
        const char *limit;
        uint32_t cwnd;
        uint32_t ssthresh; /* UINT32_MAX: not set */
        uint32_t send_window;
        rate_bps pacing;
        uint32_t in_flight;
};

/* What is known of a sender. */
struct sending {
        bool is_known;                   /* the windows have been told */
        const struct trace_name *repair; /* NULL: nothing is lost */
        struct congestion_row row;
};

struct congestion {
        struct csv_sheet *sheet;
        PerConnection *senders; /* of struct sending */
};

/* States. */
static const struct trace_name slow_start = TRACE_NAME("slow-start");
static const struct trace_name avoidance = TRACE_NAME("avoidance");
static const struct trace_name recovery = TRACE_NAME("recovery");
static const struct trace_name loss = TRACE_NAME("loss");

static const struct event_field columns[] = {
        CSV_CONNECTION_COLUMNS,
        ROW_FIELD(struct congestion_row, "state", state, EVENT_WORD),
        ROW_FIELD(struct congestion_row, "limit", limit, EVENT_TEXT),
        ROW_FIELD(struct congestion_row, "cwnd", cwnd, EVENT_NUMBER),
        ROW_FIELD(struct congestion_row, "ssthresh", ssthresh, EVENT_NOT_MAXIMUM),
        ROW_FIELD(struct congestion_row, "send_window", send_window, EVENT_NUMBER),
        ROW_FIELD(struct congestion_row, "pacing", pacing, EVENT_NONZERO),
        ROW_FIELD(struct congestion_row, "in_flight", in_flight, EVENT_NUMBER),
};

/* RFC 5681 section 3.1: "The slow start algorithm is used when cwnd < ssthresh." An ssthresh that is not set
 * is the largest number. */
static const struct trace_name *state_of(const struct sending *sending)
{
        if (sending->repair)
                return sending->repair;
        return sending->row.cwnd < sending->row.ssthresh ? &slow_start : &avoidance;
}

static void tell(struct congestion *congestion, struct sending *sending, const struct trace_event *event)
{
        if (!sending->is_known)
                return;
        sending->row.state = state_of(sending);
        csv_row_write(congestion->sheet, columns, G_N_ELEMENTS(columns), event, &sending->row);
}

static void take_windows(struct sending *sending, const struct trace_event *event)
{
        struct congestion_row *row = &sending->row;
        row->cwnd = event->congestion.cwnd_bytes;
        row->ssthresh = event->congestion.ssthresh_bytes;
        row->send_window = event->congestion.send_window_bytes;
        row->pacing = event->congestion.pacing;
        row->in_flight = event->congestion.in_flight_bytes;
        sending->is_known = true;
}

#define NOTES_TAKEN                                                                                          \
        (TRACE_BIT(TRACE_NOTE_LIMITED) | TRACE_BIT(TRACE_NOTE_RECOVERY_ENTERED) |                            \
                TRACE_BIT(TRACE_NOTE_RECOVERY_LEFT) | TRACE_BIT(TRACE_NOTE_RECOVERY_UNDONE))

static void take_note(struct sending *sending, const struct trace_event *event)
{
        if (event->note.note == TRACE_NOTE_LIMITED)
                sending->row.limit = g_intern_string(event->note.why);
        else if (event->note.note == TRACE_NOTE_RECOVERY_ENTERED)
                sending->repair = strcmp(event->note.why, "timeout") == 0 ? &loss : &recovery;
        else
                sending->repair = NULL;
}

static void on_event(void *data, const struct trace_event *event)
{
        struct congestion *congestion = data;
        bool is_windows = event->kind == TRACE_TCP_CONGESTION;
        if (event->connection == 0 || (!is_windows && (NOTES_TAKEN & TRACE_BIT(event->note.note)) == 0))
                return;
        struct sending *sending = per_connection_of(congestion->senders, event);
        if (is_windows)
                take_windows(sending, event);
        else
                take_note(sending, event);
        tell(congestion, sending, event);
}

static void *begin(struct csv_sheet *sheet)
{
        struct congestion *congestion = g_new0(struct congestion, 1);
        congestion->sheet = sheet;
        congestion->senders = per_connection_new(sizeof(struct sending), NULL);
        return congestion;
}

static void end(void *data)
{
        struct congestion *congestion = data;
        per_connection_free(congestion->senders);
        g_free(congestion);
}

const struct csv_table csv_congestion = {
        .file_name = "congestion.csv",
        .kinds = TRACE_BIT(TRACE_TCP_CONGESTION) | TRACE_BIT(TRACE_TCP_NOTE),
        .columns = columns,
        .column_count = G_N_ELEMENTS(columns),
        .begin = begin,
        .on_event = on_event,
        .free = end,
};
