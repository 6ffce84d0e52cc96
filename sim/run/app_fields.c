/*
 * The keys of `apps:`: where a program runs, and what each kind of program is told.
 *
 * An item names its host and has one key that is the program's kind; the program's own keys stand in that
 * key's mapping, or beside it.
 */
#include "run/scenario_files.h"
#include "run/scenario_tables.h"

#include <string.h>

#define APP(member)    FIELD_AT(struct scenario_app, member)
#define QUANTITY(kind) .type = &field_quantity, .quantity = &quantity_##kind

#define PORT_MOST      65535
#define COUNT_MOST     1000000u
#define BYTES_MOST     (1ull << 50)

/* ---- What all programs share ---- */

static const struct field app_host_field = { .name = "host", .type = &field_name, APP(host) };
static const struct field app_name_field = { .name = "name", .type = &field_name, APP(name) };
static const struct field app_tcp_field = { .name = "tcp", .type = &field_tcp, APP(tcp) };

/* A program's `tcp:` goes on top of its host's. An unknown host is reported when references are checked. */
static bool read_app_host(struct field_reader *reader, const struct field *field G_GNUC_UNUSED,
        const struct yaml_node *node, void *value)
{
        struct scenario_app *app = value;
        if (!field_read(reader, &app_host_field, node, app))
                return false;
        int member;
        const struct scenario_host *host = scenario_find_host(reader->scenario, app->host, &member);
        if (host)
                app->tcp = host->tcp;
        return true;
}

static struct yaml_node *write_app_host(
        const struct field_writer *writer, const struct field *field G_GNUC_UNUSED, const void *value)
{
        return field_write(writer, &app_host_field, value);
}

static const struct field_type app_host = { read_app_host, write_app_host };

static bool read_app_name(struct field_reader *reader, const struct field *field G_GNUC_UNUSED,
        const struct yaml_node *node, void *value)
{
        struct scenario_app *app = value;
        app->is_named = true;
        return field_read(reader, &app_name_field, node, app);
}

static struct yaml_node *write_app_name(
        const struct field_writer *writer, const struct field *field G_GNUC_UNUSED, const void *value)
{
        const struct scenario_app *app = value;
        return app->is_named ? field_write(writer, &app_name_field, app) : NULL;
}

static const struct field_type app_name = { read_app_name, write_app_name };

static bool read_app_tcp(struct field_reader *reader, const struct field *field G_GNUC_UNUSED,
        const struct yaml_node *node, void *value)
{
        struct scenario_app *app = value;
        app->has_tcp = true;
        return field_read(reader, &app_tcp_field, node, app);
}

static struct yaml_node *write_app_tcp(
        const struct field_writer *writer, const struct field *field G_GNUC_UNUSED, const void *value)
{
        const struct scenario_app *app = value;
        return app->has_tcp ? field_write(writer, &app_tcp_field, app) : NULL;
}

static const struct field_type app_tcp = { read_app_tcp, write_app_tcp };

static const struct field shared_fields[] = {
        { .name = "host", .type = &app_host, .is_required = true },
        { .name = "name", .type = &app_name },
        { .name = "tcp", .type = &app_tcp },
        { .name = NULL },
};

const struct field_table app_table = { .what = "a program", .fields = shared_fields };

/* ---- zone: names and addresses ---- */

static bool read_zone(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        static const struct field address = {
                .name = "zone", .type = &field_address, FIELD_AT(struct scenario_record, address)
        };
        struct scenario_app *app = value;
        if (!field_expect_kind(reader, field->name, node, YAML_MAP))
                return false;
        for (unsigned i = 0; i < tree_count(node); i++) {
                const struct yaml_node *child = tree_child(node, i);
                struct scenario_record *record = scenario_add_record(app, child->key);
                if (!field_read(reader, &address, child, record))
                        return false;
                if (!ip_address_is_ipv4(&record->address))
                        return field_fail(reader, child->mark,
                                "zone: '%s' is an IPv6 address, which no answer here carries yet; accepted: "
                                "an IPv4 "
                                "address",
                                child->text);
        }
        return true;
}

