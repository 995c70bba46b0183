/* The learning rate over a run: it rises from 0 during the warm-up, then falls to 0, both in a straight line.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_SCHEDULE_H
#define MMIB_MODEL_SCHEDULE_H

#include <stddef.h>

/* The share of the full rate that holds for step 0, 1, ...: 0 for the first step with a warm-up, 1 for step warmup_steps,
 * 0 from total_steps on. */
double schedule_rate(size_t step, size_t warmup_steps, size_t total_steps);

#endif
