/*
 * Reading fields: members are fetched by offset and given their meaning.
 */
#include "trace/event_field.h"
#include "trace/decimal.h"

#include <string.h>

static const struct {
        uint16_t bit;
        const char *name;
} tcp_flags[] = {
        { 0x001, "FIN" },
        { 0x002, "SYN" },
        { 0x004, "RST" },
        { 0x008, "PSH" },
        { 0x010, "ACK" },
        { 0x020, "URG" },
        { 0x040, "ECE" },
        { 0x080, "CWR" },
        { 0x100, "AE" },
};
#define FLAG_ACK 0x010

static const void *locate(const struct event_field *field, const struct event_reading *reading)
{
        const void *const bases[] = {
                [BASE_EVENT] = reading->event,
                [BASE_PACKET] = reading->event->packet,
                [BASE_ROW] = reading->row,
        };
        return (const char *)bases[field->base] + field->offset;
}

static uint64_t fetch_unsigned(const struct event_field *field, const struct event_reading *reading)
{
        const void *member = locate(field, reading);
        switch (field->store) {
        case STORE_BOOL:
                return *(const bool *)member;
        case STORE_U16:
                return *(const uint16_t *)member;
        case STORE_U32:
                return *(const uint32_t *)member;
        case STORE_U64:
                return *(const uint64_t *)member;
        default:
                g_assert_not_reached();
        }
}

static int64_t fetch_signed(const struct event_field *field, const struct event_reading *reading)
{
        const void *member = locate(field, reading);
        if (field->store == STORE_I32)
                return *(const int32_t *)member;
        g_assert(field->store == STORE_I64);
        return *(const int64_t *)member;
}

static void set_text(struct event_value *value, const char *text)
{
        value->kind = EVENT_VALUE_TEXT;
        value->text = text && *text ? text : "-";
}

static void set_signed(struct event_value *value, int64_t number)
{
        value->kind = EVENT_VALUE_SIGNED;
        value->integer = number;
}

static void set_unsigned(struct event_value *value, uint64_t number)
{
        value->kind = EVENT_VALUE_UNSIGNED;
        value->natural = number;
}

void event_field_read(
        const struct event_field *field, const struct event_reading *reading, struct event_value *value)
{
        const struct trace_event *event = reading->event;
        value->kind = EVENT_VALUE_NONE;
        if (field->base == BASE_PACKET && !event->packet)
                return;
        if (field->applies && !field->applies(event))
                return;
        field->read(field, reading, value);
}

EVENT_MEANING(event_number)
{
        if (field->store == STORE_I32 || field->store == STORE_I64)
                set_signed(value, fetch_signed(field, reading));
        else
                set_unsigned(value, fetch_unsigned(field, reading));
}

EVENT_MEANING(event_nonzero)
{
        uint64_t number = fetch_unsigned(field, reading);
        if (number != 0)
                set_unsigned(value, number);
}

EVENT_MEANING(event_not_negative)
{
        int64_t number = fetch_signed(field, reading);
        if (number >= 0)
                set_signed(value, number);
}

EVENT_MEANING(event_not_maximum)
{
        uint64_t number = fetch_unsigned(field, reading);
        if (number != UINT32_MAX)
                set_unsigned(value, number);
}

EVENT_MEANING(event_truth)
{
        value->kind = EVENT_VALUE_BOOL;
        value->truth = fetch_unsigned(field, reading) != 0;
}

EVENT_MEANING(event_time)
{
        int64_t time = fetch_signed(field, reading);
        if (time != TIME_NEVER)
                set_signed(value, time);
}

EVENT_MEANING(event_seconds)
{
        event_time(field, reading, value);
        if (value->kind == EVENT_VALUE_SIGNED)
                value->kind = EVENT_VALUE_SECONDS;
}

EVENT_MEANING(event_text)
{
        g_assert(field->store == STORE_TEXT);
        set_text(value, *(const char *const *)locate(field, reading));
}

static const char *owner_label(const Trace *trace, uint32_t owner)
{
        return owner == UINT32_MAX ? "-" : trace_owner_label(trace, owner);
}