static struct yaml_node *write_zone(const struct field_writer *writer G_GNUC_UNUSED,
        const struct field *field G_GNUC_UNUSED, const void *value)
{
        const struct scenario_app *app = value;
        struct yaml_node *map = tree_map_new();
        for (unsigned i = 0; i < app->records->len; i++) {
                const struct scenario_record *record = g_ptr_array_index(app->records, i);
                char text[IP_ADDRESS_TEXT_SIZE];
                tree_map_add(map, record->name, tree_text_new(ip_address_format(&record->address, text)));
        }
        return map;
}

static const struct field_type zone = { read_zone, write_zone };

/* ---- to: HOST or HOST:PORT ---- */

static const struct field to_host_field = { .name = "to", .type = &field_name, APP(to) };
static const struct field to_port_field = { .name = "port", QUANTITY(count), APP(to_port), .least = 1 };

static bool read_to(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        if (!field_expect_kind(reader, field->name, node, YAML_TEXT))
                return false;
        const char *colon = strchr(node->text, ':');
        g_autofree char *name =
                colon ? g_strndup(node->text, (gsize)(colon - node->text)) : g_strdup(node->text);
        g_autoptr(YamlNode) host = tree_text_new(name);
        host->mark = node->mark;
        if (!field_read(reader, &to_host_field, host, value))
                return false;
        if (!colon)
                return true;
        g_autoptr(YamlNode) port = tree_text_new(colon + 1);
        port->mark = node->mark;
        return field_read(reader, &to_port_field, port, value);
}

static struct yaml_node *write_to(const struct field_writer *writer G_GNUC_UNUSED,
        const struct field *field G_GNUC_UNUSED, const void *value)
{
        const struct scenario_app *app = value;
        g_autofree char *text = g_strdup_printf("%s:%u", app->to, app->to_port);
        return tree_text_new(text);
}

static const struct field_type destination = { read_to, write_to };

/* `port:` says what `to:` left out. */
static bool read_to_port(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        struct scenario_app *app = value;
        if (app->to_port != 0)
                return field_fail(reader, node->mark,
                        "%s: 'to' names port %u already; accepted: one of the two", field->name,
                        app->to_port);
        return field_read(reader, &to_port_field, node, app);
}

static const struct field_type destination_port = { .read = read_to_port };

/* ---- stall: { after, for }, or off ---- */

static const struct field stall_fields[] = {
        { .name = "after", QUANTITY(size), APP(stall_after), .is_required = true },
        { .name = "for", QUANTITY(time), APP(stall_for), .is_required = true, .least = 1 },
        { .name = NULL },
};

const struct field_table stall_table = { .what = "stall", .fields = stall_fields };

static bool read_stall(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        struct scenario_app *app = value;
        bool is_on = true;
        if (node->kind == YAML_TEXT && switch_parse(node->text, &is_on) && !is_on) {
                app->stall_for = 0;
                return true;
        }
        if (node->kind == YAML_TEXT)
                return field_fail(reader, node->mark,
                        "%s: '%s' is no stall; accepted: { after: 200kB, for: 3s }, off", field->name,
                        node->text);
        return field_table_read(reader, &stall_table, node, app);
}

static struct yaml_node *write_stall(
        const struct field_writer *writer, const struct field *field G_GNUC_UNUSED, const void *value)
{
        const struct scenario_app *app = value;
        return app->stall_for > 0 ? field_table_write(writer, &stall_table, app) : tree_text_new("off");
}

static const struct field_type stall = { read_stall, write_stall };

/* ---- method: HTTP's word is text in the value ---- */

static bool read_method(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        static const char *const methods[] = { "GET", "HEAD", NULL };
        if (!field_expect_kind(reader, field->name, node, YAML_TEXT))
                return false;
        if (!g_strv_contains(methods, node->text))
                return field_fail_word(reader, node->mark, node->text, methods, "%s: unknown word '%s'",
                        field->name, node->text);
        return field_text.read(reader, field, node, value);
}

static struct yaml_node *write_method(
        const struct field_writer *writer, const struct field *field, const void *value)
{
        return field_text.write(writer, field, value);
}

static const struct field_type http_method = { read_method, write_method };

/* ---- A table a kind ---- */

static const struct field_word ends[] = { { "close", SENDER_CLOSE, false },
        { "linger", SENDER_LINGER, false }, { NULL, 0, false } };

#define PORT                                                                                                 \
        {                                                                                                    \
                .name = "port", QUANTITY(count), APP(port), .least = 1                                       \
        }
