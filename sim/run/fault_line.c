/*
 * A fault rule in one line, for the command line: LINK: ACTION [VALUE] and which packets, in any order; of a
 * host HOST: crash or restart.
 *
 *     core: drop data 3 from www
 *     core: hold data 5 from www until data 6 from www
 *     core: corrupt bits 2 in tcp retransmission 1
 *     core: link-down 300ms at 2s
 *     core: set rate 1Mbit, delay 50ms at 2s
 *     core: set netem "loss 2% delay 20ms" at 2s
 *     www: crash 500ms at 2s
 *
 * A bare number is `nth`, a bare word `kind`; the others are `match:`'s keys and their values. It becomes the
 * rule that a file would have, and is read as that.
 */
#include "run/fault_line.h"

#include <string.h>

struct fault_line {
        struct field_reader *reader;
        struct mark mark;
        char **next; /* word */
        struct yaml_node *rule;
};

static struct yaml_node *text_at(const struct fault_line *line, const char *text)
{
        struct yaml_node *node = tree_text_new(text);
        node->mark = node->key_mark = line->mark;
        return node;
}

static struct yaml_node *map_at(const struct fault_line *line)
{
        struct yaml_node *node = tree_map_new();
        node->mark = node->key_mark = line->mark;
        return node;
}

static bool fail_end(struct fault_line *line, const char *what)
{
        return field_fail(line->reader, line->mark,
                "nothing behind '%s'; accepted: LINK: ACTION [VALUE] [KIND] "
                "[NTH] [from HOST] [KEY VALUE]… [at TIME]",
                what);
}

/* No word counts twice. */
static bool put(struct fault_line *line, struct yaml_node *map, const char *key, const char *text)
{
        if (tree_find(map, key))
                return field_fail(
                        line->reader, line->mark, "'%s' is a second '%s'; accepted: one", text, key);
        tree_map_set(map, key, text_at(line, text));
        return true;
}

static bool put_next(struct fault_line *line, struct yaml_node *map, const char *key)
{
        return *line->next ? put(line, map, key, *line->next++) : fail_end(line, key);
}

/* ---- Which packets ---- */

/* The rest of the line, which has words of its own. */
static bool put_filter(struct fault_line *line, struct yaml_node *match)
{
        if (!*line->next)
                return fail_end(line, "filter");
        g_autofree char *rest = g_strjoinv(" ", line->next);
        tree_map_set(match, "filter", text_at(line, rest));
        line->next += g_strv_length(line->next);
        return true;
}

static bool is_key(const char *word)
{
        static const char *const keys[] = { "from", "to", "kind", "transfer", "bytes", "seq", "flags", "time",
                "nth", "every", "probability", NULL };
        return g_strv_contains(keys, word);
}

static bool read_word(struct fault_line *line, struct yaml_node *match)
{
        char *word = *line->next++;
        bool is_timed = tree_find(line->rule, "at") != NULL;
        if (strcmp(word, "at") == 0)
                return put_next(line, line->rule, "at");
        if (strcmp(word, "every") == 0 && is_timed)
                return put_next(line, line->rule, "every");
        if (strcmp(word, "filter") == 0)
                return put_filter(line, match);
        if (strcmp(word, "flags") == 0 && *line->next)
                g_strdelimit(*line->next, ",", ' ');
        if (is_key(word))
                return put_next(line, match, word);
        return put(line, match, g_ascii_isdigit(*word) ? "nth" : "kind", word);
}

/* Up to `end`, or the line's. NULL: it cannot be. */
static struct yaml_node *read_match(struct fault_line *line, const char *end)
{
        g_autoptr(YamlNode) match = map_at(line);
        while (*line->next && !(end && strcmp(*line->next, end) == 0))
                if (!read_word(line, match))
                        return NULL;
        return g_steal_pointer(&match);
}

/* ---- What happens ---- */

