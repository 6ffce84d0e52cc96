/*
 * What a connection carried, for the proof of order (proof.h): the bytes that TCP took, and those that it
 * gave.
 */
#include "host/connection.h"

/* What was read is not what was written: the run ends here. */
static void stop(const struct connection *connection)
{
        event_queue_stop(connection->host->context->net->events);
}

static ProofStream *incoming_stream(const struct connection *connection)
{
        ProofBook *book = connection->host->context->proofs;
        if (book == NULL || !tcp_conn_knows_irs(connection->tcp))
                return NULL;
        return proof_find(
                book, &connection->tuple.remote, &connection->tuple.local, tcp_conn_irs(connection->tcp));
}

static ProofStream *find_incoming(struct connection *connection)
{
        if (connection->incoming == NULL)
                connection->incoming = incoming_stream(connection);
        return connection->incoming;
}

struct transfer *connection_peer_transfer(struct connection *connection)
{
        const ProofStream *incoming = find_incoming(connection);
        return incoming != NULL ? host_transfer(connection->host, proof_transfer(incoming)) : NULL;
}

uint32_t connection_peer_flow(struct connection *connection)
{
        const ProofStream *incoming = find_incoming(connection);
        return incoming != NULL ? proof_flow(incoming) : 0;
}

uint32_t connection_times_adopted(struct connection *connection)
{
        const ProofStream *incoming = find_incoming(connection);
        return incoming != NULL ? proof_readers_ever(incoming) : 0;
}

void connection_open_proof(struct connection *connection)
{
        ProofBook *book = connection->host->context->proofs;
        if (book == NULL)
                return;
        connection->outgoing = proof_open(book, &connection->tuple.local, &connection->tuple.remote,
                tcp_conn_iss(connection->tcp), host_transfer_number(connection->transfer));
        proof_set_flow(connection->outgoing, connection->note.flow);
}

void connection_leave_proof(struct connection *connection)
{
        ProofStream *incoming = find_incoming(connection);
        if (incoming != NULL)
                proof_reader_gone(incoming);
        if (connection->outgoing != NULL)
                proof_writer_gone(connection->outgoing);
}

void connection_prove_written(struct connection *connection, const void *bytes, size_t size)
{
        if (connection->outgoing != NULL)
                proof_written(connection->outgoing, bytes, size);
}

void connection_prove_source(
        struct connection *connection, PayloadSource *source, uint64_t offset, size_t size)
{
        if (connection->outgoing != NULL)
                proof_written_source(connection->outgoing, source, offset, size);
}

void connection_prove_write_ended(struct connection *connection)
{
        if (connection->outgoing != NULL)
                proof_write_ended(connection->outgoing);
}

void connection_prove_read(struct connection *connection, const void *bytes, size_t size)
{
        ProofStream *incoming = find_incoming(connection);
        if (incoming != NULL && !proof_read(incoming, bytes, size))
                stop(connection);
}

void connection_prove_passed(struct connection *connection)
{
        uint8_t byte;
        if (!tcp_conn_take_passed(connection->tcp, &byte))
                return;
        host_trace_read(connection, 1);
        connection_prove_read(connection, &byte, 1);
}

/* The end of the stream is the peer's FIN; a failed connection ends anywhere, and so does our own shutdown.
 */
void connection_prove_read_ended(struct connection *connection)
{
        if (connection->has_failed || connection->is_read_shut)
                return;
        ProofStream *incoming = find_incoming(connection);
        if (incoming != NULL && !proof_read_ended(incoming))
                stop(connection);
}
