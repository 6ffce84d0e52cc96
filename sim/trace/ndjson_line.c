/*
 * The values of a line that are more than a few bytes.
 */
#include "trace/ndjson_line.h"

#include "trace/json_writer.h"

static char *put_escaped(struct ndjson_out *out, char *at, const char *text)
{
        g_string_truncate(out->scratch, 0);
        json_append_string(out->scratch, text);
        return trace_file_put(&out->file, at, out->scratch->str, out->scratch->len, NDJSON_LINE_ROOM);
}

char *ndjson_put_text(struct ndjson_out *out, char *at, const char *text)
{
        char *end = event_put_short_text(at + 1, text);
        if (end == NULL)
                return put_escaped(out, at, text);
        *at = *end = '"';
        return end + 1;
}

char *ndjson_put_flags(char *at, uint64_t flags)
{
        *at = '"';
        at = event_put_flags(at + 1, flags);
        *at = '"';
        return at + 1;
}

char *ndjson_put_ranges(char *at, const struct trace_packet *packet)
{
        struct event_range blocks[TRACE_SACK_BLOCKS_MAX];
        unsigned count = event_sack_blocks(packet, blocks);
        *at++ = '[';
        for (unsigned i = 0; i < count; i++) {
                if (i > 0)
                        *at++ = ',';
                *at++ = '[';
                at = decimal_put_signed(at, blocks[i].first);
                *at++ = ',';
                at = decimal_put_signed(at, blocks[i].end);
                *at++ = ']';
        }
        *at++ = ']';
        return at;
}
