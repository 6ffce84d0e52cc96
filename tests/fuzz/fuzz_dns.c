/*
 * Fuzz target: DNS messages. The bytes are datagrams, each behind its length, that a false name server
 * answers to a browser's questions, and that a false client asks the true name server. The browser's resolver
 * comes to an address or says why not.
 */
#include <string.h>
#include "app/dns_message.h"
#include "fuzz_bytes.h"
#include "fuzz_world.h"
#include "host/socket.h"

#define PACKETS_MOST   10000
#define DATAGRAMS_MOST 16

static const char text[] = "inorder: 1\n"
                           "hosts:\n"
                           "  browser: { addr: 10.0.0.1, resolver: 10.0.0.2 }\n"
                           "  liar: { addr: 10.0.0.2 }\n"
                           "  ns: { addr: 10.0.0.3 }\n"
                           "links:\n"
                           "  - { between: [browser, liar], rate: 1Gbit/s, delay: 1ms }\n"
                           "  - { between: [liar, ns], rate: 1Gbit/s, delay: 1ms }\n"
                           "apps:\n"
                           "  - { host: ns, dns-server: { zone: { www.example.com: 10.0.0.2 } } }\n"
                           "  - { host: browser, name: page, fetch: { url: \"http://www.example.com/\" } }\n";

/* One of the input's datagrams. Its first byte says whether it is about `id`, which could not be guessed. */
static size_t next_datagram(struct fuzz_bytes *bytes, uint16_t id, uint8_t datagram[DNS_MESSAGE_SIZE_MAX])
{
        bool knows_id = fuzz_flag(bytes);
        size_t size = fuzz_below(bytes, DNS_MESSAGE_SIZE_MAX);
        size = MIN(size, bytes->left);
        for (size_t i = 0; i < size; i++)
                datagram[i] = fuzz_8(bytes);
        if (knows_id && size >= 2) {
                datagram[0] = (uint8_t)(id >> 8);
                datagram[1] = (uint8_t)id;
        }
        return size;
}

static void parse_alone(const uint8_t *datagram, size_t size, uint16_t id)
{
        struct dns_question question;
        enum dns_rcode rcode;
        struct ip_address address;
        uint8_t answer[DNS_MESSAGE_SIZE_MAX];
        dns_answer_parse(datagram, size, id, "www.example.com", &address);
        if (!dns_question_parse(datagram, size, &question, &rcode))
                return;
        size_t written = dns_answer_write(&question, rcode, &ip_address_any, answer);
        g_assert(written <= sizeof answer);
        g_assert(written == 0 || !dns_question_parse(answer, written, &question, &rcode));
}

static void lie(Process *process, void *data)
{
        struct fuzz_bytes *bytes = data;
        struct endpoint local = { ip_address_any, DNS_PORT };
        struct endpoint client;
        uint8_t datagram[DNS_MESSAGE_SIZE_MAX];
        int fd = sock_socket(process, AF_INET, SOCK_DGRAM, 0);
        g_assert(sock_bind(process, fd, &local) == 0);
        while (sock_recvfrom(process, fd, datagram, sizeof datagram, 0, &client) >= 2) {
                uint16_t id = (uint16_t)(datagram[0] << 8 | datagram[1]);
                for (unsigned i = 0; i < DATAGRAMS_MOST && bytes->left > 0; i++) {
                        size_t size = next_datagram(bytes, id, datagram);
                        parse_alone(datagram, size, id);
                        sock_sendto(process, fd, datagram, size, 0, &client);
                }
        }
}

/* All questions, then what answers come within a while. */
static void ask(Process *process, void *data)
{
        struct fuzz_bytes *bytes = data;
        struct endpoint server = { ip_address_from_ipv4(0x0a000003), DNS_PORT };
        struct endpoint from;
        uint8_t datagram[DNS_MESSAGE_SIZE_MAX];
        int fd = sock_socket(process, AF_INET, SOCK_DGRAM, 0);
        for (unsigned i = 0; i < DATAGRAMS_MOST && bytes->left > 0; i++) {
                size_t size = next_datagram(bytes, 0, datagram);
                sock_sendto(process, fd, datagram, size, 0, &server);
        }
        process_sleep(process, SECOND);
        while (sock_recvfrom(process, fd, datagram, sizeof datagram, MSG_DONTWAIT, &from) >= 0)
                g_assert(endpoint_equal(&from, &server));
        sock_close(process, fd);
}

static void start(const struct bounded_run *run, const char *host, process_main program, void *data)
{
        struct process_config config = { .program = "speaker", .main = program, .data = data };
        process_start(bounded_run_host(run, host), &config, 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
        struct bounded_run run;
        struct fuzz_bytes answers = { input, size };
        struct fuzz_bytes questions = { input, size };
        g_autoptr(GError) error = NULL;
        g_autoptr(Scenario) scenario = fuzz_scenario_load(text, strlen(text), NULL, &error);
        if (scenario == NULL || !bounded_run_open(&run, scenario, &(struct world_options){ 0 }, PACKETS_MOST))
                g_error("%s", error->message);
        start(&run, "liar", lie, &answers);
        start(&run, "browser", ask, &questions);
        bounded_run_go(&run);
        g_assert(run.end == RUN_DONE);
        bounded_run_close(&run);
        return 0;
}
