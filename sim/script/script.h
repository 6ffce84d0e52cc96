/*
 * A packet script as values: what the parser found, before anything runs. The packetdrill language.
 *
 * A script owns all that its pointers reach. Numbers are as written: sequence numbers relative where the script's are,
 * times in nanoseconds.
 */
#ifndef INORDER_SCRIPT_H
#define INORDER_SCRIPT_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include "units.h"

/* Where in the script's text; both from 1. */
struct script_place {
        int line;
        int column;
};

/* ---- Times ---- */

enum script_time_form {
        SCRIPT_TIME_ABSOLUTE,       /* 0.25 */
        SCRIPT_TIME_RELATIVE,       /* +.1 */
        SCRIPT_TIME_ANY,            /* * */
        SCRIPT_TIME_ABSOLUTE_RANGE, /* 1.0~1.2 */
        SCRIPT_TIME_RELATIVE_RANGE, /* +.1~+.3 */
};

struct script_time {
        enum script_time_form form;
        duration_ns from; /* since the script's start, or since the event before */
        duration_ns to;   /* of ranges; else equal to `from` */
};

/* ---- Values: arguments and results of calls ---- */

enum script_value_kind {
        SCRIPT_VALUE_ELLIPSIS, /* ... */
        SCRIPT_VALUE_INTEGER,  /* 10, -1, 0x2 */
        SCRIPT_VALUE_WORD,     /* SOL_SOCKET */
        SCRIPT_VALUE_STRING,   /* "cubic" */
        SCRIPT_VALUE_OR,       /* O_RDWR|O_NONBLOCK: `items` */
        SCRIPT_VALUE_LIST,     /* [1], [{...}, {...}]: `items` */
        SCRIPT_VALUE_STRUCT,   /* {fd=4, events=POLLIN}, {..., 1000}: `fields` */
        SCRIPT_VALUE_CALL,     /* htons(8080), inet_addr("192.0.2.1"): `text` is the name, `items` the arguments */
};

struct script_value {
        enum script_value_kind kind;
        struct script_place place;
        int64_t integer;
        char *text;    /* WORD, STRING, CALL; NUL-terminated */
        size_t size;   /* bytes of text, which may hold NULs when it is a STRING */
        GPtrArray *items;  /* of struct script_value * */
        GPtrArray *fields; /* of struct script_field * */
};

/* `name = value`, `name(argument) = value`, or a value alone. */
struct script_field {
        char *name;                    /* NULL: a value alone */
        struct script_value *argument; /* NULL: none. msg_iov(2), msg_name(...) */
        struct script_value *value;
};

/* ---- Packets ---- */

enum script_direction { SCRIPT_INJECTED, SCRIPT_EXPECTED };

enum script_ecn { SCRIPT_ECN_NOT_GIVEN, SCRIPT_ECN_NONE, SCRIPT_ECN_ECT0, SCRIPT_ECN_ECT1, SCRIPT_ECN_CE, SCRIPT_ECN_ECT01 };

struct script_ip {
        enum script_ecn ecn;
        bool has_tos;
        bool has_ttl;
        bool has_flow_label;
        uint8_t tos;
        uint8_t ttl;
        uint32_t flow_label;
};

enum script_option_kind {
        SCRIPT_OPTION_END,
        SCRIPT_OPTION_NOP,
        SCRIPT_OPTION_MSS,            /* mss N */
        SCRIPT_OPTION_WINDOW_SCALE,   /* wscale N */
        SCRIPT_OPTION_SACK_PERMITTED, /* sackOK */
        SCRIPT_OPTION_SACK,           /* sack L:R L:R */
        SCRIPT_OPTION_TIMESTAMPS,     /* TS val N ecr N */
        SCRIPT_OPTION_FAST_OPEN,      /* FO hex */
        SCRIPT_OPTION_FAST_OPEN_EXP,  /* FOEXP hex */
        SCRIPT_OPTION_MD5,            /* md5 hex */
        SCRIPT_OPTION_ACCURATE_ECN_0, /* kind 172: ECN e0b N [ceb N [e1b N]] */
        SCRIPT_OPTION_ACCURATE_ECN_1, /* kind 174: ECN e1b N [ceb N [e0b N]] */
};

#define SCRIPT_SACK_BLOCKS_MAX 4
#define SCRIPT_OPTION_BYTES_MAX 38

