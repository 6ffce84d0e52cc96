/*
 * The settings of Linux's TCP that we know of: which of ours follows each, or why it does not matter. Private to sysctls.c.
 */
#ifndef INORDER_SYSCTL_TABLE_H
#define INORDER_SYSCTL_TABLE_H

#include "drill/sysctls.h"

#define SYSCTL_NUMBERS_MAX 3

struct sysctl_entry {
        const char *name;
        const char *normal; /* Linux 6.18's value without anybody's doing; NULL: it depends on the machine */
        unsigned count;     /* numbers; 0: text */
        int64_t least;      /* of each number */
        int64_t most;
        /* One of: */
        void (*apply)(struct tcp_settings *settings, const int64_t *numbers);
        void (*apply_text)(struct tcp_settings *settings, const char *text);
        bool (*accepts)(const char *text);
        char *(*choices)(void); /* that it accepts; NULL: what it does not, the kernel would not take either */
        const char *fixed; /* we behave as with this value or these, separated by commas */
        const char *reason; /* why no value matters */
};

/* NULL: not known. */
const struct sysctl_entry *sysctl_entry_find(const char *name);
/* The nth, NULL after the last. */
const struct sysctl_entry *sysctl_entry_at(unsigned index);

#endif
