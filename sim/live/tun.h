/*
 * A TUN device: a network interface of this machine's kernel whose other end is a file descriptor. Linux's
 * Documentation/networking/tuntap.rst.
 */
#ifndef INORDER_TUN_H
#define INORDER_TUN_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Make the device in the network namespace of the calling thread: -1 with `error` set, else a descriptor that does not
 * block, and of which each read gives, and each write takes, one whole IP packet. No offloads: what is read is cut and
 * summed as on a wire. The device is down and has no address; it is gone when the descriptor is closed. */
int tun_open(const char *name, GError **error);

/* The same, but each packet has a virtio header of TUN_OFFLOAD_SIZE bytes before it, all zero in what is read. */
int tun_open_with_offloads(const char *name, GError **error);

#define TUN_OFFLOAD_SIZE 10
/* The header of a packet to write that stands for TCP segments with `merge_size` bytes of payload each; 0: it is just
 * one packet. */
void tun_offload_header(uint8_t header[TUN_OFFLOAD_SIZE], bool is_ipv6, uint16_t merge_size);

#endif
