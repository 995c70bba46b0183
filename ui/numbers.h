/* The numbers of a figure, as CSV beside it: fig.csv for fig.png.
 *
 *     struct numbers numbers;
 *     if (numbers_open("fig.png", "word,score", &numbers, &err)) ...
 *     numbers_text(&numbers, "so, so");
 *     numbers_real(&numbers, 0.25);
 *     numbers_end_line(&numbers);
 *     if (numbers_close(&numbers, &err)) ...
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_NUMBERS_H
#define MMIB_UI_NUMBERS_H

#include "corpora/error.h"
#include "corpora/files.h"

#include <stdbool.h>
#include <stddef.h>

struct numbers {
    struct file_writer writer;
    char *path;
    bool in_line;
};

/* figure: its name, with one of the endings of canvas.h. head: the first line, which is written. A file that is there
 * and starts otherwise is somebody else's: ERROR_IO, and it stays. */
int numbers_open(const char *figure, const char *head, struct numbers *out, struct error *err);

/* The next field of the line. */
/* Quoted where that is needed; control characters, which would reach a terminal, as their signs; NULL is empty. */
void numbers_text(struct numbers *numbers, const char *text);
void numbers_real(struct numbers *numbers, double value);     /* 9 significant digits; empty where not finite */
void numbers_count(struct numbers *numbers, size_t value);
void numbers_end_line(struct numbers *numbers);

/* The file appears under its name. */
int numbers_close(struct numbers *numbers, struct error *err);
void numbers_abandon(struct numbers *numbers);

#endif
