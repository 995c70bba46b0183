/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/view-inspect-head.h"

#include "corpora/clock.h"
#include "ui/key-names.h"
#include "ui/view.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { HEAD_BAR_COLUMNS = 20 };

static bool head_has_notes(const struct inspection *from)
{
    bool any = from->n_leaked > 0 || inspection_has_work(from);
    for (size_t i = 0; i < from->n_systems; i++)
        any |= from->systems[i].n_other_words || from->systems[i].n_failed;
    return any;
}

size_t view_inspect_head_rows(const struct session *session)
{
    const struct inspection *from = session->inspect.from;
    size_t rows = from->n_systems + 1 + head_has_notes(from);
    for (size_t i = 0; i < from->n_systems; i++)
        rows += inspection_fills(from, i);
    return rows;
}

static void head_percent(double ratio, char out[16])
{
    if (isnan(ratio))
        snprintf(out, 16, "-");
    else
        snprintf(out, 16, "%.2f", 100 * ratio);
}

static void head_system(struct view_pen *pen, const struct inspection *from, size_t index)
{
    const struct inspection_system *s = &from->systems[index];
    const struct cases_total *total = &s->cases->totals[inspection_level(from)];
    struct score_ratios ratios = score_ratios(&total->counts);
    bool shown = inspection_compares(from) || from->system == index;
    char p[16], r[16], f1[16];
    head_percent(ratios.p, p);
    head_percent(ratios.r, r);
    head_percent(ratios.f1, f1);
    const char *mode = !from->of_relations ? " (seqeval, default)"
                       : s->model ? " (MNRE, no None; gold's pairs)" /* a model is asked about these */
                                  : " (MNRE, no None)";
    char counts[96], bold[32];
    snprintf(counts, sizeof counts, "  gold %zu system %zu  P %s R %s ", total->counts.tp + total->counts.fn,
             total->counts.tp + total->counts.fp, p, r);
    snprintf(bold, sizeof bold, "F1 %s", f1);
    size_t rest = strlen(counts) + strlen(bold) + strlen(mode), room = pen->end > rest + 3 ? pen->end - rest - 3 : 1;
    view_format(pen, shown ? INK_BRIGHT : INK_DIM, GROUND_NONE, shown ? A_BOLD : 0, "%s%c ", shown ? "▶" : " ",
                (char)('A' + index));
    struct view_pen name = *pen;
    name.end = name.x + room < name.end ? name.x + room : name.end;
    pen->x += view_put(&name, shown ? INK_BRIGHT : INK_DIM, GROUND_NONE, shown ? A_BOLD : 0, s->name);
    view_put(pen, INK_TEXT, GROUND_NONE, 0, counts);
    view_put(pen, INK_BRIGHT, GROUND_NONE, A_BOLD, bold);
    view_put(pen, INK_DIM, GROUND_NONE, 0, mode);
}

static void head_progress(struct view_pen *pen, const struct inspection *from, size_t index)
{
    const struct inspection_system *s = &from->systems[index];
    size_t done = s->n_known + s->n_failed, filled = done * HEAD_BAR_COLUMNS / from->n_posts;
    view_format(pen, INK_WARN, GROUND_NONE, 0, "  %c %zu of %zu posts ", (char)('A' + index), done, from->n_posts);
    for (size_t i = 0; i < HEAD_BAR_COLUMNS; i++)
        view_put(pen, i < filled ? INK_GOOD : INK_DIM, GROUND_NONE, 0, i < filled ? "█" : "░");
    double seconds = (s->last_ms - s->first_ms) / 1000;
    if (s->n_put > 1 && seconds > 0) {
        double rate = (double)(s->n_put - 1) / seconds, left = (double)(from->n_posts - done) / rate;
        view_format(pen, INK_TEXT, GROUND_NONE, 0, left < 100 ? "  %.0f/s, %.0f s left" : "  %.0f/s, %.0f min left",
                    rate, left < 100 ? left : left / 60);
    } else
        view_put(pen, INK_DIM, GROUND_NONE, 0, "  the model is being opened");
}

