/*
 * Names for what TCP says about itself. The states are RFC 9293's.
 */
#include "tcp/tcp_note.h"

#include <glib.h>

static const char *const state_names[] = {
        [TCP_STATE_CLOSED] = "CLOSED",
        [TCP_STATE_LISTEN] = "LISTEN",
        [TCP_STATE_SYN_SENT] = "SYN-SENT",
        [TCP_STATE_SYN_RECEIVED] = "SYN-RECEIVED",
        [TCP_STATE_ESTABLISHED] = "ESTABLISHED",
        [TCP_STATE_FIN_WAIT_1] = "FIN-WAIT-1",
        [TCP_STATE_FIN_WAIT_2] = "FIN-WAIT-2",
        [TCP_STATE_CLOSE_WAIT] = "CLOSE-WAIT",
        [TCP_STATE_CLOSING] = "CLOSING",
        [TCP_STATE_LAST_ACK] = "LAST-ACK",
        [TCP_STATE_TIME_WAIT] = "TIME-WAIT",
};

static const char *const note_names[] = {
        [TCP_NOTE_STATE] = "state",
        [TCP_NOTE_ARRIVED_IN_ORDER] = "segment-in-order",
        [TCP_NOTE_HELD] = "segment-held",
        [TCP_NOTE_DUPLICATE] = "segment-duplicate",
        [TCP_NOTE_HOLE_FILLED] = "hole-filled",
        [TCP_NOTE_REFUSED] = "segment-refused",
        [TCP_NOTE_ACK] = "ack",
        [TCP_NOTE_DUPLICATE_ACK] = "duplicate-ack",
        [TCP_NOTE_WINDOW_UPDATE] = "window-update",
        [TCP_NOTE_SACKED] = "sacked",
        [TCP_NOTE_DSACK] = "dsack",
        [TCP_NOTE_RTT] = "rtt",
        [TCP_NOTE_CONGESTION] = "congestion",
        [TCP_NOTE_LOST] = "lost",
        [TCP_NOTE_RECOVERY_ENTERED] = "recovery-entered",
        [TCP_NOTE_RECOVERY_LEFT] = "recovery-left",
        [TCP_NOTE_RECOVERY_UNDONE] = "recovery-undone",
        [TCP_NOTE_DEADLINE] = "deadline",
        [TCP_NOTE_LIMITED] = "limited",
        [TCP_NOTE_ACCEPT_QUEUE_FULL] = "accept-queue-full",
        [TCP_NOTE_SYN_QUEUE_FULL] = "syn-queue-full",
        [TCP_NOTE_FAILED] = "failed",
};

static const char *const refusal_names[] = {
        [TCP_REFUSED_OUTSIDE_WINDOW] = "outside-window",
        [TCP_REFUSED_OLD_TIMESTAMP] = "old-timestamp",
        [TCP_REFUSED_BAD_ACK] = "bad-ack",
        [TCP_REFUSED_NO_ACK_FLAG] = "no-ack-flag",
        [TCP_REFUSED_RESET] = "reset-beside-next",
        [TCP_REFUSED_SYN] = "unexpected-syn",
        [TCP_REFUSED_STATE] = "state",
        [TCP_REFUSED_RECEIVE_BUFFER] = "receive-buffer",
};

static const char *const loss_sign_names[] = {
        [TCP_LOSS_DUPLICATE_ACKS] = "duplicate-acks",
        [TCP_LOSS_SACK] = "sack",
        [TCP_LOSS_RACK] = "rack",
        [TCP_LOSS_PARTIAL_ACK] = "partial-ack",
        [TCP_LOSS_TAIL_PROBE] = "tail-probe",
        [TCP_LOSS_TIMEOUT] = "timeout",
        [TCP_LOSS_PATH_MTU] = "path-mtu",
        [TCP_LOSS_MARK] = "mark",
};

static const char *const deadline_names[] = {
        [TCP_DEADLINE_RETRANSMIT] = "retransmit",
        [TCP_DEADLINE_TAIL_PROBE] = "tail-probe",
        [TCP_DEADLINE_REORDERING] = "reordering",
        [TCP_DEADLINE_PERSIST] = "persist",
        [TCP_DEADLINE_PACING] = "pacing",
        [TCP_DEADLINE_DELAYED_ACK] = "delayed-ack",
        [TCP_DEADLINE_COMPRESSED_ACK] = "compressed-ack",
        [TCP_DEADLINE_KEEPALIVE] = "keepalive",
        [TCP_DEADLINE_USER_TIMEOUT] = "user-timeout",
        [TCP_DEADLINE_FIN_WAIT_2] = "fin-wait-2",
        [TCP_DEADLINE_TIME_WAIT] = "time-wait",
};

static const char *const limit_names[] = {
        [TCP_LIMIT_NOTHING] = "nothing",
        [TCP_LIMIT_APPLICATION] = "application",
        [TCP_LIMIT_CONGESTION_WINDOW] = "congestion-window",
        [TCP_LIMIT_RECEIVE_WINDOW] = "receive-window",
        [TCP_LIMIT_NAGLE] = "nagle",
};

static const char *const send_reason_names[] = {
        [TCP_SEND_SYN] = "syn",
        [TCP_SEND_SYN_ACK] = "syn-ack",
        [TCP_SEND_NEW_DATA] = "new-data",
        [TCP_SEND_LIMITED_TRANSMIT] = "limited-transmit",
        [TCP_SEND_FAST_RETRANSMIT] = "fast-retransmit",
        [TCP_SEND_RECOVERY] = "recovery",
        [TCP_SEND_TIMEOUT] = "timeout",
        [TCP_SEND_TAIL_PROBE] = "tail-probe",
        [TCP_SEND_WINDOW_PROBE] = "window-probe",
        [TCP_SEND_KEEPALIVE] = "keepalive",
        [TCP_SEND_FIN] = "fin",
        [TCP_SEND_ACK] = "ack",
        [TCP_SEND_DELAYED_ACK] = "delayed-ack",
        [TCP_SEND_DUPLICATE_ACK] = "duplicate-ack",
        [TCP_SEND_WINDOW_UPDATE] = "window-update",
        [TCP_SEND_CHALLENGE_ACK] = "challenge-ack",
        [TCP_SEND_RESET] = "reset",
};

const char *tcp_state_name(enum tcp_state state)
{
        g_assert((size_t)state < G_N_ELEMENTS(state_names));
        return state_names[state];
}

const char *tcp_note_name(enum tcp_note_kind kind)
{
        g_assert((size_t)kind < G_N_ELEMENTS(note_names));
        return note_names[kind];
}

const char *tcp_refusal_name(enum tcp_refusal refusal)
{
        g_assert((size_t)refusal < G_N_ELEMENTS(refusal_names));
        return refusal_names[refusal];
}

const char *tcp_loss_sign_name(enum tcp_loss_sign sign)
{
        g_assert((size_t)sign < G_N_ELEMENTS(loss_sign_names));
        return loss_sign_names[sign];
}

const char *tcp_deadline_name(enum tcp_deadline_kind kind)
{
        g_assert((size_t)kind < G_N_ELEMENTS(deadline_names));
        return deadline_names[kind];
}

const char *tcp_limit_name(enum tcp_limit limit)
{
        g_assert((size_t)limit < G_N_ELEMENTS(limit_names));
        return limit_names[limit];
}

const char *tcp_send_reason_name(enum tcp_send_reason reason)
{
        g_assert((size_t)reason < G_N_ELEMENTS(send_reason_names));
        return send_reason_names[reason];
}
