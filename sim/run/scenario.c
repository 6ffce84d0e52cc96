/*
 * A scenario's values: made with their defaults, found by name, freed; and how its mistakes are told.
 */
#include "run/scenario.h"

#include "run/scenario_tables.h"

#include <string.h>

#define STOP_DEFAULT         (3600 * SECOND)
#define LIMIT_OUTPUT_DEFAULT MILLISECOND
#define MTU_DEFAULT          1500

G_DEFINE_QUARK(inorder - scenario - error, scenario_error)

char *scenario_place(const Scenario *scenario, struct mark mark)
{
        unsigned sets = scenario->sets ? g_strv_length(scenario->sets) : 0;
        if (mark.line == 0 && mark.column > sets)
                return g_strdup_printf("--fault '%s'", scenario->fault_lines[mark.column - sets - 1]);
        if (mark.line == 0)
                return g_strdup_printf("--set %s", scenario->sets[mark.column - 1]);
        return g_strdup_printf("%s:%u:%u", scenario->path, mark.line, mark.column);
}

void scenario_set_error(GError **error, const Scenario *scenario, struct mark mark, const char *format, ...)
{
        va_list arguments;
        va_start(arguments, format);
        g_autofree char *message = g_strdup_vprintf(format, arguments);
        va_end(arguments);
        g_autofree char *place = scenario_place(scenario, mark);
        g_set_error(error, SCENARIO_ERROR, 0, "%s: error: %s", place, message);
}

/* ---- Freeing ---- */

static void free_host(gpointer data)
{
        struct scenario_host *host = data;
        g_free(host->name);
        g_free(host);
}

static void free_link(gpointer data)
{
        struct scenario_link *link = data;
        g_free(link->name);
        g_free(link->ends[0]);
        g_free(link->ends[1]);
        g_free(link);
}

static void free_record(gpointer data)
{
        struct scenario_record *record = data;
        g_free(record->name);
        g_free(record);
}

static void free_file(gpointer data)
{
        struct scenario_file *file = data;
        g_free(file->path);
        g_free(file->source);
        g_clear_pointer(&file->bytes, g_bytes_unref);
        g_free(file);
}

static void free_app(gpointer data)
{
        struct scenario_app *app = data;
        g_free(app->host);
        g_free(app->name);
        g_free(app->url);
        g_free(app->method);
        g_free(app->to);
        g_ptr_array_unref(app->records);
        g_ptr_array_unref(app->files);
        g_free(app);
}

static void clear_match(struct scenario_match *match)
{
        g_free(match->from);
        g_free(match->to);
        g_free(match->transfer);
}

static void free_fault(gpointer data)
{
        struct scenario_fault *fault = data;
        g_free(fault->name);
        g_free(fault->link);
        g_free(fault->host);
        clear_match(&fault->match);
        clear_match(&fault->until);
        g_free(fault);
}

static void free_expect(gpointer data)
{
        struct scenario_expect *expect = data;
        g_free(expect->text);
        g_free(expect->path);
        g_free(expect->value);
        g_free(expect);
}

void scenario_free(Scenario *scenario)
{
        if (!scenario)
                return;
        g_hash_table_unref(scenario->hosts_by_name);
        g_hash_table_unref(scenario->links_by_name);
        g_ptr_array_unref(scenario->hosts_by_address);
        g_hash_table_unref(scenario->marks);
        g_ptr_array_unref(scenario->hosts);
        g_ptr_array_unref(scenario->links);
        g_ptr_array_unref(scenario->apps);
        g_ptr_array_unref(scenario->faults);
        g_ptr_array_unref(scenario->expects);
        g_ptr_array_unref(scenario->inputs);
        g_ptr_array_unref(scenario->filters);
        g_ptr_array_unref(scenario->kept);
        tree_free(scenario->sweep);
        g_strfreev(scenario->sets);
        g_strfreev(scenario->fault_lines);
        g_free(scenario->path);
        g_free(scenario->name);
        g_free(scenario->title);
        g_free(scenario);
}

/* ---- Making ---- */

/* "scenarios/clean.yaml" → "clean". */
static char *name_of_path(const char *path)
{
        if (strcmp(path, "-") == 0)
                return g_strdup("stdin");
        char *name = g_path_get_basename(path);
        char *dot = strrchr(name, '.');
        if (dot && dot != name)
                *dot = '\0';
        return name;
}

