/*
 * The scenario's `apps:` come to life: each client program gets its transfer, each program is started on its
 * host or on every member of its group.
 */
#include "run/world_private.h"

#include "app/dns_server.h"
#include "app/http_client.h"
#include "app/http_server.h"

/* One instance of a program: on one member of its group, one of its flows. */
struct instance {
        World *world;
        const struct scenario_app *spec;
        Host *host;
        unsigned member; /* of the group, from 0 */
        unsigned flow;   /* from 0 */
        unsigned turn;   /* of all instances of this program, from 0: whose first flow, whose second … */
        struct transfer *transfer; /* NULL for servers without a name */
};

/* ---- Transfers ---- */

static void add_transfer(World *world, const char *name, bool is_server)
{
        struct transfer *transfer = g_new0(struct transfer, 1);
        transfer_init(transfer, world->transfers->len + 1, name);
        transfer->is_server = is_server;
        g_ptr_array_add(world->transfers, transfer);
        g_hash_table_insert(world->transfer_names, transfer->name, GUINT_TO_POINTER(transfer->number));
        if (world->trace != NULL)
                trace_add_transfer(world->trace, name);
}

static void name_transfers_of(World *world, const struct scenario_app *spec)
{
        unsigned instances = world_find(world, spec->host)->count * spec->flows;
        bool is_server = !scenario_app_is_client(spec);
        if (instances == 1) {
                add_transfer(world, spec->name, is_server);
                return;
        }
        for (unsigned i = 0; i < instances; i++) {
                g_autofree char *name = g_strdup_printf("%s-%u", spec->name, i + 1);
                add_transfer(world, name, is_server);
        }
}

void programs_name_transfers(World *world)
{
        for (unsigned i = 0; i < world->scenario->apps->len; i++) {
                const struct scenario_app *spec = world->scenario->apps->pdata[i];
                struct world_program program = { spec, world_find(world, spec->host), world->transfers->len };
                g_array_append_val(world->programs, program);
                if (scenario_app_has_transfer(spec))
                        name_transfers_of(world, spec);
        }
}

/* ---- Servers ---- */

static const struct tcp_settings *settings_of(const struct scenario_app *spec)
{
        return spec->has_tcp ? &spec->tcp.settings : NULL;
}

static void start_dns_server(const struct instance *instance)
{
        const GPtrArray *specs = instance->spec->records;
        struct dns_record *records = g_new0(struct dns_record, specs->len + 1);
        for (unsigned i = 0; i < specs->len; i++) {
                const struct scenario_record *spec = specs->pdata[i];
                records[i] = (struct dns_record){ spec->name, spec->address };
        }
        g_ptr_array_add(instance->world->records, records);
        struct dns_server_config config = {
                .name = instance->spec->name, .records = records, .record_count = specs->len
        };
        dns_server_start(instance->host, &config);
}

static Documents *make_documents(const World *world, const GPtrArray *files)
{
        Documents *documents = documents_new();
        for (unsigned i = 0; i < files->len; i++) {
                const struct scenario_file *file = files->pdata[i];
                if (file->bytes != NULL)
                        documents_add_bytes(documents, file->path, file->bytes);
                else
                        documents_add_generated(
                                documents, file->path, file->size, file->fill, world->scenario->seed);
        }
        return documents;
}

/* One shelf for every instance of a program: they serve the same bytes, which then lie in memory once. */
static Documents *documents_of(const struct instance *instance)
{
        GHashTable *shelves = instance->world->documents;
        Documents *documents = g_hash_table_lookup(shelves, instance->spec);
        if (documents == NULL) {
                documents = make_documents(instance->world, instance->spec->files);
                g_hash_table_insert(shelves, (void *)instance->spec, documents);
        }
        return documents;
}

static void start_http_server(const struct instance *instance)
{
        struct http_server_config config = {
                .name = instance->spec->name,
                .port = instance->spec->port,
                .documents = documents_of(instance),
                .tcp = settings_of(instance->spec),
                .transfer = instance->transfer,
        };
        http_server_start(instance->host, &config);
}

static void start_sink(const struct instance *instance)
{
        const struct scenario_app *spec = instance->spec;
        struct sink_config config = {
                .name = spec->name,
                .port = spec->port,
                .read_rate = spec->read_rate,
                .stall_after = spec->stall_after,
                .stall_for = spec->stall_for,
                .shutdown_after = spec->shutdown_after,
                .tcp = settings_of(spec),
                .transfer = instance->transfer,
        };
        sink_start(instance->host, &config);
}

static void start_echo(const struct instance *instance)
{
        const struct scenario_app *spec = instance->spec;
        struct echo_config config = { .name = spec->name,
                .port = spec->port,
                .request = spec->request,
                .response = spec->response,
                .tcp = settings_of(spec),
                .transfer = instance->transfer };
        echo_start(instance->host, &config);
}

/* ---- Clients ---- */

/* Pairs by number: flow k of member i goes to member i + k of the other group, modulo its size. */
static struct ip_address member_address(const struct instance *instance, const struct world_name *to)
{
        unsigned member = (instance->member + instance->flow) % to->count;
        return world_node(instance->world, to->first + member)->address;
}

static struct endpoint target_of(const struct instance *instance)
{
        const struct world_name *to = world_find(instance->world, instance->spec->to);
        return (struct endpoint){ member_address(instance, to), instance->spec->to_port };
}

/* A host without a resolver may fetch from the scenario's hosts by their names, paired as above. Any: look it
 * up. */
static struct ip_address known_address(const struct instance *instance)
{
        g_autofree char *name = NULL;
        uint16_t port;
        const struct world_name *to;
        if (!ip_address_is_any(host_resolver(instance->host)) ||
                !http_client_check_url(instance->spec->url, &name, &port, NULL))
                return ip_address_any;
        to = world_find(instance->world, name);
        return to != NULL ? member_address(instance, to) : ip_address_any;
}

