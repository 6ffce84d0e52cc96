/*
 * DNS questions and answers to and from bytes, over ldns. RFC 1035 section 4. Whatever the bytes, reading
 * them is safe.
 */
#ifndef INORDER_DNS_MESSAGE_H
#define INORDER_DNS_MESSAGE_H

#include <stddef.h>
#include "wire/ip_address.h"

#define DNS_PORT             53
#define DNS_MESSAGE_SIZE_MAX 512  /* over UDP, without EDNS */
#define DNS_NAME_TEXT_SIZE   1024 /* 255 bytes, each of which may be written \DDD */

/* As the wire numbers them. */
enum dns_rcode { DNS_NOERROR = 0, DNS_FORMERR = 1, DNS_NXDOMAIN = 3, DNS_NOTIMP = 4 };

/* One question, in class IN. */
struct dns_question {
        uint16_t id;
        uint8_t opcode;
        bool recursion_desired;
        uint16_t type;
        char name[DNS_NAME_TEXT_SIZE]; /* without the final dot; empty: none was understood */
};

/* For the address of `name`. Returns its size; 0: no such name can be asked for. */
size_t dns_question_write(uint16_t id, const char *name, uint8_t bytes[DNS_MESSAGE_SIZE_MAX]);
/* `*rcode` DNS_NOERROR: a question in class IN. Else what to answer: the header was understood, the rest was
 * not, or is not done here. False: better no answer at all, since it is one itself, or less than a header. */
bool dns_question_parse(
        const uint8_t *bytes, size_t size, struct dns_question *question, enum dns_rcode *rcode);

/* Whether it asks for an IPv4 address. */
bool dns_question_is_for_address(const struct dns_question *question);

/* An authoritative answer; `address` NULL: without one. Returns its size. */
size_t dns_answer_write(const struct dns_question *question, enum dns_rcode rcode,
        const struct ip_address *address, uint8_t bytes[DNS_MESSAGE_SIZE_MAX]);

/* DNS_ANSWER_OTHER: not a whole answer to this question, wait on. */
enum dns_answer { DNS_ANSWER_OTHER, DNS_ANSWER_ADDRESS, DNS_ANSWER_NO_NAME };
/* Follows CNAMEs. */
enum dns_answer dns_answer_parse(
        const uint8_t *bytes, size_t size, uint16_t id, const char *name, struct ip_address *address);

#endif
