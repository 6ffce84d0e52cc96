/*
 * From the scenario's `faults:` to the fault script's rules: names become numbers, and a rule for a group's
 * links becomes a rule for each.
 */
#include "run/world_private.h"

/* The owner number of a host; groups cannot be matched, only their members. */
static bool resolve_host(
        World *world, const struct scenario_fault *fault, const char *name, uint32_t *owner, GError **error)
{
        *owner = PACKET_NO_HOST;
        if (name == NULL)
                return true;
        const struct world_name *found = world_find(world, name);
        if (found == NULL || found->count != 1) {
                scenario_set_error(error, world->scenario, fault->mark,
                        "fault %s: no host is named \"%s\"; "
                        "name one host (a group's are NAME-1, NAME-2, …)",
                        fault->name, name);
                return false;
        }
        *owner = found->first;
        return true;
}

static bool resolve_transfer(
        World *world, const struct scenario_fault *fault, const char *name, uint32_t *number, GError **error)
{
        *number = 0;
        if (name == NULL)
                return true;
        *number = GPOINTER_TO_UINT(g_hash_table_lookup(world->transfer_names, name));
        if (*number != 0)
                return true;
        scenario_set_error(error, world->scenario, fault->mark,
                "fault %s: no transfer is named \"%s\"; "
                "name a program that starts connections",
                fault->name, name);
        return false;
}

static bool resolve_match(World *world, const struct scenario_fault *fault, const struct scenario_match *spec,
        struct fault_match *match, GError **error)
{
        *match = spec->values;
        return resolve_host(world, fault, spec->from, &match->from, error) &&
               resolve_host(world, fault, spec->to, &match->to, error) &&
               resolve_transfer(world, fault, spec->transfer, &match->transfer, error);
}

static bool add_host_rule(World *world, unsigned index, struct fault_rule *rule, GError **error)
{
        const struct scenario_fault *fault = world->scenario->faults->pdata[index];
        rule->link = FAULT_NO_LINK;
        if (!resolve_host(world, fault, fault->host, &rule->host, error))
                return false;
        world->has_endless_rules |= fault->every > 0;
        g_array_append_val(world->fault_rules, *rule);
        g_array_append_val(world->fault_sources, index);
        return true;
}

static bool add_rules_of(World *world, unsigned index, GError **error)
{
        const struct scenario_fault *fault = world->scenario->faults->pdata[index];
        const struct world_name *links =
                fault->link != NULL ? g_hash_table_lookup(world->link_names, fault->link) : NULL;
        struct fault_rule rule = { .name = fault->name,
                .is_timed = fault->is_timed,
                .at = fault->at,
                .period = fault->every,
                .action = fault->action };
        if (fault->host != NULL)
                return add_host_rule(world, index, &rule, error);
        if (links == NULL) {
                scenario_set_error(error, world->scenario, fault->mark,
                        "fault %s: no link is named \"%s\"; "
                        "name one of the scenario's links",
                        fault->name, fault->link);
                return false;
        }
        if (!resolve_match(world, fault, &fault->match, &rule.match, error) ||
                !resolve_match(world, fault, &fault->until, &rule.action.until, error))
                return false;
        world->has_endless_rules |= fault->every > 0;
        for (unsigned member = 0; member < links->count; member++) {
                rule.link = links->first + member;
                g_array_append_val(world->fault_rules, rule);
                g_array_append_val(world->fault_sources, index);
        }
        return true;
}

bool fault_rules_build(World *world, GError **error)
{
        for (unsigned i = 0; i < world->scenario->faults->len; i++) {
                if (!add_rules_of(world, i, error))
                        return false;
        }
        world->net.faults = fault_script_new((const struct fault_rule *)world->fault_rules->data,
                world->fault_rules->len, world->path_seed);
        return true;
}
