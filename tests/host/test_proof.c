/*
 * The proof of order: every byte once, in its place, or the first that is not.
 */
#include "host/proof.h"

#include <check.h>
#include <openssl/evp.h>
#include <string.h>

static BlockPool *blocks;
static ProofBook *book;
static struct endpoint from;
static struct endpoint to;

static void set_up(void)
{
        blocks = block_pool_new();
        book = proof_book_new(blocks, true);
        from = (struct endpoint){ ip_address_from_ipv4(0x0a000001), 1000 };
        to = (struct endpoint){ ip_address_from_ipv4(0x0a000002), 80 };
}

static void tear_down(void)
{
        proof_book_free(book);
        block_pool_free(blocks);
}

static ProofStream *open_stream(uint32_t isn, uint32_t transfer)
{
        return proof_open(book, &from, &to, seq_of(isn), transfer);
}

START_TEST(what_was_written_may_be_read_in_other_pieces)
{
        ProofStream *stream = open_stream(1, 0);
        proof_written(stream, "hello ", 6);
        proof_written(stream, "world", 5);
        ck_assert(proof_read(stream, "hel", 3));
        ck_assert(proof_read(stream, "lo wor", 6));
        proof_write_ended(stream);
        ck_assert(proof_read(stream, "ld", 2));
        ck_assert(proof_read_ended(stream));
        ck_assert_ptr_null(proof_book_mismatch(book));
}
END_TEST

START_TEST(a_megabyte_passes_through)
{
        ProofStream *stream = open_stream(1, 0);
        uint8_t piece[1000];
        for (unsigned i = 0; i < 1000; i++) {
                memset(piece, (int)i, sizeof piece);
                proof_written(stream, piece, sizeof piece);
                if (i >= 10) {
                        memset(piece, (int)(i - 10), sizeof piece);
                        ck_assert(proof_read(stream, piece, sizeof piece));
                }
        }
        ck_assert(!proof_read_ended(stream));
}
END_TEST

static const struct mismatch_case {
        const char *written;
        const char *read;
        bool write_ended;
        bool read_ended;
        uint64_t offset;
        int expected;
        int seen;
        const char *why;
} mismatch_cases[] = {
        { "abcd", "abxd", false, false, 2, 'c', 'x', "a changed byte is named with its offset" },
        { "abcd", "abdc", false, false, 2, 'c', 'd', "two that changed places" },
        { "ab", "abab", false, false, 2, -1, 'a', "what was never written cannot be read" },
        { "", "a", false, false, 0, -1, 'a', "nothing was written" },
        { "abcd", "ab", true, true, 2, 'c', -1, "an end that comes early" },
        { "abcd", "abcd", false, true, 4, -1, -1, "an end that nobody made" },
};

START_TEST(the_first_difference_is_remembered)
{
        const struct mismatch_case *test = &mismatch_cases[_i];
        ProofStream *stream = open_stream(1, 9);
        proof_written(stream, test->written, strlen(test->written));
        if (test->write_ended)
                proof_write_ended(stream);
        bool is_right = proof_read(stream, test->read, strlen(test->read));
        if (test->read_ended)
                is_right = proof_read_ended(stream);
        ck_assert_msg(!is_right, "%s", test->why);
        const struct proof_mismatch *mismatch = proof_book_mismatch(book);
        ck_assert_ptr_nonnull(mismatch);
        ck_assert_uint_eq(mismatch->transfer, 9);
        ck_assert_msg(mismatch->offset == test->offset, "%s", test->why);
        ck_assert_msg(mismatch->expected == test->expected, "%s", test->why);
        ck_assert_msg(mismatch->seen == test->seen, "%s", test->why);
        ck_assert(endpoint_equal(&mismatch->from, &from) && endpoint_equal(&mismatch->to, &to));
}
END_TEST

START_TEST(only_the_first_mismatch_counts)
{
        ProofStream *stream = open_stream(1, 0);
        proof_written(stream, "ab", 2);
        ck_assert(!proof_read(stream, "x", 1));
        ck_assert(!proof_read(stream, "y", 1));
        ck_assert_int_eq(proof_book_mismatch(book)->seen, 'x');
}
END_TEST

START_TEST(a_stream_is_found_by_its_ends_and_its_initial_number)
{
        ProofStream *stream = open_stream(1, 4);
        ck_assert_ptr_eq(proof_find(book, &from, &to, seq_of(1)), stream);
        ck_assert_uint_eq(proof_transfer(stream), 4);
        ck_assert_ptr_null(proof_find(book, &from, &to, seq_of(2)));
        ck_assert_ptr_null(proof_find(book, &to, &from, seq_of(1)));
}
END_TEST

