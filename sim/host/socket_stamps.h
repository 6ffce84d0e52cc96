/*
 * Clock stamps of what a stream sends: SO_TIMESTAMPING. Linux's Documentation/networking/timestamping.rst.
 *
 * Whoever asked for them finds in the error queue when the last byte of each write went to the device (SCHED), out of
 * it (SND), and was acknowledged (ACK).
 */
#ifndef INORDER_SOCKET_STAMPS_H
#define INORDER_SOCKET_STAMPS_H

#include "host/socket_private.h"

int socket_set_timestamping(Socket *socket, uint32_t flags);

/* A call has written something. */
void stamps_on_written(Socket *socket);
/* `size` bytes from `offset` on are going out. */
void stamps_on_sent(struct connection *connection, uint64_t offset, uint32_t size);
/* Bytes may have been acknowledged. */
void stamps_on_acknowledged(struct connection *connection);
void stamps_clear(struct connection *connection);

#endif