struct script_option {
        enum script_option_kind kind;
        struct script_place place;
        uint32_t number;   /* mss, wscale, TS val */
        uint32_t echo;     /* TS ecr */
        unsigned count;    /* SACK blocks; counters of accurate ECN; bytes of fast open and md5 */
        uint32_t left[SCRIPT_SACK_BLOCKS_MAX]; /* SACK; the counters of accurate ECN in wire order */
        uint32_t right[SCRIPT_SACK_BLOCKS_MAX];
        uint8_t bytes[SCRIPT_OPTION_BYTES_MAX];
};

enum script_options_form {
        SCRIPT_OPTIONS_NONE,  /* nothing written: the packet carries none */
        SCRIPT_OPTIONS_ANY,   /* <...>: not looked at */
        SCRIPT_OPTIONS_GIVEN, /* <mss 1460,nop> */
};

/* "1:1001(1000)": end = start + size. */
struct script_range {
        uint32_t start;
        uint32_t end;
        uint32_t size;
};

struct script_tcp {
        bool has_ports;
        uint16_t source_port;
        uint16_t destination_port;
        uint16_t flags; /* enum tcp_flag; with has_ace AE, CWR and ECE hold its three bits */
        bool has_ace;   /* the ACE field was written as a digit */
        struct script_range range;
        bool has_ack;
        uint32_t ack;
        bool has_window;
        uint16_t window;
        uint16_t urgent;
        enum script_options_form options_form;
        GArray *options; /* of struct script_option */
};

enum script_quote { SCRIPT_QUOTE_NONE, SCRIPT_QUOTE_TCP, SCRIPT_QUOTE_UDP, SCRIPT_QUOTE_RAW };

struct script_icmp {
        uint8_t type; /* as on the wire, of the family that the script runs in */
        uint8_t code;
        bool has_mtu;
        uint32_t mtu;
        bool has_id;
        uint16_t id;
        enum script_quote quote;
        struct script_range range; /* TCP: all of it; UDP and RAW: size */
};

enum script_packet_kind { SCRIPT_TCP, SCRIPT_UDP, SCRIPT_ICMP };

struct script_packet {
        enum script_direction direction;
        enum script_packet_kind kind;
        struct script_ip ip;
        union {
                struct script_tcp tcp;
                struct script_icmp icmp;
                uint32_t udp_size; /* payload bytes */
        };
};

/* ---- Events ---- */

struct script_call {
        struct script_place name_place;
        struct script_place error_place;
        char *name;
        GPtrArray *arguments; /* of struct script_value * */
        struct script_value *result;
        char *error; /* "EAGAIN"; NULL: none written */
        char *note;  /* what stood in the last parentheses; NULL */
        bool is_blocking;        /* START...END */
        struct script_time end;  /* of the same form as the event's time */
};

struct code_block; /* code_block.h */

enum script_event_kind { SCRIPT_PACKET, SCRIPT_CALL, SCRIPT_COMMAND, SCRIPT_CODE };

struct script_event {
        enum script_event_kind kind;
        struct script_place place;
        struct script_time time;
        char *text; /* as it stands in the script, blanks folded: for reports */
        union {
                struct script_packet packet;
                struct script_call call;
                char *command;
                struct code_block *code;
        };
};

struct script_option_line {
        char *name;  /* "tolerance_usecs", without the dashes */
        char *value; /* NULL: none */
        struct script_place place;
};

struct script {
        char *name; /* the file's, or "-" */
        GPtrArray *options; /* of struct script_option_line *; --define is applied and not among them */
        char *init_command; /* NULL: none */
        struct script_place init_place;
        GPtrArray *events; /* of struct script_event *, at least one */
        char *cleanup_command;
        struct script_place cleanup_place;
};

enum script_error {
        SCRIPT_ERROR_SYNTAX,  /* the script is wrong */
        SCRIPT_ERROR_REFUSED, /* it is right, but needs what a simulator has not: not run */
};
#define SCRIPT_ERROR (script_error_quark())
GQuark script_error_quark(void);

/* What the command line says, which wins over the script. */
struct script_given {
        GHashTable *defines;  /* name → text of its value as after -D NAME=; NULL: none */
        const char *ip_version; /* "ipv4", "ipv6", "ipv4-mapped-ipv6"; NULL: as the script says, else ipv4. Names of
                                   ICMP codes and types differ */
};

/* A macro's name: letters, digits and '_', and no number, which would be read as one. */
bool script_is_macro_name(const char *name);

/* Messages begin "FILE:LINE:COL: error: " and tell what would be accepted. NULL with `error` set. */
struct script *script_parse(const char *name, const char *text, size_t size, const struct script_given *given, GError **error);
void script_free(struct script *script);
typedef struct script Script;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Script, script_free)

#endif
