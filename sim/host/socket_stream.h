/*
 * Stream sockets, between their files: listening, connecting and ending are not where reading and writing are.
 */
#ifndef INORDER_SOCKET_STREAM_H
#define INORDER_SOCKET_STREAM_H

#include "host/socket_private.h"

/* As Linux's TCP_CLOSE: not connected any more, or never; in TIME-WAIT too, where the socket has no part in. */
bool stream_is_closed(const Socket *socket);

/* ---- socket_listen.c ---- */

int stream_listen(Socket *socket, int backlog);
Socket *stream_accept(Socket *socket, int *error);
/* Connections that nobody has accepted are reset. */
void stream_stop_listening(Socket *socket);

/* ---- socket_connect.c ---- */

int stream_connect(Socket *socket, const struct endpoint *remote);
int stream_disconnect(Socket *socket);
int stream_shutdown(Socket *socket, int how);
void stream_close(Socket *socket);

#endif
