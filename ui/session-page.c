/* The guidelines: reading them, and keeping them beside the work.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "ui/session-parts.h"

#include "corpora/text.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

void session_page_fit(struct session *session, size_t columns, size_t rows)
{
    struct session_page *page = &session->page;
    struct error err = {0};
    if (page->columns != columns) {
        markdown_lines_free(&page->lines);
        if (markdown_wrap(page->guidelines, columns, &page->lines, &err))
            session_fail(session, &err);
        page->columns = columns;
    }
    page->rows = rows;
    if (page->line + rows > page->lines.n)
        page->line = page->lines.n > rows ? page->lines.n - rows : 0;
}

/* To the next line with the words that were looked for. */
static void session_page_find(struct session *session, size_t from)
{
    struct session_page *page = &session->page;
    size_t line = markdown_find(page->guidelines, &page->lines, from, page->wanted);
    if (!page->wanted[0])
        session_say(session, TONE_PLAIN, "nothing was looked for yet");
    else if (line >= page->lines.n)
        session_say(session, TONE_PLAIN, "%s is not in the guidelines", page->wanted);
    else {
        page->line = page->found = line;
        session_say(session, TONE_PLAIN, "%s, in line %zu", page->wanted, line + 1);
    }
}

void session_take_page_search(struct session *session)
{
    const char *text = session->prompt.text;
    snprintf(session->page.wanted, sizeof session->page.wanted, "%.*s",
             utf8_head(text, sizeof session->page.wanted - 1), text);
    session_page_find(session, session->page.line);
}

static void session_page_scroll(struct session *session, long by)
{
    struct session_page *page = &session->page;
    if (by < 0 && page->line < (size_t)-by)
        page->line = 0;
    else
        page->line += (size_t)by; /* too far is put back when it is drawn */
}

bool session_page_act(struct session *session, enum command command)
{
    struct session_page *page = &session->page;
    long rows = page->rows > 1 ? (long)page->rows - 1 : 1;
    switch (command) {
    case COMMAND_PAGE:
        if (!page->guidelines) {
            session_say(session, TONE_PLAIN, "there are no guidelines (--guidelines FILE brings them)");
            return true;
        }
        session->mode = MODE_PAGE;
        return true;
    case COMMAND_PAGE_STAY:
        page->stays = true;
        session->mode = MODE_NORMAL;
        session_say(session, TONE_PLAIN, "the guidelines stay over the list where the screen is wide enough");
        return true;
    case COMMAND_CANCEL:
        if (session->mode != MODE_PAGE)
            return false;
        page->stays = false;
        session->mode = MODE_NORMAL;
        return true;
    case COMMAND_PAGE_DOWN:
    case COMMAND_PAGE_UP:
        session_page_scroll(session, command == COMMAND_PAGE_DOWN ? 1 : -1);
        return true;
    case COMMAND_PAGE_FORWARD:
    case COMMAND_PAGE_BACK:
        session_page_scroll(session, command == COMMAND_PAGE_FORWARD ? rows : -rows);
        return true;
    case COMMAND_PAGE_FIRST:
        page->line = 0;
        return true;
    case COMMAND_PAGE_LAST:
        page->line = page->lines.n;
        return true;
    case COMMAND_PAGE_SEARCH:
        session_ask_text(session, PROMPT_PAGE, "look for:", page->wanted);
        return true;
    case COMMAND_PAGE_NEXT:
        session_page_find(session, page->found + 1);
        return true;
    default:
        return false;
    }
}
