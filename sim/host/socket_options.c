/*
 * getsockopt(2) and setsockopt(2): finding an option in its table, bounds, sizes, and numbers that are only
 * remembered. POSIX.1-2017 section 2.10.16; Linux's errno values, and its order of checks.
 */
#include "host/socket_option.h"

#define KEPT_MAX 192 /* options of all levels */

static const struct option_table *const tables[] = {
        &socket_level_options,
        &ip_level_options,
        &ipv6_level_options,
        &tcp_level_options,
};

static const struct option_table *find_table(int level)
{
        for (size_t i = 0; i < G_N_ELEMENTS(tables); i++) {
                if (tables[i]->level == level)
                        return tables[i];
        }
        return NULL;
}

static const struct socket_option *find_option(const struct option_table *table, int name)
{
        for (size_t i = 0; table != NULL && i < table->count; i++) {
                if (table->options[i].name == name)
                        return &table->options[i];
        }
        return NULL;
}

/* ---- Numbers that are remembered ---- */

/* Where it is remembered: its place in all tables together. */
static size_t slot_of(const struct option_table *table, const struct socket_option *option)
{
        size_t first = 0;
        for (size_t i = 0; tables[i] != table; i++)
                first += tables[i]->count;
        return first + (size_t)(option - table->options);
}

static int kept(const Socket *socket, const struct option_table *table, const struct socket_option *option)
{
        if (socket->kept == NULL)
                return option->start;
        return socket->kept[slot_of(table, option)];
}

static void start_keeping(Socket *socket)
{
        size_t slot = 0;
        socket->kept = g_new0(int, KEPT_MAX);
        for (size_t i = 0; i < G_N_ELEMENTS(tables); i++) {
                for (size_t j = 0; j < tables[i]->count; j++)
                        socket->kept[slot++] = tables[i]->options[j].start;
        }
        g_assert(slot <= KEPT_MAX);
}

static void keep(
        Socket *socket, const struct option_table *table, const struct socket_option *option, int value)
{
        if (socket->kept == NULL)
                start_keeping(socket);
        socket->kept[slot_of(table, option)] = value;
}

int socket_kept(const Socket *socket, int level, int name)
{
        const struct option_table *table = find_table(level);
        return kept(socket, table, find_option(table, name));
}

void socket_keep(Socket *socket, int level, int name, int value)
{
        const struct option_table *table = find_table(level);
        keep(socket, table, find_option(table, name), value);
}

void socket_inherit_options(Socket *socket, const Socket *from)
{
        if (from->kept != NULL)
                socket->kept = g_memdup2(from->kept, KEPT_MAX * sizeof *from->kept);
        socket->family = from->family;
        socket->is_ipv6_only = from->is_ipv6_only;
        socket->reuses_address = from->reuses_address;
        socket->receive_timeout = from->receive_timeout;
        socket->send_timeout = from->send_timeout;
        socket->low_water = from->low_water;
        socket->timestamping = from->timestamping;
        socket->max_pacing_rate = from->max_pacing_rate;
}

/* ---- Fields of the TCP settings ---- */

static int get_field(const Socket *socket, const struct socket_option *option)
{
        const void *field = (const uint8_t *)&socket->settings + option->offset;
        switch (option->field) {
        case OPTION_BOOL:
                return *(const bool *)field;
        case OPTION_NOT_BOOL:
                return !*(const bool *)field;
        case OPTION_COUNT:
                return (int)*(const uint32_t *)field;
        case OPTION_DURATION:
                return (int)(*(const duration_ns *)field / option->unit);
        default:
                g_assert_not_reached();
        }
}

static void set_field(Socket *socket, const struct socket_option *option, int value)
{
        void *field = (uint8_t *)&socket->settings + option->offset;
        switch (option->field) {
        case OPTION_BOOL:
                *(bool *)field = value != 0;
                break;
        case OPTION_NOT_BOOL:
                *(bool *)field = value == 0;
                break;
        case OPTION_COUNT:
                *(uint32_t *)field = (uint32_t)value;
                break;
        case OPTION_DURATION:
                *(duration_ns *)field = value * option->unit;
                break;
        default:
                g_assert_not_reached();
        }
        socket_apply_settings(socket);
}

