/*
 * System settings by the kernel's names ("tcp_sack" of net.ipv4.tcp_sack; others in full, "net.core.rmem_max"): the profile
 * that packet scripts assume, what each means to our TCP, and which do not matter.
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

/* What the profile names has its value again; the rest stays. */
void sysctls_set_profile(Sysctls *sysctls);
void sysctls_foreach_profile(void (*visit)(void *data, const char *name, const char *value), void *data);

enum sysctl_fate {
        SYSCTL_APPLIED,  /* one of our settings follows it */
        SYSCTL_ACCEPTED, /* known not to matter to what a script sees, at least with this value */
        SYSCTL_UNKNOWN,  /* not known, or this value asks for something beside TCP proper that we lack */
        SYSCTL_IMPOSSIBLE, /* one of our settings, but it cannot be as this value wants */
        SYSCTL_BAD_VALUE, /* the kernel would not take it either */
};
/* "tcp_sack", "0"; several numbers are separated by blanks. Kept in any case but SYSCTL_BAD_VALUE. */
enum sysctl_fate sysctls_set(Sysctls *sysctls, const char *name, const char *value);
/* "0, 1, 2": the values that can be had where others cannot, else NULL. */
char *sysctls_choices(const char *name);
/* What was set, else Linux's own; NULL: neither is known. */
const char *sysctls_get(const Sysctls *sysctls, const char *name);
/* What was set, in order of setting. */
void sysctls_foreach(const Sysctls *sysctls, void (*visit)(void *data, const char *name, const char *value), void *data);
/* What a host's TCP is with these. */
struct tcp_settings sysctls_tcp_settings(const Sysctls *sysctls);

#endif
