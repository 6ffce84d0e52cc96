/*
 * The UDP header, read and written. RFC 768.
 */
#include "wire/udp.h"

#include "wire/byte_order.h"
#include "wire/checksum.h"
#include "wire/ipv4.h"
#include "wire/transport.h"

/* Differs: RFC 768 lets a sender leave the checksum out (0), and RFC 1122 section 4.1.3.4 lets an application
 * refuse such datagrams. Every sender here makes the sum, so 0 can only be damage. */
static enum udp_parse check_header(const uint8_t *header, size_t whole_size, uint16_t sum)
{
        if (read_be16(header + 4) != whole_size)
                return UDP_BAD_LENGTH;
        if (sum != 0xffff || read_be16(header + 6) == 0)
                return UDP_BAD_CHECKSUM;
        return UDP_OK;
}

enum udp_parse udp_parse(const struct ip_address *source, const struct ip_address *destination,
        const uint8_t *bytes, size_t size, const struct payload *payload, PayloadPool *pool,
        struct udp_datagram *datagram)
{
        size_t whole_size = size + payload->length;
        if (whole_size < UDP_HEADER_SIZE)
                return UDP_TRUNCATED;
        uint8_t buffer[UDP_HEADER_SIZE];
        const uint8_t *header = transport_header(bytes, size, payload, UDP_HEADER_SIZE, buffer);
        struct payload summed = *payload;
        uint16_t sum = transport_sum(source, destination, IP_PROTOCOL_UDP, bytes, size, &summed);
        enum udp_parse result = check_header(header, whole_size, sum);
        if (result != UDP_OK)
                return result;
        *datagram = (struct udp_datagram){
                .source_port = read_be16(header),
                .destination_port = read_be16(header + 2),
                .payload = transport_payload(bytes, size, &summed, UDP_HEADER_SIZE, pool),
        };
        return UDP_OK;
}

const char *udp_parse_name(enum udp_parse result)
{
        static const char *const names[] = {
                [UDP_OK] = "ok",
                [UDP_TRUNCATED] = "truncated",
                [UDP_BAD_LENGTH] = "bad length",
                [UDP_BAD_CHECKSUM] = "bad checksum",
        };
        return names[result];
}

void udp_emit(const struct ip_address *source, const struct ip_address *destination,
        struct udp_datagram *datagram, uint8_t bytes[UDP_HEADER_SIZE])
{
        write_be16(bytes, datagram->source_port);
        write_be16(bytes + 2, datagram->destination_port);
        write_be16(bytes + 4, (uint16_t)(UDP_HEADER_SIZE + datagram->payload.length));
        write_be16(bytes + 6, 0);
        uint16_t checksum = checksum_finish(transport_sum(
                source, destination, IP_PROTOCOL_UDP, bytes, UDP_HEADER_SIZE, &datagram->payload));
        /* "If the computed checksum is zero, it is transmitted as all ones": 0 would mean that there is none.
         */
        write_be16(bytes + 6, checksum != 0 ? checksum : 0xffff);
}
