/* SPDX-License-Identifier: Apache-2.0 */
#include "src/train-curves.h"

#include "corpora/json.h"
#include "corpora/lines.h"
#include "corpora/text.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { TRAIN_CURVES_WINDOWS = 100 /* a curve is smoothed over this part of it */ };

void train_curves_free(struct train_curves *curves)
{
    for (size_t i = 0; i < curves->n; i++) {
        free(curves->each[i].name);
        free(curves->each[i].x);
        free(curves->each[i].y);
    }
    free(curves->each);
    *curves = (struct train_curves){0};
}

/* The curve of that name, entered where it is new; NULL when memory is out. */
static struct train_curve *train_curves_named(struct train_curves *curves, enum train_panel panel, const char *name)
{
    for (size_t i = 0; i < curves->n; i++)
        if (curves->each[i].panel == panel && !strcmp(curves->each[i].name, name))
            return &curves->each[i];
    struct train_curve *grown = array_grow(curves->each, curves->n, sizeof *grown);
    if (!grown)
        return NULL;
    curves->each = grown;
    grown[curves->n] = (struct train_curve){.name = strdup(name), .panel = panel};
    return grown[curves->n].name ? &grown[curves->n++] : NULL;
}

/* Adds a point, unless the value is no number. */
static int train_curves_add(struct train_curves *curves, enum train_panel panel, const char *name, size_t step,
                            struct json_value value, double factor)
{
    double y = json_kind(value) == JSON_NUMBER ? factor * json_number(value) : NAN;
    if (!isfinite(y))
        return 0;
    struct train_curve *curve = train_curves_named(curves, panel, name);
    double *x = curve ? array_grow(curve->x, curve->n, sizeof *x) : NULL;
    if (x)
        curve->x = x;
    double *grown = x ? array_grow(curve->y, curve->n, sizeof *grown) : NULL;
    if (!grown)
        return -1;
    curve->y = grown;
    curve->x[curve->n] = (double)step;
    curve->y[curve->n++] = y;
    return 0;
}

static int train_curves_add_step(struct train_curves *curves, struct json_value root, size_t step)
{
    bool ner = json_text_is(json_member(root, "task"), "ner");
    const struct {
        enum train_panel panel;
        const char *name, *member;
    } numbers[] = {{PANEL_LOSS, ner ? "entities" : "relations", "task_loss"},
                   {PANEL_LOSS, "alignment", "alignment"},
                   {PANEL_LOSS, "text KL", "text_kl"},
                   {PANEL_LOSS, "image KL", "image_kl"},
                   {PANEL_RATE, "learning rate", "learning_rate"}};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (train_curves_add(curves, numbers[i].panel, numbers[i].name, step, json_member(root, numbers[i].member), 1))
            return -1;
    return 0;
}

static int train_curves_add_epoch(struct train_curves *curves, struct json_value root, size_t step)
{
    struct json_walk walk = json_walk(json_member(root, "dev"));
    for (struct json_value item; json_next_item(&walk, &item);) {
        static const char *const members[] = {"ner_f1", "re_f1"}, *const tasks[] = {"entities", "relations"};
        struct json_value file = json_member(item, "file");
        char *name = json_kind(file) == JSON_TEXT ? json_text(file) : strdup("dev");
        for (size_t i = 0; i < 2; i++) {
            struct text title = {0};
            text_add_format(&title, "%s, %s", name ? name : "", tasks[i]);
            int failed = !name || title.failed ||
                         train_curves_add(curves, PANEL_F1, title.bytes, step, json_member(item, members[i]), 100);
            text_free(&title);
            if (failed) {
                free(name);
                return -1;
            }
        }
        free(name);
    }
    return train_curves_add(curves, PANEL_F1, "mean", step, json_member(root, "f1"), 100);
}

static int train_curves_read_line(struct train_curves *curves, const struct line_reader *reader, const char *line,
                                  struct error *err)
{
    struct json_value root = json_value_of(line);
    size_t step;
    if (!json_whole(json_member(root, "step"), &step) || !json_is_given(json_member(root, "epoch")))
        return line_error(reader, err, "not a line of a training log");
    bool epoch = json_kind(json_member(root, "dev")) == JSON_ARRAY;
    return (epoch ? train_curves_add_epoch : train_curves_add_step)(curves, root, step)
               ? error_memory(err, reader->path)
               : 0;
}

static void train_curves_smooth(struct train_curve *curve)
{
    double window = (double)(curve->n / TRAIN_CURVES_WINDOWS + 1);
    for (size_t i = 1; i < curve->n; i++)
        curve->y[i] = curve->y[i - 1] + (curve->y[i] - curve->y[i - 1]) / window;
}

int train_curves_read(const char *path, struct train_curves *out, struct error *err)
{
    struct line_reader reader;
    char *line;
    size_t n;
    int got;
    *out = (struct train_curves){0};
    if (line_reader_open(path, &reader, err))
        return -1;
    while ((got = line_reader_next(&reader, &line, &n, err)) > 0)
        if (train_curves_read_line(out, &reader, line, err)) {
            struct error behind;
            bool half = out->n && err->kind == ERROR_INPUT && !line_reader_next(&reader, &line, &n, &behind);
            got = half ? 0 : -1; /* a killed run may have left half a line at the end */
            break;
        }
    line_reader_close(&reader);
    if (!got && !out->n)
        got = error_set(err, ERROR_INPUT, "%s: has no steps", path);
    for (size_t i = 0; i < out->n; i++)
        if (out->each[i].panel == PANEL_LOSS)
            train_curves_smooth(&out->each[i]);
    if (got < 0)
        train_curves_free(out);
    return got < 0 ? -1 : 0;
}
