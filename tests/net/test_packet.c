/*
 * Packets: what the pool gives back, what is told of them, what flipped bits do.
 */
#include "net_world.h"

#include <check.h>

static struct net_world world;

static void set_up(void)
{
        net_world_init(&world);
}

static void tear_down(void)
{
        net_world_clear(&world);
}

static void take(struct packet *packet)
{
        packet_free(world.context.packets, packet);
}

START_TEST(a_returned_packet_is_used_again_and_is_zero)
{
        struct packet *first = net_world_packet(&world, 1, 100);
        take(first);
        struct packet *second = packet_new(world.context.packets);
        ck_assert_ptr_eq(first, second);
        ck_assert_uint_eq(second->size, 0);
        ck_assert_uint_eq(second->payload.length, 0);
        ck_assert_ptr_null(second->note.why);
        take(second);
}
END_TEST

START_TEST(the_pool_allocates_for_the_most_packets_there_ever_were)
{
        struct packet *packets[1000];
        for (unsigned round = 0; round < 3; round++) {
                for (unsigned i = 0; i < G_N_ELEMENTS(packets); i++)
                        packets[i] = packet_new(world.context.packets);
                for (unsigned i = 0; i < G_N_ELEMENTS(packets); i++)
                        take(packets[i]);
                ck_assert_uint_eq(packet_pool_allocations(world.context.packets), 4);
        }
}
END_TEST

START_TEST(a_copy_has_the_same_bytes_and_no_account)
{
        struct device_account account = { 0 };
        struct packet *packet = net_world_packet(&world, 3, 700);
        packet->account = &account;
        struct packet *copy = packet_copy(world.context.packets, packet);
        ck_assert_ptr_null(copy->account);
        ck_assert_mem_eq(copy->header, packet->header, packet->header_size);
        ck_assert_uint_eq(copy->id.number, 3);
        ck_assert_uint_eq(payload_sum_again(&copy->payload), payload_sum_again(&packet->payload));
        take(packet);
        take(copy);
}
END_TEST

/* Whichever link makes them. */
START_TEST(no_two_copies_have_one_number)
{
        g_autoptr(GHashTable) numbers = g_hash_table_new(NULL, NULL);
        struct packet *packets[4096];
        unsigned count = 0;
        packets[count++] = net_world_packet(&world, 1, 0);
        g_hash_table_add(numbers, GUINT_TO_POINTER(packets[0]->copy));
        for (unsigned i = 0; count < G_N_ELEMENTS(packets); i++) {
                for (unsigned k = 0; k < 40 && count < G_N_ELEMENTS(packets); k++) {
                        struct packet *copy = packet_copy(world.context.packets, packets[i]);
                        ck_assert_msg(g_hash_table_add(numbers, GUINT_TO_POINTER(copy->copy)),
                                "copy %u of packet %u has another's number", k + 1, i);
                        packets[count++] = copy;
                }
        }
        for (unsigned i = 0; i < count; i++)
                take(packets[i]);
}
END_TEST

START_TEST(copies_of_copies_have_numbers_however_deep)
{
        uint32_t before = 0;
        struct packet *packet = net_world_packet(&world, 1, 0);
        for (unsigned depth = 0; depth < 100; depth++) {
                struct packet *copy = packet_copy(world.context.packets, packet);
                ck_assert_uint_gt(copy->copy, 0);
                ck_assert_uint_ne(copy->copy, before);
                before = copy->copy;
                take(packet);
                packet = copy;
        }
        take(packet);
}
END_TEST

