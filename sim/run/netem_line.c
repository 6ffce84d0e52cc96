/*
 * The key `netem:`: a line as tc-netem(8) takes it, read as the keys that mean the same.
 *
 *     loss gemodel 1% 30% delay 20ms 5ms 25% distribution normal reorder 25% 50% gap 5 rate 10mbit limit 100
 *
 * Differs: jitter alone does not reorder, unless the link says `keep-order: no`; and what netem does at its
 * queue's entry happens on the line, behind the queue, unless it says `where: entry`. A packet both lost and
 * duplicated is lost, and the limit does not count what is being delayed.
 */
#include "run/scenario_tables.h"

#include <string.h>

/* One line being read. */
struct netem_line {
        struct field_reader *reader;
        struct mark mark;
        char **next;              /* word */
        struct yaml_node *link;   /* what it comes to: keys of a link's direction … */
        struct yaml_node *impair; /* … and of its impairments; NULL: not yet */
        const char *distribution; /* of a jitter that may come behind it; NULL: none */
        const char *gap;          /* the same of reordering */
};

static struct yaml_node *text_at(const struct netem_line *line, const char *text)
{
        struct yaml_node *node = tree_text_new(text);
        node->mark = node->key_mark = line->mark;
        return node;
}

static struct yaml_node *map_at(const struct netem_line *line)
{
        struct yaml_node *node = tree_map_new();
        node->mark = node->key_mark = line->mark;
        return node;
}

static struct yaml_node *impair_of(struct netem_line *line)
{
        if (!line->impair) {
                line->impair = map_at(line);
                tree_map_set(line->link, "impair", line->impair);
        }
        return line->impair;
}

/* ---- Words ---- */

static bool is_value(const char *word)
{
        return word && g_ascii_isdigit(word[*word == '.' ? 1 : 0]);
}

/* tc reads a bare number as percent, and one that begins with its point. */
static char *percent(const char *word)
{
        bool is_bare = word[strspn(word, "0123456789.")] == '\0';
        return g_strdup_printf("%s%s%s", *word == '.' ? "0" : "", word, is_bare ? "%" : "");
}

static char *take_percents(struct netem_line *line, unsigned most)
{
        GString *text = g_string_new(NULL);
        for (unsigned i = 0; i < most && is_value(*line->next); i++) {
                g_autofree char *value = percent(*line->next++);
                g_string_append_printf(text, "%s%s", i > 0 ? " " : "", value);
        }
        return g_string_free(text, FALSE);
}

static char *take_counts(struct netem_line *line, unsigned most)
{
        GString *text = g_string_new(NULL);
        for (unsigned i = 0; i < most && is_value(*line->next); i++)
                g_string_append_printf(text, "%s%s", i > 0 ? " " : "", *line->next++);
        return g_string_free(text, FALSE);
}

/* tc's units in ours: times may end in "sec", rates count bits as "mbit" and bytes as "mbps". */
static char *translated(const char *word, const char *bare)
{
        static const struct {
                const char *theirs;
                const char *ours;
        } units[] = {
                { "msec", "ms" },
                { "msecs", "ms" },
                { "usec", "us" },
                { "usecs", "us" },
                { "sec", "s" },
                { "secs", "s" },
                { "bit", "bit" },
                { "kbit", "kbit" },
                { "mbit", "Mbit" },
                { "gbit", "Gbit" },
                { "tbit", "Tbit" },
                { "bps", "B/s" },
                { "kbps", "kB/s" },
                { "mbps", "MB/s" },
                { "gbps", "GB/s" },
        };
        const char *zero = *word == '.' ? "0" : "";
        size_t length = strspn(word, "0123456789.");
        if (word[length] == '\0')
                return g_strdup_printf("%s%s%s", zero, word, bare);
        for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
                if (g_ascii_strcasecmp(word + length, units[i].theirs) == 0)
                        return g_strdup_printf("%s%.*s%s", zero, (int)length, word, units[i].ours);
        return g_strdup_printf("%s%s", zero, word);
}

static bool fail_value(struct netem_line *line, const char *what)
{
        return field_fail(
                line->reader, line->mark, "netem: no value behind '%s'; accepted: one, as tc takes it", what);
}

static bool add_percents(struct netem_line *line, struct yaml_node *map, const char *key, unsigned most)
{
        g_autofree char *values = take_percents(line, most);
        if (*values == '\0')
                return fail_value(line, key);
        tree_map_set(map, key, text_at(line, values));
        return true;
}

/* `bare`: the unit of a number without any. */
static bool add_quantity(struct netem_line *line, struct yaml_node *map, const char *key, const char *bare)
{
        if (!is_value(*line->next))
                return fail_value(line, key);
        g_autofree char *text = translated(*line->next++, bare);
        tree_map_set(map, key, text_at(line, text));
        return true;
}

/* ---- Keywords ---- */

static bool read_delay(struct netem_line *line)
{
        if (!add_quantity(line, line->link, "delay", ""))
                return false;
        if (!is_value(*line->next))
                return true;
        struct yaml_node *jitter = map_at(line);
        tree_map_set(impair_of(line), "jitter", jitter);
        return add_quantity(line, jitter, "time", "") &&
               (!is_value(*line->next) || add_percents(line, jitter, "correlation", 1));
}

static bool read_distribution(struct netem_line *line)
{
        if (!*line->next)
                return fail_value(line, "distribution");
        line->distribution = *line->next++;
        return true;
}

/* Models of ours, whose numbers are packets. */
static bool counts_packets(const char *model)
{
        return model && (strcmp(model, "periodic") == 0 || strcmp(model, "list") == 0);
}

