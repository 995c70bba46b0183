/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/view.h"

#include "corpora/store.h"
#include "ui/text-cells.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct view_pen view_pen(struct screen *screen, WINDOW *window, size_t y)
{
    return (struct view_pen){.screen = screen, .window = window, .y = (int)y, .end = (size_t)getmaxx(window)};
}

size_t view_put(struct view_pen *pen, enum screen_ink ink, enum screen_ground ground, attr_t attributes,
                const char *text)
{
    if (pen->x >= pen->end || pen->y >= getmaxy(pen->window))
        return 0;
    screen_style(pen->screen, pen->window, ink, ground, attributes);
    size_t used = text_cells_puts(pen->window, pen->y, (int)pen->x, pen->end - pen->x, text);
    pen->x += used;
    return used;
}

size_t view_format(struct view_pen *pen, enum screen_ink ink, enum screen_ground ground, attr_t attributes,
                   const char *format, ...)
{
    char text[1024];
    va_list ap;
    va_start(ap, format);
    vsnprintf(text, sizeof text, format, ap);
    va_end(ap);
    return view_put(pen, ink, ground, attributes, text);
}

void view_space(struct view_pen *pen, size_t columns)
{
    pen->x += columns;
}

struct view_pen view_rule(struct screen *screen, WINDOW *window, size_t y, const char *title)
{
    struct view_pen pen = view_pen(screen, window, y);
    if ((int)y >= getmaxy(window))
        return pen;
    screen_style(screen, window, INK_DIM, GROUND_NONE, 0);
    for (size_t x = 0; x < pen.end; x++)
        text_cells_puts(window, (int)y, (int)x, 1, "─");
    view_space(&pen, 1);
    if (*title)
        view_format(&pen, INK_DIM, GROUND_NONE, 0, " %s ", title);
    return pen;
}

size_t view_bar_ink(struct view_pen *pen, enum screen_ink ink, double value, double scale, size_t columns)
{
    if (value == 0 || !(scale > 0))
        return 0;
    size_t n = (size_t)lround(fmin(fabs(value) / scale, 1) * (double)columns), used = 0;
    for (size_t i = 0; i < (n ? n : 1); i++)
        used += view_put(pen, ink, GROUND_NONE, 0, value < 0 ? "▒" : n ? "█" : "▏");
    return used;
}

size_t view_bar(struct view_pen *pen, double value, double scale, size_t columns)
{
    return view_bar_ink(pen, value > 0 ? INK_HEAT : INK_COLD, value, scale, columns);
}

/* Takes the zero out of "0.42" and "-0.42". */
static void view_drop_zero(char *text)
{
    char *zero = text + (*text == '-' || *text == '+');
    if (zero[0] == '0' && zero[1] == '.')
        memmove(zero, zero + 1, strlen(zero));
}

void view_probability(double value, char out[16])
{
    snprintf(out, 16, isnan(value) ? "?" : value >= 0.995 ? "%.1f" : "%.2f", fmin(fmax(value, 0), 1));
    view_drop_zero(out);
}

void view_count(size_t count, char out[24])
{
    if (count == STORE_UNKNOWN)
        snprintf(out, 24, "…");
    else
        snprintf(out, 24, "%zu", count);
}

void view_signed(double value, char out[16])
{
    double size = fabs(value);
    if (!isfinite(value))
        snprintf(out, 16, "?");
    else if (size >= 1e5)
        snprintf(out, 16, "%+.1e", value);
    else if (size >= 9.95)
        snprintf(out, 16, "%+.0f", value);
    else if (size >= 0.995)
        snprintf(out, 16, "%+.1f", value);
    else if (size >= 0.005)
        snprintf(out, 16, "%+.2f", value);
    else if (size > 0)
        snprintf(out, 16, "%+.0e", value);
    else
        snprintf(out, 16, "0");
    view_drop_zero(out);
}

enum screen_ink view_type_ink(const struct chooser *types, const char *type)
{
    size_t index = 0;
    while (type && index < types->n && strcmp(types->names[index], type) != 0)
        index++;
    return type ? screen_ink_of_type(type, index) : INK_TEXT;
}
