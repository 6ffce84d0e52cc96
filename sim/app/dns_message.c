/*
 * ldns reads and writes; here its packets become values. Names travel as text, escaped as in zone files.
 */
#include "app/dns_message.h"

#include <glib.h>
#include <ldns/ldns.h>
#include <string.h>
#include "wire/byte_order.h"

#define HEADER_SIZE  12
#define RESPONSE_BIT 0x80 /* of the header's third byte */
#define ALIASES_MAX  8    /* CNAMEs in a row */
#define TIME_TO_LIVE 300  /* seconds; nobody here keeps an answer */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ldns_pkt, ldns_pkt_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ldns_rdf, ldns_rdf_deep_free)

/* ---- Writing ---- */

static void push_question(ldns_pkt *packet, ldns_rdf *name, uint16_t type)
{
        ldns_rr *question = ldns_rr_new();
        ldns_rr_set_question(question, true);
        ldns_rr_set_owner(question, ldns_rdf_clone(name));
        ldns_rr_set_type(question, type);
        ldns_rr_set_class(question, LDNS_RR_CLASS_IN);
        ldns_pkt_push_rr(packet, LDNS_SECTION_QUESTION, question);
}

static void push_address(ldns_pkt *packet, ldns_rdf *name, const struct ip_address *address)
{
        uint8_t bytes[4];
        write_be32(bytes, ip_address_to_ipv4(address));
        ldns_rr *answer = ldns_rr_new();
        ldns_rr_set_owner(answer, ldns_rdf_clone(name));
        ldns_rr_set_type(answer, LDNS_RR_TYPE_A);
        ldns_rr_set_class(answer, LDNS_RR_CLASS_IN);
        ldns_rr_set_ttl(answer, TIME_TO_LIVE);
        ldns_rr_push_rdf(answer, ldns_rdf_new_frm_data(LDNS_RDF_TYPE_A, sizeof bytes, bytes));
        ldns_pkt_push_rr(packet, LDNS_SECTION_ANSWER, answer);
}

static size_t write_packet(const ldns_pkt *packet, uint8_t bytes[DNS_MESSAGE_SIZE_MAX])
{
        uint8_t *written = NULL;
        size_t size = 0;
        if (ldns_pkt2wire(&written, packet, &size) != LDNS_STATUS_OK || size > DNS_MESSAGE_SIZE_MAX)
                size = 0;
        else
                memcpy(bytes, written, size);
        LDNS_FREE(written);
        return size;
}

size_t dns_question_write(uint16_t id, const char *name, uint8_t bytes[DNS_MESSAGE_SIZE_MAX])
{
        g_autoptr(ldns_rdf) dname = ldns_dname_new_frm_str(name);
        if (!dname)
                return 0;
        g_autoptr(ldns_pkt) packet = ldns_pkt_new();
        ldns_pkt_set_id(packet, id);
        ldns_pkt_set_rd(packet, true);
        push_question(packet, dname, LDNS_RR_TYPE_A);
        return write_packet(packet, bytes);
}

size_t dns_answer_write(const struct dns_question *question, enum dns_rcode rcode,
        const struct ip_address *address, uint8_t bytes[DNS_MESSAGE_SIZE_MAX])
{
        g_autoptr(ldns_pkt) packet = ldns_pkt_new();
        ldns_pkt_set_id(packet, question->id);
        ldns_pkt_set_qr(packet, true);
        ldns_pkt_set_opcode(packet, question->opcode);
        ldns_pkt_set_aa(packet, rcode == DNS_NOERROR || rcode == DNS_NXDOMAIN);
        ldns_pkt_set_rd(packet, question->recursion_desired);
        ldns_pkt_set_rcode(packet, rcode);
        if (question->name[0] == '\0')
                return write_packet(packet, bytes);
        g_autoptr(ldns_rdf) name = ldns_dname_new_frm_str(question->name);
        if (!name)
                return 0;
        push_question(packet, name, question->type);
        if (address)
                push_address(packet, name, address);
        return write_packet(packet, bytes);
}

/* ---- Reading ---- */

static ldns_pkt *read_packet(const uint8_t *bytes, size_t size)
{
        ldns_pkt *packet = NULL;
        return ldns_wire2pkt(&packet, bytes, size) == LDNS_STATUS_OK ? packet : NULL;
}

