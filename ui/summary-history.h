/* Reads the history of a corpus for its times, on a thread of its own: a long one takes a while.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_SUMMARY_HISTORY_H
#define MMIB_UI_SUMMARY_HISTORY_H

#include "corpora/error.h"
#include "ui/summary-times.h"

#include <stdbool.h>
#include <stddef.h>

struct summary_history;

/* NULL with a message when it cannot be started. */
struct summary_history *summary_history_start(const char *corpus_path, size_t n_posts, struct error *err);

/* Ends it, whether it is done or not. NULL is fine. */
void summary_history_stop(struct summary_history *history);

/* 1: done, and *out has the times (its own, good until summary_history_stop); 0: not yet; -1: it failed. */
int summary_history_times(struct summary_history *history, const struct summary_times **out, struct error *err);

#endif
