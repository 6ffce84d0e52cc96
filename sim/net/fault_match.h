/*
 * Whether a packet is what a fault rule describes, its count and luck apart. For fault_script.c alone.
 */
#ifndef INORDER_FAULT_MATCH_H
#define INORDER_FAULT_MATCH_H

#include "net/fault_script.h"

/* Every key but nth, every and probability. `now` is when the packet's transmission ends. */
bool fault_match_keys(const struct fault_match *match, const struct packet *packet, time_ns now);

#endif
