/*
 * DNS messages: there and back, and whatever bytes may come.
 */
#include "app/dns_message.h"

#include <check.h>
#include <glib.h>
#include <string.h>

#define NAME "www.joes-hardware.com"
#define ID   0x1234

static const struct ip_address *shop(void)
{
        static struct ip_address address;
        ck_assert(ip_address_parse("202.43.78.3", &address));
        return &address;
}

/* What RFC 1035 section 4.1 says, byte by byte. */
static const uint8_t question_bytes[] = "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00"
                                        "\x03www\x0djoes-hardware\x03"
                                        "com\x00\x00\x01\x00\x01";
#define QUESTION_SIZE (sizeof question_bytes - 1)
#define TYPE_OFFSET   (QUESTION_SIZE - 4)
#define CLASS_OFFSET  (QUESTION_SIZE - 2)

static void copy_question(uint8_t bytes[DNS_MESSAGE_SIZE_MAX])
{
        memcpy(bytes, question_bytes, QUESTION_SIZE);
}

START_TEST(a_question_is_written_as_the_rfc_says)
{
        uint8_t bytes[DNS_MESSAGE_SIZE_MAX];
        ck_assert_uint_eq(dns_question_write(ID, NAME, bytes), QUESTION_SIZE);
        ck_assert_mem_eq(bytes, question_bytes, QUESTION_SIZE);
}
END_TEST

START_TEST(a_question_is_read)
{
        struct dns_question question;
        enum dns_rcode rcode;
        ck_assert(dns_question_parse(question_bytes, QUESTION_SIZE, &question, &rcode));
        ck_assert_int_eq(rcode, DNS_NOERROR);
        ck_assert_uint_eq(question.id, ID);
        ck_assert(question.recursion_desired);
        ck_assert(dns_question_is_for_address(&question));
        ck_assert_str_eq(question.name, NAME);
}
END_TEST

static const struct {
        size_t offset;
        uint8_t byte;
        bool is_answered;
        enum dns_rcode rcode;
        const char *why;
} changed[] = {
        { 2, 0x81, false, 0, "a response is not to be answered" },
        { 2, 0x11, true, DNS_NOTIMP, "a status request" },
        { 2, 0x29, true, DNS_NOTIMP, "an update" },
        { 5, 0, true, DNS_FORMERR, "no question" },
        { 5, 2, true, DNS_FORMERR, "a second question that is not there" },
        { 7, 1, true, DNS_FORMERR, "an answer that is not there" },
        { 12, 60, true, DNS_FORMERR, "a label that runs over the end" },
        { 12, 0xc0, true, DNS_FORMERR, "a pointer to nowhere" },
        { 12, 0x40, true, DNS_FORMERR, "a label type that is not used" },
        { CLASS_OFFSET + 1, 3, true, DNS_FORMERR, "the class CHAOS" },
        { TYPE_OFFSET + 1, 28, true, DNS_NOERROR, "another type is understood" },
        { 3, 0xff, true, DNS_NOERROR, "flags of responses do not matter" },
};

START_TEST(an_odd_question_gets_its_rcode)
{
        uint8_t bytes[DNS_MESSAGE_SIZE_MAX];
        struct dns_question question;
        enum dns_rcode rcode = 99;
        copy_question(bytes);
        bytes[changed[_i].offset] = changed[_i].byte;
        bool is_answered = dns_question_parse(bytes, QUESTION_SIZE, &question, &rcode);
        ck_assert_msg(is_answered == changed[_i].is_answered, "%s", changed[_i].why);
        if (is_answered)
                ck_assert_msg(rcode == changed[_i].rcode, "%s: %d", changed[_i].why, rcode);
}
END_TEST

START_TEST(every_cut_of_a_question_is_silence_or_a_format_error)
{
        for (size_t size = 0; size < QUESTION_SIZE; size++) {
                struct dns_question question;
                enum dns_rcode rcode;
                g_autofree uint8_t *cut = g_memdup2(question_bytes, size);
                bool is_answered = dns_question_parse(cut, size, &question, &rcode);
                ck_assert_msg(is_answered == (size >= 12), "size %zu", size);
                if (is_answered)
                        ck_assert_int_eq(rcode, DNS_FORMERR);
        }
}
END_TEST

