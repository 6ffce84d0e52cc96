/*
 * Fuzz target: HTTP. The bytes are a head for the parsers; or what a client sends to the server, or what a
 * server answers to the client, in pieces, over a line without faults. Whatever they are, both ends come to
 * their end; what the server says is HTTP.
 */
#include <string.h>
#include "app/http_message.h"
#include "app/http_url.h"
#include "fuzz_bytes.h"
#include "fuzz_world.h"
#include "host/socket.h"

#define PORT         80
#define PIECE_MOST   4096
#define PACKETS_MOST 100000
#define PAUSE        (2 * MILLISECOND)

static const char hosts_text[] = "inorder: 1\n"
                                 "hosts: { client: { addr: 10.0.0.1 }, server: { addr: 10.0.0.2 } }\n"
                                 "links: [{ between: [client, server], rate: 1Gbit/s, delay: 100us }]\n";
static const char server_text[] =
        "apps: [{ host: server, http-server: { files: { /index.html: { size: 100, fill: counter },\n"
        "  /a/b.txt: { size: 5kB, fill: random }, /empty: { size: 0, fill: zero } } } }]\n";
static const char client_text[] =
        "apps: [{ host: client, name: get, fetch: { url: http://10.0.0.2/page, repeat: 2 } },\n"
        "       { host: client, name: head, fetch: { url: http://10.0.0.2/page, method: HEAD } }]\n";

/* The programs of the target, which say what the bytes say. */
struct speaker {
        struct fuzz_bytes bytes;
        size_t piece;
        bool pauses;
        GString *heard;
};

/* False: nobody listens any more. */
static bool say(Process *process, int fd, const struct speaker *speaker)
{
        for (size_t at = 0; at < speaker->bytes.left; at += speaker->piece) {
                size_t size = MIN(speaker->piece, speaker->bytes.left - at);
                if (sock_write(process, fd, speaker->bytes.at + at, size) < 0)
                        return false;
                if (speaker->pauses && !process_sleep(process, PAUSE))
                        return false;
        }
        return sock_shutdown(process, fd, SHUT_WR) == 0;
}

static void hear(Process *process, int fd, struct speaker *speaker)
{
        char bytes[PIECE_MOST];
        ssize_t size;
        while ((size = sock_read(process, fd, bytes, sizeof bytes)) > 0)
                g_string_append_len(speaker->heard, bytes, size);
}

static void speak_to_server(Process *process, void *data)
{
        struct speaker *speaker = data;
        struct endpoint server = { *host_address(process_host(process)), PORT };
        server.address.bytes[15]++;
        int fd = sock_socket(process, AF_INET, SOCK_STREAM, 0);
        g_assert(sock_connect(process, fd, &server) == 0);
        say(process, fd, speaker);
        hear(process, fd, speaker);
        sock_close(process, fd);
}

/* One client after another, for ever. */
static void speak_to_clients(Process *process, void *data)
{
        struct speaker *speaker = data;
        struct endpoint local = { ip_address_any, PORT };
        char request[PIECE_MOST];
        int listener = sock_socket(process, AF_INET, SOCK_STREAM, 0);
        int fd;
        g_assert(sock_bind(process, listener, &local) == 0 && sock_listen(process, listener, 4) == 0);
        while ((fd = sock_accept(process, listener, NULL)) >= 0) {
                if (sock_read(process, fd, request, sizeof request) > 0)
                        say(process, fd, speaker);
                sock_close(process, fd);
        }
}

static void run_with(const char *apps, const char *host, process_main program, struct speaker *speaker)
{
        struct bounded_run run;
        g_autofree char *whole = g_strconcat(hosts_text, apps, NULL);
        g_autoptr(GError) error = NULL;
        g_autoptr(Scenario) scenario = fuzz_scenario_load(whole, strlen(whole), NULL, &error);
        if (scenario == NULL || !bounded_run_open(&run, scenario, &(struct world_options){ 0 }, PACKETS_MOST))
                g_error("%s", error->message);
        struct process_config config = { .program = "speaker", .main = program, .data = speaker };
        process_start(bounded_run_host(&run, host), &config, 0);
        bounded_run_go(&run);
        g_assert(run.end == RUN_DONE);
        bounded_run_close(&run);
}

/* The first answer, if any came, is one that a client understands. */
static void check_answer(const struct speaker *speaker)
{
        struct http_head head;
        size_t size = http_head_size(speaker->heard->str, speaker->heard->len, 0);
        g_assert(size > 0 || speaker->heard->len == 0);
        if (size == 0)
                return;
        g_assert(http_response_parse(speaker->heard->str, size, "GET", &head));
        http_head_clear(&head);
}

/* ---- Heads alone ---- */

static void parse_request(const char *bytes, size_t size)
{
        struct http_head head;
        unsigned status = http_request_parse(bytes, size, &head);
        g_assert(status == 200 || status == 400 || status == 501 || status == 505);
        if (status == 200) {
                g_autofree char *path = http_target_path(head.target);
                g_assert(path == NULL || (path[0] == '/' && strlen(path) <= strlen(head.target)));
                g_assert(head.method[0] != '\0' && head.body.framing != HTTP_FRAMING_CLOSE);
                g_assert(head.minor == 0 || http_head_field(&head, "Host") != NULL);
                http_head_keeps_alive(&head);
        }
        http_head_clear(&head);
}

static void parse_response(const char *bytes, size_t size, const char *method)
{
        struct http_head head;
        if (http_response_parse(bytes, size, method, &head)) {
                g_assert(head.status >= 100 && head.status <= 999);
                http_head_keeps_alive(&head);
        }
        http_head_clear(&head);
}

static void parse_alone(const struct fuzz_bytes *bytes)
{
        const char *text = (const char *)bytes->at;
        size_t size = http_head_size(text, bytes->left, 0);
        uint64_t chunk;
        http_chunk_size(text, bytes->left, &chunk);
        if (size == 0)
                return;
        g_assert(size <= bytes->left);
        parse_request(text, size);
        parse_response(text, size, "GET");
        parse_response(text, size, "HEAD");
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
        struct speaker speaker = { .bytes = { input, size }, .heard = g_string_new(NULL) };
        uint8_t how = fuzz_8(&speaker.bytes);
        speaker.piece = how & 0x80 ? 1u + how % 16 : PIECE_MOST;
        speaker.pauses = how & 0x40;
        if (how & 0x10) {
                parse_alone(&speaker.bytes);
        } else if (how & 0x20) {
                run_with(client_text, "server", speak_to_clients, &speaker);
        } else {
                run_with(server_text, "client", speak_to_server, &speaker);
                check_answer(&speaker);
        }
        g_string_free(speaker.heard, TRUE);
        return 0;
}
