/*
 * The inside of a socket: what streams and datagrams have in common, and the operations in which they differ.
 */
#ifndef INORDER_SOCKET_PRIVATE_H
#define INORDER_SOCKET_PRIVATE_H

#include "host/connection.h"
#include "host/socket_control.h"
#include "host/waiter.h"
#include "wire/udp.h"

/* One try of a receiving call. */
struct socket_reading {
        void *bytes;
        size_t size;
        int flags;            /* MSG_PEEK, MSG_TRUNC, MSG_OOB, MSG_ERRQUEUE */
        struct endpoint from; /* answer: who sent it */
        int message_flags;    /* answer: MSG_TRUNC ... as recvmsg(2) gives them */
        struct socket_control control; /* answer: control messages */
};

/* One try of a sending call. */
struct socket_writing {
        const void *bytes;
        PayloadSource *source; /* streams only: its bytes from `offset` on are meant, if it is not NULL */
        uint64_t offset;
        size_t size;
        int flags;                     /* MSG_MORE, MSG_OOB, MSG_EOR */
        const struct endpoint *remote; /* NULL: where it is connected to */
};

/* All of a socket that depends on its type. Errors are negative errno values. */
struct socket_ops {
        const char *name;
        int type;
        int (*listen)(Socket *socket, int backlog);
        Socket *(*accept)(Socket *socket, int *error);
        int (*connect)(Socket *socket, const struct endpoint *remote);
        int (*disconnect)(Socket *socket);
        ssize_t (*read)(Socket *socket, struct socket_reading *reading);
        /* A call has written, with these flags. NULL: nobody cares. */
        void (*on_written)(Socket *socket);
        /* Control messages that go with what has been read. NULL: none ever. */
        void (*tell)(const Socket *socket, struct socket_reading *reading);
        ssize_t (*write)(Socket *socket, const struct socket_writing *writing);
        int (*shutdown)(Socket *socket, int how);
        int (*ioctl)(const Socket *socket, unsigned long request, int *value);
        void (*close)(Socket *socket);
        unsigned (*ready)(const Socket *socket);
        uint64_t (*arrivals)(const Socket *socket); /* counts what could be read, ever */
        void (*on_bound)(Socket *socket);
        bool (*has_peer)(const Socket *socket); /* whom getpeername(2) would name */
        /* False: not connected. */
        bool (*tuple)(const Socket *socket, struct four_tuple *tuple);
        const char *(*state)(const Socket *socket);
        size_t (*room)(const Socket *socket);
        void (*want_room)(Socket *socket); /* somebody will wait for it */
        struct transfer *(*peer_transfer)(const Socket *socket); /* NULL: none is known */
};

extern const struct socket_ops socket_stream;
extern const struct socket_ops socket_datagram;

struct datagram {
        struct payload payload;
        struct endpoint from;
        uint32_t transfer;
        uint32_t charge; /* against the receive buffer */
};

/* A bounded queue of datagrams, in a ring that grows and stays. */
struct datagram_queue {
        struct datagram *ring;
        unsigned capacity;
        unsigned first;
        unsigned count;
        uint32_t charged;
};

/* In the order of use: what happens with every segment takes two lines of a cache. */
struct Socket {
        const struct socket_ops *ops;
        Host *host;
        struct connection *connection; /* streams: at most one of the two */
        TcpListener *listener;
        GQueue waiters; /* of struct waiter: processes, and epolls' interests */
        /* The watcher, when `on_ready` is not NULL. */
        void (*on_ready)(void *data, unsigned events);
        unsigned watched;
        unsigned last_ready;
        uint64_t arrivals; /* connections accepted, or datagrams received */
        uint64_t last_arrivals;
        GQueue notices; /* of struct socket_notice: MSG_ERRQUEUE */
        int error;      /* of a connection that is no more: positive errno, once */
        uint32_t low_water; /* SO_RCVLOWAT; 0 counts as 1 */
        bool is_ipv6_only; /* IPV6_V6ONLY */
        bool is_nonblocking;
        bool is_read_shut; /* a stream's connection knows that by itself */
        bool is_write_shut;
        bool reuses_address;
        bool is_deferred;
        bool is_connecting;   /* connect has begun, and no call has told how it ended */
        bool is_port_chosen;  /* by bind(2) */
        bool is_let_go;       /* closed, and waiting for the last acknowledgement (SO_LINGER) */
        bool is_connected;    /* a datagrams' */
        int *kept; /* options that are only remembered; NULL: none has been set */
        duration_ns receive_timeout; /* SO_RCVTIMEO; 0: waits for ever */
        duration_ns send_timeout;    /* SO_SNDTIMEO */
        struct transfer *transfer;
        uint32_t timestamping;       /* SO_TIMESTAMPING's flags */
        uint32_t watcher; /* its number among the host's wakers; 0: none yet */
        void *on_ready_data;
        struct event wake_up;

