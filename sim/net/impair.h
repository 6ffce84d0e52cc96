/*
 * What a line does to packets by luck: loss, corruption, duplication, jitter, reordering. Words and meanings
 * of tc-netem where it has them.
 *
 * Every draw is named by the packet's ordinal on the link direction, so no packet's luck depends on
 * another's.
 */
#ifndef INORDER_IMPAIR_H
#define INORDER_IMPAIR_H

#include "engine/rng.h"
#include "units.h"

enum loss_model {
        LOSS_NONE,
        LOSS_RANDOM,  /* each packet alone */
        LOSS_GEMODEL, /* Gilbert-Elliott: two states; Gilbert 1960, Elliott 1963; netem's parameters */
};

struct impair_config {
        enum loss_model loss_model;
        struct probability loss;              /* LOSS_RANDOM */
        struct {                              /* LOSS_GEMODEL, each checked and moved once a packet */
                struct probability p;         /* good to bad */
                struct probability r;         /* bad to good */
                struct probability bad_loss;  /* 1-h */
                struct probability good_loss; /* 1-k */
        } gemodel;
        struct probability corrupt; /* one bit anywhere in the IP packet */
        bool corrupt_again;         /* also those already corrupted elsewhere */
        struct probability duplicate;
        duration_ns jitter; /* uniform, plus or minus, at most the link's delay */
        bool keep_order;    /* jitter alone does not reorder (default) */
        struct probability reorder;
        duration_ns reorder_delay; /* what a chosen packet waits longer */
};

/* One direction's luck. */
struct impair {
        struct impair_config config;
        struct rng_stream loss;
        struct rng_stream corrupt;
        struct rng_stream duplicate;
        struct rng_stream jitter;
        struct rng_stream reorder;
        bool is_bad; /* LOSS_GEMODEL's state */
};

/* What is to happen to a packet. */
struct impair_verdict {
        bool is_lost;
        bool is_corrupted;
        uint32_t corrupt_draw_bit; /* which bit, below `packet_bits` */
        bool is_duplicated;
        bool is_delayed;         /* chosen for reordering */
        duration_ns extra_delay; /* jitter and reordering; may be negative */
        bool may_overtake;       /* keep_order does not bind it */
};

bool impair_config_is_idle(const struct impair_config *config);
/* `label` names the direction: "core → right". Streams are "link LABEL: loss" and so on. */
void impair_init(struct impair *impair, const struct impair_config *config, uint64_t seed, const char *label);
void impair_decide(struct impair *impair, uint64_t ordinal, uint32_t copy, uint32_t packet_bits,
        bool was_corrupted, struct impair_verdict *verdict);

#endif
