/*
 * Fault rules: matching them against packets in file order, counting, and adding up what the matching ones
 * do.
 *
 * every counts what all other keys of a rule match, per direction, and nth what every leaves: also packets
 * that an earlier rule dropped, so that a rule's place in the file does not change which packet is its third.
 * A rule whose action cannot be done to a packet, such as flipping a bit that it does not have, does not
 * match it.
 */
#include "net/fault_script.h"

#include "net/fault_match.h"

#define DIRECTIONS     2
#define NOT_HELD       (-1)
#define MATCHING_DRAW  0 /* draws of a rule's stream: whether it matches, then which bits */
#define FIRST_BIT_DRAW 1

struct rule_state {
        const struct fault_rule *rule;
        struct rng_stream stream;
        uint64_t matched[DIRECTIONS];
        uint64_t until_matched[DIRECTIONS];
        uint64_t fired;
};

struct watcher {
        void (*on_change)(void *data, const struct fault_action *action, time_ns now);
        void *data;
};

struct link_rules {
        GArray *rules; /* unsigned: of the link, in file order; NULL: there is none */
        struct watcher watchers[DIRECTIONS];
        unsigned watcher_count;
};

struct FaultScript {
        struct rule_state *states;
        unsigned count;
        GArray *links;            /* struct link_rules, by number, up to the last that has some */
        GArray *fired;            /* unsigned; these three are the last verdict's */
        GArray *releases;         /* unsigned */
        GArray *flips;            /* uint32_t */
        GString *names;           /* scratch */
        GStringChunk *kept_names; /* every combination that fired, once */
};

static void clear_link(void *data)
{
        struct link_rules *link = data;
        g_clear_pointer(&link->rules, g_array_unref);
}

/* NULL: the link has no rules. */
static struct link_rules *rules_of(const FaultScript *script, uint32_t link)
{
        if (link >= script->links->len)
                return NULL;
        struct link_rules *rules = &g_array_index(script->links, struct link_rules, link);
        return rules->rules != NULL ? rules : NULL;
}

static void add_to_link(FaultScript *script, uint32_t number, unsigned index)
{
        if (number == FAULT_NO_LINK)
                return;
        if (number >= script->links->len)
                g_array_set_size(script->links, number + 1);
        struct link_rules *link = &g_array_index(script->links, struct link_rules, number);
        if (link->rules == NULL)
                link->rules = g_array_new(FALSE, FALSE, sizeof(unsigned));
        g_array_append_val(link->rules, index);
}

/* One packet at one rule. */
struct sight {
        const struct packet *packet;
        unsigned direction;
        time_ns now;
};

FaultScript *fault_script_new(const struct fault_rule *rules, unsigned count, uint64_t seed)
{
        FaultScript *script = g_new0(FaultScript, 1);
        script->states = g_new0(struct rule_state, count);
        script->count = count;
        script->links = g_array_new(FALSE, TRUE, sizeof(struct link_rules));
        g_array_set_clear_func(script->links, clear_link);
        for (unsigned i = 0; i < count; i++) {
                add_to_link(script, rules[i].link, i);
                g_autofree char *name = g_strdup_printf("fault %s", rules[i].name);
                script->states[i].rule = &rules[i];
                script->states[i].stream = rng_stream_named(seed, name);
        }
        script->fired = g_array_new(FALSE, FALSE, sizeof(unsigned));
        script->releases = g_array_new(FALSE, FALSE, sizeof(unsigned));
        script->flips = g_array_new(FALSE, FALSE, sizeof(uint32_t));
        script->names = g_string_new(NULL);
        script->kept_names = g_string_chunk_new(256);
        return script;
}

void fault_script_free(FaultScript *script)
{
        if (script == NULL)
                return;
        g_array_unref(script->links);
        g_array_unref(script->fired);
        g_array_unref(script->releases);
        g_array_unref(script->flips);
        g_string_free(script->names, TRUE);
        g_string_chunk_free(script->kept_names);
        g_free(script->states);
        g_free(script);
}

const unsigned *fault_script_rules_of(const FaultScript *script, uint32_t link, unsigned *count)
{
        const struct link_rules *rules = rules_of(script, link);
        *count = rules != NULL ? rules->rules->len : 0;
        return rules != NULL ? (const unsigned *)(const void *)rules->rules->data : NULL;
}

