/*
 * Scripts share nothing, so each runs on whatever thread is free.
 */
#include "cli/drill_batch.h"

#include "cli/command.h"
#include "cli/interrupt.h"
#include "run/tcp_override.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Between two looks at the interrupt flag, in microseconds. */
#define LOOK_INTERVAL (100 * G_TIME_SPAN_MILLISECOND)

/* Against a kernel they mostly sleep. */
#define KERNEL_SCRIPTS_PER_PROCESSOR 4

struct DrillBatch {
        const struct drill_options *options;
        struct drill_item *items;
        unsigned count;
        gint taken; /* atomic: so many of them, in order, are somebody's */
        GMutex mutex;
        GCond one_ended;
        const volatile int *interrupted;
};

/* ---- One script ---- */

static bool read_stdin(char **text, gsize *size, GError **error)
{
        g_autoptr(GString) all = g_string_new(NULL);
        char buffer[65536];
        size_t taken;
        while ((taken = fread(buffer, 1, sizeof buffer, stdin)) > 0)
                g_string_append_len(all, buffer, (gssize)taken);
        if (ferror(stdin)) {
                g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_IO, "cannot read standard input: %s",
                        g_strerror(errno));
                return false;
        }
        *size = all->len;
        *text = g_string_free(g_steal_pointer(&all), FALSE);
        return true;
}

static Script *read_script(const struct drill_item *item, const struct drill_options *options, GError **error)
{
        g_autofree char *text = NULL;
        gsize size;
        bool is_stdin = strcmp(item->name, "-") == 0;
        if (!(is_stdin ? read_stdin(&text, &size, error)
                       : g_file_get_contents(item->name, &text, &size, error)))
                return NULL;
        const struct script_given given = { .defines = options->defines,
                .ip_version = g_hash_table_lookup(options->script_options, "ip_version") };
        return script_parse(item->name, text, size, &given, error);
}

/* "FILE:12:5: error: …" has the place in it. */
static void take_place(struct drill_item *item, const char *message)
{
        struct script_result *result = &item->result;
        g_autofree char *prefix = g_strdup_printf("%s:", item->name);
        int taken = 0;
        if (g_str_has_prefix(message, prefix) &&
                sscanf(message + strlen(prefix), "%d:%d: error: %n", &result->place.line,
                        &result->place.column, &taken) == 2 &&
                taken > 0)
                message += strlen(prefix) + (size_t)taken;
        result->message = g_strdup(message);
}

static void refuse(struct drill_item *item, const GError *error)
{
        if (error->domain != SCRIPT_ERROR)
                item->outcome = DRILL_NO_MEANS;
        else
                item->outcome = error->code == SCRIPT_ERROR_REFUSED ? DRILL_NOT_RUN : DRILL_FAILED;
        take_place(item, error->message);
}

/* They were read once before, to see that they are right. */
static void adjust(const void *data, struct tcp_settings *settings)
{
        const struct drill_options *options = data;
        tcp_override(settings, options->sets, NULL);
}

static void run_item(struct drill_item *item, const struct drill_options *options)
{
        static const enum drill_outcome outcomes[] = {
                [SCRIPT_PASSED] = DRILL_PASSED,
                [SCRIPT_FAILED] = DRILL_FAILED,
                [SCRIPT_NOT_RUN] = DRILL_NOT_RUN,
                [SCRIPT_NO_MEANS] = DRILL_NO_MEANS,
        };
        g_autoptr(GError) error = NULL;
        g_autoptr(Script) script = read_script(item, options, &error);
        if (script == NULL) {
                refuse(item, error);
                return;
        }
        const struct run_rules rules = { .stack = options->stack,
                .options = options->script_options,
                .adjust = adjust,
                .adjust_data = options,
                .strict = options->strict,
                .strict_sysctls = options->strict_sysctls,
                .patience = options->patience,
                .pcap_file = options->pcap_file,
                .trace_file = options->trace_file };
        script_run(script, &rules, &item->result);
        item->is_read = true;
        item->outcome = outcomes[item->result.verdict];
}

/* ---- All of them ---- */

