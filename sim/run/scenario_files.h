/*
 * The documents of an `http-server`: files read whole before the run, and documents made from a rule.
 */
#ifndef INORDER_SCENARIO_FILES_H
#define INORDER_SCENARIO_FILES_H

#include "run/field.h"

#define SCENARIO_FILES_MAX      10000
#define SCENARIO_FILE_BYTES_MAX (256u << 20) /* of one program's, together */

extern const struct field_type field_document_root; /* root: on struct scenario_app */
extern const struct field_type field_files;         /* files: on struct scenario_app */

/* Another file that the scenario is made of, by its path from the scenario's own; the scenario keeps it, its
 * `path` the name under which a run's directory keeps it. NULL: it cannot be read. */
const struct scenario_file *scenario_load_input(
        struct field_reader *reader, const char *source, struct mark mark);
/* Its bytes as a text, to be freed. NULL: it is none. */
char *scenario_text_of(struct field_reader *reader, const struct scenario_file *file, struct mark mark);

#endif
