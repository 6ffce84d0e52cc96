/*
 * Reading what is to happen on the path.
 */
#include "run/path_file.h"

#include "run/path_delays.h"
#include "run/path_line.h"
#include "run/path_names.h"
#include "run/scenario_tables.h"
#include "run/text_file.h"

#include <string.h>

#define FILE_SIZE_MOST (256u << 20) /* bytes: a large run's losses */
#define SEED_MOST      (((uint64_t)1 << 53) - 1)

struct path_file {
        uint64_t seed;
        char *delays;
};

struct path_link {
        char *on;
        char *to;
        const struct yaml_node *packets;
};

struct path_reading {
        struct field_reader reader;
        struct path_place place;
        const GPtrArray *names; /* of links */
        GHashTable *places;     /* of them */
        PathLog *log;
};

/* ---- One link's direction ---- */

static bool keep_list(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        if (!tree_is_empty(node) && !field_expect_kind(reader, field->name, node, YAML_LIST))
                return false;
        *(const struct yaml_node **)value = node;
        return true;
}

static const struct field_type list_of_packets = { .read = keep_list };

static const struct field direction_fields[] = {
        { .name = "on", .type = &field_name, FIELD_AT(struct path_link, on), .is_required = true },
        { .name = "to", .type = &field_name, FIELD_AT(struct path_link, to), .is_required = true },
        { .name = "packets",
                .type = &list_of_packets,
                FIELD_AT(struct path_link, packets),
                .is_required = true },
        { .name = NULL },
};

static const struct field_table direction_table = { .what = "a link's packets", .fields = direction_fields };

static bool read_packets(struct path_reading *reading, const struct path_link *link)
{
        struct path_event event;
        for (unsigned i = 0; i < tree_count(link->packets); i++) {
                if (!path_line_read(&reading->reader, &reading->place, tree_child(link->packets, i), &event))
                        return false;
                path_log_add(reading->log, reading->place.link, reading->place.direction, &event, NULL);
        }
        return true;
}

/* Of links, or of where the one that is meant leads. */
static bool fail_place(
        struct path_reading *reading, const struct yaml_node *node, const struct path_link *link)
{
        g_autoptr(GPtrArray) links = g_ptr_array_new();
        g_autoptr(GPtrArray) ends = g_ptr_array_new();
        for (unsigned i = 0; i < reading->names->len; i++) {
                const struct path_name *name = g_ptr_array_index(reading->names, i);
                g_ptr_array_add(links, name->link);
                for (int d = 0; d < 2 && strcmp(name->link, link->on) == 0; d++)
                        g_ptr_array_add(ends, name->far_end[d]);
        }
        bool is_known = ends->len > 0;
        GPtrArray *words = is_known ? ends : links;
        g_ptr_array_add(words, NULL);
        return field_fail_word(&reading->reader, tree_find(node, is_known ? "to" : "on")->mark,
                is_known ? link->to : link->on, (const char *const *)words->pdata,
                is_known ? "to: the link '%s' does not lead to '%s'" : "on: no link is named '%s'", link->on,
                link->to);
}

static bool read_link(struct path_reading *reading, const struct yaml_node *node)
{
        struct field_reader *reader = &reading->reader;
        struct path_link link = { 0 };
        g_hash_table_remove_all(reader->scenario->marks);
        bool is_good = field_table_read(reader, &direction_table, node, &link);
        if (is_good && !path_names_find(reading->places, link.on, link.to, &reading->place.link,
                               &reading->place.direction))
                is_good = fail_place(reading, node, &link);
        is_good = is_good && read_packets(reading, &link);
        g_free(link.on);
        g_free(link.to);
        return is_good;
}

/* ---- The file ---- */

static bool read_links(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        struct path_file *file = value;
        struct path_reading *reading = (struct path_reading *)reader;
        reading->log = path_log_new(file->seed);
        if (tree_is_empty(node))
                return true;
        if (!field_expect_kind(reader, field->name, node, YAML_LIST))
                return false;
        for (unsigned i = 0; i < tree_count(node); i++)
                if (!field_expect_kind(reader, field->name, tree_child(node, i), YAML_MAP) ||
                        !read_link(reading, tree_child(node, i)))
                        return false;
        return true;
}

