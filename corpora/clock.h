/* The clock that never goes back.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_CLOCK_H
#define MMIB_CORPORA_CLOCK_H

double clock_ms(void); /* since some moment in the past */

#endif
