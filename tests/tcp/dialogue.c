/*
 * The bench: time passes, deadlines fire, segments are fetched after everything that happens.
 */
#include "dialogue_private.h"

#include <stdlib.h>

#include "tcp/conn_private.h"
#include "tcp/isn.h"

static const uint8_t secret[16] = "a dialogue's key";

struct dialogue_peer *dialogue_peer(Dialogue *dialogue)
{
        return &dialogue->peers[dialogue->peer];
}

time_ns dialogue_clock(const Dialogue *dialogue)
{
        return dialogue->start + dialogue->now;
}

uint8_t dialogue_byte(uint64_t offset)
{
        return (uint8_t)(offset * 131 + (offset >> 8) * 17);
}

void dialogue_fail(Dialogue *dialogue, const char *format, ...)
{
        va_list arguments;
        va_start(arguments, format);
        g_autofree char *why = g_strdup_vprintf(format, arguments);
        va_end(arguments);
        ck_abort_msg("\nline %u: %s\n%s\nso far:\n%s", dialogue->line_number, dialogue->line, why,
                dialogue->transcript->str);
        g_assert_not_reached();
}

void dialogue_set_isn(Dialogue *dialogue, struct seqnum isn)
{
        uint32_t ticks = isn.value - isn_choose(secret, &dialogue_peer(dialogue)->tuple, 0).value;
        dialogue->start = (time_ns)ticks * 4 * MICROSECOND;
}

/* ---- Relative numbers ---- */

static uint32_t timestamp_base(const Dialogue *dialogue, const struct dialogue_peer *peer)
{
        if (peer->conn == NULL)
                return 0;
        return peer->conn->timestamp_offset + (uint32_t)(dialogue->start / MILLISECOND);
}

void dialogue_make_relative(
        const Dialogue *dialogue, const struct dialogue_peer *peer, struct tcp_segment *segment)
{
        struct tcp_options *options = &segment->options;
        segment->seq.value -= peer->own_base.value;
        if (segment->flags & TCP_FLAG_ACK)
                segment->ack.value -= peer->peer_base.value;
        if (options->has_timestamps)
                options->timestamp_value -= timestamp_base(dialogue, peer);
        for (unsigned i = 0; i < options->sack_count; i++) {
                options->sack[i].left.value -= peer->peer_base.value;
                options->sack[i].right.value -= peer->peer_base.value;
        }
}

void dialogue_make_absolute(
        const Dialogue *dialogue, const struct dialogue_peer *peer, struct tcp_segment *segment)
{
        struct tcp_options *options = &segment->options;
        segment->seq.value += peer->peer_base.value;
        if (segment->flags & TCP_FLAG_ACK)
                segment->ack.value += peer->own_base.value;
        if (options->has_timestamps && (segment->flags & TCP_FLAG_ACK))
                options->timestamp_echo += timestamp_base(dialogue, peer);
        for (unsigned i = 0; i < options->sack_count; i++) {
                options->sack[i].left.value += peer->own_base.value;
                options->sack[i].right.value += peer->own_base.value;
        }
}

/* ---- What comes out ---- */

static char *describe(const struct dialogue_sent *sent)
{
        g_autofree char *text = spoken_segment_format(&sent->segment, &sent->sending);
        g_autofree char *peer = sent->peer == 1 ? g_strdup("") : g_strdup_printf(" (peer %u)", sent->peer);
        return g_strdup_printf("%" G_GINT64_FORMAT ".%09" G_GINT64_FORMAT " > %s%s", sent->at / SECOND,
                sent->at % SECOND, text, peer);
}

static void check_payload(Dialogue *dialogue, const struct dialogue_sent *sent)
{
        const struct payload *payload = &sent->segment.payload;
        for (uint32_t i = 0; i < payload->length; i++) {
                uint8_t byte;
                payload_copy_out(payload, i, &byte, 1);
                if (byte != dialogue_byte(sent->sending.stream_offset + i))
                        dialogue_fail(dialogue, "byte %u of a sent payload differs from what was written", i);
        }
}

void dialogue_record(
        Dialogue *dialogue, unsigned peer, struct tcp_segment *segment, const struct tcp_sending *sending)
{
        struct dialogue_sent *sent = g_new(struct dialogue_sent, 1);
        *sent = (struct dialogue_sent){ dialogue->now, peer, *segment, *sending };
        dialogue_make_relative(dialogue, &dialogue->peers[peer], &sent->segment);
        g_autofree char *text = describe(sent);
        g_string_append_printf(dialogue->transcript, "    %s\n", text);
        check_payload(dialogue, sent);
        g_queue_push_tail(&dialogue->sent, sent);
}

