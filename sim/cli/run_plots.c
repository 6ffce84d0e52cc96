/*
 * A run is complete without its pictures, so nothing here fails it.
 */
#include "cli/run_plots.h"

#include "report/plot.h"

#include <glib/gstdio.h>

/* Unasked, no more than this is drawn: a few seconds' worth. */
#define TRANSFERS_MAX      3
#define SEGMENTS_BYTES_MAX (64 * 1000 * 1000)

static bool is_too_large(const char *work)
{
        g_autofree char *path = g_build_filename(work, "segments.csv", NULL);
        GStatBuf status;
        return g_stat(path, &status) == 0 && status.st_size > SEGMENTS_BYTES_MAX;
}

void run_plots_draw(const char *work, const char *directory, const volatile int *interrupted)
{
        struct plot_request request = { .directory = work,
                .format = "svg",
                .to = TIME_NEVER,
                .transfers_max = TRANSFERS_MAX,
                .interrupted = interrupted };
        struct plot_result result = { 0 };
        g_autoptr(GError) error = NULL;
        if (is_too_large(work)) {
                g_printerr("inorder: no pictures of so many packets unasked; inorder plot %s draws them\n",
                        directory);
                return;
        }
        if (!plot_draw(&request, &result, &error))
                g_printerr("inorder: warning: not all pictures are drawn: %s\n", error->message);
        else if (result.left_out > 0)
                g_printerr(
                        "inorder: drew the first %u of %u transfers; inorder plot %s --transfer NAME draws "
                        "another\n",
                        result.transfers - result.left_out, result.transfers, directory);
        plot_result_clear(&result);
}
