/*
 * Packets as the script would write them: seen ones in the script's own numbers, so that they can stand side by side.
 */
#ifndef INORDER_PACKET_TEXT_H
#define INORDER_PACKET_TEXT_H

#include "drill/conversation.h"

/* Something went wrong with a packet: which of its parts are shown beyond the usual ones. */
struct packet_shown {
        bool ip;     /* "[ect0]", "[tos 0x4]" ... */
        bool flow_label;
        bool window;
        bool options;
        bool ports;
};

/* "P. 1:1001(1000) ack 1 win 256 <nop,nop,TS val 100 ecr 700>". */
void packet_text_seen(const struct conversation *conversation, const struct seen_packet *seen,
        const struct packet_shown *shown, GString *text);
/* The same of an expected or injected one. */
void packet_text_script(const struct script_packet *packet, const struct packet_shown *shown, GString *text);
/* All that the script says of it, and all of the seen one that the script speaks of. */
struct packet_shown packet_text_what_script_shows(const struct script_packet *packet);

/* "  0.104000". */
void packet_text_time(time_ns time, GString *text);

#endif
