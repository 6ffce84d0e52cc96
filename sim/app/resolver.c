/*
 * A stub resolver: one question at a time, each with an identifier of its own, from a port of its own.
 *
 * Times: 5 s for each question, three questions in all. glibc asks twice (resolv.conf(5): timeout 5, attempts
 * 2).
 */
#include "app/resolver.h"

#include <errno.h>
#include "app/dns_message.h"
#include "host/socket.h"

#define QUESTIONS_MAX 3
#define PATIENCE      (5 * SECOND)

const char *resolve_result_name(enum resolve_result result)
{
        static const char *const names[] = {
                [RESOLVE_OK] = "found",
                [RESOLVE_NO_NAME] = "no such name",
                [RESOLVE_AGAIN] = "no answer",
                [RESOLVE_NO_SERVER] = "no name server",
                [RESOLVE_CANCELLED] = "cancelled",
        };
        return names[result];
}

/* One question, until its answer comes or its time is over (RESOLVE_AGAIN). */
struct asking {
        Process *process;
        const char *name;
        struct endpoint server;
        int fd;
        uint16_t id;
        struct ip_address *address;
};

static void tell_question(const struct asking *asking, unsigned number)
{
        char server[ENDPOINT_TEXT_SIZE];
        endpoint_format(&asking->server, server);
        if (number == 1)
                process_step(asking->process, "dns.question", "asks %s for the address of %s (DNS, id %u)",
                        server, asking->name, asking->id);
        else
                process_step(asking->process, "dns.retry",
                        "no answer in %d s, asks %s again (try %u of %d, id %u)", (int)(PATIENCE / SECOND),
                        server, number, QUESTIONS_MAX, asking->id);
}

static bool send_question(struct asking *asking, unsigned number)
{
        uint8_t bytes[DNS_MESSAGE_SIZE_MAX];
        asking->id = (uint16_t)process_random(asking->process);
        size_t size = dns_question_write(asking->id, asking->name, bytes);
        tell_question(asking, number);
        return size > 0 &&
               sock_sendto(asking->process, asking->fd, bytes, size, 0, &asking->server) == (ssize_t)size;
}

/* One datagram has come. Only the server that was asked is believed. */
static enum resolve_result read_answer(const struct asking *asking)
{
        uint8_t bytes[DNS_MESSAGE_SIZE_MAX];
        struct endpoint from;
        ssize_t size = sock_recvfrom(asking->process, asking->fd, bytes, sizeof bytes, MSG_DONTWAIT, &from);
        if (size < 0)
                return errno == ECANCELED ? RESOLVE_CANCELLED : RESOLVE_AGAIN;
        if (!endpoint_equal(&from, &asking->server))
                return RESOLVE_AGAIN;
        switch (dns_answer_parse(bytes, (size_t)size, asking->id, asking->name, asking->address)) {
        case DNS_ANSWER_ADDRESS:
                return RESOLVE_OK;
        case DNS_ANSWER_NO_NAME:
                return RESOLVE_NO_NAME;
        case DNS_ANSWER_OTHER:
                break;
        }
        return RESOLVE_AGAIN;
}

static enum resolve_result wait_for_answer(const struct asking *asking)
{
        time_ns give_up = process_now(asking->process) + PATIENCE;
        enum resolve_result result = RESOLVE_AGAIN;
        while (result == RESOLVE_AGAIN && process_now(asking->process) < give_up) {
                duration_ns left = give_up - process_now(asking->process);
                struct pollfd poll = { .fd = asking->fd, .events = POLLIN };
                int ready =
                        sock_poll(asking->process, &poll, 1, (int)((left + MILLISECOND - 1) / MILLISECOND));
                if (ready < 0)
                        return RESOLVE_CANCELLED;
                if (ready > 0)
                        result = read_answer(asking);
        }
        return result;
}

static enum resolve_result ask(struct asking *asking)
{
        enum resolve_result result = RESOLVE_AGAIN;
        for (unsigned number = 1; result == RESOLVE_AGAIN && number <= QUESTIONS_MAX; number++) {
                if (!send_question(asking, number))
                        return errno == ECANCELED ? RESOLVE_CANCELLED : RESOLVE_AGAIN;
                result = wait_for_answer(asking);
        }
        return result;
}

static void tell_answer(const struct asking *asking, enum resolve_result result)
{
        char text[IP_ADDRESS_TEXT_SIZE];
        if (result == RESOLVE_OK)
                process_step(asking->process, "dns.answer", "%s is %s", asking->name,
                        ip_address_format(asking->address, text));
        else if (result != RESOLVE_CANCELLED)
                process_step(
                        asking->process, "dns.failed", "%s: %s", asking->name, resolve_result_name(result));
}

enum resolve_result resolve(Process *process, const char *name, struct ip_address *address)
{
        if (ip_address_parse(name, address)) {
                process_step(
                        process, "dns.answer", "%s is an address already: nobody needs to be asked", name);
                return RESOLVE_OK;
        }
        const struct ip_address *server = host_resolver(process_host(process));
        if (ip_address_is_any(server))
                return RESOLVE_NO_SERVER;
        struct asking asking = {
                .process = process,
                .name = name,
                .server = { *server, DNS_PORT },
                .fd = sock_socket(process, host_family(process_host(process)), SOCK_DGRAM, 0),
                .address = address,
        };
        if (asking.fd < 0)
                return errno == ECANCELED ? RESOLVE_CANCELLED : RESOLVE_AGAIN;
        enum resolve_result result = ask(&asking);
        tell_answer(&asking, result);
        sock_close(process, asking.fd);
        return result;
}
