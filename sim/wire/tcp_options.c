/*
 * TCP options, read by a table of kinds and written in Linux's layout. RFC 9293 section 3.2; RFC 7323, RFC
 * 2018, RFC 7413, RFC 9768.
 *
 * Every group that is written fills whole words of 4 bytes, so that the order of groups decides the layout;
 * but accurate ECN's may leave two bytes over, which stand where a later group has its NOPs.
 *
 * Differs: RFC 9293 section 3.1 suggests to reset a connection at an illegal option length. Linux's
 * tcp_parse_options() goes on without the option, and so does this.
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
        KIND_FAST_OPEN = 34,
        KIND_ACCECN_0 = 172,
        KIND_ACCECN_1 = 174,
        KIND_EXPERIMENTAL = 254, /* RFC 6994: two bytes tell whose */
};

#define HEAD_SIZE              2 /* kind and length */
#define MSS_SIZE               4
#define WINDOW_SCALE_SIZE      3
#define SACK_PERMITTED_SIZE    2
#define SACK_BLOCK_SIZE        8
#define TIMESTAMPS_SIZE        10
#define FAST_OPEN_MAGIC        0xf989
#define EXPERIMENTAL_HEAD_SIZE 4
#define FAST_OPEN_COOKIE_MIN   4
#define ACCECN_COUNTER_SIZE    3
#define WORD_SIZE              4

/* Each takes what stands behind kind and length. */

/* An MSS of 0 is none, as in Linux. */
static void read_mss(const uint8_t *data, size_t size, struct tcp_options *options)
{
        if (size != MSS_SIZE - HEAD_SIZE || read_be16(data) == 0)
                return;
        options->has_mss = true;
        options->mss = read_be16(data);
}

static void read_window_scale(const uint8_t *data, size_t size, struct tcp_options *options)
{
        if (size != WINDOW_SCALE_SIZE - HEAD_SIZE)
                return;
        options->has_window_scale = true;
        options->window_scale = data[0];
}

static void read_sack_permitted(const uint8_t *data, size_t size, struct tcp_options *options)
{
        (void)data;
        options->sack_permitted |= size == SACK_PERMITTED_SIZE - HEAD_SIZE;
}

static void read_sack(const uint8_t *data, size_t size, struct tcp_options *options)
{
        size_t count = size / SACK_BLOCK_SIZE;
        if (size % SACK_BLOCK_SIZE != 0 || count < 1 || count > TCP_SACK_BLOCKS_MAX)
                return;
        options->sack_count = (uint8_t)count;
        for (size_t i = 0; i < count; i++, data += SACK_BLOCK_SIZE)
                options->sack[i] =
                        (struct sack_block){ seq_of(read_be32(data)), seq_of(read_be32(data + 4)) };
}

static void read_timestamps(const uint8_t *data, size_t size, struct tcp_options *options)
{
        if (size != TIMESTAMPS_SIZE - HEAD_SIZE)
                return;
        options->has_timestamps = true;
        options->timestamp_value = read_be32(data);
        options->timestamp_echo = read_be32(data + 4);
}

/* RFC 7413 section 4.1.1: 4 to 16 bytes, an even number, or none. */
static void read_cookie(const uint8_t *cookie, size_t size, bool is_experimental, struct tcp_options *options)
{
        bool is_cookie = size >= FAST_OPEN_COOKIE_MIN && size <= TCP_FAST_OPEN_COOKIE_MAX;
        if (size % 2 != 0)
                return;
        options->has_fast_open = is_cookie || size == 0;
        if (!options->has_fast_open)
                return;
        options->is_fast_open_experimental = is_experimental;
        options->fast_open_size = (uint8_t)size;
        memcpy(options->fast_open, cookie, size);
}

static void read_fast_open(const uint8_t *data, size_t size, struct tcp_options *options)
{
        read_cookie(data, size, false, options);
}

static void read_experimental(const uint8_t *data, size_t size, struct tcp_options *options)
{
        if (size >= 2 && read_be16(data) == FAST_OPEN_MAGIC)
                read_cookie(data + 2, size - 2, true, options);
}

static uint32_t read_be24(const uint8_t *bytes)
{
        return (uint32_t)bytes[0] << 16 | read_be16(bytes + 1);
}

static void read_accecn(const uint8_t *data, size_t size, struct tcp_options *options)
{
        options->has_accecn = true;
        options->accecn_count = (uint8_t)MIN(size / ACCECN_COUNTER_SIZE, TCP_ACCECN_COUNTERS_MAX);
        for (uint8_t i = 0; i < options->accecn_count; i++, data += ACCECN_COUNTER_SIZE)
                options->accecn[i] = read_be24(data);
}

static void read_accecn_0(const uint8_t *data, size_t size, struct tcp_options *options)
{
        options->is_accecn_order_1 = false;
        read_accecn(data, size, options);
}

