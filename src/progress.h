/* Progress of long work on stderr: a bar on a terminal, a plain line every ten seconds elsewhere.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_SRC_PROGRESS_H
#define MMIB_SRC_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

struct progress {
    const char *what; /* what is counted: "posts" */
    size_t total;
    bool quiet, terminal;
    double start_ms, shown_ms;
};

void progress_start(struct progress *progress, const char *what, size_t total, bool quiet);
void progress_show(struct progress *progress, size_t done);
void progress_end(struct progress *progress); /* clears the bar */

#endif
