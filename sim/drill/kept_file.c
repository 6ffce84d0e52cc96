/*
 * NAME.part until it is complete. What is no regular file, as a device, a pipe or a link, keeps its place and
 * is written itself.
 */
#include "drill/kept_file.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sys/stat.h>

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

static bool may_be_replaced(const char *name)
{
        struct stat there;
        return lstat(name, &there) != 0 || S_ISREG(there.st_mode);
}

bool kept_file_open(struct kept_file *kept, const char *name, GError **error)
{
        kept->name = g_strdup(name);
        kept->work_name = may_be_replaced(name) ? g_strdup_printf("%s.part", name) : NULL;
        kept->file = fopen(kept->work_name != NULL ? kept->work_name : name, "we");
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
        bool is_moved = is_good && is_written && kept->work_name != NULL;
        if (is_moved && g_rename(kept->work_name, kept->name) != 0)
                is_written = fail(kept, error);
        if (kept->work_name != NULL && (!is_good || !is_written))
                g_unlink(kept->work_name);
        forget(kept);
        return is_written;
}
