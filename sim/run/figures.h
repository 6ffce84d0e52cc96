/*
 * The tables of figures: every path below "packets" and below a transfer's name, with its type and where it
 * comes from.
 *
 * The summary prints them in this order, and `expect:` finds them by name, so neither can know one that the
 * other lacks.
 */
#ifndef INORDER_FIGURES_H
#define INORDER_FIGURES_H

#include "run/summary.h"

/* What a transfer's figures are taken from. */
struct transfer_facts {
        const struct transfer *transfer;
        bool is_verified;
        const char *sha256; /* hexadecimal; NULL: none */
};

struct transfer_figure {
        const char *name;
        enum figure_type type;
        bool is_printed; /* in the summary; the others are for `expect:` only */
        struct figure (*get)(const struct transfer_facts *facts);
};
/* The last has no name. */
extern const struct transfer_figure transfer_figures[];

struct packet_figure {
        const char *name;
        uint64_t (*get)(const World *world);
};
extern const struct packet_figure packet_figures[];

/* What may follow "packets." and a transfer's name. The caller frees. */
GPtrArray *packet_figure_names(void);
GPtrArray *transfer_figure_names(void);

#endif
