/*
 * The SACK blocks that we send. RFC 2018 section 4, RFC 2883 section 4.
 */
#include "tcp/sack_report.h"

#include <glib.h>

/* The block grows by a range that touches it. */
static bool extend(struct sack_block *block, struct seqnum left, struct seqnum right)
{
        if (seq_after(left, block->right) || seq_after(block->left, right))
                return false;
        block->left = seq_earlier_of(block->left, left);
        block->right = seq_later_of(block->right, right);
        return true;
}

static void remove_block(struct sack_report *report, unsigned index)
{
        for (unsigned i = index; i + 1 < report->count; i++)
                report->blocks[i] = report->blocks[i + 1];
        report->count--;
}

/* The others move one place down, to `place`. */
static void move_to_front(struct sack_report *report, unsigned place)
{
        struct sack_block block = report->blocks[place];
        for (; place > 0; place--)
                report->blocks[place] = report->blocks[place - 1];
        report->blocks[0] = block;
}

static void join_with_first(struct sack_report *report)
{
        for (unsigned i = 1; i < report->count;) {
                if (extend(&report->blocks[0], report->blocks[i].left, report->blocks[i].right))
                        remove_block(report, i);
                else
                        i++;
        }
}

void sack_report_add(struct sack_report *report, struct seqnum left, struct seqnum right)
{
        for (unsigned i = 0; i < report->count; i++) {
                if (!extend(&report->blocks[i], left, right))
                        continue;
                move_to_front(report, i);
                join_with_first(report);
                return;
        }
        if (report->count < SACK_REPORT_BLOCKS)
                report->count++;
        report->blocks[report->count - 1] = (struct sack_block){ left, right };
        move_to_front(report, report->count - 1);
}

void sack_report_advance(struct sack_report *report, struct seqnum next, bool holds_more)
{
        if (!holds_more)
                report->count = 0;
        for (unsigned i = 0; i < report->count;) {
                if (seq_after_or_at(next, report->blocks[i].left))
                        remove_block(report, i);
                else
                        i++;
        }
}

void sack_report_set_duplicate(struct sack_report *report, struct seqnum left, struct seqnum right)
{
        report->has_duplicate = true;
        report->duplicate = (struct sack_block){ left, right };
}

void sack_report_extend_duplicate(struct sack_report *report, struct seqnum left, struct seqnum right)
{
        if (report->has_duplicate)
                extend(&report->duplicate, left, right);
        else
                sack_report_set_duplicate(report, left, right);
}

bool sack_report_right_edge(const struct sack_report *report, struct seqnum *edge)
{
        if (report->count == 0)
                return false;
        *edge = report->blocks[0].right;
        for (unsigned i = 1; i < report->count; i++)
                *edge = seq_later_of(*edge, report->blocks[i].right);
        return true;
}

void sack_report_fill(struct sack_report *report, struct tcp_options *options, unsigned room)
{
        if (report->has_duplicate && room > 0)
                options->sack[options->sack_count++] = report->duplicate;
        if (room > 0)
                report->has_duplicate = false;
        for (unsigned i = 0; i < report->count && options->sack_count < room; i++)
                options->sack[options->sack_count++] = report->blocks[i];
}