Scenario *scenario_new(const char *path, char *const *sets)
{
        Scenario *scenario = g_new0(Scenario, 1);
        scenario->path = g_strdup(path);
        scenario->sets = g_strdupv((char **)sets);
        scenario->name = name_of_path(path);
        scenario->stop = STOP_DEFAULT;
        scenario->tcp = (struct scenario_tcp){ tcp_settings_default(), LIMIT_OUTPUT_DEFAULT };
        scenario->hosts = g_ptr_array_new_with_free_func(free_host);
        scenario->links = g_ptr_array_new_with_free_func(free_link);
        scenario->apps = g_ptr_array_new_with_free_func(free_app);
        scenario->faults = g_ptr_array_new_with_free_func(free_fault);
        scenario->expects = g_ptr_array_new_with_free_func(free_expect);
        scenario->inputs = g_ptr_array_new_with_free_func(free_file);
        scenario->filters = g_ptr_array_new_with_free_func((GDestroyNotify)packet_filter_free);
        scenario->kept = g_ptr_array_new_with_free_func(g_free);
        scenario->hosts_by_name = g_hash_table_new(g_str_hash, g_str_equal);
        scenario->links_by_name = g_hash_table_new(g_str_hash, g_str_equal);
        scenario->marks = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free);
        scenario->hosts_by_address = g_ptr_array_new();
        return scenario;
}

struct scenario_host *scenario_add_host(Scenario *scenario, const char *name, struct mark mark)
{
        struct scenario_host *host = g_new0(struct scenario_host, 1);
        host->name = g_strdup(name);
        host->count = 1;
        host->tcp = scenario->tcp;
        host->mark = mark;
        g_ptr_array_add(scenario->hosts, host);
        g_hash_table_insert(scenario->hosts_by_name, host->name, host);
        return host;
}

struct scenario_link *scenario_add_link(Scenario *scenario, struct mark mark)
{
        struct scenario_link *link = g_new0(struct scenario_link, 1);
        link->mtu = MTU_DEFAULT;
        link->mark = mark;
        for (int i = 0; i < 2; i++) {
                struct scenario_direction *direction = &link->directions[i];
                direction->queue = queue_droptail.defaults;
                direction->queue.ops = &queue_droptail;
                direction->impair = impair_defaults;
        }
        g_ptr_array_add(scenario->links, link);
        return link;
}

void scenario_name_link(Scenario *scenario, const struct scenario_link *link)
{
        if (!g_hash_table_contains(scenario->links_by_name, link->name))
                g_hash_table_insert(
                        scenario->links_by_name, link->name, GUINT_TO_POINTER(scenario->links->len));
}

/* IANA's numbers where there is one. */
static uint16_t port_default(enum app_kind kind)
{
        static const uint16_t ports[APP_KINDS] = {
                [APP_DNS_SERVER] = 53, [APP_HTTP_SERVER] = 80, [APP_SINK] = 9, [APP_ECHO] = 7
        };
        return ports[kind];
}

struct scenario_app *scenario_add_app(Scenario *scenario, enum app_kind kind, struct mark mark)
{
        struct scenario_app *app = g_new0(struct scenario_app, 1);
        app->kind = kind;
        app->flows = 1;
        app->port = port_default(kind);
        app->repeat = 1;
        app->parallel = 1;
        app->count = 1;
        app->writes = 1;
        app->method = g_strdup("GET");
        app->records = g_ptr_array_new_with_free_func(free_record);
        app->files = g_ptr_array_new_with_free_func(free_file);
        app->tcp = scenario->tcp;
        app->mark = mark;
        g_ptr_array_add(scenario->apps, app);
        return app;
}

struct scenario_fault *scenario_add_fault(Scenario *scenario, struct mark mark)
{
        struct scenario_fault *fault = g_new0(struct scenario_fault, 1);
        fault->name = g_strdup_printf("faults[%u]", scenario->faults->len);
        fault->match.values.from = fault->match.values.to = PACKET_NO_HOST;
        fault->until.values.from = fault->until.values.to = PACKET_NO_HOST;
        fault->mark = mark;
        g_ptr_array_add(scenario->faults, fault);
        return fault;
}

struct scenario_expect *scenario_add_expect(Scenario *scenario, struct mark mark)
{
        struct scenario_expect *expect = g_new0(struct scenario_expect, 1);
        expect->mark = mark;
        g_ptr_array_add(scenario->expects, expect);
        return expect;
}

struct scenario_record *scenario_add_record(struct scenario_app *app, const char *name)
{
        struct scenario_record *record = g_new0(struct scenario_record, 1);
        record->name = g_strdup(name);
        g_ptr_array_add(app->records, record);
        return record;
}

struct scenario_file *scenario_add_file(struct scenario_app *app, const char *path)
{
        for (unsigned i = 0; i < app->files->len; i++) {
                const struct scenario_file *old = g_ptr_array_index(app->files, i);
                if (strcmp(old->path, path) == 0) {
                        g_ptr_array_remove_index(app->files, i);
                        break;
                }
        }
        struct scenario_file *file = g_new0(struct scenario_file, 1);
        file->path = g_strdup(path);
        g_ptr_array_add(app->files, file);
        return file;
}

