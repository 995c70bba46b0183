/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/layout.h"

enum {
    LAYOUT_LIST_FROM = 76,  /* narrower screens have no list */
    LAYOUT_BESIDE_FROM = 200, /* from here on text and labels stand beside the picture */
    LAYOUT_LABELS_MIN = 4,    /* rows with the title */
    LAYOUT_PICTURE_MIN = 5,   /* rows; also of words about a picture that is not drawn */
    LAYOUT_CASE_MIN = 14,     /* rows of text and case together */
    LAYOUT_CASE_MAX = 30,
};

static size_t layout_clamp(size_t value, size_t low, size_t high)
{
    return value < low ? low : value > high ? high : value;
}

static size_t layout_list_columns(size_t columns)
{
    return columns < LAYOUT_LIST_FROM ? 0 : layout_clamp(columns / 4, 19, 44);
}

/* Of the column where text and labels stand beside the picture; 0 = they stand below it. */
static size_t layout_side_columns(size_t columns)
{
    return columns < LAYOUT_BESIDE_FROM ? 0 : layout_clamp((columns - layout_list_columns(columns)) * 2 / 5, 70, 104);
}

size_t layout_text_columns(size_t rows, size_t columns)
{
    (void)rows;
    size_t side = layout_side_columns(columns), list = layout_list_columns(columns);
    return side ? side : columns > list ? columns - list : 1;
}

bool layout_make(size_t rows, size_t columns, size_t text_rows, bool picture, struct layout *out)
{
    *out = (struct layout){0};
    if (rows < LAYOUT_ROWS_MIN || columns < LAYOUT_COLUMNS_MIN)
        return false;
    size_t list = layout_list_columns(columns), side = layout_side_columns(columns);
    size_t body = rows - 3; /* without title line, messages and footer */
    size_t lower = side ? body : layout_clamp(body * 21 / 50, 12, 18);
    if (!side && (!picture || lower > body - LAYOUT_PICTURE_MIN))
        lower = body - LAYOUT_PICTURE_MIN;
    out->head = (struct layout_pane){0, 0, 1, columns};
    out->footer = (struct layout_pane){rows - 2, 0, 2, columns};
    out->list = (struct layout_pane){1, 0, list ? body : 0, list};

    size_t x = side ? columns - side : list, width = columns - x;
    out->picture = (struct layout_pane){1, list, side ? body : body - lower, side ? x - list - 1 : width};
    size_t top = side ? 1 : 1 + body - lower;
    size_t text = layout_clamp(text_rows + 1, 3, lower - LAYOUT_LABELS_MIN);
    out->text = (struct layout_pane){top, x, text, width};
    out->labels = (struct layout_pane){top + text, x, lower - text, width};
    return true;
}

void layout_give_case(struct layout *layout, size_t text_rows)
{
    struct layout_pane *picture = &layout->picture, *text = &layout->text, *labels = &layout->labels;
    size_t lower = text->rows + labels->rows;
    if (text->x == picture->x) { /* below the picture, not beside it */
        size_t body = picture->rows + lower, wanted = layout_clamp(body * 3 / 5, LAYOUT_CASE_MIN, LAYOUT_CASE_MAX);
        wanted = layout_clamp(wanted, lower < wanted ? lower : wanted, body - LAYOUT_PICTURE_MIN);
        lower = wanted > lower ? wanted : lower;
        picture->rows = body - lower;
        text->y = picture->y + picture->rows;
    }
    text->rows = layout_clamp(text_rows + 1, 3, lower * 2 / 5);
    labels->y = text->y + text->rows;
    labels->rows = lower - text->rows;
}

void layout_compare(struct layout *layout)
{
    struct layout_pane *left = &layout->picture, *right = &layout->other_picture;
    size_t columns = (left->columns - 1) / 2;
    layout->caption = (struct layout_pane){left->y, left->x, 1, left->columns};
    left->y++;
    left->rows--;
    *right = *left;
    right->x = left->x + left->columns - columns;
    left->columns = right->columns = columns;
}
