/*
 * Frames and cells, token buckets, delivery traces.
 */
#include "net/shaper.h"

#include "net/link_private.h"

bool framing_is_idle(const struct framing *framing)
{
        return framing->overhead == 0 && framing->cell == 0;
}

/* netem's packet_time_ns(), but that nothing is sent of what is less than nothing. */
uint64_t framing_size(const struct framing *framing, uint32_t size)
{
        int64_t length = (int64_t)size + framing->overhead;
        if (length <= 0)
                return 0;
        if (framing->cell == 0)
                return (uint64_t)length;
        int64_t cells = (length + framing->cell - 1) / framing->cell;
        return (uint64_t)(cells * ((int64_t)framing->cell + framing->cell_overhead));
}

bool shaper_config_is_idle(const struct shaper_config *config)
{
        return config->burst_bytes == 0 && config->trace == NULL && framing_is_idle(&config->framing);
}

void shaper_init(struct shaper *shaper, const struct shaper_config *config)
{
        *shaper = (struct shaper){ .config = *config, .bytes_left = DELIVERY_BYTES };
}

/* ---- Token bucket ---- */

/* Tokens are counted in the time that they take to come. A packet goes as soon as there are enough. */
static time_ns send_by_tokens(struct shaper *shaper, rate_bps rate, uint64_t size, time_ns now)
{
        duration_ns capacity = link_transmission_time(rate, shaper->config.burst_bytes);
        duration_ns needed = link_transmission_time(rate, size);
        time_ns start = MAX(now, shaper->full_at + needed - capacity);
        shaper->full_at = MAX(shaper->full_at, start) + needed;
        return start + link_transmission_time(shaper->config.peak, size);
}

/* ---- Delivery trace ---- */

static uint32_t period_ms(const struct delivery_trace *trace)
{
        return trace->at_ms[trace->count - 1];
}

rate_bps delivery_trace_rate(const struct delivery_trace *trace)
{
        uint64_t bits = (uint64_t)trace->count * DELIVERY_BYTES * 8;
        return (rate_bps)(bits * 1000 / period_ms(trace));
}

static time_ns time_of(const struct delivery_trace *trace, uint64_t opportunity)
{
        uint64_t cycles = opportunity / trace->count;
        uint64_t ms = cycles * period_ms(trace) + trace->at_ms[opportunity % trace->count];
        return (time_ns)ms * MILLISECOND;
}

/* The first opportunity of those from `from` on that is not before `now`; what nobody was there for is
 * wasted. */
static uint64_t next_opportunity(const struct delivery_trace *trace, uint64_t from, time_ns now)
{
        uint64_t cycle = (uint64_t)now / ((uint64_t)period_ms(trace) * MILLISECOND);
        uint64_t opportunity = cycle > 0 ? MAX(from, (cycle - 1) * trace->count) : from;
        while (time_of(trace, opportunity) < now)
                opportunity++;
        return opportunity;
}

static time_ns send_by_trace(struct shaper *shaper, uint32_t size, time_ns now)
{
        const struct delivery_trace *trace = shaper->config.trace;
        if (time_of(trace, shaper->opportunity) < now) {
                shaper->opportunity = next_opportunity(trace, shaper->opportunity, now);
                shaper->bytes_left = DELIVERY_BYTES;
        }
        while (size > shaper->bytes_left) {
                size -= shaper->bytes_left;
                shaper->opportunity++;
                shaper->bytes_left = DELIVERY_BYTES;
        }
        shaper->bytes_left -= size;
        return time_of(trace, shaper->opportunity);
}

time_ns shaper_send(struct shaper *shaper, rate_bps rate, uint32_t size, time_ns now)
{
        uint64_t framed = framing_size(&shaper->config.framing, size);
        if (shaper->config.trace != NULL)
                return send_by_trace(shaper, size, now);
        if (shaper->config.burst_bytes == 0)
                return now + link_transmission_time(rate, framed);
        return send_by_tokens(shaper, rate, framed, now);
}
