/* SPDX-License-Identifier: Apache-2.0 */
#include "src/progress.h"

#include "corpora/clock.h"
#include "model/mmib.h"

#include <stdio.h>
#include <unistd.h>

enum { PROGRESS_BAR_CELLS = 24, PROGRESS_BAR_MS = 100, PROGRESS_LINE_MS = 10000 };

void progress_start(struct progress *progress, const char *what, size_t total, bool quiet)
{
    double now = clock_ms();
    *progress = (struct progress){what, total, quiet, isatty(STDERR_FILENO), now, now};
}

void progress_show(struct progress *progress, size_t done)
{
    double now = clock_ms(), seconds = (now - progress->start_ms) / 1000;
    if (progress->quiet || now - progress->shown_ms < (progress->terminal ? PROGRESS_BAR_MS : PROGRESS_LINE_MS))
        return;
    progress->shown_ms = now;
    double rate = seconds > 0 ? (double)done / seconds : 0;
    double left = rate > 0 ? (double)(progress->total - done) / rate : 0;
    if (progress->terminal) {
        int filled = progress->total ? (int)(done * PROGRESS_BAR_CELLS / progress->total) : PROGRESS_BAR_CELLS;
        fprintf(stderr, "\r[%.*s%.*s] ", filled, "########################", PROGRESS_BAR_CELLS - filled,
                "........................");
    }
    fprintf(stderr, "%zu of %zu %s, %.1f a second, %.0f s left%s", done, progress->total, progress->what, rate, left,
            progress->terminal ? "  " : "\n");
    fflush(stderr);
}

void progress_end(struct progress *progress)
{
    if (progress->terminal && !progress->quiet)
        fputs("\r\033[K", stderr);
}
