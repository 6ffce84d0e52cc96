/*
 * Fault rules and expectations as a whole: what they name is there.
 */
#include "run/scenario_check.h"

#include "run/figures.h"
#include "run/path_names.h"

#include <string.h>

#define TIMES_MOST 1000000u /* that a rule may come again in a run */

/* ---- Names of transfers ---- */

static GHashTable *index_transfers(const Scenario *scenario)
{
        GHashTable *apps = g_hash_table_new(g_str_hash, g_str_equal);
        for (unsigned i = 0; i < scenario->apps->len; i++) {
                struct scenario_app *app = g_ptr_array_index(scenario->apps, i);
                if (scenario_app_has_transfer(app))
                        g_hash_table_insert(apps, app->name, app);
        }
        return apps;
}

/* A program on a group, or of several flows, has a transfer for each: NAME-1 … Programs whose transfer the
 * name may be, the one of the longest name first, by shortening `stem`, which is the name at first: until it
 * is NULL. */
static const struct scenario_app *next_meant(GHashTable *transfers, char **stem)
{
        const struct scenario_app *app = NULL;
        while (*stem && !app) {
                app = g_hash_table_lookup(transfers, *stem);
                char *dash = strrchr(*stem, '-');
                bool is_number = dash && strspn(dash + 1, "0123456789") == strlen(dash + 1);
                if (is_number)
                        *dash = '\0';
                else
                        *stem = NULL;
        }
        return app;
}

static bool is_transfer(GHashTable *transfers, const char *name)
{
        g_autofree char *copy = g_strdup(name);
        char *stem = copy;
        return next_meant(transfers, &stem) != NULL;
}

static void add_transfers(const Scenario *scenario, GPtrArray *names)
{
        for (unsigned i = 0; i < scenario->apps->len; i++) {
                const struct scenario_app *app = g_ptr_array_index(scenario->apps, i);
                if (scenario_app_has_transfer(app))
                        g_ptr_array_add(names, app->name);
        }
}

/* ---- Faults ---- */

static bool fail_link(struct field_reader *reader, const struct scenario_fault *fault)
{
        const GPtrArray *links = reader->scenario->links;
        g_autoptr(GPtrArray) names = g_ptr_array_new();
        for (unsigned i = 0; i < links->len; i++)
                g_ptr_array_add(names, ((struct scenario_link *)g_ptr_array_index(links, i))->name);
        g_ptr_array_add(names, NULL);
        return field_fail_word(reader, field_mark(reader, &fault->link, fault->mark), fault->link,
                (const char *const *)names->pdata, "on: no link is named '%s'", fault->link);
}

static bool check_rule_host(
        struct field_reader *reader, const struct scenario_fault *fault, const char *key, char *const *name)
{
        int member;
        if (!*name)
                return true;
        struct mark mark = field_mark(reader, name, fault->mark);
        const struct scenario_host *host = scenario_find_host(reader->scenario, *name, &member);
        if (!host)
                return scenario_fail_host(reader, mark, key, *name);
        if (host->is_group && member < 0)
                return field_fail(reader, mark, "%s: '%s' is a group; accepted: one of %s-1 to %s-%u", key,
                        *name, *name, *name, host->count);
        return true;
}

static bool check_rule_runs(struct field_reader *reader, const struct scenario_fault *fault)
{
        int member;
        const struct scenario_host *host = scenario_find_host(reader->scenario, fault->host, &member);
        return !host->forwards || field_fail(reader, field_mark(reader, &fault->host, fault->mark),
                                          "host: '%s' is a router; accepted: a host", fault->host);
}

static bool check_rule_link(struct field_reader *reader, const struct scenario_fault *fault)
{
        int member;
        if (!fault->link)
                return check_rule_host(reader, fault, "host", &fault->host) && check_rule_runs(reader, fault);
        return scenario_find_link(reader->scenario, fault->link, &member) || fail_link(reader, fault);
}

static bool fail_transfer(struct field_reader *reader, const struct scenario_fault *fault, char *const *name)
{
        g_autoptr(GPtrArray) names = g_ptr_array_new();
        add_transfers(reader->scenario, names);
        g_ptr_array_add(names, NULL);
        return field_fail_word(reader, field_mark(reader, name, fault->mark), *name,
                (const char *const *)names->pdata, "transfer: no program is named '%s'", *name);
}

/* Numbers begin at 1, without zeros before them. */
static bool is_member(const char *name, const struct scenario_app *app, unsigned count)
{
        guint64 number;
        size_t length = strlen(app->name);
        return strncmp(name, app->name, length) == 0 && name[length] == '-' && name[length + 1] != '0' &&
               g_ascii_string_to_unsigned(name + length + 1, 10, 1, count, &number, NULL);
}

