/*
 * pcapng blocks, little-endian, put where they wait to be written; what has a packet whose fate is not known
 * waits for its comments, and all behind it. draft-ietf-opsawg-pcapng.
 */
#include "trace/capture.h"
#include "trace/byte_record.h"

#include <string.h>

enum block_type { BLOCK_INTERFACE = 1, BLOCK_ENHANCED_PACKET = 6, BLOCK_SECTION = 0x0a0d0d0a };

#define BYTE_ORDER_MAGIC  0x1a2b3c4d
#define LINKTYPE_ETHERNET 1
#define ETHERNET_SIZE     14
#define ETHERTYPE_IPV4    0x0800
#define ETHERTYPE_IPV6    0x86dd
#define RING_CAPACITY_MIN 16
#define PACKET_HEAD_SIZE  28 /* of a packet's block, before its bytes … */
#define PACKET_TAIL_SIZE  28 /* … and behind them, without comments */
#define BLOCK_END_SIZE    8  /* the end of the options and the size again */

/* Option codes; those below 2 are for every block. */
enum option {
        OPTION_END = 0,
        OPTION_COMMENT = 1,
        SECTION_APPLICATION = 4,
        INTERFACE_NAME = 2,
        INTERFACE_TIME_RESOLUTION = 9,
        PACKET_FLAGS = 2,
        PACKET_ID = 5,
};
enum packet_direction { PACKET_INBOUND = 1, PACKET_OUTBOUND = 2 };

/* A sent packet whose fate is not known. */
struct record {
        struct held_piece *piece; /* of the file, which has its block */
        size_t offset;            /* of the block */
        uint32_t number;
        uint32_t unsettled; /* the packet and its copies that are on their way */
};

struct Capture {
        struct held_file file;
        size_t most_waiting;
        uint32_t snap;
        uint32_t last_number; /* of the packets sent */
        GByteArray *block;
        struct record
                *records; /* a ring, by number and in the file's order; the capacity is a power of two */
        unsigned capacity;
        unsigned first;
        unsigned count;
};

static void add_padding(GByteArray *block)
{
        while (block->len % 4 != 0)
                byte_record_add_u8(block, 0);
}

static void add_option(GByteArray *block, enum option code, const void *bytes, size_t size)
{
        size = MIN(size, UINT16_MAX);
        byte_record_add_u16(block, (uint16_t)code);
        byte_record_add_u16(block, (uint16_t)size);
        g_byte_array_append(block, bytes, (guint)size);
        add_padding(block);
}

static void add_text_option(GByteArray *block, enum option code, const char *text)
{
        add_option(block, code, text, strlen(text));
}

static void begin_block(Capture *capture, enum block_type type)
{
        g_byte_array_set_size(capture->block, 0);
        byte_record_add_u32(capture->block, type);
        byte_record_add_u32(capture->block, 0); /* the size, when it is known */
}

static void end_block(Capture *capture)
{
        GByteArray *block = capture->block;
        byte_record_add_u32(block, OPTION_END);
        uint32_t size = GUINT32_TO_LE(block->len + 4);
        memcpy(block->data + 4, &size, sizeof size);
        g_byte_array_append(block, (const guint8 *)&size, sizeof size);
        char *at = held_file_room(&capture->file, block->len);
        held_file_end(&capture->file, byte_put(at, block->data, block->len));
}

static void write_section(Capture *capture, const struct capture_config *config)
{
        begin_block(capture, BLOCK_SECTION);
        byte_record_add_u32(capture->block, BYTE_ORDER_MAGIC);
        byte_record_add_u16(capture->block, 1); /* version 1.0 */
        byte_record_add_u16(capture->block, 0);
        byte_record_add_u64(capture->block, UINT64_MAX); /* the section's size is not known */
        add_text_option(capture->block, OPTION_COMMENT, config->comment);
        add_text_option(capture->block, SECTION_APPLICATION, config->application);
        end_block(capture);
}

static void write_interface(Capture *capture, const struct capture_config *config)
{
        static const uint8_t nanoseconds = 9; /* 10^-9 s */
        g_autofree char *name = g_strdup_printf("%s.eth0", config->name);
        begin_block(capture, BLOCK_INTERFACE);
        byte_record_add_u16(capture->block, LINKTYPE_ETHERNET);
        byte_record_add_u16(capture->block, 0);
        byte_record_add_u32(capture->block, config->snap ? config->snap + ETHERNET_SIZE : 0);
        add_text_option(capture->block, INTERFACE_NAME, name);
        add_option(capture->block, INTERFACE_TIME_RESOLUTION, &nanoseconds, sizeof nanoseconds);
        end_block(capture);
}

