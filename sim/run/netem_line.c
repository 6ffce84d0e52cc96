/*
 * The key `netem:`: a line as tc-netem(8) takes it, or as `tc qdisc show` prints it, read as the keys that
 * mean the same.
 *
 *     loss gemodel 1% 30% delay 20ms 5ms 25% distribution normal reorder 25% 50% gap 5 rate 10mbit limit 100
 *
 * Differs: jitter alone does not reorder, unless the link says `keep-order: no`; and what netem does at its
 * queue's entry happens on the line, behind the queue, unless it says `where: entry`. A line without `limit`
 * leaves the queue as it is; netem's takes 1000. Who overtakes has used the transmitter, and a copy shares
 * what befell its original.
 */
#include "run/netem_values.h"
#include "run/scenario_tables.h"
#include "run/tc_words.h"

#include <string.h>

/* ---- Keywords ---- */

static bool read_limit(struct netem_line *line)
{
        if (!netem_is_value(line))
                return netem_fail_value(line, "limit");
        g_autofree char *count = tc_integer(*line->next++);
        g_autofree char *text = g_strdup_printf("%spkt", count);
        struct yaml_node *queue = netem_add_map(line, line->link, "queue");
        tree_map_set(queue, "type", netem_text(line, "droptail"));
        tree_map_set(queue, "limit", netem_text(line, text));
        tree_map_set(queue, "counts", netem_text(line, "link"));
        return true;
}

static bool read_delay(struct netem_line *line)
{
        if (!netem_add_value(line, line->link, "delay", tc_time))
                return false;
        if (!netem_is_value(line))
                return true;
        struct yaml_node *jitter = netem_add_map(line, netem_impair(line), "jitter");
        return netem_add_value(line, jitter, "time", tc_time) &&
               netem_add_if_given(line, jitter, "correlation", tc_percent);
}

static bool read_distribution(struct netem_line *line)
{
        if (!*line->next)
                return netem_fail_value(line, "distribution");
        line->distribution = *line->next++;
        return true;
}

/* Models of ours, whose numbers are packets. */
static bool counts_packets(const char *model)
{
        return model && (strcmp(model, "periodic") == 0 || strcmp(model, "list") == 0);
}

static char *as_it_is(const char *word)
{
        return g_strdup(word);
}

/* Whatever stands in front of the numbers is the model. */
static bool read_loss(struct netem_line *line)
{
        if (line->impair && tree_find(line->impair, "loss"))
                return field_fail(line->reader, line->mark, "netem: a second loss; accepted: one");
        bool has_model = *line->next && !netem_is_value(line);
        const char *model = has_model ? *line->next++ : NULL;
        g_autofree char *values = netem_take_values(line, counts_packets(model) ? as_it_is : tc_percent);
        if (*values == '\0')
                return netem_fail_value(line, "loss");
        g_autofree char *text = has_model ? g_strdup_printf("%s %s", model, values) : g_strdup(values);
        tree_map_set(netem_impair(line), "loss", netem_text(line, text));
        return true;
}

static bool read_ecn(struct netem_line *line)
{
        tree_map_set(netem_impair(line), "ecn", netem_text(line, "on"));
        return true;
}

static bool read_chance(struct netem_line *line, struct yaml_node *map)
{
        return netem_add_value(line, map, "probability", tc_percent) &&
               netem_add_if_given(line, map, "correlation", tc_percent);
}

static bool read_corrupt(struct netem_line *line)
{
        return read_chance(line, netem_add_map(line, netem_impair(line), "corrupt"));
}

static bool read_duplicate(struct netem_line *line)
{
        return read_chance(line, netem_add_map(line, netem_impair(line), "duplicate"));
}

/* netem's chosen packets skip the delay. */
static struct yaml_node *add_reorder(struct netem_line *line)
{
        struct yaml_node *reorder = netem_add_map(line, netem_impair(line), "reorder");
        tree_map_set(reorder, "early", netem_text(line, "on"));
        return reorder;
}

static bool read_reorder(struct netem_line *line)
{
        return read_chance(line, add_reorder(line));
}

