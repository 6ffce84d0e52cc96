/*
 * A client, a server with the name that the URL has, and a line between them, written as a scenario.
 *
 * Each option's value stands on a line of its own, so that what the loader says of a line is said of the
 * option: nobody sees the text.
 */
#include "cli/fetch_scenario.h"

#include "app/http_url.h"
#include "cli/shop.h"
#include "run/yaml_tree.h"

#include <stdlib.h>
#include <string.h>

#define NAME           "fetch"
#define CLIENT         "client"
#define SERVER         "server"
#define SERVER_ADDRESS "198.51.100.80"
#define RATE           "10Mbit/s"
#define DELAY          "25ms"
#define URL_ORIGIN     "URL"

G_DEFINE_QUARK(inorder - fetch - option - error, fetch_option_error)

/* The text, and where each of its lines came from: an option, or the URL. */
struct fetch_text {
        GString *text;
        GPtrArray *origins;
};

void fetch_options_clear(struct fetch_options *options)
{
        g_free(options->root);
        g_free(options->size);
        g_free(options->rate);
        g_free(options->delay);
        g_free(options->queue);
        g_free(options->loss);
        g_free(options->reorder);
        g_free(options->jitter);
        g_free(options->duplicate);
        g_free(options->corrupt);
}

/* ---- Lines ---- */

