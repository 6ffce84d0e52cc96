/*
 * Libraries that few runs need are loaded when they are needed, dlopen(3): with all that they link to, each takes a
 * millisecond or more, of the ten that a small run takes.
 */
#ifndef INORDER_LATE_LIBRARY_H
#define INORDER_LATE_LIBRARY_H

#include <dlfcn.h>
#include <glib.h>

/* A member of a table of the library's functions: its type is what the library's header says. */
#define LATE_FUNCTION(name) __typeof__(name) *name

/* It stays loaded. `names`: file names, of which the first that is there is taken; NULL after the last. */
static inline void *late_library_load(const char *const *names)
{
        void *library = NULL;
        for (; library == NULL && *names != NULL; names++)
                library = dlopen(*names, RTLD_NOW | RTLD_LOCAL);
        if (library == NULL)
                g_error("%s", dlerror());
        return library;
}

/* Never NULL. */
static inline void *late_library_function(void *library, const char *name)
{
        void *function = dlsym(library, name);
        if (function == NULL)
                g_error("%s", dlerror());
        return function;
}

#endif
