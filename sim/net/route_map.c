/*
 * Making the map of all destinations.
 */
#include "net/route_map.h"

RouteMap *route_map_new(unsigned count)
{
        RouteMap *map = g_new(RouteMap, 1);
        uint32_t capacity = 2;
        while (capacity / 2 < count)
                capacity *= 2;
        map->mask = capacity - 1;
        map->places = g_new0(struct route_place, capacity);
        return map;
}

void route_map_free(RouteMap *map)
{
        if (map == NULL)
                return;
        g_free(map->places);
        g_free(map);
}

void route_map_add(RouteMap *map, const struct route_place *place)
{
        *route_map_find(map, &place->address) = *place;
}
