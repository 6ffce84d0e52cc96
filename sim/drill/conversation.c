/*
 * Names and numbers of the socket under test.
 */
#include "drill/conversation.h"

#include "wire/tcp_segment.h"

/* Ours count up from the first of the dynamic ports (RFC 6335). */
#define FIRST_REMOTE_PORT 49152

static void free_other(void *data)
{
        conversation_clear(data);
        g_free(data);
}

void conversation_init(
        struct conversation *conversation, const struct endpoint *own, const struct endpoint *peer)
{
        *conversation = (struct conversation){
                .own = *own,
                .local = *own,
                .remote = *peer,
                .listening_fd = -1,
                .fd = -1,
                .next_port = FIRST_REMOTE_PORT,
                .echoes = g_hash_table_new(NULL, NULL),
                .flow_labels = g_hash_table_new(NULL, NULL),
                .others = g_hash_table_new_full(NULL, NULL, NULL, free_other),
        };
}

void conversation_clear(struct conversation *conversation)
{
        g_clear_pointer(&conversation->echoes, g_hash_table_destroy);
        g_clear_pointer(&conversation->flow_labels, g_hash_table_destroy);
        g_clear_pointer(&conversation->others, g_hash_table_destroy);
}

static struct conversation *other_caller(const struct conversation *conversation, uint16_t port)
{
        struct conversation *other = g_new(struct conversation, 1);
        *other = *conversation;
        other->phase = UNDER_TEST_CONNECTION;
        other->remote.port = port;
        other->ours.is_known = other->theirs.is_known = false;
        other->listening_fd = other->fd = -1;
        other->echoes = g_hash_table_new(NULL, NULL);
        other->flow_labels = g_hash_table_new(NULL, NULL);
        other->others = NULL;
        return other;
}

/* The first caller of a listener is the one under test, whatever its port. */
struct conversation *conversation_with(struct conversation *conversation, uint16_t port)
{
        bool is_under_test = port == 0 || conversation->phase != UNDER_TEST_CONNECTION ||
                             conversation->remote.port == port;
        if (is_under_test)
                return conversation;
        struct conversation *other = g_hash_table_lookup(conversation->others, GUINT_TO_POINTER(port));
        if (other == NULL) {
                other = other_caller(conversation, port);
                g_hash_table_insert(conversation->others, GUINT_TO_POINTER(port), other);
        }
        return other;
}

bool conversation_knows_caller(const struct conversation *conversation, const struct endpoint *caller)
{
        const struct conversation *other =
                g_hash_table_lookup(conversation->others, GUINT_TO_POINTER(caller->port));
        return endpoint_equal(&conversation->remote, caller) || (other != NULL && other->ours.is_known);
}

static void forget_numbers(struct conversation *conversation)
{
        conversation->ours = (struct numbering){ 0 };
        conversation->theirs = (struct numbering){ 0 };
        conversation->has_first_timestamp = false;
        g_hash_table_remove_all(conversation->echoes);
        g_hash_table_remove_all(conversation->flow_labels);
}

void conversation_on_socket(struct conversation *conversation, int fd)
{
        forget_numbers(conversation);
        conversation->phase = UNDER_TEST_SOCKET;
        conversation->is_taken_apart = false;
        conversation->fd = fd;
        conversation->listening_fd = -1;
        conversation->local = conversation->own;
        g_hash_table_remove_all(conversation->others);
}

void conversation_on_bind(struct conversation *conversation, int fd, uint16_t port)
{
        if (fd == conversation->fd && port != 0)
                conversation->local.port = port;
}

void conversation_on_listen(struct conversation *conversation, int fd)
{
        if (fd != conversation->fd)
                return;
        conversation->phase = UNDER_TEST_LISTENING;
        conversation->listening_fd = fd;
        conversation->fd = -1;
}

void conversation_on_connect(struct conversation *conversation, int fd, const struct endpoint *remote)
{
        if (fd != conversation->fd)
                return;
        if (remote == NULL) {
                conversation->is_taken_apart = true; /* its RST is still to be seen */
        } else if (conversation->phase == UNDER_TEST_SOCKET || conversation->is_taken_apart) {
                forget_numbers(conversation);
                conversation->is_taken_apart = false;
                conversation->phase = UNDER_TEST_CONNECTING;
                conversation->remote = *remote;
        }
}

