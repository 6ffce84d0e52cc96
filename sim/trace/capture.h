/*
 * One host's capture: packet records, each written when nothing can be added to it any more.
 */
#ifndef INORDER_CAPTURE_H
#define INORDER_CAPTURE_H

#include "trace/trace.h"
#include "trace/held_file.h"

typedef struct Capture Capture;

struct capture_config {
        const char *name;        /* "www": the interface is www.eth0 */
        const char *comment;     /* of the whole file */
        const char *application; /* "inorder 0.1.0" */
        uint32_t snap;           /* bytes of each IP packet that are kept; 0: all */
        size_t piece;            /* bytes that are written at once */
        /* Bytes that may wait for the fate of packets; of those that more has come behind, comments are lost. */
        size_t most_waiting;
};

/* Writes the file's head. The file stays the opener's. */
Capture *capture_new(FILE *file, const char *file_name, const struct capture_config *config);
void capture_free(Capture *capture);

/* Records. Those of sent packets come with rising numbers (trace_packet_id) and stay open. */
void capture_add_sent(Capture *capture, time_ns time, const struct trace_packet *packet);
void capture_add_received(Capture *capture, time_ns time, const struct trace_packet *packet,
        const char *comment); /* NULL: none */

/* About the sent packet `number`; nothing happens when it is settled, or was given up. */
void capture_comment(Capture *capture, uint32_t number, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* One more copy of it is on its way; one of them, the original or a copy, has come to its end. */
void capture_copy_made(Capture *capture, uint32_t number);
void capture_settle(Capture *capture, uint32_t number);

/* Write all that waits. */
bool capture_finish(Capture *capture, GError **error);

#endif
