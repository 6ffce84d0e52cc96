/*
 * Packets and their pool: records come from blocks that stay until the pool goes.
 */
#include "net/packet.h"

#include "net/mix.h"
#include "wire/byte_order.h"
#include "wire/icmp.h"
#include "wire/tcp_segment.h"
#include "wire/udp.h"

#include <string.h>

#define PACKETS_IN_BLOCK  256
#define COPIES_IN_NUMBER  16
#define LARGE_COPY_NUMBER 0x80000000u /* from here on numbers are mixed, below they are counted */

struct PacketPool {
        PayloadPool *payloads;
        struct packet *free;
        GPtrArray *blocks;
        uint64_t in_use;
};

PacketPool *packet_pool_new(PayloadPool *payloads)
{
        PacketPool *pool = g_new0(PacketPool, 1);
        pool->payloads = payloads;
        pool->blocks = g_ptr_array_new_with_free_func(g_aligned_free);
        return pool;
}

void packet_pool_free(PacketPool *pool)
{
        if (pool == NULL)
                return;
        g_assert(pool->in_use == 0);
        g_ptr_array_unref(pool->blocks);
        g_free(pool);
}

PayloadPool *packet_pool_payloads(const PacketPool *pool)
{
        return pool->payloads;
}

uint64_t packet_pool_allocations(const PacketPool *pool)
{
        return pool->blocks->len;
}

static void grow(PacketPool *pool)
{
        struct packet *block = g_aligned_alloc(PACKETS_IN_BLOCK, sizeof(struct packet), CACHE_LINE);
        g_ptr_array_add(pool->blocks, block);
        for (unsigned i = PACKETS_IN_BLOCK; i > 0; i--) {
                block[i - 1].next = pool->free;
                pool->free = &block[i - 1];
        }
}

static struct packet *take_record(PacketPool *pool)
{
        if (pool->free == NULL)
                grow(pool);
        struct packet *packet = pool->free;
        pool->free = packet->next;
        pool->in_use++;
        return packet;
}

struct packet *packet_new(PacketPool *pool)
{
        struct packet *packet = take_record(pool);
        memset(packet, 0, offsetof(struct packet, header));
        memset(&packet->copy, 0, sizeof *packet - offsetof(struct packet, copy));
        return packet;
}

struct packet *packet_new_noted(
        PacketPool *pool, const struct trace_packet_id *id, const struct packet_note *note)
{
        struct packet *packet = take_record(pool);
        memset(packet, 0, offsetof(struct packet, header));
        packet->id = *id;
        packet->note = *note;
        packet->copy = 0;
        packet->copies_made = 0;
        return packet;
}

/* Where four bits do not hold k, or 32 not the whole: something else that is as good as unique. */
static uint32_t copy_number(uint32_t of, uint32_t k)
{
        if (k < COPIES_IN_NUMBER && of < LARGE_COPY_NUMBER / COPIES_IN_NUMBER)
                return of * COPIES_IN_NUMBER + k;
        return LARGE_COPY_NUMBER | (uint32_t)mix(mix(of, 0), k);
}

struct packet *packet_copy(PacketPool *pool, struct packet *packet)
{
        struct packet *copy = take_record(pool);
        *copy = *packet;
        copy->copy = copy_number(packet->copy, ++packet->copies_made);
        copy->copies_made = 0;
        copy->payload = payload_ref(&packet->payload);
        copy->account = NULL;
        copy->next = NULL;
        return copy;
}

/* All of it: who takes it gives it back, and it is written anew at once. */
void packet_will_be_used(const struct packet *packet)
{
        for (size_t offset = 0; offset < sizeof *packet; offset += CACHE_LINE)
                __builtin_prefetch((const char *)packet + offset);
}

void packet_free(PacketPool *pool, struct packet *packet)
{
        g_assert(pool->in_use > 0);
        payload_clear(&packet->payload);
        packet->next = pool->free;
        pool->free = packet;
        pool->in_use--;
}

/* ---- Its headers ---- */

struct transport_place {
        size_t offset;
        uint8_t protocol;
};

