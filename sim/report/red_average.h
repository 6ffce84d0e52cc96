/*
 * RED's average length of a queue, which no file has: made again from who came when and left when. Floyd and Jacobson 1993.
 */
#ifndef INORDER_RED_AVERAGE_H
#define INORDER_RED_AVERAGE_H

#include "report/queue_survey.h"

struct red_point {
        time_ns time;
        double packets;
};

/* struct red_point for each packet that came while the queue was RED's. `links`: struct link_row of this direction. The caller
 * unrefs; NULL with `error`. */
GArray *red_average_read(
        const char *directory, const struct queue_figures *figures, const GPtrArray *links, GError **error);

#endif