START_TEST(a_description_tells_header_and_note)
{
        struct trace_packet view;
        struct packet *packet = net_world_packet(&world, 3, 700);
        packet->note.window_scale = 7;
        packet_describe(packet, &view);
        ck_assert_uint_eq(view.protocol, TRACE_TCP);
        ck_assert_uint_eq(view.size, 740);
        ck_assert_uint_eq(view.header.size, 40);
        ck_assert_uint_eq(view.source_port, 1000);
        ck_assert_uint_eq(view.destination_port, 80);
        ck_assert_int_eq(view.relative_seq, 1401);
        ck_assert_int_eq(view.relative_ack, 1);
        ck_assert_uint_eq(view.flags, TCP_FLAG_ACK);
        ck_assert_uint_eq(view.window_field, 512);
        ck_assert_uint_eq(view.window, 512 << 7);
        ck_assert_uint_eq(view.payload_sum, payload_sum_again(&packet->payload));
        ck_assert_str_eq(view.why, "new-data");
        ck_assert(!view.is_corrupted);
        take(packet);
}
END_TEST

START_TEST(relative_sequence_numbers_count_beyond_four_gigabytes)
{
        struct trace_packet view;
        struct packet *packet = net_world_packet(&world, 1, 700);
        packet->note.stream_offset = ((uint64_t)5 << 32); /* the field is the same as at offset 0 */
        packet_describe(packet, &view);
        ck_assert_int_eq(view.relative_seq, ((int64_t)5 << 32) + 1);
        take(packet);
}
END_TEST

START_TEST(what_the_note_does_not_know_is_told_as_unknown)
{
        struct trace_packet view;
        struct packet *packet = net_world_packet(&world, 1, 0);
        packet->note = (struct packet_note){ .from = PACKET_NO_HOST, .to = PACKET_NO_HOST };
        packet_describe(packet, &view);
        ck_assert_int_eq(view.relative_seq, -1);
        ck_assert_int_eq(view.relative_ack, -1);
        ck_assert_str_eq(view.why, "-");
        take(packet);
}
END_TEST

START_TEST(every_single_flipped_bit_can_be_described)
{
        for (uint32_t bit = 0; bit < (40 + 4) * 8; bit++) {
                struct trace_packet view;
                struct packet *packet = net_world_packet(&world, 1, 4);
                packet_flip_bit(world.context.packets, packet, bit);
                packet_describe(packet, &view);
                ck_assert(view.is_corrupted);
                ck_assert(view.protocol == TRACE_TCP || view.protocol == TRACE_NO_PROTOCOL);
                take(packet);
        }
}
END_TEST

START_TEST(any_header_bytes_can_be_described)
{
        struct rng_stream stream = rng_stream_named(1, "headers");
        for (uint64_t n = 0; n < 20000; n++) {
                struct trace_packet view;
                struct packet *packet = net_world_packet(&world, 1, 0);
                for (unsigned i = 0; i < 40; i++)
                        packet->header[i] = (uint8_t)rng_draw(&stream, n, 0, i);
                packet->header[0] = (uint8_t)(0x40 | (packet->header[0] & 0x0f));
                packet->header[9] = n % 2 ? IP_PROTOCOL_TCP : IP_PROTOCOL_UDP;
                packet->header_size = (uint8_t)(n % 41);
                packet_describe(packet, &view);
                ck_assert_uint_le(view.sack_count, TRACE_SACK_BLOCKS_MAX);
                take(packet);
        }
}
END_TEST

START_TEST(a_flipped_payload_bit_changes_this_packet_alone)
{
        struct packet *packet = net_world_packet(&world, 1, 100);
        struct packet *copy = packet_copy(world.context.packets, packet);
        uint8_t before[100];
        uint8_t after[100];
        payload_copy_out(&packet->payload, 0, before, sizeof before);
        packet_flip_bit(world.context.packets, packet, (40 + 10) * 8 + 7);
        payload_copy_out(&packet->payload, 0, after, sizeof after);
        ck_assert_uint_eq(after[10], before[10] ^ 0x01);
        payload_copy_out(&copy->payload, 0, after, sizeof after);
        ck_assert_mem_eq(after, before, sizeof before);
        ck_assert_uint_eq(packet->flips, 1);
        ck_assert_uint_eq(copy->flips, 0);
        take(packet);
        take(copy);
}
END_TEST

