/*
 * Programs and their tables of descriptors.
 */
#include "host/program.h"

#include <string.h>

#include "host/host_private.h"

struct program *program_new(Host *host, const struct process_config *config)
{
        g_autofree char *luck = g_strdup_printf("host %s: %s", host->name, config->program);
        struct program *program = g_new0(struct program, 1);
        program->name = g_strdup(config->program);
        program->transfer = config->transfer;
        program->tcp = config->tcp != NULL ? *config->tcp : host->tcp_settings;
        program->luck = rng_stream_named(host->context->seed, luck);
        program->files = program->few;
        program->file_count = PROGRAM_FEW_FILES;
        return program;
}

static struct open_file *slot(const struct program *program, unsigned index)
{
        return &program->files[index];
}

static bool is_free(const struct open_file *file)
{
        return file->socket == NULL && file->epoll == NULL;
}

void program_free(struct program *program)
{
        for (unsigned i = 0; i < program->file_count; i++) {
                struct open_file file = *slot(program, i);
                *slot(program, i) = (struct open_file){ 0 };
                epoll_free(file.epoll);
                if (file.socket != NULL)
                        socket_close(file.socket);
        }
        if (program->files != program->few)
                g_free(program->files);
        g_free(program->name);
        g_free(program);
}

/* For as many again. */
static void make_room(struct program *program)
{
        unsigned count = program->file_count;
        struct open_file *files = g_new0(struct open_file, 2 * count);
        memcpy(files, program->files, count * sizeof *files);
        if (program->files != program->few)
                g_free(program->files);
        program->files = files;
        program->file_count = 2 * count;
}

int program_add_file(struct program *program, struct open_file file)
{
        unsigned index = 0;
        while (index < program->file_count && !is_free(slot(program, index)))
                index++;
        if (index == program->file_count)
                make_room(program);
        *slot(program, index) = file;
        return (int)index + PROGRAM_FIRST_FD;
}

struct open_file program_file(const struct program *program, int fd)
{
        if (fd < PROGRAM_FIRST_FD || (unsigned)(fd - PROGRAM_FIRST_FD) >= program->file_count)
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
