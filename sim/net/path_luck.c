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
