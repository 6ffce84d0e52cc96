/*
 * Where links ask what befalls a packet: luck draws it, or a log that is replayed has it; and a log that is kept
 * gets it.
 */
#ifndef INORDER_PATH_LUCK_H
#define INORDER_PATH_LUCK_H

#include "net/link_private.h"

/* About the `number`th packet at the stage. Returns what names its draws, for its copies. */
uint64_t path_luck_look(const Link *link, struct impair *impair, enum path_stage stage, uint64_t number,
        const struct packet *packet, bool is_flipped, struct impair_verdict *verdict);
/* The same about a copy of it; only its delay is its own. */
void path_luck_look_copy(const Link *link, struct impair *impair, uint64_t luck, const struct packet *copy,
        uint32_t k, struct impair_verdict *verdict);
/* How long the gate's next slot lets wait; and that something depends on the one that has begun. */
duration_ns path_luck_slot(const Link *link, const struct slot_gate *gate);
void path_luck_note_slot(const Link *link, const struct slot_gate *gate);
/* It happened: once no rule has dropped the packet, and before it is changed. */
void path_luck_note(const Link *link, const struct impair *impair, enum path_stage stage, uint64_t number,
        uint32_t copy, const struct packet *packet, const struct impair_verdict *verdict);

#endif
