/*
 * The line: what befalls a packet between the end of its transmission and its arrival.
 *
 * Luck is drawn for every ordinal, also for packets that a rule drops or a broken link loses, so that a rule
 * does not change the luck of others.
 */
#include "net/line_record.h"

#include "net/path_luck.h"

#define COPIES_MAX      15 /* an arrival's number has four bits for them */
#define HELD_FOR_NO_ONE (-1)

/* One packet's passage: all that was decided about it. */
struct passage {
        struct packet *packet;
        time_ns now;
        struct fault_verdict fault;
        uint64_t luck_number; /* names its draws */
        struct impair_verdict luck;
        struct hop_facts facts;
};

/* ---- Records ---- */

static void arrive(void *data);

static struct in_flight *take_record(struct line *line)
{
        struct in_flight *record = line->unused;
        if (record == NULL) {
                record = g_new0(struct in_flight, 1);
                event_init(&record->arrival, arrive, record);
                record->line = line;
                record->place.data = record;
                return record;
        }
        line->unused = record->next_unused;
        return record;
}

static void return_record(struct line *line, struct in_flight *record)
{
        record->next_unused = line->unused;
        line->unused = record;
}

/* One that was held, and whose time has come, may still wait for a slot. */
static bool is_to_gather(const struct line *line, const struct in_flight *record)
{
        return line->has_slots && !record->is_early && record->list == &line->held;
}

static void arrive(void *data)
{
        struct in_flight *record = data;
        struct line *line = record->line;
        if (is_to_gather(line, record)) {
                g_queue_unlink(record->list, &record->place);
                line_slots_gather(line, record);
                return;
        }
        struct packet *packet = record->packet;
        struct hop_facts facts = record->facts;
        facts.is_entry_copy = packet->is_entry_copy;
        packet->is_entry_copy = false; /* the next link did not make it … */
        facts.is_marked = packet->is_marked_here;
        packet->is_marked_here = false; /* … nor did it mark it */
        g_queue_unlink(record->list, &record->place);
        return_record(line, record);
        link_deliver(line->link, packet, &facts);
}

static void enlist(struct in_flight *record, GQueue *list)
{
        record->list = list;
        g_queue_push_tail_link(list, &record->place);
}

static void expect_arrival(struct line *line, struct in_flight *record)
{
        struct event_key key = link_arrival_key(line->link, record->packet, record->copy);
        event_queue_set(line->link->context->events, &record->arrival, &key);
}

void line_propagate(struct line *line, struct in_flight *record)
{
        enlist(record, &line->propagating);
        expect_arrival(line, record);
}

static void propagate(struct line *line, struct in_flight *record)
{
        if (line->has_slots && !record->is_early)
                line_slots_gather(line, record);
        else
                line_propagate(line, record);
}

/* ---- Holding ---- */

static void let_go(struct line *line, struct in_flight *record, time_ns t_arrive)
{
        g_queue_unlink(&line->held, &record->place);
        event_queue_cancel(line->link->context->events, &record->arrival);
        record->packet->t_arrive = t_arrive;
        propagate(line, record);
}

/* Whether the packet that `fault` is about is the one that this record waits for. */
static bool releases(const struct fault_verdict *fault, struct in_flight *record)
{
        if (record->lets_pass > 0)
                return --record->lets_pass == 0;
        if (record->hold_for_next)
                return true;
        for (unsigned i = 0; i < fault->release_count; i++) {
                if ((int)fault->releases[i] == record->hold_rule)
                        return true;
        }
        return false;
}

/* What waited for this packet follows it at once. Arrivals of one instant come in the order of their
 * ordinals, so a packet held earlier follows a nanosecond behind. Returns whether it was waited for by
 * swap-with-next. */
static bool release_followers(struct line *line, const struct fault_verdict *fault, time_ns t_arrive)
{
        bool is_swapped = false;
        GList *next;
        for (GList *place = line->held.head; place != NULL; place = next) {
                struct in_flight *record = place->data;
                next = place->next;
                if (!releases(fault, record))
                        continue;
                is_swapped |= record->hold_for_next;
                bool has_time = event_is_queued(&record->arrival);
                let_go(line, record, has_time ? MIN(record->packet->t_arrive, t_arrive + 1) : t_arrive + 1);
        }
        return is_swapped;
}

/* ---- Passing ---- */

