/*
 * Carries packets between two TUN devices as a scenario's links would: rate, a drop-tail queue, losses by
 * luck, fault rules, delay. measure_linux starts it; behind each device a Linux kernel sends and receives, so
 * time is real here.
 *
 *     carrier LEFT-FD RIGHT-FD < PATH
 *
 * Directions are 0, left to right, and 1. A path is lines of words and numbers, times in ns:
 *
 *     seed NUMBER
 *     log                                                  (each packet that a kernel sends, on standard
 * error) link DIRECTION RATE DELAY QUEUE LOST-IN-A-MILLION                  (in the order in which packets
 * meet them) rule DIRECTION LINK KIND NTH EVERY FIRST LAST SINCE UNTIL drop rule DIRECTION LINK KIND NTH
 * FIRST LAST SINCE UNTIL duplicate COPIES rule DIRECTION LINK KIND NTH EVERY FIRST LAST SINCE UNTIL delay
 * TIME rule DIRECTION LINK KIND NTH EVERY FIRST LAST SINCE UNTIL hold KIND NTH  (until such a packet has
 * passed)
 */
#include <glib.h>

#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LINKS_MAX     8
#define SECOND        1000000000
#define SHORT         500000 /* ns, as the times below */
#define LONG_SLEEP    2000000
#define AWAKE         1000000 /* a processor that sleeps may take that long to wake */
#define MILLION       1000000
#define BITS_PER_BYTE 8
#define PACKET_MAX    65536

struct packet {
        int64_t at; /* when it arrives at the end of its link */
        int direction;
        unsigned link;
        bool is_first_sending;
        int64_t first, last; /* its bytes of the stream, from 0; none: last < first */
        size_t size;
        uint8_t bytes[];
};

struct match {
        char kind[16];
        unsigned nth, every; /* 0: all */
        int64_t first, last, since, until;
        unsigned seen;
};

struct rule {
        unsigned link;
        struct match match;
        char action[16];
        int64_t argument;
        struct match release;
        GQueue held;
};

struct link {
        int64_t rate, delay, queue_limit, lost_in_a_million;
        int64_t busy_until;
        GQueue starts; /* of transmissions yet to begin: what waits */
};

struct direction {
        struct link links[LINKS_MAX];
        unsigned link_count;
        GPtrArray *rules;
        bool has_begun;
        uint32_t isn;
        int64_t sent; /* bytes of the stream that were sent once */
};

struct path {
        struct direction directions[2];
        int fds[2];
        GRand *luck;
        GQueue underway; /* packets, the next to arrive first */
        int64_t began;
        bool is_logged;
};

static int64_t now_ns(void)
{
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        return (int64_t)now.tv_sec * SECOND + now.tv_nsec;
}

/* ---- What a packet is ---- */

static const struct tcphdr *tcp_of(const struct packet *packet)
{
        const struct iphdr *ip = (const void *)packet->bytes;
        return (const void *)(packet->bytes + ip->ihl * 4);
}

static int64_t payload_of(const struct packet *packet)
{
        const struct iphdr *ip = (const void *)packet->bytes;
        return (int64_t)packet->size - ip->ihl * 4 - tcp_of(packet)->doff * 4;
}

static bool is_of_kind(const struct packet *packet, const char *kind)
{
        const struct tcphdr *tcp = tcp_of(packet);
        bool has_payload = payload_of(packet) > 0;
        if (strcmp(kind, "data") == 0)
                return has_payload && packet->is_first_sending;
        if (strcmp(kind, "retransmission") == 0)
                return has_payload && !packet->is_first_sending;
        if (strcmp(kind, "pure-ack") == 0)
                return !has_payload && !tcp->syn && !tcp->fin && !tcp->rst;
        if (strcmp(kind, "syn") == 0 || strcmp(kind, "synack") == 0)
                return tcp->syn && tcp->ack == (kind[3] == 'a');
        if (strcmp(kind, "fin") == 0)
                return tcp->fin;
        return strcmp(kind, "any") == 0;
}

/* Sequence numbers become offsets in the stream. */
static void place_in_stream(struct direction *direction, struct packet *packet)
{
        const struct tcphdr *tcp = tcp_of(packet);
        if (tcp->syn && !direction->has_begun) {
                direction->has_begun = true;
                direction->isn = ntohl(tcp->seq);
        }
        packet->first = (uint32_t)(ntohl(tcp->seq) - direction->isn - 1);
        packet->last = packet->first + payload_of(packet) - 1;
        packet->is_first_sending = packet->last >= direction->sent;
        if (!tcp->syn)
                direction->sent = MAX(direction->sent, packet->last + 1);
}

static bool matches(struct match *match, const struct packet *packet, int64_t time)
{
        if (!is_of_kind(packet, match->kind) || time < match->since || time > match->until)
                return false;
        if (match->last >= 0 && (packet->last < match->first || packet->first > match->last))
                return false;
        match->seen++;
        return (match->nth == 0 || match->nth == match->seen) &&
               (match->every == 0 || match->seen % match->every == 0);
}