static bool read_corrupt(struct fault_line *line, struct yaml_node *action)
{
        struct yaml_node *corrupt = map_at(line);
        tree_map_set(action, "corrupt", corrupt);
        if (!*line->next)
                return fail_end(line, "corrupt");
        bool is_bit = g_ascii_isdigit(**line->next);
        if (!is_bit && strcmp(*line->next, "bit") != 0 && strcmp(*line->next, "bits") != 0)
                return field_fail(line->reader, line->mark,
                        "corrupt: '%s' is no bit; accepted: corrupt 77 …, the bit that flips, or corrupt "
                        "bits 1 …, how many",
                        *line->next);
        const char *what = is_bit ? "bit" : *line->next++;
        if (!put_next(line, corrupt, what))
                return false;
        if (!*line->next || strcmp(*line->next, "in") != 0)
                return true;
        line->next++;
        return put_next(line, corrupt, "in");
}

/* The words up to the bracket that closes the first one's, as one text. */
static char *take_bracketed(struct fault_line *line)
{
        GString *text = g_string_new(NULL);
        int depth = 0;
        do {
                for (const char *c = *line->next; *c; c++)
                        depth += (*c == '{' || *c == '[') - (*c == '}' || *c == ']');
                g_string_append_printf(text, "%s%s", text->len > 0 ? " " : "", *line->next++);
        } while (depth > 0 && *line->next);
        return g_string_free(text, FALSE);
}

/* A value that is a mapping, as a file would have it. */
static bool put_mapping(struct fault_line *line, struct yaml_node *map, const char *key)
{
        struct yaml_error wrong;
        g_autofree char *text = take_bracketed(line);
        struct yaml_node *value = tree_parse(text, strlen(text), &wrong);
        if (!value) {
                field_fail(line->reader, line->mark, "%s: %s", key, wrong.message);
                g_free(wrong.message);
                return false;
        }
        tree_set_marks(value, line->mark);
        tree_map_set(map, key, value);
        return true;
}

/* "loss 2%": a value of several words, in quotes of either kind. */
static bool put_quoted(struct fault_line *line, struct yaml_node *map, const char *key)
{
        char quote = **line->next;
        g_autoptr(GString) text = g_string_new(*line->next++ + 1);
        while ((text->len == 0 || text->str[text->len - 1] != quote) && *line->next)
                g_string_append_printf(text, " %s", *line->next++);
        if (text->len == 0 || text->str[text->len - 1] != quote)
                return field_fail(line->reader, line->mark, "%s: a quote that does not end; accepted: %c…%c",
                        key, quote, quote);
        g_string_truncate(text, text->len - 1);
        return put(line, map, key, text->str);
}

/* netem's line has no word "at". */
static bool put_netem(struct fault_line *line, struct yaml_node *map)
{
        g_autoptr(GString) text = g_string_new(NULL);
        while (*line->next && strcmp(*line->next, "at") != 0)
                g_string_append_printf(text, "%s%s", text->len > 0 ? " " : "", *line->next++);
        if (!*line->next)
                return field_fail(line->reader, line->mark,
                        "netem: where its words end is not told; accepted: set netem WORDS… at TIME, or the "
                        "words in quotes, set netem \"%s\"",
                        text->str);
        return put(line, map, "netem", text->str);
}

/* Whether the value has a comma behind it, which is taken away: another key follows. */
static bool take_comma(char *value)
{
        size_t length = strlen(value);
        bool has_comma = length > 1 && value[length - 1] == ',';
        if (has_comma)
                value[length - 1] = '\0';
        return has_comma;
}

static bool read_setting(struct fault_line *line, struct yaml_node *set, bool *is_last)
{
        if (!*line->next)
                return fail_end(line, "set");
        const char *key = *line->next++;
        char first = *line->next ? **line->next : '\0';
        if (first == '{')
                return put_mapping(line, set, key);
        if (first == '"' || first == '\'')
                return put_quoted(line, set, key);
        if (strcmp(key, "netem") == 0 && first)
                return put_netem(line, set);
        *is_last = !first || !take_comma(*line->next);
        return put_next(line, set, key);
}

