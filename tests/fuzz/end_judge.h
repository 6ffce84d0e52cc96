/*
 * What may become of an honest end, and why: what its program reads, which errors it is told, and when it may wait
 * for ever. Nothing else is right, whatever the line did.
 */
#ifndef INORDER_TESTS_END_JUDGE_H
#define INORDER_TESTS_END_JUDGE_H

#include "two_ends.h"

/* A segment is about to arrive: what may come of it is remembered. */
void end_judge_arrival(struct two_ends *two, unsigned to, const struct tcp_segment *segment, bool is_forged);

/* The program is about to count these bytes as read; and, there is nothing more to read. */
void end_judge_text(const struct two_ends *two, unsigned number, const uint8_t *bytes, size_t size);
void end_judge_end(const struct two_ends *two, unsigned number);

/* What the line has done to the ends, beyond what they have seen arrive. */
struct line_record {
        bool is_true;    /* every segment arrived, at once and unchanged, perhaps again later; and no reader slept so long that a
                            connection that nobody holds any more, in front of a closed window, was given up */
        bool has_robbed; /* an end was told that the other has, or says, what it has or says not */
};

/* Nothing will happen any more, or nothing but keepalives: whoever waits, waits rightly. */
void end_judge_wait(const struct two_ends *two, const struct line_record *line);
/* All is over. */
void end_judge_outcome(const struct two_ends *two, const struct line_record *line);

#endif
