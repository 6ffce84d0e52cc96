/*
 * Interest lists. epoll(7), epoll_ctl(2); Linux's fs/eventpoll.c for what those leave open.
 *
 * Differs: an epoll cannot watch another, and EPOLLEXCLUSIVE and EPOLLWAKEUP ask for nothing.
 */
#include "host/epoll.h"

#include <errno.h>

#include "host/socket_private.h"

/* Not events, but how to tell them. */
#define BEHAVIOUR (EPOLLET | EPOLLONESHOT | EPOLLWAKEUP | EPOLLEXCLUSIVE)

struct interest {
        struct waiter waiter; /* in the socket's queue */
        Epoll *epoll;
        Socket *socket;
        int fd;
        struct epoll_event event;
        GList listed; /* in the epoll's list of what may be ready */
        bool is_listed;
};

struct Epoll {
        GHashTable *interests; /* fd → struct interest; only looked up and emptied */
        GQueue ready;          /* of struct interest, those first that have waited longest */
        GQueue waiters;
};

static unsigned wanted(const struct interest *interest)
{
        return interest->event.events & ~BEHAVIOUR;
}

static unsigned ready_events(const struct interest *interest)
{
        return socket_poll(interest->socket) & wanted(interest);
}

static void list(struct interest *interest)
{
        if (interest->is_listed)
                return;
        interest->is_listed = true;
        interest->listed.data = interest;
        g_queue_push_tail_link(&interest->epoll->ready, &interest->listed);
}

static void unlist(struct interest *interest)
{
        if (interest->is_listed)
                g_queue_unlink(&interest->epoll->ready, &interest->listed);
        interest->is_listed = false;
}

static void forget(struct interest *interest)
{
        unlist(interest);
        waiter_leave(&interest->waiter);
        g_hash_table_remove(interest->epoll->interests, GINT_TO_POINTER(interest->fd));
        g_free(interest);
}

/* The socket has news, or is being closed: then the interest is gone. */
static void on_news(struct waiter *waiter)
{
        struct interest *interest = (struct interest *)waiter;
        Epoll *epoll = interest->epoll;
        if (waiter->queue == NULL) {
                forget(interest);
                return;
        }
        list(interest);
        waiters_wake(&epoll->waiters, POLLIN, POLLIN);
}

static void look_at_once(struct interest *interest)
{
        if (ready_events(interest) == 0)
                return;
        list(interest);
        waiters_wake(&interest->epoll->waiters, POLLIN, POLLIN);
}

Epoll *epoll_new(void)
{
        Epoll *epoll = g_new0(Epoll, 1);
        epoll->interests = g_hash_table_new(NULL, NULL);
        return epoll;
}

static gboolean drop(gpointer key, gpointer value, gpointer data)
{
        struct interest *interest = value;
        (void)key;
        (void)data;
        unlist(interest);
        waiter_leave(&interest->waiter);
        g_free(interest);
        return TRUE;
}

void epoll_free(Epoll *epoll)
{
        if (epoll == NULL)
                return;
        g_hash_table_foreach_remove(epoll->interests, drop, NULL);
        g_hash_table_destroy(epoll->interests);
        waiters_dismiss(&epoll->waiters);
        g_free(epoll);
}

static void set_event(struct interest *interest, const struct epoll_event *event)
{
        interest->event = *event;
        interest->event.events |= POLLERR | POLLHUP;
        interest->waiter.events = wanted(interest);
        look_at_once(interest);
}

static void add(Epoll *epoll, int fd, Socket *socket, const struct epoll_event *event)
{
        struct interest *interest = g_new0(struct interest, 1);
        interest->epoll = epoll;
        interest->socket = socket;
        interest->fd = fd;
        g_hash_table_insert(epoll->interests, GINT_TO_POINTER(fd), interest);
        socket_remember_ready(socket);
        waiter_join(&interest->waiter, &socket->waiters, NULL, 0);
        interest->waiter.wake = on_news;
        interest->waiter.wants_news = true;
        set_event(interest, event);
}

int epoll_control(Epoll *epoll, int operation, int fd, Socket *socket, const struct epoll_event *event)
{
        struct interest *interest = g_hash_table_lookup(epoll->interests, GINT_TO_POINTER(fd));
        switch (operation) {
        case EPOLL_CTL_ADD:
                if (interest != NULL)
                        return -EEXIST;
                add(epoll, fd, socket, event);
                return 0;
        case EPOLL_CTL_MOD:
                if (interest == NULL)
                        return -ENOENT;
                set_event(interest, event);
                return 0;
        case EPOLL_CTL_DEL:
                if (interest == NULL)
                        return -ENOENT;
                forget(interest);
                return 0;
        default:
                return -EINVAL;
        }
}

/* It is no longer listed; a level-triggered one goes to the end of the list again. */
static void after_telling(struct interest *interest)
{
        if (interest->event.events & EPOLLONESHOT) {
                interest->event.events &= BEHAVIOUR;
                interest->waiter.events = EPOLLONESHOT; /* which never happens */
        } else if (!(interest->event.events & EPOLLET)) {
                list(interest);
        }
}

int epoll_take(Epoll *epoll, struct epoll_event *events, int count)
{
        GQueue looking = epoll->ready;
        int taken = 0;
        epoll->ready = (GQueue)G_QUEUE_INIT;
        while (!g_queue_is_empty(&looking) && taken < count) {
                struct interest *interest = g_queue_pop_head_link(&looking)->data;
                interest->is_listed = false;
                unsigned ready = ready_events(interest);
                if (ready == 0)
                        continue;
                events[taken++] = (struct epoll_event){ .events = ready, .data = interest->event.data };
                after_telling(interest);
        }
        /* Those not looked at come first the next time. */
        while (!g_queue_is_empty(&looking))
                g_queue_push_head_link(&epoll->ready, g_queue_pop_tail_link(&looking));
        return taken;
}

bool epoll_is_ready(const Epoll *epoll)
{
        for (const GList *link = epoll->ready.head; link != NULL; link = link->next) {
                if (ready_events(link->data) != 0)
                        return true;
        }
        return false;
}

GQueue *epoll_waiters(Epoll *epoll)
{
        return &epoll->waiters;
}
