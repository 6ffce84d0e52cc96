/*
 * Figures held against the values that a scenario expects, each value read as its figure's type is written.
 */
#include "run/expectation.h"

#include "run/quantity.h"

#include <string.h>

/* A time may also be a bare number of seconds, as the summary prints it. */
static bool parse_time(const char *text, uint64_t *value)
{
        if (quantity_time.parse(text, value) == QUANTITY_OK)
                return true;
        g_autofree char *seconds = g_strdup_printf("%ss", text);
        return quantity_time.parse(seconds, value) == QUANTITY_OK;
}

static bool parse_rate(const char *text, uint64_t *value)
{
        return quantity_rate.parse(text, value) == QUANTITY_OK ||
               quantity_count.parse(text, value) == QUANTITY_OK;
}

static bool parse_count(const char *text, uint64_t *value)
{
        return quantity_count.parse(text, value) == QUANTITY_OK ||
               quantity_size.parse(text, value) == QUANTITY_OK;
}

static bool parse_flag(const char *text, uint64_t *value)
{
        bool is_on;
        if (!switch_parse(text, &is_on))
                return false;
        *value = is_on;
        return true;
}

static bool parse_value(enum figure_type type, const char *text, uint64_t *value)
{
        switch (type) {
        case FIGURE_COUNT:
                return parse_count(text, value);
        case FIGURE_TIME:
                return parse_time(text, value);
        case FIGURE_RATE:
                return parse_rate(text, value);
        case FIGURE_FLAG:
                return parse_flag(text, value);
        default:
                return false;
        }
}

static bool relation_holds(enum expect_relation relation, int64_t seen, int64_t expected)
{
        switch (relation) {
        case EXPECT_EQUAL:
                return seen == expected;
        case EXPECT_LESS:
                return seen < expected;
        case EXPECT_GREATER:
                return seen > expected;
        case EXPECT_AT_MOST:
                return seen <= expected;
        case EXPECT_AT_LEAST:
                return seen >= expected;
        }
        g_assert_not_reached();
}

/* "price-list.within: 10s" is a bound: nobody means exactly. */
static enum expect_relation relation_of(const struct scenario_expect *expect)
{
        bool is_bound = g_str_has_suffix(expect->path, ".within");
        return is_bound && expect->relation == EXPECT_EQUAL ? EXPECT_AT_MOST : expect->relation;
}

bool expectation_holds(const struct scenario_expect *expect, struct figure figure)
{
        if (figure.type == FIGURE_UNKNOWN)
                return false;
        if (figure.is_null)
                return expect->relation == EXPECT_EQUAL && g_str_equal(expect->value, "null");
        if (figure.type == FIGURE_TEXT)
                return expect->relation == EXPECT_EQUAL && g_str_equal(expect->value, figure.text);
        uint64_t expected;
        return parse_value(figure.type, expect->value, &expected) &&
               relation_holds(relation_of(expect), figure.number, (int64_t)expected);
}

char *figure_format(struct figure figure)
{
        if (figure.type == FIGURE_UNKNOWN)
                return g_strdup("no such figure");
        if (figure.is_null)
                return g_strdup("null");
        switch (figure.type) {
        case FIGURE_TIME:
                return quantity_time.format((uint64_t)figure.number);
        case FIGURE_RATE:
                return quantity_rate.format((uint64_t)figure.number);
        case FIGURE_FLAG:
                return g_strdup(figure.number ? "yes" : "no");
        case FIGURE_TEXT:
                return g_strdup(figure.text);
        default:
                return g_strdup_printf("%" G_GINT64_FORMAT, figure.number);
        }
}
