/*
 * A network namespace of this machine's kernel, for one stack under test: its settings and counters. namespaces(7).
 *
 * A namespace is a thread's: but for kernel_namespace_new(), these work on the namespace of the calling thread.
 */
#ifndef INORDER_KERNEL_NAMESPACE_H
#define INORDER_KERNEL_NAMESPACE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* A descriptor of a new one, which is gone with the descriptor, its threads and sockets; -1 with `error` set. The calling
 * thread stays where it is. */
int kernel_namespace_new(GError **error);
/* The calling thread moves there. It has been made, so this cannot fail. */
void kernel_namespace_enter(int fd);

/* "tcp_sack" is net.ipv4.tcp_sack; a name with a dot is whole, or begins after "net.". */
enum kernel_sysctl { KERNEL_SYSCTL_SET, KERNEL_SYSCTL_MISSING, KERNEL_SYSCTL_REFUSED };
/* `error` is set unless it is KERNEL_SYSCTL_SET. */
enum kernel_sysctl kernel_sysctl_set(const char *name, const char *value, GError **error);

/* By nstat's names: "TcpExtTCPLossProbes", "TcpActiveOpens", "Ip6InReceives". False: the kernel has none of that name. */
bool kernel_counter_get(const char *name, int64_t *value);

#endif
