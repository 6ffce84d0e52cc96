/*
 * Work in a directory of its own, then renames.
 *
 * A new run's work directory is its sibling and becomes the run by one rename. In a directory that exists
 * already the work directory is inside (it may be a mount point, or the current directory), and entries
 * change places one by one, back again when one of them fails.
 */
#include "report/run_dir.h"
#include "report/move_list.h"
#include "report/own_names.h"
#include "report/summed_file.h"

#include <errno.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

G_DEFINE_QUARK(inorder - run - dir - error, run_dir_error)

struct run_file {
        char *name;
        struct summed_file file;
        char sha256[SHA256_TEXT_SIZE]; /* when it is closed */
};

struct RunDir {
        char *shown;  /* the path as the user gave it */
        char *target; /* the path, links resolved */
        char *work;
        char *contents;          /* work/new: what becomes the run */
        OwnNames *own;           /* NULL: the target does not exist yet */
        GPtrArray *made_parents; /* directories made for the target, outermost first */
        GPtrArray *files;        /* of struct run_file */
        bool is_committed;
};

static bool fail(GError **error, const char *doing, const char *path, int code)
{
        g_set_error(
                error, RUN_DIR_ERROR, RUN_DIR_ERROR_IO, "cannot %s %s: %s", doing, path, g_strerror(code));
        return false;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *walk)
{
        (void)status;
        (void)type;
        (void)walk;
        remove(path);
        return 0;
}

