/*
 * The ladder: what was sent, lost, overtaken and answered. Long ones go on several pages, of which the
 * telling ones are drawn.
 */
#include "report/ladder_page.h"

#include <string.h>

#define PAGE_PACKETS 90 /* words for them on one side fill a sheet */
#define PAGES_MAX    6

/* A page's packets and how much went wrong among them. */
struct page_plan {
        GPtrArray *segments; /* const struct segment * */
        unsigned troubles;
        bool is_chosen;
};

static void free_plan(void *data)
{
        struct page_plan *plan = data;
        g_ptr_array_unref(plan->segments);
        g_free(plan);
}

static bool is_trouble(const SegmentTable *table, const struct segment *segment)
{
        return segment_is_lost(table, segment) || segment->kind == SEGMENT_RETRANSMISSION ||
               segment_is_reordered(table, segment);
}

static GPtrArray *plan_pages(const struct plot_context *context)
{
        GPtrArray *pages = g_ptr_array_new_with_free_func(free_plan);
        for (unsigned i = 0; i < segment_table_count(context->segments); i++) {
                const struct segment *segment = segment_table_at(context->segments, i);
                struct page_plan *last = pages->len > 0 ? pages->pdata[pages->len - 1] : NULL;
                if (!plot_is_within(context, segment_sent(context->segments, segment)))
                        continue;
                if (last == NULL || last->segments->len >= PAGE_PACKETS) {
                        last = g_new0(struct page_plan, 1);
                        last->segments = g_ptr_array_new();
                        g_ptr_array_add(pages, last);
                }
                g_ptr_array_add(last->segments, (struct segment *)segment);
                last->troubles += is_trouble(context->segments, segment);
        }
        return pages;
}

/* The first, the last, and between them the earliest with trouble. */
static void choose_pages(const GPtrArray *pages)
{
        unsigned chosen = 0;
        for (unsigned i = 0; i < pages->len; i++) {
                struct page_plan *plan = pages->pdata[i];
                bool is_edge = i == 0 || i + 1 == pages->len;
                plan->is_chosen =
                        is_edge || pages->len <= PAGES_MAX || (plan->troubles > 0 && chosen + 1 < PAGES_MAX);
                chosen += plan->is_chosen;
        }
}

/* "page 3 of 120, packets 181 to 270": NULL when there is but one. The caller frees. */
static char *page_remark(const GPtrArray *pages, unsigned page)
{
        const struct page_plan *plan = pages->pdata[page];
        if (pages->len == 1)
                return NULL;
        unsigned first = page * PAGE_PACKETS + 1;
        return g_strdup_printf("page %u of %u, packets %u to %u%s", page + 1, pages->len, first,
                first + plan->segments->len - 1,
                pages->len <= PAGES_MAX ? ""
                                        : "; drawn are the first page, the last, and the earliest with "
                                          "trouble: --from and --to show others");
}

static Picture *draw_page(const struct ladder *ladder, const GPtrArray *pages, unsigned page)
{
        const struct page_plan *plan = pages->pdata[page];
        g_autofree char *first_name = g_strdup_printf("ladder-%s", ladder->context->stem);
        g_autofree char *later_name = g_strdup_printf("%s-page-%u", first_name, page + 1);
        g_autofree char *remark = page_remark(pages, page);
        Picture *picture = plot_begin(ladder->context, page == 0 ? first_name : later_name,
                "what was sent, lost, overtaken and answered?", remark);
        ladder_page_draw(ladder, plan->segments, picture);
        return picture;
}

/* The host that opened the connection stands at the left. */
static bool opened(const struct plot_context *context, const char *host)
{
        for (unsigned i = 0; i < segment_table_count(context->segments); i++) {
                const struct segment *segment = segment_table_at(context->segments, i);
                if (segment->kind != SEGMENT_DATAGRAM)
                        return strcmp(segment->from, host) == 0;
        }
        return true;
}

static bool draw_ladder(const struct plot_context *context, GPtrArray *pictures, GError **error)
{
        bool sender_is_left = opened(context, context->stream.sender);
        g_autoptr(ReassemblyTable) reassembly =
                reassembly_table_read(context->directory, context->transfer->name, error);
        if (reassembly == NULL)
                return false;
        g_autoptr(NoteTable) notes = note_table_read(context->directory, context->transfer->name, error);
        if (notes == NULL)
                return false;
        g_autoptr(GArray) holes = reassembly_table_holes(reassembly);
        struct ladder ladder = { .context = context,
                .left = sender_is_left ? context->stream.sender : context->stream.receiver,
                .right = sender_is_left ? context->stream.receiver : context->stream.sender,
                .holes = holes,
                .notes = notes };
        g_autoptr(PacketPaths) paths = packet_paths_new(context->segments, ladder.left, ladder.right);
        g_autoptr(GPtrArray) pages = plan_pages(context);
        ladder.paths = paths;
        choose_pages(pages);
        for (unsigned i = 0; i < pages->len; i++) {
                if (((struct page_plan *)pages->pdata[i])->is_chosen)
                        g_ptr_array_add(pictures, draw_page(&ladder, pages, i));
        }
        return true;
}

const struct plot_kind plot_ladder = { "ladder", draw_ladder };
