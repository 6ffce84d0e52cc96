/*
 * Fuzz target: packet scripts. What is refused is refused with a place and a message; what is read shows
 * itself in a form that reads the same; its code blocks compute something, and its shell lines mean
 * something.
 */
#include <stdio.h>
#include <string.h>
#include "script/code_block.h"
#include "script/script.h"
#include "script/shell_line.h"
#include "fuzz_bytes.h"

#define SIZE_MOST 16384

static bool is_named_at_random(void *data, const char *name, int64_t *value)
{
        (void)data;
        *value = (int64_t)g_str_hash(name);
        return *value % 7 != 0;
}

/* "FILE:LINE:COL: error: …". */
static void check_complaint(const GError *error)
{
        unsigned line;
        unsigned column;
        g_assert(error != NULL && error->domain == SCRIPT_ERROR);
        g_assert(sscanf(error->message, "x.pkt:%u:%u: error: ", &line, &column) == 2);
        g_assert(line > 0 && column > 0 && g_utf8_validate(error->message, -1, NULL));
}

static void check_command(const char *command)
{
        g_autoptr(GPtrArray) actions = shell_line_read(command);
        for (unsigned i = 0; i < actions->len; i++) {
                const struct shell_action *action = actions->pdata[i];
                g_assert(g_utf8_validate(action->text, -1, NULL));
                g_assert((action->kind == SHELL_SYSCTL) == (action->value != NULL));
                if (action->kind == SHELL_COUNTER)
                        shell_counter_holds(action, 1);
        }
}

static void check_code(const struct code_block *code, CodeNames *names)
{
        g_autoptr(GString) printed = g_string_new(NULL);
        struct code_failure failure = { .expected = NULL };
        bool passes = code_block_run(code, names, is_named_at_random, NULL, printed, &failure);
        g_assert(passes == (failure.expected == NULL) && passes == (failure.seen == NULL));
        g_assert(passes || (failure.place.line > 0 && failure.place.column > 0));
        code_failure_clear(&failure);
}

static void check_events(const struct script *script)
{
        g_autoptr(CodeNames) names = code_names_new();
        for (unsigned i = 0; i < script->events->len; i++) {
                const struct script_event *event = script->events->pdata[i];
                g_assert(g_utf8_validate(event->text, -1, NULL));
                if (event->kind == SCRIPT_COMMAND)
                        check_command(event->command);
                if (event->kind == SCRIPT_CODE)
                        check_code(event->code, names);
        }
}

static bool shows_itself(const struct script_event *event)
{
        return event->kind == SCRIPT_PACKET || event->kind == SCRIPT_CALL;
}

/* What events show of themselves, behind one at time 0. */
static char *shown_events(const struct script *script, unsigned *count)
{
        GString *text = g_string_new("0 `true`\n");
        for (unsigned i = 0; i < script->events->len; i++) {
                const struct script_event *event = script->events->pdata[i];
                if (!shows_itself(event))
                        continue;
                g_string_append_printf(text, "%s\n", event->text);
                (*count)++;
        }
        return g_string_free(text, FALSE);
}

static const char *ip_version_of(const struct script *script)
{
        for (unsigned i = 0; i < script->options->len; i++) {
                const struct script_option_line *line = script->options->pdata[i];
                if (strcmp(line->name, "ip_version") == 0)
                        return line->value;
        }
        return NULL;
}

static void check_shown_form(const struct script *script)
{
        unsigned count = 0;
        g_autoptr(GError) error = NULL;
        g_autofree char *text = shown_events(script, &count);
        const struct script_given given = { .ip_version = ip_version_of(script) };
        g_autoptr(Script) again = script_parse("x.pkt", text, strlen(text), &given, &error);
        if (again == NULL)
                g_error("%s\n%s", error->message, text);
        unsigned ignored = 0;
        g_autofree char *shown_again = shown_events(again, &ignored);
        g_assert_cmpstr(text, ==, shown_again);
        g_assert_cmpuint(again->events->len, ==, count + 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
        g_autoptr(GError) error = NULL;
        if (size > SIZE_MOST)
                return 0;
        g_autofree char *copy = g_memdup2(bytes, size); /* so that reading past its end is noticed */
        g_autoptr(Script) script = script_parse("x.pkt", copy ? copy : "", size, NULL, &error);
        if (script == NULL) {
                check_complaint(error);
                return 0;
        }
        if (script->init_command != NULL)
                check_command(script->init_command);
        if (script->cleanup_command != NULL)
                check_command(script->cleanup_command);
        check_events(script);
        if (g_strstr_len(copy, (gssize)size, "--define") == NULL)
                check_shown_form(script);
        return 0;
}