static time_ns start_time(const struct instance *instance)
{
        return instance->spec->at + instance->spec->stagger * instance->turn;
}

static void start_fetch(const struct instance *instance)
{
        const struct scenario_app *spec = instance->spec;
        struct http_client_config config = {
                .name = instance->transfer->name,
                .url = spec->url,
                .address = known_address(instance),
                .method = spec->method,
                .repeat = spec->repeat,
                .parallel = spec->parallel,
                .local_port = spec->local_port,
                .tcp = settings_of(spec),
                .transfer = instance->transfer,
        };
        http_client_start(instance->host, &config, start_time(instance));
}

/* The same bytes for every instance of a program. */
static PayloadSource *source_of(const struct instance *instance)
{
        GHashTable *sources = instance->world->sources;
        PayloadSource *source = g_hash_table_lookup(sources, instance->spec);
        if (source == NULL) {
                source = document_source_new(instance->spec->fill, instance->world->scenario->seed, "");
                g_hash_table_insert(sources, (void *)instance->spec, source);
        }
        return source;
}

static void start_sender(const struct instance *instance)
{
        const struct scenario_app *spec = instance->spec;
        struct sender_config config = {
                .name = instance->transfer->name,
                .to = target_of(instance),
                .bytes = spec->bytes,
                .fill = spec->fill,
                .seed = instance->world->scenario->seed,
                .source = source_of(instance),
                .write_size = spec->write_size,
                .write_every = spec->write_every,
                .local_port = spec->local_port,
                .end = spec->end,
                .tcp = settings_of(spec),
                .transfer = instance->transfer,
        };
        sender_start_at(instance->host, &config, start_time(instance));
}

static void start_request_response(const struct instance *instance)
{
        const struct scenario_app *spec = instance->spec;
        struct request_response_config config = {
                .name = instance->transfer->name,
                .to = target_of(instance),
                .count = spec->count,
                .request = spec->request,
                .response = spec->response,
                .writes = spec->writes,
                .local_port = spec->local_port,
                .tcp = settings_of(spec),
                .transfer = instance->transfer,
        };
        request_response_start(instance->host, &config, start_time(instance));
}

static void (*const starters[APP_KINDS])(const struct instance *instance) = {
        [APP_DNS_SERVER] = start_dns_server,
        [APP_HTTP_SERVER] = start_http_server,
        [APP_FETCH] = start_fetch,
        [APP_SINK] = start_sink,
        [APP_SENDER] = start_sender,
        [APP_ECHO] = start_echo,
        [APP_REQUEST_RESPONSE] = start_request_response,
};

static void each_flow(struct instance *instance, const struct world_program *program,
        void (*visit)(const struct instance *instance))
{
        unsigned transfers = program->first_transfer + instance->member * program->spec->flows;
        instance->host = world_node(instance->world, program->hosts->first + instance->member)->host;
        for (instance->flow = 0; instance->flow < program->spec->flows; instance->flow++) {
                instance->turn = instance->flow * program->hosts->count + instance->member;
                if (scenario_app_has_transfer(program->spec))
                        instance->transfer = instance->world->transfers->pdata[transfers + instance->flow];
                visit(instance);
        }
}

static void each_program(World *world, void (*visit)(const struct instance *instance))
{
        for (unsigned i = 0; i < world->programs->len; i++) {
                const struct world_program *program =
                        &g_array_index(world->programs, struct world_program, i);
                struct instance instance = { .world = world, .spec = program->spec };
                for (; instance.member < program->hosts->count; instance.member++)
                        each_flow(&instance, program, visit);
        }
}

static void each_program_of(World *world, uint32_t owner, void (*visit)(const struct instance *instance))
{
        for (unsigned i = 0; i < world->programs->len; i++) {
                const struct world_program *program =
                        &g_array_index(world->programs, struct world_program, i);
                struct instance instance = { .world = world, .spec = program->spec };
                instance.member = owner - program->hosts->first;
                if (instance.member < program->hosts->count)
                        each_flow(&instance, program, visit);
        }
}

static void start(const struct instance *instance)
{
        starters[instance->spec->kind](instance);
}

void programs_start(World *world)
{
        each_program(world, start);
}

/* ---- Crashes ---- */

static bool is_to_come(const struct instance *instance)
{
        return start_time(instance) > event_queue_now(instance->world->events);
}

static bool is_a_client(const struct instance *instance)
{
        return instance->transfer != NULL && !instance->transfer->is_server;
}

static void fail(const struct instance *instance)
{
        struct transfer *transfer = instance->transfer;
        if (!is_a_client(instance) || transfer->outcome != TRANSFER_UNFINISHED)
                return;
        transfer->outcome = TRANSFER_FAILED;
        transfer->finished = event_queue_now(instance->world->events);
        g_free(transfer->failure);
        transfer->failure = g_strdup("its host crashed");
}

static void fail_transfer(const struct instance *instance)
{
        if (!is_to_come(instance))
                fail(instance);
}

void programs_on_crash(World *world, uint32_t owner)
{
        each_program_of(world, owner, fail_transfer);
}

static void start_again(const struct instance *instance)
{
        fail_transfer(instance); /* whose time came while the host was down */
        if (!is_a_client(instance) || is_to_come(instance))
                start(instance);
}

void programs_restart(World *world, uint32_t owner)
{
        each_program_of(world, owner, start_again);
}

static void fail_where_down(const struct instance *instance)
{
        if (host_is_down(instance->host))
                fail(instance);
}

void programs_on_standstill(World *world)
{
        each_program(world, fail_where_down);
}
