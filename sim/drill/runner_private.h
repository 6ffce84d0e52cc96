/*
 * The inside of a run, for the files of the runner.
 */
#ifndef INORDER_RUNNER_PRIVATE_H
#define INORDER_RUNNER_PRIVATE_H

#include <stdio.h>
#include <string.h>
#include "script/code_block.h"
#include "drill/conversation.h"
#include "drill/kept_file.h"
#include "drill/packet_text.h"
#include "drill/script_calls.h"
#include "drill/script_runner.h"
#include "drill/script_settings.h"
#include "drill/sysctls.h"
#include "trace/capture.h"

/* When an event is due; expected packets may come between. */
struct due {
        bool is_any;
        time_ns from;
        time_ns to;
        duration_ns tolerance;
};

/* The blocking call under way; there is one at a time. */
struct pending_call {
        const struct script_event *event; /* NULL: none */
        ScriptCall *call;
        struct errand errand;
        struct due end;
};

/* What command lines have done. */
struct run_commands {
        Sysctls *sysctls;
        GPtrArray *saved;  /* of struct saved_sysctl *, to be restored from the last to the first */
        GHashTable *marks; /* counter's name → its value at the last mark */
};

typedef struct Runner Runner;
struct Runner {
        const struct script *script;
        const struct run_rules *rules;
        const struct stack_ops *ops;
        struct script_settings settings;
        struct script_result *result;
        Stack *stack;
        struct conversation conversation;
        struct conversation *talk; /* that, or another caller's that the event in hand is about */
        struct call_context calls;
        CodeNames *names;
        time_ns start;     /* of the script, on the stack's clock */
        time_ns turned_at; /* when the interpreter turned to the present event */
        struct due due;    /* of the present event */
        const struct script_event *previous;
        time_ns previous_due;
        struct run_commands commands;
        struct pending_call pending;
        GQueue waiting; /* of struct captured_packet *: taken from the stack, but not used up */
        GQueue passed_over; /* the same: segments of others than the socket under test */
        struct kept_file pcap_file;
        Capture *pcap;
        uint32_t pcap_sent;
};

/* ---- run_tell.c ---- */

/* "  0.100000 > S. 0:0(0) ack 1". */
void runner_log(Runner *runner, time_ns at, const char *what, const char *text);
/* The same, before what is told of later instants. */
void runner_log_in_order(Runner *runner, time_ns at, const char *what, const char *text);
void runner_warn(Runner *runner, struct script_place place, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* Always false. */
bool runner_fail(Runner *runner, struct script_place place, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* The same; a refusal makes the script "not run", and an error's own place counts. */
bool runner_fail_with(Runner *runner, struct script_place place, const GError *error);
duration_ns runner_tolerance(const Runner *runner, duration_ns distance);
bool runner_is_in_time(const struct due *due, time_ns at);
/* Until the event is due. False: that was too long ago, because what came before took its time. */
bool runner_wait_for_due(Runner *runner, const struct script_event *event);

/* ---- run_packets.c ---- */

bool runner_inject(Runner *runner, const struct script_event *event);
bool runner_expect(Runner *runner, const struct script_event *event);
/* What was sent and nobody expected. */
bool runner_look_for_extras(Runner *runner);
/* The script has failed: the exchange has what was sent until now, too. */
void runner_log_rest(Runner *runner);
void runner_forget_packets(Runner *runner);

/* ---- run_calls.c ---- */

bool runner_call(Runner *runner, const struct script_event *event);
/* A blocking call that has returned is compared. `is_last`: it is waited for. */
bool runner_check_pending(Runner *runner, bool is_last);
void runner_forget_pending(Runner *runner);
/* Run `main` as an errand that does not wait. */
void runner_do(Runner *runner, void (*main)(Caller *caller, void *data), void *data);

/* ---- run_code.c ---- */

bool runner_code(Runner *runner, const struct script_event *event);
/* ---- run_commands.c ---- */

void run_commands_init(struct run_commands *commands, const struct script *script);
void run_commands_clear(struct run_commands *commands);
bool runner_command(Runner *runner, const char *text, struct script_place place);

/* ---- run_pcap.c ---- */

bool runner_open_pcap(Runner *runner, GError **error);
void runner_record(Runner *runner, time_ns at, bool is_sent, const uint8_t *bytes, size_t size);
bool runner_close_pcap(Runner *runner, GError **error);

#endif
