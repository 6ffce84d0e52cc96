/*
 * socket, bind, listen; then accept for ever, one process a client.
 */
#include "app/service.h"

#include <errno.h>
#include "app/failure.h"
#include "host/socket.h"

#define BACKLOG            128
#define WAIT_AFTER_FAILURE (100 * MILLISECOND)

struct service {
        struct service_config config;
        Host *host;
        unsigned users; /* the accepting process and its clients' */
};

struct client {
        struct service *service;
        int fd;
};

static void service_unref(void *data)
{
        struct service *service = data;
        if (--service->users > 0)
                return;
        if (service->config.free_data)
                service->config.free_data(service->config.data);
        g_free(service);
}

static void client_free(void *data)
{
        struct client *client = data;
        struct service *service = client->service;
        block_pool_give_back(host_memory(service->host), client, sizeof *client);
        service_unref(service);
}

static void client_main(Process *process, void *data)
{
        const struct client *client = data;
        const struct service_config *config = &client->service->config;
        transfer_set_server(sock_transfer(process, client->fd), config->transfer);
        config->serve(process, client->fd, config->data);
        sock_close(process, client->fd);
}

static void start_client(Process *process, struct service *service, int fd)
{
        struct client *client = block_pool_take(host_memory(service->host), sizeof *client);
        *client = (struct client){ service, fd };
        service->users++;
        process_spawn(process, client_main, client, client_free);
}

/* A listening socket, or -1 with errno and the call that failed. */
static int open_listener(Process *process, uint16_t port, const char **call)
{
        struct endpoint local = { ip_address_any, port };
        int on = 1;
        *call = "socket";
        int fd = sock_socket(process, host_family(process_host(process)), SOCK_STREAM, 0);
        if (fd < 0)
                return -1;
        *call = "setsockopt";
        if (sock_setsockopt(process, fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0)
                return -1;
        *call = "bind";
        if (sock_bind(process, fd, &local) < 0)
                return -1;
        *call = "listen";
        return sock_listen(process, fd, BACKLOG) < 0 ? -1 : fd;
}

static void service_main(Process *process, void *data)
{
        struct service *service = data;
        const char *call;
        int listener = open_listener(process, service->config.port, &call);
        if (listener < 0) {
                failure_note_call(service->config.transfer, call, errno);
                process_step(process, "server.failed", "cannot serve on port %u: %s: %s",
                        service->config.port, call, strerrorname_np(errno));
                return;
        }
        for (;;) {
                int fd = sock_accept(process, listener, NULL);
                if (fd >= 0)
                        start_client(process, service, fd);
                /* Out of something: clients that leave give it back. */
                else if (errno != ECONNABORTED && !process_sleep(process, WAIT_AFTER_FAILURE))
                        return;
        }
}

void service_start(Host *host, const struct service_config *config)
{
        struct service *service = g_new(struct service, 1);
        *service = (struct service){ *config, host, 1 };
        struct process_config process = {
                .program = config->name,
                .transfer = config->transfer,
                .tcp = config->tcp,
                .main = service_main,
                .data = service,
                .free_data = service_unref,
        };
        process_start(host, &process, host_now(host));
}