/* Its keys one by one, or as a file would have them. */
static bool read_set(struct fault_line *line, struct yaml_node *action)
{
        bool is_last = false;
        if (*line->next && **line->next == '{')
                return put_mapping(line, action, "set");
        struct yaml_node *set = map_at(line);
        tree_map_set(action, "set", set);
        while (!is_last) {
                is_last = true;
                if (!read_setting(line, set, &is_last))
                        return false;
        }
        return true;
}

static bool read_action(struct fault_line *line)
{
        static const char *const with_value[] = { "duplicate", "delay", "truncate", NULL };
        char *word = *line->next++;
        struct yaml_node *action = map_at(line);
        tree_map_set(line->rule, "do", action);
        if (strcmp(word, "corrupt") == 0)
                return read_corrupt(line, action);
        if (strcmp(word, "set") == 0)
                return read_set(line, action);
        bool may_have_time = strcmp(word, "link-down") == 0 || strcmp(word, "crash") == 0;
        bool has_time = may_have_time && *line->next && g_ascii_isdigit(**line->next);
        if (has_time || g_strv_contains(with_value, word))
                return put_next(line, action, word);
        tree_map_set(line->rule, "do", text_at(line, word));
        return true;
}

/* hold MATCH until MATCH */
static bool read_hold(struct fault_line *line)
{
        line->next++;
        struct yaml_node *match = read_match(line, "until");
        if (!match)
                return false;
        tree_map_set(line->rule, "match", match);
        if (!*line->next)
                return fail_end(line, "hold");
        line->next++;
        if (!*line->next)
                return fail_end(line, "until");
        struct yaml_node *until = read_match(line, NULL);
        if (!until)
                return false;
        struct yaml_node *action = map_at(line);
        tree_map_set(line->rule, "do", action);
        tree_map_set(action, "hold-until", until);
        return true;
}

static bool read_rule(struct fault_line *line)
{
        if (!*line->next)
                return fail_end(line, "LINK:");
        if (strcmp(*line->next, "hold") == 0)
                return read_hold(line);
        if (!read_action(line))
                return false;
        struct yaml_node *match = read_match(line, NULL);
        if (!match)
                return false;
        bool is_needless = tree_find(line->rule, "at") && tree_count(match) == 0;
        if (is_needless)
                tree_free(match);
        else
                tree_map_set(line->rule, "match", match);
        return true;
}

static bool is_of_a_host(const char *action)
{
        return action && (strcmp(action, "crash") == 0 || strcmp(action, "restart") == 0);
}

bool fault_line_add(struct field_reader *reader, struct yaml_node *root, const char *text, struct mark mark)
{
        const char *colon = strchr(text, ':');
        if (!colon)
                return field_fail(reader, mark,
                        "no link before a colon; accepted: LINK: ACTION …, as in 'core: drop data 3'");
        g_autofree char *link = g_strndup(text, (gsize)(colon - text));
        g_auto(GStrv) words = field_words(colon + 1);
        struct fault_line line = { .reader = reader, .mark = mark, .next = words };
        g_autoptr(YamlNode) rule = line.rule = map_at(&line);
        tree_map_set(rule, is_of_a_host(*words) ? "host" : "on", text_at(&line, g_strstrip(link)));
        if (!read_rule(&line))
                return false;
        struct yaml_node *faults = tree_find(root, "faults");
        if (!faults || tree_is_empty(faults)) {
                faults = tree_list_new();
                faults->mark = faults->key_mark = mark;
                tree_map_set(root, "faults", faults);
        }
        if (!field_expect_kind(reader, "faults", faults, YAML_LIST))
                return false;
        tree_list_add(faults, g_steal_pointer(&rule));
        return true;
}