void *scenario_keep(Scenario *scenario, const void *bytes, size_t size)
{
        void *kept = g_memdup2(bytes, size);
        g_ptr_array_add(scenario->kept, kept);
        return kept;
}

/* ---- Finding ---- */

/* The member that "client-7" means of a group "client" of `count`; -1: none. */
static int member_of(const char *name, size_t stem_length, unsigned count)
{
        const char *digits = name + stem_length + 1;
        guint64 number;
        if (*digits == '0' || !g_ascii_string_to_unsigned(digits, 10, 1, count, &number, NULL))
                return -1;
        return (int)number - 1;
}

bool scenario_app_is_client(const struct scenario_app *app)
{
        return app->kind == APP_FETCH || app->kind == APP_SENDER || app->kind == APP_REQUEST_RESPONSE;
}

bool scenario_app_has_transfer(const struct scenario_app *app)
{
        return app->is_named || scenario_app_is_client(app);
}

const struct scenario_host *scenario_find_host(const Scenario *scenario, const char *name, int *member)
{
        *member = -1;
        const struct scenario_host *host = g_hash_table_lookup(scenario->hosts_by_name, name);
        const char *dash = strrchr(name, '-');
        if (host || !dash)
                return host;
        g_autofree char *stem = g_strndup(name, (gsize)(dash - name));
        host = g_hash_table_lookup(scenario->hosts_by_name, stem);
        if (!host || !host->is_group)
                return NULL;
        *member = member_of(name, strlen(stem), host->count);
        return *member >= 0 ? host : NULL;
}

/* The last host whose first address is not above the one asked for, by halving; none of the ranges overlap.
 */
const struct scenario_host *scenario_host_at(
        const Scenario *scenario, const struct ip_address *address, int *member)
{
        const GPtrArray *hosts = scenario->hosts_by_address;
        unsigned low = 0;
        unsigned high = hosts->len;
        *member = -1;
        while (low < high) {
                unsigned middle = low + (high - low) / 2;
                const struct scenario_host *host = g_ptr_array_index(hosts, middle);
                if (ip_address_compare(&host->address, address) <= 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        if (low == 0)
                return NULL;
        const struct scenario_host *host = g_ptr_array_index(hosts, low - 1);
        uint32_t offset = ip_address_to_ipv4(address) - ip_address_to_ipv4(&host->address);
        struct ip_address reached = ip_address_plus(&host->address, offset);
        if (offset >= host->count || !ip_address_equal(&reached, address))
                return NULL;
        if (host->is_group)
                *member = (int)offset;
        return host;
}

unsigned scenario_link_count(const Scenario *scenario, const struct scenario_link *link)
{
        for (int i = 0; i < 2; i++) {
                int member;
                const struct scenario_host *host = scenario_find_host(scenario, link->ends[i], &member);
                if (host && host->is_group && member < 0)
                        return host->count;
        }
        return 1;
}

static unsigned place_of_link(const Scenario *scenario, const char *name)
{
        return GPOINTER_TO_UINT(g_hash_table_lookup(scenario->links_by_name, name));
}

/* Of "access-7" and the seventh of "access", where there are both, the one that comes first in the file. */
const struct scenario_link *scenario_find_link(const Scenario *scenario, const char *name, int *member)
{
        const char *dash = strrchr(name, '-');
        g_autofree char *stem = g_strndup(name, dash ? (gsize)(dash - name) : 0);
        unsigned one = place_of_link(scenario, name);
        unsigned many = dash ? place_of_link(scenario, stem) : 0;
        const struct scenario_link *link = one ? g_ptr_array_index(scenario->links, one - 1) : NULL;
        *member = -1;
        if (!many || (one && one < many))
                return link;
        const struct scenario_link *links = g_ptr_array_index(scenario->links, many - 1);
        unsigned count = scenario_link_count(scenario, links);
        *member = count > 1 ? member_of(name, strlen(stem), count) : -1;
        return *member >= 0 ? links : link;
}

const char *app_kind_name(enum app_kind kind)
{
        static const char *const names[APP_KINDS] = {
                [APP_DNS_SERVER] = "dns-server",
                [APP_HTTP_SERVER] = "http-server",
                [APP_FETCH] = "fetch",
                [APP_SINK] = "sink",
                [APP_SENDER] = "sender",
                [APP_ECHO] = "echo",
                [APP_REQUEST_RESPONSE] = "request-response",
        };
        return names[kind];
}
