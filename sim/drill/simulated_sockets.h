/*
 * The simulated stack's sockets, as a script's calls use them: the sock_* functions of a process.
 */
#ifndef INORDER_SIMULATED_SOCKETS_H
#define INORDER_SIMULATED_SOCKETS_H

#include "drill/stack.h"
#include "host/process.h"

struct Caller {
        Process *process;
};

extern const struct stack_sockets simulated_sockets;

#endif
