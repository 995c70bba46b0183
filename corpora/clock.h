/* The clock that never goes back, and the times that stand in files.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_CLOCK_H
#define MMIB_CORPORA_CLOCK_H

#include <stdbool.h>

double clock_ms(void); /* since some moment in the past */

/* An RFC 3339 time, such as edit_time_now writes, in whole seconds since 1970. False: it is none. */
bool clock_read(const char *time, long long *seconds_out);

#endif
