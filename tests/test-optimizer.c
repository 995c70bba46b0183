/* AdamW against the same formulas in long double, and the schedule of its rates.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/optimizer.h"
#include "model/random.h"
#include "model/schedule.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* One tensor of each rate, one frozen, and one that no step touches; the first spans several chunks. */
enum { TEXT, HEAD, CRF, FROZEN, IDLE, TENSORS };
enum { LONG = 50001, SHORT = 7, COUNT = 50016 + 4 * 16 };

static struct error err;

struct reference {
    long double value, first, second, average;
};

struct run {
    struct parameter each[TENSORS];
    float values[COUNT], gradients[COUNT];
    struct parameters parameters;
    struct reference reference[COUNT];
    struct random random;
};

static struct run run;

static void run_start(void)
{
    static const char *const names[TENSORS] = {"text.embeddings.word_embeddings.weight", "text_mean.norm1.weight",
                                               "ner.crf.start", "text.encoder.layer.0.output.dense.bias",
                                               "re.classifier.bias"};
    memset(&run, 0, sizeof run);
    random_seed(&run.random, 7, "optimizer");
    for (size_t i = 0, offset = 0; i < TENSORS; i++) {
        size_t count = i == TEXT ? LONG : SHORT;
        run.each[i] = (struct parameter){
            .name = (char *)names[i], .rank = 1, .shape = {count}, .offset = offset, .count = count, .frozen = i == FROZEN};
        offset += (count + 15) / 16 * 16;
    }
    for (size_t i = 0; i < COUNT; i++) {
        run.values[i] = random_normal(&run.random);
        run.reference[i].value = run.reference[i].average = run.values[i];
    }
    run.parameters =
        (struct parameters){.each = run.each, .n = TENSORS, .count = COUNT, .values = run.values, .gradients = run.gradients};
}

/* New gradients for what the step touches; the others' are junk that must not count. Returns their norm. */
static long double run_fill(bool with_crf, float size)
{
    long double square = 0;
    for (size_t i = 0; i < TENSORS; i++) {
        run.each[i].touched = i == TEXT || i == HEAD || (i == CRF && with_crf);
        for (size_t k = 0; k < run.each[i].count; k++) {
            float *g = &run.gradients[run.each[i].offset + k];
            *g = run.each[i].touched || i == FROZEN ? size * random_normal(&run.random) : 0;
            if (run.each[i].touched)
                square += (long double)*g * *g;
        }
    }
    return sqrtl(square);
}

static void reference_step(const struct optimizer_settings *s, long double norm, const unsigned t[TENSORS])
{
    const long double rates[TENSORS] = {s->base, s->head, s->crf, s->base, s->head};
    long double scale = s->clip > 0 && norm > s->clip ? s->clip / (norm + 1e-6L) : 1;
    for (size_t i = 0; i < TENSORS; i++)
        for (size_t k = run.each[i].offset; k < run.each[i].offset + run.each[i].count; k++) {
            struct reference *r = &run.reference[k];
            if (run.each[i].touched) {
                long double g = scale * run.gradients[k];
                r->value -= r->value * rates[i] * s->decay;
                r->first = 0.9L * r->first + 0.1L * g;
                r->second = 0.999L * r->second + 0.001L * g * g;
                long double first = r->first / (1 - powl(0.9L, t[i])), second = r->second / (1 - powl(0.999L, t[i]));
                r->value -= rates[i] * first / (sqrtl(second) + 1e-8L);
            }
            r->average = s->average * r->average + (1 - s->average) * r->value;
        }
}

static void expect_reference(const struct optimizer *optimizer)
{
    for (size_t i = 0; i < TENSORS; i++)
        for (size_t k = run.each[i].offset; k < run.each[i].offset + run.each[i].count; k++) {
            assert_true(fabsl(run.values[k] - run.reference[k].value) < 2e-6L);
            assert_true(fabsl(optimizer->average[k] - run.reference[k].average) < 2e-6L);
        }
}