static bool read_gap(struct netem_line *line)
{
        if (!netem_is_value(line))
                return netem_fail_value(line, "gap");
        g_free(line->gap);
        line->gap = tc_integer(*line->next++);
        return true;
}

static bool is_signed_value(const struct netem_line *line)
{
        return netem_is_value(line) || (*line->next && **line->next == '-' && tc_is_number(*line->next + 1));
}

/* Without cells nothing is said of theirs. */
static void add_cells(struct netem_line *line, struct yaml_node *rate)
{
        netem_skip_name(line);
        if (!netem_is_value(line))
                return;
        g_autofree char *cell = tc_integer(*line->next++);
        bool has_cells = strcmp(cell, "0") != 0;
        tree_map_set(rate, "cell", netem_text(line, has_cells ? cell : "off"));
        netem_skip_name(line);
        if (!is_signed_value(line))
                return;
        g_autofree char *overhead = tc_integer(*line->next++);
        if (has_cells)
                tree_map_set(rate, "cell-overhead", netem_text(line, overhead));
}

static bool fail_share(struct netem_line *line)
{
        return field_fail(line->reader, line->mark,
                "netem: a rate of '%s', and no device whose speed it could be of; accepted: a rate, such as "
                "10mbit",
                *line->next);
}

static bool read_rate(struct netem_line *line)
{
        if (*line->next && g_str_has_suffix(*line->next, "%"))
                return fail_share(line);
        if (!netem_add_value(line, line->link, "rate", tc_rate))
                return false;
        netem_skip_name(line);
        if (!is_signed_value(line))
                return true;
        struct yaml_node *bits = tree_copy(tree_find(line->link, "rate"));
        struct yaml_node *rate = netem_add_map(line, line->link, "rate");
        g_autofree char *overhead = tc_integer(*line->next++);
        tree_map_set(rate, "rate", bits);
        tree_map_set(rate, "overhead", netem_text(line, overhead));
        add_cells(line, rate);
        return true;
}

/* ---- slot MIN [MAX], or by a distribution; with limits ---- */

static bool read_slot_times(struct netem_line *line, struct yaml_node *slot)
{
        if (*line->next && strcmp(*line->next, "distribution") == 0) {
                line->next++;
                if (!*line->next)
                        return netem_fail_value(line, "distribution");
                netem_add_distribution(line, slot, *line->next++);
                return netem_add_value(line, slot, "delay", tc_time) &&
                       netem_add_value(line, slot, "jitter", tc_time);
        }
        if (!netem_is_value(line))
                return netem_fail_value(line, "slot");
        return netem_add_value(line, slot, "min", tc_time) && netem_add_if_given(line, slot, "max", tc_time);
}

/* To tc no packets, and no bytes, are as many as come. */
static bool add_slot_limit(struct netem_line *line, struct yaml_node *slot, const char *key,
        char *(*translate)(const char *word))
{
        line->next++;
        if (!netem_is_value(line))
                return netem_fail_value(line, key);
        g_autofree char *number = translate(*line->next++);
        bool is_packets = strcmp(key, "packets") == 0;
        g_autofree char *text = g_strdup_printf("%s%s", number, is_packets ? "pkt" : "");
        bool is_none = strcmp(number, "0") == 0 || strcmp(number, "0B") == 0;
        tree_map_set(slot, key, netem_text(line, is_none ? "unlimited" : text));
        return true;
}

/* "0", which tc prints and takes, is no slot at all. */
static bool is_no_slot(const struct yaml_node *slot)
{
        const struct yaml_node *min = tree_find(slot, "min");
        const struct yaml_node *max = tree_find(slot, "max");
        return min && strspn(min->text, "0smun") == strlen(min->text) &&
               (!max || strspn(max->text, "0smun") == strlen(max->text));
}

