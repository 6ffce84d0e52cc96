/*
 * Programs and their tables of descriptors.
 */
#include "host/program.h"

#include "host/host_private.h"

struct program *program_new(Host *host, const struct process_config *config)
{
        g_autofree char *luck = g_strdup_printf("host %s: %s", host->name, config->program);
        struct program *program = g_new0(struct program, 1);
        program->name = g_strdup(config->program);
        program->transfer = config->transfer;
        program->tcp = config->tcp != NULL ? *config->tcp : host->tcp_settings;
        program->luck = rng_stream_named(host->context->seed, luck);
        program->sockets = g_ptr_array_new();
        return program;
}

void program_free(struct program *program)
{
        for (unsigned i = 0; i < program->sockets->len; i++) {
                if (program->sockets->pdata[i] != NULL)
                        socket_close(program->sockets->pdata[i]);
        }
        g_ptr_array_free(program->sockets, TRUE);
        g_free(program->name);
        g_free(program);
}

int program_add_socket(struct program *program, Socket *socket)
{
        GPtrArray *sockets = program->sockets;
        unsigned index = 0;
        while (index < sockets->len && sockets->pdata[index] != NULL)
                index++;
        if (index == sockets->len)
                g_ptr_array_add(sockets, socket);
        else
                sockets->pdata[index] = socket;
        return (int)index + PROGRAM_FIRST_FD;
}

Socket *program_socket(const struct program *program, int fd)
{
        if (fd < PROGRAM_FIRST_FD || (unsigned)(fd - PROGRAM_FIRST_FD) >= program->sockets->len)
                return NULL;
        return program->sockets->pdata[fd - PROGRAM_FIRST_FD];
}

void program_remove_socket(struct program *program, int fd)
{
        program->sockets->pdata[fd - PROGRAM_FIRST_FD] = NULL;
}
