/*
 * Rows come in the order in which hops ended; a packet's are found again by its name and copy.
 */
#include "report/segment_table.h"

#include "report/csv_file.h"

#include <string.h>

enum column {
        T_ENQUEUE,
        T_TX,
        T_TX_END,
        T_ARRIVE,
        T_END,
        LINK,
        NEAR,
        FAR,
        PACKET,
        COPY,
        FROM,
        TO,
        TRANSFER,
        CONNECTION,
        PROTOCOL,
        SPORT,
        DPORT,
        FLAGS,
        SEQ,
        ACK,
        PAYLOAD,
        WINDOW,
        SACK,
        DSACK,
        SENDING,
        WHY,
        DROP,
        RULE,
        REORDERED,
        DUPLICATE,
        CORRUPTED,
        COLUMNS,
};
static const char *const columns[COLUMNS + 1] = {
        [T_ENQUEUE] = "t_enqueue_ns",
        [T_TX] = "t_tx_ns",
        [T_TX_END] = "t_tx_end_ns",
        [T_ARRIVE] = "t_arrive_ns",
        [T_END] = "t_ns",
        [LINK] = "link",
        [NEAR] = "near",
        [FAR] = "far",
        [PACKET] = "packet",
        [COPY] = "copy",
        [FROM] = "from",
        [TO] = "to",
        [TRANSFER] = "transfer",
        [CONNECTION] = "from_conn",
        [PROTOCOL] = "protocol",
        [SPORT] = "sport",
        [DPORT] = "dport",
        [FLAGS] = "flags",
        [SEQ] = "seq",
        [ACK] = "ack",
        [PAYLOAD] = "payload",
        [WINDOW] = "window",
        [SACK] = "sack",
        [DSACK] = "dsack",
        [SENDING] = "sending",
        [WHY] = "why",
        [DROP] = "drop",
        [RULE] = "rule",
        [REORDERED] = "reordered",
        [DUPLICATE] = "duplicate",
        [CORRUPTED] = "corrupted",
};

static const char *const kind_names[SEGMENT_KINDS] = {
        [SEGMENT_DATAGRAM] = "datagram",
        [SEGMENT_CONTROL] = "control",
        [SEGMENT_DATA] = "data",
        [SEGMENT_RETRANSMISSION] = "retransmission",
        [SEGMENT_PROBE] = "probe",
        [SEGMENT_ACK] = "ack",
        [SEGMENT_DUPLICATE_ACK] = "duplicate-ack",
};

struct SegmentTable {
        const char *transfer; /* only during the reading */
        GStringChunk *texts;
        GArray *segments;    /* struct segment */
        GArray *hops;        /* struct segment_hop */
        GHashTable *by_name; /* "www#35/0" to its index plus one, while reading */
        GString *name;       /* scratch */
};

const char *segment_kind_name(enum segment_kind kind)
{
        g_assert(kind < SEGMENT_KINDS);
        return kind_names[kind];
}

static bool has_flag(const char *flags, const char *flag)
{
        return strstr(flags, flag) != NULL;
}

/* A SYN is sent again for no other reason than a timeout. */
const char *segment_letter(const struct segment *segment)
{
        if (segment->kind == SEGMENT_PROBE || strcmp(segment->why, "tail-probe") == 0)
                return "P";
        if (segment->kind != SEGMENT_RETRANSMISSION)
                return NULL;
        return strcmp(segment->why, "timeout") == 0 || has_flag(segment->flags, "SYN") ? "R!" : "R";
}

/* ---- Reading ---- */

static enum segment_kind kind_of(const CsvFile *file)
{
        const char *why = csv_file_text(file, WHY);
        const char *flags = csv_file_text(file, FLAGS);
        if (strcmp(csv_file_text(file, PROTOCOL), "tcp") != 0)
                return SEGMENT_DATAGRAM;
        if (strcmp(why, "window-probe") == 0 || strcmp(why, "keepalive") == 0)
                return SEGMENT_PROBE;
        if (csv_file_number(file, SENDING, 0) > 1)
                return SEGMENT_RETRANSMISSION;
        if (csv_file_number(file, PAYLOAD, 0) > 0)
                return SEGMENT_DATA;
        if (has_flag(flags, "SYN") || has_flag(flags, "FIN") || has_flag(flags, "RST"))
                return SEGMENT_CONTROL;
        return strcmp(why, "duplicate-ack") == 0 ? SEGMENT_DUPLICATE_ACK : SEGMENT_ACK;
}

static const char *keep(const SegmentTable *table, const CsvFile *file, enum column column)
{
        return g_string_chunk_insert_const(table->texts, csv_file_text(file, column));
}

