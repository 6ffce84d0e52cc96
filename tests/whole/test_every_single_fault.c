/*
 * Every misfortune that can befall one packet of a small fetch, one after the other: whatever it hits, on
 * whichever link, the document arrives whole.
 */
#include "whole_run.h"

#include <check.h>
#include <string.h>

/* Each packet that begins transmission in a clean run. */
struct target {
        const char *link; /* constant text, see ends[] */
        const char *side; /* "to" or "from" */
        const char *host;
        uint64_t nth;
        bool is_dns;
};

/* Every link has one host at its end, which names the direction. */
static const struct {
        const char *link;
        const char *host;
} ends[] = { { "access", "browser" }, { "ns", "ns" }, { "core", "www" } };

static const struct {
        const char *name;
        const char *action;
} misfortunes[] = {
        { "drop", "drop" },
        { "duplicate", "{ duplicate: 1 }" },
        { "swap-with-next", "swap-with-next" },
        { "delay", "{ delay: 300ms }" },
        { "corrupt", "{ corrupt: { bits: 1, in: any } }" },
};

/* A lost question or answer costs the resolver's 5 s; a SYN the initial 1 s; everything else less. */
#define SANE_WITH_DNS    (6 * SECOND)
#define SANE_WITHOUT_DNS (2 * SECOND)

/* ---- The packets of the clean run ---- */

struct census {
        const Trace *trace;
        GArray *targets; /* struct target */
};

static void count_hop(void *data, const struct trace_event *event)
{
        struct census *census = data;
        const struct trace_owner *owner = trace_owner(census->trace, event->owner);
        struct target target = { .nth = event->hop.ordinal, .is_dns = event->packet->protocol == TRACE_UDP };
        for (unsigned i = 0; i < G_N_ELEMENTS(ends); i++) {
                if (!g_str_equal(ends[i].link, owner->name))
                        continue;
                target.link = ends[i].link;
                target.host = ends[i].host;
                target.side = g_str_equal(owner->far_end, ends[i].host) ? "to" : "from";
        }
        ck_assert_ptr_nonnull(target.link);
        ck_assert_ptr_null(event->hop.drop);
        g_array_append_val(census->targets, target);
}

static GArray *packets_of_a_clean_run(const char *scenario)
{
        struct whole_run run;
        whole_run_load(&run, scenario, &(struct whole_options){ 0 });
        struct census census = { run.trace, g_array_new(FALSE, FALSE, sizeof(struct target)) };
        trace_listen(run.trace, TRACE_BIT(TRACE_HOP), count_hop, &census);
        whole_run_go(&run);
        g_autofree char *complaint = whole_run_complaint(&run);
        ck_assert_msg(complaint == NULL, "%s", complaint);
        whole_run_clear(&run);
        return census.targets;
}

/* ---- One misfortune ---- */

static char *lateness(const struct whole_run *run, const struct target *target)
{
        const struct transfer *transfer = world_transfers(run->world)->pdata[0];
        duration_ns took = transfer->finished - transfer->started;
        if (took <= (target->is_dns ? SANE_WITH_DNS : SANE_WITHOUT_DNS))
                return NULL;
        return g_strdup_printf("it took %" G_GINT64_FORMAT " ms", took / MILLISECOND);
}

static char *complaint_about(const struct whole_run *run, const struct target *target)
{
        if (!world_fault_fired(run->world, 0))
                return g_strdup("the rule never fired");
        char *complaint = whole_run_complaint(run);
        return complaint != NULL ? complaint : lateness(run, target);
}

static bool survives(const char *scenario, const struct target *target, const char *action)
{
        struct whole_run run;
        g_autofree char *rule =
                g_strdup_printf("{ on: %s, match: { %s: %s, nth: %" G_GUINT64_FORMAT " }, do: %s }",
                        target->link, target->side, target->host, target->nth, action);
        g_autofree char *text = g_strdup_printf("%sfaults: [ %s ]\n", scenario, rule);
        whole_run_load(&run, text, &(struct whole_options){ .without_digest = true });
        whole_run_go(&run);
        g_autofree char *complaint = complaint_about(&run, target);
        if (complaint != NULL)
                g_printerr("%s: %s\n", rule, complaint);
        whole_run_clear(&run);
        return complaint == NULL;
}

START_TEST(a_fetch_survives_it_whichever_packet_it_hits)
{
        g_autofree char *scenario = whole_file("small-fetch.yaml");
        g_autoptr(GArray) targets = packets_of_a_clean_run(scenario);
        unsigned failed = 0;
        for (unsigned i = 0; i < targets->len; i++)
                failed += !survives(
                        scenario, &g_array_index(targets, struct target, i), misfortunes[_i].action);
        ck_assert_msg(failed == 0, "%s: %u of %u packets", misfortunes[_i].name, failed, targets->len);
}
END_TEST

START_TEST(the_clean_fetch_is_a_whole_one)
{
        g_autofree char *scenario = whole_file("small-fetch.yaml");
        g_autoptr(GArray) targets = packets_of_a_clean_run(scenario);
        unsigned dns = 0;
        for (unsigned i = 0; i < targets->len; i++)
                dns += g_array_index(targets, struct target, i).is_dns;
        ck_assert_uint_eq(dns, 4);           /* a question and an answer, on two links each */
        ck_assert_uint_ge(targets->len, 40); /* SYN to last ACK, on two links each */
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("every_single_fault");
        tcase_set_timeout(cases, 120);
        tcase_add_test(cases, the_clean_fetch_is_a_whole_one);
        tcase_add_loop_test(
                cases, a_fetch_survives_it_whichever_packet_it_hits, 0, G_N_ELEMENTS(misfortunes));
        Suite *suite = suite_create("every_single_fault");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
