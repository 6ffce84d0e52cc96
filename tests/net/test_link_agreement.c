/*
 * One event a link and one event a packet are one and the same: a random load, full of ties at exact
 * instants, makes the same trace, in full, and lets senders go on at the same times.
 *
 * Two hosts, with owner numbers below and above the links', send through one link into another. Sizes and
 * times are multiples of the time that 100 bytes take, so that offers, ends of transmission, arrivals and
 * pumps coincide.
 */
#include "net_world.h"

#include <check.h>
#include <inttypes.h>

#define STEP         100 /* ns, and bytes at 8 Gbit/s */
#define BURSTS       120
#define HEADERS      40
#define OUTPUT_LIMIT 250 /* bytes: what a host lets wait in its device */
#define HOSTS        2

enum way { COMPUTED_AHEAD, ONE_EVENT_A_PACKET, RULE_THAT_NEVER_MATCHES, WAYS };

struct load {
        const char *why;
        uint32_t first_link;
        uint32_t relay;
        uint32_t second_link;
        rate_bps second_rate;
        duration_ns delay;
        uint32_t limit_packets;
        uint64_t limit_bytes;
        uint32_t mtu;
        uint32_t loss_percent; /* on both links */
};

struct host {
        struct event pump;
        struct event burst;
        uint32_t owner;
        uint32_t bursts;
        uint32_t to_send;
        struct device_account account;
        struct run *run;
};

struct run {
        struct net_world world;
        struct rng_stream luck;
        Link *first;
        Link *second;
        struct host hosts[HOSTS];
        uint32_t packets;
};

static uint32_t draw(struct host *host, uint32_t purpose, uint32_t bound)
{
        return (uint32_t)rng_draw_below(&host->run->luck, host->bursts, host->owner, purpose, bound);
}

static void set_event(struct host *host, struct event *event, time_ns time, enum event_class class)
{
        const struct event_key key = { .time = time, .owner = host->owner, .class = class };
        event_queue_set(host->run->world.context.events, event, &key);
}

static void send(struct host *host, struct device_account *account)
{
        uint32_t number = ++host->run->packets;
        uint32_t size = STEP * (1 + number * 7 % 3);
        struct packet *packet = net_world_packet(&host->run->world, number, size - HEADERS);
        packet->account = account;
        link_send(host->run->first, packet);
}

static void expect_room(struct host *host)
{
        time_ns room = link_room_time(host->run->first, &host->account, OUTPUT_LIMIT);
        host->account.is_waiting = true;
        if (room == TIME_NEVER)
                event_queue_cancel(host->run->world.context.events, &host->pump);
        else
                set_event(host, &host->pump, room, EVENT_PUMP);
}

static void pump(struct host *host)
{
        time_ns now = event_queue_now(host->run->world.context.events);
        host->account.is_waiting = false;
        event_queue_cancel(host->run->world.context.events, &host->pump);
        while (host->to_send > 0 && link_room_time(host->run->first, &host->account, OUTPUT_LIMIT) <= now) {
                send(host, &host->account);
                host->to_send--;
        }
        if (host->to_send > 0)
                expect_room(host);
}

static void on_pump(void *data)
{
        struct host *host = data;
        time_ns now = event_queue_now(host->run->world.context.events);
        host->account.is_waiting = false;
        time_ns room = link_room_time(host->run->first, &host->account, OUTPUT_LIMIT);
        g_string_append_printf(host->run->world.log,
                "pump %" PRId64 " owner=%u room=%" PRId64 " left=%u queued=%u\n", now, host->owner, room,
                host->to_send, host->account.queued_bytes);
        pump(host);
}

static void on_departing(void *data, struct device_account *account)
{
        (void)data;
        expect_room(account->data);
}