START_TEST(a_pointer_to_itself_ends)
{
        static const uint8_t loop[] =
                "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\xc0\x0c\x00\x01\x00\x01";
        struct dns_question question;
        enum dns_rcode rcode;
        ck_assert(dns_question_parse(loop, sizeof loop - 1, &question, &rcode));
        ck_assert_int_eq(rcode, DNS_FORMERR);
}
END_TEST

static size_t write_answer(
        enum dns_rcode rcode, const struct ip_address *address, uint8_t bytes[DNS_MESSAGE_SIZE_MAX])
{
        struct dns_question question;
        enum dns_rcode parsed;
        ck_assert(dns_question_parse(question_bytes, QUESTION_SIZE, &question, &parsed));
        size_t size = dns_answer_write(&question, rcode, address, bytes);
        ck_assert_uint_gt(size, 0);
        return size;
}

START_TEST(an_answer_brings_the_address)
{
        uint8_t bytes[DNS_MESSAGE_SIZE_MAX];
        struct ip_address address;
        size_t size = write_answer(DNS_NOERROR, shop(), bytes);
        ck_assert_uint_eq(bytes[2] & 0x85, 0x85); /* a response, authoritative, recursion was desired */
        ck_assert_int_eq(dns_answer_parse(bytes, size, ID, NAME, &address), DNS_ANSWER_ADDRESS);
        ck_assert(ip_address_equal(&address, shop()));
        ck_assert_int_eq(
                dns_answer_parse(bytes, size, ID, "WWW.Joes-Hardware.COM", &address), DNS_ANSWER_ADDRESS);
}
END_TEST

START_TEST(an_answer_to_another_question_is_not_ours)
{
        uint8_t bytes[DNS_MESSAGE_SIZE_MAX];
        struct ip_address address;
        size_t size = write_answer(DNS_NOERROR, shop(), bytes);
        ck_assert_int_eq(dns_answer_parse(bytes, size, ID + 1, NAME, &address), DNS_ANSWER_OTHER);
        ck_assert_int_eq(dns_answer_parse(bytes, size, ID, "www.example.com", &address), DNS_ANSWER_OTHER);
        ck_assert_int_eq(
                dns_answer_parse(question_bytes, QUESTION_SIZE, ID, NAME, &address), DNS_ANSWER_OTHER);
        bytes[2] |= 0x02;
        ck_assert_int_eq(dns_answer_parse(bytes, size, ID, NAME, &address), DNS_ANSWER_OTHER);
}
END_TEST

START_TEST(no_such_name_and_no_such_record_are_both_no_name)
{
        uint8_t bytes[DNS_MESSAGE_SIZE_MAX];
        struct ip_address address;
        size_t size = write_answer(DNS_NXDOMAIN, NULL, bytes);
        ck_assert_int_eq(dns_answer_parse(bytes, size, ID, NAME, &address), DNS_ANSWER_NO_NAME);
        size = write_answer(DNS_NOERROR, NULL, bytes);
        ck_assert_int_eq(dns_answer_parse(bytes, size, ID, NAME, &address), DNS_ANSWER_NO_NAME);
        size = write_answer(DNS_NOTIMP, NULL, bytes);
        ck_assert_int_eq(dns_answer_parse(bytes, size, ID, NAME, &address), DNS_ANSWER_OTHER);
}
END_TEST

START_TEST(aliases_are_followed)
{
        static const uint8_t bytes[] = "\x12\x34\x84\x00\x00\x01\x00\x02\x00\x00\x00\x00"
                                       "\x01"
                                       "a\x00\x00\x01\x00\x01"
                                       "\x01"
                                       "b\x00\x00\x01\x00\x01\x00\x00\x00\x00\x00\x04\xca\x2b\x4e\x03"
                                       "\xc0\x0c\x00\x05\x00\x01\x00\x00\x00\x00\x00\x03\x01"
                                       "B\x00";
        struct ip_address address;
        ck_assert_int_eq(dns_answer_parse(bytes, sizeof bytes - 1, ID, "a", &address), DNS_ANSWER_ADDRESS);
        ck_assert(ip_address_equal(&address, shop()));
}
END_TEST