EVENT_MEANING(event_owner_label)
{
        set_text(value, owner_label(reading->trace, (uint32_t)fetch_unsigned(field, reading)));
}

EVENT_MEANING(event_packet_id)
{
        g_assert(field->store == STORE_PACKET_ID);
        const struct trace_packet_id *id = locate(field, reading);
        set_text(value, "-");
        if (id->number == 0)
                return;
        g_string_assign(reading->scratch, owner_label(reading->trace, id->host));
        g_string_append_c(reading->scratch, '#');
        decimal_append_unsigned(reading->scratch, id->number);
        set_text(value, reading->scratch->str);
}

EVENT_MEANING(event_flags)
{
        uint64_t flags = fetch_unsigned(field, reading);
        GString *scratch = reading->scratch;
        g_string_truncate(scratch, 0);
        for (unsigned i = 0; i < G_N_ELEMENTS(tcp_flags); i++) {
                if (!(flags & tcp_flags[i].bit))
                        continue;
                if (scratch->len > 0)
                        g_string_append_c(scratch, '+');
                g_string_append(scratch, tcp_flags[i].name);
        }
        set_text(value, scratch->str);
}

uint32_t event_transfer(const struct trace_event *event)
{
        if (event->transfer == 0 && event->packet)
                return event->packet->transfer;
        return event->transfer;
}

EVENT_MEANING(event_transfer_name)
{
        (void)field;
        set_text(value, trace_transfer_name(reading->trace, event_transfer(reading->event)));
}

EVENT_MEANING(event_cause)
{
        static const char *const names[] = {
                [TRACE_CAUSE_NONE] = "-",
                [TRACE_CAUSE_PACKET] = "packet",
                [TRACE_CAUSE_DEADLINE] = "deadline",
                [TRACE_CAUSE_CALL] = "call",
        };
        (void)field;
        set_text(value, names[reading->event->cause.kind]);
}

/* Blocks report what has arrived beyond the acknowledgment, or (RFC 2883) close before it: within 2^31 of it.
 */
unsigned event_sack_blocks(const struct trace_packet *packet, struct event_range blocks[TRACE_SACK_BLOCKS_MAX])
{
        if (packet->relative_ack < 0)
                return 0;
        for (unsigned i = 0; i < packet->sack_count; i++) {
                blocks[i].first = packet->relative_ack + (int32_t)(packet->sack[i].left - packet->ack);
                blocks[i].end = packet->relative_ack + (int32_t)(packet->sack[i].right - packet->ack);
        }
        return packet->sack_count;
}

EVENT_MEANING(event_sack_ranges)
{
        const struct trace_packet *packet = reading->event->packet;
        (void)field;
        value->kind = EVENT_VALUE_RANGES;
        value->ranges.count = packet ? event_sack_blocks(packet, value->ranges.items) : 0;
}

EVENT_MEANING(event_link_name)
{
        (void)field;
        set_text(value, trace_owner(reading->trace, reading->event->owner)->name);
}

EVENT_MEANING(event_link_near_end)
{
        (void)field;
        set_text(value, trace_owner(reading->trace, reading->event->owner)->near_end);
}

EVENT_MEANING(event_link_far_end)
{
        (void)field;
        set_text(value, trace_owner(reading->trace, reading->event->owner)->far_end);
}

bool event_is_tcp(const struct trace_event *event)
{
        return event->packet && strcmp(event->packet->protocol, "tcp") == 0;
}

bool event_has_ack(const struct trace_event *event)
{
        return event_is_tcp(event) && (event->packet->flags & FLAG_ACK);
}

bool event_has_ports(const struct trace_event *event)
{
        return event->packet && strcmp(event->packet->protocol, "-") != 0;
}

bool event_has_timestamps(const struct trace_event *event)
{
        return event_is_tcp(event) && event->packet->has_timestamps;
}

bool event_has_rtt_sample(const struct trace_event *event)
{
        return event->rtt.sample >= 0;
}
