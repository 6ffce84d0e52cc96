/*
 * What CUBIC's two files share: the window's growth, and HyStart, which ends its slow start.
 */
#ifndef INORDER_CONG_CUBIC_H
#define INORDER_CONG_CUBIC_H

#include "tcp/cong.h"

void hystart_begin_round(struct cong_cubic *cubic, const struct cong_facts *facts);
/* In slow start, a round trip of `delay` us was measured: ssthresh falls to cwnd when the path seems full. */
void hystart_on_sample(struct cong *cong, uint32_t delay, const struct cong_facts *facts);

#endif
