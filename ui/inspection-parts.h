/* What the files of the inspection share, and nobody else includes: inspection.c has the systems and what they say,
 * inspection-list.c which cases fit.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_INSPECTION_PARTS_H
#define MMIB_UI_INSPECTION_PARTS_H

#include "corpora/error.h"
#include "ui/inspection.h"

#include <stddef.h>

/* Gold's post as it was published; NULL = it was not there. */
const struct post *inspection_published(const struct inspection *inspection, size_t index);

/* Finds the buckets of the post's cases, which were made just now. */
int inspection_find_buckets(struct inspection *inspection, size_t system, size_t post, struct error *err);

/* A's class and B's of what an item is about, or -1. */
void inspection_pair(const struct inspection *inspection, const struct inspection_item *item,
                     const struct cases_entry *entry, int out[2]);

/* Every case of a system in a post, or, where two are compared, what both made of each label: calls see for each, with
 * nothing of it in the list yet. Stops at what is not 0, and returns that. */
int inspection_each(const struct inspection *inspection, size_t post,
                    int (*see)(void *context, const struct inspection_item *item, const struct cases_entry *entry),
                    void *context);

/* Adds the items of the posts that were counted since there were so many. */
int inspection_list_counted(struct inspection *inspection, size_t before, struct error *err);

/* The post's items made anew, in the list as it stands. */
int inspection_list_post(struct inspection *inspection, size_t post, struct error *err);

#endif
