/*
 * `inorder fetch URL`: a scenario of two hosts and one link, from a URL and options.
 */
#ifndef INORDER_FETCH_SCENARIO_H
#define INORDER_FETCH_SCENARIO_H

#include "run/scenario.h"

/* As given; NULL: not given. */
struct fetch_options {
        char *root; /* what the server serves: this directory … */
        char *size; /* … or one document of this size, at the URL's path; without either, the shipped shop */
        char *rate;
        char *delay;
        char *queue;
        char *loss;
        char *reorder;
        char *jitter;
        char *duplicate;
        char *corrupt;
};
void fetch_options_clear(struct fetch_options *options);

#define FETCH_OPTION_ERROR (fetch_option_error_quark())
GQuark fetch_option_error_quark(void);

/* An ordinary scenario, made as text and loaded like any other. Errors of FETCH_OPTION_ERROR name the option
 * ("--delay: …") or the URL at fault; others are the loader's. */
Scenario *fetch_scenario_load(const char *url, const struct fetch_options *options,
        const struct scenario_overrides *overrides, GError **error);

#endif
