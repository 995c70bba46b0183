/* Signals that ask long work to end in good order: Ctrl-C, a lost connection.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_SRC_STOP_SIGNALS_H
#define MMIB_SRC_STOP_SIGNALS_H

#include <stdbool.h>

/* From now on the first signal is noted; the second one ends the program at once. */
void stop_signals_watch(void);

int stop_signals_number(void);          /* of the one that came; 0 = none */
bool stop_signals_came(void *context); /* the same question, as callbacks ask it */

#endif