/* It lies beside, and is kept beside. */
static bool read_delays_name(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        if (!field_text.read(reader, field, node, value))
                return false;
        bool is_plain = !strchr(node->text, '/') && *node->text != '.' && *node->text != '-' &&
                        strcmp(node->text, PATH_FILE_NAME) != 0;
        return is_plain ||
               field_fail(reader, node->mark,
                       "%s: '%s' is not beside this file; accepted: the name of one that is, such "
                       "as delays.csv",
                       field->name, node->text);
}

static const struct field_type link_list = { .read = read_links };
static const struct field_type name_beside = { .read = read_delays_name };

#define FILE_FIELD(member) FIELD_AT(struct path_file, member)

static const struct field_word versions[] = { { "1", 1, false }, { NULL, 0, false } };

static const struct field file_fields[] = {
        { .name = "inorder-faults", .type = &field_choice, .words = versions, .is_required = true },
        { .name = "seed",
                .type = &field_quantity,
                .quantity = &quantity_count,
                FILE_FIELD(seed),
                .most = SEED_MOST },
        { .name = "delays", .type = &name_beside, FILE_FIELD(delays) },
        { .name = "links", .type = &link_list, .is_required = true },
        { .name = NULL },
};

static const struct field_table path_file_table = { .what = "a file of faults", .fields = file_fields };

static struct yaml_node *read_tree(struct path_reading *reading, const char *text, gsize size)
{
        struct yaml_error wrong;
        struct yaml_node *tree = tree_parse_up_to(FILE_SIZE_MOST, text, size, &wrong);
        if (!tree) {
                field_fail(&reading->reader, wrong.mark, "%s", wrong.message);
                g_free(wrong.message);
        }
        return tree;
}

static bool read_delays(
        struct path_reading *reading, const char *path, struct path_replay *replay, GError **error)
{
        gsize size;
        g_autofree char *directory = g_path_get_dirname(path);
        replay->delays_path = g_build_filename(directory, replay->delays_name, NULL);
        char *text = text_file_read(replay->delays_path, PATH_DELAYS_SIZE_MOST, &size, error);
        if (!text)
                return false;
        replay->delays = g_bytes_new_take(text, size);
        return path_delays_read(replay->delays_path, text, size, reading->places, reading->log, error);
}

static bool read_file(
        struct path_reading *reading, const char *path, struct path_replay *replay, GError **error)
{
        struct path_file file = { 0 };
        gsize size;
        char *text = text_file_read(path, FILE_SIZE_MOST, &size, error);
        if (!text && strstr(path, ": ") != NULL)
                g_prefix_error(error, "a rule in one line goes behind --fault: ");
        if (!text)
                return false;
        replay->faults = g_bytes_new_take(text, size);
        g_autoptr(YamlNode) tree = read_tree(reading, text, size);
        bool is_good = tree && field_table_read(&reading->reader, &path_file_table, tree, &file);
        replay->delays_name = file.delays;
        return is_good && (!replay->delays_name || read_delays(reading, path, replay, error));
}

struct path_replay *path_replay_read(const Scenario *scenario, const char *path, GError **error)
{
        g_autoptr(Scenario) marks = scenario_new(path, NULL);
        g_autoptr(GPtrArray) names = path_names_new(scenario);
        g_autoptr(GPtrArray) nodes = path_node_names_new(scenario);
        g_autoptr(GPtrArray) transfers = path_transfer_names_new(scenario);
        g_autoptr(GHashTable) places = path_places_new(names);
        g_autoptr(GHashTable) node_numbers = path_numbers_new(nodes);
        g_autoptr(GHashTable) transfer_numbers = path_numbers_new(transfers);
        g_autoptr(GHashTable) lines = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        struct path_replay *replay = g_new0(struct path_replay, 1);
        struct path_reading reading = {
                .reader = { marks, error },
                .place = { .whose = { nodes, transfers, node_numbers, transfer_numbers }, .lines = lines },
                .names = names,
                .places = places,
        };
        replay->path = g_strdup(path);
        bool is_good = read_file(&reading, path, replay, error);
        replay->log = reading.log;
        if (!is_good) {
                path_replay_free(replay);
                return NULL;
        }
        path_log_sort(replay->log);
        return replay;
}

void path_replay_free(struct path_replay *replay)
{
        if (!replay)
                return;
        path_log_free(replay->log);
        g_free(replay->path);
        g_free(replay->delays_name);
        g_free(replay->delays_path);
        g_clear_pointer(&replay->faults, g_bytes_unref);
        g_clear_pointer(&replay->delays, g_bytes_unref);
        g_free(replay);
}
