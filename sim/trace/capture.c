/*
 * pcapng blocks, little-endian, and the ring of records that wait. draft-ietf-opsawg-pcapng.
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
#define RECORD_SIZE       56 /* of a packet's block, without its bytes and comments */

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

struct record {
        time_ns time;
        struct trace_packet_id id;
        enum packet_direction direction;
        /* For the search: of the last packet sent until here, this one included. Never falls along the ring.
         */
        uint32_t sent_number;
        uint32_t unsettled;  /* the packet and its copies that are on their way */
        uint32_t frame_size; /* before snapping */
        uint32_t kept_size;
        uint32_t frame_capacity;
        char *frame;          /* the kept bytes; stays with its place in the ring, as the next */
        GByteArray *comments; /* as options; NULL: there has been none */
};

struct Capture {
        struct trace_file file;
        uint32_t snap;
        uint32_t sent_number;
        GByteArray *block;
        struct record *records; /* a ring; the capacity is a power of two */
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
        trace_file_write(&capture->file, block->data, block->len);
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

static uint32_t padding_of(uint32_t size)
{
        return (4 - size % 4) % 4;
}

static char *put_option(char *at, enum option code, const void *bytes, uint16_t size)
{
        at = byte_put_u16(at, (uint16_t)code);
        at = byte_put_u16(at, size);
        return byte_put(at, bytes, size);
}

static char *put_frame(char *at, const struct record *record)
{
        static const char zeros[4];
        at = byte_put_u32(at, record->kept_size);
        at = byte_put_u32(at, record->frame_size);
        at = byte_put(at, record->frame, record->kept_size);
        return byte_put(at, zeros, padding_of(record->kept_size));
}

/* As begin_block() and end_block() would, but where it waits to be written: most of a capture is these. */
static void write_record(Capture *capture, const struct record *record)
{
        uint32_t flags = GUINT32_TO_LE(record->direction);
        uint64_t id = GUINT64_TO_LE((uint64_t)record->id.host << 32 | record->id.number);
        uint32_t comments = record->comments ? record->comments->len : 0;
        uint32_t size = RECORD_SIZE + record->kept_size + padding_of(record->kept_size) + comments;
        char *at = trace_file_room(&capture->file, trace_file_begin(&capture->file), size);
        const char *start = at;
        at = byte_put_u32(at, BLOCK_ENHANCED_PACKET);
        at = byte_put_u32(at, size);
        at = byte_put_u32(at, 0); /* the interface */
        at = byte_put_u32(at, (uint32_t)((uint64_t)record->time >> 32));
        at = byte_put_u32(at, (uint32_t)record->time);
        at = put_frame(at, record);
        at = put_option(at, PACKET_FLAGS, &flags, sizeof flags);
        at = put_option(at, PACKET_ID, &id, sizeof id);
        if (comments > 0)
                at = byte_put(at, record->comments->data, comments);
        at = byte_put_u32(at, OPTION_END);
        at = byte_put_u32(at, size);
        g_assert((size_t)(at - start) == size);
        trace_file_end(&capture->file, at);
}

static struct record *record_at(const Capture *capture, unsigned index)
{
        return &capture->records[(capture->first + index) & (capture->capacity - 1)];
}

static void write_settled(Capture *capture)
{
        while (capture->count > 0 && record_at(capture, 0)->unsettled == 0) {
                write_record(capture, record_at(capture, 0));
                capture->first = (capture->first + 1) & (capture->capacity - 1);
                capture->count--;
        }
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

static void fill_frame(struct record *record, const struct trace_packet *packet, uint32_t size)
{
        if (record->frame_capacity < size) {
                record->frame = g_realloc(record->frame, size);
                record->frame_capacity = size;
        }
        const char *end = record->frame + size;
        char *at = put_ethernet_header(record->frame, packet);
        at = put_piece(at, end, &packet->header);
        for (unsigned i = 0; i < packet->payload_pieces; i++)
                at = put_piece(at, end, &packet->payload[i]);
        record->kept_size = (uint32_t)(at - record->frame);
}

static struct record *add_record(Capture *capture, time_ns time, const struct trace_packet *packet)
{
        if (capture->count == capture->capacity)
                grow(capture);
        capture->count++;
        struct record *record = record_at(capture, capture->count - 1);
        record->time = time;
        record->id = packet->id;
        record->sent_number = capture->sent_number;
        record->frame_size = ETHERNET_SIZE + packet->size;
        if (record->comments)
                g_byte_array_set_size(record->comments, 0);
        uint32_t kept = capture->snap ? MIN(capture->snap, packet->size) : packet->size;
        fill_frame(record, packet, ETHERNET_SIZE + kept);
        return record;
}

static void add_comment(struct record *record, const char *comment)
{
        if (!record->comments)
                record->comments = g_byte_array_new();
        add_text_option(record->comments, OPTION_COMMENT, comment);
}

Capture *capture_new(FILE *file, const char *file_name, const struct capture_config *config)
{
        Capture *capture = g_new0(Capture, 1);
        trace_file_init(&capture->file, file, file_name, config->piece);
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
        for (unsigned i = 0; i < capture->capacity; i++) {
                g_free(capture->records[i].frame);
                g_clear_pointer(&capture->records[i].comments, g_byte_array_unref);
        }
        g_free(capture->records);
        g_byte_array_unref(capture->block);
        trace_file_clear(&capture->file);
        g_free(capture);
}

void capture_add_sent(Capture *capture, time_ns time, const struct trace_packet *packet)
{
        g_assert(packet->id.number > capture->sent_number);
        capture->sent_number = packet->id.number;
        struct record *record = add_record(capture, time, packet);
        record->direction = PACKET_OUTBOUND;
        record->unsettled = 1;
}

void capture_add_received(
        Capture *capture, time_ns time, const struct trace_packet *packet, const char *comment)
{
        struct record *record = add_record(capture, time, packet);
        record->direction = PACKET_INBOUND;
        record->unsettled = 0;
        if (comment)
                add_comment(record, comment);
        write_settled(capture);
}

/* The first record with this number is the packet's own: those received after it carry the number too. */
static struct record *find_sent(Capture *capture, uint32_t number)
{
        unsigned low = 0;
        unsigned high = capture->count;
        while (low < high) {
                unsigned middle = low + (high - low) / 2;
                if (record_at(capture, middle)->sent_number < number)
                        low = middle + 1;
                else
                        high = middle;
        }
        if (low == capture->count)
                return NULL;
        struct record *record = record_at(capture, low);
        bool is_it = record->direction == PACKET_OUTBOUND && record->id.number == number;
        return is_it ? record : NULL;
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
        add_comment(record, comment);
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
        g_assert(record->unsettled > 0);
        record->unsettled--;
        write_settled(capture);
}

bool capture_finish(Capture *capture, GError **error)
{
        for (unsigned i = 0; i < capture->count; i++)
                write_record(capture, record_at(capture, i));
        capture->count = 0;
        return trace_file_finish(&capture->file, error);
}
