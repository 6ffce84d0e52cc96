/*
 * The tables of a scenario's keys, and the values that they fill in, made with their defaults. Only sim/run/
 * uses it.
 */
#ifndef INORDER_SCENARIO_TABLES_H
#define INORDER_SCENARIO_TABLES_H

#include "run/field.h"

extern const struct field_table tcp_table;             /* struct scenario_tcp */
extern const struct field_table host_table;            /* struct scenario_host */
extern const struct field_table router_table;          /* struct scenario_host */
extern const struct field_table impair_table;          /* struct impair_config */
extern const struct field_table loss_tables[LOSS_MODELS]; /* struct impair_config */
extern const struct field_table jitter_field_table;    /* struct impair_config */
extern const struct field_table reorder_table;         /* struct impair_config */
extern const struct field_table duplicate_table;       /* struct impair_config */
extern const struct field_table corrupt_luck_table;    /* struct impair_config */
extern const struct field_table truncate_table;        /* struct impair_config */
#define SLOT_TABLES 2
extern const struct field_table slot_tables[SLOT_TABLES]; /* struct impair_config */
extern const struct field_table input_table;           /* char *: a file's path */
extern const struct field_table bucket_table;          /* struct scenario_direction */
extern const struct field_table framed_table;          /* struct scenario_direction */
extern const struct field_table trace_table;           /* struct scenario_direction */
#define QUEUE_TABLES 6
extern const struct field_table queue_tables[QUEUE_TABLES]; /* struct queue_config */
extern const struct field_table link_table;            /* struct scenario_link */
extern const struct field_table set_table;             /* struct scenario_link: what rules change */
extern const struct field_table app_table;             /* struct scenario_app: what all programs share */
extern const struct field_table app_tables[APP_KINDS]; /* struct scenario_app */
extern const struct field_table stall_table;           /* struct scenario_app */
extern const struct field_table file_table;            /* struct scenario_file */
extern const struct field_table match_table;           /* struct scenario_match */
extern const struct field_table fault_table;           /* struct scenario_fault */
extern const struct field_table action_table;          /* struct scenario_fault */
extern const struct field_table corrupt_table;         /* struct fault_action */
extern const struct field_table scenario_table;        /* Scenario */

/* Parts that stand in a file of their own. */
extern const struct field_type field_tcp; /* struct scenario_tcp */
extern const struct impair_config impair_defaults;
extern const struct field_type field_rate;  /* struct scenario_direction */
extern const struct field_type field_queue; /* struct queue_config */
extern const struct field_type field_loss; /* struct impair_config */
extern const struct field_type field_slot; /* struct impair_config */
extern const struct field_type field_distribution; /* const struct jitter_table * */
extern const struct field_type field_fault_action;
extern const struct field_type field_set; /* struct scenario_fault */
extern const struct field *const link_parameters[]; /* struct scenario_direction: rate, delay, queue, impair */
extern const struct field_word field_area_words[];
extern const struct field_word field_fill_words[];

/* The lists of the file. */
extern const struct field_type field_hosts;
extern const struct field_type field_routers;
extern const struct field_type field_links;
extern const struct field_type field_apps;
extern const struct field_type field_faults;
extern const struct field_type field_expects;
extern const struct field_type field_sweep;

/* All with their defaults. The scenario frees them. */
Scenario *scenario_new(const char *path, char *const *sets);
struct scenario_host *scenario_add_host(Scenario *scenario, const char *name, struct mark mark);
struct scenario_link *scenario_add_link(Scenario *scenario, struct mark mark);
/* The last one has its name now. */
void scenario_name_link(Scenario *scenario, const struct scenario_link *link);
struct scenario_app *scenario_add_app(Scenario *scenario, enum app_kind kind, struct mark mark);
struct scenario_fault *scenario_add_fault(Scenario *scenario, struct mark mark);
struct scenario_expect *scenario_add_expect(Scenario *scenario, struct mark mark);
struct scenario_record *scenario_add_record(struct scenario_app *app, const char *name);
/* A copy that lives as long as the scenario. */
void *scenario_keep(Scenario *scenario, const void *bytes, size_t size);
/* A queue's limit in bandwidth-delay products becomes one in bytes. */
bool link_resolve_limits(struct field_reader *reader, struct scenario_link *link);
/* The keys of a link that tc-netem's line means; NULL: it is none. */
struct yaml_node *netem_line_read(struct field_reader *reader, const struct yaml_node *node);
/* A delay distribution from a file, as `{ file: PATH }` says. */
bool scenario_read_distribution(
        struct field_reader *reader, const struct yaml_node *node, const struct jitter_table **table);
/* Takes the place of the file of the same path. */
struct scenario_file *scenario_add_file(struct scenario_app *app, const char *path);

#endif
