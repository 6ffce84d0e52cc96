/*
 * Hosts and links as a whole: names, addresses and ends that fit together.
 */
#include "run/scenario_check.h"

#include "wire/ipv6.h"

#include <string.h>

#define LAST_IPV4   0xdfffffffu /* 223.255.255.255 */
#define OWNERS_MOST ((1u << 20) - 1)

bool scenario_fail_host(struct field_reader *reader, struct mark mark, const char *key, const char *name)
{
        const GPtrArray *hosts = reader->scenario->hosts;
        g_autoptr(GPtrArray) names = g_ptr_array_new();
        for (unsigned i = 0; i < hosts->len; i++)
                g_ptr_array_add(names, ((struct scenario_host *)g_ptr_array_index(hosts, i))->name);
        g_ptr_array_add(names, NULL);
        return field_fail_word(reader, mark, name, (const char *const *)names->pdata,
                "%s: no host is named '%s'", key, name);
}

/* ---- Hosts ---- */

/* How many addresses there are from its first one on, but that, before its family's or its last 32 bits' end.
 */
static uint32_t addresses_left(const struct scenario_host *host)
{
        uint32_t last = ip_address_is_ipv4(&host->address) ? LAST_IPV4 : UINT32_MAX;
        return last - ip_address_to_ipv4(&host->address);
}

/* Whether the first address of `next`, which is not lower, is one of the host's. */
static bool reaches(const struct scenario_host *host, const struct scenario_host *next)
{
        struct ip_address last = ip_address_plus(&host->address, host->count - 1);
        return ip_address_compare(&next->address, &last) <= 0;
}

/* The file's order decides between equals, so that the later one is reported. */
static int compare_addresses(gconstpointer a, gconstpointer b)
{
        const struct scenario_host *first = *(const struct scenario_host *const *)a;
        const struct scenario_host *second = *(const struct scenario_host *const *)b;
        int order = ip_address_compare(&first->address, &second->address);
        if (order != 0)
                return order;
        if (first->mark.line != second->mark.line)
                return first->mark.line < second->mark.line ? -1 : 1;
        return first->mark.column < second->mark.column ? -1 : 1;
}

static bool check_addresses(struct field_reader *reader)
{
        Scenario *scenario = reader->scenario;
        GPtrArray *sorted = scenario->hosts_by_address;
        g_ptr_array_set_size(sorted, 0);
        for (unsigned i = 0; i < scenario->hosts->len; i++)
                g_ptr_array_add(sorted, g_ptr_array_index(scenario->hosts, i));
        g_ptr_array_sort(sorted, compare_addresses);
        for (unsigned i = 0; i < sorted->len; i++) {
                const struct scenario_host *host = g_ptr_array_index(sorted, i);
                if (host->count - 1 > addresses_left(host))
                        return field_fail(reader, host->mark,
                                "%s: %u addresses from there go past %s; accepted: fewer", host->name,
                                host->count,
                                ip_address_is_ipv4(&host->address) ? "223.255.255.255" : "its last 32 bits");
                const struct scenario_host *before = i > 0 ? g_ptr_array_index(sorted, i - 1) : NULL;
                if (!before || !reaches(before, host))
                        continue;
                char text[IP_ADDRESS_TEXT_SIZE];
                return field_fail(reader, field_mark(reader, &host->address, host->mark),
                        "%s: %s is %s's address already; accepted: one of its own", host->name,
                        ip_address_format(&host->address, text), before->name);
        }
        return true;
}

/* "client-2" beside a group "client" of two or more would be two hosts of one name. */
static bool check_group_names(struct field_reader *reader)
{
        const Scenario *scenario = reader->scenario;
        for (unsigned i = 0; i < scenario->hosts->len; i++) {
                const struct scenario_host *host = g_ptr_array_index(scenario->hosts, i);
                const char *dash = strrchr(host->name, '-');
                if (!dash)
                        continue;
                g_autofree char *stem = g_strndup(host->name, (gsize)(dash - host->name));
                const struct scenario_host *group = g_hash_table_lookup(scenario->hosts_by_name, stem);
                guint64 number;
                if (group && group->is_group && dash[1] != '0' &&
                        g_ascii_string_to_unsigned(dash + 1, 10, 1, group->count, &number, NULL))
                        return field_fail(reader, host->mark,
                                "'%s' is a member of the group '%s' already; accepted: another name",
                                host->name, stem);
        }
        return true;
}

static bool check_resolvers(struct field_reader *reader, const Reach *reach)
{
        const Scenario *scenario = reader->scenario;
        for (unsigned i = 0; i < scenario->hosts->len; i++) {
                const struct scenario_host *host = g_ptr_array_index(scenario->hosts, i);
                if (ip_address_is_any(&host->resolver))
                        continue;
                int member;
                char text[IP_ADDRESS_TEXT_SIZE];
                struct mark mark = field_mark(reader, &host->resolver, host->mark);
                const struct scenario_host *server = scenario_host_at(scenario, &host->resolver, &member);
                ip_address_format(&host->resolver, text);
                if (!server)
                        return field_fail(reader, host->mark,
                                "%s: resolver %s is no host's address; accepted: a host's", host->name, text);
                if (!reach_leads(reach, host, server))
                        return field_fail(reader, mark,
                                "%s: no links lead to its resolver %s; accepted: a host within reach",
                                host->name, server->name);
        }
        return true;
}

static bool check_hosts(struct field_reader *reader, const Reach *reach)
{
        const Scenario *scenario = reader->scenario;
        if (scenario->hosts->len == 0)
                return field_fail(reader, (struct mark){ 1, 1 }, "hosts: there is none; one is required");
        return check_group_names(reader) && check_addresses(reader) && check_resolvers(reader, reach);
}

