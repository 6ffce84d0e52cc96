/*
 * From a host name to an address: A questions to the host's name server, asked again when nothing comes back.
 * RFC 1035 sections 4 and 7; times as glibc's resolver (5 s, two attempts more).
 */
#ifndef INORDER_RESOLVER_H
#define INORDER_RESOLVER_H

#include "host/process.h"

/* RESOLVE_AGAIN: no answer. RESOLVE_NO_NAME: the server knows no such name. RESOLVE_NO_SERVER: the host has
 * none. */
enum resolve_result { RESOLVE_OK, RESOLVE_NO_NAME, RESOLVE_AGAIN, RESOLVE_NO_SERVER, RESOLVE_CANCELLED };

/* A dotted quad is its own address. Waits. */
enum resolve_result resolve(Process *process, const char *name, struct ip_address *address);
const char *resolve_result_name(enum resolve_result result);

#endif