#define AT                                                                                                   \
        {                                                                                                    \
                .name = "at", QUANTITY(time), APP(at)                                                        \
        }
#define STAGGER                                                                                              \
        {                                                                                                    \
                .name = "stagger", QUANTITY(time), APP(stagger)                                              \
        }
#define FLOWS                                                                                                \
        {                                                                                                    \
                .name = "flows", QUANTITY(count), APP(flows), .least = 1, .most = COUNT_MOST                 \
        }
#define LOCAL_PORT                                                                                           \
        {                                                                                                    \
                .name = "local-port", QUANTITY(count), APP(local_port), .most = PORT_MOST, .zero = "any"     \
        }
#define TO                                                                                                   \
        {                                                                                                    \
                .name = "to", .type = &destination, .is_required = true                                      \
        }
#define TO_PORT                                                                                              \
        {                                                                                                    \
                .name = "port", .type = &destination_port, .is_shorthand = true                              \
        }
#define END                                                                                                  \
        {                                                                                                    \
                .name = NULL                                                                                 \
        }

static const struct field dns_server_fields[] = {
        { .name = "zone", .type = &zone, .is_required = true },
        END,
};

static const struct field http_server_fields[] = {
        PORT,
        { .name = "root", .type = &field_document_root, .is_shorthand = true },
        { .name = "files", .type = &field_files },
        END,
};

static const struct field fetch_fields[] = {
        { .name = "url", .type = &field_text, APP(url), .is_required = true, .hint = "http://HOST/PATH" },
        AT,
        { .name = "method", .type = &http_method, APP(method) },
        { .name = "repeat", QUANTITY(count), APP(repeat), .least = 1, .most = COUNT_MOST },
        { .name = "parallel", QUANTITY(count), APP(parallel), .least = 1, .most = COUNT_MOST },
        LOCAL_PORT,
        FLOWS,
        STAGGER,
        END,
};

static const struct field sink_fields[] = {
        PORT,
        { .name = "read", QUANTITY(rate), APP(read_rate), .zero = "unlimited" },
        { .name = "stall", .type = &stall },
        { .name = "shutdown-after", QUANTITY(size), APP(shutdown_after), .zero = "never" },
        END,
};

static const struct field sender_fields[] = {
        TO,
        TO_PORT,
        { .name = "bytes", QUANTITY(size), APP(bytes), .is_required = true, .most = BYTES_MOST },
        { .name = "fill", .type = &field_choice, .words = field_fill_words, APP(fill) },
        AT,
        LOCAL_PORT,
        { .name = "write", QUANTITY(size), APP(write_size), .most = 1u << 30, .zero = "auto" },
        { .name = "every", QUANTITY(time), APP(write_every) },
        { .name = "end", .type = &field_choice, .words = ends, APP(end) },
        FLOWS,
        STAGGER,
        END,
};

static const struct field echo_fields[] = {
        PORT,
        { .name = "request", QUANTITY(size), APP(request), .most = 1u << 30, .zero = "any" },
        { .name = "response", QUANTITY(size), APP(response), .most = 1u << 30, .zero = "request" },
        END,
};

static const struct field request_response_fields[] = {
        TO,
        TO_PORT,
        { .name = "count", QUANTITY(count), APP(count), .least = 1, .most = 1000000000u },
        { .name = "request",
                QUANTITY(size),
                APP(request),
                .is_required = true,
                .least = 1,
                .most = 1u << 30 },
        { .name = "response",
                QUANTITY(size),
                APP(response),
                .is_required = true,
                .least = 1,
                .most = 1u << 30 },
        { .name = "writes", QUANTITY(count), APP(writes), .least = 1, .most = COUNT_MOST },
        AT,
        LOCAL_PORT,
        FLOWS,
        STAGGER,
        END,
};

const struct field_table app_tables[APP_KINDS] = {
        [APP_DNS_SERVER] = { "dns-server", dns_server_fields, &app_table },
        [APP_HTTP_SERVER] = { "http-server", http_server_fields, &app_table },
        [APP_FETCH] = { "fetch", fetch_fields, &app_table },
        [APP_SINK] = { "sink", sink_fields, &app_table },
        [APP_SENDER] = { "sender", sender_fields, &app_table },
        [APP_ECHO] = { "echo", echo_fields, &app_table },
        [APP_REQUEST_RESPONSE] = { "request-response", request_response_fields, &app_table },
};
