/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/view-summary.h"

#include "ui/text-cells.h"
#include "ui/view.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { SUMMARY_BAR_COLUMNS = 24, SUMMARY_NAME_COLUMNS = 34, SUMMARY_NUMBERS_COLUMNS = 52 };

/* Lines are numbered as they are written; only those inside of the window are drawn. */
struct summary_page {
    struct screen *screen;
    WINDOW *window;
    size_t line, top;
};

static struct view_pen summary_pen(struct summary_page *page)
{
    size_t rows = (size_t)getmaxy(page->window) - 2, line = page->line++;
    bool inside = line >= page->top && line - page->top < rows;
    struct view_pen pen = view_pen(page->screen, page->window, inside ? line - page->top + 1 : 0);
    view_space(&pen, 2);
    pen.end = inside ? pen.end - 1 : 0; /* nothing is written where there is no room */
    return pen;
}

static void summary_heading(struct summary_page *page, const char *text)
{
    page->line += page->line > 0;
    struct view_pen pen = summary_pen(page);
    view_put(&pen, INK_WARN, GROUND_POPUP, A_BOLD, text);
}

__attribute__((format(printf, 3, 4)))
static void summary_line(struct summary_page *page, enum screen_ink ink, const char *format, ...)
{
    char text[256];
    va_list ap;
    va_start(ap, format);
    vsnprintf(text, sizeof text, format, ap);
    va_end(ap);
    struct view_pen pen = summary_pen(page);
    view_put(&pen, ink, GROUND_POPUP, 0, text);
}

/* "1 h 20 min", "4 min 10 s", "8.2 s". */
static void summary_duration(double seconds, char out[32])
{
    if (seconds < 60)
        snprintf(out, 32, "%.1f s", seconds);
    else if (seconds < 3600)
        snprintf(out, 32, "%.0f min %.0f s", floor(seconds / 60), floor(fmod(seconds, 60)));
    else
        snprintf(out, 32, "%.0f h %.0f min", floor(seconds / 3600), floor(fmod(seconds, 3600) / 60));
}

static void summary_progress(struct summary_page *page, const struct session *session)
{
    const struct summary *s = &session->summary.counts;
    size_t n = store_count(session->store), done = s->statuses[STATUS_DONE], skipped = s->statuses[STATUS_SKIPPED];
    if (s->scanned < n)
        summary_line(page, INK_WARN, "counting: %zu of %zu posts so far", s->scanned, n);
    summary_heading(page, "Posts");
    struct view_pen pen = summary_pen(page);
    size_t filled = s->scanned ? done * SUMMARY_BAR_COLUMNS / s->scanned : 0;
    for (size_t i = 0; i < SUMMARY_BAR_COLUMNS; i++)
        view_put(&pen, i < filled ? INK_GOOD : INK_DIM, GROUND_POPUP, 0, i < filled ? "█" : "░");
    view_format(&pen, INK_TEXT, GROUND_POPUP, 0, "  %zu of %zu done (%.0f%%)", done, s->scanned,
                s->scanned ? 100.0 * (double)done / (double)s->scanned : 0);
    summary_line(page, INK_TEXT, "started %zu   new %zu   skipped %zu   flagged %zu", s->statuses[STATUS_STARTED],
                 s->statuses[STATUS_NEW], skipped, s->n_flagged);
    for (size_t i = 0; i < s->annotators.n; i++)
        summary_line(page, INK_TEXT, "%zu done by %s", s->annotators.rows[i].n, s->annotators.rows[i].name);
}

static void summary_figures(struct summary_page *page, const struct summary_row *r, size_t columns)
{
    double rate = summary_acceptance(r);
    char taken[16] = "-";
    size_t width = text_cells_width(r->name, strlen(r->name));
    if (!isnan(rate))
        snprintf(taken, sizeof taken, "%.0f%%", 100 * rate);
    if (width > columns) { /* names are not cut */
        summary_line(page, INK_TEXT, "%s", r->name);
        width = 0;
    }
    summary_line(page, INK_TEXT, "%s%*s %5zu %7zu %8zu %6zu %7zu %7zu %5s", width ? r->name : "",
                 (int)(columns - width), "", r->n, r->created, r->accepted, r->edited, r->imported, r->rejected, taken);
}

