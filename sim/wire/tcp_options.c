/*
 * TCP options, read by a table of kinds and written in Linux's layout. RFC 9293 section 3.2; RFC 7323 and RFC
 * 2018.
 *
 * Every group that is written fills whole words of 4 bytes, so that the order of groups decides the layout.
 */
#include "wire/tcp_options.h"

#include "wire/byte_order.h"

enum option_kind {
        KIND_END = 0,
        KIND_NOP = 1,
        KIND_MSS = 2,
        KIND_WINDOW_SCALE = 3,
        KIND_SACK_PERMITTED = 4,
        KIND_SACK = 5,
        KIND_TIMESTAMPS = 8,
};

#define MSS_SIZE            4
#define WINDOW_SCALE_SIZE   3
#define SACK_PERMITTED_SIZE 2
#define SACK_HEAD_SIZE      2
#define SACK_BLOCK_SIZE     8
#define TIMESTAMPS_SIZE     10

static void read_mss(const uint8_t *data, struct tcp_options *options)
{
        options->has_mss = true;
        options->mss = read_be16(data);
}

static void read_window_scale(const uint8_t *data, struct tcp_options *options)
{
        options->has_window_scale = true;
        options->window_scale = data[0];
}

static void read_sack_permitted(const uint8_t *data, struct tcp_options *options)
{
        (void)data;
        options->sack_permitted = true;
}

static void read_timestamps(const uint8_t *data, struct tcp_options *options)
{
        options->has_timestamps = true;
        options->timestamp_value = read_be32(data);
        options->timestamp_echo = read_be32(data + 4);
}

static bool read_sack(const uint8_t *data, size_t size, struct tcp_options *options)
{
        size_t count = size / SACK_BLOCK_SIZE;
        if (size % SACK_BLOCK_SIZE != 0 || count < 1 || count > TCP_SACK_BLOCKS_MAX)
                return false;
        options->sack_count = (uint8_t)count;
        for (size_t i = 0; i < count; i++, data += SACK_BLOCK_SIZE)
                options->sack[i] =
                        (struct sack_block){ seq_of(read_be32(data)), seq_of(read_be32(data + 4)) };
        return true;
}

/* The known options of one possible length. */
static const struct option_format {
        uint8_t kind;
        uint8_t size;
        void (*read)(const uint8_t *data, struct tcp_options *options);
} formats[] = {
        { KIND_TIMESTAMPS, TIMESTAMPS_SIZE, read_timestamps },
        { KIND_MSS, MSS_SIZE, read_mss },
        { KIND_WINDOW_SCALE, WINDOW_SCALE_SIZE, read_window_scale },
        { KIND_SACK_PERMITTED, SACK_PERMITTED_SIZE, read_sack_permitted },
};

/* One option of `size` bytes, kind and length among them. */
static bool read_option(const uint8_t *option, size_t size, struct tcp_options *options)
{
        if (option[0] == KIND_SACK)
                return read_sack(option + SACK_HEAD_SIZE, size - SACK_HEAD_SIZE, options);
        for (size_t i = 0; i < G_N_ELEMENTS(formats); i++) {
                if (formats[i].kind != option[0])
                        continue;
                if (formats[i].size != size)
                        return false;
                formats[i].read(option + 2, options);
                return true;
        }
        return true;
}

bool tcp_options_parse(const uint8_t *bytes, size_t size, struct tcp_options *options)
{
        *options = (struct tcp_options){ 0 };
        size_t at = 0;
        while (at < size && bytes[at] != KIND_END) {
                if (bytes[at] == KIND_NOP) {
                        at++;
                        continue;
                }
                if (size - at < 2 || bytes[at + 1] < 2 || bytes[at + 1] > size - at)
                        return false;
                if (!read_option(bytes + at, bytes[at + 1], options))
                        return false;
                at += bytes[at + 1];
        }
        return true;
}

size_t tcp_options_size(const struct tcp_options *options)
{
        size_t size = 0;
        if (options->has_mss)
                size += MSS_SIZE;
        if (options->has_timestamps)
                size += TIMESTAMPS_SIZE + 2;
        else if (options->sack_permitted)
                size += SACK_PERMITTED_SIZE + 2;
        if (options->has_window_scale)
                size += WINDOW_SCALE_SIZE + 1;
        if (options->sack_count > 0)
                size += 2 + SACK_HEAD_SIZE + options->sack_count * SACK_BLOCK_SIZE;
        return size;
}

/* These write one group each and return the place behind it. */

static uint8_t *put_nops(uint8_t *at)
{
        *at++ = KIND_NOP;
        *at++ = KIND_NOP;
        return at;
}

static uint8_t *put_head(uint8_t *at, enum option_kind kind, size_t size)
{
        *at++ = (uint8_t)kind;
        *at++ = (uint8_t)size;
        return at;
}

static uint8_t *put_mss(uint8_t *at, uint16_t mss)
{
        at = put_head(at, KIND_MSS, MSS_SIZE);
        write_be16(at, mss);
        return at + 2;
}

/* Linux fills the two bytes before the timestamps with SACK-permitted when it has that to say. */
static uint8_t *put_timestamps(uint8_t *at, const struct tcp_options *options)
{
        at = options->sack_permitted ? put_head(at, KIND_SACK_PERMITTED, SACK_PERMITTED_SIZE) : put_nops(at);
        at = put_head(at, KIND_TIMESTAMPS, TIMESTAMPS_SIZE);
        write_be32(at, options->timestamp_value);
        write_be32(at + 4, options->timestamp_echo);
        return at + 8;
}

static uint8_t *put_window_scale(uint8_t *at, uint8_t window_scale)
{
        *at++ = KIND_NOP;
        at = put_head(at, KIND_WINDOW_SCALE, WINDOW_SCALE_SIZE);
        *at++ = window_scale;
        return at;
}

static uint8_t *put_sack(uint8_t *at, const struct tcp_options *options)
{
        at = put_head(put_nops(at), KIND_SACK, SACK_HEAD_SIZE + options->sack_count * SACK_BLOCK_SIZE);
        for (uint8_t i = 0; i < options->sack_count; i++, at += SACK_BLOCK_SIZE) {
                write_be32(at, options->sack[i].left.value);
                write_be32(at + 4, options->sack[i].right.value);
        }
        return at;
}

void tcp_options_emit(const struct tcp_options *options, uint8_t *bytes)
{
        if (options->has_mss)
                bytes = put_mss(bytes, options->mss);
        if (options->has_timestamps)
                bytes = put_timestamps(bytes, options);
        else if (options->sack_permitted)
                bytes = put_head(put_nops(bytes), KIND_SACK_PERMITTED, SACK_PERMITTED_SIZE);
        if (options->has_window_scale)
                bytes = put_window_scale(bytes, options->window_scale);
        if (options->sack_count > 0)
                put_sack(bytes, options);
}