START_TEST(aliases_in_a_circle_end)
{
        static const uint8_t bytes[] = "\x12\x34\x84\x00\x00\x01\x00\x01\x00\x00\x00\x00"
                                       "\x01"
                                       "a\x00\x00\x01\x00\x01"
                                       "\xc0\x0c\x00\x05\x00\x01\x00\x00\x00\x00\x00\x02\xc0\x0c";
        struct ip_address address;
        ck_assert_int_eq(dns_answer_parse(bytes, sizeof bytes - 1, ID, "a", &address), DNS_ANSWER_NO_NAME);
}
END_TEST

START_TEST(no_damaged_byte_of_an_answer_is_dangerous)
{
        uint8_t bytes[DNS_MESSAGE_SIZE_MAX];
        size_t size = write_answer(DNS_NOERROR, shop(), bytes);
        unsigned understood = 0;
        for (size_t i = 0; i < size; i++) {
                for (unsigned byte = 0; byte < 256; byte++) {
                        struct ip_address address;
                        struct dns_question question;
                        enum dns_rcode rcode;
                        g_autofree uint8_t *copy = g_memdup2(bytes, size);
                        copy[i] = (uint8_t)byte;
                        understood += dns_answer_parse(copy, size, ID, NAME, &address) == DNS_ANSWER_ADDRESS;
                        copy[2] &= 0x7f;
                        dns_question_parse(copy, size, &question, &rcode);
                }
        }
        /* At least the damage to the address itself and to the time to live goes unseen. */
        ck_assert_uint_gt(understood, 8 * 255);
}
END_TEST

START_TEST(a_name_with_odd_bytes_comes_back_as_it_was)
{
        static const uint8_t odd[] = "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00"
                                     "\x05"
                                     "a.\x00\\ \x01\xff\x00\x00\x01\x00\x01";
        struct dns_question question;
        enum dns_rcode rcode;
        uint8_t bytes[DNS_MESSAGE_SIZE_MAX];
        ck_assert(dns_question_parse(odd, sizeof odd - 1, &question, &rcode));
        ck_assert_int_eq(rcode, DNS_NOERROR);
        size_t size = dns_answer_write(&question, DNS_NXDOMAIN, NULL, bytes);
        ck_assert_uint_eq(size, sizeof odd - 1);
        ck_assert_mem_eq(bytes + 12, odd + 12, size - 12);
}
END_TEST

START_TEST(a_name_too_long_for_dns_cannot_be_asked_for)
{
        uint8_t bytes[DNS_MESSAGE_SIZE_MAX];
        g_autofree char *label = g_strnfill(64, 'a');
        ck_assert_uint_eq(dns_question_write(ID, label, bytes), 0);
        ck_assert_uint_eq(dns_question_write(ID, "a..b", bytes), 0);
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("dns_message");
        tcase_add_test(cases, a_question_is_written_as_the_rfc_says);
        tcase_add_test(cases, a_question_is_read);
        tcase_add_loop_test(cases, an_odd_question_gets_its_rcode, 0, G_N_ELEMENTS(changed));
        tcase_add_test(cases, every_cut_of_a_question_is_silence_or_a_format_error);
        tcase_add_test(cases, a_pointer_to_itself_ends);
        tcase_add_test(cases, an_answer_brings_the_address);
        tcase_add_test(cases, an_answer_to_another_question_is_not_ours);
        tcase_add_test(cases, no_such_name_and_no_such_record_are_both_no_name);
        tcase_add_test(cases, aliases_are_followed);
        tcase_add_test(cases, aliases_in_a_circle_end);
        tcase_add_test(cases, no_damaged_byte_of_an_answer_is_dangerous);
        tcase_add_test(cases, a_name_with_odd_bytes_comes_back_as_it_was);
        tcase_add_test(cases, a_name_too_long_for_dns_cannot_be_asked_for);
        Suite *suite = suite_create("dns_message");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
