/*
 * The types of single values: text, names, switches, quantities, probabilities, addresses, words of a list.
 */
#include "run/field.h"

#include <string.h>

#define NAME_LENGTH_MAX 63

static bool expect_text(struct field_reader *reader, const struct field *field, const struct yaml_node *node)
{
        return field_expect_kind(reader, field->name, node, YAML_TEXT);
}

/* ---- Text and names ---- */

static bool read_text(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        char **text = value;
        if (!expect_text(reader, field, node))
                return false;
        if (*node->text == '\0')
                return field_fail(reader, node->mark, "%s: nothing is given; accepted: %s", field->name,
                        field->hint ? field->hint : "text");
        g_free(*text);
        *text = g_strdup(node->text);
        return true;
}

static struct yaml_node *write_text(const struct field_writer *writer G_GNUC_UNUSED,
        const struct field *field G_GNUC_UNUSED, const void *value)
{
        const char *text = *(char *const *)value;
        return text ? tree_text_new(text) : NULL;
}

const struct field_type field_text = { read_text, write_text };

bool field_check_name(struct field_reader *reader, const char *what, const char *name, struct mark mark)
{
        bool is_name = g_ascii_isalnum(*name) && strlen(name) <= NAME_LENGTH_MAX;
        for (const char *c = name; *c && is_name; c++)
                is_name = g_ascii_isalnum(*c) || *c == '-' || *c == '_';
        if (is_name)
                return true;
        return field_fail(reader, mark,
                "%s: '%s' is not a name; accepted: up to %d letters, digits, '-' and '_', the first a letter "
                "or digit",
                what, name, NAME_LENGTH_MAX);
}

static bool read_name(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        return expect_text(reader, field, node) &&
               field_check_name(reader, field->name, node->text, node->mark) &&
               read_text(reader, field, node, value);
}

const struct field_type field_name = { read_name, write_text };

/* ---- Switches ---- */

static bool read_switch(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        if (!expect_text(reader, field, node))
                return false;
        if (switch_parse(node->text, value))
                return true;
        return field_fail(reader, node->mark,
                "%s: '%s' is neither on nor off; accepted: on, off, yes, no, true, false", field->name,
                node->text);
}

static struct yaml_node *write_switch(const struct field_writer *writer G_GNUC_UNUSED,
        const struct field *field G_GNUC_UNUSED, const void *value)
{
        return tree_text_new(*(const bool *)value ? "on" : "off");
}

const struct field_type field_switch = { read_switch, write_switch };

/* ---- Quantities ---- */

static uint64_t load_integer(const void *value, size_t size)
{
        switch (size) {
        case 2:
                return *(const uint16_t *)value;
        case 4:
                return *(const uint32_t *)value;
        default:
                g_assert(size == 8);
                return *(const uint64_t *)value;
        }
}

static void store_integer(void *value, size_t size, uint64_t integer)
{
        switch (size) {
        case 2:
                *(uint16_t *)value = (uint16_t)integer;
                break;
        case 4:
                *(uint32_t *)value = (uint32_t)integer;
                break;
        default:
                g_assert(size == 8);
                *(uint64_t *)value = integer;
        }
}

static uint64_t most_of(const struct field *field)
{
        if (field->most > 0)
                return field->most;
        if (field->quantity == &quantity_time)
                return FIELD_TIME_MOST;
        return field->size >= 8 ? INT64_MAX : (1ull << (8 * field->size)) - 1;
}

/* Where 0 means something, its word says so. */
static uint64_t least_of(const struct field *field)
{
        return field->zero && field->least == 0 ? 1 : field->least;
}

static bool has_limits(const struct field *field)
{
        return field->most > 0 || field->size < 4;
}