static struct record *record_at(const Capture *capture, unsigned index)
{
        return &capture->records[(capture->first + index) & (capture->capacity - 1)];
}

static void forget_first(Capture *capture)
{
        capture->first = (capture->first + 1) & (capture->capacity - 1);
        capture->count--;
}

static void forget_settled(Capture *capture)
{
        while (capture->count > 0 && record_at(capture, 0)->unsettled == 0)
                forget_first(capture);
}

static void settle(struct record *record)
{
        if (--record->unsettled == 0)
                record->piece->hands--;
}

/* Whoever was sent first has no comments from now on. */
static void give_up_first_piece(Capture *capture)
{
        const struct held_piece *piece = capture->file.first;
        while (capture->count > 0 && record_at(capture, 0)->piece == piece)
                forget_first(capture);
        forget_settled(capture); /* of the pieces that go with it */
        capture->file.first->hands = 0;
        held_file_write_free(&capture->file);
}

/* Twice as many places, the old ones in order at the front. */
static void grow(Capture *capture)
{
        unsigned capacity = MAX(2 * capture->capacity, RING_CAPACITY_MIN);
        struct record *records = g_new0(struct record, capacity);
        for (unsigned i = 0; i < capture->capacity; i++)
                records[i] = *record_at(capture, i);
        g_free(capture->records);
        capture->records = records;
        capture->capacity = capacity;
        capture->first = 0;
}

/* Locally administered, and the owner's number. */
static char *put_ethernet_address(char *at, uint32_t owner)
{
        owner = GUINT32_TO_BE(owner);
        return byte_put(byte_put(at, "\x02\x00", 2), &owner, sizeof owner);
}

static char *put_ethernet_header(char *at, const struct trace_packet *packet)
{
        bool is_ipv6 = packet->header.size > 0 && packet->header.bytes[0] >> 4 == 6;
        uint16_t type = GUINT16_TO_BE(is_ipv6 ? ETHERTYPE_IPV6 : ETHERTYPE_IPV4);
        at = put_ethernet_address(at, packet->to);
        at = put_ethernet_address(at, packet->from);
        return byte_put(at, &type, sizeof type);
}

/* As much of the piece as there is room for. */
static char *put_piece(char *at, const char *end, const struct trace_bytes *piece)
{
        return byte_put(at, piece->bytes, MIN(piece->size, (size_t)(end - at)));
}

static char *put_frame(char *at, const struct trace_packet *packet, uint32_t size)
{
        const char *end = at + size;
        at = put_ethernet_header(at, packet);
        at = put_piece(at, end, &packet->header);
        for (unsigned i = 0; i < packet->payload_pieces; i++)
                at = put_piece(at, end, &packet->payload[i]);
        return at;
}

static char *put_packet_head(char *at, uint32_t block_size, time_ns time, uint32_t kept, uint32_t size)
{
        at = byte_put_u32(at, BLOCK_ENHANCED_PACKET);
        at = byte_put_u32(at, block_size);
        at = byte_put_u32(at, 0); /* the interface */
        at = byte_put_u32(at, (uint32_t)((uint64_t)time >> 32));
        at = byte_put_u32(at, (uint32_t)time);
        at = byte_put_u32(at, kept);
        return byte_put_u32(at, size);
}

static char *put_packet_tail(
        char *at, uint32_t block_size, enum packet_direction direction, const struct trace_packet_id *id)
{
        at = byte_put_u16(at, PACKET_FLAGS);
        at = byte_put_u16(at, sizeof(uint32_t));
        at = byte_put_u32(at, direction);
        at = byte_put_u16(at, PACKET_ID);
        at = byte_put_u16(at, sizeof(uint64_t));
        at = byte_put_u64(at, (uint64_t)id->host << 32 | id->number);
        at = byte_put_u32(at, OPTION_END);
        return byte_put_u32(at, block_size);
}

static uint32_t padding_of(uint32_t size)
{
        return (4 - size % 4) % 4;
}

/* As begin_block() and end_block() would, but where it waits to be written: most of a capture is these. Its
 * offset in the last piece. */
