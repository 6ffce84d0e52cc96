/*
 * Busy times are joined where they touch; the gaps between them are looked at in order.
 */
#include "report/time_fold.h"

#include <stdbool.h>
#include <stdlib.h>

#define GAP_SHARE   3  /* a gap longer than 1/3 of all busy time is folded … */
#define DEPTH_SHARE 16 /* … to 1/16 of it */

struct TimeFold {
        time_ns start;
        time_ns end;
        duration_ns depth;
        GArray *folds; /* struct fold */
};

static int compare_busy(const void *a, const void *b)
{
        const struct busy_time *one = a;
        const struct busy_time *other = b;
        return one->start < other->start ? -1 : one->start > other->start;
}

/* Sorted and apart from each other. */
static GArray *join_busy(const struct busy_time *busy, unsigned count)
{
        g_autofree struct busy_time *sorted = g_memdup2(busy, count * sizeof *busy);
        GArray *joined = g_array_new(FALSE, FALSE, sizeof *busy);
        qsort(sorted, count, sizeof *sorted, compare_busy);
        for (unsigned i = 0; i < count; i++) {
                struct busy_time *last =
                        joined->len > 0 ? &g_array_index(joined, struct busy_time, joined->len - 1) : NULL;
                if (last != NULL && sorted[i].start <= last->end)
                        last->end = MAX(last->end, sorted[i].end);
                else
                        g_array_append_val(joined, sorted[i]);
        }
        return joined;
}

static duration_ns total_busy(const GArray *joined)
{
        duration_ns total = 0;
        for (unsigned i = 0; i < joined->len; i++) {
                const struct busy_time *busy = &g_array_index(joined, struct busy_time, i);
                total += busy->end - busy->start;
        }
        return total;
}

TimeFold *time_fold_new(const struct busy_time *busy, unsigned count)
{
        g_assert(count > 0);
        g_autoptr(GArray) joined = join_busy(busy, count);
        duration_ns total = MAX(total_busy(joined), 1);
        duration_ns folded = 0;
        TimeFold *fold = g_new0(TimeFold, 1);
        fold->start = g_array_index(joined, struct busy_time, 0).start;
        fold->end = g_array_index(joined, struct busy_time, joined->len - 1).end;
        fold->depth = MAX(total / DEPTH_SHARE, 1);
        fold->folds = g_array_new(FALSE, FALSE, sizeof(struct fold));
        for (unsigned i = 1; i < joined->len; i++) {
                time_ns gap_start = g_array_index(joined, struct busy_time, i - 1).end;
                time_ns gap_end = g_array_index(joined, struct busy_time, i).start;
                if (gap_end - gap_start <= total / GAP_SHARE)
                        continue;
                struct fold one = { gap_start, gap_end, gap_start - fold->start - folded };
                folded += gap_end - gap_start - fold->depth;
                g_array_append_val(fold->folds, one);
        }
        return fold;
}

void time_fold_free(TimeFold *fold)
{
        if (fold == NULL)
                return;
        g_array_unref(fold->folds);
        g_free(fold);
}

time_ns time_fold_start(const TimeFold *fold)
{
        return fold->start;
}

time_ns time_fold_end(const TimeFold *fold)
{
        return fold->end;
}

/* Within a fold, time is drawn in proportion to its depth; in 128 bits, since both may be hours of
 * nanoseconds. */
duration_ns time_fold_draw(const TimeFold *fold, time_ns time)
{
        time = CLAMP(time, fold->start, fold->end);
        duration_ns drawn = time - fold->start;
        for (unsigned i = 0; i < fold->folds->len; i++) {
                const struct fold *one = &g_array_index(fold->folds, struct fold, i);
                if (time <= one->start)
                        break;
                duration_ns gap = one->end - one->start;
                duration_ns within = MIN(time, one->end) - one->start;
                drawn -= within - (duration_ns)((__int128)within * fold->depth / gap);
        }
        return drawn;
}

unsigned time_fold_count(const TimeFold *fold)
{
        return fold->folds->len;
}

const struct fold *time_fold_at(const TimeFold *fold, unsigned index)
{
        g_assert(index < fold->folds->len);
        return &g_array_index(fold->folds, struct fold, index);
}

duration_ns time_fold_depth(const TimeFold *fold)
{
        return fold->depth;
}
