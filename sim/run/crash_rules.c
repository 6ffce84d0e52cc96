/*
 * Hosts that crash and come back: rules of the scenario at their times.
 */
#include "run/world_private.h"

struct crash_rule {
        World *world;
        unsigned index;
        struct event event;
        struct event restart; /* of a crash that has an end */
};

static const struct fault_rule *rule_of(const struct crash_rule *crash)
{
        return fault_script_rule(crash->world->net.faults, crash->index);
}

static Host *host_of(const struct crash_rule *crash)
{
        return world_node(crash->world, rule_of(crash)->host)->host;
}

/* Restarts of an instant come after every rule of it. */
static void expect(struct crash_rule *crash, struct event *event, time_ns at)
{
        unsigned count = event == &crash->restart ? fault_script_count(crash->world->net.faults) : 0;
        const struct event_key key = {
                .time = at,
                .owner = rule_of(crash)->host,
                .class = EVENT_LINK_CHANGE,
                .number = crash->index + count,
        };
        event_queue_set(crash->world->events, event, &key);
}

static void tell(const struct crash_rule *crash, const char *action)
{
        const struct trace_event event = {
                .kind = TRACE_FAULT,
                .time = event_queue_now(crash->world->events),
                .owner = rule_of(crash)->host,
                .fault = { rule_of(crash)->name, action },
        };
        if (trace_wants(crash->world->trace, TRACE_FAULT))
                trace_emit(crash->world->trace, &event);
}

/* Of a host that is there already nothing is told. Returns whether it was not. */
static bool restart(const struct crash_rule *crash)
{
        if (!host_is_down(host_of(crash)))
                return false;
        tell(crash, fault_action_name(FAULT_RESTART));
        host_restart(host_of(crash));
        programs_restart(crash->world, rule_of(crash)->host);
        return true;
}

static void on_restart(void *data)
{
        restart(data);
}

static void power_off(struct crash_rule *crash)
{
        duration_ns duration = rule_of(crash)->action.duration;
        tell(crash, fault_action_name(FAULT_CRASH));
        host_crash(host_of(crash));
        programs_on_crash(crash->world, rule_of(crash)->host);
        if (duration > 0)
                expect(crash, &crash->restart, event_queue_now(crash->world->events) + duration);
}

static void on_rule(void *data)
{
        struct crash_rule *crash = data;
        const struct fault_rule *rule = rule_of(crash);
        bool is_crash = rule->action.kind == FAULT_CRASH;
        if (rule->period > 0)
                expect(crash, &crash->event, event_queue_now(crash->world->events) + rule->period);
        if (is_crash)
                power_off(crash);
        if (is_crash || restart(crash))
                fault_script_count_firing(crash->world->net.faults, crash->index);
}

void crash_rules_expect(World *world)
{
        world->crash_rules = g_ptr_array_new_with_free_func(g_free);
        for (unsigned i = 0; i < fault_script_count(world->net.faults); i++) {
                if (fault_script_rule(world->net.faults, i)->link != FAULT_NO_LINK)
                        continue;
                struct crash_rule *crash = g_new0(struct crash_rule, 1);
                crash->world = world;
                crash->index = i;
                event_init(&crash->event, on_rule, crash);
                event_init(&crash->restart, on_restart, crash);
                g_ptr_array_add(world->crash_rules, crash);
                expect(crash, &crash->event, rule_of(crash)->at);
        }
}

void crash_rules_clear(World *world)
{
        if (world->crash_rules == NULL)
                return;
        for (unsigned i = 0; i < world->crash_rules->len; i++) {
                struct crash_rule *crash = world->crash_rules->pdata[i];
                event_queue_cancel(world->events, &crash->event);
                event_queue_cancel(world->events, &crash->restart);
        }
        g_ptr_array_unref(world->crash_rules);
}
