/*
 * A run's directory: whole or not at all, and nobody else's files touched.
 */
#include "report/run_dir.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char *root;
static GError *error;

static char *path_of(const char *name)
{
        return g_build_filename(root, name, NULL);
}

static void set_up(void)
{
        root = g_dir_make_tmp("inorder-test-XXXXXX", NULL);
        ck_assert_ptr_nonnull(root);
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *walk)
{
        (void)status;
        (void)type;
        (void)walk;
        return remove(path);
}

static void tear_down(void)
{
        nftw(root, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
        g_clear_pointer(&root, g_free);
        g_clear_error(&error);
}

static void put(const char *name, const char *text)
{
        g_autofree char *path = path_of(name);
        g_autofree char *folder = g_path_get_dirname(path);
        g_mkdir_with_parents(folder, 0777);
        ck_assert(g_file_set_contents(path, text, -1, NULL));
}

static bool exists(const char *name)
{
        g_autofree char *path = path_of(name);
        struct stat status;
        return lstat(path, &status) == 0;
}

static void expect_text(const char *name, const char *text)
{
        g_autofree char *path = path_of(name);
        g_autofree char *found = NULL;
        ck_assert_msg(g_file_get_contents(path, &found, NULL, NULL), "%s is missing", name);
        ck_assert_str_eq(found, text);
}

static int compare_names(const void *a, const void *b)
{
        return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Entries of a directory under the root, hidden ones too. */
static void expect_entries(const char *name, const char *list)
{
        g_autofree char *path = path_of(name);
        g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
        GDir *entries = g_dir_open(path, 0, NULL);
        ck_assert_ptr_nonnull(entries);
        for (const char *entry; (entry = g_dir_read_name(entries)) != NULL;)
                g_ptr_array_add(names, g_strdup(entry));
        g_dir_close(entries);
        g_ptr_array_sort(names, compare_names);
        g_ptr_array_add(names, NULL);
        g_autofree char *found = g_strjoinv(" ", (char **)names->pdata);
        ck_assert_str_eq(found, list);
}

static RunDir *begin(const char *name, bool force)
{
        g_autofree char *path = path_of(name);
        return run_dir_begin(path, force, &error);
}

static void write_file(RunDir *dir, const char *name, const char *text)
{
        FILE *file = run_dir_open_file(dir, name, &error);
        ck_assert_msg(file != NULL, "%s", error ? error->message : "");
        fputs(text, file);
}

static void write_run_json(RunDir *dir)
{
        g_autoptr(JsonWriter) writer = json_writer_new(JSON_INDENTED);
        ck_assert(run_dir_close_files(dir, &error));
        json_writer_begin_object(writer, NULL);
        json_writer_add_integer(writer, "inorder", 1);
        run_dir_add_files(dir, writer);
        json_writer_end_object(writer);
        FILE *file = run_dir_open_file(dir, "run.json", &error);
        ck_assert_ptr_nonnull(file);
        ck_assert(json_writer_print(writer, file));
}

/* A whole run of one text in trace.ndjson, and one more file. */
static void make_run(const char *name, bool force, const char *text, const char *other)
{
        g_autoptr(RunDir) dir = begin(name, force);
        ck_assert_msg(dir != NULL, "%s", error ? error->message : "");
        write_file(dir, "trace.ndjson", text);
        write_file(dir, other, text);
        write_run_json(dir);
        ck_assert_msg(run_dir_commit(dir, &error), "%s", error ? error->message : "");
}

static void expect_refusal(const char *name, bool force, enum run_dir_error code, const char *message)
{
        RunDir *dir = begin(name, force);
        g_autofree char *shown = g_strdup_printf(message, root);
        ck_assert_ptr_null(dir);
        ck_assert_msg(g_error_matches(error, RUN_DIR_ERROR, (int)code), "%s", error->message);
        ck_assert_str_eq(error->message, shown);
        g_clear_error(&error);
}

START_TEST(a_run_appears_with_its_parents_and_the_sums_of_its_data_files)
{
        make_run("runs/deep/joe-7", false, "abc", "plots/seq.gp");
        expect_entries("runs/deep", "joe-7");
        expect_entries("runs/deep/joe-7", "plots run.json trace.ndjson");
        expect_text("runs/deep/joe-7/run.json",
                "{\n  \"inorder\": 1,\n  \"files\": {\n    \"trace.ndjson\": "
                "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"\n  }\n}\n");
}
END_TEST

/* In pieces of all sizes: a sum is of what the file has, and space that was asked for ahead is not kept. */
START_TEST(a_long_file_has_its_sum_and_takes_no_more_room_than_its_bytes)
{
        g_autoptr(RunDir) dir = begin("joe-7", false);
        FILE *file = run_dir_open_file(dir, "trace.ndjson", &error);
        g_autoptr(GString) whole = g_string_new(NULL);
        g_autofree char *piece = g_strnfill(300000, 'x');
        for (unsigned i = 0; whole->len < 20000000; i++) {
                size_t size = 1 + i * 7919u % 300000;
                ck_assert_uint_eq(fwrite(piece, 1, size, file), size);
                g_string_append_len(whole, piece, (gssize)size);
        }
        write_run_json(dir);
        ck_assert(run_dir_commit(dir, &error));
        expect_text("joe-7/trace.ndjson", whole->str);
        g_autofree char *sum =
                g_compute_checksum_for_string(G_CHECKSUM_SHA256, whole->str, (gssize)whole->len);
        g_autofree char *run = g_strdup_printf(
                "{\n  \"inorder\": 1,\n  \"files\": {\n    \"trace.ndjson\": \"%s\"\n  }\n}\n", sum);
        expect_text("joe-7/run.json", run);
        struct stat status;
        g_autofree char *path = path_of("joe-7/trace.ndjson");
        ck_assert_int_eq(stat(path, &status), 0);
        ck_assert_int_le(status.st_blocks * 512, (long)whole->len + 65536);
}
END_TEST

START_TEST(an_abandoned_run_leaves_nothing)
{
        RunDir *dir = begin("runs/joe-7", false);
        write_file(dir, "inputs/a/b", "x");
        g_autofree char *beside = g_build_filename(run_dir_work_path(dir), "plots", NULL);
        ck_assert_int_eq(g_mkdir(beside, 0777), 0);
        run_dir_free(dir);
        ck_assert(!exists("runs"));
}
END_TEST

START_TEST(until_the_commit_the_place_is_empty)
{
        g_autoptr(RunDir) dir = begin("joe-7/", false);
        write_file(dir, "trace.ndjson", "x");
        ck_assert(!exists("joe-7"));
}
END_TEST

START_TEST(what_inorder_made_is_replaced_whole)
{
        make_run("joe-7", false, "old", "gone.pcapng");
        put("joe-7/plots/seq.svg", "stale");
        put("joe-7/report.html", "stale");
        make_run("joe-7", false, "new", "segments.csv");
        expect_entries("joe-7", "run.json segments.csv trace.ndjson");
        expect_text("joe-7/trace.ndjson", "new");
}
END_TEST

START_TEST(abandoning_a_replacement_leaves_the_old_run)
{
        make_run("joe-7", false, "old", "segments.csv");
        RunDir *dir = begin("joe-7", false);
        write_file(dir, "trace.ndjson", "new");
        run_dir_free(dir);
        expect_entries("joe-7", "run.json segments.csv trace.ndjson");
        expect_text("joe-7/trace.ndjson", "old");
}
END_TEST

START_TEST(an_empty_directory_is_taken_and_one_with_anything_else_needs_force)
{
        put("full/notes.txt", "mine");
        g_autofree char *empty = path_of("empty");
        g_mkdir(empty, 0777);
        make_run("empty", false, "x", "segments.csv");
        expect_entries("empty", "run.json segments.csv trace.ndjson");
        expect_refusal("full", false, RUN_DIR_ERROR_NEEDS_FORCE,
                "%s/full holds 'notes.txt', which inorder did not make; --force leaves that and replaces "
                "only its "
                "own files");
        expect_entries("full", "notes.txt");
}
END_TEST

START_TEST(force_replaces_only_what_inorder_made)
{
        put("mixed/notes.txt", "mine");
        make_run("mixed", true, "one", "gone.pcapng");
        expect_entries("mixed", "gone.pcapng notes.txt run.json trace.ndjson");
        expect_refusal("mixed", false, RUN_DIR_ERROR_NEEDS_FORCE,
                "%s/mixed holds 'notes.txt', which inorder did not make; --force leaves that and replaces "
                "only its "
                "own files");
        make_run("mixed", true, "two", "segments.csv");
        expect_entries("mixed", "notes.txt run.json segments.csv trace.ndjson");
        expect_text("mixed/notes.txt", "mine");
        expect_text("mixed/trace.ndjson", "two");
}
END_TEST

START_TEST(somebody_else_s_file_is_never_taken_for_ours)
{
        put("foreign/run.json", "{\"inorder\": 2}");
        expect_refusal("foreign", true, RUN_DIR_ERROR_NOT_OURS,
                "%s/foreign/run.json was not made by inorder; move it away or choose another directory");
        put("other/trace.ndjson", "mine");
        g_autoptr(RunDir) dir = begin("other", true);
        ck_assert_ptr_nonnull(dir);
        ck_assert_ptr_null(run_dir_open_file(dir, "trace.ndjson", &error));
        ck_assert(g_error_matches(error, RUN_DIR_ERROR, RUN_DIR_ERROR_NOT_OURS));
        expect_text("other/trace.ndjson", "mine");
}
END_TEST

START_TEST(a_name_taken_during_the_run_stops_the_commit_and_all_is_as_before)
{
        make_run("joe-7", false, "old", "segments.csv");
        g_autoptr(RunDir) dir = begin("joe-7", false);
        write_file(dir, "trace.ndjson", "new");
        write_file(dir, "www.pcapng", "new");
        write_run_json(dir);
        put("joe-7/www.pcapng", "mine");
        ck_assert(!run_dir_commit(dir, &error));
        ck_assert(g_error_matches(error, RUN_DIR_ERROR, RUN_DIR_ERROR_NOT_OURS));
        expect_text("joe-7/trace.ndjson", "old");
        expect_text("joe-7/www.pcapng", "mine");
        run_dir_free(g_steal_pointer(&dir));
        expect_entries("joe-7", "run.json segments.csv trace.ndjson www.pcapng");
}
END_TEST

START_TEST(a_place_taken_during_the_run_is_not_overwritten)
{
        g_autoptr(RunDir) dir = begin("joe-7", false);
        write_run_json(dir);
        put("joe-7/notes.txt", "mine");
        ck_assert(!run_dir_commit(dir, &error));
        ck_assert(g_error_matches(error, RUN_DIR_ERROR, RUN_DIR_ERROR_IO));
        run_dir_free(g_steal_pointer(&dir));
        expect_entries(".", "joe-7");
        expect_entries("joe-7", "notes.txt");
}
END_TEST

static const struct {
        const char *text;
        const char *why;
} not_runs[] = {
        { "", "empty" },
        { "{\"inorder\": 1", "not JSON" },
        { "[1]", "no object" },
        { "{\"inorder\": \"1\"}", "a string" },
        { "{\"inorder\": [1]}", "a list" },
        { "{\"inorder\": 1.0}", "not an integer" },
        { "{\"files\": {\"notes.txt\": \"x\"}}", "no version" },
        { "null", "nothing" },
};

START_TEST(a_run_json_that_is_not_ours_gives_no_right_to_anything)
{
        put("dir/run.json", not_runs[_i].text);
        RunDir *dir = begin("dir", true);
        ck_assert_msg(dir == NULL, "%s", not_runs[_i].why);
        ck_assert(g_error_matches(error, RUN_DIR_ERROR, RUN_DIR_ERROR_NOT_OURS));
        expect_text("dir/run.json", not_runs[_i].text);
}
END_TEST

START_TEST(nesting_is_limited_before_it_is_parsed)
{
        g_autoptr(GString) deep = g_string_new("{\"inorder\": 1, \"x\": ");
        for (int i = 0; i < 200000; i++)
                g_string_append_c(deep, '[');
        put("dir/run.json", deep->str);
        ck_assert_ptr_null(begin("dir", true));
        ck_assert(g_error_matches(error, RUN_DIR_ERROR, RUN_DIR_ERROR_NOT_OURS));
}
END_TEST

START_TEST(a_forged_list_of_files_reaches_nothing_outside)
{
        put("outside", "mine");
        put("dir/run.json",
                "{\"inorder\": 1, \"files\": {\"../outside\": \"\", \"/etc/passwd\": \"\", \"..\": \"\", "
                "\".hidden\": \"\", \"a/b\": \"\"}}");
        make_run("dir", false, "x", "segments.csv");
        expect_text("outside", "mine");
        expect_entries("dir", "run.json segments.csv trace.ndjson");
}
END_TEST

START_TEST(a_file_is_no_directory)
{
        put("file", "mine");
        expect_refusal("file", true, RUN_DIR_ERROR_NOT_A_DIRECTORY, "%s/file is not a directory");
        expect_refusal("file/run", true, RUN_DIR_ERROR_IO, "cannot make %s/file/run: Not a directory");
        expect_text("file", "mine");
}
END_TEST

START_TEST(a_link_to_a_directory_is_followed_and_kept_and_one_to_nothing_refused)
{
        put("real/notes.txt", "mine");
        g_autofree char *link = path_of("link");
        g_autofree char *dangling = path_of("dangling");
        ck_assert_int_eq(symlink("real", link), 0);
        ck_assert_int_eq(symlink("nothing", dangling), 0);
        make_run("link", true, "x", "segments.csv");
        expect_entries("real", "notes.txt run.json segments.csv trace.ndjson");
        ck_assert(g_file_test(link, G_FILE_TEST_IS_SYMLINK));
        expect_refusal("dangling", true, RUN_DIR_ERROR_NOT_A_DIRECTORY, "%s/dangling is not a directory");
}
END_TEST

START_TEST(links_inside_are_replaced_and_never_written_through)
{
        put("precious/seq.svg", "mine");
        make_run("joe-7", false, "old", "segments.csv");
        g_autofree char *link = path_of("joe-7/plots");
        ck_assert_int_eq(symlink("../precious", link), 0);
        make_run("joe-7", false, "new", "plots/seq.svg");
        expect_text("precious/seq.svg", "mine");
        expect_text("joe-7/plots/seq.svg", "new");
}
END_TEST

START_TEST(a_linked_run_json_gives_no_right_to_anything)
{
        put("real.json", "{\"inorder\": 1}");
        put("dir/notes.txt", "mine");
        g_autofree char *link = path_of("dir/run.json");
        ck_assert_int_eq(symlink("../real.json", link), 0);
        expect_refusal("dir", true, RUN_DIR_ERROR_NOT_OURS,
                "%s/dir/run.json was not made by inorder; move it away or choose another directory");
}
END_TEST

static const char *const bad_names[] = { "../x", "/etc/x", "", ".", "..", "a//b", "plots/../../x", ".hidden",
        "a/" };

START_TEST(names_that_lead_elsewhere_are_refused)
{
        g_autoptr(RunDir) dir = begin("joe-7", false);
        ck_assert_ptr_null(run_dir_open_file(dir, bad_names[_i], &error));
        ck_assert(g_error_matches(error, RUN_DIR_ERROR, RUN_DIR_ERROR_IO));
}
END_TEST

START_TEST(a_name_is_given_once)
{
        g_autoptr(RunDir) dir = begin("joe-7", false);
        write_file(dir, "a.csv", "x");
        ck_assert_ptr_null(run_dir_open_file(dir, "a.csv", &error));
        ck_assert_str_eq(error->message, "cannot make a.csv: File exists");
}
END_TEST

/* A limit on the size of files stands for the disk: it holds for one's own process only. */
START_TEST(a_disk_that_takes_no_more_leaves_nothing)
{
        struct rlimit limit;
        g_autoptr(RunDir) dir = begin("runs/joe-7", false);
        FILE *file = run_dir_open_file(dir, "trace.ndjson", &error);
        getrlimit(RLIMIT_FSIZE, &limit);
        signal(SIGXFSZ, SIG_IGN);
        ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &(struct rlimit){ .rlim_max = limit.rlim_max }), 0);
        fputs("x", file);
        ck_assert(!run_dir_close_files(dir, &error));
        setrlimit(RLIMIT_FSIZE, &limit);
        ck_assert(g_error_matches(error, RUN_DIR_ERROR, RUN_DIR_ERROR_IO));
        ck_assert_str_eq(error->message, "cannot write trace.ndjson: File too large");
        run_dir_free(g_steal_pointer(&dir));
        ck_assert(!exists("runs"));
}
END_TEST

