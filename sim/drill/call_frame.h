/*
 * A call being made: its arguments as the socket layer wants them, and what came back. For the files of script_calls.
 */
#ifndef INORDER_CALL_FRAME_H
#define INORDER_CALL_FRAME_H

#include "drill/script_calls.h"

/* What a getsockopt, a control message or an epoll event may be as bytes. */
#define CALL_VALUE_SIZE   1024
#define CALL_CONTROL_SIZE 1024
#define CALL_EVENTS_MAX   64

struct ScriptCall {
        struct call_context *context;
        const struct script_call *script;
        const struct call_kind *kind;
        int fd; /* live */
        int64_t numbers[4]; /* in order of the arguments that are plain numbers; see each call */
        bool has_address;
        struct endpoint address;
        GByteArray *buffer;    /* to read into, to write from */
        bool is_null_buffer;   /* the script passes no buffer at all */
        GArray *pieces;        /* of struct iovec, into the buffer */
        struct stack_message message;
        uint8_t control[CALL_CONTROL_SIZE];
        uint8_t value[CALL_VALUE_SIZE]; /* of options; `value_size` of them */
        socklen_t value_size;
        bool has_value;        /* false: NULL is passed */
        int answer;            /* of ioctl */
        GArray *polls;         /* of struct pollfd */
        struct epoll_event events[CALL_EVENTS_MAX];
        int64_t result;
        int error;
};

/* One call of the language. */
struct call_kind {
        const char *name;
        unsigned least; /* arguments */
        unsigned most;
        bool (*prepare)(ScriptCall *call, GError **error);
        int64_t (*perform)(Caller *caller, ScriptCall *call); /* -1 and errno */
        /* What of the results but the returned number differs; NULL: nothing to look at. */
        void (*check)(ScriptCall *call, GString *differences);
        bool gives_fd;
};
extern const struct call_kind call_kinds[];
extern const unsigned call_kind_count;
/* NULL: there is no such call. */
const struct call_kind *call_kind_find(const char *name);

/* ---- Arguments ---- */

const struct script_value *call_argument(const ScriptCall *call, unsigned index);
/* Always false, with "LINE:COL: error: ...". */
bool call_refuse(const struct script_value *at, GError **error, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* An integer, a name, or names joined by "|". */
bool call_number(const struct script_value *value, int64_t *number, GError **error);
/* The integer within [brackets]; "..." leaves `*number` alone. */
bool call_boxed_number(const struct script_value *value, int64_t *number, GError **error);
/* A descriptor that an earlier call returned: the live one, or -1. */
int call_live_fd(const ScriptCall *call, int64_t script_fd);
/* The field `name` of a struct; NULL: it has none. */
const struct script_field *call_field(const struct script_value *value, const char *name);
bool call_field_number(const struct script_value *value, const char *name, int64_t *number, GError **error);

void call_differ(GString *differences, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* ---- call_options.c: getsockopt, setsockopt, ioctl, fcntl ---- */
bool call_prepare_getsockopt(ScriptCall *call, GError **error);
int64_t call_perform_getsockopt(Caller *caller, ScriptCall *call);
void call_check_getsockopt(ScriptCall *call, GString *differences);
bool call_prepare_setsockopt(ScriptCall *call, GError **error);
int64_t call_perform_setsockopt(Caller *caller, ScriptCall *call);
bool call_prepare_ioctl(ScriptCall *call, GError **error);
int64_t call_perform_ioctl(Caller *caller, ScriptCall *call);
void call_check_ioctl(ScriptCall *call, GString *differences);
bool call_prepare_fcntl(ScriptCall *call, GError **error);
int64_t call_perform_fcntl(Caller *caller, ScriptCall *call);

/* ---- call_messages.c: sendmsg, recvmsg ---- */
bool call_prepare_message(ScriptCall *call, GError **error);
/* A call that sends and connects at once (MSG_FASTOPEN). */
void call_may_connect(ScriptCall *call);
int64_t call_perform_sendmsg(Caller *caller, ScriptCall *call);
int64_t call_perform_recvmsg(Caller *caller, ScriptCall *call);
void call_check_recvmsg(ScriptCall *call, GString *differences);
bool call_prepare_vector(ScriptCall *call, GError **error);
/* `size` zeros as one piece. */
void call_add_piece(ScriptCall *call, size_t size);
void call_end_pieces(ScriptCall *call);

/* ---- call_events.c: poll, epoll ---- */
bool call_prepare_poll(ScriptCall *call, GError **error);
int64_t call_perform_poll(Caller *caller, ScriptCall *call);
void call_check_poll(ScriptCall *call, GString *differences);
bool call_prepare_epoll_ctl(ScriptCall *call, GError **error);
int64_t call_perform_epoll_ctl(Caller *caller, ScriptCall *call);
bool call_prepare_epoll_wait(ScriptCall *call, GError **error);
int64_t call_perform_epoll_wait(Caller *caller, ScriptCall *call);
void call_check_epoll_wait(ScriptCall *call, GString *differences);

#endif