static void on_burst(void *data)
{
        struct host *host = data;
        time_ns now = event_queue_now(host->run->world.context.events);
        for (uint32_t unpaced = draw(host, 0, 3); unpaced > 0; unpaced--)
                send(host, NULL);
        host->to_send += draw(host, 1, 4);
        pump(host);
        if (++host->bursts < BURSTS)
                set_event(host, &host->burst, now + STEP * draw(host, 2, 12), EVENT_DEADLINE);
}

static void relay(void *data, struct packet *packet)
{
        struct run *run = data;
        link_send(run->second, packet);
}

static Link *new_link(struct run *run, const struct load *load, bool is_first)
{
        struct link_config config = net_world_link(is_first ? load->first_link : load->second_link);
        struct packet_sink sink = { relay, run, load->relay };
        struct packet_sink end = net_world_sink(&run->world, 90);
        config.number = is_first ? 0 : 1;
        config.queue.limit_packets = load->limit_packets;
        config.queue.limit_bytes = load->limit_bytes;
        config.delay = load->delay;
        config.mtu = load->mtu;
        if (load->loss_percent > 0) {
                config.impair.loss.model = LOSS_RANDOM;
                config.impair.loss.probability = probability_of(load->loss_percent, 100);
        }
        if (!is_first)
                config.rate = load->second_rate;
        return link_new(&run->world.context, &config, is_first ? &sink : &end);
}

static void host_init(struct host *host, struct run *run, uint32_t owner)
{
        *host = (struct host){ .owner = owner, .run = run };
        host->account.data = host;
        event_init(&host->pump, on_pump, host);
        event_init(&host->burst, on_burst, host);
        set_event(host, &host->burst, 0, EVENT_DEADLINE);
}

static char *log_of_run(const struct load *load, enum way way, uint64_t seed)
{
        struct run run = { .luck = rng_stream_named(seed, "load") };
        const struct fault_match never = { .from = PACKET_NO_HOST, .to = PACKET_NO_HOST, .transfer = 99 };
        const struct fault_rule rules[] = {
                { .name = (char *)"first", .link = 0, .match = never },
                { .name = (char *)"second", .link = 1, .match = never },
        };
        net_world_init(&run.world);
        run.world.context.one_event_a_packet = way == ONE_EVENT_A_PACKET;
        if (way == RULE_THAT_NEVER_MATCHES)
                run.world.context.faults = fault_script_new(rules, G_N_ELEMENTS(rules), seed);
        run.first = new_link(&run, load, true);
        run.second = new_link(&run, load, false);
        link_on_departing(run.first, on_departing, NULL);
        host_init(&run.hosts[0], &run, 1);
        host_init(&run.hosts[1], &run, 100);
        net_world_run(&run.world);
        const struct packet_counts *counts = &run.world.context.counts;
        g_string_append_printf(run.world.log,
                "sent=%" PRIu64 " delivered=%" PRIu64 " full=%" PRIu64 " hops=%" PRIu64, counts->sent,
                counts->delivered, counts->dropped[DROP_QUEUE_FULL], counts->hops);
        ck_assert_uint_gt(counts->delivered, counts->sent / 16);
        ck_assert_uint_eq(link_in_flight(run.first) + link_in_flight(run.second), 0);
        char *log = g_strdup(run.world.log->str);
        link_free(run.first);
        link_free(run.second);
        net_world_clear(&run.world);
        return log;
}

