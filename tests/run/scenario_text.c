/*
 * A directory made for one test, and thrown away with what is in it.
 */
#include "scenario_text.h"

#include <check.h>
#include <ftw.h>
#include <glib/gstdio.h>
#include <unistd.h>

static char directory[] = "/tmp/inorder-test-XXXXXX";

void scenario_text_enter(void)
{
        ck_assert_ptr_nonnull(g_mkdtemp(directory));
        ck_assert_int_eq(g_chdir(directory), 0);
}

static int remove_one(const char *path, const struct stat *status G_GNUC_UNUSED, int flag G_GNUC_UNUSED,
        struct FTW *ftw G_GNUC_UNUSED)
{
        return remove(path);
}

void scenario_text_leave(void)
{
        ck_assert_int_eq(g_chdir("/"), 0);
        ck_assert_int_eq(nftw(directory, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
        g_strlcpy(directory + sizeof directory - sizeof "XXXXXX", "XXXXXX", sizeof "XXXXXX");
}

void scenario_text_put(const char *path, const char *bytes)
{
        g_autofree char *parent = g_path_get_dirname(path);
        ck_assert_int_eq(g_mkdir_with_parents(parent, 0755), 0);
        ck_assert(g_file_set_contents(path, bytes, -1, NULL));
}

Scenario *scenario_text_load(const char *text, char **sets, GError **error)
{
        scenario_text_put(SCENARIO_TEXT_PATH, text);
        struct scenario_overrides overrides = { .sets = sets };
        return scenario_load(SCENARIO_TEXT_PATH, &overrides, error);
}

Scenario *scenario_text_good(const char *text)
{
        g_autoptr(GError) error = NULL;
        Scenario *scenario = scenario_text_load(text, NULL, &error);
        ck_assert_msg(scenario != NULL, "%s", error ? error->message : "");
        return scenario;
}
