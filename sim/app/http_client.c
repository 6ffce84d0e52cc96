/*
 * A browser's seven steps, told one by one, and the check that the body came whole.
 *
 * Several workers may share one job (`parallel`), each a process that fetches until the job's `repeat` are
 * done.
 */
#include "app/http_client.h"

#include <errno.h>
#include <string.h>
#include "app/body_hash.h"
#include "app/failure.h"
#include "app/http_stream.h"
#include "app/http_url.h"
#include "app/resolver.h"
#include "host/socket.h"

/* A response's head and what it meant: the same bytes mean the same, and are not read again. */
struct known_head {
        GBytes *bytes; /* NULL: none yet */
        struct http_head head;
};

struct job {
        struct http_client_config config;
        struct http_url url;
        char *method;
        GString *request;
        struct known_head response; /* the last */
        unsigned begun;             /* fetches */
        unsigned done;
        unsigned users; /* workers that have not ended */
};

/* One fetch by one worker. */
struct fetch {
        Process *process;
        struct job *job;
        struct transfer *transfer;
        struct endpoint server;
        int fd;
        struct http_stream stream;
        struct http_body body;
        EVP_MD_CTX *hash; /* NULL: nobody wants to know */
        uint64_t body_bytes;
};

static bool fail_call(const struct fetch *fetch, const char *call)
{
        int error = errno;
        failure_note_call(fetch->transfer, call, error);
        if (error != ECANCELED)
                process_step(fetch->process, "fetch.failed", "%s: %s", call, strerrorname_np(error));
        return false;
}

static bool fail(const struct fetch *fetch, const char *format, ...) G_GNUC_PRINTF(2, 3);
static bool fail(const struct fetch *fetch, const char *format, ...)
{
        va_list arguments;
        va_start(arguments, format);
        g_autofree char *text = g_strdup_vprintf(format, arguments);
        va_end(arguments);
        failure_note(fetch->transfer, "%s", text);
        process_step(fetch->process, "fetch.failed", "%s", text);
        return false;
}

static void note_time(time_ns *when, Process *process)
{
        if (*when == TIME_NEVER)
                *when = process_now(process);
}

/* ---- Steps 1 to 3: the URL, the address, the port ---- */

/* As a line of a hosts file would: nobody is asked. */
static bool take_known_address(struct fetch *fetch)
{
        char text[IP_ADDRESS_TEXT_SIZE];
        fetch->server.address = fetch->job->config.address;
        if (process_is_heard(fetch->process))
                process_step(fetch->process, "dns.answer", "%s is %s, known beforehand", fetch->job->url.host,
                        ip_address_format(&fetch->server.address, text));
        return true;
}

static bool look_up_address(struct fetch *fetch)
{
        enum resolve_result result = resolve(fetch->process, fetch->job->url.host, &fetch->server.address);
        if (result == RESOLVE_OK)
                return true;
        return result != RESOLVE_CANCELLED && fail(fetch, "dns: %s", resolve_result_name(result));
}

static bool find_server(struct fetch *fetch)
{
        const struct http_url *url = &fetch->job->url;
        process_step(
                fetch->process, "url.host", "the host name in %s is %s", fetch->transfer->url, url->host);
        bool is_known = !ip_address_is_any(&fetch->job->config.address);
        if (!(is_known ? take_known_address(fetch) : look_up_address(fetch)))
                return false;
        note_time(&fetch->transfer->dns, fetch->process);
        fetch->server.port = url->port;
        process_step(fetch->process, "url.port",
                url->port == HTTP_PORT ? "the port is %u, HTTP's own" : "the port is %u", url->port);
        return true;
}

/* ---- Step 4: the connection ---- */