START_TEST(the_same_name_again_is_another_stream)
{
        ProofStream *first = open_stream(1, 0);
        ProofStream *second = open_stream(1, 0);
        ck_assert_ptr_ne(first, second);
        ck_assert_ptr_eq(proof_find(book, &from, &to, seq_of(1)), second);
        proof_written(first, "a", 1);
        ck_assert(proof_read(first, "a", 1));
}
END_TEST

START_TEST(an_account_adds_the_streams_of_a_transfer)
{
        struct proof_account account;
        ProofStream *one = open_stream(1, 2);
        ProofStream *other = open_stream(2, 2);
        open_stream(3, 1);
        proof_written(one, "abc", 3);
        proof_written(other, "de", 2);
        proof_write_ended(one);
        ck_assert(proof_read(one, "ab", 2));
        proof_book_account(book, 2, &account);
        ck_assert_uint_eq(account.streams, 2);
        ck_assert_uint_eq(account.bytes_written, 5);
        ck_assert_uint_eq(account.bytes_read, 2);
        ck_assert(!account.is_complete);
        ck_assert(proof_read(one, "c", 1));
        proof_book_account(book, 2, &account);
        ck_assert(account.is_complete);
        proof_book_account(book, 77, &account);
        ck_assert_uint_eq(account.streams, 0);
}
END_TEST

static void sha256(const char *text, size_t size, uint8_t digest[32])
{
        EVP_Digest(text, size, digest, NULL, EVP_sha256(), NULL);
}

START_TEST(one_stream_is_hashed_as_its_bytes)
{
        uint8_t expected[32], written[32], read[32];
        ProofStream *stream = open_stream(1, 1);
        open_stream(2, 1);
        proof_written(stream, "abc", 3);
        ck_assert(proof_book_sha256(book, 1, written, read));
        sha256("abc", 3, expected);
        ck_assert_mem_eq(written, expected, 32);
        ck_assert_mem_ne(read, expected, 32);
        ck_assert(proof_read(stream, "abc", 3));
        ck_assert(proof_book_sha256(book, 1, written, read));
        ck_assert_mem_eq(read, expected, 32);
}
END_TEST

START_TEST(several_streams_are_hashed_as_their_hashes)
{
        uint8_t hashes[64], expected[32], written[32], read[32];
        proof_written(open_stream(1, 1), "abc", 3);
        proof_written(open_stream(2, 1), "d", 1);
        sha256("abc", 3, hashes);
        sha256("d", 1, hashes + 32);
        sha256((const char *)hashes, 64, expected);
        ck_assert(proof_book_sha256(book, 1, written, read));
        ck_assert_mem_eq(written, expected, 32);
}
END_TEST

static void fill_with_offsets(const void *data, uint64_t offset, uint8_t *bytes, size_t size)
{
        (void)data;
        for (size_t i = 0; i < size; i++)
                bytes[i] = (uint8_t)(offset + i);
}

/* 5000 bytes of a source from offset 100 on, a few of their own before and behind. */
static ProofStream *stream_of_a_source(uint8_t bytes[5006])
{
        g_autoptr(PayloadSource) source = payload_source_new(fill_with_offsets, NULL, NULL);
        ProofStream *stream = open_stream(1, 1);
        proof_written(stream, "abc", 3);
        proof_written_source(stream, source, 100, 2000);
        proof_written_source(stream, source, 2100, 3000);
        proof_written(stream, "xyz", 3);
        memcpy(bytes, "abc", 3);
        fill_with_offsets(NULL, 100, bytes + 3, 5000);
        memcpy(bytes + 5003, "xyz", 3);
        return stream;
}

START_TEST(the_bytes_of_a_source_are_made_again)
{
        uint8_t bytes[5006], written[32], read[32], expected[32];
        ProofStream *stream = stream_of_a_source(bytes);
        ck_assert(proof_read(stream, bytes, 2));
        ck_assert(proof_read(stream, bytes + 2, 5000));
        ck_assert(proof_read(stream, bytes + 5002, 4));
        proof_write_ended(stream);
        ck_assert(proof_read_ended(stream));
        sha256((const char *)bytes, sizeof bytes, expected);
        ck_assert(proof_book_sha256(book, 1, written, read));
        ck_assert_mem_eq(written, expected, 32);
        ck_assert_mem_eq(read, expected, 32);
}
END_TEST

