/*
 * A scenario as values: what a file says, checked, with every default filled in. docs/scenario.md lists the
 * keys.
 *
 * Names are resolved later, by topology.c; here a link still says "browser". Strings belong to the scenario.
 */
#ifndef INORDER_SCENARIO_H
#define INORDER_SCENARIO_H

#include <glib.h>
#include "app/bulk.h"
#include "net/fault_script.h"
#include "net/impair.h"
#include "net/queue.h"
#include "net/shaper.h"
#include "run/mark.h"
#include "tcp/tcp_settings.h"
#include "wire/ip_address.h"

typedef struct Scenario Scenario;

struct scenario_tcp {
        struct tcp_settings settings;
        duration_ns limit_output;
};

struct scenario_host {
        char *name;
        unsigned count; /* of a group; 1 and !is_group: a host */
        bool is_group;
        struct ip_address address;  /* the first member's; any: none given (routers) */
        struct ip_address resolver; /* any: none */
        bool has_tcp;
        struct scenario_tcp tcp; /* the file's for all hosts, with this host's own on top */
        bool forwards;           /* a router */
        struct mark mark;
};

struct scenario_direction {
        rate_bps rate;
        struct shaper_config shape;
        duration_ns delay;
        struct queue_config queue;
        struct impair_config impair;
};

struct scenario_link {
        char *name;
        char *ends[2];
        uint32_t mtu;
        struct scenario_direction directions[2]; /* [0] towards ends[1], [1] towards ends[0] */
        struct mark mark;
};

enum app_kind {
        APP_DNS_SERVER,
        APP_HTTP_SERVER,
        APP_FETCH,
        APP_SINK,
        APP_SENDER,
        APP_ECHO,
        APP_REQUEST_RESPONSE,
        APP_KINDS
};
const char *app_kind_name(enum app_kind kind); /* "http-server" */

struct scenario_file {
        char *path;    /* as the server knows it: "/power-tools.html" */
        char *source;  /* of bytes: the file's path as the scenario knows it; NULL: generated */
        GBytes *bytes; /* NULL: generated */
        uint64_t size;
        enum document_fill fill;
};

struct scenario_app {
        enum app_kind kind;
        char *host;    /* or a group: on every member */
        char *name;    /* given, or made of kind and host when it is a client program; unique */
        bool is_named; /* a transfer of the summary */
        bool has_tcp;
        struct scenario_tcp tcp;
        time_ns at;
        duration_ns stagger; /* the nth of a group starts so much later than the one before */
        unsigned flows;      /* connections of each member of a group; 1 */
        uint16_t port;       /* servers' */
        uint16_t local_port;
        GPtrArray *records; /* dns-server: struct scenario_record */
        GPtrArray *files;   /* http-server: struct scenario_file, sorted by path; root's files included */
        char *url;          /* fetch */
        char *method;
        unsigned repeat;
        unsigned parallel;
        char *to;         /* sender, request-response: a host or group … */
        uint16_t to_port; /* … and port */
        uint64_t bytes;
        enum document_fill fill;
        uint32_t write_size;
        duration_ns write_every;
        enum sender_end end;
        rate_bps read_rate; /* sink */
        uint64_t stall_after;
        duration_ns stall_for;
        uint64_t shutdown_after; /* 0: never */
        uint32_t request;        /* echo, request-response */
        uint32_t response;
        uint32_t count;
        uint32_t writes;
        struct mark mark;
};

struct scenario_record {
        char *name;
        struct ip_address address;
};

/* As struct fault_match and friends, with names instead of numbers. NULL or has_… false: not given. */
struct scenario_match {
        char *from;
        char *to;
        char *transfer;
        struct fault_match values; /* from, to, transfer not filled in */
};

struct scenario_fault {
        char *name; /* given, or "faults[3]" */
        bool is_named;
        char *link; /* NULL: a host's rule */
        char *host;
        bool is_timed;
        time_ns at;
        duration_ns every; /* 0: once */
        const struct scenario_link *set; /* of an action that sets: the link from then on */
        struct scenario_match match;
        struct fault_action action; /* until: see below */
        struct scenario_match until;
        struct mark mark;
};

enum expect_relation { EXPECT_EQUAL, EXPECT_LESS, EXPECT_GREATER, EXPECT_AT_MOST, EXPECT_AT_LEAST };
struct scenario_expect {
        char *text;   /* as written: "price-list.status: 200" */
        bool is_pair; /* written as a mapping, not as a text */
        char *path;   /* "price-list.status" */
        enum expect_relation relation;
        char *value; /* "200", "yes", "10s" */
        struct mark mark;
};

