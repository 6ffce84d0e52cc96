/*
 * Where in a scenario something stands, for messages.
 */
#ifndef INORDER_MARK_H
#define INORDER_MARK_H

/* A line of 0: not in the file but in a `--set`, whose number, from 1, is the column. */
struct mark {
        unsigned line; /* from 1 */
        unsigned column;
};

#endif
