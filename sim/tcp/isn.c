/*
 * Initial sequence numbers. RFC 6528 section 3: ISN = M + F(localip, localport, remoteip, remoteport,
 * secretkey).
 */
#include "tcp/isn.h"

#include "wire/byte_order.h"

/* "M is the 4 microsecond timer". */
#define ISN_TICK (4 * MICROSECOND)

enum purpose { PURPOSE_SEQUENCE_NUMBER = 1, PURPOSE_TIMESTAMP = 2 };

#define ENDPOINT_SIZE (sizeof(struct ip_address) + 2)

static uint8_t *put_endpoint(uint8_t *to, const struct endpoint *endpoint)
{
        memcpy(to, endpoint->address.bytes, sizeof endpoint->address.bytes);
        write_be16(to + sizeof endpoint->address.bytes, endpoint->port);
        return to + ENDPOINT_SIZE;
}

static uint32_t hash_tuple(const uint8_t *secret, const struct four_tuple *tuple, enum purpose purpose)
{
        uint8_t message[2 * ENDPOINT_SIZE + 1];
        uint8_t *end = put_endpoint(message, &tuple->local);
        end = put_endpoint(end, &tuple->remote);
        *end = (uint8_t)purpose;
        return (uint32_t)siphash(secret, message, sizeof message);
}

struct seqnum isn_choose(const uint8_t secret[SIPHASH_KEY_SIZE], const struct four_tuple *tuple, time_ns now)
{
        return seq_add(
                seq_of((uint32_t)(now / ISN_TICK)), hash_tuple(secret, tuple, PURPOSE_SEQUENCE_NUMBER));
}

uint32_t isn_timestamp_offset(const uint8_t secret[SIPHASH_KEY_SIZE], const struct four_tuple *tuple)
{
        return hash_tuple(secret, tuple, PURPOSE_TIMESTAMP);
}
