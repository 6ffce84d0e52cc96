/*
 * A line's luck. The meanings of probabilities are those of tc-netem(8).
 */
#include "net/impair.h"

#include "net/segment_luck.h"

#include <glib.h>
#include <string.h>

bool impair_config_is_idle(const struct impair_config *config)
{
        return config->loss.model == LOSS_NONE && impair_config_loses_at_most(config);
}

bool impair_config_loses_at_most(const struct impair_config *config)
{
        return !config->at_entry && !config->ecn && probability_is_zero(config->corrupt) &&
               probability_is_zero(config->truncate) && probability_is_zero(config->duplicate) &&
               config->jitter == 0 && probability_is_zero(config->reorder) &&
               slot_config_is_idle(&config->slot);
}

static void take_delay(struct impair_config *config)
{
        static const struct probability never = { 0 };
        config->jitter = 0;
        config->reorder = never;
}

static void take_fate(struct impair_config *config)
{
        static const struct probability never = { 0 };
        config->loss.model = LOSS_NONE;
        config->corrupt = config->truncate = config->duplicate = never;
}

void impair_config_split(
        const struct impair_config *config, struct impair_config *entry, struct impair_config *line)
{
        *entry = *line = *config;
        line->at_entry = false;
        take_delay(entry);
        if (config->at_entry)
                take_fate(line);
        else
                take_fate(entry);
}

/* As two netems of one seed: the nth packet of both has the same luck. */
static struct rng_stream stream_of(
        const struct impair_config *config, uint64_t seed, const char *label, const char *purpose)
{
        if (config->has_seed)
                return rng_stream_named(config->seed, purpose);
        g_autofree char *name = g_strdup_printf("link %s: %s", label, purpose);
        return rng_stream_named(seed, name);
}

static struct correlated luck_of(const struct impair_config *config, uint64_t seed, const char *label,
        const char *purpose, struct probability correlation)
{
        struct rng_stream stream = stream_of(config, seed, label, purpose);
        struct correlated luck;
        correlated_init(&luck, &stream, correlation);
        return luck;
}

void impair_init(struct impair *impair, const struct impair_config *config, uint64_t seed, const char *label)
{
        static const struct probability none = { 0 };
        struct rng_stream loss = stream_of(config, seed, label, "loss");
        *impair = (struct impair){
                .config = *config,
                .corrupt = luck_of(config, seed, label, "corrupt", config->corrupt_correlation),
                .truncate = luck_of(config, seed, label, "truncate", none),
                .duplicate = luck_of(config, seed, label, "duplicate", config->duplicate_correlation),
                .jitter = luck_of(config, seed, label, "jitter", config->jitter_correlation),
                .reorder = luck_of(config, seed, label, "reorder", config->reorder_correlation),
        };
        loss_model_init(&impair->loss, &config->loss, &loss);
}

struct rng_stream impair_slot_stream(const struct impair_config *config, uint64_t seed, const char *label)
{
        return stream_of(config, seed, label, "slot");
}

/* ---- Fate ---- */

/* The same bit twice would be no change at all. */
static bool has_flip(const struct impair_verdict *verdict, uint32_t bit)
{
        for (unsigned i = 0; i < verdict->flip_count; i++) {
                if (verdict->flips[i] == bit)
                        return true;
        }
        return false;
}

static void choose_flips(const struct impair *impair, const struct impair_subject *subject, uint32_t count,
        struct impair_verdict *verdict)
{
        for (uint32_t draw = 1; verdict->flip_count < count; draw++) {
                uint32_t bit = (uint32_t)rng_draw_below(
                        &impair->corrupt.stream, subject->luck, 0, draw, subject->area_bits);
                if (!has_flip(verdict, bit))
                        verdict->flips[verdict->flip_count++] = bit;
        }
}

static void decide_corruption(
        struct impair *impair, const struct impair_subject *subject, struct impair_verdict *verdict)
{
        const struct impair_config *config = &impair->config;
        uint32_t count = MAX(config->corrupt_bits, 1);
        bool is_spared = (subject->was_corrupted && !config->corrupt_again) || subject->area_bits < count;
        if (is_spared || !correlated_happens(&impair->corrupt, config->corrupt, subject->luck, 0, 0))
                return;
        choose_flips(impair, subject, count, verdict);
}

/* As netem's netem_enqueue() counts: what can be marked is not lost, and of a packet one more and one less is
 * that one. */
