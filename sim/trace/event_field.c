/*
 * What several fields of an event say together.
 */
#include "trace/event_field.h"
#include "trace/event_value.h"

#include <string.h>

/* By bit: FIN 1, SYN 2 … */
static const char flag_names[][4] = { "FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR", "AE" };

const struct trace_name event_no_name = TRACE_NAME("-");
const struct trace_name event_cause_names[] = {
        [TRACE_CAUSE_NONE] = TRACE_NAME("-"),
        [TRACE_CAUSE_PACKET] = TRACE_NAME("packet"),
        [TRACE_CAUSE_DEADLINE] = TRACE_NAME("deadline"),
        [TRACE_CAUSE_CALL] = TRACE_NAME("call"),
};

/* Blocks report what has arrived beyond the acknowledgment, or (RFC 2883) close before it: within 2^31 of it.
 */
unsigned event_sack_blocks(
        const struct trace_packet *packet, struct event_range blocks[TRACE_SACK_BLOCKS_MAX])
{
        if (packet->relative_ack < 0)
                return 0;
        for (unsigned i = 0; i < packet->sack_count; i++) {
                blocks[i].first = packet->relative_ack + (int32_t)(packet->sack[i].left - packet->ack);
                blocks[i].end = packet->relative_ack + (int32_t)(packet->sack[i].right - packet->ack);
        }
        return packet->sack_count;
}

static char *put_flag_names(char *at, uint64_t flags)
{
        for (uint64_t rest = flags; rest != 0; rest &= rest - 1) {
                const char *name = flag_names[g_bit_nth_lsf(rest, -1)];
                memcpy(at, name, sizeof flag_names[0]);
                at += 2 + (name[2] != '\0');
                *at++ = '+';
        }
        return at - 1;
}

/* Nearly all segments have these. */
char *event_put_flags(char *at, uint64_t flags)
{
        if (flags != EVENT_FLAG_ACK && flags != (EVENT_FLAG_PSH | EVENT_FLAG_ACK))
                return put_flag_names(at, flags);
        memcpy(at, "PSH+", 4);
        at += flags == EVENT_FLAG_ACK ? 0 : 4;
        memcpy(at, "ACK", 3);
        return at + 3;
}

#define SHORT_TEXT_MAX 64

char *event_put_short_text(char *at, const char *text)
{
        for (unsigned i = 0; i < SHORT_TEXT_MAX; i++) {
                unsigned char c = (unsigned char)text[i];
                if (c == '\0')
                        return at + i;
                if (c >= 0x80 || !trace_stands_for_itself(c))
                        return NULL;
                at[i] = (char)c;
        }
        return NULL;
}
