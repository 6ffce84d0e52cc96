/*
 * Moves: all of them, or none.
 */
#include "report/move_list.h"

#include <check.h>
#include <errno.h>
#include <glib/gstdio.h>

static char *root;

static char *path_of(const char *name)
{
        return g_build_filename(root, name, NULL);
}

static void put(const char *name)
{
        g_autofree char *path = path_of(name);
        ck_assert(g_file_set_contents(path, name, -1, NULL));
}

static bool exists(const char *name)
{
        g_autofree char *path = path_of(name);
        return g_file_test(path, G_FILE_TEST_EXISTS);
}

static void set_up(void)
{
        root = g_dir_make_tmp("inorder-test-XXXXXX", NULL);
        g_autofree char *from = path_of("from");
        g_autofree char *to = path_of("to");
        ck_assert(g_mkdir(from, 0777) == 0 && g_mkdir(to, 0777) == 0);
}

static void tear_down(void)
{
        static const char *const names[] = { "from/a", "from/b", "to/a", "to/b", "from", "to", "" };
        for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
                g_autofree char *path = path_of(names[i]);
                g_remove(path);
        }
        ck_assert(!exists(""));
        g_free(root);
}

static bool move(const char *const *names)
{
        g_autoptr(MoveList) list = move_list_new();
        g_autofree char *from = path_of("from");
        g_autofree char *to = path_of("to");
        for (; *names; names++)
                move_list_add(list, from, to, *names);
        return move_list_carry_out(list);
}

START_TEST(every_entry_moves)
{
        put("from/a");
        put("from/b");
        ck_assert(move((const char *[]){ "a", "b", NULL }));
        ck_assert(exists("to/a") && exists("to/b") && !exists("from/a") && !exists("from/b"));
}
END_TEST

START_TEST(when_one_cannot_move_those_before_it_are_back)
{
        put("from/a");
        put("from/b");
        ck_assert(!move((const char *[]){ "a", "b", "missing", NULL }));
        ck_assert_int_eq(errno, ENOENT);
        ck_assert(exists("from/a") && exists("from/b") && !exists("to/a") && !exists("to/b"));
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("move_list");
        tcase_add_checked_fixture(cases, set_up, tear_down);
        tcase_add_test(cases, every_entry_moves);
        tcase_add_test(cases, when_one_cannot_move_those_before_it_are_back);
        Suite *suite = suite_create("move_list");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