/* "88B to 65495B, auto": when a quantity was outside. */
static char *accepted_range(const struct field *field, bool is_small)
{
        g_autofree char *least = field->quantity->format(least_of(field));
        g_autofree char *most = field->quantity->format(most_of(field));
        const char *gap = field->zero ? ", " : "";
        const char *zero = field->zero ? field->zero : "";
        if (has_limits(field))
                return g_strdup_printf("%s to %s%s%s", least, most, gap, zero);
        if (is_small)
                return g_strdup_printf("%s or more%s%s", least, gap, zero);
        return g_strdup_printf("at most %s%s%s", most, gap, zero);
}

/* "30ms, 1.5s, 2m, off": when it was none. Bare numbers explain themselves by their limits. */
static char *accepted_forms(const struct field *field)
{
        if (field->quantity == &quantity_count && has_limits(field))
                return accepted_range(field, true);
        return g_strdup_printf(
                "%s%s%s", field->quantity->examples, field->zero ? ", " : "", field->zero ? field->zero : "");
}

static bool store_in_range(struct field_reader *reader, const struct field *field,
        const struct yaml_node *node, void *value, uint64_t integer)
{
        bool is_small = integer < least_of(field);
        if (!is_small && integer <= most_of(field)) {
                store_integer(value, field->size, integer);
                return true;
        }
        g_autofree char *accepted = accepted_range(field, is_small);
        return field_fail(reader, node->mark, "%s: '%s' is too %s; accepted: %s", field->name, node->text,
                is_small ? "small" : "large", accepted);
}

static bool read_quantity(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        if (!expect_text(reader, field, node))
                return false;
        if (field->zero && strcmp(node->text, field->zero) == 0) {
                store_integer(value, field->size, 0);
                return true;
        }
        uint64_t integer;
        enum quantity_result result = field->quantity->parse(node->text, &integer);
        if (result == QUANTITY_OK)
                return store_in_range(reader, field, node, value, integer);
        bool is_too_large = result == QUANTITY_TOO_LARGE;
        g_autofree char *accepted = is_too_large ? accepted_range(field, false) : accepted_forms(field);
        g_autofree char *complaint = quantity_complaint(field->quantity, node->text, result);
        return field_fail(reader, node->mark, "%s: %s; accepted: %s", field->name, complaint, accepted);
}

static struct yaml_node *write_quantity(
        const struct field_writer *writer G_GNUC_UNUSED, const struct field *field, const void *value)
{
        uint64_t integer = load_integer(value, field->size);
        if (integer == 0 && field->zero)
                return tree_text_new(field->zero);
        g_autofree char *text = field->quantity->format(integer);
        return tree_text_new(text);
}

const struct field_type field_quantity = { read_quantity, write_quantity };

/* ---- Probabilities ---- */

static bool read_probability(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        static const char *const complaints[QUANTITY_RESULTS] = {
                [QUANTITY_MALFORMED] = "is not a probability",
                [QUANTITY_NO_UNIT] = "may be a share or a percentage",
                [QUANTITY_WRONG_UNIT] = "is not a probability",
                [QUANTITY_NOT_WHOLE] = "has too many decimals",
                [QUANTITY_TOO_LARGE] = "is more than 100%",
        };
        if (!expect_text(reader, field, node))
                return false;
        enum quantity_result result = probability_parse(node->text, value);
        if (result == QUANTITY_OK)
                return true;
        return field_fail(reader, node->mark,
                "%s: '%s' %s; accepted: 0%% to 100%%, such as 2%%, 0.01%% or 0.0001", field->name, node->text,
                complaints[result]);
}

static struct yaml_node *write_probability(const struct field_writer *writer G_GNUC_UNUSED,
        const struct field *field G_GNUC_UNUSED, const void *value)
{
        g_autofree char *text = probability_format(*(const struct probability *)value);
        return tree_text_new(text);
}

const struct field_type field_probability = { read_probability, write_probability };

/* ---- Addresses ---- */

static bool is_ipv4_hosts(const struct ip_address *address)
{
        uint8_t first = (uint8_t)(ip_address_to_ipv4(address) >> 24);
        return first != 0 && first != 127 && first < 224;
}