/* As far as possible; links are removed, not followed. */
static void remove_tree(const char *path)
{
        nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static void free_file(void *data)
{
        struct run_file *file = data;
        if (file->file.stream)
                summed_file_close(&file->file, file->sha256);
        g_free(file->name);
        g_free(file);
}

/* ---- Beginning ---- */

/* The parents of the target that are missing. */
static bool make_parents(RunDir *dir, const char *path, GError **error)
{
        struct stat status;
        if (stat(path, &status) == 0)
                return true;
        g_autofree char *parent = g_path_get_dirname(path);
        if (errno != ENOENT)
                return fail(error, "make", path, errno);
        if (!make_parents(dir, parent, error))
                return false;
        if (mkdir(path, 0777) < 0)
                return fail(error, "make", path, errno);
        g_ptr_array_add(dir->made_parents, g_strdup(path));
        return true;
}

static bool place_new(RunDir *dir, const char *path, GError **error)
{
        g_autofree char *parent = g_path_get_dirname(path);
        g_autofree char *name = g_path_get_basename(path);
        if (strcmp(name, "..") == 0 || strcmp(name, ".") == 0)
                return fail(error, "make", dir->shown, ENOENT);
        if (!make_parents(dir, parent, error))
                return false;
        char *resolved = realpath(parent, NULL);
        if (!resolved)
                return fail(error, "make", parent, errno);
        dir->target = g_build_filename(resolved, name, NULL);
        free(resolved);
        return true;
}

static bool refuse_name(const RunDir *dir, const char *name, GError **error)
{
        g_set_error(error, RUN_DIR_ERROR, RUN_DIR_ERROR_NOT_OURS,
                "%s/%s was not made by inorder; move it away or choose another directory", dir->shown, name);
        return false;
}

/* Whether what is there may be replaced. */
static bool check_claim(const RunDir *dir, bool force, GError **error)
{
        const GPtrArray *foreign = own_names_foreign(dir->own);
        const char *obstacle = own_names_obstacle(dir->own);
        if (obstacle)
                return refuse_name(dir, obstacle, error);
        if (foreign->len == 0 || force)
                return true;
        g_set_error(error, RUN_DIR_ERROR, RUN_DIR_ERROR_NEEDS_FORCE,
                "%s holds '%s', which inorder did not make; --force leaves that and replaces only its own "
                "files",
                dir->shown, (const char *)g_ptr_array_index(foreign, 0));
        return false;
}

static bool place_existing(RunDir *dir, const char *path, bool force, GError **error)
{
        char *resolved = realpath(path, NULL);
        if (!resolved)
                return fail(error, "use", dir->shown, errno);
        dir->target = g_strdup(resolved);
        free(resolved);
        dir->own = own_names_read(dir->target, error);
        return dir->own && check_claim(dir, force, error);
}

static bool place(RunDir *dir, bool force, GError **error)
{
        struct stat status;
        g_autofree char *path = g_strdup(dir->shown);
        for (size_t size = strlen(path); size > 1 && path[size - 1] == '/'; size--)
                path[size - 1] = '\0';
        if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
                return place_existing(dir, path, force, error);
        if (lstat(path, &status) == 0) {
                g_set_error(error, RUN_DIR_ERROR, RUN_DIR_ERROR_NOT_A_DIRECTORY, "%s is not a directory",
                        dir->shown);
                return false;
        }
        return errno == ENOENT ? place_new(dir, path, error) : fail(error, "make", dir->shown, errno);
}

static bool make_work(RunDir *dir, GError **error)
{
        g_autofree char *beside = dir->own ? g_strdup(dir->target) : g_path_get_dirname(dir->target);
        g_autofree char *work = g_build_filename(beside, OWN_WORK_PREFIX "XXXXXX", NULL);
        if (!mkdtemp(work))
                return fail(error, "write in", dir->own ? dir->shown : beside, errno);
        dir->work = g_steal_pointer(&work);
        dir->contents = g_build_filename(dir->work, "new", NULL);
        return mkdir(dir->contents, 0777) == 0 || fail(error, "make", dir->contents, errno);
}

RunDir *run_dir_begin(const char *path, bool force, GError **error)
{
        g_autoptr(RunDir) dir = g_new0(RunDir, 1);
        dir->shown = g_strdup(path);
        dir->made_parents = g_ptr_array_new_with_free_func(g_free);
        dir->files = g_ptr_array_new_with_free_func(free_file);
        if (!place(dir, force, error) || !make_work(dir, error))
                return NULL;
        return g_steal_pointer(&dir);
}

void run_dir_free(RunDir *dir)
{
        if (!dir)
                return;
        g_ptr_array_unref(dir->files);
        if (dir->work)
                remove_tree(dir->work);
        for (unsigned i = dir->made_parents->len; i > 0 && !dir->is_committed; i--)
                rmdir(g_ptr_array_index(dir->made_parents, i - 1));
        g_ptr_array_unref(dir->made_parents);
        own_names_free(dir->own);
        g_free(dir->shown);
        g_free(dir->target);
        g_free(dir->work);
        g_free(dir->contents);
        g_free(dir);
}

/* ---- Files ---- */

static bool is_plain_component(const char *component)
{
        return *component && *component != '.';
}

static bool is_plain_name(const char *name)
{
        g_auto(GStrv) components = g_strsplit(name, "/", -1);
        for (unsigned i = 0; components[i]; i++) {
                if (!is_plain_component(components[i]))
                        return false;
        }
        return components[0] != NULL;
}

/* Whether the first component of `name` is free in the target, or ours to replace. */
static bool may_take_name(const RunDir *dir, const char *name, GError **error)
{
        g_autofree char *first = g_strndup(name, strcspn(name, "/"));
        g_autofree char *path = g_build_filename(dir->target, first, NULL);
        struct stat status;
        if (!dir->own || own_names_contains(dir->own, first) || lstat(path, &status) < 0)
                return true;
        return refuse_name(dir, first, error);
}

/* "inputs/ab/cd": inputs and inputs/ab. */
static bool make_folders(const RunDir *dir, const char *name, GError **error)
{
        for (const char *slash = strchr(name, '/'); slash; slash = strchr(slash + 1, '/')) {
                g_autofree char *folder = g_strndup(name, (gsize)(slash - name));
                g_autofree char *path = g_build_filename(dir->contents, folder, NULL);
                if (mkdir(path, 0777) < 0 && errno != EEXIST)
                        return fail(error, "make", folder, errno);
        }
        return true;
}

FILE *run_dir_open_file(RunDir *dir, const char *name, GError **error)
{
        g_autofree char *path = g_build_filename(dir->contents, name, NULL);
        if (!is_plain_name(name)) {
                fail(error, "make", name, EINVAL);
                return NULL;
        }
        if (!may_take_name(dir, name, error) || !make_folders(dir, name, error))
                return NULL;
        struct run_file *entry = g_new0(struct run_file, 1);
        if (!summed_file_open(&entry->file, path)) {
                fail(error, "make", name, errno);
                g_free(entry);
                return NULL;
        }
        entry->name = g_strdup(name);
        g_ptr_array_add(dir->files, entry);
        return entry->file.stream;
}

static FILE *open_for_writer(void *data, const char *name, GError **error)
{
        return run_dir_open_file(data, name, error);
}

struct trace_opener run_dir_opener(RunDir *dir)
{
        return (struct trace_opener){ .open = open_for_writer, .data = dir };
}

const char *run_dir_work_path(const RunDir *dir)
{
        return dir->contents;
}

/* ---- Closing ---- */

bool run_dir_close_files(RunDir *dir, GError **error)
{
        for (unsigned i = 0; i < dir->files->len; i++) {
                struct run_file *file = g_ptr_array_index(dir->files, i);
                if (file->file.stream && !summed_file_close(&file->file, file->sha256))
                        return fail(error, "write", file->name, errno);
        }
        return true;
}

static int compare_files(const void *a, const void *b)
{
        const struct run_file *one = *(const struct run_file *const *)a;
        const struct run_file *other = *(const struct run_file *const *)b;
        return strcmp(one->name, other->name);
}

static bool is_picture(const char *name)
{
        return g_str_has_prefix(name, "plots/") || strcmp(name, "report.html") == 0;
}

void run_dir_add_files(const RunDir *dir, JsonWriter *writer)
{
        g_ptr_array_sort(dir->files, compare_files);
        json_writer_begin_object(writer, "files");
        for (unsigned i = 0; i < dir->files->len; i++) {
                const struct run_file *file = g_ptr_array_index(dir->files, i);
                if (!file->file.stream && !is_picture(file->name))
                        json_writer_add_string(writer, file->name, file->sha256);
        }
        json_writer_end_object(writer);
}

/* ---- Committing ---- */

static bool is_run_json(const char *name)
{
        return strcmp(name, "run.json") == 0;
}

/* What is ours goes out, run.json first: nobody may take a half-changed directory for a run. */
static void plan_old(const RunDir *dir, const char *old, MoveList *moves)
{
        const GPtrArray *present = own_names_present(dir->own);
        g_autofree char *work = g_path_get_basename(dir->work);
        if (own_names_has_run(dir->own))
                move_list_add(moves, dir->target, old, "run.json");
        for (unsigned i = 0; i < present->len; i++) {
                const char *name = g_ptr_array_index(present, i);
                if (!is_run_json(name) && strcmp(name, work) != 0)
                        move_list_add(moves, dir->target, old, name);
        }
}

/* And what is new comes in, run.json last. */
static bool plan_new(const RunDir *dir, MoveList *moves, GError **error)
{
        GDir *entries = g_dir_open(dir->contents, 0, error);
        bool may_take_all = true;
        if (!entries)
                return false;
        for (const char *name; may_take_all && (name = g_dir_read_name(entries)) != NULL;) {
                may_take_all = may_take_name(dir, name, error);
                if (!is_run_json(name))
                        move_list_add(moves, dir->contents, dir->target, name);
        }
        g_dir_close(entries);
        move_list_add(moves, dir->contents, dir->target, "run.json");
        return may_take_all;
}

/* The place may have changed since the beginning: it is looked at again. */
static bool replace_entries(RunDir *dir, GError **error)
{
        g_autoptr(MoveList) moves = move_list_new();
        g_autofree char *old = g_build_filename(dir->work, "old", NULL);
        OwnNames *own = own_names_read(dir->target, error);
        if (!own)
                return false;
        own_names_free(dir->own);
        dir->own = own;
        if (mkdir(old, 0777) < 0)
                return fail(error, "write in", dir->shown, errno);
        plan_old(dir, old, moves);
        if (!plan_new(dir, moves, error))
                return false;
        return move_list_carry_out(moves) || fail(error, "write in", dir->shown, errno);
}

static bool become_target(const RunDir *dir, GError **error)
{
        return rename(dir->contents, dir->target) == 0 || fail(error, "make", dir->shown, errno);
}

bool run_dir_commit(RunDir *dir, GError **error)
{
        g_autofree char *run_json = g_build_filename(dir->contents, "run.json", NULL);
        g_assert(!dir->is_committed);
        if (!run_dir_close_files(dir, error))
                return false;
        g_assert(g_file_test(run_json, G_FILE_TEST_IS_REGULAR));
        dir->is_committed = dir->own ? replace_entries(dir, error) : become_target(dir, error);
        return dir->is_committed;
}
