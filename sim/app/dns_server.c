/*
 * One question, one answer, one after another.
 */
#include "app/dns_server.h"

#include <errno.h>
#include <string.h>
#include "app/dns_message.h"
#include "host/socket.h"

/* NULL: no such name. Case does not matter (RFC 4343). */
static const struct dns_record *find_record(const struct dns_server_config *zone, const char *name)
{
        for (unsigned i = 0; i < zone->record_count; i++) {
                if (g_ascii_strcasecmp(zone->records[i].name, name) == 0)
                        return &zone->records[i];
        }
        return NULL;
}

/* Returns the answer's size; 0: none. */
static size_t answer(const struct dns_server_config *zone, const uint8_t *bytes, size_t size,
        uint8_t answer[DNS_MESSAGE_SIZE_MAX])
{
        struct dns_question question;
        enum dns_rcode rcode;
        if (!dns_question_parse(bytes, size, &question, &rcode))
                return 0;
        if (rcode != DNS_NOERROR)
                return dns_answer_write(&question, rcode, NULL, answer);
        const struct dns_record *record = find_record(zone, question.name);
        if (!record)
                return dns_answer_write(&question, DNS_NXDOMAIN, NULL, answer);
        bool is_asked = dns_question_is_for_address(&question);
        return dns_answer_write(&question, DNS_NOERROR, is_asked ? &record->address : NULL, answer);
}

static void serve(Process *process, int fd, const struct dns_server_config *zone)
{
        for (;;) {
                uint8_t query[DNS_MESSAGE_SIZE_MAX];
                uint8_t reply[DNS_MESSAGE_SIZE_MAX];
                struct endpoint client;
                ssize_t size = sock_recvfrom(process, fd, query, sizeof query, 0, &client);
                if (size < 0)
                        return;
                size_t reply_size = answer(zone, query, (size_t)size, reply);
                /* A reply that cannot be sent is like one that got lost: the client asks again. */
                if (reply_size > 0)
                        sock_sendto(process, fd, reply, reply_size, 0, &client);
        }
}

static void dns_server_main(Process *process, void *data)
{
        struct endpoint local = { ip_address_any, DNS_PORT };
        int fd = sock_socket(process, host_family(process_host(process)), SOCK_DGRAM, 0);
        if (fd < 0 || sock_bind(process, fd, &local) < 0) {
                process_step(process, "server.failed", "cannot serve on port %d: %s", DNS_PORT,
                        strerrorname_np(errno));
                return;
        }
        serve(process, fd, data);
        sock_close(process, fd);
}

void dns_server_start(Host *host, const struct dns_server_config *config)
{
        struct process_config process = {
                .program = config->name,
                .main = dns_server_main,
                .data = g_memdup2(config, sizeof *config),
                .free_data = g_free,
        };
        process_start(host, &process, host_now(host));
}
