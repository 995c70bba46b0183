/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/view-case.h"

#include "ui/view.h"

bool view_case_draw(struct screen *screen, WINDOW *window, const struct session *session)
{
    const struct inspection *inspection = session->inspect.from;
    if (session->mode != MODE_CASE || !inspection || !inspection_item(inspection))
        return false;
    screen_erase(screen, window, GROUND_NONE);
    struct view_pen pen = view_rule(screen, window, 0, "case");
    view_format(&pen, INK_TEXT, GROUND_NONE, 0, " %zu/%zu ", inspection->at + 1, inspection->n_items);
    return true;
}
