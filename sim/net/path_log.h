/*
 * What luck and queues did to packets: written down as it happens, or read back to happen again.
 *
 * A packet is named by its number on a link direction: as it was offered to its queue (before any luck at the
 * entry: as it entered), or as it began transmission. With a log to be replayed, links draw nothing and queues
 * decide nothing.
 */
#ifndef INORDER_PATH_LOG_H
#define INORDER_PATH_LOG_H

#include "net/impair.h"
#include "net/segment_luck.h"

enum path_stage { PATH_ENTRY, PATH_QUEUE, PATH_LINE, PATH_SLOT, PATH_STAGES };

enum path_event_kind {
        PATH_LOSS,
        PATH_FLIPS,
        PATH_TRUNCATION,
        PATH_COPY,
        PATH_DELAY,      /* also of copies: jitter, reordering */
        PATH_REFUSAL,    /* by a queue, as it was offered … */
        PATH_PUSHED_OUT, /* … for another, the `number`th: `victim` goes … */
        PATH_AT_CHANGE,  /* … or when a rule made another queue, for the `number`th time: `victim` goes … */
        PATH_AT_HEAD,    /* … or when its turn came */
        PATH_MARK, /* by a queue; or at the entry or on the line, instead of a loss */
        PATH_SLOT_LENGTH, /* not of a packet: of the `number`th slot, `delay` until it opens */
        PATH_EVENT_KINDS,
};

struct path_event {
        enum path_event_kind kind;
        enum path_stage stage;
        uint64_t number; /* of the packet at that stage, from 1; by meaning: segment_name_luck() */
        bool is_by_meaning;
        uint32_t copy;   /* DELAY: of the copies that this link made; 0: the packet itself */
        uint64_t victim; /* its number … */
        bool is_victim_by_meaning; /* … or segment_name_luck() */
        const char *reason; /* of what queues do: "queue-full", "aqm" */
        unsigned flip_count;
        uint32_t flips[IMPAIR_BITS_MOST]; /* bits of the IP packet */
        uint32_t size;                    /* TRUNCATION */
        duration_ns delay;                /* beyond the link's */
        bool is_delayed;
        bool is_early;
        bool may_overtake;
        uint32_t lets_pass;
        bool has_segment;
        struct segment_name segment; /* has_segment: what it was, exactly … */
        struct packet_note note;     /* … and for people */
        uint32_t payload_size;
        bool has_pusher;
        struct segment_name pusher; /* has_pusher: of PUSHED_OUT, for whom */
        uint32_t line; /* of the file that it was read from; 0: none … */
        bool is_jitter; /* … of delays, not that of faults */
        bool is_met;    /* it has happened again */
};

typedef struct PathLog PathLog;

PathLog *path_log_new(uint64_t seed);
void path_log_free(PathLog *log);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PathLog, path_log_free)

uint64_t path_log_seed(const PathLog *log);
/* Copied. `packet` fills in the note; NULL: it stays. */
void path_log_add(PathLog *log, uint32_t link, unsigned direction, const struct path_event *event,
        const struct packet *packet);
/* In the order of addition. */
const struct path_event *path_log_events(
        const PathLog *log, uint32_t link, unsigned direction, unsigned *count);

/* Whether packets are found by their meaning, too. */
bool path_log_has_meanings(const PathLog *log);
/* Once all events are there, before the next. */
void path_log_sort(PathLog *log);
/* Those about the packet, in the order of addition; NULL: none. `name` says stage, number and whether that is
 * its meaning. Whoever lets one happen says that it is met. */
struct path_event *path_log_find(
        PathLog *log, uint32_t link, unsigned direction, const struct path_event *name, unsigned *count);
/* Those that name it by its number, then those that name it by its meaning. */
void path_log_each(PathLog *log, uint32_t link, unsigned direction, enum path_stage stage, uint64_t number,
        const struct packet *packet, void (*visit)(void *data, struct path_event *event), void *data);
/* Lines of the file of faults, or of delays, that say what never happened, in their order; of uint32_t. */
GArray *path_log_unmet(const PathLog *log, bool of_jitter);

/* The same as luck: everything that was decided about a packet or its copy at the entry or on the line. */
void path_log_add_verdict(PathLog *log, uint32_t link, unsigned direction, const struct path_event *name,
        const struct packet *packet, const struct impair *impair, const struct impair_verdict *verdict);
void path_log_find_verdict(PathLog *log, uint32_t link, unsigned direction, const struct path_event *name,
        const struct packet *packet, const struct impair *impair, struct impair_verdict *verdict);
/* It happens to the packet, which has not been changed yet. */
void path_log_meet_verdict(PathLog *log, uint32_t link, unsigned direction, const struct path_event *name,
        const struct packet *packet, const struct impair_verdict *verdict);

#endif
