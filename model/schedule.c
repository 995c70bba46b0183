/* SPDX-License-Identifier: Apache-2.0 */
#include "model/schedule.h"

double schedule_rate(size_t step, size_t warmup_steps, size_t total_steps)
{
    if (step < warmup_steps)
        return (double)step / (double)warmup_steps;
    if (step >= total_steps)
        return 0;
    return (double)(total_steps - step) / (double)(total_steps - warmup_steps);
}
