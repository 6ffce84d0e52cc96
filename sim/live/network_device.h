/*
 * Settings of a network device of this machine's kernel, in the network namespace of the calling thread. Written small
 * over rtnetlink; Linux's Documentation/userspace-api/netlink/intro.rst.
 */
#ifndef INORDER_NETWORK_DEVICE_H
#define INORDER_NETWORK_DEVICE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include "wire/ip_address.h"

/* Each: false with `error` set, which says what was tried and the kernel's answer. */
bool network_device_bring_up(const char *name, GError **error);
bool network_device_set_mtu(const char *name, uint32_t mtu, GError **error);
/* For good; an IPv6 address may be used at once, without waiting for a duplicate (RFC 4862 section 5.4). */
bool network_device_add_address(const char *name, const struct ip_address *address, unsigned prefix, GError **error);
/* All that goes to `destination`, which is one host, goes into this device. */
bool network_device_add_route(const char *name, const struct ip_address *destination, GError **error);
/* Its queue is drop-tail and holds this many packets; nothing paces. */
bool network_device_set_pfifo(const char *name, uint32_t packets, GError **error);

#endif
