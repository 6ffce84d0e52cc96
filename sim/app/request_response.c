/*
 * A client that asks on one connection, again and again, and waits for each answer.
 */
#include "app/bulk.h"

#include <errno.h>
#include "app/failure.h"
#include "app/whole_io.h"
#include "host/socket.h"

#define BETWEEN_WRITES (1 * MICROSECOND)

struct dialogue {
        struct request_response_config config;
        uint64_t offset; /* bytes written so far */
        uint8_t *response;
};

static bool fail_call(const struct dialogue *dialogue, const char *call)
{
        failure_note_call(dialogue->config.transfer, call, errno);
        return false;
}

/* -1: failed and noted. */
static int open_connection(Process *process, const struct dialogue *dialogue)
{
        struct endpoint local = { ip_address_any, dialogue->config.local_port };
        int on = 1;
        int fd = sock_socket(process, host_family(process_host(process)), SOCK_STREAM, 0);
        const char *call = "socket";
        if (fd >= 0 && local.port > 0) {
                call = "bind";
                sock_setsockopt(process, fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
                fd = sock_bind(process, fd, &local) < 0 ? -1 : fd;
        }
        if (fd >= 0) {
                call = "connect";
                fd = sock_connect(process, fd, &dialogue->config.to) < 0 ? -1 : fd;
        }
        if (fd < 0)
                fail_call(dialogue, call);
        return fd;
}

/* In `writes` pieces, the last of which takes what does not divide. Between two of them a moment passes, as a
 * system call takes one: at one and the same instant they would be one write to TCP, and Nagle's algorithm,
 * which is what one writes in pieces for, would have nothing to hold back. */
static bool write_request(Process *process, int fd, struct dialogue *dialogue)
{
        uint32_t writes = MAX(dialogue->config.writes, 1);
        uint32_t left = dialogue->config.request;
        for (uint32_t number = 1; left > 0; number++) {
                uint32_t part = number < writes ? MAX(dialogue->config.request / writes, 1) : left;
                if (!write_counted(process, fd, &dialogue->offset, MIN(part, left)))
                        return fail_call(dialogue, "write");
                left -= MIN(part, left);
                if (left > 0)
                        process_sleep(process, BETWEEN_WRITES);
        }
        return true;
}

static bool exchange(Process *process, int fd, struct dialogue *dialogue)
{
        const struct request_response_config *config = &dialogue->config;
        if (!write_request(process, fd, dialogue))
                return false;
        if (read_whole(process, fd, dialogue->response, config->response)) {
                transfer_progress(config->transfer, config->response, process_now(process));
                return true;
        }
        if (errno != 0)
                return fail_call(dialogue, "read");
        failure_note(config->transfer, "the connection ended within a response");
        return false;
}

/* The far end closes once it has seen our FIN. */
static bool end_connection(Process *process, int fd, const struct dialogue *dialogue)
{
        uint8_t byte;
        if (sock_shutdown(process, fd, SHUT_WR) < 0)
                return fail_call(dialogue, "shutdown");
        if (read_whole(process, fd, &byte, sizeof byte)) {
                failure_note(dialogue->config.transfer, "bytes behind the last response");
                return false;
        }
        return errno == 0 || fail_call(dialogue, "read");
}

static void finish(Process *process, struct transfer *transfer)
{
        const ProofBook *proofs = host_context(process_host(process))->proofs;
        transfer->outcome = TRANSFER_DONE;
        transfer->finished = process_now(process);
        if (proofs)
                transfer->has_sha256 = transfer->has_source_sha256 = proof_book_sha256(
                        proofs, transfer->number, transfer->source_sha256, transfer->sha256);
}

static void dialogue_main(Process *process, void *data)
{
        struct dialogue *dialogue = data;
        struct transfer *transfer = dialogue->config.transfer;
        transfer->started = process_now(process);
        int fd = open_connection(process, dialogue);
        if (fd < 0)
                return;
        transfer->connected = process_now(process);
        bool is_good = true;
        for (uint32_t i = 0; is_good && i < dialogue->config.count; i++)
                is_good = exchange(process, fd, dialogue);
        is_good = is_good && end_connection(process, fd, dialogue);
        if (sock_close(process, fd) == 0 && is_good)
                finish(process, transfer);
}

static void dialogue_free(void *data)
{
        struct dialogue *dialogue = data;
        g_free(dialogue->response);
        g_free(dialogue);
}

void request_response_start(Host *host, const struct request_response_config *config, time_ns at)
{
        struct dialogue *dialogue = g_new0(struct dialogue, 1);
        dialogue->config = *config;
        dialogue->response = g_malloc(config->response);
        struct process_config process = {
                .program = config->name,
                .transfer = config->transfer,
                .tcp = config->tcp,
                .main = dialogue_main,
                .data = dialogue,
                .free_data = dialogue_free,
        };
        process_start(host, &process, at);
}