/* ---- Along the path ---- */

/* Behind all that arrive no later. What crosses a short link is looked for from the head, lest it pass all
 * that is on a long one. */
static void put_underway(struct path *path, struct packet *packet, int64_t at)
{
        GList *place = path->underway.head, *before = NULL;
        packet->at = at;
        if (place && at - ((struct packet *)place->data)->at < SHORT) {
                for (; place && ((struct packet *)place->data)->at <= at; place = place->next)
                        before = place;
        } else {
                for (before = path->underway.tail; before && ((struct packet *)before->data)->at > at;)
                        before = before->prev;
        }
        if (before)
                g_queue_insert_after(&path->underway, before, packet);
        else
                g_queue_push_head(&path->underway, packet);
}

/* What becomes of a packet on the line. */
struct fate {
        int64_t arrival, copies;
        bool is_lost;
        GQueue *held_in;
};

static void obey(struct rule *rule, struct fate *fate)
{
        if (strcmp(rule->action, "drop") == 0)
                fate->is_lost = true;
        else if (strcmp(rule->action, "hold") == 0)
                fate->held_in = &rule->held;
        else if (strcmp(rule->action, "duplicate") == 0)
                fate->copies = rule->argument;
        else if (strcmp(rule->action, "delay") == 0)
                fate->arrival += rule->argument;
}

static void settle(struct path *path, const struct packet *packet, const struct fate *fate)
{
        if (fate->is_lost)
                return;
        for (int64_t i = 0; i <= fate->copies; i++) {
                struct packet *copy = g_memdup2(packet, sizeof *packet + packet->size);
                if (fate->held_in)
                        g_queue_push_tail(fate->held_in, copy);
                else
                        put_underway(path, copy, fate->arrival);
        }
}

/* What waited for this packet follows it. Counted is also what is lost or held. */
static void release_held(struct path *path, struct direction *direction, const struct packet *packet,
        int64_t sent, int64_t arrival)
{
        for (unsigned i = 0; i < direction->rules->len; i++) {
                struct rule *rule = direction->rules->pdata[i];
                bool is_here = rule->link == packet->link && strcmp(rule->action, "hold") == 0;
                struct packet *held;
                if (is_here && matches(&rule->release, packet, sent))
                        while ((held = g_queue_pop_head(&rule->held)))
                                put_underway(path, held, arrival);
        }
}

/* The line behind the transmitter: rules, each of which counts its packets, luck, the delay. */
static void cross(struct path *path, const struct packet *packet, int64_t sent)
{
        struct direction *direction = &path->directions[packet->direction];
        const struct link *link = &direction->links[packet->link];
        int64_t since_began = sent - path->began;
        struct fate fate = { .arrival = sent + link->delay };
        for (unsigned i = 0; i < direction->rules->len; i++) {
                struct rule *rule = direction->rules->pdata[i];
                if (rule->link == packet->link && matches(&rule->match, packet, since_began))
                        obey(rule, &fate);
        }
        fate.is_lost |= g_rand_int_range(path->luck, 0, MILLION) < link->lost_in_a_million;
        settle(path, packet, &fate);
        release_held(path, direction, packet, since_began, fate.arrival);
}

/* Onto a link at `time`: its departure is known at once, for the rate is fixed. */
static void enter(struct path *path, const struct packet *packet, int64_t time)
{
        struct link *link = &path->directions[packet->direction].links[packet->link];
        while (link->starts.head && *(int64_t *)link->starts.head->data <= time)
                g_free(g_queue_pop_head(&link->starts));
        if (time < link->busy_until && link->starts.length >= link->queue_limit)
                return;
        int64_t start = MAX(time, link->busy_until);
        if (start > time)
                g_queue_push_tail(&link->starts, g_memdup2(&start, sizeof start));
        int64_t takes = link->rate > 0 ? (int64_t)packet->size * BITS_PER_BYTE * SECOND / link->rate : 0;
        link->busy_until = start + takes;
        cross(path, packet, link->busy_until);
}

/* ---- The devices ---- */

/* Seconds, direction, flags, bytes of the stream, acknowledged up to, the window's field. */
static void log_packet(const struct path *path, const struct packet *packet, int64_t now)
{
        const struct tcphdr *tcp = tcp_of(packet);
        uint32_t acknowledged = ntohl(tcp->ack_seq) - path->directions[!packet->direction].isn - 1;
        const char *syn = tcp->syn ? "S" : "", *fin = tcp->fin ? "F" : "", *rst = tcp->rst ? "R" : "";
        const char *again = payload_of(packet) > 0 && !packet->is_first_sending ? " again" : "";
        double seconds = (double)(now - path->began) / SECOND;
        fprintf(stderr, "%.6f %s %s%s%s. %ld %ld %u win %u%s\n", seconds, packet->direction == 0 ? ">" : "<",
                syn, fin, rst, (long)packet->first, (long)payload_of(packet), acknowledged,
                ntohs(tcp->window), again);
}

