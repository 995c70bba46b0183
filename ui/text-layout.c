/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/text-layout.h"

#include "corpora/hash.h"
#include "corpora/text.h"
#include "ui/text-cells.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Where the next piece may start. */
struct layout_place {
    size_t line, column;
    size_t columns; /* of a line; the last cell stays free for a bracket */
};

static int layout_add(struct text_layout *out, struct text_piece piece)
{
    struct text_piece *grown = array_grow(out->pieces, out->n_pieces, sizeof *out->pieces);
    if (!grown)
        return -1;
    out->pieces = grown;
    out->pieces[out->n_pieces++] = piece;
    return 0;
}

/* A word longer than a line: cut between clusters, whole lines of it. */
static int layout_add_long(struct text_layout *out, size_t token, const char *text, struct layout_place *place)
{
    size_t n = strlen(text), offset = 0;
    struct text_piece piece = {.token = token, .line = place->line, .column = place->column};
    struct text_cluster cluster;
    while (text_cells_next(text, n, offset, &cluster)) {
        if (piece.column + piece.columns + cluster.columns >= place->columns && piece.columns) {
            if (layout_add(out, piece))
                return -1;
            place->line++;
            piece = (struct text_piece){.token = token, .line = place->line, .column = 1, .offset = offset};
        }
        piece.columns += cluster.columns;
        piece.n_bytes = offset + cluster.n_bytes - piece.offset;
        offset += cluster.n_bytes;
    }
    place->column = piece.column + piece.columns + 1;
    return layout_add(out, piece);
}

int text_layout_make(char *const *tokens, size_t n_tokens, size_t columns, struct text_layout *out, struct error *err)
{
    *out = (struct text_layout){.n_tokens = n_tokens};
    struct layout_place place = {.column = 1,
                                 .columns = columns < TEXT_LAYOUT_COLUMNS_MIN ? TEXT_LAYOUT_COLUMNS_MIN : columns};
    out->first_piece = calloc(n_tokens + 1, sizeof *out->first_piece);
    if (!out->first_piece)
        goto memory;
    for (size_t i = 0; i < n_tokens; i++) {
        size_t n_bytes = strlen(tokens[i]);
        size_t width = text_cells_width(tokens[i], n_bytes);
        if (!width)
            width = 1;
        if (place.column > 1 && place.column + width >= place.columns) {
            place.line++;
            place.column = 1;
        }
        out->first_piece[i] = out->n_pieces;
        if (place.column + width >= place.columns) {
            if (layout_add_long(out, i, tokens[i], &place))
                goto memory;
        } else {
            if (layout_add(out, (struct text_piece){.token = i,
                                                    .line = place.line,
                                                    .column = place.column,
                                                    .columns = width,
                                                    .n_bytes = n_bytes}))
                goto memory;
            place.column += width + 1;
        }
    }
    out->first_piece[n_tokens] = out->n_pieces;
    out->n_lines = n_tokens ? place.line + 1 : 0;
    return 0;
memory:
    text_layout_free(out);
    return error_memory(err, "wrapping a text");
}

uint64_t text_layout_words(char *const *tokens, size_t n_tokens)
{
    uint64_t hash = HASH_START;
    for (size_t i = 0; i < n_tokens; i++)
        hash = hash_bytes(hash, tokens[i], strlen(tokens[i]) + 1);
    return hash;
}

void text_layout_free(struct text_layout *layout)
{
    free(layout->pieces);
    free(layout->first_piece);
    *layout = (struct text_layout){0};
}

size_t text_layout_token_at(const struct text_layout *layout, size_t line, size_t column)
{
    size_t best = 0, best_distance = (size_t)-1;
    for (size_t i = 0; i < layout->n_pieces; i++) {
        const struct text_piece *p = &layout->pieces[i];
        if (p->line != line)
            continue;
        size_t distance = column < p->column                 ? p->column - column
                          : column >= p->column + p->columns ? column - p->column - p->columns + 1
                                                             : 0;
        if (distance < best_distance) {
            best_distance = distance;
            best = p->token;
        }
    }
    return best;
}

size_t text_layout_step(const struct text_layout *layout, size_t token, int lines, size_t *column)
{
    if (token >= layout->n_tokens)
        return token;
    size_t first = layout->first_piece[token], last = layout->first_piece[token + 1] - 1;
    const struct text_piece *from = &layout->pieces[lines < 0 ? first : last];
    if (*column == SIZE_MAX)
        *column = from->column + from->columns / 2;
    if (lines < 0 ? from->line == 0 : from->line + 1 >= layout->n_lines)
        return token;
    return text_layout_token_at(layout, lines < 0 ? from->line - 1 : from->line + 1, *column);
}

size_t text_layout_line_start(const struct text_layout *layout, size_t token)
{
    size_t line = layout->pieces[layout->first_piece[token]].line;
    while (token > 0 && layout->pieces[layout->first_piece[token - 1]].line == line)
        token--;
    return token;
}

size_t text_layout_line_end(const struct text_layout *layout, size_t token)
{
    size_t line = layout->pieces[layout->first_piece[token]].line;
    while (token + 1 < layout->n_tokens && layout->pieces[layout->first_piece[token + 1]].line == line)
        token++;
    return token;
}