static void read_accecn_1(const uint8_t *data, size_t size, struct tcp_options *options)
{
        options->is_accecn_order_1 = true;
        read_accecn(data, size, options);
}

/* The commonest first. Kind 19, MD5 signatures (RFC 2385), is unknown here as it is to a Linux without keys.
 */
static const struct option_format {
        uint8_t kind;
        void (*read)(const uint8_t *data, size_t size, struct tcp_options *options);
} formats[] = {
        { KIND_TIMESTAMPS, read_timestamps },
        { KIND_SACK, read_sack },
        { KIND_MSS, read_mss },
        { KIND_WINDOW_SCALE, read_window_scale },
        { KIND_SACK_PERMITTED, read_sack_permitted },
        { KIND_FAST_OPEN, read_fast_open },
        { KIND_EXPERIMENTAL, read_experimental },
        { KIND_ACCECN_0, read_accecn_0 },
        { KIND_ACCECN_1, read_accecn_1 },
};

/* One option of `size` bytes, kind and length among them. */
static void read_option(const uint8_t *option, size_t size, struct tcp_options *options)
{
        for (size_t i = 0; i < G_N_ELEMENTS(formats); i++) {
                if (formats[i].kind != option[0])
                        continue;
                formats[i].read(option + HEAD_SIZE, size - HEAD_SIZE, options);
                return;
        }
}

/* What most segments have, and nothing else: RFC 7323 appendix A's two NOPs and the timestamps. */
static bool is_timestamps_alone(const uint8_t *bytes, size_t size)
{
        return size == TCP_TIMESTAMPS_SIZE && read_be32(bytes) == TCP_TIMESTAMPS_HEAD;
}

void tcp_options_parse(const uint8_t *bytes, size_t size, struct tcp_options *options)
{
        *options = (struct tcp_options){ 0 };
        if (is_timestamps_alone(bytes, size)) {
                read_timestamps(bytes + 2 + HEAD_SIZE, TIMESTAMPS_SIZE - HEAD_SIZE, options);
                return;
        }
        size_t at = 0;
        while (at < size && bytes[at] != KIND_END) {
                if (bytes[at] == KIND_NOP) {
                        at++;
                        continue;
                }
                if (size - at < HEAD_SIZE || bytes[at + 1] < HEAD_SIZE || bytes[at + 1] > size - at)
                        return;
                read_option(bytes + at, bytes[at + 1], options);
                at += bytes[at + 1];
        }
}

/* ---- Writing ---- */

static size_t accecn_size(const struct tcp_options *options)
{
        return options->has_accecn ? HEAD_SIZE + options->accecn_count * ACCECN_COUNTER_SIZE : 0;
}

/* Bytes of accurate ECN's option that fill no word: 0, 1 or 2; three get a NOP. */
static size_t accecn_spare(const struct tcp_options *options)
{
        return accecn_size(options) % WORD_SIZE % (WORD_SIZE - 1);
}

static bool has_sack_permitted_group(const struct tcp_options *options)
{
        return options->sack_permitted && !options->has_timestamps;
}

/* Whether a later group has room for the bytes left over in place of its NOPs. */
static bool spare_finds_room(const struct tcp_options *options, size_t spare)
{
        return spare == 0 || has_sack_permitted_group(options) || options->sack_count > 0 ||
               (options->has_window_scale && spare == 1);
}

static size_t accecn_groups_size(const struct tcp_options *options)
{
        size_t spare = accecn_spare(options);
        size_t padded = (accecn_size(options) + WORD_SIZE - 1) / WORD_SIZE * WORD_SIZE;
        return spare > 0 && spare_finds_room(options, spare) ? padded - WORD_SIZE : padded;
}

static size_t fast_open_size(const struct tcp_options *options)
{
        return (options->is_fast_open_experimental ? EXPERIMENTAL_HEAD_SIZE : HEAD_SIZE) +
               options->fast_open_size;
}

size_t tcp_options_size_of_all(const struct tcp_options *options)
{
        size_t size = accecn_groups_size(options);
        if (options->has_mss)
                size += MSS_SIZE;
        if (options->has_timestamps)
                size += TIMESTAMPS_SIZE + 2;
        if (has_sack_permitted_group(options))
                size += SACK_PERMITTED_SIZE + 2;
        if (options->has_window_scale)
                size += WINDOW_SCALE_SIZE + 1;
        if (options->sack_count > 0)
                size += 2 + HEAD_SIZE + options->sack_count * SACK_BLOCK_SIZE;
        if (options->has_fast_open)
                size += (fast_open_size(options) + WORD_SIZE - 1) / WORD_SIZE * WORD_SIZE;
        return size;
}

/* Where to write next, and what is left over for the place of NOPs. */
struct layout {
        uint8_t *at;
        uint8_t spare[2];
        size_t spare_count;
};