/* The next that nobody has taken; NULL: none is left. */
static struct drill_item *take_item(DrillBatch *batch)
{
        unsigned index = (unsigned)g_atomic_int_add(&batch->taken, 1);
        return index < batch->count ? &batch->items[index] : NULL;
}

static gpointer work(gpointer data)
{
        DrillBatch *batch = data;
        struct drill_item *item;
        while ((item = take_item(batch)) != NULL) {
                run_item(item, batch->options);
                g_mutex_lock(&batch->mutex);
                item->has_ended = true;
                g_cond_signal(&batch->one_ended);
                g_mutex_unlock(&batch->mutex);
        }
        return NULL;
}

/* False: interrupted. */
static bool wait_for(DrillBatch *batch, const struct drill_item *item)
{
        g_mutex_lock(&batch->mutex);
        while (!item->has_ended && *batch->interrupted == 0)
                g_cond_wait_until(&batch->one_ended, &batch->mutex, g_get_monotonic_time() + LOOK_INTERVAL);
        g_mutex_unlock(&batch->mutex);
        return item->has_ended;
}

static void drop_part(const char *name)
{
        g_autofree char *part = name != NULL ? g_strdup_printf("%s.part", name) : NULL;
        if (part != NULL)
                g_unlink(part);
}

/* A script may wait for minutes, in the kernel too: nobody waits for its thread. */
static G_GNUC_NORETURN void end_interrupted(const DrillBatch *batch)
{
        drop_part(batch->options->pcap_file);
        drop_part(batch->options->trace_file);
        fflush(stdout);
        g_printerr("inorder drill: interrupted\n");
        _exit(EXIT_INTERRUPTED);
}

static unsigned threads_for(const DrillBatch *batch)
{
        unsigned processors = g_get_num_processors();
        unsigned most = batch->options->stack == &stack_kernel ? processors * KERNEL_SCRIPTS_PER_PROCESSOR
                                                               : processors;
        return CLAMP(batch->count, 1, most);
}

DrillBatch *drill_batch_run(
        char **names, const struct drill_options *options, void (*tell)(const struct drill_item *item))
{
        DrillBatch *batch = g_new0(DrillBatch, 1);
        batch->options = options;
        batch->interrupted = interrupt_catch();
        batch->count = g_strv_length(names);
        batch->items = g_new0(struct drill_item, batch->count);
        g_mutex_init(&batch->mutex);
        g_cond_init(&batch->one_ended);
        for (unsigned i = 0; i < batch->count; i++)
                batch->items[i].name = names[i];
        g_autoptr(GPtrArray) threads = g_ptr_array_new();
        for (unsigned i = 0; i < threads_for(batch); i++)
                g_ptr_array_add(threads, g_thread_new("drill", work, batch));
        for (unsigned i = 0; i < batch->count; i++) {
                if (!wait_for(batch, &batch->items[i]))
                        end_interrupted(batch);
                if (tell != NULL)
                        tell(&batch->items[i]);
        }
        for (unsigned i = 0; i < threads->len; i++)
                g_thread_join(threads->pdata[i]);
        return batch;
}

static void clear_item(struct drill_item *item)
{
        if (item->is_read)
                script_result_clear(&item->result);
        else
                g_free(item->result.message);
}

void drill_batch_free(DrillBatch *batch)
{
        if (batch == NULL)
                return;
        for (unsigned i = 0; i < batch->count; i++)
                clear_item(&batch->items[i]);
        g_free(batch->items);
        g_mutex_clear(&batch->mutex);
        g_cond_clear(&batch->one_ended);
        g_free(batch);
}

unsigned drill_batch_size(const DrillBatch *batch)
{
        return batch->count;
}

const struct drill_item *drill_batch_item(const DrillBatch *batch, unsigned index)
{
        return &batch->items[index];
}

unsigned drill_batch_count(const DrillBatch *batch, enum drill_outcome outcome)
{
        unsigned count = 0;
        for (unsigned i = 0; i < batch->count; i++)
                count += batch->items[i].outcome == outcome;
        return count;
}
