/* SPDX-License-Identifier: Apache-2.0 */
#include "src/experiment-record.h"

#include "corpora/files.h"
#include "corpora/json.h"
#include "corpora/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RECORD_MAX_BYTES = 1 << 20 };

/* Allocated; NULL where there is none that could be ours. */
static char *record_text(const char *path, size_t *n)
{
    FILE *stream = fopen(path, "rb");
    char *text = stream ? malloc(RECORD_MAX_BYTES + 1) : NULL;
    if (text) {
        *n = fread(text, 1, RECORD_MAX_BYTES, stream);
        text[*n] = '\0';
    }
    if (stream)
        fclose(stream);
    return text;
}

bool experiment_text_is(const char *path, const char *text)
{
    size_t n;
    char *there = record_text(path, &n);
    bool same = there && n == strlen(text) && !memcmp(there, text, n);
    free(there);
    return same;
}

int experiment_text_write(const char *path, const char *text, struct error *err)
{
    struct file_writer writer;
    if (file_writer_open(path, &writer, err))
        return -1;
    fputs(text, writer.stream);
    return file_writer_finish(&writer, err);
}

static bool record_counts(struct json_value root, const char *name, bool *has, struct score_counts *out)
{
    struct json_value value = json_member(root, name);
    *has = json_is_given(value);
    return !*has || (json_whole(json_member(value, "tp"), &out->tp) && json_whole(json_member(value, "fp"), &out->fp) &&
                     json_whole(json_member(value, "fn"), &out->fn));
}

bool experiment_record_read(const char *path, const char *settings, struct experiment_record *out)
{
    size_t n;
    char *text = record_text(path, &n);
    struct json_value root;
    const struct json_document document = {text, n, path, 1};
    *out = (struct experiment_record){0};
    bool good = text && !json_document_check(&document, &root, NULL);
    if (good) {
        struct json_value kept = json_member(root, "settings"), f1 = json_member(root, "dev_f1");
        good = kept.text && kept.n == strlen(settings) && !memcmp(kept.text, settings, kept.n) &&
               json_whole(json_member(root, "seed"), &out->seed) &&
               json_whole(json_member(root, "epochs"), &out->epochs) &&
               json_whole(json_member(root, "best_epoch"), &out->best_epoch) && json_kind(f1) == JSON_NUMBER &&
               record_counts(root, "ner", &out->has_ner, &out->ner) &&
               record_counts(root, "re", &out->has_re, &out->re) && (out->has_ner || out->has_re);
        if (good)
            out->dev_f1 = json_number(f1);
    }
    free(text);
    return good;
}

static void record_put_counts(struct text *out, const char *name, const struct score_counts *counts)
{
    json_put_name(out, name);
    text_add_format(out, "{\"tp\": %zu, \"fp\": %zu, \"fn\": %zu}", counts->tp, counts->fp, counts->fn);
}

int experiment_record_write(const char *path, const char *settings, const struct experiment_record *record,
                            struct error *err)
{
    struct text out = {0};
    text_add_format(&out, "{\"seed\": %zu, \"epochs\": %zu, \"best_epoch\": %zu", record->seed, record->epochs,
                    record->best_epoch);
    json_put_name(&out, "dev_f1");
    json_put_number(&out, record->dev_f1);
    if (record->has_ner)
        record_put_counts(&out, "ner", &record->ner);
    if (record->has_re)
        record_put_counts(&out, "re", &record->re);
    json_put_name(&out, "settings");
    text_add(&out, settings);
    text_add(&out, "}\n");
    int result = out.failed ? error_memory(err, path) : experiment_text_write(path, out.bytes, err);
    text_free(&out);
    return result;
}
