/*
 * Control messages beside received bytes, laid out as recvmsg(2) and cmsg(3) have them.
 */
#ifndef INORDER_SOCKET_CONTROL_H
#define INORDER_SOCKET_CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct socket_control {
        uint8_t *bytes; /* NULL: nobody wants any */
        size_t room;
        size_t used;
        bool is_cut; /* MSG_CTRUNC: there was more than room for */
};

/* As Linux's put_cmsg(): what does not fit is cut. */
void control_put(struct socket_control *control, int level, int type, const void *data, size_t size);

#endif
