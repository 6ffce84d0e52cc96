/*
 * Setting up a namespace as packet scripts assume it: the device without offloads, pacing or noise, then the
 * profile.
 */
#include "drill/kernel_setup.h"

#include "script/script.h"
#include "drill/sysctls.h"
#include "live/network_device.h"
#include "live/tun.h"

#include <unistd.h>

#define QUEUE_PACKETS 1000

static bool lacks_rights(const GError *error)
{
        return g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_PERM) ||
               g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_ACCES) ||
               g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_ROFS);
}

/* Routers are not asked for, addresses not made, duplicates not looked for: all that would send. */
static void quieten_ipv6(void)
{
        static const char *const settings[][2] = {
                { "net.ipv6.conf.default.accept_dad", "0" },
                { "net.ipv6.conf.default.accept_ra", "0" },
                { "net.ipv6.conf.default.router_solicitations", "0" },
                { "net.ipv6.conf.default.addr_gen_mode", "1" },
        };
        for (size_t i = 0; i < G_N_ELEMENTS(settings); i++)
                kernel_sysctl_set(settings[i][0], settings[i][1], NULL); /* no IPv6, no noise */
}

/* In a namespace only an algorithm that the machine allows to everybody can be the default
 * (tcp_set_default_congestion_control() of Linux answers EPERM); but a socket of root's may take any, so
 * each is given it. One that the kernel lacks (ENOENT) is no fault of the script's. */
static enum kernel_sysctl set_congestion(
        KernelCallers *callers, const char *name, const char *value, GError **error)
{
        g_autoptr(GError) refusal = NULL;
        enum kernel_sysctl result = kernel_sysctl_set(name, value, &refusal);
        bool is_restricted = g_error_matches(refusal, G_FILE_ERROR, G_FILE_ERROR_PERM);
        kernel_callers_set_congestion(callers, is_restricted ? value : "");
        if (result == KERNEL_SYSCTL_SET || is_restricted)
                return KERNEL_SYSCTL_SET;
        if (g_error_matches(refusal, G_FILE_ERROR, G_FILE_ERROR_NOENT))
                g_set_error(error, SCRIPT_ERROR, SCRIPT_ERROR_REFUSED,
                        "this kernel has no congestion control \"%s\"", value);
        else
                g_propagate_error(error, g_steal_pointer(&refusal));
        return result;
}

enum kernel_sysctl kernel_set_up_sysctl(
        KernelCallers *callers, const char *name, const char *value, GError **error)
{
        if (g_str_has_suffix(name, "tcp_congestion_control"))
                return set_congestion(callers, name, value, error);
        return kernel_sysctl_set(name, value, error);
}

struct profile_setting {
        KernelCallers *callers;
        GError *error;
};

static void set_profile_value(void *data, const char *name, const char *value)
{
        struct profile_setting *work = data;
        if (work->error != NULL)
                return;
        g_autoptr(GError) error = NULL;
        /* What kernels of one age have and others have not, or what is not a namespace's, stays as it is. */
        if (kernel_set_up_sysctl(work->callers, name, value, &error) == KERNEL_SYSCTL_REFUSED)
                work->error = g_steal_pointer(&error);
}

static bool set_device_up(const struct stack_config *config, GError **error)
{
        return network_device_bring_up("lo", error) &&
               network_device_set_mtu(KERNEL_DEVICE, config->mtu, error) &&
               network_device_set_pfifo(KERNEL_DEVICE, QUEUE_PACKETS, error) &&
               network_device_bring_up(KERNEL_DEVICE, error) &&
               network_device_add_address(KERNEL_DEVICE, &config->local, config->prefix, error) &&
               network_device_add_route(KERNEL_DEVICE, &config->remote, error);
}

static bool set_profile(const struct sysctls *sysctls, KernelCallers *callers, GError **error)
{
        struct profile_setting work = { .callers = callers };
        sysctls_foreach(sysctls, set_profile_value, &work);
        if (work.error != NULL)
                g_propagate_error(error, work.error);
        return work.error == NULL;
}

/* The rest is as on any machine: what fails for want of rights would fail for each script. */
static int give_up(int tun, GError *cause, GError **error)
{
        close(tun);
        if (lacks_rights(cause))
                kernel_error_become_unavailable(&cause);
        g_propagate_error(error, cause);
        return -1;
}

int kernel_set_up(const struct stack_config *config, KernelCallers *callers, GError **error)
{
        quieten_ipv6();
        int tun = config->merge_size > 0 ? tun_open_with_offloads(KERNEL_DEVICE, error)
                                         : tun_open(KERNEL_DEVICE, error);
        if (tun < 0) {
                kernel_error_become_unavailable(error);
                return -1;
        }
        GError *cause = NULL;
        if (!set_device_up(config, &cause) || !set_profile(config->sysctls, callers, &cause))
                return give_up(tun, cause, error);
        return tun;
}

/* Connections that a script closed but did not end live on without an owner, and their namespace with them,
 * as long as they send the same again: nobody will answer. */
void kernel_let_go(void)
{
        kernel_sysctl_set("tcp_orphan_retries", "1", NULL);
        kernel_sysctl_set("tcp_rto_max_ms", "1000", NULL); /* Linux 6.15 */
}

void kernel_error_become_unavailable(GError **error)
{
        g_autoptr(GError) cause = g_steal_pointer(error);
        g_set_error_literal(error, STACK_ERROR, STACK_ERROR_UNAVAILABLE, cause->message);
}