/* Whose the gap is. Where gold was corrected it is that under the gold as it was published, and this is said. */
static void head_gap(struct view_pen *pen, const struct session *session)
{
    const struct inspect_tables *tables = &session->inspect.tables;
    const struct ledger_part *part = &tables->ledger.parts[inspection_level(session->inspect.from)];
    const size_t *halves = part->all.halves;
    double gap = ledger_gap(part);
    if (isnan(gap))
        return;
    view_format(pen, INK_TEXT, GROUND_NONE, 0, "  gap %.2f%s = model %.2f + gold %.2f + not judged %.2f", gap,
                tables->ledger.n_changed ? " of gold as published" : "", ledger_points(part, halves[LEDGER_MODEL]),
                ledger_points(part, halves[LEDGER_CORPUS] + halves[LEDGER_CORRECTED]),
                ledger_points(part, halves[LEDGER_OPEN]));
    if (part->n_new)
        view_format(pen, INK_DIM, GROUND_NONE, 0, "  (%zu new)", part->n_new);
}

static void head_difference(struct view_pen *pen, const struct session *session)
{
    const struct inspection_difference *d = &session->inspect.tables.difference;
    if (isnan(d->f1.delta)) {
        view_put(pen, INK_DIM, GROUND_NONE, 0, "  B - A: nothing that both have said anything of yet");
        return;
    }
    view_format(pen, INK_BRIGHT, GROUND_NONE, A_BOLD, "  B - A  F1 %+.2f", 100 * d->f1.delta);
    view_format(pen, INK_TEXT, GROUND_NONE, 0, " [%+.2f, %+.2f]", 100 * d->f1.low, 100 * d->f1.high);
    view_format(pen, INK_TEXT, GROUND_NONE, 0, "  labels: A alone %zu, B %zu, McNemar p ", d->labels.only_a,
                d->labels.only_b);
    if (isnan(d->labels.p)) /* gold has no label in these posts */
        view_put(pen, INK_TEXT, GROUND_NONE, 0, "-");
    else
        view_format(pen, INK_TEXT, GROUND_NONE, 0, d->labels.p < 0.001 ? "< .001" : "%.3f", d->labels.p);
}

static void head_notes(struct view_pen *pen, const struct inspection *from)
{
    char key[KEY_NAME_MAX];
    if (inspection_has_work(from))
        view_format(pen, INK_WARN, GROUND_NONE, 0, "  counting: %zu of %zu posts so far", from->counted, from->n_posts);
    if (from->n_leaked)
        view_format(pen, INK_WARN, GROUND_NONE, 0, "  %zu of %zu posts are in the training data%s (%s %s)  ",
                    from->n_leaked, from->n_posts, from->without_leaked ? ", left out" : "",
                    keymap_command_key(MODE_INSPECT, COMMAND_INSPECT_LEAKED, key, sizeof key),
                    from->without_leaked ? "counts them" : "leaves them out");
    for (size_t i = 0; i < from->n_systems; i++) {
        const struct inspection_system *s = &from->systems[i];
        if (s->n_other_words)
            view_format(pen, INK_WARN, GROUND_NONE, 0, "  %c: %zu not compared, in other words", (char)('A' + i),
                        s->n_other_words);
        if (s->n_failed)
            view_format(pen, INK_BAD, GROUND_NONE, 0, "  %c: failed on %zu", (char)('A' + i), s->n_failed);
    }
}

void view_inspect_head_draw(struct screen *screen, WINDOW *window, const struct session *session)
{
    const struct inspection *from = session->inspect.from;
    size_t y = 0;
    for (size_t i = 0; i < from->n_systems; i++) {
        struct view_pen pen = view_pen(screen, window, y++);
        head_system(&pen, from, i);
    }
    struct view_pen pen = view_pen(screen, window, y++);
    if (session->inspect.tables.compares)
        head_difference(&pen, session);
    else
        head_gap(&pen, session);
    for (size_t i = 0; i < from->n_systems; i++) {
        if (!inspection_fills(from, i))
            continue;
        pen = view_pen(screen, window, y++);
        head_progress(&pen, from, i);
    }
    if (head_has_notes(from)) {
        pen = view_pen(screen, window, y);
        head_notes(&pen, from);
    }
}
