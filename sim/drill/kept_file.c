/*
 * NAME.part until it is complete.
 */
#include "drill/kept_file.h"

#include <errno.h>
#include <glib/gstdio.h>

static bool fail(const struct kept_file *kept, GError **error)
{
        int failure = errno;
        g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(failure), "cannot write %s: %s", kept->name,
                g_strerror(failure));
        return false;
}

static void forget(struct kept_file *kept)
{
        g_free(kept->name);
        g_free(kept->work_name);
        *kept = (struct kept_file){ 0 };
}

bool kept_file_open(struct kept_file *kept, const char *name, GError **error)
{
        kept->name = g_strdup(name);
        kept->work_name = g_strdup_printf("%s.part", name);
        kept->file = fopen(kept->work_name, "we");
        if (kept->file != NULL)
                return true;
        fail(kept, error);
        forget(kept);
        return false;
}

bool kept_file_close(struct kept_file *kept, bool is_good, GError **error)
{
        if (kept->file == NULL)
                return true;
        bool is_written = fclose(kept->file) == 0 || (is_good && fail(kept, error));
        if (is_good && is_written && g_rename(kept->work_name, kept->name) != 0)
                is_written = fail(kept, error);
        if (!is_good || !is_written)
                g_unlink(kept->work_name);
        forget(kept);
        return is_written;
}
