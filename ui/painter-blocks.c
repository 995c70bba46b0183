/* SPDX-License-Identifier: Apache-2.0
 *
 * Sequences: CSI 38;2;R;G;B m and 48;2 (24 bit), 38;5;N and 48;5 (256), 30..37, 90..97, 40..47, 100..107 (8 and 16),
 * CSI 4 m, CSI 7 m, CSI m.
 * A cell is U+2580: its upper half in the foreground, its lower half in the background. */
#include "ui/painter-blocks.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The most a cell can need: two colours of 24 bit and a character. */
enum { CELL_BYTES_MAX = 48, LINE_BYTES_MAX = 16 };

struct blocks_line {
    uint8_t *bytes;
    size_t n;
    int foreground, background; /* as told last; -1 = default */
};

static void __attribute__((format(printf, 2, 3))) blocks_print(struct blocks_line *line, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    line->n += (size_t)vsprintf((char *)line->bytes + line->n, format, ap);
    va_end(ap);
}

/* The channel value of a step of the 6x6x6 cube, and the step nearest to a channel value. */
static int blocks_cube_value(int step)
{
    return step ? 55 + 40 * step : 0;
}

static int blocks_cube_step(int value)
{
    return value < 48 ? 0 : value < 115 ? 1 : (value - 35) / 40;
}

static int blocks_square(int x)
{
    return x * x;
}

static int blocks_nearest_256(int r, int g, int b)
{
    int cr = blocks_cube_step(r), cg = blocks_cube_step(g), cb = blocks_cube_step(b);
    int grey = ((r + g + b) / 3 - 3) / 10;
    grey = grey < 0 ? 0 : grey > 23 ? 23 : grey;
    int level = 8 + 10 * grey;
    int to_cube = blocks_square(blocks_cube_value(cr) - r) + blocks_square(blocks_cube_value(cg) - g) +
                  blocks_square(blocks_cube_value(cb) - b);
    int to_grey = blocks_square(level - r) + blocks_square(level - g) + blocks_square(level - b);
    return to_grey < to_cube ? 232 + grey : 16 + 36 * cr + 6 * cg + cb;
}

/* xterm's first sixteen; others differ a little. */
static int blocks_nearest_16(int r, int g, int b, int n)
{
    static const uint8_t palette[16][3] = {
        {0, 0, 0},       {205, 0, 0},   {0, 205, 0},   {205, 205, 0},  {0, 0, 238},    {205, 0, 205},
        {0, 205, 205},   {229, 229, 229}, {127, 127, 127}, {255, 0, 0},  {0, 255, 0},    {255, 255, 0},
        {92, 92, 255},   {255, 0, 255}, {0, 255, 255}, {255, 255, 255},
    };
    int best = 0, best_distance = 1 << 30;
    for (int i = 0; i < n; i++) {
        int distance = 3 * blocks_square(palette[i][0] - r) + 6 * blocks_square(palette[i][1] - g) +
                       blocks_square(palette[i][2] - b);
        if (distance < best_distance) {
            best = i;
            best_distance = distance;
        }
    }
    return best;
}

static int blocks_colour(enum terminal_colours colours, const uint8_t *rgb)
{
    switch (colours) {
    case COLOURS_TRUE:
        return rgb[0] << 16 | rgb[1] << 8 | rgb[2];
    case COLOURS_256:
        return blocks_nearest_256(rgb[0], rgb[1], rgb[2]);
    case COLOURS_16:
        return blocks_nearest_16(rgb[0], rgb[1], rgb[2], 16);
    case COLOURS_8:
        return blocks_nearest_16(rgb[0], rgb[1], rgb[2], 8);
    case COLOURS_NONE:
        break;
    }
    return -1;
}

/* base is 38 or 48. */
static void blocks_tell(struct blocks_line *line, enum terminal_colours colours, int base, int colour)
{
    int *told = base == 38 ? &line->foreground : &line->background;
    if (*told == colour)
        return;
    *told = colour;
    if (colours == COLOURS_TRUE)
        blocks_print(line, "\033[%d;2;%d;%d;%dm", base, colour >> 16, colour >> 8 & 255, colour & 255);
    else if (colours == COLOURS_256)
        blocks_print(line, "\033[%d;5;%dm", base, colour);
    else
        blocks_print(line, "\033[%dm", base - 8 + (colour < 8 ? colour : colour + 52));
}

