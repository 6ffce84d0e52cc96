/*
 * `--pcap FILE`: what passed between script and stack, as the stack's capture.
 */
#include "drill/runner_private.h"

bool runner_open_pcap(Runner *runner, GError **error)
{
        const char *name = runner->rules->pcap_file;
        if (name == NULL)
                return true;
        if (!kept_file_open(&runner->pcap_file, name, error))
                return false;
        const struct capture_config config = {
                .name = "stack",
                .comment = runner->script->name,
                .application = "inorder " INORDER_VERSION,
                .piece = TRACE_FILE_SMALL_PIECE,
        };
        runner->pcap = capture_new(runner->pcap_file.file, name, &config);
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
        return kept_file_close(&runner->pcap_file, is_written, error) && is_written;
}
