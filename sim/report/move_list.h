/*
 * Directory entries that change their place, all of them or none.
 */
#ifndef INORDER_MOVE_LIST_H
#define INORDER_MOVE_LIST_H

#include <glib.h>
#include <stdbool.h>

typedef struct MoveList MoveList;

MoveList *move_list_new(void);
void move_list_free(MoveList *list);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MoveList, move_list_free)

/* `name` goes from directory `from` to directory `to`, both in one file system. */
void move_list_add(MoveList *list, const char *from, const char *to, const char *name);
/* In order of addition. False: one could not be moved (errno says why) and those before it are back. */
bool move_list_carry_out(const MoveList *list);

#endif