static bool read_slot(struct netem_line *line)
{
        struct yaml_node *slot = netem_add_map(line, netem_impair(line), "slot");
        if (!read_slot_times(line, slot))
                return false;
        while (*line->next) {
                bool is_packets = strcmp(*line->next, "packets") == 0;
                if (!is_packets && strcmp(*line->next, "bytes") != 0)
                        break;
                if (!add_slot_limit(
                            line, slot, is_packets ? "packets" : "bytes", is_packets ? tc_integer : tc_size))
                        return false;
        }
        if (is_no_slot(slot))
                tree_map_set(netem_impair(line), "slot", netem_text(line, "off"));
        return true;
}

static bool read_seed(struct netem_line *line)
{
        return netem_add_value(line, netem_impair(line), "seed", as_it_is);
}

/* ---- The table, in tc's order: a word may be cut short ---- */

static const struct {
        const char *word;
        bool (*read)(struct netem_line *line);
} keywords[] = {
        { "limit", read_limit },
        { "latency", read_delay },
        { "delay", read_delay },
        { "loss", read_loss },
        { "drop", read_loss },
        { "ecn", read_ecn },
        { "reorder", read_reorder },
        { "corrupt", read_corrupt },
        { "gap", read_gap },
        { "duplicate", read_duplicate },
        { "distribution", read_distribution },
        { "rate", read_rate },
        { "slot", read_slot },
        { "seed", read_seed },
};

static bool read_keyword(struct netem_line *line)
{
        const char *word = *line->next++;
        const char *words[G_N_ELEMENTS(keywords) + 1] = { NULL };
        for (size_t i = 0; i < G_N_ELEMENTS(keywords); i++) {
                words[i] = keywords[i].word;
                if (g_str_has_prefix(keywords[i].word, word))
                        return keywords[i].read(line);
        }
        return field_fail_word(line->reader, line->mark, word, words, "netem: unknown word '%s'", word);
}

/* ---- Words that say more of another, which may come behind them ---- */

static bool finish_jitter(struct netem_line *line)
{
        struct yaml_node *jitter = line->impair ? tree_find(line->impair, "jitter") : NULL;
        if (!line->distribution)
                return true;
        if (!jitter)
                return field_fail(line->reader, line->mark,
                        "netem: a distribution of nothing; accepted: delay TIME JITTER distribution NAME");
        netem_add_distribution(line, jitter, line->distribution);
        return true;
}

/* To the kernel a gap alone means all that may be chosen. */
static bool finish_reorder(struct netem_line *line)
{
        struct yaml_node *reorder = line->impair ? tree_find(line->impair, "reorder") : NULL;
        if (!line->gap)
                return true;
        if (!reorder) {
                reorder = add_reorder(line);
                tree_map_set(reorder, "probability", netem_text(line, "100%"));
        }
        tree_map_set(reorder, "gap", netem_text(line, strcmp(line->gap, "0") == 0 ? "off" : line->gap));
        return true;
}

static bool finish_loss(struct netem_line *line)
{
        bool has_ecn = line->impair && tree_find(line->impair, "ecn");
        if (!has_ecn || tree_find(line->impair, "loss"))
                return true;
        return field_fail(line->reader, line->mark, "netem: ecn without a loss; accepted: loss PERCENT ecn");
}

/* Of a whole command what stands behind its name counts. */
static void skip_command(struct netem_line *line)
{
        for (char **word = line->next; *word; word++)
                if (strcmp(*word, "netem") == 0)
                        line->next = word + 1;
}

static bool read_words(struct netem_line *line)
{
        skip_command(line);
        if (!*line->next)
                return field_fail(line->reader, line->mark,
                        "netem: an empty line; accepted: words as tc takes them, such as delay 20ms loss "
                        "1%%");
        while (*line->next)
                if (!read_keyword(line))
                        return false;
        return finish_jitter(line) && finish_reorder(line) && finish_loss(line);
}

struct yaml_node *netem_line_read(struct field_reader *reader, const struct yaml_node *node)
{
        g_auto(GStrv) words = field_words(node->text);
        struct netem_line line = { .reader = reader, .mark = node->mark, .next = words };
        g_autoptr(YamlNode) link = line.link = netem_map(&line);
        bool is_good = read_words(&line);
        g_free(line.gap);
        return is_good ? g_steal_pointer(&link) : NULL;
}
