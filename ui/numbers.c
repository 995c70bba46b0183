/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/numbers.h"

#include "ui/canvas.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Does another file than an earlier one of these numbers stand there? */
static bool numbers_foreign(const char *path, const char *head)
{
    FILE *there = fopen(path, "r");
    if (!there)
        return false; /* writing says what is wrong with what cannot be read */
    size_t i = 0;
    int c = fgetc(there);
    bool empty = c == EOF;
    for (; head[i] && c == head[i]; i++)
        c = fgetc(there);
    fclose(there);
    return !empty && (head[i] || c != '\n');
}

int numbers_open(const char *figure, const char *head, struct numbers *out, struct error *err)
{
    *out = (struct numbers){0};
    if (canvas_check(figure, err))
        return -1;
    if (!(out->path = strdup(figure)))
        return error_memory(err, figure);
    strcpy(out->path + strlen(out->path) - 4, ".csv");
    if (numbers_foreign(out->path, head)) {
        error_set(err, ERROR_IO, "%s: is there and is not from an earlier figure: give the figure another name",
                  out->path);
    } else if (!file_writer_open(out->path, &out->writer, err)) {
        fprintf(out->writer.stream, "%s\n", head);
        return 0;
    }
    free(out->path);
    return -1;
}

static FILE *numbers_field(struct numbers *numbers)
{
    if (numbers->in_line)
        fputc(',', numbers->writer.stream);
    numbers->in_line = true;
    return numbers->writer.stream;
}

void numbers_text(struct numbers *numbers, const char *text)
{
    FILE *stream = numbers_field(numbers);
    text = text ? text : "";
    bool quoted = text[strcspn(text, ",\"")];
    if (quoted)
        fputc('"', stream);
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text, next = (unsigned char)text[1];
        if (c == '"')
            fputc('"', stream);
        if (c < ' ' || c == 0x7f) /* U+2400 and so on: their signs */
            fprintf(stream, "\xe2\x90%c", c == 0x7f ? 0xa1 : 0x80 + c);
        else if (c == 0xc2 && next >= 0x80 && next <= 0x9f) {
            fputs("\xef\xbf\xbd", stream);
            text++;
        } else
            fputc(c, stream);
    }
    if (quoted)
        fputc('"', stream);
}

void numbers_real(struct numbers *numbers, double value)
{
    FILE *stream = numbers_field(numbers);
    if (isfinite(value))
        fprintf(stream, "%.9g", value);
}

void numbers_count(struct numbers *numbers, size_t value)
{
    fprintf(numbers_field(numbers), "%zu", value);
}

void numbers_end_line(struct numbers *numbers)
{
    fputc('\n', numbers->writer.stream);
    numbers->in_line = false;
}

int numbers_close(struct numbers *numbers, struct error *err)
{
    int result = file_writer_finish(&numbers->writer, err);
    free(numbers->path);
    return result;
}

void numbers_abandon(struct numbers *numbers)
{
    file_writer_abandon(&numbers->writer);
    free(numbers->path);
}