static void pump(Dialogue *dialogue, unsigned number)
{
        struct dialogue_peer *peer = &dialogue->peers[number];
        struct tcp_segment segment;
        struct tcp_sending sending;
        while (peer->conn != NULL &&
                tcp_conn_next_segment(peer->conn, dialogue_clock(dialogue), &segment, &sending))
                dialogue_record(dialogue, number, &segment, &sending);
        if (peer->conn != NULL && tcp_conn_is_finished(peer->conn)) {
                tcp_conn_free(peer->conn);
                peer->conn = NULL;
        }
}

static void fetch_notes(Dialogue *dialogue)
{
        struct tcp_note note;
        while (tcp_host_next_note(dialogue->host, &note))
                g_array_append_val(dialogue->notes, note);
}

void dialogue_after_stimulus(Dialogue *dialogue)
{
        for (unsigned i = 1; i < DIALOGUE_PEERS; i++) {
                pump(dialogue, i);
                fetch_notes(dialogue);
        }
        if (dialogue->listener != NULL)
                tcp_listener_check(dialogue->listener);
}

/* ---- Time ---- */

static time_ns next_deadline(const Dialogue *dialogue)
{
        time_ns first = TIME_NEVER;
        for (unsigned i = 1; i < DIALOGUE_PEERS; i++) {
                if (dialogue->peers[i].conn != NULL)
                        first = MIN(first, tcp_conn_deadline(dialogue->peers[i].conn));
        }
        return first == TIME_NEVER ? first : first - dialogue->start;
}

/* Deadlines before `until` fire. */
static void pass_time(Dialogue *dialogue, time_ns until)
{
        time_ns now = dialogue->now;
        time_ns deadline;
        while ((deadline = next_deadline(dialogue)) < until) {
                dialogue->now = deadline;
                for (unsigned i = 1; i < DIALOGUE_PEERS; i++) {
                        TcpConn *conn = dialogue->peers[i].conn;
                        if (conn != NULL && tcp_conn_deadline(conn) <= dialogue_clock(dialogue))
                                tcp_conn_on_time(conn, dialogue_clock(dialogue));
                }
                dialogue_after_stimulus(dialogue);
        }
        dialogue->now = now;
}

void dialogue_settle(Dialogue *dialogue)
{
        pass_time(dialogue, dialogue->now + 1);
}

static void expect_silence(Dialogue *dialogue)
{
        struct dialogue_sent *sent = g_queue_peek_head(&dialogue->sent);
        if (sent == NULL)
                return;
        g_autofree char *text = describe(sent);
        dialogue_fail(dialogue, "nobody expected: %s", text);
}

void dialogue_before_stimulus(Dialogue *dialogue)
{
        g_array_set_size(dialogue->notes, 0);
        pass_time(dialogue, dialogue->now);
        expect_silence(dialogue);
}

void dialogue_expect(Dialogue *dialogue, const struct spoken_segment *spoken)
{
        if (g_queue_is_empty(&dialogue->sent)) {
                g_array_set_size(dialogue->notes, 0);
                dialogue_settle(dialogue);
        }
        struct dialogue_sent *sent = g_queue_pop_head(&dialogue->sent);
        if (sent == NULL)
                dialogue_fail(dialogue, "expected this, seen nothing");
        g_autofree char *text = describe(sent);
        bool matches = sent->at == dialogue->now && sent->peer == dialogue->peer &&
                       spoken_segment_matches(spoken, &sent->segment, &sent->sending);
        payload_clear(&sent->segment.payload);
        g_free(sent);
        if (!matches)
                dialogue_fail(dialogue, "expected this, seen %s", text);
}

/* ---- Lines ---- */

static char **split(const char *line)
{
        g_auto(GStrv) halves = g_strsplit(line, "#", 2);
        g_auto(GStrv) parts = g_strsplit_set(halves[0] != NULL ? halves[0] : "", " \t", 0);
        GPtrArray *words = g_ptr_array_new();
        for (char **part = parts; *part != NULL; part++) {
                if (**part != '\0')
                        g_ptr_array_add(words, g_strdup(*part));
        }
        g_ptr_array_add(words, NULL);
        return (char **)g_ptr_array_free(words, FALSE);
}

/* The line's time, when it has one, becomes now. Returns how many words that took. */
static unsigned take_time(Dialogue *dialogue, const char *word)
{
        bool is_relative = word[0] == '+';
        if (!is_relative && !g_ascii_isdigit(word[0]))
                return 0;
        time_ns time;
        if (!dialogue_read_time(word + is_relative, &time))
                dialogue_fail(dialogue, "cannot read the time");
        if (is_relative)
                time += dialogue->now;
        if (time < dialogue->now)
                dialogue_fail(dialogue, "goes back in time");
        dialogue->now = time;
        return 1;
}

