/*
 * Every value is drawn from the seed's stream, in the order of the text.
 */
#include "random_scenario.h"

#include <glib.h>
#include "engine/rng.h"

#define WORDS_MAX 4

/* The lots and the text that they make. */
struct lottery {
        struct rng_stream stream;
        uint64_t drawn;
        GString *text;
};

static uint64_t draw_below(struct lottery *lottery, uint64_t bound)
{
        return rng_draw_below(&lottery->stream, lottery->drawn++, 0, 0, bound);
}

static uint64_t draw_between(struct lottery *lottery, uint64_t least, uint64_t most)
{
        return least + draw_below(lottery, most - least + 1);
}

/* Small ones as likely as large ones: any power of two below `most`, then anything up to it. */
static uint64_t draw_of_any_scale(struct lottery *lottery, uint64_t least, uint64_t most)
{
        unsigned scales = 0;
        while (least << (scales + 1) <= most)
                scales++;
        uint64_t top = least << draw_below(lottery, scales + 1);
        return draw_between(lottery, least, MIN(2 * top, most));
}

static bool draw_one_in(struct lottery *lottery, unsigned bound)
{
        return draw_below(lottery, bound) == 0;
}

static const char *draw_word(struct lottery *lottery, const char *const words[WORDS_MAX])
{
        unsigned count = 0;
        while (count < WORDS_MAX && words[count] != NULL)
                count++;
        return words[draw_below(lottery, count)];
}

