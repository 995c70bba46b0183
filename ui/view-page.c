/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/view-page.h"

#include "ui/view.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { PAGE_LIST_MIN = 36 /* columns of a list that the guidelines may stand in its place */ };

static bool page_is_wide(const struct layout *layout)
{
    return layout->list.columns >= PAGE_LIST_MIN;
}

bool view_page_place(const struct session *session, const struct layout *layout, struct layout_pane *out)
{
    bool wide = page_is_wide(layout);
    bool asked = session->mode == MODE_PAGE || (session->mode == MODE_PROMPT && session->prompt_back == MODE_PAGE);
    if (!session->page.guidelines || !(asked || (wide && session->page.stays)))
        return false;
    if (wide) {
        *out = layout->list;
    } else {
        size_t top = layout->picture.y + layout->picture.rows;
        *out = (struct layout_pane){top, 0, layout->footer.y - top, layout->footer.columns};
    }
    return true;
}

static void page_line(struct screen *screen, WINDOW *window, const struct markdown *markdown,
                      const struct markdown_line *line, size_t y)
{
    struct view_pen pen = view_pen(screen, window, y);
    const struct markdown_block *block = &markdown->blocks[line->block];
    pen.end--;
    view_space(&pen, 1);
    for (size_t i = 0; i < block->quotes; i++)
        view_put(&pen, INK_DIM, GROUND_POPUP, 0, "│ ");
    if (block->kind == MARKDOWN_RULE) {
        while (pen.x + 1 < pen.end)
            view_put(&pen, INK_DIM, GROUND_POPUP, 0, "─");
        return;
    }
    if (block->marker[0] && line->first && block->indent >= 3) {
        struct view_pen marker = pen;
        view_space(&marker, block->indent - 3);
        view_put(&marker, INK_WARN, GROUND_POPUP, A_BOLD, block->marker);
    }
    view_space(&pen, block->indent);
    for (size_t at = 0, n; at < line->n_bytes; at += n) {
        unsigned style = markdown->styles[line->offset + at];
        for (n = 1; at + n < line->n_bytes && markdown->styles[line->offset + at + n] == style;)
            n++;
        enum screen_ink ink = style & MARKDOWN_HEADING ? INK_BRIGHT : style & MARKDOWN_CODE ? INK_WARN : INK_TEXT;
        attr_t attributes = (style & MARKDOWN_STRONG ? A_BOLD : 0) | (style & MARKDOWN_EMPHASIS ? A_ITALIC : 0) |
                            (style & (MARKDOWN_LINK | MARKDOWN_HEADING) ? A_UNDERLINE : 0) |
                            (style & MARKDOWN_STRUCK ? A_DIM : 0);
        view_format(&pen, ink, GROUND_POPUP, attributes, "%.*s", (int)n, markdown->text + line->offset + at);
    }
}

void view_page_draw(struct screen *screen, WINDOW *window, struct session *session)
{
    struct session_page *page = &session->page;
    size_t rows = (size_t)getmaxy(window) - 1, columns = (size_t)getmaxx(window);
    session_page_fit(session, columns - 2, rows);
    screen_erase(screen, window, GROUND_POPUP);
    struct view_pen rule = view_pen(screen, window, 0);
    bool more = page->line + rows < page->lines.n;
    view_format(&rule, session->mode == MODE_PAGE ? INK_BRIGHT : INK_DIM, GROUND_POPUP, A_BOLD, " guidelines ");
    if (page->lines.n > rows)
        view_format(&rule, INK_WARN, GROUND_POPUP, 0, "%s%zu%% %s", page->line ? "▲ " : "",
                    (page->line + rows < page->lines.n ? page->line + rows : page->lines.n) * 100 / page->lines.n,
                    more ? "▼ " : "");
    while (rule.x < rule.end)
        view_put(&rule, INK_DIM, GROUND_POPUP, 0, "─");
    for (size_t y = 0; y <= rows && columns < (size_t)COLS; y++) { /* from what stands beside it */
        struct view_pen edge = view_pen(screen, window, y);
        edge.x = columns - 1;
        view_put(&edge, INK_DIM, GROUND_POPUP, 0, "│");
    }
    for (size_t row = 0; row < rows && page->line + row < page->lines.n; row++)
        if (page->lines.lines[page->line + row].block != SIZE_MAX)
            page_line(screen, window, page->guidelines, &page->lines.lines[page->line + row], row + 1);
}