/* IPv6's header has no sum to find damage by, and IPv4's is not verified. */
static bool find_transport(const uint8_t *bytes, size_t size, struct transport_place *place)
{
        struct ipv6_header ipv6;
        if (ipv6_parse(bytes, size, IPV6_PACKET_SIZE_MAX, &ipv6) == IPV6_OK) {
                *place = (struct transport_place){ ipv6.header_length, ipv6.protocol };
                return true;
        }
        if (size < IPV4_HEADER_SIZE || bytes[0] >> 4 != 4)
                return false;
        *place = (struct transport_place){ (bytes[0] & 0x0f) * 4u, bytes[9] };
        return place->offset >= IPV4_HEADER_SIZE && place->offset <= size;
}

static bool has_protocol(
        const struct packet *packet, uint8_t protocol, size_t size, struct transport_place *place)
{
        return find_transport(packet->header, packet->header_size, place) && place->protocol == protocol &&
               packet->header_size - place->offset >= size;
}

/* How many bytes there are up to the transport's payload. */
static size_t headers_size(const uint8_t *bytes, size_t size)
{
        struct transport_place place;
        if (!find_transport(bytes, size, &place))
                return MIN(size, IPV4_HEADER_SIZE);
        size_t left = size - place.offset;
        if (place.protocol != IP_PROTOCOL_TCP)
                return place.offset + MIN(UDP_HEADER_SIZE, left); /* ICMP's is as long */
        if (left < TCP_HEADER_SIZE)
                return size;
        return place.offset + MIN((bytes[place.offset + 12] >> 4) * 4u, left);
}

struct packet *packet_of_bytes(PacketPool *pool, PayloadPool *payloads, const uint8_t *bytes, size_t size)
{
        g_assert(size <= IPV4_PACKET_SIZE_MAX);
        struct packet *packet = packet_new(pool);
        packet->note = (struct packet_note){ .from = PACKET_NO_HOST, .to = PACKET_NO_HOST, .why = "-" };
        packet->header_size = (uint8_t)MIN(headers_size(bytes, size), PACKET_HEADER_SIZE_MAX);
        packet->size = (uint16_t)size;
        if (size > 0)
                memcpy(packet->header, bytes, packet->header_size);
        if (size > packet->header_size)
                packet->payload =
                        payload_of_bytes(payloads, bytes + packet->header_size, size - packet->header_size);
        return packet;
}

void packet_copy_bytes(const struct packet *packet, uint8_t *to)
{
        memcpy(to, packet->header, packet->header_size);
        payload_copy_out(&packet->payload, 0, to + packet->header_size, packet->payload.length);
}

void packet_check(const struct packet *packet)
{
        g_assert(packet->header_size <= PACKET_HEADER_SIZE_MAX);
        g_assert(packet->size == packet->header_size + packet->payload.length);
}

bool packet_tcp_header(const struct packet *packet, struct tcp_segment *segment)
{
        struct transport_place place;
        if (!has_protocol(packet, IP_PROTOCOL_TCP, TCP_HEADER_SIZE, &place))
                return false;
        return tcp_header_parse(packet->header + place.offset, packet->header_size - place.offset, segment) ==
               TCP_PARSE_OK;
}

uint32_t packet_transport_offset(const struct packet *packet)
{
        struct transport_place place;
        if (find_transport(packet->header, packet->header_size, &place))
                return (uint32_t)place.offset;
        return MIN(IPV4_HEADER_SIZE, packet->header_size);
}

/* Sequence numbers count on beyond 2^32 with the stream's offset, which is that of the first payload byte. */
static int64_t relative_seq(const struct packet_note *note, uint32_t seq)
{
        uint32_t relative = seq - note->isn;
        if (note->stream_offset == 0)
                return relative;
        int64_t near = (int64_t)note->stream_offset + 1;
        return near + (int32_t)(relative - (uint32_t)near);
}

static int64_t relative_ack(const struct packet_note *note, const struct tcp_segment *segment)
{
        if (!note->knows_peer_isn || (segment->flags & TCP_FLAG_ACK) == 0)
                return -1;
        return (uint32_t)(segment->ack.value - note->peer_isn);
}

