/*
 * System settings by the kernel's names: values as text, checked by a table that says what each means to us.
 */
#include "drill/sysctls.h"

#include <errno.h>
#include <string.h>
#include "drill/sysctl_table.h"
#include "tcp/tcp_settings.h"

/* What packetdrill's own scripts are written for: its defaults.sh. */
static const char *const profile[][2] = {
        { "tcp_rmem", "4096 540000 15728640" },
        { "tcp_wmem", "4096 262144 4194304" },
        { "tcp_timestamps", "1" },
        { "tcp_syn_retries", "5" },
        { "tcp_synack_retries", "5" },
        { "tcp_frto", "2" },
        { "tcp_sack", "1" },
        { "tcp_dsack", "1" },
        { "tcp_fack", "0" },
        { "tcp_reordering", "3" },
        { "tcp_congestion_control", "cubic" },
        { "tcp_slow_start_after_idle", "0" },
        { "tcp_early_retrans", "4" },
        { "tcp_recovery", "1" },
        { "tcp_tso_win_divisor", "3" },
        { "tcp_ecn", "0" },
        { "tcp_pacing_ss_ratio", "200" },
        { "tcp_pacing_ca_ratio", "120" },
        { "tcp_notsent_lowat", "4294967295" },
        { "tcp_fastopen", "0x70403" },
        { "tcp_fastopen_key", "a1a1a1a1-b2b2b2b2-c3c3c3c3-d4d4d4d4" },
        { "tcp_syncookies", "1" },
};

struct setting {
        char *name;
        char *value;
};

struct sysctls {
        GArray *settings; /* of struct setting, in order of setting */
};

/* ---- Values ---- */

/* "4096  540000\t15728640" → "4096 540000 15728640" */
static char *folded(const char *value)
{
        g_auto(GStrv) words = g_strsplit_set(value, " \t\r\n", -1);
        g_autoptr(GString) text = g_string_new(NULL);
        for (char **word = words; *word != NULL; word++)
                if (**word != '\0')
                        g_string_append_printf(text, "%s%s", text->len > 0 ? " " : "", *word);
        return g_string_free(g_steal_pointer(&text), FALSE);
}

static bool read_number(const struct sysctl_entry *entry, const char *word, int64_t *number)
{
        char *end;
        errno = 0;
        *number = g_ascii_strtoll(word, &end, 0);
        return end != word && *end == '\0' && errno == 0 && *number >= entry->least && *number <= entry->most;
}

/* As many as there are, at most the entry's; -1: one of them cannot be. */
static int read_numbers(const struct sysctl_entry *entry, const char *value, int64_t *numbers)
{
        g_auto(GStrv) words = g_strsplit(value, " ", -1);
        unsigned count = g_strv_length(words);
        if (count == 0 || count > entry->count)
                return -1;
        for (unsigned i = 0; i < count; i++)
                if (!read_number(entry, words[i], &numbers[i]))
                        return -1;
        return (int)count;
}

/* Fewer numbers than there are change the first ones, as in the kernel. */
static char *completed(const struct sysctl_entry *entry, const char *before, const char *value)
{
        g_auto(GStrv) old = g_strsplit(before, " ", -1);
        g_auto(GStrv) new = g_strsplit(value, " ", -1);
        g_autoptr(GString) text = g_string_new(value);
        for (unsigned i = g_strv_length(new); i < MIN(entry->count, g_strv_length(old)); i++)
                g_string_append_printf(text, " %s", old[i]);
        return g_string_free(g_steal_pointer(&text), FALSE);
}

static bool is_listed(const char *list, const char *value)
{
        g_auto(GStrv) values = g_strsplit(list, ",", -1);
        return g_strv_contains((const char *const *)values, value);
}

static enum sysctl_fate fate_of(const struct sysctl_entry *entry, const char *value)
{
        int64_t numbers[SYSCTL_NUMBERS_MAX];
        if (entry == NULL)
                return SYSCTL_UNKNOWN;
        if (entry->count > 0 && read_numbers(entry, value, numbers) < 0)
                return SYSCTL_BAD_VALUE;
        if (entry->accepts != NULL && !entry->accepts(value))
                return entry->choices != NULL ? SYSCTL_IMPOSSIBLE : SYSCTL_BAD_VALUE;
        if (entry->fixed != NULL && !is_listed(entry->fixed, value))
                return entry->apply != NULL ? SYSCTL_IMPOSSIBLE : SYSCTL_UNKNOWN;
        return entry->apply != NULL || entry->apply_text != NULL ? SYSCTL_APPLIED : SYSCTL_ACCEPTED;
}

/* ---- The store ---- */

static void setting_clear(struct setting *setting)
{
        g_free(setting->name);
        g_free(setting->value);
}