/* A match means one transfer, not all that a program has. */
static bool check_transfer(struct field_reader *reader, GHashTable *transfers,
        const struct scenario_fault *fault, char *const *name)
{
        g_autofree char *copy = g_strdup(*name);
        char *stem = copy;
        const struct scenario_app *longest = NULL;
        for (const struct scenario_app *app; (app = next_meant(transfers, &stem)) != NULL;) {
                unsigned count = path_transfer_count(reader->scenario, app);
                if (count == 1 ? g_str_equal(*name, app->name) : is_member(*name, app, count))
                        return true;
                longest = longest ? longest : app;
        }
        unsigned count = longest ? path_transfer_count(reader->scenario, longest) : 0;
        if (count > 1)
                return field_fail(reader, field_mark(reader, name, fault->mark),
                        "transfer: '%s' is none of %s's %u transfers; accepted: one of %s-1 to %s-%u", *name,
                        longest->name, count, longest->name, longest->name, count);
        return fail_transfer(reader, fault, name);
}

static bool check_match(struct field_reader *reader, GHashTable *transfers,
        const struct scenario_fault *fault, const struct scenario_match *match)
{
        return check_rule_host(reader, fault, "from", &match->from) &&
               check_rule_host(reader, fault, "to", &match->to) &&
               (!match->transfer || check_transfer(reader, transfers, fault, &match->transfer));
}

/* Of a rule that comes again and again, an event each: a period that is too small for the run would keep it
 * from ever ending. */
static bool check_period(struct field_reader *reader, const struct scenario_fault *fault)
{
        const Scenario *scenario = reader->scenario;
        int member;
        const struct scenario_link *link =
                fault->link ? scenario_find_link(scenario, fault->link, &member) : NULL;
        duration_ns span = scenario->stop - fault->at;
        uint64_t rules = link && member < 0 ? scenario_link_count(scenario, link) : 1;
        if (fault->every == 0 || span <= 0 || (uint64_t)(span / fault->every) < TIMES_MOST / rules)
                return true;
        duration_ns least = span / (duration_ns)(TIMES_MOST / rules) + 1;
        g_autofree char *text = quantity_time.format((uint64_t)least);
        return field_fail(reader, field_mark(reader, &fault->every, fault->mark),
                "every: more than %u times until the file's 'stop'; accepted: at least %s, or an earlier "
                "'stop'",
                TIMES_MOST, text);
}

bool scenario_check_faults(struct field_reader *reader)
{
        const GPtrArray *faults = reader->scenario->faults;
        g_autoptr(GHashTable) transfers = index_transfers(reader->scenario);
        g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
        for (unsigned i = 0; i < faults->len; i++) {
                const struct scenario_fault *fault = g_ptr_array_index(faults, i);
                if (!g_hash_table_add(names, fault->name))
                        return field_fail(reader, field_mark(reader, &fault->name, fault->mark),
                                "two rules are named '%s'; accepted: a name of its own", fault->name);
                if (!check_rule_link(reader, fault) || !check_period(reader, fault) ||
                        !check_match(reader, transfers, fault, &fault->match) ||
                        !check_match(reader, transfers, fault, &fault->until))
                        return false;
        }
        return true;
}

/* ---- Expectations ---- */

static const char *const summary_words[] = { "seed", "digest", "ended", "simulated_s", "events", "packets",
        NULL };

bool scenario_is_summary_word(const char *word)
{
        return g_strv_contains(summary_words, word);
}

static bool fail_first_word(
        struct field_reader *reader, const struct scenario_expect *expect, const char *word)
{
        g_autoptr(GPtrArray) names = g_ptr_array_new();
        add_transfers(reader->scenario, names);
        for (const char *const *summary_word = summary_words; *summary_word; summary_word++)
                g_ptr_array_add(names, (gpointer)*summary_word);
        g_ptr_array_add(names, NULL);
        return field_fail_word(reader, expect->mark, word, (const char *const *)names->pdata,
                "expect: no program or figure is named '%s'", word);
}

/* What may follow the first word. */
static GPtrArray *figures_of(GHashTable *transfers, const char *word)
{
        if (strcmp(word, "packets") == 0)
                return packet_figure_names();
        return is_transfer(transfers, word) ? transfer_figure_names()
                                            : g_ptr_array_new_with_free_func(g_free);
}

static bool check_figure(struct field_reader *reader, GHashTable *transfers,
        const struct scenario_expect *expect, const char *word)
{
        g_autoptr(GPtrArray) names = figures_of(transfers, word);
        const char *rest = expect->path + strlen(word);
        if (names->len == 0 && *rest == '\0')
                return true;
        if (*rest == '.' && g_ptr_array_find_with_equal_func(names, rest + 1, g_str_equal, NULL))
                return true;
        g_ptr_array_add(names, NULL);
        return field_fail_word(reader, expect->mark, *rest == '.' ? rest + 1 : "",
                (const char *const *)names->pdata, "expect: '%s' has no figure '%s'", word,
                *rest == '.' ? rest + 1 : "");
}

bool scenario_check_expects(struct field_reader *reader)
{
        const Scenario *scenario = reader->scenario;
        g_autoptr(GHashTable) transfers = index_transfers(scenario);
        for (unsigned i = 0; i < scenario->expects->len; i++) {
                const struct scenario_expect *expect = g_ptr_array_index(scenario->expects, i);
                g_autofree char *word = g_strndup(expect->path, strcspn(expect->path, "."));
                if (!scenario_is_summary_word(word) && !is_transfer(transfers, word))
                        return fail_first_word(reader, expect, word);
                if (!check_figure(reader, transfers, expect, word))
                        return false;
        }
        return true;
}
