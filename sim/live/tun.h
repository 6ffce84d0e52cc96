/*
 * A TUN device: a network interface of this machine's kernel whose other end is a file descriptor. Linux's
 * Documentation/networking/tuntap.rst.
 */
#ifndef INORDER_TUN_H
#define INORDER_TUN_H

#include <glib.h>
#include <stdbool.h>

/* Make the device in the network namespace of the calling thread: -1 with `error` set, else a descriptor that does not
 * block, and of which each read gives, and each write takes, one whole IP packet. No offloads: what is read is cut and
 * summed as on a wire. The device is down and has no address; it is gone when the descriptor is closed. */
int tun_open(const char *name, GError **error);

#endif
