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
        program->files = g_array_new(FALSE, TRUE, sizeof(struct open_file));
        return program;
}

static struct open_file *slot(const struct program *program, unsigned index)
{
        return &g_array_index(program->files, struct open_file, index);
}

static bool is_free(const struct open_file *file)
{
        return file->socket == NULL && file->epoll == NULL;
}

void program_free(struct program *program)
{
        for (unsigned i = 0; i < program->files->len; i++) {
                struct open_file file = *slot(program, i);
                *slot(program, i) = (struct open_file){ 0 };
                epoll_free(file.epoll);
                if (file.socket != NULL)
                        socket_close(file.socket);
        }
        g_array_free(program->files, TRUE);
        g_free(program->name);
        g_free(program);
}

int program_add_file(struct program *program, struct open_file file)
{
        unsigned index = 0;
        while (index < program->files->len && !is_free(slot(program, index)))
                index++;
        if (index == program->files->len)
                g_array_set_size(program->files, index + 1);
        *slot(program, index) = file;
        return (int)index + PROGRAM_FIRST_FD;
}

struct open_file program_file(const struct program *program, int fd)
{
        if (fd < PROGRAM_FIRST_FD || (unsigned)(fd - PROGRAM_FIRST_FD) >= program->files->len)
                return (struct open_file){ 0 };
        return *slot(program, (unsigned)(fd - PROGRAM_FIRST_FD));
}

bool program_has_file(const struct program *program, int fd)
{
        struct open_file file = program_file(program, fd);
        return !is_free(&file);
}

Socket *program_socket(const struct program *program, int fd)
{
        return program_file(program, fd).socket;
}

void program_remove_file(struct program *program, int fd)
{
        *slot(program, (unsigned)(fd - PROGRAM_FIRST_FD)) = (struct open_file){ 0 };
}