/* Whatever stands in front of the numbers is the model. */
static bool read_loss(struct netem_line *line)
{
        bool has_model = *line->next && !is_value(*line->next);
        const char *model = has_model ? *line->next++ : NULL;
        g_autofree char *values = counts_packets(model) ? take_counts(line, 5) : take_percents(line, 5);
        if (*values == '\0')
                return fail_value(line, "loss");
        g_autofree char *text = has_model ? g_strdup_printf("%s %s", model, values) : g_strdup(values);
        tree_map_set(impair_of(line), "loss", text_at(line, text));
        return true;
}

static bool read_corrupt(struct netem_line *line)
{
        return add_percents(line, impair_of(line), "corrupt", 2);
}

static bool read_duplicate(struct netem_line *line)
{
        return add_percents(line, impair_of(line), "duplicate", 2);
}

/* netem's chosen packets skip the delay. */
static bool read_reorder(struct netem_line *line)
{
        struct yaml_node *reorder = map_at(line);
        tree_map_set(impair_of(line), "reorder", reorder);
        tree_map_set(reorder, "early", text_at(line, "on"));
        return add_percents(line, reorder, "probability", 1) &&
               (!is_value(*line->next) || add_percents(line, reorder, "correlation", 1));
}

static bool read_gap(struct netem_line *line)
{
        if (!is_value(*line->next))
                return fail_value(line, "gap");
        line->gap = *line->next++;
        return true;
}

/* tc's bare rates are bits in a second. */
static bool read_rate(struct netem_line *line)
{
        if (!add_quantity(line, line->link, "rate", "bit"))
                return false;
        if (!is_value(*line->next))
                return true;
        return field_fail(line->reader, line->mark,
                "netem: overheads and cells of a rate are not modelled; accepted: rate RATE alone");
}

static bool read_limit(struct netem_line *line)
{
        if (!is_value(*line->next))
                return fail_value(line, "limit");
        g_autofree char *text = g_strdup_printf("%spkt", *line->next++);
        tree_map_set(line->link, "queue", text_at(line, text));
        return true;
}

static const struct {
        const char *word;
        bool (*read)(struct netem_line *line);
} keywords[] = {
        { "delay", read_delay },
        { "latency", read_delay },
        { "distribution", read_distribution },
        { "loss", read_loss },
        { "drop", read_loss },
        { "corrupt", read_corrupt },
        { "duplicate", read_duplicate },
        { "reorder", read_reorder },
        { "gap", read_gap },
        { "rate", read_rate },
        { "limit", read_limit },
};

/* tc's words that no key stands for, and what there is in their place. */
static const struct {
        const char *word;
        const char *instead;
} refused[] = {
        { "ecn", "'ecn', marks for losses, is not modelled; accepted: a queue that marks, { type: red, ecn: "
                 "on }" },
        { "seed", "'seed' is not a line's; accepted: the scenario's key seed" },
        { "slot", "'slot' is not modelled; accepted: a trace of deliveries, rate: { trace: FILE }" },
};

static bool is_refused(struct netem_line *line, const char *word)
{
        for (size_t i = 0; i < G_N_ELEMENTS(refused); i++)
                if (strcmp(word, refused[i].word) == 0)
                        return !field_fail(line->reader, line->mark, "netem: %s", refused[i].instead);
        return false;
}

static bool read_keyword(struct netem_line *line)
{
        const char *word = *line->next++;
        const char *words[G_N_ELEMENTS(keywords) + 1] = { NULL };
        if (is_refused(line, word))
                return false;
        for (size_t i = 0; i < G_N_ELEMENTS(keywords); i++) {
                words[i] = keywords[i].word;
                if (strcmp(word, keywords[i].word) == 0)
                        return keywords[i].read(line);
        }
        return field_fail_word(line->reader, line->mark, word, words, "netem: unknown word '%s'", word);
}

/* ---- Words that say more of another, which may come behind them ---- */

static bool add_distribution(struct netem_line *line)
{
        struct yaml_node *jitter = line->impair ? tree_find(line->impair, "jitter") : NULL;
        if (!line->distribution)
                return true;
        if (!jitter)
                return field_fail(line->reader, line->mark,
                        "netem: a distribution of nothing; accepted: delay TIME JITTER distribution NAME");
        tree_map_set(jitter, "distribution", text_at(line, line->distribution));
        return true;
}

static bool add_gap(struct netem_line *line)
{
        struct yaml_node *reorder = line->impair ? tree_find(line->impair, "reorder") : NULL;
        if (!line->gap)
                return true;
        if (!reorder)
                return field_fail(line->reader, line->mark,
                        "netem: a gap of nothing; accepted: reorder PERCENT gap DISTANCE");
        tree_map_set(reorder, "gap", text_at(line, line->gap));
        return true;
}

static bool read_words(struct netem_line *line)
{
        if (!*line->next)
                return field_fail(line->reader, line->mark,
                        "netem: an empty line; accepted: words as tc takes them, such as delay 20ms loss "
                        "1%%");
        while (*line->next)
                if (!read_keyword(line))
                        return false;
        return add_distribution(line) && add_gap(line);
}

struct yaml_node *netem_line_read(struct field_reader *reader, const struct yaml_node *node)
{
        g_auto(GStrv) words = field_words(node->text);
        struct netem_line line = { .reader = reader, .mark = node->mark, .next = words };
        g_autoptr(YamlNode) link = line.link = map_at(&line);
        return read_words(&line) ? g_steal_pointer(&link) : NULL;
}
