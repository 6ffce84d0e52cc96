/*
 * libsoup is loaded once for the whole process: functions are no state of any world's.
 */
#include "app/soup_calls.h"

static const struct soup_calls *load(void)
{
        static const char *const names[] = { "libsoup-3.0.so.0", NULL };
        static struct soup_calls calls;
        void *library = late_library_load(names);
#define FIND(name) calls.name = late_library_function(library, #name)
        FIND(soup_headers_parse);
        FIND(soup_message_headers_new);
        FIND(soup_message_headers_unref);
        FIND(soup_message_headers_get_list);
        FIND(soup_message_headers_header_contains);
        FIND(soup_message_headers_iter_init);
        FIND(soup_message_headers_iter_next);
        FIND(soup_status_get_phrase);
#undef FIND
        return &calls;
}

const struct soup_calls *soup(void)
{
        static const struct soup_calls *loaded;
        if (g_once_init_enter(&loaded))
                g_once_init_leave(&loaded, load());
        return loaded;
}