static void summary_table(struct summary_page *page, const char *title, const struct summary_list *list)
{
    struct summary_row all = {.name = "all"};
    summary_heading(page, title);
    if (!list->n) {
        summary_line(page, INK_DIM, "none");
        return;
    }
    int columns = getmaxx(page->window) - SUMMARY_NUMBERS_COLUMNS - 3;
    columns = columns > SUMMARY_NAME_COLUMNS ? SUMMARY_NAME_COLUMNS : columns < 1 ? 1 : columns;
    summary_line(page, INK_DIM, "%-*s %5s %7s %8s %6s %7s %7s %5s", columns, "", "kept", "created", "accepted",
                 "edited", "as read", "refused", "taken");
    for (size_t i = 0; i < list->n; i++) {
        const struct summary_row *r = &list->rows[i];
        summary_figures(page, r, (size_t)columns);
        all.n += r->n;
        all.created += r->created;
        all.accepted += r->accepted;
        all.edited += r->edited;
        all.imported += r->imported;
        all.corrected += r->corrected;
        all.rejected += r->rejected;
    }
    if (list->n > 1)
        summary_figures(page, &all, (size_t)columns);
}

static void summary_times(struct summary_page *page, const struct session *session)
{
    const struct session_summary *summary = &session->summary;
    const struct summary_pace *pace = &summary->pace;
    const size_t *statuses = summary->counts.statuses;
    size_t open = statuses[STATUS_NEW] + statuses[STATUS_STARTED];
    char median[32], mean[32], total[32], left[32];
    summary_heading(page, "Time");
    if (*summary->pace_failure.message) {
        summary_line(page, INK_BAD, "not known: %s", summary->pace_failure.message);
        return;
    }
    if (!summary->has_pace) {
        summary_line(page, INK_DIM, "the history is being read");
        return;
    }
    summary_duration((double)pace->work_s, total);
    if (!pace->n_done) {
        summary_line(page, INK_DIM, "a post: not known yet, for want of a done one whose time is known");
    } else {
        summary_duration(pace->median_s, median);
        summary_duration(pace->mean_s, mean);
        summary_line(page, INK_TEXT, "a post: median %s, mean %s, of %zu that %s done", median, mean, pace->n_done,
                     pace->n_done == 1 ? "is" : "are");
    }
    if (isnan(pace->posts_an_hour)) {
        summary_line(page, INK_TEXT, "%s of work", total);
    } else {
        summary_duration((double)open * 3600 / pace->posts_an_hour, left);
        summary_line(page, INK_TEXT, "%s of work; %.0f posts an hour", total, pace->posts_an_hour);
        if (open)
            summary_line(page, INK_TEXT, "about %s are left for %zu open %s", left, open, open == 1 ? "post" : "posts");
    }
    summary_line(page, INK_DIM, "from change to change of one person; of a gap over 5 minutes, 5 count");
}

/* wrong: only the proposals that gold labels do not have. */
static void summary_rate(struct summary_page *page, const char *what, const struct anchoring_side *side, bool wrong)
{
    const struct anchoring_rate *e = wrong ? &side->entities.wrong : &side->entities.all;
    const struct anchoring_rate *r = wrong ? &side->relations.wrong : &side->relations.all;
    size_t n = e->n + r->n, kept = e->kept + r->kept, posts = wrong ? side->n_judged : side->n_posts;
    if (n)
        summary_line(page, INK_TEXT, "%-8s %zu of %zu %sproposals kept (%.0f%%), in %zu %s", what, kept, n,
                     wrong ? "wrong " : "", 100.0 * (double)kept / (double)n, posts, posts == 1 ? "post" : "posts");
    else
        summary_line(page, INK_DIM, "%-8s no %sproposals, in %zu posts", what, wrong ? "wrong " : "", posts);
}

static void summary_anchoring(struct summary_page *page, const struct anchoring *anchoring)
{
    if (!anchoring->seen.n_posts && !anchoring->hidden.n_posts)
        return;
    summary_heading(page, "Seen and blind posts");
    summary_rate(page, "seen", &anchoring->seen, false);
    summary_rate(page, "blind", &anchoring->hidden, false);
    if (anchoring->has_gold) {
        summary_rate(page, "seen", &anchoring->seen, true);
        summary_rate(page, "blind", &anchoring->hidden, true);
    } else
        summary_line(page, INK_DIM, "which of them were wrong is told by true labels: start with --gold FILE");
}

static size_t summary_write(struct screen *screen, WINDOW *window, const struct session *session)
{
    const struct summary *s = &session->summary.counts;
    struct summary_page page = {.screen = screen, .window = window, .top = session->summary.line};
    summary_progress(&page, session);
    summary_table(&page, "Entities", &s->types);
    summary_table(&page, "Relations", &s->relations);
    summary_line(&page, INK_DIM, "taken: accepted as it stood, of proposals accepted, corrected or refused");
    summary_times(&page, session);
    summary_anchoring(&page, &s->anchoring);
    return page.line;
}

void view_summary_draw(struct screen *screen, WINDOW *window, struct session *session)
{
    size_t rows = (size_t)getmaxy(window) - 2, lines = summary_write(screen, window, session);
    if (session->summary.line && session->summary.line + rows > lines) {
        session->summary.line = lines > rows ? lines - rows : 0;
        screen_erase(screen, window, GROUND_POPUP);
        summary_write(screen, window, session);
    }
}