bool fault_script_concerns(const FaultScript *script, uint32_t link)
{
        return rules_of(script, link) != NULL;
}

unsigned fault_script_count(const FaultScript *script)
{
        return script->count;
}

const struct fault_rule *fault_script_rule(const FaultScript *script, unsigned index)
{
        g_assert(index < script->count);
        return script->states[index].rule;
}

uint64_t fault_script_fired(const FaultScript *script, unsigned index)
{
        g_assert(index < script->count);
        return script->states[index].fired;
}

void fault_script_count_firing(FaultScript *script, unsigned index)
{
        g_assert(index < script->count);
        script->states[index].fired++;
}

const char *fault_action_name(enum fault_action_kind kind)
{
        static const char *const names[] = {
                [FAULT_DROP] = "drop",
                [FAULT_DUPLICATE] = "duplicate",
                [FAULT_DELAY] = "delay",
                [FAULT_HOLD_UNTIL] = "hold-until",
                [FAULT_SWAP_WITH_NEXT] = "swap-with-next",
                [FAULT_CORRUPT] = "corrupt",
                [FAULT_TRUNCATE] = "truncate",
                [FAULT_MARK_CE] = "mark-ce",
                [FAULT_LINK_DOWN] = "link-down",
                [FAULT_LINK_UP] = "link-up",
                [FAULT_SET] = "set",
                [FAULT_CRASH] = "crash",
                [FAULT_RESTART] = "restart",
        };
        return names[kind];
}

/* ---- Whether a packet matches ---- */

/* The direction stands in the copy's place: rules see what was sent, and the two directions have luck of
 * their own. */
static uint64_t draw_of(const struct rule_state *state, const struct sight *sight, uint32_t draw)
{
        return rng_draw(&state->stream, sight->packet->ordinal, sight->direction, draw);
}

static bool count_matches(const struct fault_match *match, uint64_t count)
{
        uint64_t every = MAX(match->every, 1);
        return count % every == 0 && (match->nth == 0 || count / every == match->nth);
}

/* `counter` is the match's own for this direction. */
static bool match_packet(const struct rule_state *state, const struct fault_match *match, uint64_t *counter,
        const struct sight *sight)
{
        if (!fault_match_keys(match, sight->packet, sight->now))
                return false;
        if (match->has_probability &&
                !probability_happens(match->probability, draw_of(state, sight, MATCHING_DRAW)))
                return false;
        ++*counter;
        return count_matches(match, *counter);
}

/* ---- What a matching rule does ---- */

/* What cannot be done to a packet does not mean it. */
static bool can_be_done(const struct fault_action *action, const struct packet *packet)
{
        if (action->kind == FAULT_TRUNCATE)
                return packet->size > action->count;
        if (action->kind == FAULT_MARK_CE)
                return packet_is_ecn_capable(packet);
        if (action->kind == FAULT_LINK_UP) /* the link is up, else the packet would be lost */
                return false;
        if (action->kind != FAULT_CORRUPT)
                return true;
        uint32_t needed = action->count > 0 ? action->count : action->bit + 1;
        return packet_area_bits(action->area, packet).count >= needed;
}

/* The same bit twice would be no change at all. */
static bool add_flip(GArray *flips, guint first, uint32_t bit)
{
        for (guint i = first; i < flips->len; i++) {
                if (g_array_index(flips, uint32_t, i) == bit)
                        return false;
        }
        g_array_append_val(flips, bit);
        return true;
}

static void choose_flips(FaultScript *script, const struct rule_state *state, const struct sight *sight)
{
        const struct fault_action *action = &state->rule->action;
        struct bit_range area = packet_area_bits(action->area, sight->packet);
        guint first = script->flips->len;
        if (action->count == 0)
                add_flip(script->flips, first, area.first + action->bit);
        for (uint32_t draw = FIRST_BIT_DRAW; script->flips->len - first < action->count; draw++) {
                uint32_t bit = (uint32_t)rng_draw_below(
                        &state->stream, sight->packet->ordinal, sight->direction, draw, area.count);
                add_flip(script->flips, first, area.first + bit);
        }
}

