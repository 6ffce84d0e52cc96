/*
 * The TCP header, read and written. RFC 9293 section 3.1.
 *
 *     0: source port               2: destination port
 *     4: sequence number           8: acknowledgment number
 *    12: data offset, reserved, AE flag                13: the other flags
 *    14: window                   16: checksum         18: urgent pointer
 */
#include "wire/tcp_segment.h"

#include "wire/byte_order.h"
#include "wire/checksum.h"
#include "wire/ip_header.h"
#include "wire/tcp_options.h"
#include "wire/transport.h"

/* The header of `header_size` bytes; the payload is the caller's to fill in, and what the packet says. */
static void read_header(const uint8_t *header, size_t header_size, struct tcp_segment *segment)
{
        *segment = (struct tcp_segment){
                .source_port = read_be16(header),
                .destination_port = read_be16(header + 2),
                .seq = seq_of(read_be32(header + 4)),
                .ack = seq_of(read_be32(header + 8)),
                .flags = (uint16_t)((header[12] & 0x01) << 8 | header[13]),
                .window = read_be16(header + 14),
                .urgent_pointer = read_be16(header + 18),
        };
        tcp_options_parse(header + TCP_HEADER_SIZE, header_size - TCP_HEADER_SIZE, &segment->options);
}

enum tcp_parse tcp_segment_parse(const struct ip_address *source, const struct ip_address *destination,
        const uint8_t *bytes, size_t size, struct payload *payload, PayloadPool *pool,
        struct tcp_segment *segment)
{
        size_t whole_size = size + payload->length;
        if (whole_size < TCP_HEADER_SIZE)
                return TCP_PARSE_TRUNCATED;
        if (transport_sum(source, destination, IP_PROTOCOL_TCP, bytes, size, payload) != 0xffff)
                return TCP_PARSE_BAD_CHECKSUM;
        uint8_t buffer[TCP_HEADER_SIZE_MAX];
        const uint8_t *header = transport_header(bytes, size, payload, TCP_HEADER_SIZE, buffer);
        size_t header_size = (header[12] >> 4) * 4u;
        if (header_size < TCP_HEADER_SIZE || header_size > whole_size)
                return TCP_PARSE_BAD_OFFSET;
        header = transport_header(bytes, size, payload, header_size, buffer);
        read_header(header, header_size, segment);
        segment->payload = transport_payload(bytes, size, payload, header_size, pool);
        return TCP_PARSE_OK;
}

enum tcp_parse tcp_header_parse(const uint8_t *bytes, size_t size, struct tcp_segment *segment)
{
        if (size < TCP_HEADER_SIZE)
                return TCP_PARSE_TRUNCATED;
        size_t header_size = (bytes[12] >> 4) * 4u;
        if (header_size < TCP_HEADER_SIZE || header_size > size)
                return TCP_PARSE_BAD_OFFSET;
        read_header(bytes, header_size, segment);
        return TCP_PARSE_OK;
}

const char *tcp_parse_name(enum tcp_parse result)
{
        static const char *const names[] = {
                [TCP_PARSE_OK] = "ok",
                [TCP_PARSE_TRUNCATED] = "truncated",
                [TCP_PARSE_BAD_OFFSET] = "bad data offset",
                [TCP_PARSE_BAD_CHECKSUM] = "bad checksum",
        };
        return names[result];
}

/* The words of the fixed header as numbers; the checksum's half of the fifth is 0 still. */
struct fixed_header {
        uint32_t words[TCP_HEADER_SIZE / sizeof(uint32_t)];
};

static struct fixed_header fixed_header_of(const struct tcp_segment *segment, size_t header_size)
{
        uint32_t offset_and_flags = (uint32_t)(header_size / 4) << 12 | segment->flags;
        return (struct fixed_header){ {
                (uint32_t)segment->source_port << 16 | segment->destination_port,
                segment->seq.value,
                segment->ack.value,
                offset_and_flags << 16 | segment->window,
                segment->urgent_pointer,
        } };
}

/* Writes the options, and sums them before they can be read. */
static uint64_t put_options(const struct tcp_options *options, size_t size, uint8_t *bytes)
{
        if (!tcp_options_are_timestamps_alone(options)) {
                tcp_options_emit(options, bytes);
                return checksum_fold(checksum_words(bytes, size));
        }
        write_be32(bytes, TCP_TIMESTAMPS_HEAD);
        write_be32(bytes + 4, options->timestamp_value);
        write_be32(bytes + 8, options->timestamp_echo);
        return (uint64_t)TCP_TIMESTAMPS_HEAD + options->timestamp_value + options->timestamp_echo;
}

size_t tcp_segment_emit(const struct ip_address *source, const struct ip_address *destination,
        struct tcp_segment *segment, uint8_t bytes[TCP_HEADER_SIZE_MAX])
{
        size_t options_size = tcp_options_size(&segment->options);
        size_t header_size = TCP_HEADER_SIZE + options_size;
        g_assert(header_size <= TCP_HEADER_SIZE_MAX);
        struct fixed_header header = fixed_header_of(segment, header_size);
        uint32_t whole_size = (uint32_t)header_size + segment->payload.length;
        uint64_t sum = ip_pseudo_header_sum(source, destination, IP_PROTOCOL_TCP, whole_size);
        sum += put_options(&segment->options, options_size, bytes + TCP_HEADER_SIZE);
        sum += payload_sum(&segment->payload);
        for (size_t i = 0; i < G_N_ELEMENTS(header.words); i++)
                sum += header.words[i];
        header.words[4] |= (uint32_t)checksum_finish(checksum_fold_numbers(sum)) << 16;
        for (size_t i = 0; i < G_N_ELEMENTS(header.words); i++)
                write_be32(bytes + i * sizeof header.words[i], header.words[i]);
        return header_size;
}
