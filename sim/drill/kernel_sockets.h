/*
 * The calls of a stack under test that is this machine's kernel: the C library's, with our endpoints.
 */
#ifndef INORDER_KERNEL_SOCKETS_H
#define INORDER_KERNEL_SOCKETS_H

struct stack_sockets;
extern const struct stack_sockets kernel_sockets;

#endif
