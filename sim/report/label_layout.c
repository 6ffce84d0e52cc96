/*
 * Labels that would touch form a block, which lies where its members want to be on average; blocks that would
 * touch are one block. (The pool-adjacent-violators algorithm of isotonic regression, on wanted - i * gap.)
 */
#include "report/label_layout.h"

#include <glib.h>

/* Labels in a row, each exactly a gap behind the one before. */
struct block {
        unsigned count;
        int64_t sum; /* of what its members want the block's first label to be, over low, gaps taken off */
};

/* Rounded down; the sum may be negative. */
static int64_t average(const struct block *block)
{
        int64_t count = block->count;
        return block->sum / count - (block->sum % count < 0);
}

/* Put together the last block and those before that would touch it. The number that is left. */
static unsigned merge_blocks(struct block *blocks, unsigned count)
{
        while (count > 1 && average(&blocks[count - 1]) < average(&blocks[count - 2])) {
                blocks[count - 2].count += blocks[count - 1].count;
                blocks[count - 2].sum += blocks[count - 1].sum;
                count--;
        }
        return count;
}

bool label_layout(
        const int64_t *wanted, unsigned count, int64_t gap, int64_t low, int64_t high, int64_t *placed)
{
        if (count == 0)
                return true;
        int64_t last_start = high - (int64_t)(count - 1) * gap;
        if (last_start < low)
                return false;
        g_autofree struct block *blocks = g_new(struct block, count);
        unsigned block_count = 0;
        for (unsigned i = 0; i < count; i++) {
                blocks[block_count++] = (struct block){ 1, wanted[i] - low - (int64_t)i * gap };
                block_count = merge_blocks(blocks, block_count);
        }
        unsigned label = 0;
        for (unsigned i = 0; i < block_count; i++) {
                int64_t start = CLAMP(low + average(&blocks[i]), low, last_start);
                for (unsigned k = 0; k < blocks[i].count; k++, label++)
                        placed[label] = start + (int64_t)label * gap;
        }
        return true;
}
