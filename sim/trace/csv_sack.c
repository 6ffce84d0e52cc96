/*
 * sack.csv: the blocks of each selective acknowledgment that arrived. RFC 2018, RFC 2883.
 */
#include "trace/csv_row.h"
#include "trace/csv_tables.h"

struct sack_row {
        uint32_t block; /* from 1 */
        int64_t left;
        int64_t right;
        bool is_dsack;
};

static const struct event_field columns[] = {
        CSV_CONNECTION_COLUMNS,
        PACKET_FIELD("packet", id, EVENT_PACKET_ID),
        PACKET_FIELD("ack", relative_ack, EVENT_NOT_NEGATIVE),
        ROW_FIELD(struct sack_row, "block", block, EVENT_NUMBER),
        ROW_FIELD(struct sack_row, "left", left, EVENT_NUMBER),
        ROW_FIELD(struct sack_row, "right", right, EVENT_NUMBER),
        ROW_FIELD(struct sack_row, "dsack", is_dsack, EVENT_TRUTH),
};

static void on_received(void *sheet, const struct trace_event *event)
{
        struct event_range blocks[TRACE_SACK_BLOCKS_MAX];
        unsigned count = event_sack_blocks(event->packet, blocks);
        for (unsigned i = 0; i < count; i++) {
                const struct sack_row row = {
                        .block = i + 1,
                        .left = blocks[i].first,
                        .right = blocks[i].end,
                        .is_dsack = i == 0 && event->packet->is_dsack,
                };
                csv_row_write(sheet, columns, G_N_ELEMENTS(columns), event, &row);
        }
}

const struct csv_table csv_sack = {
        .file_name = "sack.csv",
        .kinds = TRACE_BIT(TRACE_RECEIVED),
        .columns = columns,
        .column_count = G_N_ELEMENTS(columns),
        .on_event = on_received,
};