/* Its one question, in class IN. */
static const ldns_rr *only_question(const ldns_pkt *packet)
{
        const ldns_rr_list *questions = ldns_pkt_question(packet);
        if (ldns_rr_list_rr_count(questions) != 1)
                return NULL;
        const ldns_rr *question = ldns_rr_list_rr(questions, 0);
        return ldns_rr_get_class(question) == LDNS_RR_CLASS_IN ? question : NULL;
}

static bool copy_name(const ldns_rdf *name, char text[DNS_NAME_TEXT_SIZE])
{
        char *written = ldns_rdf2str(name);
        if (!written)
                return false;
        size_t size = strlen(written);
        /* The root is a dot and stays one. */
        if (size > 1 && written[size - 1] == '.')
                written[--size] = '\0';
        bool fits = g_strlcpy(text, written, DNS_NAME_TEXT_SIZE) < DNS_NAME_TEXT_SIZE;
        LDNS_FREE(written);
        return fits;
}

bool dns_question_parse(
        const uint8_t *bytes, size_t size, struct dns_question *question, enum dns_rcode *rcode)
{
        *question = (struct dns_question){ 0 };
        if (size < HEADER_SIZE || (bytes[2] & RESPONSE_BIT))
                return false;
        question->id = read_be16(bytes);
        question->opcode = bytes[2] >> 3 & 0xf;
        question->recursion_desired = bytes[2] & 1;
        *rcode = DNS_NOTIMP;
        if (question->opcode != LDNS_PACKET_QUERY)
                return true;
        *rcode = DNS_FORMERR;
        g_autoptr(ldns_pkt) packet = read_packet(bytes, size);
        const ldns_rr *asked = packet ? only_question(packet) : NULL;
        if (!asked || !copy_name(ldns_rr_owner(asked), question->name))
                return true;
        question->type = ldns_rr_get_type(asked);
        *rcode = DNS_NOERROR;
        return true;
}

bool dns_question_is_for_address(const struct dns_question *question)
{
        return question->type == LDNS_RR_TYPE_A;
}

static bool answers_question(const ldns_pkt *packet, uint16_t id, const ldns_rdf *name)
{
        if (!ldns_pkt_qr(packet) || ldns_pkt_tc(packet) || ldns_pkt_id(packet) != id)
                return false;
        const ldns_rr *question = only_question(packet);
        return question && ldns_rr_get_type(question) == LDNS_RR_TYPE_A &&
               ldns_dname_compare(ldns_rr_owner(question), name) == 0;
}

/* The data of the record of this name and type; NULL: none. */
static const ldns_rdf *find_record(const ldns_pkt *packet, const ldns_rdf *name, ldns_rr_type type)
{
        const ldns_rr_list *answers = ldns_pkt_answer(packet);
        for (size_t i = 0; i < ldns_rr_list_rr_count(answers); i++) {
                const ldns_rr *record = ldns_rr_list_rr(answers, i);
                if (ldns_rr_get_type(record) == type && ldns_rr_get_class(record) == LDNS_RR_CLASS_IN &&
                        ldns_rr_rd_count(record) == 1 && ldns_dname_compare(ldns_rr_owner(record), name) == 0)
                        return ldns_rr_rdf(record, 0);
        }
        return NULL;
}

static bool find_address(const ldns_pkt *packet, const ldns_rdf *name, struct ip_address *address)
{
        for (unsigned aliases = 0; name && aliases <= ALIASES_MAX; aliases++) {
                const ldns_rdf *found = find_record(packet, name, LDNS_RR_TYPE_A);
                if (found) {
                        *address = ip_address_from_ipv4(read_be32(ldns_rdf_data(found)));
                        return true;
                }
                name = find_record(packet, name, LDNS_RR_TYPE_CNAME);
        }
        return false;
}

enum dns_answer dns_answer_parse(
        const uint8_t *bytes, size_t size, uint16_t id, const char *name, struct ip_address *address)
{
        g_autoptr(ldns_pkt) packet = read_packet(bytes, size);
        g_autoptr(ldns_rdf) asked = ldns_dname_new_frm_str(name);
        if (!packet || !asked || !answers_question(packet, id, asked))
                return DNS_ANSWER_OTHER;
        if (ldns_pkt_get_rcode(packet) == LDNS_RCODE_NXDOMAIN)
                return DNS_ANSWER_NO_NAME;
        if (ldns_pkt_get_rcode(packet) != LDNS_RCODE_NOERROR)
                return DNS_ANSWER_OTHER;
        return find_address(packet, asked, address) ? DNS_ANSWER_ADDRESS : DNS_ANSWER_NO_NAME;
}
