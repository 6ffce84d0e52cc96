/*
 * Programs as a whole: where they run, whom they call, and on which ports.
 */
#include "run/scenario_check.h"

#include "app/http_client.h"

#include <string.h>

static const struct scenario_host *host_of(const Scenario *scenario, const struct scenario_app *app)
{
        int member;
        return scenario_find_host(scenario, app->host, &member);
}

/* ---- Names and places ---- */

static bool check_place(struct field_reader *reader, const struct scenario_app *app)
{
        const struct scenario_host *host = host_of(reader->scenario, app);
        if (!host)
                return scenario_fail_host(
                        reader, field_mark(reader, &app->host, app->mark), "host", app->host);
        if (host->forwards)
                return field_fail(reader, field_mark(reader, &app->host, app->mark),
                        "host: '%s' is a router; accepted: a host, since routers run no programs", app->host);
        if (app->is_named && scenario_is_summary_word(app->name))
                return field_fail(reader, field_mark(reader, &app->name, app->mark),
                        "name: '%s' is a word of the summary; accepted: another name", app->name);
        return true;
}

static bool check_names(struct field_reader *reader)
{
        const GPtrArray *apps = reader->scenario->apps;
        g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
        for (unsigned i = 0; i < apps->len; i++) {
                const struct scenario_app *app = g_ptr_array_index(apps, i);
                if (!g_hash_table_add(names, app->name))
                        return field_fail(reader, field_mark(reader, &app->name, app->mark),
                                "two programs are named '%s'; accepted: a name of its own", app->name);
        }
        return true;
}

/* ---- Servers' ports ---- */

static bool is_server(enum app_kind kind)
{
        return kind == APP_HTTP_SERVER || kind == APP_SINK || kind == APP_ECHO || kind == APP_DNS_SERVER;
}

static bool check_ports(struct field_reader *reader)
{
        const GPtrArray *apps = reader->scenario->apps;
        g_autoptr(GHashTable) taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        for (unsigned i = 0; i < apps->len; i++) {
                const struct scenario_app *app = g_ptr_array_index(apps, i);
                const char *protocol = app->kind == APP_DNS_SERVER ? "UDP" : "TCP";
                if (is_server(app->kind) &&
                        !g_hash_table_add(taken, g_strdup_printf("%s %u %s", protocol, app->port, app->host)))
                        return field_fail(reader, field_mark(reader, &app->port, app->mark),
                                "%s: %s port %u of '%s' is another program's already; accepted: a free one",
                                app_kind_name(app->kind), protocol, app->port, app->host);
        }
        return true;
}

/* How many programs of one kind a host has, and the last of them. */
struct servers {
        const struct scenario_app *last;
        unsigned count;
};

static char *server_key(enum app_kind kind, const char *host)
{
        return g_strdup_printf("%s %s", app_kind_name(kind), host);
}

static GHashTable *index_servers(const GPtrArray *apps)
{
        GHashTable *index = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        for (unsigned i = 0; i < apps->len; i++) {
                const struct scenario_app *app = g_ptr_array_index(apps, i);
                g_autofree char *key = server_key(app->kind, app->host);
                struct servers *servers = g_hash_table_lookup(index, key);
                if (!servers) {
                        servers = g_new0(struct servers, 1);
                        g_hash_table_insert(index, g_steal_pointer(&key), servers);
                }
                servers->last = app;
                servers->count++;
        }
        return index;
}

/* Where `to` names no port, it is that of the one program there that would answer. */
static bool find_port(struct field_reader *reader, GHashTable *index, struct scenario_app *app)
{
        enum app_kind kind = app->kind == APP_SENDER ? APP_SINK : APP_ECHO;
        if (app->to_port != 0)
                return true;
        g_autofree char *key = server_key(kind, app->to);
        const struct servers *servers = g_hash_table_lookup(index, key);
        if (!servers || servers->count != 1)
                return field_fail(reader, field_mark(reader, &app->to, app->mark),
                        "to: '%s' has %u programs of kind %s; accepted: %s:PORT, or exactly one", app->to,
                        servers ? servers->count : 0, app_kind_name(kind), app->to);
        app->to_port = servers->last->port;
        return true;
}

static bool find_ports(struct field_reader *reader)
{
        const GPtrArray *apps = reader->scenario->apps;
        g_autoptr(GHashTable) index = index_servers(apps);
        for (unsigned i = 0; i < apps->len; i++) {
                struct scenario_app *app = g_ptr_array_index(apps, i);
                if (app->to && !find_port(reader, index, app))
                        return false;
        }
        return true;
}

/* ---- Clients ---- */

