/*
 * Memory is for what goes on at once: of connections that have ended nothing is kept.
 */
#include "whole_run.h"

#include <check.h>
#include <stdlib.h>
#include "allocation_count.h"

#define SLACK (128 * 1024) /* rings and tables that are larger after more connections */

/* Fetches one after the other, with the server's TIME-WAITs soon over. */
static const char scenario[] =
        "inorder: 1\n"
        "tcp: { msl: 10ms }\n"
        "hosts: { client: { addr: 10.0.0.1 }, server: { addr: 10.0.0.2 } }\n"
        "links: [{ name: wire, between: [client, server], rate: 1Gbit/s, delay: 1ms }]\n"
        "apps:\n"
        "  - { host: server, http-server: { files: { /x: { size: 1000B } } } }\n"
        "  - { host: client, name: fetch, fetch: { url: \"http://server/x\", repeat: %u } }\n";

struct peak {
        size_t before;
        size_t bytes;
};

static void look(void *data)
{
        struct peak *peak = data;
        peak->bytes = MAX(peak->bytes, allocated_bytes());
}

/* What the run needs at most, beside the world that was there before. */
static size_t peak_of(unsigned connections, bool without_sha256)
{
        struct whole_run run;
        g_autofree char *text = g_strdup_printf(scenario, connections);
        const struct whole_options options = { .without_digest = true, .without_sha256 = without_sha256 };
        whole_run_load(&run, text, &options);
        struct peak peak = { .before = allocated_bytes() };
        const struct world_watch watch = { .every = MILLISECOND, .look = look, .data = &peak };
        ck_assert_int_eq(world_run_watched(run.world, NULL, &watch), RUN_DONE);
        const struct transfer *fetch = world_transfers(run.world)->pdata[0];
        ck_assert_uint_eq(fetch->connections, connections);
        whole_run_clear(&run);
        return peak.bytes - peak.before;
}

START_TEST(ten_thousand_connections_one_by_one_need_no_more_than_a_hundred)
{
        size_t few = peak_of(100, _i);
        size_t many = peak_of(10000, _i);
        ck_assert_msg(many <= few + SLACK, "%zu bytes for 100, %zu for 10000", few, many);
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("memory");
        tcase_set_timeout(cases, 120);
        tcase_add_loop_test(cases, ten_thousand_connections_one_by_one_need_no_more_than_a_hundred, 0, 2);
        Suite *suite = suite_create("memory");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