static const struct load loads[] = {
        { "owners in the order of the way", 20, 30, 40, 8000000000, 1000, 3, 0, 1500, 0 },
        { "and against it", 40, 30, 20, 8000000000, 1000, 3, 0, 1500, 0 },
        { "the relay above both", 20, 80, 40, 8000000000, 1000, 3, 0, 1500, 0 },
        { "a queue of bytes", 20, 30, 40, 8000000000, 500, 0, 700, 1500, 0 },
        { "a queue of either, a small largest packet", 40, 30, 20, 8000000000, 500, 4, 900, 200, 0 },
        { "no queue at all but one place", 20, 10, 40, 8000000000, 100, 1, 0, 1500, 0 },
        { "a slow second link", 20, 30, 40, 4000000000, 1000, 10, 0, 1500, 0 },
        { "one without limit", 20, 30, 40, 0, 1000, 3, 0, 1500, 0 },
        { "a queue of bytes with room for few", 20, 30, 40, 8000000000, 500, 0, 150, 1500, 0 },
        { "the first host relays too", 20, 1, 40, 8000000000, 1000, 3, 0, 1500, 0 },
        { "no delay", 20, 1, 40, 8000000000, 0, 3, 0, 1500, 0 },
        { "no delay, owners the other way", 40, 100, 20, 8000000000, 0, 3, 0, 1500, 0 },
        { "no delay and no limit", 40, 30, 20, 0, 0, 3, 0, 1500, 0 },
        { "loss", 20, 30, 40, 8000000000, 1000, 3, 0, 1500, 20 },
        { "loss, against the order of the way", 40, 30, 20, 8000000000, 300, 3, 0, 1500, 20 },
        { "loss, the relay first", 40, 10, 20, 8000000000, 100, 5, 0, 1500, 60 },
        { "loss, and no delay", 40, 30, 20, 8000000000, 0, 3, 0, 1500, 20 },
        { "loss without limit of rate", 20, 30, 40, 0, 1000, 3, 0, 1500, 20 },
};

START_TEST(one_event_a_link_and_one_event_a_packet_make_the_same_trace)
{
        for (uint64_t seed = 1; seed <= 3; seed++) {
                g_autofree char *ahead = log_of_run(&loads[_i], COMPUTED_AHEAD, seed);
                for (enum way way = ONE_EVENT_A_PACKET; way < WAYS; way++) {
                        g_autofree char *other = log_of_run(&loads[_i], way, seed);
                        ck_assert_msg(g_str_equal(ahead, other), "%s, seed %d, way %d", loads[_i].why,
                                (int)seed, way);
                }
        }
}
END_TEST

START_TEST(the_load_has_drops_pumps_and_ties)
{
        g_autofree char *log = log_of_run(&loads[0], COMPUTED_AHEAD, 1);
        g_auto(GStrv) lines = g_strsplit(log, "\n", -1);
        unsigned drops = 0;
        unsigned pumps = 0;
        unsigned ties = 0;
        time_ns last = -1;
        for (unsigned i = 0; lines[i] != NULL; i++) {
                const char *space = strchr(lines[i], ' ');
                time_ns time = space != NULL ? g_ascii_strtoll(space, NULL, 10) : -1;
                drops += strstr(lines[i], "drop=queue-full") != NULL;
                pumps += g_str_has_prefix(lines[i], "pump");
                ties += time == last;
                last = time;
        }
        ck_assert_uint_gt(drops, 20);
        ck_assert_uint_gt(pumps, 50);
        ck_assert_uint_gt(ties, 200);
}
END_TEST

START_TEST(another_seed_is_another_load)
{
        g_autofree char *one = log_of_run(&loads[0], COMPUTED_AHEAD, 1);
        g_autofree char *two = log_of_run(&loads[0], COMPUTED_AHEAD, 2);
        ck_assert_str_ne(one, two);
}
END_TEST

static Suite *agreement_suite(void)
{
        Suite *suite = suite_create("link_agreement");
        TCase *cases = tcase_create("link_agreement");
        tcase_set_timeout(cases, 60);
        tcase_add_loop_test(
                cases, one_event_a_link_and_one_event_a_packet_make_the_same_trace, 0, G_N_ELEMENTS(loads));
        tcase_add_test(cases, the_load_has_drops_pumps_and_ties);
        tcase_add_test(cases, another_seed_is_another_load);
        suite_add_tcase(suite, cases);
        return suite;
}

int main(void)
{
        SRunner *runner = srunner_create(agreement_suite());
        srunner_run_all(runner, CK_ENV);
        int failures = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failures != 0;
}