START_TEST(a_wrong_byte_of_a_source_is_named)
{
        uint8_t bytes[5006];
        ProofStream *stream = stream_of_a_source(bytes);
        uint8_t right = bytes[4000];
        bytes[4000] ^= 1;
        ck_assert(!proof_read(stream, bytes, sizeof bytes));
        const struct proof_mismatch *mismatch = proof_book_mismatch(book);
        ck_assert_uint_eq(mismatch->offset, 4000);
        ck_assert_int_eq(mismatch->expected, right);
        ck_assert_int_eq(mismatch->seen, bytes[4000]);
}
END_TEST

START_TEST(an_end_within_a_source_is_early)
{
        uint8_t bytes[5006];
        ProofStream *stream = stream_of_a_source(bytes);
        proof_write_ended(stream);
        ck_assert(proof_read(stream, bytes, 1000));
        ck_assert(!proof_read_ended(stream));
        ck_assert_int_eq(proof_book_mismatch(book)->expected, bytes[1000]);
}
END_TEST

/* Stream `isn` of transfer 1 carries its number as text, and is read by whoever finds it. */
static ProofStream *carry(uint32_t isn, ProofStream **found)
{
        char text[16];
        int size = g_snprintf(text, sizeof text, "%u", isn);
        ProofStream *stream = open_stream(isn, 1);
        proof_written(stream, text, (size_t)size);
        proof_write_ended(stream);
        *found = proof_find(book, &from, &to, seq_of(isn));
        ck_assert_ptr_eq(*found, stream);
        ck_assert(proof_read(*found, text, (size_t)size));
        ck_assert(proof_read_ended(*found));
        return stream;
}

static const struct ending_case {
        unsigned order[3]; /* in which three streams end; 0: it does not */
        const char *why;
} ending_cases[] = {
        { { 0, 0, 0 }, "none has ended" },
        { { 1, 2, 3 }, "as they were opened" },
        { { 3, 2, 1 }, "the other way round" },
        { { 2, 0, 0 }, "one between two that go on" },
        { { 1, 3, 0 }, "one goes on between two" },
};

START_TEST(a_transfer_comes_to_the_same_whichever_of_its_streams_are_over)
{
        const struct ending_case *c = &ending_cases[_i];
        uint8_t hashes[96], expected[32], written[32], read[32];
        ProofStream *streams[4], *found[4];
        struct proof_account account;
        for (uint32_t isn = 1; isn <= 3; isn++) {
                char digit = (char)('0' + isn);
                streams[isn] = carry(isn, &found[isn]);
                sha256(&digit, 1, hashes + 32 * (isn - 1));
        }
        for (unsigned i = 0; i < 3 && c->order[i] > 0; i++) {
                proof_reader_gone(found[c->order[i]]);
                proof_writer_gone(streams[c->order[i]]);
        }
        sha256((const char *)hashes, sizeof hashes, expected);
        ck_assert(proof_book_sha256(book, 1, written, read));
        ck_assert_msg(memcmp(written, expected, 32) == 0 && memcmp(read, expected, 32) == 0, "%s", c->why);
        proof_book_account(book, 1, &account);
        ck_assert_uint_eq(account.streams, 3);
        ck_assert_uint_eq(account.bytes_read, 3);
        ck_assert(account.is_complete);
}
END_TEST

START_TEST(a_single_stream_that_is_over_has_its_own_hash)
{
        uint8_t expected[32], written[32], read[32];
        ProofStream *found;
        proof_writer_gone(carry(7, &found));
        proof_reader_gone(found);
        open_stream(8, 1); /* carries nothing */
        sha256("7", 1, expected);
        ck_assert(proof_book_sha256(book, 1, written, read));
        ck_assert_mem_eq(written, expected, 32);
        ck_assert_mem_eq(read, expected, 32);
}
END_TEST

START_TEST(what_was_not_read_of_a_stream_that_is_over_is_missed)
{
        struct proof_account account;
        ProofStream *stream = open_stream(1, 1);
        proof_written(stream, "abc", 3);
        proof_write_ended(stream);
        ProofStream *found = proof_find(book, &from, &to, seq_of(1));
        proof_writer_gone(stream);
        ck_assert(proof_read(found, "ab", 2));
        proof_reader_gone(found);
        proof_book_account(book, 1, &account);
        ck_assert_uint_eq(account.bytes_written, 3);
        ck_assert_uint_eq(account.bytes_read, 2);
        ck_assert(!account.is_complete);
}
END_TEST

