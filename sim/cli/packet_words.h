/*
 * A packet in a few words for people: "SYN", "www's bytes 1448 to 2895", "ACK up to 1448", "a DNS message".
 */
#ifndef INORDER_PACKET_WORDS_H
#define INORDER_PACKET_WORDS_H

#include "trace/trace.h"

/* The caller frees. */
char *packet_words(const Trace *trace, const struct trace_packet *packet);

#endif
