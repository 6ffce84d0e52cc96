/*
 * Fuzz target: whole small scenarios. The bytes choose a line of hosts and routers, what befalls packets on
 * its links, fault rules, TCP's settings and what is transferred. Every run ends, by itself or at `stop:`;
 * every transfer is verified or says why not; links that compute departures ahead make the same run as links
 * that do not.
 */
#include "fuzz_bytes.h"
#include "fuzz_world.h"

#define ROUTERS_MOST  2
#define FAULTS_MOST   4
#define CLIENTS_MOST  3
#define PACKETS_MOST  3000
#define BYTES_MOST    12000
#define DELAY_MOST_US 100000

struct writing {
        struct fuzz_bytes bytes;
        GString *text;
        unsigned links; /* the hosts' and those between routers, in a row from left to right */
};

static void add(struct writing *writing, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* With one draw at most: compilers differ in which of two arguments they look at first, and a corpus is to
 * mean the same to all. */
static void add(struct writing *writing, const char *format, ...)
{
        va_list arguments;
        va_start(arguments, format);
        g_string_append_vprintf(writing->text, format, arguments);
        va_end(arguments);
}

static unsigned draw(struct writing *writing, unsigned bound)
{
        return fuzz_below(&writing->bytes, bound);
}

static unsigned draw_scaled(struct writing *writing, unsigned least, unsigned most)
{
        unsigned value = fuzz_of_any_scale(&writing->bytes);
        return CLAMP(value, least, most);
}

/* Often 0. */
static unsigned draw_percent(struct writing *writing, unsigned bound)
{
        unsigned steps = draw(writing, 4);
        return steps * draw(writing, bound);
}

#define DRAW_WORD(writing, ...)                                                                              \
        ((const char *const[]){                                                                              \
                __VA_ARGS__ }[draw(writing, G_N_ELEMENTS(((const char *const[]){ __VA_ARGS__ })))])

/* ---- TCP ---- */

static void add_switches(struct writing *writing)
{
        static const char *const keys[] = { "sack", "dsack", "timestamps", "window-scaling",
                "limited-transmit", "nagle", "idle-restart", "keepalive" };
        uint8_t bits = fuzz_8(&writing->bytes);
        for (unsigned i = 0; i < G_N_ELEMENTS(keys); i++)
                add(writing, ", %s: %s", keys[i], bits >> i & 1 ? "on" : "off");
}

static void add_tcp(struct writing *writing)
{
        add(writing, "{ congestion-control: %s", DRAW_WORD(writing, "cubic", "reno"));
        if (fuzz_flag(&writing->bytes)) {
                add_switches(writing);
                add(writing, ", recovery: %s", DRAW_WORD(writing, "sack", "newreno"));
                add(writing, ", delayed-ack: %s", DRAW_WORD(writing, "40ms", "off", "500ms"));
                add(writing, ", initial-window: %u", 1 + draw(writing, 20));
                add(writing, ", mss: %uB", draw_scaled(writing, 88, 9000));
                add(writing, ", receive-buffer: %uB", draw_scaled(writing, 2304, 1 << 20));
                add(writing, ", send-buffer: %uB", draw_scaled(writing, 4608, 1 << 20));
        }
        if (fuzz_flag(&writing->bytes)) {
                add(writing, ", min-rto: %ums, max-rto: 2s, initial-rto: 1s", 1 + draw(writing, 255));
                add(writing, ", retries: %u", draw(writing, 16));
                add(writing, ", syn-retries: %u", draw(writing, 8));
                add(writing, ", syn-ack-retries: %u", draw(writing, 8));
                add(writing, ", user-timeout: %ums", draw_scaled(writing, 1, 60000));
                add(writing, ", time-wait: %ums", draw_scaled(writing, 1, 60000));
                add(writing, ", fin-wait-2: %ums", draw_scaled(writing, 1, 60000));
                add(writing, ", limit-output: %uus", draw_scaled(writing, 1, 10000));
        }
        add(writing, " }");
}

/* ---- Topology ---- */

static void add_impairment(struct writing *writing, unsigned delay_us)
{
        add(writing, ", impair: { loss: %u%%", draw_percent(writing, 16));
        add(writing, ", reorder: { probability: %u%%", draw_percent(writing, 34));
        add(writing, ", delay: %uus }", draw_scaled(writing, 1, 4 * DELAY_MOST_US));
        add(writing, ", jitter: %uus", draw_scaled(writing, 0, delay_us));
        add(writing, ", keep-order: %s", DRAW_WORD(writing, "yes", "no"));
        add(writing, ", duplicate: %u%%", draw_percent(writing, 16));
        add(writing, ", corrupt: %u%% }", draw_percent(writing, 16));
}

static void add_link(struct writing *writing, const char *from, const char *to)
{
        unsigned delay_us = draw_scaled(writing, 0, DELAY_MOST_US);
        add(writing, "  - { name: l%u, between: [%s, %s], delay: %uus", writing->links++, from, to, delay_us);
        if (fuzz_flag(&writing->bytes))
                add(writing, ", rate: %ukbit/s", draw_scaled(writing, 50, 1000000));
        if (fuzz_flag(&writing->bytes))
                add(writing, ", queue: %upkt", 1 + draw(writing, 100));
        if (fuzz_flag(&writing->bytes))
                add(writing, ", mtu: %uB", draw_scaled(writing, 576, 9000));
        if (fuzz_flag(&writing->bytes))
                add_impairment(writing, delay_us);
        add(writing, " }\n");
}

static void add_topology(struct writing *writing)
{
        unsigned routers = draw(writing, ROUTERS_MOST + 1);
        add(writing, "hosts:\n  left: { addr: 10.0.0.1, resolver: 10.0.0.2, tcp: ");
        add_tcp(writing);
        add(writing, " }\n  right: { addr: 10.0.0.2, tcp: ");
        add_tcp(writing);
        add(writing, " }\nrouters: { ");
        for (unsigned i = 0; i < routers; i++)
                add(writing, "%sr%u: {}", i > 0 ? ", " : "", i);
        add(writing, " }\nlinks:\n");
        g_autofree char *from = g_strdup("left");
        for (unsigned i = 0; i < routers; i++) {
                char *to = g_strdup_printf("r%u", i);
                add_link(writing, from, to);
                g_free(from);
                from = to;
        }
        add_link(writing, from, "right");
}

/* ---- Programs ---- */

static void add_fetch(struct writing *writing, unsigned number)
{
        add(writing, "  - { host: left, name: t%u", number);
        add(writing, ", fetch: { url: \"http://%s", DRAW_WORD(writing, "10.0.0.2", "www", "nowhere"));
        add(writing, "/%s\"", DRAW_WORD(writing, "x", "y", "none"));
        add(writing, ", repeat: %u", 1 + draw(writing, 4));
        add(writing, ", method: %s", DRAW_WORD(writing, "GET", "HEAD"));
        add(writing, ", %s", DRAW_WORD(writing, "parallel: 1", "parallel: 3", "local-port: 5000"));
}

static void add_sender(struct writing *writing, unsigned number)
{
        add(writing, "  - { host: %s, name: t%u", DRAW_WORD(writing, "left", "right"), number);
        add(writing, ", sender: { to: \"%s:9\"", DRAW_WORD(writing, "right", "left"));
        add(writing, ", bytes: %uB", draw_scaled(writing, 0, BYTES_MOST));
        add(writing, ", write: %uB", draw_scaled(writing, 1, 20000));
        add(writing, ", every: %uus", draw_scaled(writing, 0, 100000));
        add(writing, ", end: %s", DRAW_WORD(writing, "close", "linger"));
        add(writing, ", flows: %u", 1 + draw(writing, 3));
}

static void add_request_response(struct writing *writing, unsigned number)
{
        add(writing, "  - { host: left, name: t%u, request-response: { to: \"right:7\", count: %u", number,
                1 + draw(writing, 10));
        add(writing, ", request: %uB", draw_scaled(writing, 1, 5000));
        add(writing, ", response: %uB", draw_scaled(writing, 1, 5000));
        add(writing, ", writes: %u", 1 + draw(writing, 5));
}

static void add_clients(struct writing *writing)
{
        static void (*const kinds[])(
                struct writing *, unsigned) = { add_fetch, add_sender, add_request_response };
        unsigned clients = 1 + draw(writing, CLIENTS_MOST);
        for (unsigned i = 0; i < clients; i++) {
                kinds[draw(writing, G_N_ELEMENTS(kinds))](writing, i);
                add(writing, ", at: %uus } }\n", draw_scaled(writing, 0, 2000000));
        }
}

static void add_programs(struct writing *writing)
{
        add(writing, "apps:\n  - { host: right, dns-server: { zone: { www: 10.0.0.2 } } }\n");
        add(writing,
                "  - { host: right, http-server: { files: { /x: { size: %uB, fill: random }, /y: { size: 0 } "
                "} "
                "} }\n",
                draw_scaled(writing, 0, BYTES_MOST));
        add(writing, "  - { host: right, echo: { port: 7 } }\n");
        for (unsigned i = 0; i < 2; i++) {
                add(writing, "  - { host: %s, sink: { port: 9", i == 0 ? "left" : "right");
                if (fuzz_flag(&writing->bytes))
                        add(writing, ", read: %ukbit/s", draw_scaled(writing, 20, 100000));
                if (fuzz_flag(&writing->bytes)) {
                        add(writing, ", stall: { after: %uB", draw_scaled(writing, 0, BYTES_MOST));
                        add(writing, ", for: %ums }", draw_scaled(writing, 1, 100000));
                }
                add(writing, " } }\n");
        }
        add_clients(writing);
}

/* ---- Faults ---- */

static void add_match(struct writing *writing)
{
        static const char *const kinds[] = { "any", "data", "retransmission", "pure-ack", "syn", "synack",
                "fin", "rst", "dns" };
        add(writing, "{ kind: %s", kinds[draw(writing, G_N_ELEMENTS(kinds))]);
        if (fuzz_flag(&writing->bytes))
                add(writing, ", from: %s", DRAW_WORD(writing, "left", "right"));
        if (fuzz_flag(&writing->bytes))
                add(writing, ", nth: %u", 1 + draw(writing, 20));
        if (fuzz_flag(&writing->bytes))
                add(writing, ", every: %u", 2 + draw(writing, 5));
        add(writing, " }");
}

static void add_action(struct writing *writing)
{
        switch (draw(writing, 7)) {
        case 0:
                add(writing, "drop");
                return;
        case 1:
                add(writing, "{ duplicate: %u }", 1 + draw(writing, 15));
                return;
        case 2:
                add(writing, "{ delay: %uus }", draw_scaled(writing, 1, 5000000));
                return;
        case 3:
                add(writing, "{ hold-until: ");
                add_match(writing);
                add(writing, " }");
                return;
        case 4:
                add(writing, "swap-with-next");
                return;
        case 5:
                add(writing, "{ link-down: %uus }", draw_scaled(writing, 1, 10000000));
                return;
        default:
                add(writing, "{ corrupt: { bit: %u", draw(writing, 512));
                add(writing, ", in: %s } }", DRAW_WORD(writing, "payload", "ip", "tcp", "any"));
                return;
        }
}

static void add_faults(struct writing *writing)
{
        unsigned faults = draw(writing, FAULTS_MOST + 1);
        add(writing, "faults: [\n");
        for (unsigned i = 0; i < faults; i++) {
                add(writing, "  %s{ on: l%u, match: ", i > 0 ? ", " : "", draw(writing, writing->links));
                add_match(writing);
                add(writing, ", do: ");
                add_action(writing);
                add(writing, " }\n");
        }
        add(writing, "  ]\n");
}

/* ---- The whole ---- */

static GString *write_scenario(const uint8_t *input, size_t size)
{
        struct writing writing = { .bytes = { input, size }, .text = g_string_new("inorder: 1\n") };
        add(&writing, "seed: %u\n", fuzz_16(&writing.bytes));
        add(&writing, "stop: %us\n", draw_scaled(&writing, 1, 1000000));
        add_topology(&writing);
        add_programs(&writing);
        add_faults(&writing);
        return writing.text;
}

static char *run_digest(Scenario *scenario, const struct world_options *options)
{
        struct bounded_run run;
        if (!bounded_run_open(&run, scenario, options, PACKETS_MOST))
                g_error("the scenario is valid, but makes no world");
        bounded_run_go(&run);
        char *digest = g_strdup(run.end == RUN_INTERRUPTED ? "" : digest_text(run.digest));
        bounded_run_close(&run);
        return digest;
}

/* Links that compute departures ahead, and links that do not, make the same run. */
static void run_both_ways(Scenario *scenario)
{
        struct world_options options = { .with_sha256 = true };
        g_autofree char *digest = run_digest(scenario, &options);
        options.one_event_a_packet = true;
        g_autofree char *digest_again = run_digest(scenario, &options);
        g_assert_cmpstr(digest, ==, digest_again);
}

/* For looking at one: FUZZ_PRINT=1 in the environment shows the scenario, for `inorder run -`. */
int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
        g_autoptr(GError) error = NULL;
        GString *text = write_scenario(input, size);
        if (g_getenv("FUZZ_PRINT") != NULL)
                g_print("%s", text->str);
        g_autoptr(Scenario) scenario = fuzz_scenario_load(text->str, text->len, NULL, &error);
        if (scenario == NULL)
                g_error("%s\n%s", error->message, text->str);
        g_string_free(text, TRUE);
        run_both_ways(scenario);
        return 0;
}