void conversation_on_accept(struct conversation *conversation, int fd, const struct endpoint *remote)
{
        if (endpoint_equal(&conversation->remote, remote))
                conversation->fd = fd;
}

/* A new caller at the listener; its port is the script's, where that has one. */
static void open_child(struct conversation *conversation, const struct script_tcp *tcp)
{
        forget_numbers(conversation);
        conversation->phase = UNDER_TEST_CONNECTION;
        conversation->remote.port = tcp->has_ports ? tcp->source_port : conversation->next_port++;
}

void conversation_on_injected(struct conversation *conversation, const struct script_tcp *tcp)
{
        if (conversation->phase == UNDER_TEST_LISTENING)
                open_child(conversation, tcp);
        if (!(tcp->flags & TCP_FLAG_SYN) || conversation->ours.is_known)
                return;
        /* The number of an injected SYN is used as it stands. */
        conversation->ours = (struct numbering){ tcp->range.start, tcp->range.start, true };
}

void conversation_on_expected(struct conversation *conversation, const struct script_tcp *tcp)
{
        if ((tcp->flags & TCP_FLAG_SYN) && !conversation->theirs.is_known)
                conversation->theirs.script_isn = tcp->range.start;
}

static void remember_timestamp(struct conversation *conversation, const struct script_tcp *tcp, uint32_t live)
{
        for (guint i = 0; tcp->options != NULL && i < tcp->options->len; i++) {
                const struct script_option *option = &g_array_index(tcp->options, struct script_option, i);
                if (option->kind != SCRIPT_OPTION_TIMESTAMPS)
                        continue;
                g_hash_table_insert(
                        conversation->echoes, GUINT_TO_POINTER(option->number), GUINT_TO_POINTER(live));
                if (conversation->has_first_timestamp)
                        return;
                conversation->has_first_timestamp = true;
                conversation->script_first_timestamp = option->number;
                conversation->live_first_timestamp = live;
        }
}

void conversation_on_seen(
        struct conversation *conversation, const struct script_tcp *tcp, const struct seen_packet *seen)
{
        uint32_t value;
        uint32_t echo;
        if ((seen->tcp.flags & TCP_FLAG_SYN) && !conversation->theirs.is_known) {
                conversation->theirs.live_isn = seen->tcp.seq;
                conversation->theirs.is_known = true;
        }
        if (seen_packet_timestamps(seen, &value, &echo))
                remember_timestamp(conversation, tcp, value);
}

static bool is_calling(const struct conversation *conversation, const struct seen_packet *seen)
{
        return conversation->phase == UNDER_TEST_CONNECTING && (seen->tcp.flags & TCP_FLAG_SYN) &&
               !(seen->tcp.flags & TCP_FLAG_ACK) && endpoint_equal(&seen->destination, &conversation->remote);
}

bool conversation_owns(struct conversation *conversation, const struct seen_packet *seen)
{
        if (seen->protocol != SEEN_TCP)
                return false;
        if (is_calling(conversation, seen)) {
                conversation->phase = UNDER_TEST_CONNECTION;
                conversation->local = seen->source;
        }
        return conversation->phase == UNDER_TEST_CONNECTION &&
               endpoint_equal(&seen->source, &conversation->local) &&
               endpoint_equal(&seen->destination, &conversation->remote);
}

uint32_t numbering_to_live(const struct numbering *numbering, uint32_t number, bool is_syn)
{
        return number + numbering->live_isn - (is_syn ? numbering->script_isn : 0);
}

uint32_t numbering_to_script(const struct numbering *numbering, uint32_t number, bool is_syn)
{
        return number - numbering->live_isn + (is_syn ? numbering->script_isn : 0);
}

bool conversation_live_echo(const struct conversation *conversation, uint32_t echo, uint32_t *live)
{
        gpointer found;
        if (g_hash_table_lookup_extended(conversation->echoes, GUINT_TO_POINTER(echo), NULL, &found)) {
                *live = GPOINTER_TO_UINT(found);
                return true;
        }
        *live = echo - conversation->script_first_timestamp + conversation->live_first_timestamp;
        return conversation->extrapolates_echoes && conversation->has_first_timestamp;
}