/* ---- Asking ---- */

static int get_number(Socket *socket, const struct option_table *table, const struct socket_option *option)
{
        if (option->get != NULL)
                return option->get(socket);
        if (option->field != OPTION_NO_FIELD)
                return get_field(socket, option);
        return kept(socket, table, option);
}

static bool can_be_asked(const struct socket_option *option)
{
        return option->get != NULL || option->is_kept || option->field != OPTION_NO_FIELD;
}

static int give_number(const struct option_table *table, void *value, socklen_t *size, int number)
{
        uint8_t byte = (uint8_t)number;
        if (table->gives_bytes && *size > 0 && *size < sizeof number && number >= 0 && number <= UINT8_MAX)
                return option_give(value, size, &byte, sizeof byte);
        return option_give(value, size, &number, sizeof number);
}

/* Linux's ip_getsockopt() and ipv6_getsockopt() do not agree about levels that are not theirs. */
static int unknown_level(const Socket *socket)
{
        return socket->family == AF_INET6 ? -ENOPROTOOPT : -EOPNOTSUPP;
}

int socket_get_option(Socket *socket, int level, int name, void *value, socklen_t *size)
{
        const struct option_table *table = find_table(level);
        if ((int)*size < 0)
                return -EINVAL;
        if (table == NULL || !table->is_for(socket))
                return unknown_level(socket);
        const struct socket_option *option = find_option(table, name);
        if (option == NULL)
                return -ENOPROTOOPT;
        if (option->get_value != NULL)
                return option->get_value(socket, value, size);
        if (!can_be_asked(option))
                return -ENOPROTOOPT;
        return give_number(table, value, size, get_number(socket, table, option));
}

/* ---- Setting ---- */

static bool can_be_set(const struct socket_option *option)
{
        return option->set != NULL || option->set_value != NULL || option->is_kept ||
               option->field != OPTION_NO_FIELD;
}

static int take_number(const struct option_table *table, const void *value, socklen_t size, int *number)
{
        *number = 0;
        if (size == 0 || (size < sizeof *number && !table->takes_bytes))
                return table->takes_bytes ? 0 : -EINVAL;
        if (value == NULL)
                return -EFAULT;
        if (size >= sizeof *number)
                memcpy(number, value, sizeof *number);
        else
                *number = *(const uint8_t *)value;
        return 0;
}

static int set_number(
        Socket *socket, const struct option_table *table, const struct socket_option *option, int number)
{
        if (option == NULL || !can_be_set(option))
                return -ENOPROTOOPT;
        bool is_switch = option->lowest > option->highest;
        if (is_switch)
                number = number != 0;
        else if (number < option->lowest || number > option->highest)
                return -EINVAL;
        if (option->set != NULL)
                return option->set(socket, number);
        if (option->field != OPTION_NO_FIELD)
                set_field(socket, option, number);
        else
                keep(socket, table, option, number);
        return 0;
}

int socket_set_option(Socket *socket, int level, int name, const void *value, socklen_t size)
{
        static const int zero = 0;
        const struct option_table *table = find_table(level);
        if ((int)size < 0)
                return -EINVAL;
        if (table == NULL || !table->is_for(socket))
                return -ENOPROTOOPT;
        const struct socket_option *option = find_option(table, name);
        if (table->reads_known_only && (option == NULL || !can_be_set(option)))
                return -ENOPROTOOPT;
        if (value == NULL && table->null_is_zero)
                value = &zero;
        bool is_number = option == NULL || option->set_value == NULL;
        int number = 0;
        int error = is_number || table->reads_number_first ? take_number(table, value, size, &number) : 0;
        if (error != 0)
                return error;
        return is_number ? set_number(socket, table, option, number) : option->set_value(socket, value, size);
}

const char *socket_option_name(int level, int name)
{
        const struct socket_option *option = find_option(find_table(level), name);
        return option != NULL ? option->text : "unknown";
}
