/*
 * What the tests of recovery, SACK and loss begin with: a sender under RFC 5681's Reno, and a window of ten
 * segments that is out, sent at 0 ms, whose answers come at 100 ms.
 */
#ifndef INORDER_RECOVERY_RIG_H
#define INORDER_RECOVERY_RIG_H

#include "sender_rig.h"

extern struct sender_rig rig;
extern struct tcp_settings settings;

void recovery_setup(void);
void recovery_teardown(void);

/* With the settings as they are now. */
void start_again(uint32_t iss);
void start_with_sack(uint32_t iss);
/* The application has written so much in all, a window of it is out, and 100 ms are over. */
void send_window(uint32_t bytes);

#endif