static Sysctls *sysctls_new(void)
{
        Sysctls *sysctls = g_new0(Sysctls, 1);
        sysctls->settings = g_array_new(FALSE, TRUE, sizeof(struct setting));
        g_array_set_clear_func(sysctls->settings, (GDestroyNotify)setting_clear);
        return sysctls;
}

static struct setting *find(const Sysctls *sysctls, const char *name)
{
        for (unsigned i = 0; i < sysctls->settings->len; i++) {
                struct setting *setting = &g_array_index(sysctls->settings, struct setting, i);
                if (strcmp(setting->name, name) == 0)
                        return setting;
        }
        return NULL;
}

static void keep(Sysctls *sysctls, const char *name, const char *value)
{
        struct setting *setting = find(sysctls, name);
        char *copy = g_strdup(value);
        if (setting == NULL) {
                struct setting new = { g_strdup(name), copy };
                g_array_append_val(sysctls->settings, new);
                return;
        }
        g_free(setting->value);
        setting->value = copy;
}

Sysctls *sysctls_new_profile(void)
{
        Sysctls *sysctls = sysctls_new();
        sysctls_set_profile(sysctls);
        return sysctls;
}

void sysctls_set_profile(Sysctls *sysctls)
{
        for (size_t i = 0; i < G_N_ELEMENTS(profile); i++)
                keep(sysctls, profile[i][0], profile[i][1]);
}

void sysctls_foreach_profile(void (*visit)(void *data, const char *name, const char *value), void *data)
{
        for (size_t i = 0; i < G_N_ELEMENTS(profile); i++)
                visit(data, profile[i][0], profile[i][1]);
}

Sysctls *sysctls_copy(const Sysctls *sysctls)
{
        Sysctls *copy = sysctls_new();
        for (unsigned i = 0; i < sysctls->settings->len; i++) {
                const struct setting *setting = &g_array_index(sysctls->settings, struct setting, i);
                keep(copy, setting->name, setting->value);
        }
        return copy;
}

void sysctls_free(Sysctls *sysctls)
{
        if (sysctls == NULL)
                return;
        g_array_unref(sysctls->settings);
        g_free(sysctls);
}

/* ---- Setting and asking ---- */

enum sysctl_fate sysctls_set(Sysctls *sysctls, const char *name, const char *value)
{
        const struct sysctl_entry *entry = sysctl_entry_find(name);
        g_autofree char *text = folded(value);
        enum sysctl_fate fate = fate_of(entry, text);
        if (fate == SYSCTL_BAD_VALUE)
                return fate;
        const char *before = sysctls_get(sysctls, name);
        if (entry != NULL && entry->count > 1 && before != NULL) {
                g_autofree char *all = completed(entry, before, text);
                keep(sysctls, name, all);
        } else {
                keep(sysctls, name, text);
        }
        return fate;
}

char *sysctls_choices(const char *name)
{
        const struct sysctl_entry *entry = sysctl_entry_find(name);
        if (entry == NULL || (entry->choices == NULL && entry->fixed == NULL))
                return NULL;
        g_autofree char *list = entry->choices != NULL ? entry->choices() : g_strdup(entry->fixed);
        g_auto(GStrv) values = g_strsplit(list, ",", -1);
        return g_strjoinv(", ", values);
}

const char *sysctls_get(const Sysctls *sysctls, const char *name)
{
        const struct setting *setting = find(sysctls, name);
        const struct sysctl_entry *entry = sysctl_entry_find(name);
        if (setting != NULL)
                return setting->value;
        return entry != NULL ? entry->normal : NULL;
}

void sysctls_foreach(
        const Sysctls *sysctls, void (*visit)(void *data, const char *name, const char *value), void *data)
{
        for (unsigned i = 0; i < sysctls->settings->len; i++) {
                const struct setting *setting = &g_array_index(sysctls->settings, struct setting, i);
                visit(data, setting->name, setting->value);
        }
}

/* A value that is not set, or that is not for us, leaves what there is. */
static void apply(const struct sysctl_entry *entry, const char *value, struct tcp_settings *settings)
{
        int64_t numbers[SYSCTL_NUMBERS_MAX];
        if (value == NULL)
                return;
        if (entry->apply_text != NULL && entry->accepts(value))
                entry->apply_text(settings, value);
        if (entry->apply != NULL && read_numbers(entry, value, numbers) == (int)entry->count)
                entry->apply(settings, numbers);
}

struct tcp_settings sysctls_tcp_settings(const Sysctls *sysctls)
{
        struct tcp_settings settings = tcp_settings_default();
        const struct sysctl_entry *entry;
        for (unsigned i = 0; (entry = sysctl_entry_at(i)) != NULL; i++)
                apply(entry, sysctls_get(sysctls, entry->name), &settings);
        return settings;
}
