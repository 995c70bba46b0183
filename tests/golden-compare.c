/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/golden.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GOLDEN_ABSOLUTE 2e-4
#define GOLDEN_RELATIVE 2e-4

const char *golden_path(char *out, size_t size, const char *directory, const char *name)
{
    snprintf(out, size, "%s/%s", directory, name);
    return out;
}

void golden_fail(struct golden_report *report, const char *key, const char *format, ...)
{
    if (!report->failed++) {
        char why[160];
        va_list ap;
        va_start(ap, format);
        vsnprintf(why, sizeof why, format, ap);
        va_end(ap);
        snprintf(report->first, sizeof report->first, "%.80s: %s", key, why);
    }
}

static bool golden_same_count(struct golden_report *report, const char *key, const struct safetensors_entry *expected,
                              enum tensor_type type, size_t size, size_t n)
{
    report->checked++;
    if (expected->type == type && expected->bytes == n * size)
        return true;
    golden_fail(report, key, "%zu values expected, got %zu", expected->bytes / size, n);
    return false;
}

void golden_compare_floats(struct golden_report *report, const char *key, const struct safetensors_entry *expected,
                           const float *got, size_t n)
{
    if (!golden_same_count(report, key, expected, TENSOR_F32, sizeof(float), n))
        return;
    for (size_t i = 0; i < n; i++) {
        float want;
        memcpy(&want, (const char *)expected->data + i * sizeof want, sizeof want);
        /* Written so that NaN fails. */
        if (!(fabs((double)got[i] - want) <= GOLDEN_ABSOLUTE + GOLDEN_RELATIVE * fabs((double)want))) {
            golden_fail(report, key, "value %zu is %.9g, expected %.9g", i, (double)got[i], (double)want);
            return;
        }
    }
}

void golden_compare_ids(struct golden_report *report, const char *key, const struct safetensors_entry *expected,
                        const int32_t *got, size_t n)
{
    if (!golden_same_count(report, key, expected, TENSOR_I32, sizeof(int32_t), n))
        return;
    for (size_t i = 0; i < n; i++) {
        int32_t want;
        memcpy(&want, (const char *)expected->data + i * sizeof want, sizeof want);
        if (got[i] != want) {
            golden_fail(report, key, "value %zu is %d, expected %d", i, (int)got[i], (int)want);
            return;
        }
    }
}

void golden_compare_pixels(struct golden_report *report, const char *key, const struct safetensors_entry *expected,
                           const uint8_t *got, size_t n)
{
    if (!golden_same_count(report, key, expected, TENSOR_U8, 1, n))
        return;
    const uint8_t *want = expected->data;
    size_t different = 0;
    int largest = 0;
    for (size_t i = 0; i < n; i++) {
        int distance = abs(got[i] - want[i]);
        different += distance > 0;
        largest = distance > largest ? distance : largest;
    }
    if (largest > 1 || different * 100 > n)
        golden_fail(report, key, "%zu of %zu bytes differ, by up to %d", different, n, largest);
}
