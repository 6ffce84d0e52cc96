/*
 * `--set tcp.KEY=VALUE` where there is no scenario.
 */
#ifndef INORDER_TCP_OVERRIDE_H
#define INORDER_TCP_OVERRIDE_H

#include <glib.h>
#include <stdbool.h>

struct tcp_settings;

/* `sets`: "tcp.sack=off", NULL-terminated; may be NULL. False with a SCENARIO_ERROR, and the settings are as they were. */
bool tcp_override(struct tcp_settings *settings, char *const *sets, GError **error);

#endif
