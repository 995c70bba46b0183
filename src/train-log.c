/* SPDX-License-Identifier: Apache-2.0 */
#include "src/train-log.h"

#include "corpora/json.h"
#include "corpora/lines.h"
#include "corpora/text.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* The length of what belongs to the steps and epochs that are done. */
static int train_log_measure(const char *path, const struct train_start *start, size_t *bytes_out, struct error *err)
{
    struct line_reader reader;
    char *line;
    size_t n, step, epoch;
    int got;
    *bytes_out = 0;
    if (line_reader_open(path, &reader, err))
        return -1;
    while ((got = line_reader_next(&reader, &line, &n, err)) > 0) {
        struct json_value root = json_value_of(line);
        bool complete = json_whole(json_member(root, "step"), &step) && json_whole(json_member(root, "epoch"), &epoch);
        bool closed = json_kind(json_member(root, "dev")) != JSON_ABSENT;
        if (!complete && reader.number == 1) {
            got = line_error(&reader, err, "not a line of a training log");
            break;
        }
        /* A killed run may have left half a line. */
        if (!complete || step > start->step || (closed && epoch > start->epochs))
            break;
        *bytes_out += n + 1;
    }
    line_reader_close(&reader);
    return got < 0 && !*bytes_out ? -1 : 0; /* what cannot be read behind good lines: the half line of a killed run */
}

int train_log_check(const char *path, struct error *err)
{
    const struct train_start start = {0};
    struct stat status;
    size_t bytes;
    if (!path || stat(path, &status))
        return 0;
    if (S_ISREG(status.st_mode) && status.st_size && train_log_measure(path, &start, &bytes, err))
        return -1;
    return access(path, W_OK) ? error_errno(err, path) : 0;
}

int train_log_open(struct train_log *log, const char *path, bool resume, const struct train_start *start,
                   struct error *err)
{
    struct stat status;
    *log = (struct train_log){.path = path};
    if (!path)
        return 0;
    size_t bytes = 0;
    bool there = resume && !stat(path, &status);
    if (there && train_log_measure(path, start, &bytes, err))
        return -1;
    if (there && (off_t)bytes < status.st_size && truncate(path, (off_t)bytes))
        return error_errno(err, path);
    log->stream = fopen(path, resume ? "a" : "w");
    return log->stream ? 0 : error_errno(err, path);
}

static int train_log_put(struct train_log *log, struct error *err)
{
    text_add(&log->line, "}\n");
    if (log->line.failed)
        return error_memory(err, log->path);
    if (fwrite(log->line.bytes, 1, log->line.n, log->stream) != log->line.n || fflush(log->stream))
        return error_errno(err, log->path);
    return 0;
}

static void train_log_number(struct text *line, const char *name, double number)
{
    json_put_name(line, name);
    if (isfinite(number))
        json_put_number(line, number);
    else
        text_add(line, "null");
}

int train_log_step(struct train_log *log, const struct train_step *step, struct error *err)
{
    struct text *line = &log->line;
    if (!log->stream)
        return 0;
    text_clear(line);
    text_add_format(line, "{\"step\": %zu, \"epoch\": %zu, \"task\": \"%s\"", step->step, step->epoch,
                    step->task == TRAINING_NER ? "ner" : "re");
    train_log_number(line, "task_loss", step->losses.task);
    train_log_number(line, "alignment", step->losses.alignment);
    train_log_number(line, "text_kl", step->losses.text_kl);
    train_log_number(line, "image_kl", step->losses.image_kl);
    train_log_number(line, "total", step->losses.total);
    train_log_number(line, "learning_rate", step->rate);
    train_log_number(line, "gradient_norm", step->norm);
    text_add_format(line, ", \"posts\": %zu", step->posts);
    train_log_number(line, "seconds", round(step->seconds * 1e6) / 1e6);
    return train_log_put(log, err);
}

int train_log_epoch(struct train_log *log, const struct train_epoch *epoch, const char *const *names, size_t n,
                    struct error *err)
{
    struct text *line = &log->line;
    if (!log->stream)
        return 0;
    text_clear(line);
    text_add_format(line, "{\"epoch\": %zu, \"step\": %zu, \"dev\": [", epoch->epoch, epoch->step);
    for (size_t i = 0; i < n; i++) {
        text_add(line, i ? ", {" : "{");
        json_put_name(line, "file");
        json_put_text(line, names[i]);
        train_log_number(line, "ner_f1", epoch->scores[i].ner);
        train_log_number(line, "re_f1", epoch->scores[i].re);
        text_add_char(line, '}');
    }
    text_add_char(line, ']');
    train_log_number(line, "f1", epoch->score);
    text_add_format(line, ", \"best\": %s", epoch->best ? "true" : "false");
    train_log_number(line, "seconds", round(epoch->seconds * 1e6) / 1e6);
    return train_log_put(log, err);
}

int train_log_close(struct train_log *log, struct error *err)
{
    int failed = log->stream && fclose(log->stream);
    log->stream = NULL;
    text_free(&log->line);
    return failed ? error_errno(err, log->path) : 0;
}
