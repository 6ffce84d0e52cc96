/*
 * A code block's turn: a look at the socket under test, and what the block says of it.
 */
#include <netinet/in.h>
#include <netinet/tcp.h>

#include "drill/info_names.h"
#include "drill/runner_private.h"

#define OPTION_CC_INFO 26 /* TCP_CC_INFO */
#define OPTION_MEMINFO 55 /* SO_MEMINFO */

struct look {
        Runner *runner;
        int fd;
        struct info_snapshot snapshot;
};

static size_t ask(Caller *caller, const struct look *look, int level, int option, uint8_t *bytes)
{
        socklen_t size = INFO_BYTES_MAX;
        int result = look->runner->ops->sockets->getsockopt(caller, look->fd, level, option, bytes, &size);
        return result < 0 ? 0 : size;
}

static void take_snapshot(Caller *caller, void *data)
{
        struct look *look = data;
        struct info_snapshot *snapshot = &look->snapshot;
        snapshot->tcp_size = ask(caller, look, IPPROTO_TCP, TCP_INFO, snapshot->tcp);
        snapshot->congestion_size = ask(caller, look, IPPROTO_TCP, OPTION_CC_INFO, snapshot->congestion);
        snapshot->memory_size = ask(caller, look, SOL_SOCKET, OPTION_MEMINFO, snapshot->memory);
}

static bool look_up(void *data, const char *name, int64_t *value)
{
        const struct look *look = data;
        return info_find(&look->snapshot, name, value);
}

static bool fail(Runner *runner, struct code_failure *failure)
{
        runner->result->expected = g_steal_pointer(&failure->expected);
        runner->result->seen = g_steal_pointer(&failure->seen);
        runner_fail(runner, failure->place, "the code block does not hold");
        code_failure_clear(failure);
        return false;
}

static void log_printed(Runner *runner, const GString *printed)
{
        g_auto(GStrv) lines = g_strsplit(printed->str, "\n", -1);
        for (char **line = lines; *line != NULL; line++) {
                if (**line != '\0')
                        runner_log(runner, runner->ops->now(runner->stack), "%", *line);
        }
}

bool runner_code(Runner *runner, const struct script_event *event)
{
        const struct conversation *conversation = &runner->conversation;
        struct look look = { .runner = runner,
                .fd = conversation->fd >= 0 ? conversation->fd : conversation->listening_fd };
        struct code_failure failure = { 0 };
        g_autoptr(GString) printed = g_string_new(NULL);
        if (look.fd >= 0)
                runner_do(runner, take_snapshot, &look);
        bool holds = code_block_run(event->code, runner->names, look_up, &look, printed, &failure);
        log_printed(runner, printed);
        return holds || fail(runner, &failure);
}
