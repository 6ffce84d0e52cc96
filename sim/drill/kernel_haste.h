/*
 * A thread that need not wait for its turn, since scripts allow a kernel 4 ms. sched(7).
 */
#ifndef INORDER_KERNEL_HASTE_H
#define INORDER_KERNEL_HASTE_H

#include <sched.h>
#include <stdbool.h>

/* How the calling thread was scheduled. */
struct kernel_haste {
        int policy;
        struct sched_param parameters;
        bool was_changed;
};

/* From now on it comes before others, as far as it may; so do threads that it starts. It loses that by running for long
 * without a rest. */
struct kernel_haste kernel_haste_begin(void);
/* It takes its turn like others. */
struct kernel_haste kernel_haste_pause(void);
void kernel_haste_end(const struct kernel_haste *before);

#endif
