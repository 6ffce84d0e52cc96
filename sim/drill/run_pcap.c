/*
 * `--pcap FILE`: what passed between script and stack, as the stack's capture.
 */
#include "drill/runner_private.h"

#include <errno.h>

bool runner_open_pcap(Runner *runner, GError **error)
{
        const char *name = runner->rules->pcap_file;
        if (name == NULL)
                return true;
        runner->pcap_file = fopen(name, "we");
        if (runner->pcap_file == NULL) {
                int failure = errno;
                g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(failure), "cannot write %s: %s", name,
                        g_strerror(failure));
                return false;
        }
        const struct capture_config config = {
                .name = "stack", .comment = runner->script->name, .application = "inorder " INORDER_VERSION
        };
        runner->pcap = capture_new(runner->pcap_file, name, &config);
        return true;
}

void runner_record(Runner *runner, time_ns at, bool is_sent, const uint8_t *bytes, size_t size)
{
        if (runner->pcap == NULL)
                return;
        struct trace_packet packet = { .size = (uint32_t)size, .header = { bytes, size } };
        if (!is_sent) {
                capture_add_received(runner->pcap, at, &packet, NULL);
                return;
        }
        packet.id.number = ++runner->pcap_sent;
        capture_add_sent(runner->pcap, at, &packet);
        capture_settle(runner->pcap, runner->pcap_sent);
}

bool runner_close_pcap(Runner *runner, GError **error)
{
        if (runner->pcap == NULL)
                return true;
        bool is_written = capture_finish(runner->pcap, error);
        capture_free(runner->pcap);
        if (fclose(runner->pcap_file) == EOF && is_written) {
                int failure = errno;
                g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(failure), "cannot write %s: %s",
                        runner->rules->pcap_file, g_strerror(failure));
                return false;
        }
        return is_written;
}
