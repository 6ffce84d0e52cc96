/*
 * What a network namespace needs to be a stack under test. All of it works on the calling thread's namespace.
 */
#ifndef INORDER_KERNEL_SETUP_H
#define INORDER_KERNEL_SETUP_H

#include "drill/kernel_callers.h"
#include "drill/kernel_namespace.h"

#define KERNEL_DEVICE "tun0"

/* Device, addresses, routes and settings: the device's descriptor (tun.h), or -1 with `error` set. */
int kernel_set_up(const struct stack_config *config, KernelCallers *callers, GError **error);
/* One of the script's, or of the profile's. */
enum kernel_sysctl kernel_set_up_sysctl(KernelCallers *callers, const char *name, const char *value, GError **error);
/* That it may go soon: after the script, before its descriptor is closed. */
void kernel_let_go(void);

/* Makes it a STACK_ERROR_UNAVAILABLE. */
void kernel_error_become_unavailable(GError **error);

#endif
