/*
 * A stack under test: what a packet script can do to a TCP. There are two: ours in simulated time (stack_simulated.c), and
 * this machine's kernel in real time (stack_kernel.c).
 *
 * Times are nanoseconds since the script's start. One thread uses a stack; what the script calls runs as errands.
 */
#ifndef INORDER_STACK_H
#define INORDER_STACK_H

#include <glib.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include "units.h"
#include "wire/ip_address.h"

struct sysctls;
struct tcp_settings;

struct stack_config {
        struct ip_address local; /* of the stack under test, in the family on the wire */
        struct ip_address remote;
        unsigned prefix; /* bits of the local network's */
        uint32_t mtu;
        uint16_t merge_size; /* injected segments with more payload count as merged ones of this size (GRO); 0: none do */
        const struct sysctls *sysctls; /* sysctls.h: the profile, and what the script sets before its start */
        /* What else is set, over the sysctls. Simulated only; NULL: nothing. */
        void (*adjust)(const void *data, struct tcp_settings *settings);
        const void *adjust_data;
        duration_ns patience;   /* a kernel's: how long for what may come at any time; 0: 60 s */
        const char *trace_file; /* NULL: none. Simulated only */
        const char *name;       /* the script's: for traces */
};

/* Who calls: an errand of the stack's. */
typedef struct Caller Caller;

/* Sockets by POSIX's names and meanings: the result, or -1 and errno. An address is a `struct endpoint`, NULL for none;
 * control data are laid out as the C library's. */
struct stack_message {
        struct iovec *pieces;
        size_t piece_count;
        struct endpoint *name; /* sendmsg: NULL for none; recvmsg: where to put it */
        void *control;
        size_t control_size; /* room; then what was put there */
        int flags;           /* recvmsg: MSG_TRUNC ... as it came */
};

struct stack_sockets {
        int (*socket)(Caller *caller, int domain, int type, int protocol);
        int (*bind)(Caller *caller, int fd, const struct endpoint *local);
        int (*listen)(Caller *caller, int fd, int backlog);
        int (*accept)(Caller *caller, int fd, struct endpoint *remote, int flags); /* accept4's flags */
        int (*connect)(Caller *caller, int fd, const struct endpoint *remote);     /* NULL: AF_UNSPEC */
        ssize_t (*recvmsg)(Caller *caller, int fd, struct stack_message *message, int flags);
        ssize_t (*sendmsg)(Caller *caller, int fd, struct stack_message *message, int flags);
        ssize_t (*read)(Caller *caller, int fd, void *bytes, size_t size);
        ssize_t (*write)(Caller *caller, int fd, const void *bytes, size_t size);
        int (*shutdown)(Caller *caller, int fd, int how);
        int (*close)(Caller *caller, int fd);
        int (*getsockopt)(Caller *caller, int fd, int level, int option, void *value, socklen_t *size);
        int (*setsockopt)(Caller *caller, int fd, int level, int option, const void *value, socklen_t size);
        int (*getsockname)(Caller *caller, int fd, struct endpoint *local);
        int (*getpeername)(Caller *caller, int fd, struct endpoint *remote);
        int (*fcntl)(Caller *caller, int fd, int command, long argument);
        int (*ioctl)(Caller *caller, int fd, unsigned long request, int *value);
        int (*poll)(Caller *caller, struct pollfd *fds, nfds_t count, int timeout_ms);
        int (*epoll_create)(Caller *caller, int size);
        int (*epoll_ctl)(Caller *caller, int epoll, int operation, int fd, struct epoll_event *event);
        int (*epoll_wait)(Caller *caller, int epoll, struct epoll_event *events, int count, int timeout_ms);
};

/* A packet that the stack sent. */
struct captured_packet {
        time_ns time;
        uint8_t *bytes; /* whole IP packet; g_free() */
        size_t size;
};

typedef struct Stack Stack;

/* Something that is done with the stack's sockets and may have to wait. */
struct errand {
        void (*main)(Caller *caller, void *data);
        void *data;
        bool has_ended;
        time_ns started;
        time_ns ended;
        void *private; /* the stack's */
};

enum stack_error {
        STACK_ERROR_UNAVAILABLE, /* the machine or the user's rights lack what every script needs; the message says what */
};
#define STACK_ERROR (stack_error_quark())
GQuark stack_error_quark(void);

struct stack_ops {
        const char *name; /* "inorder", "kernel" */
        /* The stack has its addresses, and its clock stands at 0 or a little later. Other errors than STACK_ERROR are
         * this script's: a setting that the stack refuses, a congestion control it has not. */
        Stack *(*open)(const struct stack_config *config, GError **error);
        /* False: what was to be written about it could not. */
        bool (*close)(Stack *stack, GError **error);
        time_ns (*now)(Stack *stack);
        /* What the clock by which sockets stamp (SO_TIMESTAMPING) said when now() was 0. */
        time_ns (*clock_origin)(Stack *stack);
        /* All that is due before `at` has happened; what is sent meanwhile is kept for capture. Simulated: what is due at
         * `at` itself comes later, with the next call. */
        void (*wait_until)(Stack *stack, time_ns at);
        /* An IP packet arrives now. Simulated: and all that follows at this instant happens. */
        bool (*inject)(Stack *stack, const uint8_t *bytes, size_t size, GError **error);
        /* The next packet that the stack sent; waits for one up to and including `until`. False: none came, and the
         * clock stands at `until` (at the last event's time when nothing can happen any more and `until` is TIME_NEVER;
         * of a kernel nobody knows that, and TIME_NEVER is when its patience ends). */
        bool (*capture)(Stack *stack, time_ns until, struct captured_packet *packet);
        /* Begin it now. It has often ended when this returns. The errand stays where it is until it has ended. */
        void (*start)(Stack *stack, struct errand *errand);
        /* Wait for its end, until `until` at most; false: it has not ended. Packets are kept for capture. */
        bool (*finish)(Stack *stack, struct errand *errand, time_ns until);
        const struct stack_sockets *sockets;
        /* "net.ipv4.tcp_sack" as "tcp_sack". False without an error: it has none of this name. */
        bool (*set_sysctl)(Stack *stack, const char *name, const char *value, GError **error);
        bool (*set_mtu)(Stack *stack, uint32_t mtu, GError **error);
        /* Of the device: tc ... pfifo limit. False without an error: nothing ever queues there. */
        bool (*set_queue_limit)(Stack *stack, uint32_t packets, GError **error);
        /* A counter of netstat's since the start: "TcpExtTCPLossProbes". False: not kept. */
        bool (*counter)(Stack *stack, const char *name, int64_t *value);
};

extern const struct stack_ops stack_simulated;
extern const struct stack_ops stack_kernel;

#endif
