/* The parts of the golden check: a report, and one function a kind of folder.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_TESTS_GOLDEN_H
#define MMIB_TESTS_GOLDEN_H

#include "corpora/error.h"
#include "model/safetensors.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct golden_report {
    const char *directory;
    size_t checked, failed;
    char first[256];  /* name and size of the first difference */
};

/* Floats within 2e-4 absolute + 2e-4 relative of the expected tensor, of equal count. */
void golden_compare_floats(struct golden_report *report, const char *key, const struct safetensors_entry *expected,
                           const float *got, size_t n);

/* Identical 32-bit numbers. */
void golden_compare_ids(struct golden_report *report, const char *key, const struct safetensors_entry *expected,
                        const int32_t *got, size_t n);

/* Bytes within 1 of 255, and 99 % identical. */
void golden_compare_pixels(struct golden_report *report, const char *key, const struct safetensors_entry *expected,
                           const uint8_t *got, size_t n);

/* Counts a failure. */
void golden_fail(struct golden_report *report, const char *key, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Each returns 0 when the folder could be read (the report tells the rest), else -1. */
int golden_check_model(const char *directory, struct golden_report *report, struct error *err);
int golden_check_training(const char *directory, struct golden_report *report, struct error *err);
int golden_check_words(const char *directory, struct golden_report *report, struct error *err);
int golden_check_pictures(const char *directory, struct golden_report *report, struct error *err);

/* directory/name into out; returns out. */
const char *golden_path(char *out, size_t size, const char *directory, const char *name);

#endif
