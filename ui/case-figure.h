/* The post of the case on the screen as a figure (post-figure.h), from what the screen knows already.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_CASE_FIGURE_H
#define MMIB_UI_CASE_FIGURE_H

#include "corpora/error.h"
#include "ui/session.h"

#include <stddef.h>

/* A name to begin with: the post's id as a file of this folder, .svg. */
void case_figure_name(const struct post *post, char *out, size_t size);

/* Writes path, and the numbers beside it. A file that is there already is never replaced. Systems whose labels come from
 * a file have no numbers to draw; where no system has any yet, it fails and says so. */
int case_figure_save(const struct session *session, const char *path, struct error *err);

#endif