/* Not ::1 and its like, a link's own (fe80::/10) or many hosts' (ff00::/8). RFC 4291 section 2.4. */
static bool is_ipv6_hosts(const struct ip_address *address)
{
        const uint8_t *bytes = address->bytes;
        bool is_links_own = bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80;
        return bytes[0] != 0 && bytes[0] != 0xff && !is_links_own;
}

static bool read_address(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        if (!expect_text(reader, field, node))
                return false;
        struct ip_address address;
        if (!ip_address_parse(node->text, &address))
                return field_fail(reader, node->mark,
                        "%s: '%s' is not an address; accepted: four numbers such as 192.0.2.1, or IPv6's "
                        "such "
                        "as 2001:db8::1",
                        field->name, node->text);
        bool is_ipv4 = ip_address_is_ipv4(&address);
        if (!(is_ipv4 ? is_ipv4_hosts(&address) : is_ipv6_hosts(&address)))
                return field_fail(reader, node->mark, "%s: %s is no host's address; accepted: %s",
                        field->name, node->text,
                        is_ipv4 ? "1.0.0.0 to 223.255.255.255 without 127.0.0.0/8"
                                : "100:: to feff:: without fe80::/10");
        *(struct ip_address *)value = address;
        return true;
}

static struct yaml_node *write_address(const struct field_writer *writer G_GNUC_UNUSED,
        const struct field *field G_GNUC_UNUSED, const void *value)
{
        char text[IP_ADDRESS_TEXT_SIZE];
        return ip_address_is_any(value) ? NULL : tree_text_new(ip_address_format(value, text));
}

const struct field_type field_address = { read_address, write_address };

/* ---- Words ---- */

static const char **accepted_words(const struct field *field)
{
        GPtrArray *names = g_ptr_array_new();
        for (const struct field_word *word = field->words; word->name; word++)
                if (!word->is_later)
                        g_ptr_array_add(names, (gpointer)word->name);
        g_ptr_array_add(names, NULL);
        return (const char **)g_ptr_array_free(names, FALSE);
}

/* Words that mean a switch are taken in all of a switch's spellings. */
static bool word_is(const struct field_word *word, const char *text)
{
        bool word_on;
        bool text_on;
        if (switch_parse(word->name, &word_on) && switch_parse(text, &text_on))
                return word_on == text_on;
        return strcmp(word->name, text) == 0;
}

static bool read_choice(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        if (!expect_text(reader, field, node))
                return false;
        g_autofree const char **words = accepted_words(field);
        for (const struct field_word *word = field->words; word->name; word++) {
                if (!word_is(word, node->text))
                        continue;
                if (!word->is_later) {
                        if (field->size > 0)
                                *(int *)value = word->value;
                        return true;
                }
                g_autofree char *list = g_strjoinv(", ", (char **)words);
                return field_fail(reader, node->mark, "%s: this version does not have '%s' yet; accepted: %s",
                        field->name, node->text, list);
        }
        return field_fail_word(
                reader, node->mark, node->text, words, "%s: unknown word '%s'", field->name, node->text);
}

static struct yaml_node *write_choice(
        const struct field_writer *writer G_GNUC_UNUSED, const struct field *field, const void *value)
{
        const struct field_word *word = field->words;
        while (field->size > 0 && word->value != *(const int *)value)
                word++;
        g_assert(word->name);
        return tree_text_new(word->name);
}

const struct field_type field_choice = { read_choice, write_choice };

/* ---- Mappings ---- */

static bool read_record(
        struct field_reader *reader, const struct field *field, const struct yaml_node *node, void *value)
{
        return field_table_read(reader, field->table, node, value);
}

static struct yaml_node *write_record(
        const struct field_writer *writer, const struct field *field, const void *value)
{
        return field_table_write(writer, field->table, value);
}

const struct field_type field_record = { read_record, write_record };
