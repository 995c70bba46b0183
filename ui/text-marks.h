/* How labels stand at the words: which brackets close which, and the tags above the words.
 *
 * Each cell between two words holds one bracket, and one row above a line of words holds its tags: labels never move a
 * word. Labels that overlap have brackets of different kinds, so that it reads without colour which one closes where; a
 * tag for which there is no room is shortened to the letter that its type has in the legend. The ends of the relations
 * that are spoken of name each other by their numbers.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_TEXT_MARKS_H
#define MMIB_UI_TEXT_MARKS_H

#include "corpora/error.h"
#include "ui/session.h"
#include "ui/text-layout.h"

#include <stddef.h>

enum { TEXT_TAG_BYTES = 160 };

struct text_tag {
    size_t entity; /* in shown; of the text "+", the first one for which there is no room */
    size_t column, columns;
    char hint; /* stands before the text while an entity is asked for; 0 = none */
    char text[TEXT_TAG_BYTES];
};

struct text_marks {
    const struct session *session;
    const struct text_layout *layout; /* borrowed */
    unsigned char *levels;            /* [n_entities]: overlapping entities differ */
};

int text_marks_make(const struct session *session, const struct text_layout *layout, struct text_marks *out,
                    struct error *err);
void text_marks_free(struct text_marks *marks); /* what it owns; empty afterwards */

/* What stands in the cell between the token before `token` and itself: '[' and its kin where one label opens, '{' where
 * several do, the same for closing, '|' for both; 0 for nothing. opening, closing: which of them the cell is for.
 * owner_out: the entity whose colour it has. */
char text_marks_bracket(const struct text_marks *marks, size_t token, bool opening, bool closing, size_t *owner_out);

/* Tags of the labels that start in a line of so many columns, from left to right, none over another. Returns how many
 * were written to out [capacity]. */
size_t text_marks_tags(const struct text_marks *marks, size_t line, size_t columns, struct text_tag *out,
                       size_t capacity);

/* The relations that are spoken of as lines between the tags [n] of a line of words: what each cell [columns] of the tags'
 * row holds. Nothing is put on a tag or right beside one; an end that stands in another line leaves at the edge. */
enum text_arc { ARC_NONE, ARC_PROPOSED, ARC_KEPT, ARC_TO_RIGHT, ARC_TO_LEFT };
void text_marks_arcs(const struct text_marks *marks, size_t line, const struct text_tag *tags, size_t n,
                     unsigned char *cells, size_t columns);

#endif
