/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/view-inspect.h"

#include "ui/view.h"

void view_inspect_draw(struct screen *screen, WINDOW *window, struct session *session)
{
    struct view_pen pen = view_pen(screen, window, 0);
    view_format(&pen, INK_BRIGHT, GROUND_NONE, A_BOLD, " %s", session->inspect.from->systems[0].name);
}