START_TEST(a_stream_waits_for_its_reader)
{
        ProofStream *stream = open_stream(1, 1);
        proof_written(stream, "abc", 3);
        proof_write_ended(stream);
        proof_writer_gone(stream);
        ProofStream *found = proof_find(book, &from, &to, seq_of(1));
        ck_assert_ptr_eq(found, stream);
        ck_assert(proof_read(found, "abc", 3) && proof_read_ended(found));
        proof_reader_gone(found);
        ck_assert_ptr_null(proof_find(book, &from, &to, seq_of(1)));
}
END_TEST

START_TEST(readers_that_are_gone_are_counted)
{
        ProofStream *stream = open_stream(1, 1);
        ck_assert_uint_eq(proof_readers_ever(stream), 0);
        for (unsigned n = 1; n <= 3; n++) {
                ck_assert_ptr_eq(proof_find(book, &from, &to, seq_of(1)), stream);
                proof_reader_gone(stream);
                ck_assert_uint_eq(proof_readers_ever(stream), n);
        }
}
END_TEST

START_TEST(of_streams_with_one_name_the_newest_is_found)
{
        ProofStream *older = open_stream(1, 1);
        ProofStream *newer = open_stream(1, 2);
        for (uint32_t isn = 2; isn < 100; isn++)
                open_stream(isn, 3);
        ck_assert_ptr_eq(proof_find(book, &from, &to, seq_of(1)), newer);
        proof_writer_gone(newer);
        proof_reader_gone(newer);
        ck_assert_ptr_eq(proof_find(book, &from, &to, seq_of(1)), older);
}
END_TEST

START_TEST(streams_that_are_over_need_no_memory)
{
        size_t before = 0;
        for (uint32_t isn = 1; isn <= 10000; isn++) {
                ProofStream *found;
                proof_writer_gone(carry(isn, &found));
                proof_reader_gone(found);
                if (isn == 1)
                        before = block_pool_bytes_in_use(blocks);
        }
        ck_assert_uint_eq(block_pool_bytes_in_use(blocks), before);
}
END_TEST

START_TEST(a_book_without_hashes_says_so)
{
        uint8_t written[32], read[32];
        g_autoptr(ProofBook) plain = proof_book_new(blocks, false);
        ProofStream *stream = proof_open(plain, &from, &to, seq_of(1), 1);
        proof_written(stream, "abc", 3);
        ck_assert(proof_read(stream, "abc", 3));
        ck_assert(!proof_book_has_sha256(plain));
        ck_assert(!proof_book_sha256(plain, 1, written, read));
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("host/proof");
        TCase *cases = tcase_create("proof");
        tcase_add_checked_fixture(cases, set_up, tear_down);
        tcase_add_test(cases, what_was_written_may_be_read_in_other_pieces);
        tcase_add_test(cases, a_megabyte_passes_through);
        tcase_add_loop_test(cases, the_first_difference_is_remembered, 0, G_N_ELEMENTS(mismatch_cases));
        tcase_add_test(cases, only_the_first_mismatch_counts);
        tcase_add_test(cases, a_stream_is_found_by_its_ends_and_its_initial_number);
        tcase_add_test(cases, the_same_name_again_is_another_stream);
        tcase_add_test(cases, an_account_adds_the_streams_of_a_transfer);
        tcase_add_test(cases, one_stream_is_hashed_as_its_bytes);
        tcase_add_test(cases, several_streams_are_hashed_as_their_hashes);
        tcase_add_test(cases, the_bytes_of_a_source_are_made_again);
        tcase_add_test(cases, a_wrong_byte_of_a_source_is_named);
        tcase_add_test(cases, an_end_within_a_source_is_early);
        tcase_add_test(cases, a_book_without_hashes_says_so);
        tcase_add_loop_test(cases, a_transfer_comes_to_the_same_whichever_of_its_streams_are_over, 0,
                G_N_ELEMENTS(ending_cases));
        tcase_add_test(cases, a_single_stream_that_is_over_has_its_own_hash);
        tcase_add_test(cases, what_was_not_read_of_a_stream_that_is_over_is_missed);
        tcase_add_test(cases, a_stream_waits_for_its_reader);
        tcase_add_test(cases, readers_that_are_gone_are_counted);
        tcase_add_test(cases, of_streams_with_one_name_the_newest_is_found);
        tcase_add_test(cases, streams_that_are_over_need_no_memory);
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failures = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failures != 0;
}
