/* SPDX-License-Identifier: Apache-2.0 */
#include "src/number-list.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>

int number_list_parse(const char *option, const char *text, double most, bool whole, double out[NUMBER_LIST_MAX],
                      size_t *n_out, struct error *err)
{
    const char *at = text;
    for (*n_out = 0;; at++) {
        char *end;
        double number = strtod(at, &end);
        if (end == at || (*end && *end != ',') || isspace((unsigned char)*at) || !(number >= 0 && number <= most) ||
            (whole && floor(number) != number))
            return error_set(err, ERROR_USAGE, "--%s: %s is not a list of %snumbers from 0 to %g, as in 1,2,3", option,
                             text, whole ? "whole " : "", most);
        for (size_t i = 0; i < *n_out; i++)
            if (out[i] == number)
                return error_set(err, ERROR_USAGE, "--%s: %g stands twice", option, number);
        if (*n_out == NUMBER_LIST_MAX)
            return error_set(err, ERROR_USAGE, "--%s: more than %d numbers", option, NUMBER_LIST_MAX);
        out[(*n_out)++] = number;
        at = end;
        if (!*at)
            return 0;
    }
}
