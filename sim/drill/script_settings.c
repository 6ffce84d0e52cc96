/*
 * Options by a table: each name, and what it sets.
 */
#include "drill/script_settings.h"

#include <string.h>

#define PERCENT_DEFAULT_X10 125

struct option_name {
        const char *name;
        bool (*set)(struct script_settings *settings, const char *value);
        const char *wanted; /* for messages; NULL: it is a flag */
};

static bool read_number(const char *value, gint64 least, gint64 most, gint64 *number)
{
        return value != NULL && g_ascii_string_to_signed(value, 10, least, most, number, NULL);
}

static bool set_ip_version(struct script_settings *settings, const char *value)
{
        static const char *const names[] = {
                [SCRIPT_IPV4] = "ipv4", [SCRIPT_IPV6] = "ipv6", [SCRIPT_IPV4_MAPPED] = "ipv4-mapped-ipv6"
        };
        for (size_t i = 0; value != NULL && i < G_N_ELEMENTS(names); i++) {
                if (strcmp(names[i], value) != 0)
                        continue;
                settings->ip_version = (enum script_ip_version)i;
                return true;
        }
        return false;
}

static bool set_port(const char *value, uint16_t *port)
{
        gint64 number;
        if (!read_number(value, 1, UINT16_MAX, &number))
                return false;
        *port = (uint16_t)number;
        return true;
}

static bool set_bind_port(struct script_settings *settings, const char *value)
{
        return set_port(value, &settings->bind_port);
}

static bool set_connect_port(struct script_settings *settings, const char *value)
{
        return set_port(value, &settings->connect_port);
}

static bool set_local(struct script_settings *settings, const char *value)
{
        return value != NULL && ip_address_parse(value, &settings->local);
}

/* "192.0.2.1" or "192.0.2.1/16". */
static bool set_remote(struct script_settings *settings, const char *value)
{
        if (value == NULL)
                return false;
        g_autofree char *address = g_strndup(value, strcspn(value, "/"));
        return ip_address_parse(address, &settings->remote);
}

static bool set_netmask(struct script_settings *settings, const char *value)
{
        struct ip_address mask;
        if (value == NULL || !ip_address_parse(value, &mask))
                return false;
        uint32_t bits = ip_address_to_ipv4(&mask);
        settings->prefix = (unsigned)__builtin_popcount(bits);
        return (uint32_t)(bits << settings->prefix) == 0;
}

static bool set_mtu(struct script_settings *settings, const char *value)
{
        gint64 number;
        if (!read_number(value, 68, UINT16_MAX, &number))
                return false;
        settings->mtu = (uint32_t)number;
        return true;
}

static bool set_mss(struct script_settings *settings, const char *value)
{
        gint64 number;
        if (!read_number(value, 0, UINT16_MAX, &number))
                return false;
        settings->merge_size = (uint16_t)number;
        return true;
}

static bool set_microseconds(const char *value, duration_ns *duration)
{
        gint64 number;
        if (!read_number(value, 0, INT32_MAX, &number))
                return false;
        *duration = number * MICROSECOND;
        return true;
}

static bool set_tolerance(struct script_settings *settings, const char *value)
{
        return set_microseconds(value, &settings->tolerance);
}

static bool set_timestamp_tick(struct script_settings *settings, const char *value)
{
        return set_microseconds(value, &settings->timestamp_tick);
}

static bool set_tolerance_percent(struct script_settings *settings, const char *value)
{
        char *end;
        if (value == NULL)
                return false;
        double percent = g_ascii_strtod(value, &end);
        if (*end != '\0' || !(percent >= 0 && percent <= 1000))
                return false;
        settings->tolerance_percent_x10 = (unsigned)(percent * 10 + 0.5);
        return true;
}

/* A flag is there, or is told 0 or 1. */
static bool set_flag(const char *value, bool *flag)
{
        bool is_off = value != NULL && strcmp(value, "0") == 0;
        if (value != NULL && !is_off && strcmp(value, "1") != 0)
                return false;
        *flag = !is_off;
        return true;
}

static bool set_echo_scaled(struct script_settings *settings, const char *value)
{
        return set_flag(value, &settings->timestamp_echo_scaled);
}

static bool set_strict_segments(struct script_settings *settings, const char *value)
{
        return set_flag(value, &settings->strict_segments);
}

