/*
 * A TUN device: made by one ioctl on a descriptor of /dev/net/tun.
 */
#include "live/tun.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <string.h>
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

static int open_device(const char *name, short flags, GError **error)
{
        int fd = open(TUN_PATH, O_RDWR | O_NONBLOCK | O_CLOEXEC);
        if (fd < 0) {
                set_error(error, "open " TUN_PATH, errno);
                return -1;
        }
        struct ifreq request = { .ifr_flags = (short)(IFF_TUN | IFF_NO_PI | flags) };
        g_strlcpy(request.ifr_name, name, sizeof request.ifr_name);
        if (ioctl(fd, TUNSETIFF, &request) < 0) {
                set_error(error, "make a TUN device", errno);
                close(fd);
                return -1;
        }
        return fd;
}

int tun_open(const char *name, GError **error)
{
        return open_device(name, 0, error);
}

int tun_open_with_offloads(const char *name, GError **error)
{
        return open_device(name, IFF_VNET_HDR, error);
}

void tun_offload_header(uint8_t header[TUN_OFFLOAD_SIZE], bool is_ipv6, uint16_t merge_size)
{
        struct virtio_net_hdr offload = { .gso_type = VIRTIO_NET_HDR_GSO_NONE };
        G_STATIC_ASSERT(sizeof offload == TUN_OFFLOAD_SIZE);
        if (merge_size > 0) {
                offload.gso_type = is_ipv6 ? VIRTIO_NET_HDR_GSO_TCPV6 : VIRTIO_NET_HDR_GSO_TCPV4;
                offload.gso_size = merge_size;
        }
        memcpy(header, &offload, sizeof offload);
}
