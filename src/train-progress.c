/* SPDX-License-Identifier: Apache-2.0 */
#include "src/train-progress.h"

#include "model/mmib.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

enum { TRAIN_PROGRESS_BAR_MS = 200, TRAIN_PROGRESS_LINE_MS = 10000 };

void train_progress_start(struct train_progress *progress, const struct train_start *start, size_t epochs, bool quiet)
{
    double now = mmib_now();
    *progress = (struct train_progress){.quiet = quiet,
                                        .terminal = isatty(STDERR_FILENO),
                                        .start_ms = now,
                                        .shown_ms = now,
                                        .first_step = start->step,
                                        .score = -1,
                                        .epochs = epochs};
}

static void train_progress_smooth(double *smoothed, double now, bool first)
{
    *smoothed = first ? now : 0.95 * *smoothed + 0.05 * now;
}

/* The terms of both tasks' losses that do not tell them apart are shown once: of the task that was seen last. */
static void train_progress_losses(const struct train_progress *progress, enum training_task task)
{
    static const char *const names[TRAINING_TASKS] = {"ner", "re"};
    const struct training_losses *losses = &progress->losses[task];
    for (size_t t = 0; t < TRAINING_TASKS; t++)
        if (progress->seen[t])
            fprintf(stderr, "%s %.3f, ", names[t], progress->losses[t].task);
    fprintf(stderr, "align %.3f, kl %.3f/%.3f", losses->alignment, losses->text_kl, losses->image_kl);
}

void train_progress_step(struct train_progress *progress, const struct train_step *step)
{
    struct training_losses *smoothed = &progress->losses[step->task];
    bool first = !progress->seen[step->task];
    double now = mmib_now(), seconds = (now - progress->start_ms) / 1000;
    train_progress_smooth(&smoothed->task, step->losses.task, first);
    train_progress_smooth(&smoothed->alignment, step->losses.alignment, first);
    train_progress_smooth(&smoothed->text_kl, step->losses.text_kl, first);
    train_progress_smooth(&smoothed->image_kl, step->losses.image_kl, first);
    progress->seen[step->task] = true;
    progress->posts += step->posts;
    if (progress->quiet ||
        now - progress->shown_ms < (progress->terminal ? TRAIN_PROGRESS_BAR_MS : TRAIN_PROGRESS_LINE_MS))
        return;
    progress->shown_ms = now;
    unsigned long left = (unsigned long)(seconds / (double)(step->step - progress->first_step) *
                                         (double)(step->total_steps - step->step));
    fprintf(stderr, "%sepoch %zu/%zu, step %zu/%zu: ", progress->terminal ? "\r\033[K" : "", step->epoch,
            progress->epochs, step->step, step->total_steps);
    train_progress_losses(progress, step->task);
    fprintf(stderr, ", %.1f posts/s, %lu:%02lu:%02lu left", (double)progress->posts / seconds, left / 3600,
            left / 60 % 60, left % 60);
    if (progress->score >= 0)
        fprintf(stderr, ", dev F1 %.2f", 100 * progress->score);
    if (!progress->terminal)
        putc('\n', stderr);
    fflush(stderr);
}

void train_progress_epoch(struct train_progress *progress, const struct train_epoch *epoch, const char *const *names,
                          size_t n)
{
    progress->score = epoch->score;
    if (progress->quiet)
        return;
    train_progress_end(progress);
    fprintf(stderr, "epoch %zu/%zu: dev F1 %.2f%s", epoch->epoch, progress->epochs, 100 * epoch->score,
            epoch->best ? ", the best so far" : "");
    for (size_t i = 0; i < n; i++) {
        fprintf(stderr, "%s%s", i ? ", " : " (", names[i]);
        if (!isnan(epoch->scores[i].ner))
            fprintf(stderr, " ner %.2f", 100 * epoch->scores[i].ner);
        if (!isnan(epoch->scores[i].re))
            fprintf(stderr, " re %.2f", 100 * epoch->scores[i].re);
    }
    fputs(")\n", stderr);
    progress->shown_ms = mmib_now();
}

void train_progress_end(struct train_progress *progress)
{
    if (progress->terminal && !progress->quiet)
        fputs("\r\033[K", stderr);
}
