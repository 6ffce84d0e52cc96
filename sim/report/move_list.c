/*
 * Renames, undone backwards when one fails.
 */
#include "report/move_list.h"

#include <errno.h>
#include <stdio.h>

struct move {
        char *from;
        char *to;
};

struct MoveList {
        GArray *moves; /* of struct move */
};

static void clear_move(void *data)
{
        struct move *move = data;
        g_free(move->from);
        g_free(move->to);
}

MoveList *move_list_new(void)
{
        MoveList *list = g_new0(MoveList, 1);
        list->moves = g_array_new(FALSE, FALSE, sizeof(struct move));
        g_array_set_clear_func(list->moves, clear_move);
        return list;
}

void move_list_free(MoveList *list)
{
        if (!list)
                return;
        g_array_unref(list->moves);
        g_free(list);
}

void move_list_add(MoveList *list, const char *from, const char *to, const char *name)
{
        struct move move = { .from = g_build_filename(from, name, NULL),
                .to = g_build_filename(to, name, NULL) };
        g_array_append_val(list->moves, move);
}

static const struct move *move_at(const MoveList *list, unsigned index)
{
        return &g_array_index(list->moves, struct move, index);
}

static void undo(const MoveList *list, unsigned count)
{
        int reason = errno;
        while (count-- > 0)
                rename(move_at(list, count)->to, move_at(list, count)->from);
        errno = reason;
}

bool move_list_carry_out(const MoveList *list)
{
        for (unsigned i = 0; i < list->moves->len; i++) {
                if (rename(move_at(list, i)->from, move_at(list, i)->to) == 0)
                        continue;
                undo(list, i);
                return false;
        }
        return true;
}
