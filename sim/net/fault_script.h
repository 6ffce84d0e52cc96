/*
 * Exact, seedless misfortune: the scenario's `faults:` rules, matched in file order at the link they name.
 *
 * A rule belongs to a link and counts per direction. Rules at a time (`at:`) are events; the others look at
 * each packet as its transmission ends.
 */
#ifndef INORDER_FAULT_SCRIPT_H
#define INORDER_FAULT_SCRIPT_H

#include "engine/rng.h"
#include "net/packet_area.h"
#include "net/packet_filter.h"

struct fault_match {
        uint32_t from; /* owner numbers; PACKET_NO_HOST: any */
        uint32_t to;
        uint16_t kinds; /* one of enum packet_kind; 0: any */
        uint64_t nth;   /* from 1, of the packets matching all else; 0: every one */
        uint64_t every; /* every k-th of those matching the other keys but nth; 0: no */
        bool has_flags;
        uint16_t flags_set;   /* TCP flags that must be on … */
        uint16_t flags_clear; /* … and off */
        bool has_seq;
        uint32_t seq_first; /* relative sequence numbers, both ends included: one is in the packet */
        uint32_t seq_last;
        bool has_bytes;
        uint64_t bytes_first; /* offsets in that direction's stream, both ends included: one is in the packet
                               */
        uint64_t bytes_last;
        uint32_t transfer; /* 0: any */
        bool has_time;
        time_ns time_from; /* transmission ends in from … to */
        time_ns time_to;
        const PacketFilter *filter; /* NULL: any */
        bool has_probability;
        struct probability probability;
};

#define FAULT_NO_LINK UINT32_MAX

enum fault_action_kind {
        FAULT_DROP,
        FAULT_DUPLICATE,  /* count more copies, at most 15 on one link */
        FAULT_DELAY,      /* duration longer on the line */
        FAULT_HOLD_UNTIL, /* until a packet matching `until` has passed here, lost by luck or not; it follows
                             that one at once, one nanosecond behind */
        FAULT_SWAP_WITH_NEXT, /* the same, for whatever passes next in this direction; that one is not held
                                 itself */
        FAULT_CORRUPT,        /* bit or bits, in `area` */
        FAULT_TRUNCATE,       /* a longer packet to `count` bytes */
        FAULT_MARK_CE,        /* one that asks to hear of congestion */
        FAULT_LINK_DOWN,      /* for duration (0: until link-up) */
        FAULT_LINK_UP,
        FAULT_SET,     /* what `change` says of the link */
        FAULT_CRASH,   /* of the host `owner`; it comes back after duration (0: at a restart) */
        FAULT_RESTART, /* of the host `owner` */
};

struct fault_action {
        enum fault_action_kind kind;
        uint32_t count; /* DUPLICATE: copies; TRUNCATE: bytes; CORRUPT: bits to flip, 0: the one at `bit` */
        duration_ns duration;
        struct fault_match until;
        const struct link_change *change; /* SET */
        uint32_t bit; /* CORRUPT: from the top bit of the first byte of the area */
        enum packet_area area;
};

struct fault_rule {
        char *name;    /* given, or "faults[3]" */
        uint32_t link; /* the scenario's number of the link; FAULT_NO_LINK: a host's rule */
        uint32_t host; /* CRASH, RESTART: owner number */
        bool is_timed; /* at a time, not at a packet */
        time_ns at;
        duration_ns period; /* is_timed: again and again after so long; 0: once */
        struct fault_match match;
        struct fault_action action;
};

/* All rules of a world. Takes the rules (and their names) as they are; they outlive it. */
typedef struct FaultScript FaultScript;
FaultScript *fault_script_new(const struct fault_rule *rules, unsigned count, uint64_t seed);
void fault_script_free(FaultScript *script);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FaultScript, fault_script_free)

/* Whether any rule, timed or not, names this link. */
bool fault_script_concerns(const FaultScript *script, uint32_t link);
/* Which do, in file order; NULL: none. */
const unsigned *fault_script_rules_of(const FaultScript *script, uint32_t link, unsigned *count);

unsigned fault_script_count(const FaultScript *script);
const struct fault_rule *fault_script_rule(const FaultScript *script, unsigned index);

/* How often rule `index` fired. */
uint64_t fault_script_fired(const FaultScript *script, unsigned index);
/* A timed rule's moment has come. */
void fault_script_count_firing(FaultScript *script, unsigned index);

const char *fault_action_name(enum fault_action_kind kind);

/* What the rules make of one packet on its way out of link `link`, direction 0 or 1. Later rules see a packet
 * that an earlier one did not drop. The arrays are the script's: valid until the next call. */
struct fault_verdict {
        bool is_dropped;
        uint32_t copies; /* more of it */
        duration_ns delay;
        int hold_rule;                          /* hold it until this rule releases it; -1: do not hold */
        bool hold_for_next;                     /* … or until any packet passes */
        const struct fault_action *link_change; /* the link goes down or up behind it; NULL: neither */
        uint32_t truncate_to;                   /* bytes; 0: not */
        bool is_marked;                         /* with congestion experienced */
        unsigned flip_count;
        const uint32_t *flips; /* bits of the IP packet */
        unsigned fired_count;
        const unsigned *fired;  /* rules that fired, in order */
        const char *rule_names; /* theirs, comma-separated, "-" none; valid as long as the script */
        unsigned release_count;
        const unsigned *releases; /* rules whose `hold-until` it matches: what they hold follows it */
};
void fault_script_decide(FaultScript *script, uint32_t link, unsigned direction, const struct packet *packet,
        time_ns now, struct fault_verdict *verdict);

/* Both directions of a link with rules go down and up together: each asks to be told, and whichever meets a
 * packet rule that says so tells both. Watchers outlive whatever may still change a link. */
void fault_script_watch(FaultScript *script, uint32_t link,
        void (*on_change)(void *data, const struct fault_action *action, time_ns now), void *data);
void fault_script_change_link(
        FaultScript *script, uint32_t link, const struct fault_action *action, time_ns now);

#endif
