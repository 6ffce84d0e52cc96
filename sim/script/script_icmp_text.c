/*
 * ICMP messages as text: TYPE [CODE] [mtu N] [id N] [quoted packet]. Names of RFC 792, RFC 1812 and RFC 4443.
 */
#include "script/script_text.h"

#include <string.h>

struct icmp_name {
        const char *name;
        uint8_t number;
};

struct icmp_kind {
        const char *name;
        uint8_t type;
        const struct icmp_name *codes; /* NULL: only code 0 */
};

static const struct icmp_name unreachable_codes_4[] = {
        { "net_unreachable", 0 },
        { "host_unreachable", 1 },
        { "protocol_unreachable", 2 },
        { "port_unreachable", 3 },
        { "frag_needed", 4 },
        { "source_route_failed", 5 },
        { "net_unknown", 6 },
        { "host_unknown", 7 },
        { "source_host_isolated", 8 },
        { "net_prohibited", 9 },
        { "host_prohibited", 10 },
        { "net_unreachable_for_tos", 11 },
        { "host_unreachable_for_tos", 12 },
        { "packet_filtered", 13 },
        { "precedence_violation", 14 },
        { "precedence_cutoff", 15 },
        { NULL, 0 },
};

static const struct icmp_name unreachable_codes_6[] = {
        { "no_route", 0 },
        { "admin_prohibited", 1 },
        { "not_neighbour", 2 },
        { "address_unreachable", 3 },
        { "port_unreachable", 4 },
        { NULL, 0 },
};

static const struct icmp_kind kinds_4[] = {
        { "echo_reply", 0, NULL },
        { "unreachable", 3, unreachable_codes_4 },
        { "source_quench", 4, NULL },
        { "redirect", 5, NULL },
        { "echo_request", 8, NULL },
        { "time_exceeded", 11, NULL },
        { "parameter_problem", 12, NULL },
        { "timestamp_request", 13, NULL },
        { "timestamp_reply", 14, NULL },
        { "information_request", 15, NULL },
        { "information_reply", 16, NULL },
        { "address_mask_request", 17, NULL },
        { "address_mask_reply", 18, NULL },
        { NULL, 0, NULL },
};

static const struct icmp_kind kinds_6[] = {
        { "unreachable", 1, unreachable_codes_6 },
        { "packet_too_big", 2, NULL },
        { "time_exceeded", 3, NULL },
        { "parameter_problem", 4, NULL },
        { "echo_request", 128, NULL },
        { "echo_reply", 129, NULL },
        { NULL, 0, NULL },
};

/* ---- Type and code ---- */

static bool complain_of_type(struct reader *reader, const struct icmp_kind *kinds)
{
        g_autoptr(GString) known = g_string_new(NULL);
        for (; kinds->name; kinds++)
                g_string_append_printf(known, " %s", kinds->name);
        g_autofree char *found = reader_found(reader);
        return reader_complain(reader, "%s is no type of ICMP%s; known are:%s", found,
                reader->is_ipv6 ? "v6" : "", known->str);
}

static const struct icmp_kind *read_type(struct reader *reader, struct script_icmp *icmp)
{
        const struct icmp_kind *kinds = reader->is_ipv6 ? kinds_6 : kinds_4;
        for (const struct icmp_kind *kind = kinds; kind->name; kind++) {
                if (!reader_take_word(reader, kind->name))
                        continue;
                icmp->type = kind->type;
                return kind;
        }
        complain_of_type(reader, kinds);
        return NULL;
}

static bool complain_of_code(struct reader *reader, const struct icmp_kind *kind)
{
        g_autofree char *found = reader_found(reader);
        if (kind->codes == NULL)
                return reader_complain(reader,
                        "%s has no named codes; %s stands where mtu, id or [quoted packet] may", kind->name,
                        found);
        g_autoptr(GString) known = g_string_new(NULL);
        for (const struct icmp_name *code = kind->codes; code->name; code++)
                g_string_append_printf(known, " %s", code->name);
        return reader_complain(reader, "%s is no code of %s; known are:%s", found, kind->name, known->str);
}

static bool read_code(struct reader *reader, const struct icmp_kind *kind, struct script_icmp *icmp)
{
        if (reader->now.kind != TOKEN_WORD || reader_is_word(reader, "mtu") || reader_is_word(reader, "id"))
                return true;
        for (const struct icmp_name *code = kind->codes; code && code->name; code++) {
                if (!reader_take_word(reader, code->name))
                        continue;
                icmp->code = code->number;
                return true;
        }
        return complain_of_code(reader, kind);
}

/* ---- What the message carries ---- */

static bool read_numbers(struct reader *reader, struct script_icmp *icmp)
{
        uint32_t id;
        if (reader_take_word(reader, "mtu")) {
                icmp->has_mtu = true;
                if (!reader_number(reader, reader->is_ipv6 ? UINT32_MAX : UINT16_MAX, "the mtu", &icmp->mtu))
                        return false;
        }
        if (reader_take_word(reader, "id")) {
                if (!reader_number(reader, UINT16_MAX, "the id", &id))
                        return false;
                icmp->has_id = true;
                icmp->id = (uint16_t)id;
        }
        return true;
}

static bool read_quoted_size(struct reader *reader, enum script_quote quote, struct script_icmp *icmp)
{
        icmp->quote = quote;
        return reader_expect(reader, '(', "and the quoted packet's size") &&
               reader_number(reader, UINT16_MAX, "the quoted packet's size", &icmp->range.size) &&
               reader_expect(reader, ')', "after the quoted packet's size");
}

/* [1:1001(1000)], [udp (1000)], [raw (8)] or nothing */
static bool read_quoted(struct reader *reader, struct script_icmp *icmp)
{
        if (!reader_take(reader, '['))
                return true;
        bool is_read;
        if (reader_take_word(reader, "udp")) {
                is_read = read_quoted_size(reader, SCRIPT_QUOTE_UDP, icmp);
        } else if (reader_take_word(reader, "raw")) {
                is_read = read_quoted_size(reader, SCRIPT_QUOTE_RAW, icmp);
        } else {
                icmp->quote = SCRIPT_QUOTE_TCP;
                is_read = script_read_range(reader, &icmp->range);
        }
        return is_read && reader_expect(reader, ']', "after the quoted packet");
}

bool script_read_icmp(struct reader *reader, struct script_icmp *icmp)
{
        const struct icmp_kind *kind = read_type(reader, icmp);
        return kind != NULL && read_code(reader, kind, icmp) && read_numbers(reader, icmp) &&
               read_quoted(reader, icmp);
}