        GList link; /* in its host's list */
        int family;
        struct tcp_settings settings; /* of the next connection, or of the present one */
        struct port_space *ports;
        struct binding binding; /* by bind or listen */
        uint64_t stamp_base;         /* the byte that its keys count from */
        uint64_t max_pacing_rate;    /* bytes a second; UINT64_MAX: no limit */
        struct four_tuple listener_name; /* the key it is found under */
        struct endpoint deferred; /* whom connect has named: the SYN goes with the first text (fast open) */
        uint16_t last_port;       /* of the last connection, which getsockname still tells; 0: none */

        /* Datagrams. */
        struct datagram_queue queue;
        uint32_t datagram_buffer; /* SO_RCVBUF */
        struct four_tuple name;    /* the key it is found under once bound */
        struct endpoint last_from; /* whom it heard last, and in which transfer: an answer belongs to it */
        uint32_t last_transfer;
};

/* Something may have become true: wake who waits for it. */
void socket_update(Socket *socket);
/* Only what becomes true from now on is news. */
void socket_remember_ready(Socket *socket);
/* Whether it has failed or ended, for a call that has done a part: notices do not count. */
bool socket_has_failed(const Socket *socket);
void socket_on_connection_gone(Socket *socket);
/* A socket with neither name nor connection. */
Socket *socket_make(Host *host, const struct socket_ops *ops, struct transfer *transfer,
        const struct tcp_settings *settings);
/* As connect(2) with AF_UNSPEC. */
int socket_disconnect(Socket *socket);
/* Bind to an ephemeral port, if it is not bound yet. */
int socket_bind_somewhere(Socket *socket);
/* " 202.43.78.3:80, SYN-SENT". */
void socket_describe(const Socket *socket, GString *text);
/* Whether its family has this address. */
bool socket_speaks_to(const Socket *socket, const struct ip_address *address);
void socket_names(const Socket *socket, struct four_tuple *tuple, bool *is_connected);

/* ---- Streams ---- */

/* The first half of a close that waits: let go of the connection, but watch it. */
void socket_let_go(Socket *socket);
/* Whether what was written, and the FIN, still waits for its acknowledgement. */
bool socket_has_unacknowledged(const Socket *socket);
int socket_take_error(Socket *socket);
/* A sending call that connects (MSG_FASTOPEN), or that connect has left it to; RFC 7413. */
bool socket_opens_fast(const Socket *socket, const struct socket_writing *writing);
/* -EINPROGRESS: it has begun, and `*taken` bytes went with it. */
int socket_open_fast(Socket *socket, const struct socket_writing *writing, size_t *taken);
/* Put the socket's changed settings to use. */
void socket_apply_settings(Socket *socket);
/* A segment that no connection knows. Returns false when there is no listener for it. */
bool host_offer_to_listener(Host *host, const struct four_tuple *tuple, const struct tcp_segment *segment,
        const struct trace_packet_id *packet, uint32_t transfer);
Socket *host_find_listener(const Host *host, const struct endpoint *local);

/* ---- Datagrams ---- */

/* Who is to have a datagram for this four-tuple; NULL: nobody. */
Socket *host_find_datagram_socket(const Host *host, const struct four_tuple *tuple);
/* Takes the payload; false when the receive buffer is full. */
bool socket_deliver(
        Socket *socket, struct udp_datagram *datagram, const struct endpoint *from, uint32_t transfer);

/* ---- Options ---- */

#define SOCKET_TIME_TO_LIVE  64              /* RFC 1700's recommendation, and Linux's */
#define SOCKET_DOES_NOT_WAIT ((duration_ns)-1) /* for SO_RCVTIMEO and SO_SNDTIMEO */

/* What a listener's options mean to the sockets accepted from it. */
void socket_inherit_options(Socket *socket, const Socket *from);
/* As Linux's sk_rcvbuf and sk_sndbuf: with the room for bookkeeping. */
uint32_t socket_receive_buffer(const Socket *socket);
uint32_t socket_receive_buffer_max(const Socket *socket);
uint32_t socket_send_buffer(const Socket *socket);
void socket_set_receive_buffer(Socket *socket, uint32_t size);
void socket_set_send_buffer(Socket *socket, uint32_t size);
/* Entries of SO_MEMINFO: what is in the buffers. */
void socket_fill_memory(const Socket *socket, uint32_t *figures);
/* IP_TOS, IP_TTL and their IPv6 kin have changed. */
void socket_apply_header(Socket *socket);
/* The same for a connection that begins, or a listener's child. */
void socket_mark_connection(const Socket *socket, struct connection *connection);
/* The largest packet to where it is connected; 0: it is not. */
uint32_t socket_path_mtu(const Socket *socket);
/* TCP_INFO. */
int socket_give_info(Socket *socket, void *value, socklen_t *size);

int socket_get_option(Socket *socket, int level, int option, void *value, socklen_t *size);
int socket_set_option(Socket *socket, int level, int option, const void *value, socklen_t size);
/* "TCP_NODELAY"; "unknown". */
const char *socket_option_name(int level, int option);

#endif
