/*
 * Where each figure of the summary comes from.
 */
#include "run/figures.h"

static struct figure count_of(uint64_t number)
{
        return (struct figure){ .type = FIGURE_COUNT, .number = (int64_t)number };
}

static struct figure text_of(const char *text)
{
        return (struct figure){ .type = FIGURE_TEXT, .is_null = text == NULL, .text = text };
}

static struct figure time_of(time_ns time)
{
        return (struct figure){ .type = FIGURE_TIME, .is_null = time == TIME_NEVER, .number = time };
}

static struct figure get_url(const struct transfer_facts *facts)
{
        return text_of(facts->transfer->url);
}

static struct figure get_status(const struct transfer_facts *facts)
{
        struct figure figure = count_of((uint64_t)facts->transfer->status);
        figure.is_null = facts->transfer->status == 0;
        return figure;
}

static struct figure get_bytes(const struct transfer_facts *facts)
{
        return count_of(facts->transfer->bytes);
}

static struct figure get_sha256(const struct transfer_facts *facts)
{
        return text_of(facts->sha256);
}

static struct figure get_verified(const struct transfer_facts *facts)
{
        return (struct figure){ .type = FIGURE_FLAG, .number = facts->is_verified };
}

static struct figure get_started(const struct transfer_facts *facts)
{
        return time_of(facts->transfer->started);
}

static struct figure get_dns(const struct transfer_facts *facts)
{
        return time_of(facts->transfer->dns);
}

static struct figure get_connect(const struct transfer_facts *facts)
{
        return time_of(facts->transfer->connected);
}

static struct figure get_first_byte(const struct transfer_facts *facts)
{
        return time_of(facts->transfer->first_byte);
}

static struct figure get_finished(const struct transfer_facts *facts)
{
        return time_of(facts->transfer->finished);
}

static struct figure get_within(const struct transfer_facts *facts)
{
        const struct transfer *transfer = facts->transfer;
        if (transfer->finished == TIME_NEVER || transfer->started == TIME_NEVER)
                return time_of(TIME_NEVER);
        return time_of(transfer->finished - transfer->started);
}

/* Bits of the body a second, from the start to the finish. */
static struct figure get_goodput(const struct transfer_facts *facts)
{
        struct figure within = get_within(facts);
        if (within.is_null || within.number == 0)
                return (struct figure){ .type = FIGURE_RATE, .is_null = true };
        unsigned __int128 bits = (unsigned __int128)facts->transfer->bytes * 8;
        return (struct figure){ .type = FIGURE_RATE,
                .number = (int64_t)(bits * SECOND / (uint64_t)within.number) };
}

static struct figure get_segments_sent(const struct transfer_facts *facts)
{
        return count_of(facts->transfer->counts.segments_sent);
}

static struct figure get_retransmitted(const struct transfer_facts *facts)
{
        return count_of(facts->transfer->counts.retransmitted_segments);
}

static struct figure get_timeouts(const struct transfer_facts *facts)
{
        return count_of(facts->transfer->counts.timeouts);
}

static struct figure get_fast_recoveries(const struct transfer_facts *facts)
{
        return count_of(facts->transfer->counts.fast_recoveries);
}

static struct figure get_dup_acks(const struct transfer_facts *facts)
{
        return count_of(facts->transfer->counts.duplicate_acks_sent);
}

static struct figure get_spurious(const struct transfer_facts *facts)
{
        return count_of(facts->transfer->counts.spurious_segments);
}

static struct figure get_out_of_order_arrivals(const struct transfer_facts *facts)
{
        return count_of(facts->transfer->counts.out_of_order_arrivals);
}

static struct figure get_held_bytes_max(const struct transfer_facts *facts)
{
        return count_of(facts->transfer->counts.held_bytes_max);
}

static struct figure get_longest_stall(const struct transfer_facts *facts)
{
        return time_of(facts->transfer->longest_stall);
}

const struct transfer_figure transfer_figures[] = {
        { "url", FIGURE_TEXT, true, get_url },
        { "status", FIGURE_COUNT, true, get_status },
        { "bytes", FIGURE_COUNT, true, get_bytes },
        { "sha256", FIGURE_TEXT, true, get_sha256 },
        { "verified", FIGURE_FLAG, true, get_verified },
        { "started_s", FIGURE_TIME, true, get_started },
        { "dns_s", FIGURE_TIME, true, get_dns },
        { "connect_s", FIGURE_TIME, true, get_connect },
        { "first_byte_s", FIGURE_TIME, true, get_first_byte },
        { "finished_s", FIGURE_TIME, true, get_finished },
        { "within", FIGURE_TIME, false, get_within },
        { "goodput_bps", FIGURE_RATE, true, get_goodput },
        { "segments_sent", FIGURE_COUNT, true, get_segments_sent },
        { "retransmitted", FIGURE_COUNT, true, get_retransmitted },
        { "timeouts", FIGURE_COUNT, true, get_timeouts },
        { "fast_recoveries", FIGURE_COUNT, true, get_fast_recoveries },
        { "dup_acks", FIGURE_COUNT, true, get_dup_acks },
        { "spurious", FIGURE_COUNT, true, get_spurious },
        { "out_of_order_arrivals", FIGURE_COUNT, true, get_out_of_order_arrivals },
        { "held_bytes_max", FIGURE_COUNT, true, get_held_bytes_max },
        { "longest_stall_s", FIGURE_TIME, true, get_longest_stall },
        { NULL, FIGURE_UNKNOWN, false, NULL },
};

static uint64_t get_sent(const World *world)
{
        return world_packet_counts(world)->sent;
}

static uint64_t get_delivered(const World *world)
{
        return world_packet_counts(world)->delivered;
}

static uint64_t get_duplicated(const World *world)
{
        return world_packet_counts(world)->duplicated;
}

static uint64_t get_reordered(const World *world)
{
        return world_packet_counts(world)->reordered;
}

static uint64_t get_corrupted(const World *world)
{
        return world_packet_counts(world)->corrupted;
}

static uint64_t get_marked(const World *world)
{
        return world_packet_counts(world)->marked;
}

const struct packet_figure packet_figures[] = {
        { "sent", get_sent },
        { "delivered", get_delivered },
        { "duplicated", get_duplicated },
        { "reordered", get_reordered },
        { "corrupted", get_corrupted },
        { "in_flight", world_in_flight },
        { "marked", get_marked },
        { NULL, NULL },
};

GPtrArray *packet_figure_names(void)
{
        GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
        for (const struct packet_figure *row = packet_figures; row->name != NULL; row++)
                g_ptr_array_add(names, g_strdup(row->name));
        for (unsigned reason = 0; reason < DROP_REASONS; reason++)
                g_ptr_array_add(names, g_strdup_printf("dropped.%s", drop_reason_name(reason)));
        return names;
}

GPtrArray *transfer_figure_names(void)
{
        GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
        for (const struct transfer_figure *row = transfer_figures; row->name != NULL; row++)
                g_ptr_array_add(names, g_strdup(row->name));
        return names;
}