static void blocks_reset(struct blocks_line *line)
{
    blocks_print(line, "\033[m");
    line->foreground = line->background = -1;
}

static void blocks_cell(struct blocks_line *line, enum terminal_colours colours, const uint8_t *upper,
                        const uint8_t *lower)
{
    if (colours == COLOURS_NONE) {
        static const char *const shades[] = {" ", "\u2591", "\u2592", "\u2593", "\u2588"};
        int sum = 0;
        for (int i = 0; i < 3; i++)
            sum += (upper[i] + lower[i]) * (int[]){30, 59, 11}[i];
        int shade = sum / (200 * 256 / 5);
        blocks_print(line, "%s", shades[shade > 4 ? 4 : shade]);
        return;
    }
    int top = blocks_colour(colours, upper), bottom = blocks_colour(colours, lower);
    if (top == bottom) {
        blocks_tell(line, colours, 48, bottom);
        blocks_print(line, " ");
        return;
    }
    blocks_tell(line, colours, 38, top);
    blocks_tell(line, colours, 48, bottom);
    blocks_print(line, "\u2580");
}

static void blocks_tag(struct blocks_line *line, enum terminal_colours colours, const struct scene_label *label)
{
    blocks_reset(line);
    if (colours == COLOURS_NONE) {
        blocks_print(line, label->selected ? "\033[4;7m" : "\033[7m");
    } else {
        uint8_t rgb[3] = {(uint8_t)(label->colour >> 16), (uint8_t)(label->colour >> 8), (uint8_t)label->colour};
        uint8_t black[3] = {0, 0, 0};
        blocks_tell(line, colours, 38, blocks_colour(colours, black));
        blocks_tell(line, colours, 48, blocks_colour(colours, rgb));
        if (label->selected)
            blocks_print(line, "\033[4m"); /* bold black is grey where colours are few */
    }
    size_t n = strlen(label->text);
    memcpy(line->bytes + line->n, label->text, n);
    line->n += n;
    blocks_reset(line);
}

static const struct scene_label *blocks_label_at(const struct scene_label *labels, size_t n, size_t column, size_t row,
                                                 size_t columns)
{
    /* The last one drawn lies on top. */
    for (size_t i = n; i-- > 0;)
        if (labels[i].row == row && labels[i].column == column && labels[i].columns &&
            labels[i].columns <= columns - column)
            return &labels[i];
    return NULL;
}

int painter_blocks_paint(const struct picture *image, enum terminal_colours colours, const struct scene_label *labels,
                         size_t n_labels, struct blob **out, struct error *err)
{
    size_t columns = image->width, rows = image->height / 2;
    size_t label_bytes = 0;
    for (size_t i = 0; i < n_labels; i++)
        label_bytes += strlen(labels[i].text) + CELL_BYTES_MAX;
    if (!columns || !rows || columns > 10000 || rows > 10000)
        return error_set(err, ERROR_INPUT, "blocks: no room for a picture of %zux%zu cells", columns, rows);
    struct blocks_line line = {.bytes = malloc(rows * (columns * CELL_BYTES_MAX + LINE_BYTES_MAX) + label_bytes)};
    size_t *starts = malloc((rows + 1) * sizeof *starts);
    if (!line.bytes || !starts) {
        free(line.bytes);
        free(starts);
        return error_memory(err, "blocks");
    }
    for (size_t row = 0; row < rows; row++) {
        starts[row] = line.n;
        line.foreground = line.background = -1;
        const uint8_t *upper = image->rgb + 2 * row * columns * 3, *lower = upper + columns * 3;
        for (size_t column = 0; column < columns;) {
            const struct scene_label *label = blocks_label_at(labels, n_labels, column, row, columns);
            if (label) {
                blocks_tag(&line, colours, label);
                column += label->columns;
                continue;
            }
            blocks_cell(&line, colours, upper + 3 * column, lower + 3 * column);
            column++;
        }
        blocks_reset(&line);
    }
    starts[rows] = line.n;
    uint8_t *tight = realloc(line.bytes, line.n);
    *out = blob_new(PAINTER_BLOCKS, columns, rows, tight ? tight : line.bytes, line.n, starts);
    return *out ? 0 : error_memory(err, "blocks");
}