static bool set_dry_run(struct script_settings *settings, const char *value)
{
        return set_flag(value, &settings->dry_run);
}

static bool set_non_fatal(struct script_settings *settings, const char *value)
{
        if (value == NULL)
                return false;
        g_auto(GStrv) kinds = g_strsplit(value, ",", -1);
        for (char **kind = kinds; *kind != NULL; kind++) {
                if (strcmp(*kind, "packet") == 0)
                        settings->packets_are_fatal = false;
                else if (strcmp(*kind, "syscall") == 0)
                        settings->calls_are_fatal = false;
                else
                        return false;
        }
        return true;
}

/* The rest asks for nothing here: speed of the line, who runs code, how much is printed, what kernel memory
 * is zeroed. But what is no such value is told. */
static bool set_speed(struct script_settings *settings, const char *value)
{
        gint64 number;
        (void)settings;
        return read_number(value, 0, UINT32_MAX, &number);
}

static bool set_gateway(struct script_settings *settings, const char *value)
{
        struct ip_address gateway;
        (void)settings;
        return value != NULL && ip_address_parse(value, &gateway);
}

static bool set_nothing(struct script_settings *settings, const char *value)
{
        (void)settings;
        return value != NULL;
}

static bool set_init_scripts(struct script_settings *settings, const char *value)
{
        if (value == NULL)
                return false;
        g_autofree char *name = g_path_get_basename(value);
        settings->wants_init_scripts = value[0] != '\0' && strcmp(name, "defaults.sh") != 0;
        return true;
}

static bool set_no_flag(struct script_settings *settings, const char *value)
{
        bool flag;
        (void)settings;
        return set_flag(value, &flag);
}

/* How much is printed may be a number. */
static bool set_loudness(struct script_settings *settings, const char *value)
{
        gint64 number;
        (void)settings;
        return value == NULL || read_number(value, 0, UINT16_MAX, &number);
}

static const struct option_name options[] = {
        { "ip_version", set_ip_version, "ipv4, ipv6 or ipv4-mapped-ipv6" },
        { "bind_port", set_bind_port, "1 to 65535" },
        { "connect_port", set_connect_port, "1 to 65535" },
        { "local_ip", set_local, "an address" },
        { "remote_ip", set_remote, "an address" },
        { "gateway_ip", set_gateway, "an address" },
        { "netmask_ip", set_netmask, "255.255.0.0" },
        { "mtu", set_mtu, "68 to 65535" },
        { "mss", set_mss, "0 to 65535" },
        { "speed", set_speed, "a number of Mbit/s from 0 on" },
        { "tolerance_usecs", set_tolerance, "a number of microseconds from 0 on" },
        { "tolerance_percent", set_tolerance_percent, "0 to 1000" },
        { "tcp_ts_tick_usecs", set_timestamp_tick, "a number of microseconds from 0 on" },
        { "tcp_ts_ecr_scaled", set_echo_scaled, NULL },
        { "strict_segments", set_strict_segments, NULL },
        { "non_fatal", set_non_fatal, "packet, syscall or both with a comma" },
        { "send_omit_free", set_no_flag, NULL },
        { "init_scripts", set_init_scripts, "a file" },
        { "dry_run", set_dry_run, NULL },
        { "verbose", set_loudness, NULL },
        { "debug", set_loudness, NULL },
        { "code_command", set_nothing, "a command" },
        { "code_format", set_nothing, "a name" },
        { "code_sockopt", set_nothing, "a name" },
        { "so_filename", set_nothing, "a file" },
        { "so_flags", set_nothing, "a text" },
        { "no_cleanup", set_no_flag, NULL },
        { "persistent_tun_dev", set_no_flag, NULL },
};

static const struct option_name *find_option(const char *name)
{
        for (size_t i = 0; i < G_N_ELEMENTS(options); i++) {
                if (strcmp(options[i].name, name) == 0)
                        return &options[i];
        }
        return NULL;
}

