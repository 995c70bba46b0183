/* Lists of numbers with commas between, as options take them: "1,2,3".
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_SRC_NUMBER_LIST_H
#define MMIB_SRC_NUMBER_LIST_H

#include "corpora/error.h"

#include <stdbool.h>
#include <stddef.h>

enum { NUMBER_LIST_MAX = 32 };

/* Different numbers from 0 to most, whole ones where that is asked for. *n_out is at least 1. Else ERROR_USAGE. */
int number_list_parse(const char *option, const char *text, double most, bool whole, double out[NUMBER_LIST_MAX],
                      size_t *n_out, struct error *err);

#endif
