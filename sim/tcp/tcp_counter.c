/*
 * The counters' names.
 */
#include "tcp/tcp_counter.h"

#include <string.h>

#define NAME(name, text) [TCP_COUNTER_##name] = text,
static const char *const names[TCP_COUNTERS] = { TCP_COUNTER_TABLE(NAME) };
#undef NAME

enum tcp_counter tcp_counter_find(const char *name)
{
        for (int counter = 0; counter < TCP_COUNTERS; counter++) {
                if (strcmp(names[counter], name) == 0)
                        return (enum tcp_counter)counter;
        }
        return TCP_COUNTERS;
}
