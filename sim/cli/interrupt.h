/*
 * What may end a command early.
 */
#ifndef INORDER_INTERRUPT_H
#define INORDER_INTERRUPT_H

/* From now on the first SIGINT, SIGTERM or SIGHUP only makes the number behind the answer other than 0; a
 * second one of its kind ends the program. */
const volatile int *interrupt_catch(void);

#endif
