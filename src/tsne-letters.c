/* SPDX-License-Identifier: Apache-2.0 */
#include "src/tsne-letters.h"

#include "corpora/text.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LETTERS_ROWS_MIN = 10, LETTERS_ROWS_MAX = 40, LETTERS_COLUMNS_MAX = 100 };

static const char letters_both = '*'; /* a cell with more than one of them */

/* A type's letter: the first of its name, or where another type has that one, the next of the alphabet. */
static void letters_choose(const struct linked_pairs *pairs, char letters[LINKED_TYPES_MAX])
{
    for (size_t i = 0; i < pairs->n_types; i++) {
        int first = tolower((unsigned char)pairs->types[i].name[0]);
        letters[i] = (char)(first >= 'a' && first <= 'z' ? first : 'a');
        for (size_t tries = 0; tries < 26 && memchr(letters, letters[i], i); tries++)
            letters[i] = (char)(letters[i] == 'z' ? 'a' : letters[i] + 1);
    }
}

/* cells [rows, columns], NUL = nothing; a cell is about twice as high as wide. */
static void letters_fill(const struct tsne_figure *figure, const double *y, const char *letters, char *cells,
                         size_t rows, size_t columns)
{
    size_t n = 2 * figure->pairs->n;
    double low[2] = {INFINITY, INFINITY}, high[2] = {-INFINITY, -INFINITY};
    for (size_t i = 0; i < 2 * n; i++) {
        low[i % 2] = fmin(low[i % 2], y[i]);
        high[i % 2] = fmax(high[i % 2], y[i]);
    }
    double scale = fmax((high[0] - low[0]) / (double)(columns - 1), (high[1] - low[1]) / (2.0 * (double)(rows - 1)));
    scale = fmax(scale, 1e-9);
    for (size_t i = 0; i < n; i++) {
        double x = (double)(columns - 1) / 2 + (y[2 * i] - (low[0] + high[0]) / 2) / scale;
        double row = (double)(rows - 1) / 2 - (y[2 * i + 1] - (low[1] + high[1]) / 2) / (2 * scale);
        char *cell = &cells[(size_t)lround(row) * columns + (size_t)lround(x)];
        int letter = letters[figure->pairs->each[i / 2].type];
        char mark = (char)(i % 2 ? toupper(letter) : letter);
        *cell = *cell && *cell != mark ? letters_both : mark;
    }
}

static const char *letters_colour(char mark, enum terminal_colours colours)
{
    if (mark == letters_both || colours == COLOURS_NONE)
        return "";
    if (islower((unsigned char)mark))
        return colours >= COLOURS_256 ? "\033[38;5;39m" : "\033[36m";
    return colours >= COLOURS_256 ? "\033[38;5;208m" : "\033[33m";
}

static void letters_put(struct text *out, char mark, enum terminal_colours colours)
{
    const char *colour = letters_colour(mark, colours);
    text_add(out, colour);
    text_add_char(out, mark);
    text_add(out, *colour ? "\033[m" : "");
}

static void letters_panel(struct text *out, const char *cells, size_t rows, size_t columns,
                          enum terminal_colours colours)
{
    for (size_t r = 0; r < rows; r++) {
        size_t end = columns;
        while (end && !cells[r * columns + end - 1])
            end--;
        for (size_t c = 0; c < end; c++)
            if (cells[r * columns + c])
                letters_put(out, cells[r * columns + c], colours);
            else
                text_add_char(out, ' ');
        text_add_char(out, '\n');
    }
}

static void letters_legend(struct text *out, const struct linked_pairs *pairs, const char *letters,
                           enum terminal_colours colours)
{
    for (size_t i = 0; i < pairs->n_types; i++) {
        text_add(out, i ? ", " : "");
        letters_put(out, letters[i], colours);
        text_add_char(out, ' ');
        letters_put(out, (char)toupper(letters[i]), colours);
        text_add_char(out, ' ');
        text_add(out, pairs->types[i].name);
    }
    text_add_format(out, " (small: text, capital: image, %c several)\n", letters_both);
}

int tsne_letters_show(const struct tsne_figure *figure, const struct terminal *terminal, struct error *err)
{
    char letters[LINKED_TYPES_MAX];
    struct text out = {0};
    size_t columns = terminal->columns > 1 ? terminal->columns - 1 : 1;
    columns = columns > LETTERS_COLUMNS_MAX ? LETTERS_COLUMNS_MAX : columns;
    size_t rows = terminal->rows > LETTERS_ROWS_MIN + 5 ? terminal->rows - 5 : LETTERS_ROWS_MIN;
    rows = rows > LETTERS_ROWS_MAX ? LETTERS_ROWS_MAX : rows;
    char *cells = malloc(rows * columns + 1);
    if (!cells)
        return error_memory(err, "figure");
    letters_choose(figure->pairs, letters);
    for (size_t m = 0; m < figure->n_panels; m++) {
        memset(cells, 0, rows * columns);
        letters_fill(figure, figure->panels[m].y, letters, cells, rows, columns);
        text_add_format(&out, "%s\n", figure->panels[m].title);
        letters_panel(&out, cells, rows, columns, terminal->colours);
    }
    letters_legend(&out, figure->pairs, letters, terminal->colours);
    int result = out.failed ? error_memory(err, "figure") : 0;
    if (!result)
        fwrite(out.bytes, 1, out.n, stdout);
    text_free(&out);
    free(cells);
    return result;
}
