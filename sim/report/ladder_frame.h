/*
 * What stands around the arrows of a ladder: life lines of hosts and routers, the axis of time and its folds.
 */
#ifndef INORDER_LADDER_FRAME_H
#define INORDER_LADDER_FRAME_H

#include "report/ladder_page.h"
#include "report/time_fold.h"

/* Of the page that shows `segments`, as deep as the fold makes time. */
void ladder_frame_draw(
        const struct ladder *ladder, const GPtrArray *segments, const TimeFold *fold, Picture *picture);

#endif