static const struct dialogue_verb *find_verb(const struct dialogue_verb *verbs, const char *name)
{
        while (verbs->name != NULL && g_strcmp0(verbs->name, name) != 0)
                verbs++;
        return verbs->name != NULL ? verbs : NULL;
}

static void act(Dialogue *dialogue, char **words)
{
        const struct dialogue_verb *const tables[] = { dialogue_calls, dialogue_looks, dialogue_figures };
        for (size_t i = 0; i < G_N_ELEMENTS(tables); i++) {
                const struct dialogue_verb *verb = find_verb(tables[i], words[0]);
                if (verb == NULL)
                        continue;
                verb->act(dialogue, words + 1);
                return;
        }
        dialogue_fail(dialogue, "no such verb");
}

static void play_line(Dialogue *dialogue, const char *line)
{
        dialogue->line = line;
        dialogue->line_number++;
        g_auto(GStrv) words = split(line);
        if (*line != '\0')
                g_string_append_printf(dialogue->transcript, "%s\n", line);
        if (words[0] == NULL)
                return;
        unsigned used = take_time(dialogue, words[0]);
        act(dialogue, words + used);
}

void dialogue_play(Dialogue *dialogue, const char *script)
{
        g_auto(GStrv) lines = g_strsplit(script, "\n", 0);
        for (char **line = lines; *line != NULL; line++)
                play_line(dialogue, *line);
        dialogue->line = "(end)";
}

/* ---- Making and ending ---- */

static void name_peer(struct dialogue_peer *peer, unsigned number)
{
        peer->tuple.local.address = ip_address_from_ipv4(0xc0000201);
        peer->tuple.remote.address = ip_address_from_ipv4(0xc0000202);
        peer->tuple.local.port = 80;
        peer->tuple.remote.port = (uint16_t)(40000 + number);
        peer->peer_base = seq_of(1000000 * number);
}

/* Those of a scenario, but for a steady delay of ACKs, and buffers with which the first window is 65700. */
static struct tcp_settings default_settings(void)
{
        struct tcp_settings settings = tcp_settings_default();
        settings.delayed_ack = 40 * MILLISECOND;
        settings.receive_memory = (struct tcp_memory){ 4096, 2 * 45 * 1460, 6 * 1024 * 1024 };
        settings.send_memory.initial = 4 * 1024 * 1024;
        return settings;
}

Dialogue *dialogue_new(const struct tcp_settings *settings)
{
        Dialogue *dialogue = g_new0(Dialogue, 1);
        dialogue->pool = payload_pool_new();
        dialogue->host = tcp_host_new(dialogue->pool, secret);
        dialogue->settings = settings != NULL ? *settings : default_settings();
        dialogue->notes = g_array_new(FALSE, FALSE, sizeof(struct tcp_note));
        dialogue->transcript = g_string_new(NULL);
        dialogue->peer = 1;
        g_queue_init(&dialogue->sent);
        tcp_host_want_notes(dialogue->host, UINT64_MAX);
        for (unsigned i = 1; i < DIALOGUE_PEERS; i++)
                name_peer(&dialogue->peers[i], i);
        return dialogue;
}

TcpConn *dialogue_conn(Dialogue *dialogue)
{
        return dialogue_peer(dialogue)->conn;
}

void dialogue_free(Dialogue *dialogue)
{
        expect_silence(dialogue);
        for (unsigned i = 1; i < DIALOGUE_PEERS; i++)
                tcp_conn_free(dialogue->peers[i].conn);
        tcp_listener_free(dialogue->listener);
        tcp_host_free(dialogue->host);
        payload_pool_free(dialogue->pool);
        g_array_free(dialogue->notes, TRUE);
        g_string_free(dialogue->transcript, TRUE);
        g_free(dialogue);
}

void dialogue_run_with(const struct tcp_settings *settings, const char *script)
{
        Dialogue *dialogue = dialogue_new(settings);
        dialogue_play(dialogue, script);
        dialogue_free(dialogue);
}

void dialogue_run(const char *script)
{
        dialogue_run_with(NULL, script);
}

void dialogue_run_parts(const char *const *parts)
{
        Dialogue *dialogue = dialogue_new(NULL);
        for (; *parts != NULL; parts++)
                dialogue_play(dialogue, *parts);
        dialogue_free(dialogue);
}

int dialogue_main(const char *suite_name, const TTest *const *tests, size_t count)
{
        Suite *suite = suite_create(suite_name);
        TCase *cases = tcase_create(suite_name);
        suite_add_tcase(suite, cases);
        for (size_t i = 0; i < count; i++)
                tcase_add_test(cases, tests[i]);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failures = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
