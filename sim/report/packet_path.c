/*
 * One path for each pair of hosts: the longest chain of hops that any of their packets made.
 */
#include "report/packet_path.h"

#include <string.h>

struct path {
        const char *from;
        const char *to;
        GPtrArray *nodes; /* from the first to the last */
};

/* One direction of a link. */
struct direction {
        const char *link;
        const char *near;
        duration_ns delay;
};

struct PacketPaths {
        const SegmentTable *table;
        const char *left;
        const char *right;
        GPtrArray *paths;   /* struct path */
        GArray *directions; /* struct direction */
        GPtrArray *routers;
};

static void free_path(void *data)
{
        struct path *path = data;
        g_ptr_array_unref(path->nodes);
        g_free(path);
}

/* ---- Learning ---- */

static struct path *find_path(const PacketPaths *paths, const char *from, const char *to)
{
        for (unsigned i = 0; i < paths->paths->len; i++) {
                struct path *path = paths->paths->pdata[i];
                if (strcmp(path->from, from) == 0 && strcmp(path->to, to) == 0)
                        return path;
        }
        return NULL;
}

static GPtrArray *nodes_of(const SegmentTable *table, const struct segment *segment)
{
        GPtrArray *nodes = g_ptr_array_new();
        g_ptr_array_add(nodes, (char *)segment_first_hop(table, segment)->near);
        for (unsigned hop = segment->first_hop; hop != NO_HOP; hop = segment_table_hop(table, hop)->next)
                g_ptr_array_add(nodes, (char *)segment_table_hop(table, hop)->far);
        return nodes;
}

static void learn_path(PacketPaths *paths, const struct segment *segment)
{
        struct path *path = find_path(paths, segment->from, segment->to);
        g_autoptr(GPtrArray) nodes = nodes_of(paths->table, segment);
        if (path == NULL) {
                path = g_new0(struct path, 1);
                *path = (struct path){ segment->from, segment->to, g_steal_pointer(&nodes) };
                g_ptr_array_add(paths->paths, path);
        } else if (nodes->len > path->nodes->len) {
                g_ptr_array_unref(path->nodes);
                path->nodes = g_steal_pointer(&nodes);
        }
}

static struct direction *find_direction(const PacketPaths *paths, const struct segment_hop *hop)
{
        for (unsigned i = 0; i < paths->directions->len; i++) {
                struct direction *direction = &g_array_index(paths->directions, struct direction, i);
                if (direction->link == hop->link && direction->near == hop->near)
                        return direction;
        }
        return NULL;
}

static void learn_delay(PacketPaths *paths, const struct segment_hop *hop)
{
        if (hop->t_arrive == TIME_NEVER || hop->t_tx_end == TIME_NEVER)
                return;
        struct direction *known = find_direction(paths, hop);
        duration_ns delay = hop->t_arrive - hop->t_tx_end;
        if (known != NULL) {
                known->delay = MIN(known->delay, delay);
                return;
        }
        struct direction direction = { hop->link, hop->near, delay };
        g_array_append_val(paths->directions, direction);
}

/* A path on which nothing ever arrived is the other direction's, turned round. */
static void complete_path(PacketPaths *paths, struct path *path)
{
        const struct path *back = find_path(paths, path->to, path->from);
        if (strcmp(path->nodes->pdata[path->nodes->len - 1], path->to) == 0)
                return;
        if (back == NULL || back->nodes->len <= path->nodes->len) {
                g_ptr_array_add(path->nodes, (char *)path->to);
                return;
        }
        g_ptr_array_set_size(path->nodes, 0);
        for (unsigned i = back->nodes->len; i > 0; i--)
                g_ptr_array_add(path->nodes, back->nodes->pdata[i - 1]);
}

static void list_routers(PacketPaths *paths)
{
        const struct path *path = find_path(paths, paths->left, paths->right);
        for (unsigned i = 1; path != NULL && i + 1 < path->nodes->len; i++)
                g_ptr_array_add(paths->routers, path->nodes->pdata[i]);
}

PacketPaths *packet_paths_new(const SegmentTable *table, const char *left, const char *right)
{
        PacketPaths *paths = g_new0(PacketPaths, 1);
        *paths = (PacketPaths){ table, left, right, g_ptr_array_new_with_free_func(free_path),
                g_array_new(FALSE, FALSE, sizeof(struct direction)), g_ptr_array_new() };
        for (unsigned i = 0; i < segment_table_count(table); i++) {
                const struct segment *segment = segment_table_at(table, i);
                if (segment->copy == 0)
                        learn_path(paths, segment);
                for (unsigned hop = segment->first_hop; hop != NO_HOP;
                        hop = segment_table_hop(table, hop)->next)
                        learn_delay(paths, segment_table_hop(table, hop));
        }
        for (unsigned i = 0; i < paths->paths->len; i++)
                complete_path(paths, paths->paths->pdata[i]);
        list_routers(paths);
        return paths;
}

void packet_paths_free(PacketPaths *paths)
{
        if (paths == NULL)
                return;
        g_ptr_array_unref(paths->paths);
        g_array_unref(paths->directions);
        g_ptr_array_unref(paths->routers);
        g_free(paths);
}

/* ---- Places ---- */

bool packet_paths_is_aside(const PacketPaths *paths, const char *host)
{
        return strcmp(host, paths->left) != 0 && strcmp(host, paths->right) != 0;
}

/* The way from left to right has one hop more than routers. */
static int router_place(const PacketPaths *paths, unsigned router)
{
        return PATH_LEFT + (PATH_RIGHT - PATH_LEFT) * (int)(router + 1) / (int)(paths->routers->len + 1);
}

int packet_paths_host(const PacketPaths *paths, const char *host)
{
        int last_hop = (PATH_RIGHT - PATH_LEFT) / (int)(paths->routers->len + 1);
        if (packet_paths_is_aside(paths, host))
                return PATH_RIGHT - last_hop / 2;
        return strcmp(host, paths->left) == 0 ? PATH_LEFT : PATH_RIGHT;
}

/* Of a path's node; -1: it is not on it. */
static int node_index(const struct path *path, const char *node)
{
        for (unsigned i = 0; path != NULL && i < path->nodes->len; i++) {
                if (strcmp(path->nodes->pdata[i], node) == 0)
                        return (int)i;
        }
        return -1;
}

/* A router of the main way stands where it stands; others share out what is between their hosts. */
static int node_place(const PacketPaths *paths, const struct segment *segment, const char *node)
{
        const struct path *path = find_path(paths, segment->from, segment->to);
        int first = packet_paths_host(paths, segment->from);
        int last = packet_paths_host(paths, segment->to);
        for (unsigned i = 0; i < paths->routers->len; i++) {
                if (strcmp(paths->routers->pdata[i], node) == 0)
                        return router_place(paths, i);
        }
        int index = node_index(path, node);
        return index < 0 ? last : first + (last - first) * index / (int)(path->nodes->len - 1);
}

void packet_paths_hop(const PacketPaths *paths, const struct segment *segment, const struct segment_hop *hop,
        int *begin, int *end)
{
        *begin = node_place(paths, segment, hop->near);
        *end = node_place(paths, segment, hop->far);
}

const GPtrArray *packet_paths_routers(const PacketPaths *paths)
{
        return paths->routers;
}

duration_ns packet_paths_delay(const PacketPaths *paths, const struct segment_hop *hop)
{
        const struct direction *direction = find_direction(paths, hop);
        return direction != NULL ? direction->delay : 0;
}
