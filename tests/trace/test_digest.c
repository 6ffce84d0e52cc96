/*
 * The digest: what changes it, and what must not.
 */
#include "made_up.h"
#include "trace/digest.h"

#include <check.h>
#include <openssl/sha.h>
#include <string.h>

struct variant {
        const char *why;
        uint32_t owner;
        time_ns time;
        const char *payload;
        const char *drop;
        uint64_t ordinal;
        bool is_duplicated;
};
static const struct variant plain = { "plain", CORE_TO_WWW, 50, "GET /", NULL, 1, false };

static void emit_variant(Trace *trace, const struct variant *variant)
{
        struct made_up_packet made;
        const struct trace_hop hop = { .drop = variant->drop, .ordinal = variant->ordinal };
        made_up_tcp(&made, BROWSER, 3, 1, 1, 0x10, variant->payload);
        made_up_hop(trace, variant->time, variant->owner, &made, &hop);
        if (variant->is_duplicated)
                made_up_hop(trace, variant->time, variant->owner, &made, &hop);
}

static char *digest_of(const struct variant *variant)
{
        g_autoptr(Trace) trace = made_up_world();
        g_autoptr(Digest) digest = digest_new(trace);
        emit_variant(trace, variant);
        digest_finish(digest);
        return g_strdup(digest_text(digest));
}

START_TEST(the_same_events_give_the_same_digest)
{
        g_autofree char *one = digest_of(&plain);
        g_autofree char *other = digest_of(&plain);
        ck_assert_str_eq(one, other);
        ck_assert_uint_eq(strlen(one), 64);
        ck_assert_uint_eq(strspn(one, "0123456789abcdef"), 64);
}
END_TEST

static const struct variant variants[] = {
        { "another owner", CORE_TO_ISP, 50, "GET /", NULL, 1, false },
        { "a nanosecond later", CORE_TO_WWW, 51, "GET /", NULL, 1, false },
        { "another payload", CORE_TO_WWW, 50, "GET /x", NULL, 1, false },
        { "lost", CORE_TO_WWW, 50, "GET /", "loss", 1, false },
        { "lost for another reason", CORE_TO_WWW, 50, "GET /", "fault", 1, false },
        { "another ordinal", CORE_TO_WWW, 50, "GET /", NULL, 2, false },
        { "twice", CORE_TO_WWW, 50, "GET /", NULL, 1, true },
};

START_TEST(whatever_happens_to_packets_changes_it)
{
        g_autofree char *one = digest_of(&plain);
        g_autofree char *other = digest_of(&variants[_i]);
        ck_assert_msg(strcmp(one, other) != 0, "%s", variants[_i].why);
}
END_TEST

START_TEST(what_programs_say_and_who_else_listens_does_not_change_it)
{
        g_autofree char *one = digest_of(&plain);
        g_autoptr(Trace) trace = made_up_world();
        struct trace_event step = { .kind = TRACE_STEP, .step = { .name = "note", .text = "-" } };
        g_autoptr(Digest) digest = digest_new(trace);
        trace_emit(trace, &step);
        emit_variant(trace, &plain);
        digest_finish(digest);
        ck_assert_str_eq(digest_text(digest), one);
}
END_TEST

START_TEST(the_order_matters_within_an_owner_but_not_between_owners)
{
        struct variant other = plain;
        char *texts[2];
        other.owner = CORE_TO_ISP;
        for (int turn = 0; turn < 2; turn++) {
                g_autoptr(Trace) trace = made_up_world();
                g_autoptr(Digest) digest = digest_new(trace);
                emit_variant(trace, turn ? &plain : &other);
                emit_variant(trace, turn ? &other : &plain);
                digest_finish(digest);
                texts[turn] = g_strdup(digest_text(digest));
        }
        ck_assert_str_eq(texts[0], texts[1]);
        g_free(texts[0]);
        g_free(texts[1]);
}
END_TEST

START_TEST(an_owner_s_hash_is_that_of_its_records_as_the_document_lays_them_out)
{
        static const char record[] = "\x09\x03\0\0\0\0\0\0" /* time 777 */
                                     "\x03"                 /* TRACE_DROPPED */
                                     "\x04\0"
                                     "head"       /* header */
                                     "\x05\0\0\0" /* payload bytes */
                                     "\x34\x12"   /* their sum */
                                     "\x03"
                                     "ttl"; /* reason */
        uint8_t hash[SHA256_DIGEST_LENGTH];
        g_autoptr(Trace) trace = made_up_world();
        g_autoptr(Digest) digest = digest_new(trace);
        struct made_up_packet made = { .header = "head" };
        made.packet.header = (struct trace_bytes){ made.header, 4 };
        made.packet.payload_size = 5;
        made.packet.payload_sum = 0x1234;
        made_up_drop(trace, 777, ISP, &made, "ttl", "-");
        digest_finish(digest);
        SHA256((const uint8_t *)record, sizeof record - 1, hash);
        g_autoptr(GString) text = g_string_new(NULL);
        for (unsigned i = 0; i < sizeof hash; i++)
                g_string_append_printf(text, "%02x", hash[i]);
        ck_assert_str_eq(digest_owner_text(digest, ISP), text->str);
}
END_TEST

START_TEST(owners_are_sorted_by_label)
{
        char *texts[2];
        for (int turn = 0; turn < 2; turn++) {
                g_autoptr(Trace) trace = trace_new();
                trace_add_owner(trace, TRACE_OWNER_HOST, turn ? "a" : "b", NULL, NULL);
                trace_add_owner(trace, TRACE_OWNER_HOST, turn ? "b" : "a", NULL, NULL);
                g_autoptr(Digest) digest = digest_new(trace);
                digest_finish(digest);
                texts[turn] = g_strdup(digest_text(digest));
        }
        ck_assert_str_eq(texts[0], texts[1]);
        g_free(texts[0]);
        g_free(texts[1]);
}
END_TEST

START_TEST(an_unfinished_digest_can_be_thrown_away)
{
        g_autoptr(Trace) trace = made_up_world();
        Digest *digest = digest_new(trace);
        ck_assert_uint_eq(trace_mask(trace), TRACE_PACKET_KINDS);
        digest_free(digest);
        digest_free(NULL);
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("digest");
        tcase_add_test(cases, the_same_events_give_the_same_digest);
        tcase_add_loop_test(cases, whatever_happens_to_packets_changes_it, 0, G_N_ELEMENTS(variants));
        tcase_add_test(cases, what_programs_say_and_who_else_listens_does_not_change_it);
        tcase_add_test(cases, the_order_matters_within_an_owner_but_not_between_owners);
        tcase_add_test(cases, an_owner_s_hash_is_that_of_its_records_as_the_document_lays_them_out);
        tcase_add_test(cases, owners_are_sorted_by_label);
        tcase_add_test(cases, an_unfinished_digest_can_be_thrown_away);
        Suite *suite = suite_create("digest");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
