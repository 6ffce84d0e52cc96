/*
 * A line's luck. The meanings of probabilities are those of tc-netem(8); loss by two states is Gilbert (Bell
 * System Technical Journal 39, 1960) and Elliott (the same, 42, 1963) with netem's parameters.
 */
#include "net/impair.h"

#include <glib.h>

bool impair_config_is_idle(const struct impair_config *config)
{
        return config->loss_model == LOSS_NONE && probability_is_zero(config->corrupt) &&
               probability_is_zero(config->duplicate) && config->jitter == 0 &&
               probability_is_zero(config->reorder);
}

static struct rng_stream stream_of(uint64_t seed, const char *label, const char *purpose)
{
        g_autofree char *name = g_strdup_printf("link %s: %s", label, purpose);
        return rng_stream_named(seed, name);
}

void impair_init(struct impair *impair, const struct impair_config *config, uint64_t seed, const char *label)
{
        *impair = (struct impair){
                .config = *config,
                .loss = stream_of(seed, label, "loss"),
                .corrupt = stream_of(seed, label, "corrupt"),
                .duplicate = stream_of(seed, label, "duplicate"),
                .jitter = stream_of(seed, label, "jitter"),
                .reorder = stream_of(seed, label, "reorder"),
        };
}

static bool happens(const struct rng_stream *stream, struct probability probability, uint64_t ordinal,
        uint32_t copy, uint32_t draw)
{
        if (probability_is_zero(probability))
                return false;
        return probability_happens(probability, rng_draw(stream, ordinal, copy, draw));
}

/* A packet is lost by the state that it finds, and moves the state for the next one: as netem does. */
static bool is_lost_by_state(struct impair *impair, uint64_t ordinal)
{
        const struct impair_config *config = &impair->config;
        struct probability move = impair->is_bad ? config->gemodel.r : config->gemodel.p;
        struct probability loss = impair->is_bad ? config->gemodel.bad_loss : config->gemodel.good_loss;
        if (happens(&impair->loss, move, ordinal, 0, 0))
                impair->is_bad = !impair->is_bad;
        return happens(&impair->loss, loss, ordinal, 0, 1);
}

static bool is_lost(struct impair *impair, uint64_t ordinal)
{
        switch (impair->config.loss_model) {
        case LOSS_NONE:
                return false;
        case LOSS_RANDOM:
                return happens(&impair->loss, impair->config.loss, ordinal, 0, 0);
        case LOSS_GEMODEL:
                return is_lost_by_state(impair, ordinal);
        }
        g_assert_not_reached();
}

/* What befalls the packet that was sent; copies made of it here share it. */
static void decide_fate(struct impair *impair, uint64_t ordinal, uint32_t packet_bits, bool was_corrupted,
        struct impair_verdict *verdict)
{
        const struct impair_config *config = &impair->config;
        verdict->is_lost = is_lost(impair, ordinal);
        verdict->is_corrupted = (!was_corrupted || config->corrupt_again) &&
                                happens(&impair->corrupt, config->corrupt, ordinal, 0, 0);
        if (verdict->is_corrupted)
                verdict->corrupt_draw_bit =
                        (uint32_t)rng_draw_below(&impair->corrupt, ordinal, 0, 1, packet_bits);
        verdict->is_duplicated = happens(&impair->duplicate, config->duplicate, ordinal, 0, 0);
}

static void decide_delay(
        const struct impair *impair, uint64_t ordinal, uint32_t copy, struct impair_verdict *verdict)
{
        const struct impair_config *config = &impair->config;
        if (config->jitter > 0) {
                uint64_t span = 2 * (uint64_t)config->jitter + 1;
                verdict->extra_delay =
                        (duration_ns)rng_draw_below(&impair->jitter, ordinal, copy, 0, span) - config->jitter;
        }
        verdict->is_delayed = happens(&impair->reorder, config->reorder, ordinal, copy, 0);
        if (verdict->is_delayed)
                verdict->extra_delay += config->reorder_delay;
        verdict->may_overtake = verdict->is_delayed || !config->keep_order;
}

void impair_decide(struct impair *impair, uint64_t ordinal, uint32_t copy, uint32_t packet_bits,
        bool was_corrupted, struct impair_verdict *verdict)
{
        *verdict = (struct impair_verdict){ 0 };
        if (copy == 0)
                decide_fate(impair, ordinal, packet_bits, was_corrupted, verdict);
        decide_delay(impair, ordinal, copy, verdict);
}