static size_t add_packet(
        Capture *capture, time_ns time, const struct trace_packet *packet, enum packet_direction direction)
{
        static const char zeros[4];
        uint32_t most = ETHERNET_SIZE + (capture->snap ? MIN(capture->snap, packet->size) : packet->size);
        char *start =
                held_file_room(&capture->file, PACKET_HEAD_SIZE + most + sizeof zeros + PACKET_TAIL_SIZE);
        char *frame = start + PACKET_HEAD_SIZE;
        uint32_t kept = (uint32_t)(put_frame(frame, packet, most) - frame);
        char *tail = byte_put(frame + kept, zeros, padding_of(kept));
        uint32_t size = (uint32_t)(tail - start) + PACKET_TAIL_SIZE;
        put_packet_head(start, size, time, kept, ETHERNET_SIZE + packet->size);
        held_file_end(&capture->file, put_packet_tail(tail, size, direction, &packet->id));
        while (capture->file.waiting > capture->most_waiting)
                give_up_first_piece(capture);
        return (size_t)(start - capture->file.last->bytes);
}

/* Into the packet's block, behind its other options. How many bytes longer it is now. */
static uint32_t add_comment(Capture *capture, struct held_piece *piece, size_t offset, const char *comment)
{
        GByteArray *option = capture->block;
        uint32_t size;
        g_byte_array_set_size(option, 0);
        add_text_option(option, OPTION_COMMENT, comment);
        memcpy(&size, piece->bytes + offset + 4, sizeof size);
        size = GUINT32_FROM_LE(size);
        held_file_insert(&capture->file, piece, offset + size - BLOCK_END_SIZE, option->data, option->len);
        size += option->len;
        byte_put_u32(piece->bytes + offset + 4, size);
        byte_put_u32(piece->bytes + offset + size - 4, size);
        return option->len;
}

Capture *capture_new(FILE *file, const char *file_name, const struct capture_config *config)
{
        Capture *capture = g_new0(Capture, 1);
        held_file_init(&capture->file, file, file_name, config->piece);
        capture->most_waiting = config->most_waiting;
        capture->snap = config->snap;
        capture->block = g_byte_array_new();
        write_section(capture, config);
        write_interface(capture, config);
        return capture;
}

void capture_free(Capture *capture)
{
        if (!capture)
                return;
        g_free(capture->records);
        g_byte_array_unref(capture->block);
        held_file_clear(&capture->file);
        g_free(capture);
}

void capture_add_sent(Capture *capture, time_ns time, const struct trace_packet *packet)
{
        g_assert(packet->id.number > capture->last_number);
        capture->last_number = packet->id.number;
        if (capture->count == capture->capacity)
                grow(capture);
        size_t offset = add_packet(capture, time, packet, PACKET_OUTBOUND);
        struct held_piece *piece = capture->file.last;
        piece->hands++;
        capture->count++;
        *record_at(capture, capture->count - 1) = (struct record){
                .piece = piece, .offset = offset, .number = packet->id.number, .unsettled = 1
        };
}

void capture_add_received(
        Capture *capture, time_ns time, const struct trace_packet *packet, const char *comment)
{
        size_t offset = add_packet(capture, time, packet, PACKET_INBOUND);
        if (comment)
                add_comment(capture, capture->file.last, offset, comment);
}

/* NULL: it is settled. Numbers rise by one or more: it is where one each would have led, or before. */
static struct record *find_sent(Capture *capture, uint32_t number)
{
        if (capture->count == 0 || number < record_at(capture, 0)->number)
                return NULL;
        unsigned index = MIN(number - record_at(capture, 0)->number, capture->count - 1);
        while (record_at(capture, index)->number > number)
                index--;
        struct record *record = record_at(capture, index);
        return record->number == number && record->unsettled > 0 ? record : NULL;
}

/* Those whose blocks are in the same piece. */
static void move_those_behind(Capture *capture, const struct record *record, uint32_t by)
{
        unsigned index = (unsigned)(record - capture->records - capture->first) & (capture->capacity - 1);
        for (unsigned i = index + 1; i < capture->count && record_at(capture, i)->piece == record->piece; i++)
                record_at(capture, i)->offset += by;
}

void capture_comment(Capture *capture, uint32_t number, const char *format, ...)
{
        struct record *record = find_sent(capture, number);
        if (!record)
                return;
        va_list arguments;
        va_start(arguments, format);
        g_autofree char *comment = g_strdup_vprintf(format, arguments);
        va_end(arguments);
        uint32_t longer = add_comment(capture, record->piece, record->offset, comment);
        move_those_behind(capture, record, longer);
}

void capture_copy_made(Capture *capture, uint32_t number)
{
        struct record *record = find_sent(capture, number);
        if (record)
                record->unsettled++;
}

void capture_settle(Capture *capture, uint32_t number)
{
        struct record *record = find_sent(capture, number);
        if (!record)
                return;
        settle(record);
        forget_settled(capture);
}

bool capture_finish(Capture *capture, GError **error)
{
        capture->count = 0;
        return held_file_finish(&capture->file, error);
}
