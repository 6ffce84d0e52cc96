/*
 * System settings by the kernel's names ("tcp_sack" of net.ipv4.tcp_sack): the profile that packet scripts assume, what
 * each means to our TCP, and which do not matter.
 */
#ifndef INORDER_SYSCTLS_H
#define INORDER_SYSCTLS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct tcp_settings;
struct sysctls;
typedef struct sysctls Sysctls;

/* The profile: tcp_rmem 4096 540000 15728640, timestamps, SACK, CUBIC, no ECN ... */
Sysctls *sysctls_new_profile(void);
Sysctls *sysctls_copy(const Sysctls *sysctls);
void sysctls_free(Sysctls *sysctls);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sysctls, sysctls_free)

enum sysctl_fate {
        SYSCTL_APPLIED,  /* one of our settings follows it */
        SYSCTL_ACCEPTED, /* known not to matter to what a script sees */
        SYSCTL_UNKNOWN,
        SYSCTL_BAD_VALUE,
};
/* "tcp_sack", "0"; several numbers are separated by blanks. Kept in any case but SYSCTL_BAD_VALUE. */
enum sysctl_fate sysctls_set(Sysctls *sysctls, const char *name, const char *value);
const char *sysctls_get(const Sysctls *sysctls, const char *name); /* NULL: not set */
/* In order of setting. */
void sysctls_foreach(const Sysctls *sysctls, void (*visit)(void *data, const char *name, const char *value), void *data);
/* What a host's TCP is with these. */
struct tcp_settings sysctls_tcp_settings(const Sysctls *sysctls);

#endif
