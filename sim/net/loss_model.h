/*
 * Which packets a line loses by luck, or by their number: models with tc-netem's names, parameters and
 * meanings where it has them.
 */
#ifndef INORDER_LOSS_MODEL_H
#define INORDER_LOSS_MODEL_H

#include "net/correlated.h"

enum loss_model {
        LOSS_NONE,
        LOSS_RANDOM,   /* each packet alone, or leaning towards the one before */
        LOSS_GEMODEL,  /* two states; Gilbert 1960, Elliott 1963 */
        LOSS_STATE,    /* four states: good, good within a burst, lost within a burst, lost alone */
        LOSS_PERIODIC, /* every so many packets one */
        LOSS_LIST,     /* these ordinals */
        LOSS_MODELS,
};
const char *loss_model_name(enum loss_model model); /* "gemodel" */

/* Ordinals, both ends included. */
struct loss_range {
        uint64_t first;
        uint64_t last;
};

struct loss_config {
        enum loss_model model;
        struct probability probability; /* RANDOM */
        struct probability correlation; /* RANDOM */
        struct {                        /* GEMODEL, each checked and moved once a packet */
                struct probability p;   /* good to bad */
                struct probability r;   /* bad to good */
                struct probability bad_loss;  /* 1-h */
                struct probability good_loss; /* 1-k */
        } gemodel;
        struct { /* STATE: from state 1 (good) to 3 (lost in a burst) and so on; 2 is good within a burst, 4 a
                    loss alone. p13 + p14 and p31 + p32 are at most 1. */
                struct probability p13;
                struct probability p31;
                struct probability p32;
                struct probability p23;
                struct probability p14;
        } state;
        uint64_t every; /* PERIODIC: the first, then each `every`th behind it */
        uint64_t first;
        unsigned range_count; /* LIST, in order; the ranges outlive whoever uses them */
        const struct loss_range *ranges;
};

/* One direction's. */
struct loss {
        struct correlated luck;
        unsigned state; /* of GEMODEL: 0 good, 1 bad; of STATE: 1 to 4; LIST: the range it is at */
};

void loss_model_init(struct loss *loss, const struct loss_config *config, const struct rng_stream *stream);
/* Whether packet `ordinal` is lost. `luck` names its draws: the ordinal, or what else a packet is told by. */
bool loss_model_strikes(struct loss *loss, const struct loss_config *config, uint64_t ordinal, uint64_t luck);
/* Whether a model's losses depend on packets before. */
bool loss_model_has_memory(const struct loss_config *config);

#endif
