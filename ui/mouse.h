/* The mouse: what a click, a drag or the wheel means where it happens. Everything that it does a key does too.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_MOUSE_H
#define MMIB_UI_MOUSE_H

#include "ui/keymap.h"
#include "ui/session.h"
#include "ui/text-layout.h"
#include "ui/view-labels.h"

#include <curses.h>
#include <stdbool.h>
#include <stddef.h>

struct mouse {
    size_t pressed; /* token where the button went down, or SIZE_MAX */
    size_t clicked; /* token of the last click, or SIZE_MAX */
    long long clicked_ms;
    bool second; /* the button went down on the same word again, soon after */
};

/* What is on the screen; NULL = not shown. */
struct mouse_screen {
    struct session *session;
    const struct text_layout *layout;
    struct view_labels labels_view;
    WINDOW *list, *picture, *text, *labels, *footer, *page, *popup;
};

/* Did the button go down in the event, or down and up? */
bool mouse_presses(const MEVENT *event);

/* Is it the wheel? */
bool mouse_scrolls(const MEVENT *event);

/* Is the event in the window (NULL: no)? Then *row and *column say where. */
bool mouse_inside(WINDOW *window, const MEVENT *event, size_t *row, size_t *column);

/* Carries out what the event means; a click into the list is left to the caller. Returns the command as session_key
 * does, COMMAND_NONE for none. */
enum command mouse_act(struct mouse *mouse, const struct mouse_screen *screen, const MEVENT *event, long long now_ms);

#endif
