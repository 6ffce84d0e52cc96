/*
 * A made-up world for the writers' tests: two hosts, a router, two links, and packets with real headers.
 *
 *     0 browser   1 www   2 isp   3 "access → isp"   4 "core → www"   5 "core → isp"
 */
#ifndef INORDER_MADE_UP_H
#define INORDER_MADE_UP_H

#include "trace/trace.h"
#include "trace/trace_file.h"

enum made_up_owner { BROWSER, WWW, ISP, ACCESS_TO_ISP, CORE_TO_WWW, CORE_TO_ISP };

extern const struct trace_about made_up_about;

Trace *made_up_world(void);

/* A packet and the bytes it points to. */
struct made_up_packet {
        struct trace_packet packet;
        uint8_t header[80];
        uint8_t payload[2000];
};

/* TCP, relative numbers from `seq` and `ack` on; ISNs are 1000 and 5000 (browser's and www's). */
void made_up_tcp(struct made_up_packet *made, uint32_t from, uint32_t number, uint32_t seq, uint32_t ack,
        uint16_t flags, const char *payload);
/* UDP to port 53. */
void made_up_udp(struct made_up_packet *made, uint32_t from, uint32_t number, const char *payload);

void made_up_emit(
        Trace *trace, enum trace_kind kind, time_ns time, uint32_t owner, const struct made_up_packet *made);
void made_up_drop(Trace *trace, time_ns time, uint32_t owner, const struct made_up_packet *made,
        const char *reason, const char *detail);
/* Times are 1 ms before, 0.5 ms before, 0.2 ms before `time` and `time`. `set` may be NULL. */
void made_up_hop(Trace *trace, time_ns time, uint32_t owner, const struct made_up_packet *made,
        const struct trace_hop *set);
/* One event of every kind, among them every optional field. */
void made_up_everything(Trace *trace);

/* A note about connection 1 of `owner` and transfer 1, caused by a packet; times are for the caller to order. */
struct made_up_note {
        time_ns time;
        uint32_t owner;
        struct trace_packet_id cause;
        enum trace_note note;
        const char *why; /* NULL: "-" */
        int64_t first;
        int64_t end;
        int64_t value;
        bool is_outgoing;
};
void made_up_tell(Trace *trace, const struct made_up_note *note);
/* After made_up_everything(): browser gets a segment while a hole is open, www hears of it, the hole is filled and the program reads. */
void made_up_repair(Trace *trace);

/* Files opened by name in a fresh directory, closed and removed with it. */
struct made_up_files {
        char *directory;
        GHashTable *open; /* name → FILE */
};
void made_up_files_init(struct made_up_files *files);
void made_up_files_close(struct made_up_files *files);
void made_up_files_clear(struct made_up_files *files);
struct trace_opener made_up_opener(struct made_up_files *files);
char *made_up_file_path(const struct made_up_files *files, const char *name);
char *made_up_file_text(const struct made_up_files *files, const char *name);

#endif
