/*
 * From a script's packet to the bytes that are injected. The numbers are mapped to the live ones.
 */
#ifndef INORDER_PACKET_BUILD_H
#define INORDER_PACKET_BUILD_H

#include "drill/conversation.h"

/* NULL with an error (SCRIPT_ERROR, without the place) when a timestamp echo is none that was expected before, or the payload too
 * large. */
GByteArray *packet_build(const struct conversation *conversation, const struct script_packet *packet, GError **error);

/* An option as on the wire, numbers mapped to the live ones of the side that sends it: appended to `bytes`. Blocks
 * are of the numbers that the stack under test sends; so are echoes, which are mapped when the segment has an ACK. False:
 * a timestamp echo has no live value. */
bool packet_build_option(const struct conversation *conversation, const struct script_option *option, bool is_syn,
        bool has_ack, GByteArray *bytes);

#endif