static bool bind_local_port(const struct fetch *fetch)
{
        struct endpoint local = { ip_address_any, fetch->job->config.local_port };
        int on = 1;
        if (local.port == 0)
                return true;
        if (sock_setsockopt(fetch->process, fetch->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0)
                return fail_call(fetch, "setsockopt");
        return sock_bind(fetch->process, fetch->fd, &local) == 0 || fail_call(fetch, "bind");
}

static void tell_connection(const struct fetch *fetch)
{
        char server[ENDPOINT_TEXT_SIZE];
        if (process_is_heard(fetch->process))
                process_step(fetch->process, "tcp.connected", "the TCP connection to %s is open",
                        endpoint_format(&fetch->server, server));
}

static bool connect_to_server(struct fetch *fetch)
{
        fetch->fd = sock_socket(fetch->process, host_family(process_host(fetch->process)), SOCK_STREAM, 0);
        if (fetch->fd < 0)
                return fail_call(fetch, "socket");
        if (!bind_local_port(fetch))
                return false;
        if (sock_connect(fetch->process, fetch->fd, &fetch->server) < 0)
                return fail_call(fetch, "connect");
        note_time(&fetch->transfer->connected, fetch->process);
        tell_connection(fetch);
        return true;
}

/* ---- Step 5: the request ---- */

static GString *request_of(const struct job *job)
{
        GString *request = g_string_new(NULL);
        g_string_printf(request,
                "%s %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: inorder\r\nAccept: */*\r\n"
                "Connection: close\r\n\r\n",
                job->method, job->url.target, job->url.authority);
        return request;
}

static bool send_request(const struct fetch *fetch)
{
        const struct job *job = fetch->job;
        const GString *request = job->request;
        process_step(fetch->process, "http.request", "%s %s HTTP/1.1", job->method, job->url.target);
        return sock_write(fetch->process, fetch->fd, request->str, request->len) == (ssize_t)request->len ||
               fail_call(fetch, "write");
}

/* ---- Step 6: the response ---- */

static bool fail_reading(const struct fetch *fetch, enum http_reading reading, const char *part)
{
        switch (reading) {
        case HTTP_ENDED:
        case HTTP_CUT:
                return fail(fetch, "the connection ended within the %s", part);
        case HTTP_MALFORMED:
                return fail(fetch, "malformed %s", part);
        case HTTP_TOO_LONG:
                return fail(fetch, "%s too long", part);
        default:
                return fail_call(fetch, "read");
        }
}

static void forget_head(struct known_head *known)
{
        http_head_clear(&known->head);
        g_clear_pointer(&known->bytes, g_bytes_unref);
}

static bool is_known(const struct known_head *known, const char *bytes, size_t size)
{
        gsize known_size = 0;
        const void *known_bytes = known->bytes ? g_bytes_get_data(known->bytes, &known_size) : NULL;
        return known_size == size && memcmp(known_bytes, bytes, size) == 0;
}

/* NULL: malformed. What is returned stays until another worker reads a head. */
static const struct http_head *parse_head(struct job *job, const char *bytes, size_t size)
{
        struct known_head *known = &job->response;
        if (is_known(known, bytes, size))
                return &known->head;
        forget_head(known);
        if (!http_response_parse(bytes, size, job->method, &known->head))
                return NULL;
        known->bytes = g_bytes_new(bytes, size);
        return &known->head;
}

static void tell_response(const struct fetch *fetch, const struct http_head *response)
{
        if (!process_is_heard(fetch->process))
                return;
        const char *type = http_head_field(response, "Content-Type");
        const char *length = http_head_field(response, "Content-Length");
        process_step(fetch->process, "http.response", "%u %s, %s%s%s", response->status,
                soup_status_get_phrase(response->status), type ? type : "of no declared type",
                length ? ", bytes: " : "", length ? length : "");
}

/* The final response's head: interim ones (RFC 9110 section 15.2) go by. */
static bool read_response_head(struct fetch *fetch)
{
        const struct http_head *response;
        do {
                const char *bytes;
                size_t size;
                enum http_reading reading = http_stream_read_head(&fetch->stream, &bytes, &size);
                if (reading != HTTP_MORE)
                        return fail_reading(fetch, reading, "response head");
                response = parse_head(fetch->job, bytes, size);
                if (!response)
                        return fail(fetch, "malformed response head");
        } while (response->status < 200);
        fetch->transfer->status = (int)response->status;
        fetch->body = response->body;
        tell_response(fetch, response);
        return true;
}

static bool read_body(struct fetch *fetch)
{
        const struct http_body *body = &fetch->body;
        const char *bytes;
        size_t size;
        enum http_reading reading;
        http_stream_begin_body(&fetch->stream, body);
        while ((reading = http_stream_read_body(&fetch->stream, &bytes, &size)) == HTTP_MORE) {
                fetch->body_bytes += size;
                if (fetch->hash)
                        EVP_DigestUpdate(fetch->hash, bytes, size);
        }
        if (reading == HTTP_ENDED)
                return true;
        if (reading == HTTP_CUT && body->framing == HTTP_FRAMING_LENGTH)
                return fail(fetch,
                        "response ended after %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " bytes",
                        fetch->body_bytes, body->size);
        return fail_reading(fetch, reading, "response body");
}

/* Repeated fetches of one URL must all bring the same. */
static bool check_hash(const struct fetch *fetch)
{
        struct transfer *transfer = fetch->transfer;
        uint8_t sha256[EVP_MAX_MD_SIZE];
        if (!fetch->hash)
                return true;
        EVP_DigestFinal_ex(fetch->hash, sha256, NULL);
        if (transfer->has_sha256 && memcmp(sha256, transfer->sha256, BODY_HASH_SIZE) != 0)
                return fail(fetch, "the body differs from an earlier fetch's");
        memcpy(transfer->sha256, sha256, BODY_HASH_SIZE);
        transfer->has_sha256 = true;
        return true;
}

static void tell_body(const struct fetch *fetch)
{
        if (!process_is_heard(fetch->process))
                return;
        g_autoptr(GString) text = g_string_new(fetch->hash ? ", SHA-256 " : "");
        for (unsigned i = 0; fetch->hash && i < BODY_HASH_SIZE; i++)
                g_string_append_printf(text, "%02x", fetch->transfer->sha256[i]);
        process_step(fetch->process, "http.body", "%" G_GUINT64_FORMAT " bytes of body%s", fetch->body_bytes,
                text->str);
}

static bool check_body(const struct fetch *fetch)
{
        if (!check_hash(fetch))
                return false;
        tell_body(fetch);
        return true;
}

/* ---- Step 7: the close ---- */

/* The server was asked to close: its FIN comes next, and nothing before it. */
static bool close_connection(struct fetch *fetch)
{
        int64_t more = http_stream_drain(&fetch->stream);
        if (more < 0)
                return fail_call(fetch, "read");
        if (more > 0)
                return fail(fetch, "%" G_GINT64_FORMAT " bytes behind the end of the response", more);
        if (sock_close(fetch->process, fetch->fd) < 0)
                return fail_call(fetch, "close");
        fetch->fd = -1;
        process_step(fetch->process, "tcp.closed", "the server has closed its side, and so has this one");
        return true;
}

/* ---- Workers ---- */

static bool exchange(struct fetch *fetch)
{
        if (!send_request(fetch) || !read_response_head(fetch))
                return false;
        return read_body(fetch) && check_body(fetch) && close_connection(fetch);
}

static bool fetch_once(Process *process, struct job *job)
{
        char buffer[HTTP_STREAM_BUFFER];
        struct fetch fetch = { .process = process, .job = job, .transfer = job->config.transfer, .fd = -1 };
        bool is_done = find_server(&fetch) && connect_to_server(&fetch);
        if (is_done) {
                http_stream_init(&fetch.stream, process, fetch.fd, fetch.transfer, buffer);
                fetch.hash = body_hash_new(process);
                is_done = exchange(&fetch);
        }
        http_stream_clear(&fetch.stream);
        EVP_MD_CTX_free(fetch.hash);
        if (fetch.fd >= 0)
                sock_close(process, fetch.fd);
        return is_done;
}

static void worker_main(Process *process, void *data)
{
        struct job *job = data;
        struct transfer *transfer = job->config.transfer;
        while (job->begun < job->config.repeat && !process_is_cancelled(process)) {
                job->begun++;
                job->done += fetch_once(process, job);
        }
        if (job->done < job->config.repeat)
                return;
        transfer->outcome = TRANSFER_DONE;
        transfer->finished = process_now(process);
}

static void job_unref(void *data)
{
        struct job *job = data;
        if (--job->users > 0)
                return;
        forget_head(&job->response);
        g_string_free(job->request, TRUE);
        http_url_clear(&job->url);
        g_free(job->method);
        g_free(job);
}

static void job_main(Process *process, void *data)
{
        struct job *job = data;
        job->config.transfer->started = process_now(process);
        unsigned workers = MIN(job->config.parallel, job->config.repeat);
        for (; job->users < workers; job->users++)
                process_spawn(process, worker_main, job, job_unref);
        worker_main(process, job);
}

void http_client_start(Host *host, const struct http_client_config *config, time_ns at)
{
        struct job *job = g_new0(struct job, 1);
        job->config = *config;
        job->method = g_strdup(config->method);
        job->users = 1;
        if (!http_url_parse(config->url, &job->url, NULL))
                g_error("not checked: %s", config->url);
        job->request = request_of(job);
        g_free(config->transfer->url); /* it may begin anew, after a crash */
        config->transfer->url = g_strdup(config->url);
        struct process_config process = {
                .program = config->name,
                .transfer = config->transfer,
                .tcp = config->tcp,
                .main = job_main,
                .data = job,
                .free_data = job_unref,
        };
        process_start(host, &process, at);
}

bool http_client_check_url(const char *url, char **host, uint16_t *port, GError **error)
{
        struct http_url parsed;
        if (!http_url_parse(url, &parsed, error))
                return false;
        *host = g_steal_pointer(&parsed.host);
        *port = parsed.port;
        http_url_clear(&parsed);
        return true;
}
