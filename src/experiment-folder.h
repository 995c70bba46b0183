/* The folders of an experiment: see experiment.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_SRC_EXPERIMENT_FOLDER_H
#define MMIB_SRC_EXPERIMENT_FOLDER_H

#include "corpora/error.h"
#include "corpora/lock.h"

#include <stdbool.h>

/* Can the experiment stand there? Asked before long work; directory is that of the model. */
int experiment_folder_check(const char *out, const char *directory, struct error *err);

/* Makes OUT and OUT/runs, and keeps other experiments out. The paths of runs and running are the caller's, also after a
 * failure. */
int experiment_folder_make(const char *out, char **runs_out, char **running_out, struct lock *lock, struct error *err);

/* Makes running ready for a run of these settings: what a run of others left there is removed; *resume_out: there is a
 * checkpoint to go on with. */
int experiment_folder_begin(const char *running, const char *settings, bool *resume_out, struct error *err);

/* After a run of these settings: what running has of it becomes the folder kept; it goes where kept is NULL. A running
 * folder of other settings, or none, stays as it is. */
int experiment_folder_end(const char *running, const char *settings, const char *kept, struct error *err);

/* A model of other settings must not be replaced, which is to be said before a run. */
int experiment_folder_check_kept(const char *kept, const char *settings, struct error *err);

#endif