static struct segment_hop read_hop(const SegmentTable *table, const CsvFile *file)
{
        return (struct segment_hop){
                .link = keep(table, file, LINK),
                .near = keep(table, file, NEAR),
                .far = keep(table, file, FAR),
                .drop = keep(table, file, DROP),
                .rule = keep(table, file, RULE),
                .is_reordered = csv_file_flag(file, REORDERED),
                .is_duplicate = csv_file_flag(file, DUPLICATE),
                .is_corrupted = csv_file_flag(file, CORRUPTED),
                .t_enqueue = csv_file_number(file, T_ENQUEUE, csv_file_number(file, T_END, 0)),
                .t_tx = csv_file_number(file, T_TX, TIME_NEVER),
                .t_tx_end = csv_file_number(file, T_TX_END, TIME_NEVER),
                .t_arrive = csv_file_number(file, T_ARRIVE, TIME_NEVER),
                .next = NO_HOP,
        };
}

static struct segment read_segment(const SegmentTable *table, const CsvFile *file)
{
        return (struct segment){
                .kind = kind_of(file),
                .packet = keep(table, file, PACKET),
                .copy = csv_file_number(file, COPY, 0),
                .from = keep(table, file, FROM),
                .to = keep(table, file, TO),
                .from_port = csv_file_number(file, SPORT, 0),
                .to_port = csv_file_number(file, DPORT, 0),
                .connection = csv_file_number(file, CONNECTION, -1),
                .flags = keep(table, file, FLAGS),
                .why = keep(table, file, WHY),
                .sack = keep(table, file, SACK),
                .is_dsack = csv_file_flag(file, DSACK),
                .seq = csv_file_number(file, SEQ, 0),
                .ack = csv_file_number(file, ACK, -1),
                .payload = csv_file_number(file, PAYLOAD, 0),
                .window = csv_file_number(file, WINDOW, 0),
                .refused = "-",
                .refused_by = "-",
                .first_hop = table->hops->len,
                .last_hop = table->hops->len,
        };
}

/* NULL: no hop of it has been read yet. */
static struct segment *find_segment(const SegmentTable *table, const char *packet, int64_t copy)
{
        g_string_printf(table->name, "%s/%" G_GINT64_FORMAT, packet, copy);
        unsigned found = GPOINTER_TO_UINT(g_hash_table_lookup(table->by_name, table->name->str));
        return found > 0 ? &g_array_index(table->segments, struct segment, found - 1) : NULL;
}

static void add_row(void *data, const CsvFile *file)
{
        SegmentTable *table = data;
        if (strcmp(csv_file_text(file, TRANSFER), table->transfer) != 0)
                return;
        struct segment_hop hop = read_hop(table, file);
        struct segment *known =
                find_segment(table, csv_file_text(file, PACKET), csv_file_number(file, COPY, 0));
        if (known != NULL) {
                g_array_index(table->hops, struct segment_hop, known->last_hop).next = table->hops->len;
                known->last_hop = table->hops->len;
        } else {
                struct segment segment = read_segment(table, file);
                g_array_append_val(table->segments, segment);
                g_hash_table_insert(table->by_name,
                        g_string_chunk_insert_len(table->texts, table->name->str, (gssize)table->name->len),
                        GUINT_TO_POINTER(table->segments->len));
        }
        g_array_append_val(table->hops, hop);
}

/* ---- What hosts and routers threw away ---- */

enum event_column { EVENT_OWNER, EVENT_KIND, EVENT_NAME, EVENT_PACKET, EVENT_COPY, EVENT_COLUMNS };
static const char *const event_columns[EVENT_COLUMNS + 1] = {
        [EVENT_OWNER] = "owner",
        [EVENT_KIND] = "kind",
        [EVENT_NAME] = "name",
        [EVENT_PACKET] = "packet",
        [EVENT_COPY] = "copy",
};

/* Links' drops are known already. */
static void add_refusal(void *data, const CsvFile *file)
{
        SegmentTable *table = data;
        if (strcmp(csv_file_text(file, EVENT_KIND), "drop") != 0)
                return;
        struct segment *segment =
                find_segment(table, csv_file_text(file, EVENT_PACKET), csv_file_number(file, EVENT_COPY, 0));
        if (segment == NULL || strcmp(segment_last_hop(table, segment)->drop, "-") != 0)
                return;
        segment->refused = g_string_chunk_insert_const(table->texts, csv_file_text(file, EVENT_NAME));
        segment->refused_by = g_string_chunk_insert_const(table->texts, csv_file_text(file, EVENT_OWNER));
}

/* ---- Order ---- */

