/*
 * What a script's options say about its run: addresses, ports, tolerances. packetdrill's names and defaults.
 */
#ifndef INORDER_SCRIPT_SETTINGS_H
#define INORDER_SCRIPT_SETTINGS_H

#include "script/script.h"
#include "wire/ip_address.h"

enum script_ip_version { SCRIPT_IPV4, SCRIPT_IPV6, SCRIPT_IPV4_MAPPED };

struct script_settings {
        enum script_ip_version ip_version;
        struct ip_address local;  /* on the wire */
        struct ip_address remote;
        unsigned prefix; /* bits of the local network's */
        uint16_t bind_port;
        uint16_t connect_port;
        uint32_t mtu;
        uint16_t merge_size; /* of the segments that larger injected ones are made of; 0: they came as they are */
        duration_ns tolerance;
        unsigned tolerance_percent_x10; /* tenths of a percent */
        duration_ns timestamp_tick;     /* 0: TS val is not compared */
        bool timestamp_echo_scaled;
        bool strict_segments;
        bool packets_are_fatal; /* false: what differs is a warning */
        bool calls_are_fatal;
        bool dry_run;
        bool wants_init_scripts; /* other than defaults.sh, which is the profile that all begin with */
};

/* The script's options, and `given` (name → value text or NULL), which win. False with a SCRIPT_ERROR. */
bool script_settings_read(
        const struct script *script, GHashTable *given, struct script_settings *settings, GError **error);
/* The nth option's name, NULL after the last; and what it takes. */
const char *script_settings_option_name(unsigned index);
const char *script_settings_option_help(unsigned index);
bool script_settings_option_is_flag(unsigned index);
/* Whether an option of this name exists and takes such a value: for the command line. */
bool script_settings_check_option(const char *name, const char *value, GError **error);

#endif
