/*
 * TCP options, on the wire and as values. RFC 9293 section 3.2; RFC 7323 and RFC 2018.
 */
#ifndef INORDER_TCP_OPTIONS_H
#define INORDER_TCP_OPTIONS_H

#include "wire/tcp_segment.h"

/* Read the `size` bytes between the fixed header and the data. Of an option that comes twice the last one
 * counts. False when a length is impossible; then `*options` is not to be used. */
bool tcp_options_parse(const uint8_t *bytes, size_t size, struct tcp_options *options);

/* Write tcp_options_size() bytes. */
void tcp_options_emit(const struct tcp_options *options, uint8_t *bytes);

#endif
