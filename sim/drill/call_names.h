/*
 * Whether all calls and errors that a script names exist.
 */
#ifndef INORDER_CALL_NAMES_H
#define INORDER_CALL_NAMES_H

#include "script/script.h"

/* False with a SCRIPT_ERROR that begins with the name's place. */
bool call_names_check(const struct script *script, GError **error);

#endif