static bool set_option(struct script_settings *settings, const char *name, const char *value, GError **error)
{
        const struct option_name *option = find_option(name);
        if (g_str_has_prefix(name, "wire_")) {
                g_set_error(error, SCRIPT_ERROR, SCRIPT_ERROR_REFUSED,
                        "error: --%s needs two machines; it cannot be run here", name);
                return false;
        }
        if (option == NULL) {
                g_set_error(error, SCRIPT_ERROR, SCRIPT_ERROR_SYNTAX,
                        "error: there is no option --%s; inorder drill --help-script lists them", name);
                return false;
        }
        if (option->set(settings, value))
                return true;
        g_set_error(error, SCRIPT_ERROR, SCRIPT_ERROR_SYNTAX, "error: --%s=%s: %s is expected", name,
                value != NULL ? value : "", option->wanted != NULL ? option->wanted : "nothing, 0 or 1");
        return false;
}

const char *script_settings_option_name(unsigned index)
{
        return index < G_N_ELEMENTS(options) ? options[index].name : NULL;
}

const char *script_settings_option_help(unsigned index)
{
        return options[index].wanted != NULL ? options[index].wanted : "a flag";
}

bool script_settings_option_is_flag(unsigned index)
{
        return options[index].wanted == NULL;
}

bool script_settings_check_option(const char *name, const char *value, GError **error)
{
        struct script_settings scratch = { 0 };
        return set_option(&scratch, name, value, error);
}

static void set_default_addresses(struct script_settings *settings)
{
        bool is_ipv6 = settings->ip_version == SCRIPT_IPV6;
        settings->prefix = is_ipv6 ? 64 : 16;
        ip_address_parse(is_ipv6 ? "fd3d:a0b:17d6:8888::1" : "192.168.0.1", &settings->local);
        ip_address_parse(is_ipv6 ? "fd3d:fa7b:d17d:8888::1" : "192.0.2.1", &settings->remote);
}

/* The family first: addresses depend on it. */
static bool read_ip_version(
        const struct script *script, GHashTable *given, struct script_settings *settings, GError **error)
{
        for (guint i = 0; i < script->options->len; i++) {
                const struct script_option_line *option = script->options->pdata[i];
                if (strcmp(option->name, "ip_version") == 0 &&
                        !set_option(settings, option->name, option->value, error))
                        return false;
        }
        const char *version = given != NULL ? g_hash_table_lookup(given, "ip_version") : NULL;
        return version == NULL || set_option(settings, "ip_version", version, error);
}

static bool read_script_options(const struct script *script, struct script_settings *settings, GError **error)
{
        for (guint i = 0; i < script->options->len; i++) {
                const struct script_option_line *option = script->options->pdata[i];
                if (strcmp(option->name, "ip_version") == 0 ||
                        set_option(settings, option->name, option->value, error))
                        continue;
                g_prefix_error(error, "%d:%d: ", option->place.line, option->place.column);
                return false;
        }
        return true;
}

/* Both, and of the family on the wire. */
static bool check_addresses(const struct script_settings *settings, GError **error)
{
        bool is_ipv4 = settings->ip_version != SCRIPT_IPV6;
        if (ip_address_is_ipv4(&settings->local) == is_ipv4 &&
                ip_address_is_ipv4(&settings->remote) == is_ipv4)
                return true;
        g_set_error(error, SCRIPT_ERROR, SCRIPT_ERROR_SYNTAX,
                "error: --local_ip and --remote_ip are %s addresses with this --ip_version",
                is_ipv4 ? "IPv4" : "IPv6");
        return false;
}

static bool read_given(GHashTable *given, struct script_settings *settings, GError **error)
{
        GHashTableIter iter;
        gpointer name;
        gpointer value;
        if (given == NULL)
                return true;
        g_hash_table_iter_init(&iter, given);
        while (g_hash_table_iter_next(&iter, &name, &value)) {
                if (!set_option(settings, name, value, error))
                        return false;
        }
        return true;
}

bool script_settings_read(
        const struct script *script, GHashTable *given, struct script_settings *settings, GError **error)
{
        *settings = (struct script_settings){ .bind_port = 8080,
                .connect_port = 8080,
                .mtu = 1500,
                .tolerance = 4 * MILLISECOND,
                .tolerance_percent_x10 = PERCENT_DEFAULT_X10,
                .packets_are_fatal = true,
                .calls_are_fatal = true };
        if (!read_ip_version(script, given, settings, error))
                return false;
        set_default_addresses(settings);
        return read_script_options(script, settings, error) && read_given(given, settings, error) &&
               check_addresses(settings, error);
}
