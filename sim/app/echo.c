/*
 * An echo: what was asked comes back, or as much else as was agreed. RFC 862, with sizes.
 */
#include "app/bulk.h"

#include "app/service.h"
#include "app/whole_io.h"
#include "host/socket.h"

#define PIECE_SIZE (16 * 1024)

/* Whatever arrives goes back. */
static void echo_bytes(Process *process, int fd)
{
        uint8_t piece[PIECE_SIZE];
        ssize_t size;
        while ((size = sock_read(process, fd, piece, sizeof piece)) > 0) {
                if (sock_write(process, fd, piece, (size_t)size) != size)
                        return;
        }
}

static void answer_requests(Process *process, int fd, const struct echo_config *config)
{
        g_autofree uint8_t *request = g_malloc(config->request);
        uint64_t offset = 0;
        while (read_whole(process, fd, request, config->request)) {
                bool is_written =
                        config->response == 0
                                ? sock_write(process, fd, request, config->request) == config->request
                                : write_counted(process, fd, &offset, config->response);
                if (!is_written)
                        return;
        }
}

static void serve(Process *process, int fd, void *data)
{
        const struct echo_config *config = data;
        if (config->request == 0)
                echo_bytes(process, fd);
        else
                answer_requests(process, fd, config);
}

void echo_start(Host *host, const struct echo_config *config)
{
        struct service_config service = {
                .name = config->name,
                .port = config->port,
                .tcp = config->tcp,
                .transfer = config->transfer,
                .serve = serve,
                .data = g_memdup2(config, sizeof *config),
                .free_data = g_free,
        };
        service_start(host, &service);
}
