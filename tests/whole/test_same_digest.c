/*
 * The same run gives the same digest, and only what concerns packets changes it.
 */
#include "whole_run.h"

#include <check.h>
#include <string.h>

static const struct whole_options plain_options = { 0 };

static const char *const scenarios[] = {
        "small-fetch.yaml",
        "crowded-bottleneck.yaml",
        "two-way.yaml",
        "bad-line.yaml",
        "bulk.yaml",
        "held-at-stop.yaml",
};

static char *file_with(const char *name, const char *old, const char *new)
{
        g_autofree char *text = whole_file(name);
        g_auto(GStrv) parts = g_strsplit(text, old, 2);
        ck_assert_msg(g_strv_length(parts) == 2, "%s does not say \"%s\"", name, old);
        return g_strjoinv(new, parts);
}

START_TEST(two_runs_give_the_same_digest)
{
        g_autofree char *text = whole_file(scenarios[_i]);
        g_autofree char *first = whole_run_digest(text, &plain_options);
        g_autofree char *second = whole_run_digest(text, &plain_options);
        ck_assert_str_eq(first, second);
}
END_TEST

START_TEST(one_event_a_packet_gives_the_same_digest_as_one_event_a_link)
{
        g_autofree char *text = whole_file(scenarios[_i]);
        g_autofree char *ahead = whole_run_digest(text, &plain_options);
        g_autofree char *evented =
                whole_run_digest(text, &(struct whole_options){ .one_event_a_packet = true });
        ck_assert_msg(strcmp(ahead, evented) == 0, "%s", scenarios[_i]);
}
END_TEST

START_TEST(the_crowd_overflows_its_bottleneck)
{
        struct whole_run run;
        g_autofree char *text = whole_file(scenarios[_i]);
        whole_run_load(&run, text, &plain_options);
        whole_run_go(&run);
        ck_assert_uint_gt(world_packet_counts(run.world)->dropped[DROP_QUEUE_FULL], 0);
        g_autofree char *complaint = whole_run_complaint(&run);
        ck_assert_msg(complaint == NULL, "%s: %s", scenarios[_i], complaint);
        whole_run_clear(&run);
}
END_TEST

START_TEST(another_seed_gives_another_digest)
{
        g_autofree char *text = whole_file("bad-line.yaml");
        g_autofree char *other = file_with("bad-line.yaml", "seed: 5", "seed: 6");
        g_autofree char *first = whole_run_digest(text, &plain_options);
        g_autofree char *second = whole_run_digest(other, &plain_options);
        ck_assert_str_ne(first, second);
}
END_TEST

START_TEST(another_title_gives_the_same_digest)
{
        g_autofree char *text = whole_file("bad-line.yaml");
        g_autofree char *other = file_with("bad-line.yaml", "seed: 5", "title: something else\nseed: 5");
        g_autofree char *first = whole_run_digest(text, &plain_options);
        g_autofree char *second = whole_run_digest(other, &plain_options);
        ck_assert_str_eq(first, second);
}
END_TEST

static void count_event(void *data, const struct trace_event *event G_GNUC_UNUSED)
{
        ++*(uint64_t *)data;
}

START_TEST(who_else_listens_does_not_change_the_digest)
{
        uint64_t heard = 0;
        struct whole_run run;
        g_autofree char *text = whole_file(scenarios[_i]);
        g_autofree char *alone = whole_run_digest(text, &(struct whole_options){ .without_sha256 = true });
        whole_run_load(&run, text, &plain_options);
        trace_listen(run.trace, TRACE_ALL_KINDS, count_event, &heard);
        whole_run_go(&run);
        ck_assert_uint_gt(heard, 0);
        ck_assert_str_eq(alone, digest_text(run.digest));
        whole_run_clear(&run);
}
END_TEST

/* ---- Luck ---- */

/* By owner's label, its digest: everything that happened to its packets, and when. */
static GHashTable *owner_digests(const char *text)
{
        struct whole_run run;
        whole_run_load(&run, text, &plain_options);
        whole_run_go(&run);
        GHashTable *digests = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        for (unsigned i = 0; i < trace_owner_count(run.trace); i++)
                g_hash_table_insert(digests, g_strdup(trace_owner_label(run.trace, i)),
                        g_strdup(digest_owner_text(run.digest, i)));
        whole_run_clear(&run);
        return digests;
}

/* Hosts and links before those that were there, so that everyone's number changes; and packets of their own.
 */
static char *bad_line_with_strangers(void)
{
        g_autofree char *with_hosts = file_with("bad-line.yaml",
                "  left:", "  aside: { addr: 10.9.0.1 }\n  beyond: { addr: 10.9.0.2 }\n  left:");
        g_auto(GStrv) parts = g_strsplit(with_hosts, "  - { name: near", 2);
        g_autofree char *with_links =
                g_strjoinv("  - { name: aside, between: [aside, middle], delay: 1ms }\n"
                           "  - { name: beyond, between: [middle, beyond], impair: { loss: 10% } }\n"
                           "  - { name: near",
                        parts);
        return g_strconcat(with_links, "  - { host: beyond, sink: {} }\n",
                "  - { host: aside, name: aside, sender: { to: beyond, bytes: 100kB } }\n", NULL);
}

START_TEST(strangers_do_not_change_what_happens_to_others)
{
        g_autofree char *text = whole_file("bad-line.yaml");
        g_autofree char *wider = bad_line_with_strangers();
        g_autoptr(GHashTable) before = owner_digests(text);
        g_autoptr(GHashTable) after = owner_digests(wider);
        ck_assert_uint_eq(g_hash_table_size(after), g_hash_table_size(before) + 6);
        GHashTableIter owners;
        void *label;
        void *digest;
        g_hash_table_iter_init(&owners, before);
        while (g_hash_table_iter_next(&owners, &label, &digest)) {
                if (strcmp(label, "middle") != 0) /* which sees the strangers' packets too */
                        ck_assert_msg(
                                g_str_equal(g_hash_table_lookup(after, label), digest), "%s", (char *)label);
        }
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("same_digest");
        tcase_set_timeout(cases, 60);
        tcase_add_loop_test(cases, two_runs_give_the_same_digest, 0, G_N_ELEMENTS(scenarios));
        tcase_add_loop_test(cases, one_event_a_packet_gives_the_same_digest_as_one_event_a_link, 0,
                G_N_ELEMENTS(scenarios));
        tcase_add_loop_test(cases, the_crowd_overflows_its_bottleneck, 1, 3);
        tcase_add_test(cases, another_seed_gives_another_digest);
        tcase_add_test(cases, another_title_gives_the_same_digest);
        tcase_add_loop_test(cases, who_else_listens_does_not_change_the_digest, 0, G_N_ELEMENTS(scenarios));
        tcase_add_test(cases, strangers_do_not_change_what_happens_to_others);
        Suite *suite = suite_create("same_digest");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
