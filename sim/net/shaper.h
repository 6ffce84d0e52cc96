/*
 * When a transmission ends on a line whose rate is not just a number of the packet's bytes: with frames and
 * cells around them as tc-netem's `rate` has them, a token bucket, or a trace of delivery opportunities as mahimahi writes them (Netravali and others, "Mahimahi: accurate record-and-replay for HTTP",
 * USENIX ATC 2015).
 */
#ifndef INORDER_SHAPER_H
#define INORDER_SHAPER_H

#include <stdbool.h>
#include "units.h"

#define DELIVERY_BYTES 1504 /* what one opportunity delivers, of one packet or several */

/* Opportunities in whole milliseconds, in order; after the last everything begins again. */
struct delivery_trace {
        const char *name; /* the file's path … */
        const char *kept; /* … and the name under which a run's directory keeps it */
        uint32_t count;
        const uint32_t *at_ms; /* the last is above 0 */
};

/* What a packet takes of a line: itself and its overhead, in whole cells, each with its own. */
struct framing {
        int32_t overhead; /* bytes a packet; may be negative, as headers that are compressed */
        uint32_t cell;    /* bytes of a packet in one, as ATM's 48; 0: there are none */
        int32_t cell_overhead;
};

struct shaper_config {
        struct framing framing; /* of fixed rates and buckets */
        uint64_t burst_bytes; /* of the bucket; 0: there is none */
        rate_bps peak;        /* at which a full bucket empties; 0: at once */
        const struct delivery_trace *trace; /* NULL: there is none */
};

struct shaper {
        struct shaper_config config;
        time_ns full_at;      /* when the bucket will be full if nothing is taken */
        uint64_t opportunity; /* of the trace, counted from its first beginning */
        uint32_t bytes_left;  /* in it */
};

bool framing_is_idle(const struct framing *framing);
/* Of an IP packet, on the line. */
uint64_t framing_size(const struct framing *framing, uint32_t size);

bool shaper_config_is_idle(const struct shaper_config *config);
/* What a trace delivers in the long run, rounded down. */
rate_bps delivery_trace_rate(const struct delivery_trace *trace);

void shaper_init(struct shaper *shaper, const struct shaper_config *config);
/* Send an IP packet of `size` bytes from `now` on; returns when the last has gone. `rate` is the bucket's. */
time_ns shaper_send(struct shaper *shaper, rate_bps rate, uint32_t size, time_ns now);

#endif
