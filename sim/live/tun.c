/*
 * A TUN device: made by one ioctl on a descriptor of /dev/net/tun.
 */
#include "live/tun.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define TUN_PATH "/dev/net/tun"

static void set_error(GError **error, const char *what, int code)
{
        const char *hint = code == EPERM || code == EACCES ? " (a TUN device needs root, or CAP_NET_ADMIN)"
                           : code == ENOENT || code == ENODEV
                                   ? " (this kernel or container has no TUN devices)"
                                   : "";
        g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(code), "cannot %s: %s%s", what,
                g_strerror(code), hint);
}

int tun_open(const char *name, GError **error)
{
        int fd = open(TUN_PATH, O_RDWR | O_NONBLOCK | O_CLOEXEC);
        if (fd < 0) {
                set_error(error, "open " TUN_PATH, errno);
                return -1;
        }
        struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI };
        g_strlcpy(request.ifr_name, name, sizeof request.ifr_name);
        if (ioctl(fd, TUNSETIFF, &request) < 0) {
                set_error(error, "make a TUN device", errno);
                close(fd);
                return -1;
        }
        return fd;
}
