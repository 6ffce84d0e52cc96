/*
 * What only a whole scenario can be asked: references, clashes, reach, impossible combinations. Only sim/run/
 * uses it.
 */
#ifndef INORDER_SCENARIO_CHECK_H
#define INORDER_SCENARIO_CHECK_H

#include "run/field.h"
#include "run/scenario_reach.h"

/* Hosts, links, and everything below. Fills in what follows from other parts: the ports that `to` left out.
 */
bool scenario_check(struct field_reader *reader);

bool scenario_check_apps(struct field_reader *reader, const Reach *reach);
bool scenario_check_faults(struct field_reader *reader);
bool scenario_check_expects(struct field_reader *reader);
bool scenario_check_sweep(struct field_reader *reader, const struct yaml_node *tree);

/* The first word of a path into the summary, which no program may be named. */
bool scenario_is_summary_word(const char *word);

/* "to: no host is named 'wwww'; did you mean 'www'?": always false. */
bool scenario_fail_host(struct field_reader *reader, struct mark mark, const char *key, const char *name);

/* Rates, delays and impairments of one link fit together. */
bool scenario_check_link_values(struct field_reader *reader, const struct scenario_link *link);

#endif