/* ---- Links ---- */

static bool check_ends(struct field_reader *reader, const struct scenario_link *link)
{
        const struct scenario_host *ends[2];
        bool is_group[2];
        for (int i = 0; i < 2; i++) {
                int member;
                ends[i] = scenario_find_host(reader->scenario, link->ends[i], &member);
                if (!ends[i])
                        return scenario_fail_host(reader, field_mark(reader, &link->ends[i], link->mark),
                                "between", link->ends[i]);
                is_group[i] = ends[i]->is_group && member < 0;
        }
        if (is_group[0] && is_group[1] && ends[0]->count != ends[1]->count)
                return field_fail(reader, link->mark,
                        "between: '%s' has %u members and '%s' %u; accepted: groups of one size, or one "
                        "group",
                        ends[0]->name, ends[0]->count, ends[1]->name, ends[1]->count);
        return true;
}

static bool check_reorder(struct field_reader *reader, const struct scenario_link *link,
        const struct scenario_direction *direction)
{
        const struct impair_config *impair = &direction->impair;
        bool is_late = impair->reorder_delay > 0 || impair->reorder_by > 0;
        bool is_good = impair->reorder_early ? !is_late && direction->delay > 0 : is_late;
        if (probability_is_zero(impair->reorder) || is_good)
                return true;
        return field_fail(reader, field_mark(reader, &impair->reorder, link->mark),
                "%s: reorder that %s; accepted: delay: TIME, by: PACKETS, or early: on and a delay to skip",
                link->name, is_late ? "makes a packet both late and early" : "moves no packet");
}

/* Hosts forward nothing; between routers any host's packets may pass. */
static bool carries_ipv6(const Scenario *scenario, const struct scenario_link *link)
{
        for (int i = 0; i < 2; i++) {
                int member;
                const struct scenario_host *end = scenario_find_host(scenario, link->ends[i], &member);
                if (!end || !end->forwards)
                        return end && !ip_address_is_ipv4(&end->address);
        }
        for (unsigned i = 0; i < scenario->hosts->len; i++) {
                const struct scenario_host *host = g_ptr_array_index(scenario->hosts, i);
                if (!host->forwards && !ip_address_is_ipv4(&host->address))
                        return true;
        }
        return false;
}

/* RFC 8200 section 5: "IPv6 requires that every link in the Internet have an MTU of 1280 octets or greater."
 */
static bool check_mtu(struct field_reader *reader, const struct scenario_link *link)
{
        if (link->mtu >= IPV6_MTU_MIN || !carries_ipv6(reader->scenario, link))
                return true;
        return field_fail(reader, field_mark(reader, &link->mtu, link->mark),
                "%s: an mtu of %uB, and hosts that speak IPv6; accepted: at least %uB", link->name, link->mtu,
                IPV6_MTU_MIN);
}

/* Else it would never be sent. */
static bool check_burst(struct field_reader *reader, const struct scenario_link *link)
{
        for (int i = 0; i < 2; i++) {
                const struct shaper_config *shape = &link->directions[i].shape;
                uint64_t largest = framing_size(&shape->framing, link->mtu);
                if (shape->burst_bytes > 0 && shape->burst_bytes < largest)
                        return field_fail(reader, field_mark(reader, &shape->burst_bytes, link->mark),
                                "%s: a burst of less than a packet; accepted: at least the mtu%s, "
                                "%" G_GUINT64_FORMAT "B",
                                link->name, framing_is_idle(&shape->framing) ? "" : " in its frames",
                                largest);
        }
        return true;
}

static bool check_impair(struct field_reader *reader, const struct scenario_link *link)
{
        for (int i = 0; i < 2; i++) {
                const struct scenario_direction *direction = &link->directions[i];
                if (!check_reorder(reader, link, direction))
                        return false;
        }
        return true;
}

bool scenario_check_link_values(struct field_reader *reader, const struct scenario_link *link)
{
        return check_mtu(reader, link) && check_burst(reader, link) && check_impair(reader, link);
}

static bool check_links(struct field_reader *reader)
{
        const GPtrArray *links = reader->scenario->links;
        g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
        for (unsigned i = 0; i < links->len; i++) {
                const struct scenario_link *link = g_ptr_array_index(links, i);
                if (!g_hash_table_add(names, link->name))
                        return field_fail(reader, field_mark(reader, &link->name, link->mark),
                                "two links are named '%s'; accepted: a name of its own", link->name);
                if (!check_ends(reader, link) || !scenario_check_link_values(reader, link))
                        return false;
        }
        return true;
}

/* Everything that has events of its own is numbered, and an arrival's event has 20 bits for a link direction.
 */
static bool check_size(struct field_reader *reader)
{
        const Scenario *scenario = reader->scenario;
        uint64_t owners = 0;
        for (unsigned i = 0; i < scenario->hosts->len; i++)
                owners += ((const struct scenario_host *)g_ptr_array_index(scenario->hosts, i))->count;
        for (unsigned i = 0; i < scenario->links->len; i++)
                owners += 2 * (uint64_t)scenario_link_count(scenario, g_ptr_array_index(scenario->links, i));
        return owners <= OWNERS_MOST ||
               field_fail(reader, (struct mark){ 1, 1 },
                       "%" G_GUINT64_FORMAT
                       " hosts, routers and link directions; accepted: at most %u in all",
                       owners, OWNERS_MOST);
}

bool scenario_check(struct field_reader *reader)
{
        if (!check_links(reader) || !check_size(reader))
                return false;
        g_autoptr(Reach) reach = reach_new(reader->scenario);
        return check_hosts(reader, reach) && scenario_check_apps(reader, reach) &&
               scenario_check_faults(reader) && scenario_check_expects(reader);
}