static int compare_segments(const void *a, const void *b, void *data)
{
        const SegmentTable *table = data;
        const struct segment *one = a;
        const struct segment *other = b;
        time_ns sent_one = segment_sent(table, one);
        time_ns sent_other = segment_sent(table, other);
        if (sent_one != sent_other)
                return sent_one < sent_other ? -1 : 1;
        return one->first_hop < other->first_hop ? -1 : one->first_hop > other->first_hop;
}

/* The last pure ACK of one host on one connection. */
struct ack_run {
        const char *from;
        int64_t connection;
        int64_t ack;
        int64_t duplicates;
};

static struct ack_run *find_run(GArray *runs, const struct segment *segment)
{
        for (unsigned i = 0; i < runs->len; i++) {
                struct ack_run *run = &g_array_index(runs, struct ack_run, i);
                if (run->from == segment->from && run->connection == segment->connection)
                        return run;
        }
        struct ack_run fresh = { segment->from, segment->connection, -1, 0 };
        g_array_append_val(runs, fresh);
        return &g_array_index(runs, struct ack_run, runs->len - 1);
}

static void number_duplicate_acks(const SegmentTable *table)
{
        g_autoptr(GArray) runs = g_array_new(FALSE, FALSE, sizeof(struct ack_run));
        for (unsigned i = 0; i < table->segments->len; i++) {
                struct segment *segment = &g_array_index(table->segments, struct segment, i);
                if (segment->ack < 0 || segment->copy > 0)
                        continue;
                struct ack_run *run = find_run(runs, segment);
                if (run->ack != segment->ack)
                        *run = (struct ack_run){ run->from, run->connection, segment->ack, 0 };
                if (segment->kind == SEGMENT_DUPLICATE_ACK)
                        segment->duplicate_number = ++run->duplicates;
        }
}

SegmentTable *segment_table_read(const char *directory, const char *transfer, GError **error)
{
        g_autoptr(SegmentTable) table = g_new0(SegmentTable, 1);
        table->texts = g_string_chunk_new(4096);
        table->segments = g_array_new(FALSE, FALSE, sizeof(struct segment));
        table->hops = g_array_new(FALSE, FALSE, sizeof(struct segment_hop));
        table->by_name = g_hash_table_new(g_str_hash, g_str_equal);
        table->name = g_string_new(NULL);
        table->transfer = transfer;
        if (!csv_file_read(directory, "segments.csv", columns, add_row, table, error) ||
                !csv_file_read_if_there(directory, "events.csv", event_columns, add_refusal, table, error))
                return NULL;
        g_array_sort_with_data(table->segments, compare_segments, table);
        number_duplicate_acks(table);
        return g_steal_pointer(&table);
}

void segment_table_free(SegmentTable *table)
{
        if (table == NULL)
                return;
        g_string_chunk_free(table->texts);
        g_array_unref(table->segments);
        g_array_unref(table->hops);
        g_hash_table_unref(table->by_name);
        g_string_free(table->name, TRUE);
        g_free(table);
}

/* ---- Looking ---- */

unsigned segment_table_count(const SegmentTable *table)
{
        return table->segments->len;
}

const struct segment *segment_table_at(const SegmentTable *table, unsigned index)
{
        g_assert(index < table->segments->len);
        return &g_array_index(table->segments, struct segment, index);
}

const struct segment_hop *segment_table_hop(const SegmentTable *table, unsigned hop)
{
        g_assert(hop < table->hops->len);
        return &g_array_index(table->hops, struct segment_hop, hop);
}

const struct segment_hop *segment_first_hop(const SegmentTable *table, const struct segment *segment)
{
        return segment_table_hop(table, segment->first_hop);
}

const struct segment_hop *segment_last_hop(const SegmentTable *table, const struct segment *segment)
{
        return segment_table_hop(table, segment->last_hop);
}

time_ns segment_sent(const SegmentTable *table, const struct segment *segment)
{
        const struct segment_hop *first = segment_first_hop(table, segment);
        return first->t_tx != TIME_NEVER ? first->t_tx : first->t_enqueue;
}

time_ns segment_arrived(const SegmentTable *table, const struct segment *segment)
{
        const struct segment_hop *last = segment_last_hop(table, segment);
        return strcmp(last->far, segment->to) == 0 ? last->t_arrive : TIME_NEVER;
}

bool segment_is_lost(const SegmentTable *table, const struct segment *segment)
{
        return strcmp(segment_last_hop(table, segment)->drop, "-") != 0 || strcmp(segment->refused, "-") != 0;
}

bool segment_is_reordered(const SegmentTable *table, const struct segment *segment)
{
        for (unsigned hop = segment->first_hop; hop != NO_HOP; hop = segment_table_hop(table, hop)->next) {
                if (segment_table_hop(table, hop)->is_reordered)
                        return true;
        }
        return false;
}