/* These write one group each. */

static void put_byte(struct layout *layout, uint8_t byte)
{
        *layout->at++ = byte;
}

static void put_head(struct layout *layout, enum option_kind kind, size_t size)
{
        put_byte(layout, (uint8_t)kind);
        put_byte(layout, (uint8_t)size);
}

static void put_be32(struct layout *layout, uint32_t value)
{
        write_be32(layout->at, value);
        layout->at += sizeof value;
}

static void put_nops(struct layout *layout, size_t count)
{
        for (size_t i = 0; i < count; i++)
                put_byte(layout, KIND_NOP);
}

/* So many bytes of padding, or what is left over if it fits there. */
static void put_padding(struct layout *layout, size_t count)
{
        size_t taken = layout->spare_count <= count ? layout->spare_count : 0;
        for (size_t i = 0; i < taken; i++)
                put_byte(layout, layout->spare[i]);
        layout->spare_count -= taken;
        put_nops(layout, count - taken);
}

static void put_mss(struct layout *layout, const struct tcp_options *options)
{
        put_head(layout, KIND_MSS, MSS_SIZE);
        write_be16(layout->at, options->mss);
        layout->at += 2;
}

/* Linux fills the two bytes before the timestamps with SACK-permitted when it has that to say. */
static void put_timestamps(struct layout *layout, const struct tcp_options *options)
{
        if (options->sack_permitted)
                put_head(layout, KIND_SACK_PERMITTED, SACK_PERMITTED_SIZE);
        else
                put_nops(layout, 2);
        put_head(layout, KIND_TIMESTAMPS, TIMESTAMPS_SIZE);
        put_be32(layout, options->timestamp_value);
        put_be32(layout, options->timestamp_echo);
}

static void put_accecn(struct layout *layout, const struct tcp_options *options)
{
        enum option_kind kind = options->is_accecn_order_1 ? KIND_ACCECN_1 : KIND_ACCECN_0;
        const uint8_t *begin = layout->at;
        put_head(layout, kind, accecn_size(options));
        for (uint8_t i = 0; i < options->accecn_count; i++) {
                put_byte(layout, (uint8_t)(options->accecn[i] >> 16));
                put_byte(layout, (uint8_t)(options->accecn[i] >> 8));
                put_byte(layout, (uint8_t)options->accecn[i]);
        }
        layout->spare_count = accecn_spare(options);
        layout->at -= layout->spare_count;
        memcpy(layout->spare, layout->at, layout->spare_count);
        put_nops(layout, (size_t)(layout->at - begin) % WORD_SIZE != 0 ? 1 : 0);
}

static void put_sack_permitted(struct layout *layout)
{
        put_padding(layout, 2);
        put_head(layout, KIND_SACK_PERMITTED, SACK_PERMITTED_SIZE);
}

static void put_window_scale(struct layout *layout, const struct tcp_options *options)
{
        put_padding(layout, 1);
        put_head(layout, KIND_WINDOW_SCALE, WINDOW_SCALE_SIZE);
        put_byte(layout, options->window_scale);
}

static void put_sack(struct layout *layout, const struct tcp_options *options)
{
        put_padding(layout, 2);
        put_head(layout, KIND_SACK, HEAD_SIZE + options->sack_count * SACK_BLOCK_SIZE);
        for (uint8_t i = 0; i < options->sack_count; i++) {
                put_be32(layout, options->sack[i].left.value);
                put_be32(layout, options->sack[i].right.value);
        }
}

static void put_fast_open(struct layout *layout, const struct tcp_options *options)
{
        size_t size = fast_open_size(options);
        put_head(layout, options->is_fast_open_experimental ? KIND_EXPERIMENTAL : KIND_FAST_OPEN, size);
        if (options->is_fast_open_experimental) {
                write_be16(layout->at, FAST_OPEN_MAGIC);
                layout->at += 2;
        }
        memcpy(layout->at, options->fast_open, options->fast_open_size);
        layout->at += options->fast_open_size;
        put_nops(layout, size % WORD_SIZE);
}

void tcp_options_emit(const struct tcp_options *options, uint8_t *bytes)
{
        struct layout layout = { .at = bytes };
        if (options->has_mss)
                put_mss(&layout, options);
        if (options->has_timestamps)
                put_timestamps(&layout, options);
        if (options->has_accecn)
                put_accecn(&layout, options);
        if (has_sack_permitted_group(options))
                put_sack_permitted(&layout);
        if (options->has_window_scale)
                put_window_scale(&layout, options);
        if (options->sack_count > 0)
                put_sack(&layout, options);
        if (layout.spare_count > 0)
                put_padding(&layout, WORD_SIZE);
        if (options->has_fast_open)
                put_fast_open(&layout, options);
}