static void act(FaultScript *script, unsigned index, const struct sight *sight, struct fault_verdict *verdict)
{
        const struct fault_action *action = &script->states[index].rule->action;
        switch (action->kind) {
        case FAULT_DROP:
                verdict->is_dropped = true;
                break;
        case FAULT_DUPLICATE:
                verdict->copies += action->count;
                break;
        case FAULT_DELAY:
                verdict->delay += action->duration;
                break;
        case FAULT_HOLD_UNTIL:
                verdict->hold_rule = (int)index;
                verdict->hold_for_next = false;
                break;
        case FAULT_SWAP_WITH_NEXT:
                verdict->hold_rule = (int)index;
                verdict->hold_for_next = true;
                break;
        case FAULT_CORRUPT:
                choose_flips(script, &script->states[index], sight);
                break;
        case FAULT_TRUNCATE:
                verdict->truncate_to =
                        verdict->truncate_to > 0 ? MIN(verdict->truncate_to, action->count) : action->count;
                break;
        case FAULT_MARK_CE:
                verdict->is_marked = true;
                break;
        case FAULT_LINK_DOWN:
        case FAULT_LINK_UP:
        case FAULT_SET:
        case FAULT_CRASH:
        case FAULT_RESTART:
                verdict->link_change = action;
                break;
        }
}

static void fire(
        FaultScript *script, unsigned index, const struct sight *sight, struct fault_verdict *verdict)
{
        script->states[index].fired++;
        g_array_append_val(script->fired, index);
        act(script, index, sight, verdict);
}

static void apply_rule(
        FaultScript *script, unsigned index, const struct sight *sight, struct fault_verdict *verdict)
{
        struct rule_state *state = &script->states[index];
        const struct fault_rule *rule = state->rule;
        if (rule->action.kind == FAULT_HOLD_UNTIL &&
                match_packet(state, &rule->action.until, &state->until_matched[sight->direction], sight))
                g_array_append_val(script->releases, index);
        if (!can_be_done(&rule->action, sight->packet))
                return;
        if (match_packet(state, &rule->match, &state->matched[sight->direction], sight) &&
                !verdict->is_dropped)
                fire(script, index, sight, verdict);
}

static const char *names_of_fired(FaultScript *script)
{
        if (script->fired->len == 0)
                return "-";
        g_string_truncate(script->names, 0);
        for (guint i = 0; i < script->fired->len; i++) {
                if (i > 0)
                        g_string_append_c(script->names, ',');
                g_string_append(
                        script->names, script->states[g_array_index(script->fired, unsigned, i)].rule->name);
        }
        return g_string_chunk_insert_const(script->kept_names, script->names->str);
}

static void hand_out(FaultScript *script, struct fault_verdict *verdict)
{
        verdict->rule_names = names_of_fired(script);
        verdict->flip_count = script->flips->len;
        verdict->flips = (const uint32_t *)(const void *)script->flips->data;
        verdict->fired_count = script->fired->len;
        verdict->fired = (const unsigned *)(const void *)script->fired->data;
        verdict->release_count = script->releases->len;
        verdict->releases = (const unsigned *)(const void *)script->releases->data;
}

void fault_script_decide(FaultScript *script, uint32_t link, unsigned direction, const struct packet *packet,
        time_ns now, struct fault_verdict *verdict)
{
        g_assert(direction < DIRECTIONS);
        const struct sight sight = { packet, direction, now };
        *verdict = (struct fault_verdict){ .hold_rule = NOT_HELD };
        g_array_set_size(script->fired, 0);
        g_array_set_size(script->releases, 0);
        g_array_set_size(script->flips, 0);
        unsigned count;
        const unsigned *rules = fault_script_rules_of(script, link, &count);
        for (unsigned i = 0; i < count; i++) {
                if (!script->states[rules[i]].rule->is_timed)
                        apply_rule(script, rules[i], &sight, verdict);
        }
        hand_out(script, verdict);
}

void fault_script_watch(FaultScript *script, uint32_t link,
        void (*on_change)(void *data, const struct fault_action *action, time_ns now), void *data)
{
        struct link_rules *rules = rules_of(script, link);
        g_assert(rules != NULL && rules->watcher_count < DIRECTIONS);
        rules->watchers[rules->watcher_count++] = (struct watcher){ on_change, data };
}

void fault_script_change_link(
        FaultScript *script, uint32_t link, const struct fault_action *action, time_ns now)
{
        const struct link_rules *rules = rules_of(script, link);
        for (unsigned i = 0; rules != NULL && i < rules->watcher_count; i++)
                rules->watchers[i].on_change(rules->watchers[i].data, action, now);
}
