/*
 * The shop, its documents, and programs that say exactly what a test wants said.
 */
#include "shop.h"

#include <check.h>
#include <string.h>
#include "app/dns_server.h"
#include "app/http_server.h"

#define BIG_SIZE    1000000
#define ANSWER_PORT 8080
#define PAUSE       (20 * MILLISECOND)

static void note_step(void *data, const struct trace_event *event)
{
        struct shop *shop = data;
        const char *host = event->owner == 0 ? "client" : "server";
        if (event->kind == TRACE_STEP)
                g_string_append_printf(shop->steps, "%s %s: %s\n", host, event->step.name, event->step.text);
        else
                g_string_append_printf(shop->calls, "%s %s\n", host, event->call.name);
}

void shop_init(struct shop *shop)
{
        g_autoptr(GBytes) index = g_bytes_new_static(SHOP_INDEX, strlen(SHOP_INDEX));
        g_autoptr(GBytes) empty = g_bytes_new_static("", 0);
        *shop = (struct shop){
                .documents = documents_new(), .steps = g_string_new(NULL), .calls = g_string_new(NULL)
        };
        documents_add_bytes(shop->documents, "/index.html", index);
        documents_add_bytes(shop->documents, "/empty.txt", empty);
        documents_add_generated(shop->documents, "/big", BIG_SIZE, FILL_RANDOM, 1);
        two_hosts_init(&shop->world);
        shop->world.trace = trace_new();
        trace_listen(
                shop->world.trace, TRACE_BIT(TRACE_STEP) | TRACE_BIT(TRACE_SOCKET_CALL), note_step, shop);
        shop->world.config.resolver = server_end(0).address;
        shop->world.config.tcp.send_buffer = 4 * 1024 * 1024;
}

static void start_dns(struct shop *shop)
{
        static struct dns_record record = { .name = SHOP_NAME };
        record.address = server_end(0).address;
        struct dns_server_config config = { .name = "dns-server", .records = &record, .record_count = 1 };
        dns_server_start(shop->world.server, &config);
}

void shop_open(struct shop *shop, bool has_dns)
{
        two_hosts_open(&shop->world);
        shop->transfer = two_hosts_transfer(&shop->world, "fetch");
        struct http_server_config config = {
                .name = "http-server", .port = 80, .documents = shop->documents
        };
        http_server_start(shop->world.server, &config);
        if (has_dns)
                start_dns(shop);
}

void shop_close(struct shop *shop)
{
        two_hosts_close(&shop->world);
        trace_free(shop->world.trace);
        documents_free(shop->documents);
        g_string_free(shop->steps, TRUE);
        g_string_free(shop->calls, TRUE);
}

void shop_fetch(struct shop *shop, const char *url)
{
        struct http_client_config config = { .url = url, .method = "GET", .repeat = 1, .parallel = 1 };
        shop_fetch_as(shop, &config);
}

void shop_fetch_as(struct shop *shop, struct http_client_config *config)
{
        config->name = "fetch";
        config->transfer = shop->transfer;
        http_client_start(shop->world.client, config, 0);
}

/* ---- A client that says what it is told ---- */

struct saying {
        uint16_t port;
        const uint8_t *bytes;
        size_t size;
        size_t piece;
        GString *heard;
};

static void read_to_end(Process *process, int fd, GString *heard)
{
        char bytes[4096];
        ssize_t size;
        while ((size = sock_read(process, fd, bytes, sizeof bytes)) > 0)
                g_string_append_len(heard, bytes, size);
        ck_assert_int_eq(size, 0);
}

static void say(Process *process, void *data)
{
        struct saying *saying = data;
        struct endpoint server = server_end(saying->port);
        int fd = sock_socket(process, AF_INET, SOCK_STREAM, 0);
        ck_assert_int_eq(sock_connect(process, fd, &server), 0);
        for (size_t offset = 0; offset < saying->size; offset += saying->piece) {
                size_t size = MIN(saying->piece, saying->size - offset);
                ck_assert_int_eq(sock_write(process, fd, saying->bytes + offset, size), size);
                if (offset + size < saying->size)
                        ck_assert(process_sleep(process, PAUSE));
        }
        sock_shutdown(process, fd, SHUT_WR);
        read_to_end(process, fd, saying->heard);
        sock_close(process, fd);
}

GString *shop_exchange_slowly(struct shop *shop, uint16_t port, const void *bytes, size_t size, size_t piece)
{
        struct saying saying = { port, bytes, size, piece, g_string_new(NULL) };
        two_hosts_start(shop->world.client, "client", say, &saying);
        two_hosts_run(&shop->world);
        return saying.heard;
}

GString *shop_exchange(struct shop *shop, uint16_t port, const void *bytes, size_t size)
{
        return shop_exchange_slowly(shop, port, bytes, size, size);
}

/* ---- A server that does ---- */

static void answer(Process *process, void *data)
{
        const GString *text = data;
        struct endpoint local = server_end(ANSWER_PORT);
        char request[4096];
        int listener = sock_socket(process, AF_INET, SOCK_STREAM, 0);
        ck_assert_int_eq(sock_bind(process, listener, &local), 0);
        ck_assert_int_eq(sock_listen(process, listener, 1), 0);
        int fd = sock_accept(process, listener, NULL);
        ck_assert_int_gt(sock_read(process, fd, request, sizeof request), 0);
        ck_assert_int_eq(sock_write(process, fd, text->str, text->len), text->len);
        sock_close(process, fd);
        sock_close(process, listener);
}

static void free_text(void *data)
{
        g_string_free(data, TRUE);
}

void shop_answer(struct shop *shop, const void *bytes, size_t size)
{
        struct process_config config = { .program = "answer",
                .main = answer,
                .data = g_string_new_len(bytes, size),
                .free_data = free_text };
        process_start(shop->world.server, &config, 0);
}
