/*
 * The nouns of a packet script, each read by a file of its own. Private to the parser.
 *
 * Each reads what begins at the token in view. False: a complaint was made; what was filled in by then is still the
 * caller's to clear.
 */
#ifndef INORDER_SCRIPT_TEXT_H
#define INORDER_SCRIPT_TEXT_H

#include "script/script_reader.h"

/* script_option_line.c: the lines of "--name=value" at the top; --define goes to the macros unless it is in `fixed`. */
bool script_read_options(struct reader *reader, GPtrArray *options, GHashTable *fixed);

/* script_time_text.c */
bool script_read_time(struct reader *reader, struct script_time *time);
/* "...END" of a blocking call that starts at `start`. */
bool script_read_end_time(struct reader *reader, const struct script_time *start, struct script_time *end);

/* script_value_text.c; NULL: a complaint. */
struct script_value *script_read_value(struct reader *reader);
bool script_read_values(struct reader *reader, char close, GPtrArray *values); /* up to and with `close` */
void script_value_free(struct script_value *value);
typedef struct script_value ScriptValue;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScriptValue, script_value_free)
GPtrArray *script_values_new(void);

/* script_call_text.c: from "name(" or "...END name(" on. */
bool script_read_call(struct reader *reader, const struct script_time *start, struct script_call *call);
void script_call_clear(struct script_call *call);

/* script_packet_text.c, script_icmp_text.c, script_tcp_text.c */
bool script_read_packet(struct reader *reader, struct script_packet *packet);
void script_packet_clear(struct script_packet *packet);
bool script_read_range(struct reader *reader, struct script_range *range);
bool script_read_icmp(struct reader *reader, struct script_icmp *icmp); /* behind "icmp" */
bool script_read_tcp(struct reader *reader, enum script_direction direction, struct script_tcp *tcp);
/* script_tcp_options.c: "<...>" or nothing */
bool script_read_tcp_options(struct reader *reader, enum script_direction direction, struct script_tcp *tcp);
size_t script_option_size(const struct script_option *option); /* bytes on the wire */

#endif
