/* Verdicts: what a person says about a case, that is, about what the gold has and what a system said at one place.
 *
 * Plain values, owned by their post (post.h).
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_VERDICT_H
#define MMIB_CORPORA_VERDICT_H

#include <stdbool.h>
#include <stddef.h>

enum verdict_answer { VERDICT_MODEL, VERDICT_GOLD, VERDICT_BOTH, VERDICT_UNSURE }; /* who is wrong */

/* One side of a case. */
struct verdict_label {
    bool has; /* false: there is no label on this side */
    size_t start, end;       /* of an entity: tokens, half open */
    size_t head[2], tail[2]; /* of a relation: the tokens of its entities */
    char *type;              /* NULL = unknown */
    char *extra;             /* members of the file that are not ours: the text of a JSON object, NULL = none */
};

struct verdict {
    bool relation;
    struct verdict_label gold, predicted; /* one of them at least is there */
    enum verdict_answer answer;
    char *note;   /* NULL = none */
    char *system; /* whose prediction it was; NULL = not said */
    char *by;     /* who says so; NULL = not said */
    char *at;     /* RFC 3339; NULL = not said */
    char *extra;
};

void verdict_free(struct verdict *verdict);                            /* what it owns, not the struct itself */
int verdict_copy(const struct verdict *from, struct verdict *out);     /* deep; 0, or -1 when memory is out */

/* The same labels on the same tokens on both sides: the same case, whoever judged it, and whichever system said so. */
bool verdict_same_case(const struct verdict *a, const struct verdict *b);

/* The same case, system and person: of these, a post needs one verdict only. */
bool verdict_same_key(const struct verdict *a, const struct verdict *b);

/* The same key, answer and note. */
bool verdict_equal(const struct verdict *a, const struct verdict *b);

/* Names as they stand in files: "model", "gold", "both", "unsure". from_name returns -1 for an unknown name. */
const char *verdict_answer_name(enum verdict_answer answer);
int verdict_answer_from_name(const char *name);

#endif
