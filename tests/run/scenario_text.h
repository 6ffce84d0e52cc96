/*
 * Scenarios that tests write as text: loaded from a file in a directory of their own.
 */
#ifndef INORDER_SCENARIO_TEXT_H
#define INORDER_SCENARIO_TEXT_H

#include "run/scenario.h"

#define SCENARIO_TEXT_PATH "s.yaml"

/* Before and after each test: an empty directory is the current one. */
void scenario_text_enter(void);
void scenario_text_leave(void);

/* A file beside the scenario; directories on its way are made. */
void scenario_text_put(const char *path, const char *bytes);
/* `sets` may be NULL. */
Scenario *scenario_text_load(const char *text, char **sets, GError **error);
/* The same, of a text that is good. */
Scenario *scenario_text_good(const char *text);

#endif
