/*
 * What inorder made in a directory, by the word of its run.json.
 */
#include "report/own_names.h"
#include "report/json_file.h"

#include <string.h>

/* Made without being listed in run.json's `files`. */
static const char *const fixed_names[] = { "run.json", "report.html", "plots", "inputs", "replay" };

struct OwnNames {
        bool has_run;
        GHashTable *names;  /* a set */
        GPtrArray *present; /* every entry that is ours */
        GPtrArray *foreign; /* every entry that is not */
};

/* Neither a path to elsewhere nor hidden. */
static bool is_plain(const char *name)
{
        return *name && *name != '.' && !strchr(name, '/');
}

static JsonObject *run_object(JsonParser *parser)
{
        JsonNode *root = json_parser_get_root(parser);
        if (!root || !JSON_NODE_HOLDS_OBJECT(root))
                return NULL;
        JsonObject *run = json_node_get_object(root);
        JsonNode *version = json_object_get_member(run, "inorder");
        bool is_run = version && json_node_get_value_type(version) == G_TYPE_INT64 &&
                      json_node_get_int(version) == 1;
        return is_run ? run : NULL;
}

static void add_listed(OwnNames *own, JsonObject *run)
{
        JsonNode *files = json_object_get_member(run, "files");
        if (!files || !JSON_NODE_HOLDS_OBJECT(files))
                return;
        g_autoptr(GList) names = json_object_get_members(json_node_get_object(files));
        for (const GList *name = names; name; name = name->next) {
                if (is_plain(name->data))
                        g_hash_table_add(own->names, g_strdup(name->data));
        }
}

static void read_run(OwnNames *own, const char *directory)
{
        g_autofree char *path = g_build_filename(directory, "run.json", NULL);
        g_autoptr(JsonParser) parser = json_file_read(path, NULL);
        JsonObject *run = parser ? run_object(parser) : NULL;
        if (!run)
                return;
        own->has_run = true;
        for (unsigned i = 0; i < G_N_ELEMENTS(fixed_names); i++)
                g_hash_table_add(own->names, g_strdup(fixed_names[i]));
        add_listed(own, run);
}

static int compare_names(const void *a, const void *b)
{
        return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool list_entries(OwnNames *own, const char *directory, GError **error)
{
        GDir *entries = g_dir_open(directory, 0, error);
        if (!entries)
                return false;
        for (const char *name; (name = g_dir_read_name(entries)) != NULL;)
                g_ptr_array_add(own_names_contains(own, name) ? own->present : own->foreign, g_strdup(name));
        g_dir_close(entries);
        g_ptr_array_sort(own->present, compare_names);
        g_ptr_array_sort(own->foreign, compare_names);
        return true;
}

OwnNames *own_names_read(const char *directory, GError **error)
{
        g_autoptr(OwnNames) own = g_new0(OwnNames, 1);
        own->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        own->present = g_ptr_array_new_with_free_func(g_free);
        own->foreign = g_ptr_array_new_with_free_func(g_free);
        read_run(own, directory);
        return list_entries(own, directory, error) ? g_steal_pointer(&own) : NULL;
}

void own_names_free(OwnNames *own)
{
        if (!own)
                return;
        g_hash_table_unref(own->names);
        g_ptr_array_unref(own->present);
        g_ptr_array_unref(own->foreign);
        g_free(own);
}

bool own_names_has_run(const OwnNames *own)
{
        return own->has_run;
}

bool own_names_contains(const OwnNames *own, const char *name)
{
        return g_hash_table_contains(own->names, name) || g_str_has_prefix(name, OWN_WORK_PREFIX);
}

const GPtrArray *own_names_present(const OwnNames *own)
{
        return own->present;
}

const GPtrArray *own_names_foreign(const OwnNames *own)
{
        return own->foreign;
}

const char *own_names_obstacle(const OwnNames *own)
{
        for (unsigned i = 0; i < G_N_ELEMENTS(fixed_names); i++) {
                for (unsigned k = 0; k < own->foreign->len; k++) {
                        if (strcmp(g_ptr_array_index(own->foreign, k), fixed_names[i]) == 0)
                                return fixed_names[i];
                }
        }
        return NULL;
}
