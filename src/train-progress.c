/* SPDX-License-Identifier: Apache-2.0 */
#include "src/train-progress.h"

#include "corpora/clock.h"
#include "model/mmib.h"

#include <math.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { TRAIN_PROGRESS_BAR_MS = 200, TRAIN_PROGRESS_LINE_MS = 10000, TRAIN_PROGRESS_MAX_BYTES = 512 };

void train_progress_start(struct train_progress *progress, const struct train_start *start, size_t epochs, bool quiet)
{
    double now = clock_ms();
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

/* What is printed: cut where the terminal ends, since a line that wraps could not be cleared. */
static void train_progress_print(const struct train_progress *progress, const char *line)
{
    struct winsize size;
    int columns = TRAIN_PROGRESS_MAX_BYTES;
    if (!progress->terminal) {
        fprintf(stderr, "%s\n", line);
        return;
    }
    if (!ioctl(STDERR_FILENO, TIOCGWINSZ, &size) && size.ws_col > 1)
        columns = size.ws_col - 1;
    fprintf(stderr, "\r\033[K%.*s", columns, line);
    fflush(stderr);
}

/* The terms that both tasks have are shown once: of the task that was seen last. */
static void train_progress_show(const struct train_progress *progress, const struct train_step *step, double seconds)
{
    static const char *const names[TRAINING_TASKS] = {"ner", "re"};
    const struct training_losses *losses = &progress->losses[step->task];
    char line[TRAIN_PROGRESS_MAX_BYTES], tasks[64] = "", score[32] = "";
    for (size_t t = 0, n = 0; t < TRAINING_TASKS; t++)
        if (progress->seen[t])
            n += (size_t)snprintf(tasks + n, sizeof tasks - n, "%s %.3g, ", names[t], progress->losses[t].task);
    if (progress->score >= 0)
        snprintf(score, sizeof score, ", dev F1 %.2f", 100 * progress->score);
    double left = seconds / (double)(step->step - progress->first_step) * (double)(step->total_steps - step->step);
    unsigned long whole = (unsigned long)left;
    snprintf(line, sizeof line,
             "%sepoch %zu/%zu, step %zu/%zu: %salign %.3g, kl %.3g/%.3g, %.1f posts/s, %lu:%02lu:%02lu left%s",
             progress->title, step->epoch, progress->epochs, step->step, step->total_steps, tasks, losses->alignment, losses->text_kl,
             losses->image_kl, (double)progress->posts / seconds, whole / 3600, whole / 60 % 60, whole % 60, score);
    train_progress_print(progress, line);
}

void train_progress_step(struct train_progress *progress, const struct train_step *step)
{
    struct training_losses *smoothed = &progress->losses[step->task];
    bool first = !progress->seen[step->task];
    double now = clock_ms(), seconds = (now - progress->start_ms) / 1000;
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
    train_progress_show(progress, step, seconds);
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
    progress->shown_ms = clock_ms();
}

void train_progress_end(struct train_progress *progress)
{
    if (progress->terminal && !progress->quiet)
        fputs("\r\033[K", stderr);
}
