/*
 * Luck, drawn or replayed, and noted.
 */
#include "net/path_luck.h"

uint64_t path_luck_look(const Link *link, struct impair *impair, enum path_stage stage, uint64_t number,
        const struct packet *packet, bool is_flipped, struct impair_verdict *verdict)
{
        PathLog *replay = link->context->replay;
        if (replay == NULL)
                return impair_look(impair, packet, number, is_flipped, verdict);
        const struct path_event name = { .stage = stage, .number = number };
        path_log_find_verdict(replay, link->number, link->direction, &name, packet, impair, verdict);
        return number;
}

void path_luck_look_copy(const Link *link, struct impair *impair, uint64_t luck, const struct packet *copy,
        uint32_t k, struct impair_verdict *verdict)
{
        PathLog *replay = link->context->replay;
        const struct path_event name = { .stage = PATH_LINE, .number = copy->ordinal, .copy = k };
        const struct impair_subject subject = { .ordinal = copy->ordinal, .luck = luck, .copy = k };
        if (replay != NULL)
                path_log_find_verdict(replay, link->number, link->direction, &name, copy, impair, verdict);
        else
                impair_decide(impair, &subject, verdict);
}

void path_luck_note(const Link *link, const struct impair *impair, enum path_stage stage, uint64_t number,
        uint32_t copy, const struct packet *packet, const struct impair_verdict *verdict)
{
        PathLog *record = link->context->record;
        const struct path_event name = { .stage = stage, .number = number, .copy = copy };
        if (record != NULL)
                path_log_add_verdict(record, link->number, link->direction, &name, packet, impair, verdict);
        if (link->context->replay != NULL)
                path_log_meet_verdict(
                        link->context->replay, link->number, link->direction, &name, packet, verdict);
}

/* A log has every slot on which something depended: the others made way for the next, and do so again. */
duration_ns path_luck_slot(const Link *link, const struct slot_gate *gate)
{
        const struct path_event name = { .stage = PATH_SLOT, .number = gate->drawn + 1 };
        PathLog *replay = link->context->replay;
        unsigned count;
        if (replay == NULL || slot_config_is_regular(&gate->config))
                return slot_gate_draw(gate);
        struct path_event *events = path_log_find(replay, link->number, link->direction, &name, &count);
        if (count == 0)
                return 0;
        events[0].is_met = true;
        return events[0].delay;
}

void path_luck_note_slot(const Link *link, const struct slot_gate *gate)
{
        PathLog *record = link->context->record;
        const struct path_event event = {
                .kind = PATH_SLOT_LENGTH, .stage = PATH_SLOT, .number = gate->drawn, .delay = gate->length
        };
        if (record != NULL && !slot_config_is_regular(&gate->config))
                path_log_add(record, link->number, link->direction, &event, NULL);
}