static void describe_sack(
        const struct packet *packet, const struct tcp_options *options, struct trace_packet *view)
{
        view->sack_count = MIN(options->sack_count, TRACE_SACK_BLOCKS_MAX);
        for (unsigned i = 0; i < view->sack_count; i++) {
                view->sack[i].left = options->sack[i].left.value;
                view->sack[i].right = options->sack[i].right.value;
        }
        view->is_dsack = packet->note.is_dsack && view->sack_count > 0;
}

static void describe_tcp(
        const struct packet *packet, const struct tcp_segment *segment, struct trace_packet *view)
{
        const struct packet_note *note = &packet->note;
        view->protocol = TRACE_TCP;
        view->source_port = segment->source_port;
        view->destination_port = segment->destination_port;
        view->seq = segment->seq.value;
        view->ack = segment->ack.value;
        view->relative_seq = note->knows_isn ? relative_seq(note, segment->seq.value) : -1;
        view->relative_ack = relative_ack(note, segment);
        view->flags = segment->flags;
        view->window_field = segment->window;
        view->window = (uint32_t)segment->window << (segment->flags & TCP_FLAG_SYN ? 0 : note->window_scale);
        view->has_timestamps = segment->options.has_timestamps;
        view->timestamp_value = segment->options.timestamp_value;
        view->timestamp_echo = segment->options.timestamp_echo;
        describe_sack(packet, &segment->options, view);
}

static void describe_transport(const struct packet *packet, struct trace_packet *view)
{
        struct tcp_segment segment;
        if (packet_tcp_header(packet, &segment)) {
                describe_tcp(packet, &segment, view);
                return;
        }
        struct transport_place place;
        if (has_protocol(packet, IP_PROTOCOL_ICMP, ICMP_HEADER_SIZE, &place) ||
                has_protocol(packet, IP_PROTOCOL_ICMPV6, ICMP_HEADER_SIZE, &place))
                view->protocol = TRACE_ICMP;
        if (!has_protocol(packet, IP_PROTOCOL_UDP, UDP_HEADER_SIZE, &place))
                return;
        view->protocol = TRACE_UDP;
        view->source_port = read_be16(packet->header + place.offset);
        view->destination_port = read_be16(packet->header + place.offset + 2);
}

static void describe_bytes(const struct packet *packet, struct trace_packet *view)
{
        struct payload summed = packet->payload;
        view->header = (struct trace_bytes){ packet->header, packet->header_size };
        view->payload_pieces = packet->payload.slice_count;
        for (unsigned i = 0; i < view->payload_pieces; i++) {
                const struct payload_slice *slice = &packet->payload.slices[i];
                view->payload[i] = (struct trace_bytes){ payload_slice_bytes(slice), slice->length };
        }
        view->payload_size = packet->payload.length;
        view->payload_sum = payload_sum(&summed);
}

void packet_describe(const struct packet *packet, struct trace_packet *view)
{
        const struct packet_note *note = &packet->note;
        *view = (struct trace_packet){
                .id = packet->id,
                .copy = packet->copy,
                .size = packet->size,
                .is_corrupted = packet->flips > 0,
                .from = note->from,
                .to = note->to,
                .transfer = note->transfer,
                .connection = note->connection,
                .why = note->why != NULL ? note->why : "-",
                .stream_offset = note->stream_offset,
                .sending = note->sending,
                .t_sent = note->t_sent,
        };
        describe_bytes(packet, view);
        describe_transport(packet, view);
}

void packet_flip_bit(PacketPool *pool, struct packet *packet, uint32_t bit)
{
        g_assert(bit < packet->size * 8u);
        uint32_t byte = bit / 8;
        uint8_t mask = (uint8_t)(0x80 >> bit % 8);
        if (byte < packet->header_size)
                packet->header[byte] ^= mask;
        else
                payload_make_private(pool->payloads, &packet->payload)[byte - packet->header_size] ^= mask;
        if (byte == 0)
                packet->version_flips ^= mask & 0xf0;
        if (packet->flips < UINT8_MAX)
                packet->flips++;
}

enum ip_parse packet_check_ip(const struct packet *packet)
{
        if (packet->version_flips != 0)
                return IP_BAD_VERSION;
        return ip_header_check(packet->header, packet->header_size, packet->size);
}
