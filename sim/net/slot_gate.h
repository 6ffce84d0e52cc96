/*
 * Delivery in bursts: what has come to the line's end waits there until a slot opens, as with tc-netem's `slot`
 * (get_slot_next() and netem_dequeue() of Linux's net/sched/sch_netem.c).
 *
 * A slot opens so long after somebody has found that the one before was over: it is not a clock, and an idle
 * line has none.
 */
#ifndef INORDER_SLOT_GATE_H
#define INORDER_SLOT_GATE_H

#include "net/jitter.h"

struct slot_config {
        duration_ns least; /* until the next one opens: between these, uniform … */
        duration_ns most;
        bool has_distribution;            /* … or by these; neither: there are no slots */
        const struct jitter_table *table; /* NULL: uniform, plus or minus */
        duration_ns delay;
        duration_ns jitter;
        uint32_t packets; /* that one delivers at most; 0: without limit */
        uint32_t bytes;   /* of IP packets, and it ends with the one that reaches them; 0: without limit */
};

struct slot_gate {
        struct slot_config config;
        struct rng_stream stream;
        uint64_t drawn;     /* slots so far: names the next one's luck */
        time_ns opens_at;   /* the last of them; it may have been open for long */
        duration_ns length; /* how long it let wait … */
        bool is_used;       /* … and whether anything has depended on that */
        int64_t packets_left; /* in it */
        int64_t bytes_left;
};

bool slot_config_is_idle(const struct slot_config *config);
/* Whether all are equally long, so that there is nothing to draw. */
bool slot_config_is_regular(const struct slot_config *config);

/* Open from `now` on. `drawn` goes on from the gate before. */
void slot_gate_init(
        struct slot_gate *gate, const struct slot_config *config, const struct rng_stream *stream, time_ns now);
/* How long the next slot lets wait by luck. Its number is gate->drawn + 1, and once it has begun gate->drawn. */
duration_ns slot_gate_draw(const struct slot_gate *gate);
/* The next slot, `length` from now. */
void slot_gate_begin(struct slot_gate *gate, duration_ns length, time_ns now);
/* A packet goes; false: it was the slot's last. */
bool slot_gate_pass(struct slot_gate *gate, uint32_t size);

#endif
