/* What the labels of a tagging head mean: B-, I- and O of which type.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_TAGSET_H
#define MMIB_MODEL_TAGSET_H

#include "corpora/error.h"

#include <stddef.h>

enum tag_kind { TAG_OUTSIDE, TAG_BEGIN, TAG_INSIDE, TAG_OTHER /* "X", "[CLS]", ...: counts as outside */ };

struct tagset {
    size_t n_labels;
    enum tag_kind *kinds; /* [n_labels] */
    size_t *types;        /* [n_labels] index in names; SIZE_MAX for O and others */
    size_t n_types;
    const char **names;     /* [n_types] entity types, borrowed from the labels */
    size_t *begin, *inside; /* [n_types] label of B-T and I-T; SIZE_MAX = there is none */
};

/* labels must outlive the tagset. -1 when memory is out. */
int tagset_make(char *const *labels, size_t n, struct tagset *out, struct error *err);
void tagset_free(struct tagset *tagset); /* what it owns */

/* A crf_rule for BIO: no path begins with I-T, and I-T follows only B-T or I-T. context is a struct tagset. */
int tagset_bio_rule(const void *context, size_t from, size_t to);

struct tag_span {
    size_t start, end; /* tokens, half open */
    size_t type;       /* index in names */
};

/* Spans of a label sequence, labels[t] < n_labels or SIZE_MAX (no row: O). An I-T that continues nothing begins a span, as
 * in seqeval's default mode. out has room for n spans; returns how many. */
size_t tagset_spans(const struct tagset *tagset, const size_t *labels, size_t n, struct tag_span *out);

#endif
