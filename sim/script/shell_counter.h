/*
 * "nstat | grep NAME | grep -q ' 1 '": which counter is looked at, and what is expected of it. Private to shell_line.c.
 */
#ifndef INORDER_SHELL_COUNTER_H
#define INORDER_SHELL_COUNTER_H

#include "script/shell_line.h"
#include "script/shell_words.h"

struct shell_filter {
        GRegex *regex;
        bool is_inverted; /* grep -v */
};
void shell_filter_free(struct shell_filter *filter);

/* The pipeline of `count` commands begins with nstat. False: not understood, and the action is as it was. */
bool shell_read_nstat(struct shell_command *const *commands, unsigned count, struct shell_action *action);

#endif