/* All that a kernel has sent. */
static void take_from(struct path *path, int number)
{
        uint8_t bytes[PACKET_MAX];
        ssize_t size;
        while ((size = read(path->fds[number], bytes, sizeof bytes)) > 0) {
                if (bytes[0] >> 4 != 4 || ((struct iphdr *)bytes)->protocol != IPPROTO_TCP)
                        continue;
                g_autofree struct packet *packet = g_malloc(sizeof *packet + (size_t)size);
                *packet = (struct packet){ .direction = number, .size = (size_t)size };
                memcpy(packet->bytes, bytes, (size_t)size);
                place_in_stream(&path->directions[number], packet);
                int64_t now = now_ns();
                if (path->began == 0)
                        path->began = now;
                if (path->is_logged)
                        log_packet(path, packet, now);
                enter(path, packet, now);
        }
}

static void deliver_due(struct path *path)
{
        struct packet *packet;
        while ((packet = g_queue_peek_head(&path->underway)) && packet->at <= now_ns()) {
                g_queue_pop_head(&path->underway);
                if (++packet->link < path->directions[packet->direction].link_count)
                        enter(path, packet, packet->at);
                else if (write(path->fds[!packet->direction], packet->bytes, packet->size) < 0)
                        perror("carrier: write");
                g_free(packet);
        }
}

/* Until the next arrival. A processor that slept for long is late: it is woken early, and sleeps once more,
 * for a short time. */
static struct timespec time_to_sleep(struct path *path)
{
        const struct packet *next = g_queue_peek_head(&path->underway);
        int64_t wait = next ? MAX(0, next->at - now_ns()) : SECOND;
        if (wait > LONG_SLEEP)
                wait -= AWAKE;
        return (struct timespec){ wait / SECOND, wait % SECOND };
}

static void carry(struct path *path)
{
        struct pollfd polled[] = { { path->fds[0], POLLIN, 0 }, { path->fds[1], POLLIN, 0 } };
        for (;;) {
                struct timespec time = time_to_sleep(path);
                ppoll(polled, G_N_ELEMENTS(polled), &time, NULL);
                if ((polled[0].revents | polled[1].revents) & (POLLERR | POLLNVAL))
                        return;
                take_from(path, 0);
                take_from(path, 1);
                deliver_due(path);
        }
}

/* ---- The path's description ---- */

static void read_link(struct path *path, const char *line)
{
        unsigned number;
        struct link link = { .starts = G_QUEUE_INIT };
        if (sscanf(line, "link %u %ld %ld %ld %ld", &number, &link.rate, &link.delay, &link.queue_limit,
                    &link.lost_in_a_million) == 5) {
                struct direction *direction = &path->directions[number & 1];
                direction->links[direction->link_count++ % LINKS_MAX] = link;
        }
}

static void read_rule(struct path *path, const char *line)
{
        unsigned number;
        struct rule *rule = g_new0(struct rule, 1);
        struct match *match = &rule->match;
        int at = 0;
        rule->release = (struct match){ .last = -1, .until = INT64_MAX };
        sscanf(line, "rule %u %u %15s %u %u %ld %ld %ld %ld %15s %n", &number, &rule->link, match->kind,
                &match->nth, &match->every, &match->first, &match->last, &match->since, &match->until,
                rule->action, &at);
        g_assert(at > 0);
        if (strcmp(rule->action, "hold") == 0)
                sscanf(line + at, "%15s %u", rule->release.kind, &rule->release.nth);
        else
                sscanf(line + at, "%ld", &rule->argument);
        g_ptr_array_add(path->directions[number & 1].rules, rule);
}

static void read_path(struct path *path, FILE *file)
{
        char line[512];
        while (fgets(line, sizeof line, file)) {
                if (g_str_has_prefix(line, "seed "))
                        path->luck =
                                g_rand_new_with_seed((uint32_t)strtoul(line + strlen("seed "), NULL, 10));
                path->is_logged |= g_str_has_prefix(line, "log");
                read_link(path, line);
                if (g_str_has_prefix(line, "rule "))
                        read_rule(path, line);
        }
}

int main(int argc, char **argv)
{
        static struct path path;
        if (argc != 3) {
                fprintf(stderr, "usage: carrier LEFT-FD RIGHT-FD < PATH\n");
                return 2;
        }
        for (int i = 0; i < 2; i++) {
                path.fds[i] = atoi(argv[i + 1]);
                path.directions[i].rules = g_ptr_array_new();
        }
        path.luck = g_rand_new_with_seed(0);
        read_path(&path, stdin);
        carry(&path);
        return 0;
}
