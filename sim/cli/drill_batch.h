/*
 * Many packet scripts in one call: run side by side, told in order.
 */
#ifndef INORDER_DRILL_BATCH_H
#define INORDER_DRILL_BATCH_H

#include "drill/script_runner.h"

struct drill_options {
        const struct stack_ops *stack;
        GHashTable *defines;        /* NAME → text */
        GHashTable *script_options; /* packetdrill's, name → text or NULL */
        char **sets;                /* "tcp.sack=off"; NULL: none */
        bool strict;
        bool strict_sysctls;
        duration_ns patience; /* stack.h */
        const char *pcap_file;
        const char *trace_file;
};

/* NO_MEANS: not run, for want of a file or of the kernel. */
enum drill_outcome { DRILL_PASSED, DRILL_FAILED, DRILL_NOT_RUN, DRILL_NO_MEANS };

/* One script and what became of it. */
struct drill_item {
        const char *name;
        enum drill_outcome outcome;
        struct script_result result; /* for a script that cannot be read: place and message alone */
        bool is_read;
        bool has_ended;
};

typedef struct DrillBatch DrillBatch;

/* `names` ends with NULL; "-" is stdin. `tell`, which may be NULL, hears of each in order, as soon as it and all before it
 * have ended. */
DrillBatch *drill_batch_run(char **names, const struct drill_options *options, void (*tell)(const struct drill_item *item));
void drill_batch_free(DrillBatch *batch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DrillBatch, drill_batch_free)

unsigned drill_batch_size(const DrillBatch *batch);
const struct drill_item *drill_batch_item(const DrillBatch *batch, unsigned index);
unsigned drill_batch_count(const DrillBatch *batch, enum drill_outcome outcome);

#endif
