/*
 * Slots: how long until the next, and what one delivers.
 */
#include "net/slot_gate.h"

#include <glib.h>

__extension__ typedef unsigned __int128 uint128;

bool slot_config_is_idle(const struct slot_config *config)
{
        return !config->has_distribution && config->most == 0;
}

bool slot_config_is_regular(const struct slot_config *config)
{
        return config->has_distribution ? config->jitter == 0 : config->least == config->most;
}

static void fill(struct slot_gate *gate)
{
        gate->packets_left = gate->config.packets > 0 ? gate->config.packets : INT64_MAX;
        gate->bytes_left = gate->config.bytes > 0 ? gate->config.bytes : INT64_MAX;
}

void slot_gate_init(struct slot_gate *gate, const struct slot_config *config, const struct rng_stream *stream,
        time_ns now)
{
        *gate = (struct slot_gate){
                .config = *config, .stream = *stream, .drawn = gate->drawn, .opens_at = now, .is_used = true
        };
        fill(gate);
}

/* One that should have opened before now is open. */
duration_ns slot_gate_draw(const struct slot_gate *gate)
{
        const struct slot_config *config = &gate->config;
        uint64_t draw = rng_draw(&gate->stream, gate->drawn + 1, 0, 0);
        if (config->has_distribution)
                return MAX(0, config->delay + jitter_of_draw(config->table, config->jitter, draw));
        return config->least + (duration_ns)((uint128)(uint64_t)(config->most - config->least) * draw >> 64);
}

void slot_gate_begin(struct slot_gate *gate, duration_ns length, time_ns now)
{
        gate->drawn++;
        gate->length = length;
        gate->is_used = false;
        gate->opens_at = now + length;
        fill(gate);
}

bool slot_gate_pass(struct slot_gate *gate, uint32_t size)
{
        gate->packets_left--;
        gate->bytes_left -= size;
        return gate->packets_left > 0 && gate->bytes_left > 0;
}
