/*
 * Loss models: independent or correlated (tc-netem(8)), two states (Gilbert, Bell System Technical Journal
 * 39, 1960; Elliott, the same, 42, 1963), four states (Salsano and others, "Definition of a general and
 * intuitive loss model for packet networks and its implementation in the Netem module in the Linux kernel",
 * 2009), periodic, by list.
 */
#include "net/loss_model.h"

#include <glib.h>

/* ---- Independent or correlated ---- */

static bool is_lost_at_random(
        struct loss *loss, const struct loss_config *config, uint64_t ordinal G_GNUC_UNUSED, uint64_t luck)
{
        return correlated_happens(&loss->luck, config->probability, luck, 0, 0);
}

/* ---- Two states ---- */

enum { GOOD, BAD };

static bool happens(struct loss *loss, struct probability probability, uint64_t ordinal, uint32_t draw)
{
        return correlated_happens(&loss->luck, probability, ordinal, 0, draw);
}

/* A packet is lost by the state that it finds, and moves the state for the next one: as netem does. */
static bool is_lost_by_two_states(
        struct loss *loss, const struct loss_config *config, uint64_t ordinal, uint64_t luck G_GNUC_UNUSED)
{
        bool is_bad = loss->state == BAD;
        if (happens(loss, is_bad ? config->gemodel.r : config->gemodel.p, ordinal, 0))
                loss->state = is_bad ? GOOD : BAD;
        return happens(loss, is_bad ? config->gemodel.bad_loss : config->gemodel.good_loss, ordinal, 1);
}

/* ---- Four states ---- */

enum { GOOD_IN_GAP = 1, GOOD_IN_BURST, LOST_IN_BURST, LOST_IN_GAP };

/* Of two ways out of a state one is taken: 0 the first, 1 the second, -1 neither. Their sum is at most 1. */
static int choose_way(
        struct loss *loss, struct probability first, struct probability second, uint64_t ordinal)
{
        if (first.is_certain || second.is_certain)
                return first.is_certain ? 0 : 1;
        uint64_t draw = correlated_draw(&loss->luck, ordinal, 0, 0);
        if (draw < first.threshold)
                return 0;
        return draw - first.threshold < second.threshold ? 1 : -1;
}

/* The state that a packet moves to says whether it is lost. */
static unsigned next_state(struct loss *loss, const struct loss_config *config, uint64_t ordinal)
{
        int way;
        switch (loss->state) {
        case GOOD_IN_GAP:
                way = choose_way(loss, config->state.p14, config->state.p13, ordinal);
                return way == 0 ? LOST_IN_GAP : way == 1 ? LOST_IN_BURST : GOOD_IN_GAP;
        case GOOD_IN_BURST:
                return happens(loss, config->state.p23, ordinal, 0) ? LOST_IN_BURST : GOOD_IN_BURST;
        case LOST_IN_BURST:
                way = choose_way(loss, config->state.p32, config->state.p31, ordinal);
                return way == 0 ? GOOD_IN_BURST : way == 1 ? GOOD_IN_GAP : LOST_IN_BURST;
        default:
                return GOOD_IN_GAP;
        }
}

static bool is_lost_by_four_states(
        struct loss *loss, const struct loss_config *config, uint64_t ordinal, uint64_t luck G_GNUC_UNUSED)
{
        loss->state = next_state(loss, config, ordinal);
        return loss->state == LOST_IN_BURST || loss->state == LOST_IN_GAP;
}

/* ---- By number ---- */

static bool is_lost_by_period(struct loss *loss G_GNUC_UNUSED, const struct loss_config *config,
        uint64_t ordinal, uint64_t luck G_GNUC_UNUSED)
{
        return ordinal >= config->first && (ordinal - config->first) % config->every == 0;
}

static bool is_lost_by_list(
        struct loss *loss, const struct loss_config *config, uint64_t ordinal, uint64_t luck G_GNUC_UNUSED)
{
        while (loss->state < config->range_count && config->ranges[loss->state].last < ordinal)
                loss->state++;
        return loss->state < config->range_count && config->ranges[loss->state].first <= ordinal;
}

/* ---- The table ---- */

static bool is_never_lost(struct loss *loss G_GNUC_UNUSED, const struct loss_config *config G_GNUC_UNUSED,
        uint64_t ordinal G_GNUC_UNUSED, uint64_t luck G_GNUC_UNUSED)
{
        return false;
}

static const struct {
        const char *name;
        unsigned first_state;
        bool has_memory;
        bool (*is_lost)(struct loss *loss, const struct loss_config *config, uint64_t ordinal, uint64_t luck);
} models[LOSS_MODELS] = {
        [LOSS_NONE] = { "none", 0, false, is_never_lost },
        [LOSS_RANDOM] = { "random", 0, false, is_lost_at_random },
        [LOSS_GEMODEL] = { "gemodel", GOOD, true, is_lost_by_two_states },
        [LOSS_STATE] = { "state", GOOD_IN_GAP, true, is_lost_by_four_states },
        [LOSS_PERIODIC] = { "periodic", 0, true, is_lost_by_period },
        [LOSS_LIST] = { "list", 0, true, is_lost_by_list },
};

const char *loss_model_name(enum loss_model model)
{
        g_assert(model < LOSS_MODELS);
        return models[model].name;
}

void loss_model_init(struct loss *loss, const struct loss_config *config, const struct rng_stream *stream)
{
        *loss = (struct loss){ .state = models[config->model].first_state };
        struct probability correlation =
                config->model == LOSS_RANDOM ? config->correlation : probability_of(0, 1);
        correlated_init(&loss->luck, stream, correlation);
}

bool loss_model_strikes(struct loss *loss, const struct loss_config *config, uint64_t ordinal, uint64_t luck)
{
        return models[config->model].is_lost(loss, config, ordinal, luck);
}

bool loss_model_has_memory(const struct loss_config *config)
{
        return models[config->model].has_memory || !probability_is_zero(config->correlation);
}
