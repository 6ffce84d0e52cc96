/*
 * Building control messages.
 */
#include "host/socket_control.h"

#include <glib.h>
#include <string.h>
#include <sys/socket.h>

void control_put(struct socket_control *control, int level, int type, const void *data, size_t size)
{
        size_t left = control->room - control->used;
        size_t length = CMSG_LEN(size);
        if (control->bytes == NULL || left < sizeof(struct cmsghdr)) {
                control->is_cut = true;
                return;
        }
        control->is_cut |= left < length;
        length = MIN(length, left);
        const struct cmsghdr header = { .cmsg_len = length, .cmsg_level = level, .cmsg_type = type };
        uint8_t *place = control->bytes + control->used;
        memcpy(place, &header, sizeof header);
        memcpy(place + sizeof header, data, length - sizeof header);
        control->used += MIN(CMSG_SPACE(size), left);
}
