/*
 * What a line does to packets by luck: loss, corruption, truncation, duplication, jitter, reordering. Words and
 * meanings of tc-netem where it has them.
 *
 * Every draw is named by the packet's ordinal on the link direction, or by the segment it carries, so no
 * packet's luck depends on another's; only correlations, gaps and loss models with states have memory, and go
 * by order.
 */
#ifndef INORDER_IMPAIR_H
#define INORDER_IMPAIR_H

#include "net/jitter.h"
#include "net/loss_model.h"
#include "net/packet_area.h"
#include "net/slot_gate.h"

#define IMPAIR_BITS_MOST 8 /* flipped in one packet */

struct impair_config {
        struct loss_config loss;
        bool ecn; /* what asks to hear of congestion is marked instead of lost */

        struct probability corrupt;
        struct probability corrupt_correlation;
        uint32_t corrupt_bits;         /* different ones; 0: one */
        enum packet_area corrupt_area; /* a packet without as many bits there is spared */
        bool corrupt_again;            /* also those already corrupted elsewhere */

        struct probability truncate;
        uint32_t truncate_to; /* bytes of the IP packet that are left; shorter ones are spared */

        struct probability duplicate;
        struct probability duplicate_correlation;

        duration_ns jitter;                      /* above the link's delay some take none at all */
        const struct jitter_table *jitter_table; /* NULL: uniform, plus or minus */
        struct probability jitter_correlation;
        bool keep_order; /* jitter alone does not reorder (default) */

        struct probability reorder;
        struct probability reorder_correlation;
        uint32_t reorder_gap;      /* one of so many at most; 0, 1: any */
        duration_ns reorder_delay; /* what a chosen packet waits longer; with `reorder_by` at most */
        uint32_t reorder_by;       /* a chosen packet lets so many pass; 0: it is not held */
        bool reorder_early;        /* a chosen packet skips the link's delay, as netem's do */

        struct slot_config slot; /* packets arrive in bursts */

        bool has_seed; /* draws follow from this alone: lines of one seed meet the same luck */
        uint64_t seed;

        bool at_entry;   /* loss, corruption, truncation and duplication strike before the queue */
        bool by_segment; /* draws are named by what a packet carries, not by its ordinal */
};

/* One direction's luck. */
struct impair {
        struct impair_config config;
        struct loss loss;
        struct correlated corrupt;
        struct correlated truncate;
        struct correlated duplicate;
        struct correlated jitter;
        struct correlated reorder;
        uint32_t since_reordered;
};

/* A packet as luck sees it. */
struct impair_subject {
        uint64_t ordinal;
        uint64_t luck; /* names its draws; the ordinal, or its segment's number */
        uint32_t copy;
        uint32_t size;      /* bytes */
        uint32_t area_bits; /* of corrupt_area */
        bool was_corrupted;
        bool is_ecn_capable;
};

/* What is to happen to it. */
struct impair_verdict {
        bool is_lost;
        bool is_marked; /* instead */
        unsigned flip_count;
        uint32_t flips[IMPAIR_BITS_MOST]; /* bits of corrupt_area */
        bool is_truncated;
        uint32_t truncate_to;
        bool is_duplicated;
        bool is_delayed;         /* chosen for reordering */
        bool is_early;           /* it skips the link's delay */
        uint32_t lets_pass;      /* so many overtake it first; 0: it is not held */
        duration_ns extra_delay; /* jitter and reordering; may be negative */
        bool may_overtake;       /* keep_order does not bind it */
};

bool impair_config_is_idle(const struct impair_config *config);
/* It loses packets behind the transmitter, or does nothing at all. */
bool impair_config_loses_at_most(const struct impair_config *config);
/* What of it is done before the queue, and what on the line: jitter, reordering and slots change the line's
 * delay, wherever the rest strikes. */
void impair_config_split(
        const struct impair_config *config, struct impair_config *entry, struct impair_config *line);
/* `label` names the direction: "core → right". Streams are "link LABEL: loss" and so on. */
void impair_init(struct impair *impair, const struct impair_config *config, uint64_t seed, const char *label);
/* Of the slots' luck; lengths of slots are the line's to draw. */
struct rng_stream impair_slot_stream(const struct impair_config *config, uint64_t seed, const char *label);
void impair_decide(
        struct impair *impair, const struct impair_subject *subject, struct impair_verdict *verdict);

/* All of it where luck does no more than lose (impair_config_loses_at_most()). */
bool impair_loses(struct impair *impair, const struct packet *packet, uint64_t ordinal);
/* Decide about a packet, the `ordinal`th; `is_flipped`: bits will be flipped before. Returns the number that
 * names its draws, for its copies'. */
uint64_t impair_look(struct impair *impair, const struct packet *packet, uint64_t ordinal, bool is_flipped,
        struct impair_verdict *verdict);
/* Do to its bytes what was decided. Returns whether anything was. */
bool impair_damage(const struct impair *impair, PacketPool *pool, const struct impair_verdict *verdict,
        struct packet *packet);

#endif
