/*
 * Transfers: figures that programs and their connections add to.
 */
#include "host/transfer.h"

#include <glib.h>

void transfer_init(struct transfer *transfer, uint32_t number, const char *name)
{
        *transfer = (struct transfer){
                .number = number,
                .name = g_strdup(name),
                .started = TIME_NEVER,
                .dns = TIME_NEVER,
                .connected = TIME_NEVER,
                .first_byte = TIME_NEVER,
                .finished = TIME_NEVER,
                .last_progress = TIME_NEVER,
        };
}

void transfer_clear(struct transfer *transfer)
{
        g_free(transfer->name);
        g_free(transfer->url);
        g_free(transfer->failure);
        *transfer = (struct transfer){ 0 };
}

void transfer_progress(struct transfer *transfer, uint64_t bytes, time_ns now)
{
        if (transfer->first_byte == TIME_NEVER)
                transfer->first_byte = now;
        if (transfer->last_progress != TIME_NEVER)
                transfer->longest_stall = MAX(transfer->longest_stall, now - transfer->last_progress);
        transfer->last_progress = now;
        transfer->bytes += bytes;
}

void transfer_set_server(struct transfer *transfer, struct transfer *server)
{
        if (transfer != NULL)
                transfer->server = server;
}

static time_ns last_of(time_ns a, time_ns b)
{
        return a == TIME_NEVER || b == TIME_NEVER ? TIME_NEVER : MAX(a, b);
}

void transfer_add_served(struct transfer *server, const struct transfer *served)
{
        bool is_first = server->outcome == TRANSFER_UNFINISHED;
        server->outcome = TRANSFER_DONE;
        server->bytes += served->bytes;
        server->started = MIN(server->started, served->started);
        server->connected = MIN(server->connected, served->connected);
        server->first_byte = MIN(server->first_byte, served->first_byte);
        server->finished = is_first ? served->finished : last_of(server->finished, served->finished);
        server->longest_stall = MAX(server->longest_stall, served->longest_stall);
        transfer_add_counts(server, &served->counts);
}

void transfer_add_counts(struct transfer *transfer, const struct tcp_counts *counts)
{
        struct tcp_counts *sum = &transfer->counts;
        sum->segments_sent += counts->segments_sent;
        sum->segments_received += counts->segments_received;
        sum->data_segments_sent += counts->data_segments_sent;
        sum->retransmitted_segments += counts->retransmitted_segments;
        sum->bytes_sent += counts->bytes_sent;
        sum->bytes_retransmitted += counts->bytes_retransmitted;
        sum->bytes_acknowledged += counts->bytes_acknowledged;
        sum->bytes_received += counts->bytes_received;
        sum->timeouts += counts->timeouts;
        sum->fast_recoveries += counts->fast_recoveries;
        sum->spurious_recoveries += counts->spurious_recoveries;
        sum->spurious_segments += counts->spurious_segments;
        sum->duplicate_acks_sent += counts->duplicate_acks_sent;
        sum->duplicate_acks_received += counts->duplicate_acks_received;
        sum->out_of_order_arrivals += counts->out_of_order_arrivals;
        sum->duplicate_arrivals += counts->duplicate_arrivals;
        sum->held_bytes_max = MAX(sum->held_bytes_max, counts->held_bytes_max);
        sum->window_probes += counts->window_probes;
}