static void settle_count(
        const struct impair *impair, const struct impair_subject *subject, struct impair_verdict *verdict)
{
        verdict->is_marked = verdict->is_lost && impair->config.ecn && subject->is_ecn_capable;
        verdict->is_lost &= !verdict->is_marked;
        if (verdict->is_lost && verdict->is_duplicated)
                verdict->is_lost = verdict->is_duplicated = false;
}

/* What befalls the packet that was sent; copies made of it here share it. */
static void decide_fate(
        struct impair *impair, const struct impair_subject *subject, struct impair_verdict *verdict)
{
        const struct impair_config *config = &impair->config;
        uint64_t luck = subject->luck;
        verdict->is_lost = loss_model_strikes(&impair->loss, &config->loss, subject->ordinal, luck);
        decide_corruption(impair, subject, verdict);
        verdict->is_truncated = subject->size > config->truncate_to &&
                                correlated_happens(&impair->truncate, config->truncate, luck, 0, 0);
        verdict->truncate_to = config->truncate_to;
        verdict->is_duplicated = correlated_happens(&impair->duplicate, config->duplicate, luck, 0, 0);
        settle_count(impair, subject, verdict);
}

/* ---- Delay ---- */

/* Inside a gap no one is chosen, and nothing drawn: as netem. */
static bool is_chosen(struct impair *impair, const struct impair_subject *subject)
{
        const struct impair_config *config = &impair->config;
        if (probability_is_zero(config->reorder))
                return false;
        if (config->reorder_gap > 1 && impair->since_reordered < config->reorder_gap - 1) {
                impair->since_reordered++;
                return false;
        }
        if (!correlated_happens(&impair->reorder, config->reorder, subject->luck, subject->copy, 0)) {
                impair->since_reordered++;
                return false;
        }
        impair->since_reordered = 0;
        return true;
}

static void reorder(const struct impair_config *config, struct impair_verdict *verdict)
{
        verdict->is_early = config->reorder_early;
        verdict->is_delayed = !config->reorder_early;
        verdict->lets_pass = config->reorder_by;
        verdict->extra_delay += config->reorder_delay;
}

static void decide_delay(
        struct impair *impair, const struct impair_subject *subject, struct impair_verdict *verdict)
{
        const struct impair_config *config = &impair->config;
        if (config->jitter > 0)
                verdict->extra_delay = jitter_of_draw(config->jitter_table, config->jitter,
                        correlated_draw(&impair->jitter, subject->luck, subject->copy, 0));
        bool is_reordered = is_chosen(impair, subject);
        if (is_reordered)
                reorder(config, verdict);
        verdict->may_overtake = is_reordered || !config->keep_order;
}

void impair_decide(
        struct impair *impair, const struct impair_subject *subject, struct impair_verdict *verdict)
{
        memset(verdict, 0, sizeof *verdict);
        if (subject->copy == 0)
                decide_fate(impair, subject, verdict);
        decide_delay(impair, subject, verdict);
}

uint64_t impair_look(struct impair *impair, const struct packet *packet, uint64_t ordinal, bool is_flipped,
        struct impair_verdict *verdict)
{
        const struct impair_config *config = &impair->config;
        const struct impair_subject subject = {
                .ordinal = ordinal,
                .luck = config->by_segment ? segment_luck(packet, ordinal) : ordinal,
                .size = packet->size,
                .area_bits = packet_area_bits(config->corrupt_area, packet).count,
                .was_corrupted = packet->flips > 0 || is_flipped,
                .is_ecn_capable = config->ecn && packet_is_ecn_capable(packet),
        };
        impair_decide(impair, &subject, verdict);
        return subject.luck;
}

bool impair_loses(struct impair *impair, const struct packet *packet, uint64_t ordinal)
{
        const struct impair_config *config = &impair->config;
        uint64_t luck = config->by_segment ? segment_luck(packet, ordinal) : ordinal;
        return loss_model_strikes(&impair->loss, &config->loss, ordinal, luck);
}

/* A log that is replayed may have met another packet: what is not there is left alone. */
bool impair_damage(const struct impair *impair, PacketPool *pool, const struct impair_verdict *verdict,
        struct packet *packet)
{
        uint32_t first = packet_area_bits(impair->config.corrupt_area, packet).first;
        bool is_cut = verdict->is_truncated && packet->size > verdict->truncate_to;
        bool is_flipped = false;
        for (unsigned i = 0; i < verdict->flip_count; i++) {
                if (first + verdict->flips[i] >= packet->size * 8u)
                        continue;
                packet_flip_bit(pool, packet, first + verdict->flips[i]);
                is_flipped = true;
        }
        if (is_cut)
                packet_truncate(packet, verdict->truncate_to);
        return is_cut || is_flipped;
}