static bool check_reach(struct field_reader *reader, const Reach *reach, const struct scenario_app *app,
        const char *key, const struct scenario_host *target)
{
        const void *value = app->kind == APP_FETCH ? &app->url : &app->to;
        struct mark mark = field_mark(reader, value, app->mark);
        if (target->forwards)
                return field_fail(reader, mark, "%s: '%s' is a router; accepted: a host", key, target->name);
        const struct scenario_host *host = host_of(reader->scenario, app);
        if (ip_address_is_ipv4(&host->address) != ip_address_is_ipv4(&target->address))
                return field_fail(reader, mark,
                        "%s: '%s' and '%s' have addresses of different families; accepted: IPv4 both, or "
                        "IPv6",
                        key, app->host, target->name);
        if (reach_leads(reach, host, target))
                return true;
        return field_fail(reader, mark, "%s: no links lead from '%s' to '%s'; accepted: a host within reach",
                key, app->host, target->name);
}

static bool check_to(struct field_reader *reader, const Reach *reach, const struct scenario_app *app)
{
        int member;
        const struct scenario_host *target = scenario_find_host(reader->scenario, app->to, &member);
        if (!target)
                return scenario_fail_host(reader, field_mark(reader, &app->to, app->mark), "to", app->to);
        return check_reach(reader, reach, app, "to", target);
}

/* A URL's host is an address, or a name for the resolver to find. */
static bool check_url_host(
        struct field_reader *reader, const Reach *reach, const struct scenario_app *app, const char *name)
{
        struct ip_address address;
        int member;
        const struct scenario_host *target;
        struct mark mark = field_mark(reader, &app->url, app->mark);
        if (ip_address_parse(name, &address)) {
                target = scenario_host_at(reader->scenario, &address, &member);
                if (!target)
                        return field_fail(reader, mark,
                                "url: %s is no host's address; accepted: a host's address", name);
                return check_reach(reader, reach, app, "url", target);
        }
        if (!ip_address_is_any(&host_of(reader->scenario, app)->resolver))
                return true;
        target = scenario_find_host(reader->scenario, name, &member);
        if (target)
                return check_reach(reader, reach, app, "url", target);
        return field_fail(reader, mark,
                "url: host '%s' has no resolver to ask for '%s'; accepted: a resolver, an address, or a "
                "host's name",
                app->host, name);
}

static bool check_url(struct field_reader *reader, const Reach *reach, const struct scenario_app *app)
{
        g_autofree char *host = NULL;
        uint16_t port;
        g_autoptr(GError) error = NULL;
        if (!http_client_check_url(app->url, &host, &port, &error))
                return field_fail(
                        reader, field_mark(reader, &app->url, app->mark), "url: %s", error->message);
        return check_url_host(reader, reach, app, host);
}

static bool check_flows(struct field_reader *reader, const struct scenario_app *app)
{
        bool is_one = app->flows == 1 && app->parallel == 1;
        if (app->local_port != 0 && !is_one)
                return field_fail(reader, field_mark(reader, &app->local_port, app->mark),
                        "local-port: %u connections at once cannot share it; accepted: one, or any",
                        app->flows * app->parallel);
        if (app->kind == APP_SENDER && app->write_every > 0 && app->write_size == 0)
                return field_fail(reader, field_mark(reader, &app->write_every, app->mark),
                        "every: how much to write is not said; accepted: write: SIZE beside it");
        return true;
}

/* The last of all starts within the longest time, too. */
static bool check_stagger(struct field_reader *reader, const struct scenario_app *app)
{
        int member;
        const struct scenario_host *host = scenario_find_host(reader->scenario, app->host, &member);
        uint64_t instances = (uint64_t)(member < 0 ? host->count : 1) * app->flows;
        if (instances == 1 || (uint64_t)app->stagger <= FIELD_TIME_MOST / (instances - 1))
                return true;
        g_autofree char *most = quantity_time.format(FIELD_TIME_MOST);
        return field_fail(reader, field_mark(reader, &app->stagger, app->mark),
                "stagger: the last of %" G_GUINT64_FORMAT
                " would start more than %s after the first; accepted: a shorter time",
                instances, most);
}

static bool check_client(struct field_reader *reader, const Reach *reach, const struct scenario_app *app)
{
        switch (app->kind) {
        case APP_FETCH:
                return check_flows(reader, app) && check_stagger(reader, app) &&
                       check_url(reader, reach, app);
        case APP_SENDER:
        case APP_REQUEST_RESPONSE:
                return check_flows(reader, app) && check_stagger(reader, app) && check_to(reader, reach, app);
        default:
                return true;
        }
}

bool scenario_check_apps(struct field_reader *reader, const Reach *reach)
{
        const GPtrArray *apps = reader->scenario->apps;
        for (unsigned i = 0; i < apps->len; i++)
                if (!check_place(reader, g_ptr_array_index(apps, i)))
                        return false;
        if (!check_names(reader) || !check_ports(reader))
                return false;
        for (unsigned i = 0; i < apps->len; i++)
                if (!check_client(reader, reach, g_ptr_array_index(apps, i)))
                        return false;
        return find_ports(reader);
}