/* What a rule or `reorder` chose may be overtaken, and holds no one up. */
static bool keeps_order(const struct passage *passage, const struct impair_verdict *luck)
{
        return !luck->may_overtake && passage->fault.hold_rule < 0 && passage->fault.delay == 0;
}

/* Never before the transmission is over; and jitter alone does not reorder. */
static time_ns arrival_time(
        const struct line *line, const struct passage *passage, const struct impair_verdict *luck)
{
        time_ns soonest = passage->packet->t_tx_end;
        if (keeps_order(passage, luck))
                soonest = MAX(soonest, line->last_in_order);
        duration_ns delay = luck->is_early ? 0 : line->link->delay + luck->extra_delay;
        return MAX(passage->packet->t_tx_end + delay + passage->fault.delay, soonest);
}

/* One that lets others pass has a time all the same, when it was given one. */
static void hold(struct line *line, struct in_flight *record)
{
        enlist(record, &line->held);
        if (record->lets_pass > 0 && line->impair.config.reorder_delay > 0)
                expect_arrival(line, record);
}

static void launch(struct line *line, const struct passage *passage, struct packet *packet, uint32_t copy,
        const struct impair_verdict *luck)
{
        const struct fault_verdict *fault = &passage->fault;
        bool is_held = fault->hold_rule >= 0 || luck->lets_pass > 0;
        struct in_flight *record = take_record(line);
        record->packet = packet;
        record->copy = copy;
        record->facts = passage->facts;
        record->facts.is_duplicate = copy > 0;
        record->facts.is_delayed = luck->is_delayed || is_held || fault->delay > 0;
        record->is_early = luck->is_early;
        record->hold_rule = fault->hold_rule;
        record->hold_for_next = fault->hold_rule >= 0 && fault->hold_for_next;
        record->lets_pass = fault->hold_rule >= 0 ? 0 : luck->lets_pass;
        packet->t_arrive = arrival_time(line, passage, luck);
        if (keeps_order(passage, luck))
                line->last_in_order = packet->t_arrive;
        if (is_held)
                hold(line, record);
        else
                propagate(line, record);
}

/* A copy shares what rules and corruption did; its jitter is its own. */
static void launch_copies(struct line *line, const struct passage *passage)
{
        struct net_context *context = line->link->context;
        uint32_t count = MIN(passage->fault.copies + passage->luck.is_duplicated, COPIES_MAX);
        for (uint32_t k = 1; k <= count; k++) {
                struct impair_verdict luck;
                struct packet *copy = packet_copy(context->packets, passage->packet);
                context->counts.duplicated++;
                path_luck_look_copy(line->link, &line->impair, passage->luck_number, copy, k, &luck);
                path_luck_note(line->link, &line->impair, PATH_LINE, copy->ordinal, k, copy, &luck);
                launch(line, passage, copy, k, &luck);
        }
}

static void change_bytes(struct line *line, struct passage *passage)
{
        struct net_context *context = line->link->context;
        struct packet *packet = passage->packet;
        const struct fault_verdict *fault = &passage->fault;
        if ((fault->is_marked || passage->luck.is_marked) && packet_mark_ce(packet))
                context->counts.marked++;
        for (unsigned i = 0; i < fault->flip_count; i++)
                packet_flip_bit(context->packets, packet, fault->flips[i]);
        if (fault->truncate_to > 0)
                packet_truncate(packet, fault->truncate_to);
        /* Luck's bits may not be there any more. */
        bool is_damaged = fault->truncate_to > 0 ||
                          impair_damage(&line->impair, context->packets, &passage->luck, packet);
        passage->facts.is_corrupted = is_damaged || fault->flip_count > 0;
        if (passage->facts.is_corrupted)
                context->counts.corrupted++;
}

static void pass(struct line *line, struct passage *passage)
{
        if (passage->fault.is_dropped) {
                link_drop(line->link, passage->packet, DROP_FAULT, &passage->facts);
                return;
        }
        path_luck_note(line->link, &line->impair, PATH_LINE, passage->packet->ordinal, 0, passage->packet,
                &passage->luck);
        if (passage->luck.is_lost) {
                link_drop(line->link, passage->packet, DROP_LOSS, &passage->facts);
                return;
        }
        change_bytes(line, passage);
        launch(line, passage, passage->packet, 0, &passage->luck);
        launch_copies(line, passage);
}