static void follows_the_formulas(void **state)
{
    (void)state;
    struct optimizer_settings settings = {
        .base = 0.001, .head = 0.004, .crf = 0.05, .decay = 0.1, .clip = 3, .average = 0.8};
    unsigned t[TENSORS] = {0};
    run_start();
    float idle = run.values[run.each[IDLE].offset], frozen = run.values[run.each[FROZEN].offset];
    struct optimizer *optimizer = optimizer_new(&run.parameters, true, &err);
    assert_non_null(optimizer);
    for (unsigned step = 0; step < 6; step++) {
        bool with_crf = step % 2; /* its own count of steps makes its bias correction */
        double got;
        long double norm = run_fill(with_crf, step < 3 ? 0.001f : 1); /* below the limit, then far over it */
        assert_true(step < 3 ? norm < 3 : norm > 100);
        t[TEXT]++, t[HEAD]++, t[CRF] += with_crf;
        reference_step(&settings, norm, t);
        assert_int_equal(optimizer_step(optimizer, &settings, NULL, &got, &err), 0);
        assert_true(fabsl(got - norm) < 1e-6L * norm);
        expect_reference(optimizer);
        for (size_t i = 0; i < TENSORS; i++) {
            assert_false(run.each[i].touched);
            assert_true(optimizer->steps[i] == t[i]);
            assert_true(i == FROZEN || run.gradients[run.each[i].offset] == 0);
        }
        settings.base *= 0.7;
    }
    assert_true(run.values[run.each[IDLE].offset] == idle && run.values[run.each[FROZEN].offset] == frozen);
    float value = run.values[0], average = optimizer->average[0];
    optimizer_swap_average(optimizer);
    assert_true(run.values[0] == average && optimizer->average[0] == value);
    optimizer_free(optimizer);
}

static void threads_change_nothing(void **state)
{
    (void)state;
    const struct optimizer_settings settings = {.base = 0.001, .head = 0.004, .crf = 0.05, .decay = 0.01, .clip = 1};
    static float values[COUNT];
    double norms[2];
    for (size_t i = 0; i < 2; i++) {
        struct threads *threads = threads_new(i ? 3 : 1);
        run_start();
        struct optimizer *optimizer = optimizer_new(&run.parameters, false, &err);
        assert_non_null(optimizer);
        for (unsigned step = 0; step < 2; step++) {
            run_fill(true, 1);
            assert_int_equal(optimizer_step(optimizer, &settings, threads, &norms[i], &err), 0);
        }
        if (i)
            assert_memory_equal(values, run.values, sizeof values);
        memcpy(values, run.values, sizeof values);
        optimizer_free(optimizer);
        threads_free(threads);
    }
    assert_true(norms[0] == norms[1]);
}

static void refuses_what_is_not_finite(void **state)
{
    (void)state;
    const struct optimizer_settings settings = {.base = 0.1, .head = 0.1, .crf = 0.1};
    static const float bad[] = {NAN, INFINITY};
    static float values[COUNT];
    for (size_t i = 0; i < 2; i++) {
        double norm;
        run_start();
        struct optimizer *optimizer = optimizer_new(&run.parameters, false, &err);
        assert_non_null(optimizer);
        run_fill(true, 1);
        run.gradients[LONG - 1] = bad[i];
        memcpy(values, run.values, sizeof values);
        assert_int_equal(optimizer_step(optimizer, &settings, NULL, &norm, &err), -1);
        assert_string_equal(err.message, i ? "the norm of the gradients is inf" : "the norm of the gradients is nan");
        assert_memory_equal(values, run.values, sizeof values);
        assert_true(optimizer->first[0] == 0 && optimizer->steps[0] == 0);
        optimizer_free(optimizer);
    }
}

static void rates_rise_and_fall(void **state)
{
    (void)state;
    static const double rates[] = {0, 0.5, 1, 0.75, 0.5, 0.25, 0, 0};
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++)
        assert_true(fabs(schedule_rate(i, 2, 6) - rates[i]) < 1e-15);
    assert_true(schedule_rate(0, 0, 4) == 1);
    assert_true(schedule_rate(3, 0, 4) == 0.25);
    assert_true(schedule_rate(1, 4, 4) == 0.25);
    assert_true(schedule_rate(4, 4, 4) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follows_the_formulas),
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(refuses_what_is_not_finite),
        cmocka_unit_test(rates_rise_and_fall),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
