/* Checks folders of golden data against this build: golden DIR...
 *
 * A folder with config.json is a model with posts and every intermediate value (expected.safetensors, keyed POST/NAME), and is trained too
 * where it has training.json; one
 * with words.jsonl holds words and their pieces; one with neither holds pictures and their pixels. Exit 0 when all holds, 1
 * when a stage differs (the first one of each folder is named), 3 when something cannot be read.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "tests/golden.h"

#include <stdio.h>
#include <unistd.h>

static bool golden_has(const char *directory, const char *name)
{
    char path[4096];
    return access(golden_path(path, sizeof path, directory, name), F_OK) == 0;
}

int main(int argc, char **argv)
{
    int worst = 0;
    if (argc < 2) {
        fputs("usage: golden DIR...\n", stderr);
        return 2;
    }
    for (int i = 1; i < argc; i++) {
        struct golden_report report = {.directory = argv[i]};
        struct error err = {0};
        int result = -1;
        if (golden_has(argv[i], "config.json") || golden_has(argv[i], "model.safetensors"))
            result = golden_check_model(argv[i], &report, &err);
        else if (golden_has(argv[i], "words.jsonl"))
            result = golden_check_words(argv[i], &report, &err);
        else if (golden_has(argv[i], "expected.safetensors"))
            result = golden_check_pictures(argv[i], &report, &err);
        else
            error_set(&err, ERROR_INPUT, "%s: neither config.json, words.jsonl nor expected.safetensors", argv[i]);
        if (result) {
            fprintf(stderr, "golden: %s\n", err.message);
            worst = 3;
        } else if (report.failed) {
            printf("%s: %zu of %zu values differ, first %s\n", argv[i], report.failed, report.checked, report.first);
            worst = worst ? worst : 1;
        } else {
            printf("%s: %zu values hold\n", argv[i], report.checked);
        }
    }
    return worst;
}