START_TEST(a_flipped_bit_is_found_by_the_checksum_it_falls_under)
{
        for (uint32_t bit = 0; bit < (40 + 20) * 8; bit++) {
                struct ipv4_header header;
                struct tcp_segment segment;
                struct packet *packet = net_world_packet(&world, 1, 20);
                packet_flip_bit(world.context.packets, packet, bit);
                if (ipv4_parse(packet->header, packet->header_size, packet->size, &header) == IPV4_OK) {
                        ck_assert_uint_ge(bit, IPV4_HEADER_SIZE * 8);
                        ck_assert_int_ne(
                                tcp_segment_parse(&header.source, &header.destination, packet->header + 20,
                                        20, &packet->payload, world.payloads, &segment),
                                TCP_PARSE_OK);
                }
                take(packet);
        }
}
END_TEST

START_TEST(a_packet_made_of_bytes_gives_the_same_bytes_back)
{
        struct packet *packet = net_world_packet(&world, 1, 700);
        uint8_t bytes[740];
        uint8_t again[740];
        packet_copy_bytes(packet, bytes);
        struct packet *made = packet_of_bytes(world.context.packets, world.payloads, bytes, sizeof bytes);
        packet_check(made);
        packet_copy_bytes(made, again);
        ck_assert_mem_eq(again, bytes, sizeof bytes);
        ck_assert_uint_eq(made->header_size, packet->header_size);
        take(packet);
        take(made);
}
END_TEST

START_TEST(a_packet_can_be_made_of_any_bytes)
{
        struct rng_stream stream = rng_stream_named(1, "garbage");
        for (uint64_t n = 0; n < 20000; n++) {
                struct trace_packet view;
                uint8_t bytes[160];
                uint8_t again[160];
                size_t size = n % (sizeof bytes + 1);
                for (unsigned i = 0; i < sizeof bytes; i++)
                        bytes[i] = (uint8_t)rng_draw(&stream, n, 0, i);
                bytes[0] = (uint8_t)((n % 3 ? 0x60 : 0x40) | (bytes[0] & 0x0f));
                bytes[n % 3 ? 6 : 9] = n % 2 ? IP_PROTOCOL_TCP : (uint8_t)(n % 61);
                bytes[n % 3 ? 4 : 2] = 0;
                struct packet *packet = packet_of_bytes(world.context.packets, world.payloads, bytes, size);
                packet_check(packet);
                packet_describe(packet, &view);
                packet_copy_bytes(packet, again);
                ck_assert(memcmp(again, bytes, size) == 0);
                take(packet);
        }
}
END_TEST

static Suite *packet_suite(void)
{
        Suite *suite = suite_create("packet");
        TCase *cases = tcase_create("packet");
        tcase_add_checked_fixture(cases, set_up, tear_down);
        tcase_add_test(cases, a_returned_packet_is_used_again_and_is_zero);
        tcase_add_test(cases, the_pool_allocates_for_the_most_packets_there_ever_were);
        tcase_add_test(cases, a_copy_has_the_same_bytes_and_no_account);
        tcase_add_test(cases, no_two_copies_have_one_number);
        tcase_add_test(cases, copies_of_copies_have_numbers_however_deep);
        tcase_add_test(cases, a_description_tells_header_and_note);
        tcase_add_test(cases, relative_sequence_numbers_count_beyond_four_gigabytes);
        tcase_add_test(cases, what_the_note_does_not_know_is_told_as_unknown);
        tcase_add_test(cases, every_single_flipped_bit_can_be_described);
        tcase_add_test(cases, any_header_bytes_can_be_described);
        tcase_add_test(cases, a_flipped_payload_bit_changes_this_packet_alone);
        tcase_add_test(cases, a_flipped_bit_is_found_by_the_checksum_it_falls_under);
        tcase_add_test(cases, a_packet_made_of_bytes_gives_the_same_bytes_back);
        tcase_add_test(cases, a_packet_can_be_made_of_any_bytes);
        suite_add_tcase(suite, cases);
        return suite;
}

int main(void)
{
        SRunner *runner = srunner_create(packet_suite());
        srunner_run_all(runner, CK_ENV);
        int failures = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failures != 0;
}
