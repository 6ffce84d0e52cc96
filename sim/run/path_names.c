/*
 * Names of links and nodes, groups unfolded in the world's order.
 */
#include "run/path_names.h"

static char *member_name(const char *name, bool is_member, unsigned member)
{
        return is_member ? g_strdup_printf("%s-%u", name, member + 1) : g_strdup(name);
}

static char *end_name(const Scenario *scenario, const char *end, unsigned member)
{
        int named;
        const struct scenario_host *host = scenario_find_host(scenario, end, &named);
        return member_name(end, host && host->is_group && named < 0, member);
}

static void free_name(void *data)
{
        struct path_name *name = data;
        g_free(name->link);
        g_free(name->far_end[0]);
        g_free(name->far_end[1]);
        g_free(name);
}

GPtrArray *path_names_new(const Scenario *scenario)
{
        GPtrArray *names = g_ptr_array_new_with_free_func(free_name);
        for (unsigned i = 0; i < scenario->links->len; i++) {
                const struct scenario_link *link = g_ptr_array_index(scenario->links, i);
                unsigned count = scenario_link_count(scenario, link);
                for (unsigned member = 0; member < count; member++) {
                        struct path_name *name = g_new0(struct path_name, 1);
                        name->link = member_name(link->name, count > 1, member);
                        for (int d = 0; d < 2; d++)
                                name->far_end[d] = end_name(scenario, link->ends[1 - d], member);
                        g_ptr_array_add(names, name);
                }
        }
        return names;
}

static char *place_text(const char *link, const char *far_end)
{
        return g_strdup_printf("%s,%s", link, far_end);
}

/* Twice the link's number, and 1 or 2 for its direction. */
GHashTable *path_places_new(const GPtrArray *names)
{
        GHashTable *places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        for (unsigned i = 0; i < names->len; i++) {
                const struct path_name *name = g_ptr_array_index(names, i);
                for (unsigned d = 0; d < 2; d++) {
                        g_autofree char *text = place_text(name->link, name->far_end[d]);
                        if (!g_hash_table_contains(places, text))
                                g_hash_table_insert(
                                        places, g_steal_pointer(&text), GUINT_TO_POINTER(2 * i + d + 1));
                }
        }
        return places;
}

bool path_names_find(
        GHashTable *places, const char *link, const char *far_end, uint32_t *number, unsigned *direction)
{
        g_autofree char *text = place_text(link, far_end);
        unsigned place = GPOINTER_TO_UINT(g_hash_table_lookup(places, text));
        if (place == 0)
                return false;
        *number = (place - 1) / 2;
        *direction = (place - 1) % 2;
        return true;
}

GPtrArray *path_node_names_new(const Scenario *scenario)
{
        GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
        for (unsigned i = 0; i < scenario->hosts->len; i++) {
                const struct scenario_host *host = g_ptr_array_index(scenario->hosts, i);
                for (unsigned member = 0; member < host->count; member++)
                        g_ptr_array_add(names, member_name(host->name, host->is_group, member));
        }
        return names;
}

unsigned path_transfer_count(const Scenario *scenario, const struct scenario_app *app)
{
        int named;
        const struct scenario_host *host = scenario_find_host(scenario, app->host, &named);
        return (host->is_group && named < 0 ? host->count : 1) * app->flows;
}

GPtrArray *path_transfer_names_new(const Scenario *scenario)
{
        GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
        for (unsigned i = 0; i < scenario->apps->len; i++) {
                const struct scenario_app *app = g_ptr_array_index(scenario->apps, i);
                unsigned count = scenario_app_has_transfer(app) ? path_transfer_count(scenario, app) : 0;
                for (unsigned instance = 0; instance < count; instance++)
                        g_ptr_array_add(names, member_name(app->name, count > 1, instance));
        }
        return names;
}

GHashTable *path_numbers_new(const GPtrArray *list)
{
        GHashTable *numbers = g_hash_table_new(g_str_hash, g_str_equal);
        for (unsigned i = 0; i < list->len; i++) {
                if (!g_hash_table_contains(numbers, g_ptr_array_index(list, i)))
                        g_hash_table_insert(numbers, g_ptr_array_index(list, i), GUINT_TO_POINTER(i + 1));
        }
        return numbers;
}