/* ---- Deciding ---- */

static void emit_fired(const Link *link, const struct passage *passage)
{
        struct trace_packet view;
        packet_describe(passage->packet, &view);
        for (unsigned i = 0; i < passage->fault.fired_count; i++) {
                const struct fault_rule *rule =
                        fault_script_rule(link->context->faults, passage->fault.fired[i]);
                const struct trace_event event = {
                        .kind = TRACE_FAULT,
                        .time = passage->now,
                        .owner = link->owner,
                        .transfer = passage->packet->note.transfer,
                        .packet = &view,
                        .fault = { rule->name, fault_action_name(rule->action.kind) },
                };
                trace_emit(link->context->trace, &event);
        }
}

static void decide_faults(const Link *link, struct passage *passage)
{
        FaultScript *script = link->context->faults;
        if (script == NULL) {
                passage->fault = (struct fault_verdict){ .hold_rule = HELD_FOR_NO_ONE, .rule_names = "-" };
                return;
        }
        fault_script_decide(
                script, link->number, link->direction, passage->packet, passage->now, &passage->fault);
        if (passage->fault.fired_count > 0 && trace_wants(link->context->trace, TRACE_FAULT))
                emit_fired(link, passage);
}

static void decide_luck(struct line *line, struct passage *passage)
{
        bool is_flipped = passage->fault.flip_count > 0;
        passage->luck_number = path_luck_look(line->link, &line->impair, PATH_LINE, passage->packet->ordinal,
                passage->packet, is_flipped, &passage->luck);
}

/* Who waits for a packet that never arrives follows it as if nothing had changed its delay: what luck had
 * meant for it is in no log. */
static void forget_delay(const struct line *line, struct passage *passage)
{
        if (!passage->fault.is_dropped && !passage->luck.is_lost)
                return;
        passage->luck.extra_delay = 0;
        passage->luck.is_early = false;
        passage->luck.may_overtake = !line->impair.config.keep_order;
}

void line_carry(struct line *line, struct packet *packet, time_ns now)
{
        Link *link = line->link;
        struct passage passage = { .packet = packet, .now = now };
        decide_faults(link, &passage);
        decide_luck(line, &passage);
        forget_delay(line, &passage);
        passage.facts.rules = passage.fault.rule_names;
        bool is_swapped =
                release_followers(line, &passage.fault, arrival_time(line, &passage, &passage.luck));
        if (is_swapped && passage.fault.hold_for_next)
                passage.fault.hold_rule = HELD_FOR_NO_ONE;
        const struct fault_action *change = passage.fault.link_change;
        pass(line, &passage);
        if (change != NULL)
                fault_script_change_link(link->context->faults, link->number, change, now);
}

void line_break(struct line *line, struct packet *packet, enum drop_reason reason)
{
        struct passage passage = { .packet = packet, .facts = hop_facts_plain };
        decide_luck(line, &passage);
        link_drop(line->link, packet, reason, &passage.facts);
}

unsigned line_release_held(struct line *line, time_ns now)
{
        unsigned count = line->held.length;
        while (line->held.head != NULL) {
                struct in_flight *record = line->held.head->data;
                let_go(line, record, MAX(now, record->packet->t_arrive));
        }
        return count;
}

uint64_t line_in_flight(const struct line *line)
{
        return (uint64_t)line->propagating.length + line->held.length + line->gathered.length;
}

void line_init(struct line *line, Link *link)
{
        *line = (struct line){ .link = link };
        g_queue_init(&line->propagating);
        g_queue_init(&line->held);
        line_slots_init(line);
}

static void clear_records(struct line *line, GQueue *records)
{
        struct net_context *context = line->link->context;
        while (records->head != NULL) {
                struct in_flight *record = records->head->data;
                g_queue_unlink(records, &record->place);
                event_queue_cancel(context->events, &record->arrival);
                packet_free(context->packets, record->packet);
                return_record(line, record);
        }
}

void line_clear(struct line *line)
{
        clear_records(line, &line->propagating);
        clear_records(line, &line->held);
        clear_records(line, &line->gathered);
        event_queue_cancel(line->link->context->events, &line->opening);
        while (line->unused != NULL) {
                struct in_flight *record = line->unused;
                line->unused = record->next_unused;
                g_free(record);
        }
}
