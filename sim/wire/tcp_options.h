/*
 * TCP options, on the wire and as values. RFC 9293 section 3.2; RFC 7323, RFC 2018, RFC 7413, RFC 9768.
 */
#ifndef INORDER_TCP_OPTIONS_H
#define INORDER_TCP_OPTIONS_H

#include "wire/tcp_segment.h"

/* Read the `size` bytes between the fixed header and the data, as leniently as Linux: an option that is
 * unknown, or not as long as its kind is, is left out, and one with an impossible length ends the list. Of an
 * option that comes twice the last one counts. */
void tcp_options_parse(const uint8_t *bytes, size_t size, struct tcp_options *options);

/* Write tcp_options_size() bytes. */
void tcp_options_emit(const struct tcp_options *options, uint8_t *bytes);

/* What stands before the two timestamps when there is no other option: two NOPs, kind and length. */
#define TCP_TIMESTAMPS_HEAD 0x0101080au

#endif