static void put(struct fetch_text *text, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void put(struct fetch_text *text, const char *format, ...)
{
        va_list arguments;
        va_start(arguments, format);
        g_string_append_vprintf(text->text, format, arguments);
        va_end(arguments);
        g_string_append_c(text->text, '\n');
        g_ptr_array_add(text->origins, URL_ORIGIN);
}

/* A mapping, as `loss` has one for its models: the only value that is no scalar. */
static bool is_mapping(const char *value)
{
        struct yaml_error error;
        if (*value != '{' || strchr(value, '\n') != NULL)
                return false;
        g_autoptr(YamlNode) tree = tree_parse(value, strlen(value), &error);
        if (tree == NULL)
                g_free(error.message);
        return tree != NULL && tree->kind == YAML_MAP;
}

/* Between double quotes as YAML has them. */
static char *quoted(const char *value)
{
        GString *result = g_string_new("\"");
        for (; *value != '\0'; value++) {
                if (*value == '"' || *value == '\\')
                        g_string_append_printf(result, "\\%c", *value);
                else if (g_ascii_iscntrl(*value))
                        g_string_append_printf(result, "\\x%02x", (unsigned char)*value);
                else
                        g_string_append_c(result, *value);
        }
        return g_string_free(g_string_append_c(result, '"'), FALSE);
}

/* Nothing for an option that was not given. */
static void put_value(
        struct fetch_text *text, const char *indent, const char *key, const char *value, const char *option)
{
        if (value == NULL)
                return;
        g_autofree char *node = is_mapping(value) ? g_strdup(value) : quoted(value);
        put(text, "%s%s: %s", indent, key, node);
        text->origins->pdata[text->origins->len - 1] = (gpointer)option;
}

/* ---- Hosts ---- */

/* Of the networks kept for examples, RFC 5737 and RFC 3849; the second when the URL has the first. */
static const char *const ipv4_clients[] = { "192.0.2.10", "192.0.2.11" };
static const char *const ipv6_clients[] = { "2001:db8::10", "2001:db8::11" };

static bool is_name(const char *label)
{
        return g_ascii_isalnum(*label) && !g_str_equal(label, CLIENT);
}

/* People call a machine by the first part of its name. */
static char *server_name(const struct http_url *url, bool is_address)
{
        g_autofree char *label = g_strndup(url->host, strcspn(url->host, "."));
        return g_strdup(!is_address && is_name(label) ? label : SERVER);
}

static void put_hosts(
        struct fetch_text *text, const char *server, const char *address, const struct http_url *url)
{
        const char *const *clients = strchr(address, ':') ? ipv6_clients : ipv4_clients;
        const char *client = clients[g_str_equal(url->host, clients[0]) ? 1 : 0];
        put(text, "hosts:");
        put(text, "  " CLIENT ": { addr: \"%s\", resolver: \"%s\" }", client, address);
        put(text, "  %s: { addr: \"%s\" }", server, address);
}

/* ---- The line ---- */

/* A bare number is packets. */
static char *queue_limit(const char *given)
{
        bool is_number = given != NULL && *given != '\0' && strspn(given, "0123456789") == strlen(given);
        return is_number ? g_strdup_printf("%spkt", given) : g_strdup(given);
}

static void put_line(struct fetch_text *text, const char *server, const struct fetch_options *options)
{
        g_autofree char *limit = queue_limit(options->queue);
        put(text, "links:");
        put(text, "  - name: line");
        put(text, "    between: [" CLIENT ", %s]", server);
        put_value(text, "    ", "rate", options->rate != NULL ? options->rate : RATE, "--rate");
        put_value(text, "    ", "delay", options->delay != NULL ? options->delay : DELAY, "--delay");
        put_value(text, "    ", "queue", limit, "--queue");
        put(text, "    impair:");
        put_value(text, "      ", "loss", options->loss, "--loss");
        put_value(text, "      ", "reorder", options->reorder, "--reorder");
        put_value(text, "      ", "jitter", options->jitter, "--jitter");
        put_value(text, "      ", "duplicate", options->duplicate, "--duplicate");
        put_value(text, "      ", "corrupt", options->corrupt, "--corrupt");
}

/* ---- Programs ---- */

/* What is asked for with a slash at its end is the index there. */
static char *document_path(const struct http_url *url)
{
        g_autofree char *path = http_target_path(url->target);
        if (path == NULL)
                return NULL;
        return g_strconcat(path, g_str_has_suffix(path, "/") ? "index.html" : "", NULL);
}

static void put_server(struct fetch_text *text, const char *server, const char *path,
        const struct http_url *url, const struct fetch_options *options)
{
        put(text, "  - host: %s", server);
        put(text, "    http-server:");
        put(text, "      port: %u", url->port);
        put_value(text, "      ", "root", options->root, "--root");
        if (options->size == NULL)
                return;
        g_autofree char *key = quoted(path);
        put(text, "      files:");
        put(text, "        %s:", key);
        put_value(text, "          ", "size", options->size, "--size");
}

static void put_programs(struct fetch_text *text, const char *server, const char *address, const char *path,
        const struct http_url *url, const char *url_text, const struct fetch_options *options, bool has_name)
{
        put(text, "apps:");
        if (has_name)
                put(text, "  - { host: %s, dns-server: { zone: { \"%s\": %s } } }", server, url->host,
                        address);
        put_server(text, server, path, url, options);
        put(text, "  - host: " CLIENT);
        put(text, "    name: page");
        put(text, "    fetch:");
        put_value(text, "      ", "url", url_text, URL_ORIGIN);
}

static void write_scenario(struct fetch_text *text, const char *url_text, const struct http_url *url,
        const char *path, const struct fetch_options *options)
{
        struct ip_address parsed;
        bool is_address = ip_address_parse(url->host, &parsed);
        const char *address = is_address ? url->host : SERVER_ADDRESS;
        g_autofree char *server = server_name(url, is_address);
        put(text, "inorder: 1");
        put_value(text, "", "title", url_text, URL_ORIGIN);
        put_hosts(text, server, address, url);
        put_line(text, server, options);
        put_programs(text, server, address, path, url, url_text, options, !is_address);
}

/* ---- Loading ---- */

/* The loader says "fetch:12:15: error: delay: '3 parsecs' …": a reader knows the option, not the line. */
static void name_origin(GError **error, const struct fetch_text *text)
{
        const char *message = (*error)->message;
        if ((*error)->domain != SCENARIO_ERROR || !g_str_has_prefix(message, NAME ":"))
                return;
        unsigned long line = strtoul(message + strlen(NAME ":"), NULL, 10);
        const char *origin = g_ptr_array_index(text->origins, line - 1);
        const char *complaint = strstr(message, ": error: ") + strlen(": error: ");
        size_t key_length = strspn(complaint, "abcdefghijklmnopqrstuvwxyz-");
        if (g_str_has_prefix(complaint + key_length, ": "))
                complaint += key_length + strlen(": ");
        GError *named = g_error_new(FETCH_OPTION_ERROR, 0, "%s: %s", origin, complaint);
        g_error_free(*error);
        *error = named;
}

static Scenario *load(const struct fetch_text *text, const struct fetch_options *options,
        const struct scenario_overrides *overrides, GError **error)
{
        Scenario *scenario = scenario_load_text(NAME, text->text->str, overrides, error);
        if (scenario == NULL)
                name_origin(error, text);
        else if (options->root == NULL && options->size == NULL)
                shop_stock(scenario);
        return scenario;
}

static bool check_given(const char *url_text, const struct fetch_options *options, struct http_url *url,
        char **path, GError **error)
{
        g_autoptr(GError) reason = NULL;
        if (options->root != NULL && options->size != NULL) {
                g_set_error(
                        error, FETCH_OPTION_ERROR, 0, "--size: --root is given too; accepted: one of them");
                return false;
        }
        if (options->root != NULL && !g_file_test(options->root, G_FILE_TEST_IS_DIR)) {
                g_set_error(error, FETCH_OPTION_ERROR, 0, "--root: '%s' is not a directory", options->root);
                return false;
        }
        if (!http_url_parse(url_text, url, &reason)) {
                g_set_error(error, FETCH_OPTION_ERROR, 0, URL_ORIGIN ": %s", reason->message);
                return false;
        }
        *path = document_path(url);
        if (*path == NULL)
                g_set_error(error, FETCH_OPTION_ERROR, 0,
                        URL_ORIGIN ": its path is malformed, or encodes a NUL or a slash");
        return *path != NULL;
}

Scenario *fetch_scenario_load(const char *url_text, const struct fetch_options *options,
        const struct scenario_overrides *overrides, GError **error)
{
        struct http_url url = { 0 };
        g_autofree char *path = NULL;
        Scenario *scenario = NULL;
        if (check_given(url_text, options, &url, &path, error)) {
                g_autoptr(GString) lines = g_string_new(NULL);
                g_autoptr(GPtrArray) origins = g_ptr_array_new();
                struct fetch_text text = { lines, origins };
                write_scenario(&text, url_text, &url, path, options);
                scenario = load(&text, options, overrides, error);
        }
        http_url_clear(&url);
        return scenario;
}