/* Root may write anywhere, so the child becomes somebody else. */
START_TEST(a_place_that_may_not_be_written_is_named)
{
        pid_t child = fork();
        if (child == 0) {
                g_chmod(root, 0555);
                if (geteuid() == 0 && seteuid(65534) != 0)
                        _exit(2);
                g_autofree char *path = path_of("joe-7");
                RunDir *dir = run_dir_begin(path, false, &error);
                g_autofree char *message = g_strdup_printf("cannot write in %s: Permission denied", root);
                _exit(dir == NULL && strcmp(error->message, message) == 0 ? 0 : 1);
        }
        int status = 0;
        ck_assert_int_eq(waitpid(child, &status, 0), child);
        ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
        g_chmod(root, 0755);
}
END_TEST

START_TEST(the_leftovers_of_a_killed_run_are_cleared_away)
{
        put("joe-7/.inorder-abcdef/new/trace.ndjson", "half");
        make_run("joe-7", false, "x", "segments.csv");
        expect_entries("joe-7", "run.json segments.csv trace.ndjson");
}
END_TEST

START_TEST(permissions_are_those_the_user_s_mask_leaves)
{
        struct stat status;
        g_autofree char *path = path_of("joe-7");
        mode_t old = umask(027);
        make_run("joe-7", false, "x", "segments.csv");
        umask(old);
        ck_assert_int_eq(stat(path, &status), 0);
        ck_assert_uint_eq(status.st_mode & 0777, 0750);
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("run_dir");
        tcase_add_checked_fixture(cases, set_up, tear_down);
        tcase_add_test(cases, a_run_appears_with_its_parents_and_the_sums_of_its_data_files);
        tcase_add_test(cases, a_long_file_has_its_sum_and_takes_no_more_room_than_its_bytes);
        tcase_add_test(cases, an_abandoned_run_leaves_nothing);
        tcase_add_test(cases, until_the_commit_the_place_is_empty);
        tcase_add_test(cases, what_inorder_made_is_replaced_whole);
        tcase_add_test(cases, abandoning_a_replacement_leaves_the_old_run);
        tcase_add_test(cases, an_empty_directory_is_taken_and_one_with_anything_else_needs_force);
        tcase_add_test(cases, force_replaces_only_what_inorder_made);
        tcase_add_test(cases, somebody_else_s_file_is_never_taken_for_ours);
        tcase_add_test(cases, a_name_taken_during_the_run_stops_the_commit_and_all_is_as_before);
        tcase_add_test(cases, a_place_taken_during_the_run_is_not_overwritten);
        tcase_add_loop_test(
                cases, a_run_json_that_is_not_ours_gives_no_right_to_anything, 0, G_N_ELEMENTS(not_runs));
        tcase_add_test(cases, nesting_is_limited_before_it_is_parsed);
        tcase_add_test(cases, a_forged_list_of_files_reaches_nothing_outside);
        tcase_add_test(cases, a_file_is_no_directory);
        tcase_add_test(cases, a_link_to_a_directory_is_followed_and_kept_and_one_to_nothing_refused);
        tcase_add_test(cases, links_inside_are_replaced_and_never_written_through);
        tcase_add_test(cases, a_linked_run_json_gives_no_right_to_anything);
        tcase_add_loop_test(cases, names_that_lead_elsewhere_are_refused, 0, G_N_ELEMENTS(bad_names));
        tcase_add_test(cases, a_name_is_given_once);
        tcase_add_test(cases, a_disk_that_takes_no_more_leaves_nothing);
        tcase_add_test(cases, a_place_that_may_not_be_written_is_named);
        tcase_add_test(cases, the_leftovers_of_a_killed_run_are_cleared_away);
        tcase_add_test(cases, permissions_are_those_the_user_s_mask_leaves);
        Suite *suite = suite_create("run_dir");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