static void add(struct lottery *lottery, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void add(struct lottery *lottery, const char *format, ...)
{
        va_list arguments;
        va_start(arguments, format);
        g_string_append_vprintf(lottery->text, format, arguments);
        va_end(arguments);
}

/* ---- Links ---- */

static void add_pipe(struct lottery *lottery, uint64_t delay_us)
{
        add(lottery, "    rate: %" G_GUINT64_FORMAT "kbit/s\n", draw_of_any_scale(lottery, 200, 1000000));
        add(lottery, "    delay: %" G_GUINT64_FORMAT "us\n", delay_us);
        uint64_t limit = draw_of_any_scale(lottery, 4, 100);
        bool counts_link = draw_one_in(lottery, 6);
        add(lottery, "    queue: { type: droptail, limit: %" G_GUINT64_FORMAT "pkt%s }\n", limit,
                counts_link ? ", counts: link" : "");
}

static void add_slots(struct lottery *lottery, uint64_t rtt_us)
{
        uint64_t least_us = draw_of_any_scale(lottery, 1, rtt_us);
        add(lottery, "      slot: { min: %" G_GUINT64_FORMAT "us, max: %" G_GUINT64_FORMAT "us", least_us,
                draw_between(lottery, least_us, 2 * least_us));
        if (draw_one_in(lottery, 2))
                add(lottery, ", packets: %" G_GUINT64_FORMAT "pkt", draw_of_any_scale(lottery, 4, 100));
        add(lottery, " }\n");
}

/* Reordering as deep as several round trips. */
static void add_bad_luck(struct lottery *lottery, uint64_t delay_us, uint64_t rtt_us)
{
        add(lottery, "    impair:\n      loss: %" G_GUINT64_FORMAT "%%\n", draw_below(lottery, 21));
        add(lottery,
                "      reorder: { probability: %" G_GUINT64_FORMAT "%%, delay: %" G_GUINT64_FORMAT "us }\n",
                draw_below(lottery, 31), draw_between(lottery, 1, 4 * rtt_us));
        add(lottery, "      jitter: %" G_GUINT64_FORMAT "us\n", draw_below(lottery, delay_us));
        add(lottery, "      keep-order: %s\n",
                draw_word(lottery, (const char *const[WORDS_MAX]){ "yes", "no" }));
        add(lottery, "      duplicate: %" G_GUINT64_FORMAT "%%\n", draw_below(lottery, 11));
        add(lottery, "      corrupt: %" G_GUINT64_FORMAT "%%\n", draw_below(lottery, 6));
        if (draw_one_in(lottery, 4))
                add_slots(lottery, rtt_us);
        if (draw_one_in(lottery, 4))
                add(lottery, "      ecn: on\n");
}

static void add_links(struct lottery *lottery)
{
        uint64_t near_us = draw_between(lottery, 1, 5000);
        uint64_t line_us = draw_of_any_scale(lottery, 10, 150000);
        add(lottery, "links:\n  - name: near\n    between: [left, middle]\n");
        add_pipe(lottery, near_us);
        add(lottery, "  - name: line\n    between: [middle, right]\n");
        add_pipe(lottery, line_us);
        add_bad_luck(lottery, line_us, 2 * (near_us + line_us));
}

/* ---- TCP ---- */

static void add_switch(struct lottery *lottery, const char *key)
{
        add(lottery, "      %s: %s\n", key,
                draw_word(lottery, (const char *const[WORDS_MAX]){ "on", "off" }));
}

static void add_buffer(struct lottery *lottery, const char *key, uint64_t least)
{
        if (!draw_one_in(lottery, 3))
                add(lottery, "      %s: %" G_GUINT64_FORMAT "B\n", key,
                        draw_of_any_scale(lottery, least, 1 << 20));
}

/* A host that gives up only in an unlucky millennium. As Linux, a window that is drawn back below what is in
 * flight (an old ACK comes late) has no longer than twice the largest RTO to open again. */
static void add_tcp(struct lottery *lottery)
{
        add(lottery, "    tcp:\n      retries: 1000\n      orphan-retries: 1000\n      syn-retries: 127\n    "
                     "  syn-ack-retries: 127\n");
        add(lottery, "      congestion-control: %s\n",
                draw_word(lottery, (const char *const[WORDS_MAX]){ "reno", "cubic" }));
        add(lottery, "      recovery: %s\n",
                draw_word(lottery, (const char *const[WORDS_MAX]){ "newreno", "sack" }));
        add(lottery, "      delayed-ack: %s\n",
                draw_word(lottery, (const char *const[WORDS_MAX]){ "off", "40ms", "500ms" }));
        add(lottery, "      initial-window: %" G_GUINT64_FORMAT "\n", draw_between(lottery, 1, 12));
        add(lottery, "      max-rto: %s\n",
                draw_word(lottery, (const char *const[WORDS_MAX]){ "100s", "120s" }));
        static const char *const switches[] = { "sack", "dsack", "timestamps", "window-scaling",
                "limited-transmit", "nagle", "idle-restart" };
        for (unsigned i = 0; i < G_N_ELEMENTS(switches); i++)
                add_switch(lottery, switches[i]);
        if (draw_one_in(lottery, 2))
                add(lottery, "      mss: %" G_GUINT64_FORMAT "B\n", draw_between(lottery, 88, 1460));
        add_buffer(lottery, "receive-buffer", 2304);
        add_buffer(lottery, "send-buffer", 4608);
}

/* ---- Programs ---- */

static uint64_t draw_size(struct lottery *lottery)
{
        return draw_one_in(lottery, 8) ? draw_between(lottery, 100000, 1000000)
                                       : draw_of_any_scale(lottery, 50, 100000);
}

static void add_sink(struct lottery *lottery)
{
        add(lottery, "  - { host: left, sink: { port: 9");
        if (draw_one_in(lottery, 6))
                add(lottery, ", read: %" G_GUINT64_FORMAT "kbit/s", draw_between(lottery, 100, 2000));
        if (draw_one_in(lottery, 6))
                add(lottery, ", stall: { after: %" G_GUINT64_FORMAT "B, for: 3s }",
                        draw_below(lottery, 20000));
        add(lottery, " } }\n");
}

static void add_programs(struct lottery *lottery)
{
        add(lottery,
                "apps:\n  - { host: right, http-server: { files: { /document: { size: %" G_GUINT64_FORMAT
                "B, fill: random } } } }\n",
                draw_size(lottery));
        add(lottery, "  - { host: left, name: fetched, fetch: { url: \"http://10.0.0.2/document\" } }\n");
        add_sink(lottery);
        add(lottery,
                "  - { host: right, name: sent, sender: { to: left, fill: counter, bytes: %" G_GUINT64_FORMAT
                "B",
                draw_size(lottery));
        if (draw_one_in(lottery, 3))
                add(lottery, ", write: %" G_GUINT64_FORMAT "B", draw_between(lottery, 100, 20000));
        add(lottery, " } }\n");
}

char *random_scenario(uint64_t seed)
{
        struct lottery lottery = {
                .stream = rng_stream_named(seed, "random scenario"),
                .text = g_string_new("inorder: 1\nstop: 8760h\n"),
        };
        add(&lottery, "seed: %" G_GUINT64_FORMAT "\n", seed);
        add(&lottery, "hosts:\n  left:\n    addr: 10.0.0.1\n");
        add_tcp(&lottery);
        add(&lottery, "  right:\n    addr: 10.0.0.2\n");
        add_tcp(&lottery);
        add(&lottery, "routers: { middle: {} }\n");
        add_links(&lottery);
        add_programs(&lottery);
        return g_string_free(lottery.text, FALSE);
}
