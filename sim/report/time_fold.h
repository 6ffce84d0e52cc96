/*
 * Simulated time as a ladder draws it: as it passes while packets are on their way, and folded where for long
 * nothing is, so that a timeout of a second does not squeeze what happens in milliseconds.
 */
#ifndef INORDER_TIME_FOLD_H
#define INORDER_TIME_FOLD_H

#include <glib.h>
#include "units.h"

/* A stretch of time in which something is on its way. */
struct busy_time {
        time_ns start;
        time_ns end;
};

/* A stretch without, folded: what is drawn of it begins at `drawn` and is fold_depth() long. */
struct fold {
        time_ns start;
        time_ns end;
        duration_ns drawn;
};

typedef struct TimeFold TimeFold;

/* `busy` in any order, at least one. A gap is folded when it is longer than a third of all busy time. */
TimeFold *time_fold_new(const struct busy_time *busy, unsigned count);
void time_fold_free(TimeFold *fold);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TimeFold, time_fold_free)

time_ns time_fold_start(const TimeFold *fold);
time_ns time_fold_end(const TimeFold *fold);
/* How far below the start a point of time is drawn; monotone. Times outside are drawn at the start or end. */
duration_ns time_fold_draw(const TimeFold *fold, time_ns time);
unsigned time_fold_count(const TimeFold *fold);
const struct fold *time_fold_at(const TimeFold *fold, unsigned index);
/* How much is drawn of a fold. */
duration_ns time_fold_depth(const TimeFold *fold);

#endif