struct Scenario {
        char *path; /* of the file, for messages; "-" for stdin */
        char *name; /* file name without directory and ending */
        char *title;
        uint64_t seed;
        time_ns stop;
        struct scenario_tcp tcp;
        GPtrArray *hosts; /* struct scenario_host, hosts before routers, in file order */
        GPtrArray *links;
        GPtrArray *apps;
        GPtrArray *faults;
        GPtrArray *expects;
        GPtrArray *inputs; /* struct scenario_file: files that links are made of */
        GPtrArray *filters; /* PacketFilter *, of matches */
        GPtrArray *kept;   /* whatever values point to; see scenario_keep() */
        struct yaml_node *sweep;     /* as written, checked; NULL: none */
        char **sets;                 /* the `--set` texts that marks of line 0 count, … */
        char **fault_lines;          /* … and behind them the `--fault` texts; NULL: none */
        GHashTable *hosts_by_name;   /* of the hosts above; see scenario_find_host() */
        GHashTable *links_by_name;   /* the first link of a name → its place above, from 1 */
        GHashTable *marks;           /* of values, by their address, for messages; see field_mark() */
        GPtrArray *hosts_by_address; /* the same, sorted; see scenario_host_at() */
};

/* What `--set`, `--seed` and later commands change before the text becomes values. */
struct scenario_overrides {
        bool has_seed;
        uint64_t seed;
        char **sets; /* "PATH=VALUE", NULL-terminated; may be NULL */
        char **fault_lines; /* "core: drop data 3", the same */
};

/* Read, check, resolve. `path` "-": stdin. Errors carry "FILE:LINE:COL: error: …; …" whole. Domain
 * SCENARIO_ERROR: the scenario is at fault (exit 3); others: I/O. */
Scenario *scenario_load(const char *path, const struct scenario_overrides *overrides, GError **error);
/* The same from a text; `path` is what messages call it, and other files are named from its directory. */
Scenario *scenario_load_text(
        const char *path, const char *text, const struct scenario_overrides *overrides, GError **error);
void scenario_free(Scenario *scenario);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Scenario, scenario_free)

#define SCENARIO_ERROR (scenario_error_quark())
GQuark scenario_error_quark(void);
/* "FILE:LINE:COL", or "--set PATH=VALUE". */
char *scenario_place(const Scenario *scenario, struct mark mark);
/* "FILE:LINE:COL: error: MESSAGE", for mistakes found by those who come later. */
void scenario_set_error(GError **error, const Scenario *scenario, struct mark mark, const char *format, ...)
        G_GNUC_PRINTF(4, 5);

/* Opens connections by itself; and: is a transfer of the summary. */
bool scenario_app_is_client(const struct scenario_app *app);
bool scenario_app_has_transfer(const struct scenario_app *app);

/* The host or router that `name` means: "www", "client" (the whole group; `member` is -1) or "client-7"
 * (`member` is 6, from 0). -1 for hosts that are no group. NULL: none of that name. */
const struct scenario_host *scenario_find_host(const Scenario *scenario, const char *name, int *member);
/* The host or router that has the address, and which member of a group. NULL: none. */
const struct scenario_host *scenario_host_at(
        const Scenario *scenario, const struct ip_address *address, int *member);
/* The same for links: "core", "access" (one link a member of the group at its end) or "access-7". */
const struct scenario_link *scenario_find_link(const Scenario *scenario, const char *name, int *member);
/* How many links a link of the file stands for: the size of the group at an end, else 1. A group at both ends
 * pairs by number. */
unsigned scenario_link_count(const Scenario *scenario, const struct scenario_link *link);

/* One more document of an http-server; it takes the place of that of the same path. */
void scenario_add_document(struct scenario_app *app, const char *path, GBytes *bytes);
/* "inputs/SHA-256", where a run's directory keeps the bytes of a file that was read. The caller frees. */
char *scenario_input_name(const struct scenario_file *file);

/* The canonical form: every key, fixed order, defaults filled in; loading it gives the same values, dumping
 * it again the same bytes. With `inputs` (the run directory's) files' bytes are named by "inputs/SHA-256";
 * without, roots are listed by the paths that were read. */
char *scenario_dump(const Scenario *scenario, bool inputs);

#endif
