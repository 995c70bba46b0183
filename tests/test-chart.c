/* Charts and the file they go to: ticks at round numbers, all three kinds of file, numbers beside, refusals.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "ui/canvas.h"
#include "ui/chart.h"
#include "ui/numbers.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[4096];

static int set_up(void **state)
{
    (void)state;
    const char *kept = getenv("CHART_FOLDER"); /* for looking at the figures */
    const char *base = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/mmib-chart.XXXXXX", base ? base : "/tmp");
    return kept ? chdir(kept) : mkdtemp(folder) ? chdir(folder) : -1;
}

static int tear_down(void **state)
{
    (void)state;
    if (getenv("CHART_FOLDER"))
        return 0;
    static const char *const names[] = {"a.png", "a.svg", "a.pdf", "a.csv", "b.csv", "odd.png", "odd.csv"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(names[i]);
    return chdir("/") || rmdir(folder);
}

static size_t read_file(const char *path, char *out, size_t size)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t n = fread(out, 1, size - 1, file);
    fclose(file);
    out[n] = 0;
    return n;
}

/* ---- Ticks ---- */

static void assert_ticks(double low, double high, bool logarithmic, double wanted, const char *expected)
{
    struct chart_tick ticks[CHART_MAX_TICKS];
    char got[512] = "";
    size_t n = chart_ticks(low, high, logarithmic, wanted, ticks);
    for (size_t i = 0; i < n; i++) {
        strcat(strcat(got, i ? " " : ""), ticks[i].text);
        assert_true(ticks[i].at >= low - 1e-9 * fabs(low) && ticks[i].at <= high + 1e-9 * fabs(high));
    }
    assert_string_equal(got, expected);
}

static void ticks_are_round(void **state)
{
    (void)state;
    assert_ticks(0, 1, false, 5, "0.0 0.2 0.4 0.6 0.8 1.0");
    assert_ticks(79.3, 82.1, false, 6, "79.5 80.0 80.5 81.0 81.5 82.0");
    assert_ticks(-3, 12345, false, 3, "0 5000 10000");
    assert_ticks(-0.3, 0.3, false, 3, "\u22120.2 0.0 0.2");
    assert_ticks(0, 3e-5, false, 3, "0 1e-05 2e-05 3e-05");
    assert_ticks(0.01, 1000, true, 6, "0.01 0.1 1 10 100 1000");
    assert_ticks(0.4, 30, true, 6, "0.5 1 2 5 10 20");
    assert_ticks(2.2, 2.6, true, 3, "2.2 2.3 2.4 2.5 2.6");
    assert_ticks(1, 1, false, 5, "");
    assert_ticks(0, NAN, false, 5, "");
    assert_ticks(-1, 10, true, 5, "");
}

/* ---- Figures ---- */

enum { POINTS = 7 };
static const double place[POINTS] = {0, 1, 2, 3, 4, 5, 6};
static const double f1[POINTS] = {84.1, 84.9, 85.3, NAN, 84.6, 84.0, 83.1};
static const double low[POINTS] = {83.6, 84.5, 85.0, NAN, 84.0, 83.2, 82.0};
static const double high[POINTS] = {84.6, 85.3, 85.6, NAN, 85.2, 84.8, 84.2};
static const double other[POINTS] = {84.1, 84.3, 84.6, 84.4, 84.0, 83.0, 81.9};
static const double third[POINTS] = {84.1, 85.2, 85.9, 84.9, 84.2, 83.6, 82.5};
static const char *const betas[POINTS] = {"0", "0.01", "0.1", "0.5", "1", "1.5", "2"};

static int save(const char *path, struct error *err)
{
    enum { CLOUD = 150 };
    static double x[3][CLOUD], y[3][CLOUD], seed = 0.5;
    for (size_t k = 0; k < 3; k++)
        for (size_t i = 0; i < CLOUD; i++) {
            double *each[] = {&x[k][i], &y[k][i]};
            for (size_t c = 0; c < 2; c++) {
                seed = fmod(seed * 997 + 0.1234567, 1);
                *each[c] = 40 * (seed - 0.5) + 25 * cos((double)k * 2 + (double)c);
            }
        }
    const struct chart_series curves[] = {
        {.name = "text = 1, picture varied", .x = place, .y = f1, .low = low, .high = high, .n = POINTS},
        {.name = "picture = 1, \u6587\u5b57 varied, \u0645\u0631\u062d\u0628\u0627", .x = place, .y = other, .n = POINTS},
        {.name = "both, \"equal\"", .x = place, .y = third, .n = POINTS},
    };
    struct chart_series clouds[3];
    for (size_t k = 0; k < 3; k++)
        clouds[k] = (struct chart_series){.name = betas[k], .x = x[k], .y = y[k], .n = CLOUD, .style = CHART_SCATTER};
    const struct chart charts[] = {
        {.title = "Twitter-2017", .x = {.label = "\u03b2", .names = betas, .n_names = POINTS}, .y = {.label = "F1 (%)"},
         .series = curves, .n_series = 3},
        {.title = "bands", .x = {.label = "step"}, .y = {.label = "loss (nats)", .logarithmic = true},
         .series = curves, .n_series = 3, .band = true},
        {.title = "points", .x = {.bare = true}, .y = {.bare = true}, .series = clouds, .n_series = 3},
        {.title = "nothing", .x = {.label = "x"}, .y = {.label = "y", .from_zero = true}},
    };
    const struct chart_figure figure = {
        .title = "A figure", .note = "Bars: standard deviation of three seeds.", .charts = charts, .n_charts = 4, .columns = 2};
    return chart_save(&figure, path, err);
}

static void figures_of_all_kinds(void **state)
{
    (void)state;
    static const struct {
        const char *path, *head;
    } kinds[] = {{"a.png", "\x89PNG\r\n\x1a\n"}, {"a.svg", "<?xml"}, {"a.pdf", "%PDF-"}};
    struct error err;
    char text[1 << 16];
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(save(kinds[i].path, &err), 0);
        assert_true(read_file(kinds[i].path, text, sizeof text) > 1000);
        assert_memory_equal(text, kinds[i].head, strlen(kinds[i].head));
    }
    read_file("a.csv", text, sizeof text);
    const char *head = "chart,series,x,y,low,high\n"
                       "Twitter-2017,\"text = 1, picture varied\",0,84.1,83.6,84.6\n"
                       "Twitter-2017,\"text = 1, picture varied\",0.01,84.9,84.5,85.3\n"
                       "Twitter-2017,\"text = 1, picture varied\",0.1,85.3,85,85.6\n"
                       "Twitter-2017,\"text = 1, picture varied\",0.5,,,\n";
    assert_memory_equal(text, head, strlen(head));
    assert_non_null(strstr(text, "\nTwitter-2017,\"both, \"\"equal\"\"\",2,82.5,,\n"));
}

static void refusals_leave_nothing(void **state)
{
    (void)state;
    struct error err;
    assert_int_equal(save("a.gif", &err), -1);
    assert_int_equal(err.kind, ERROR_USAGE);
    assert_string_equal(err.message, "a.gif: a figure's name ends with .png, .svg or .pdf");
    assert_int_equal(save(".svg", &err), -1);
    assert_int_equal(save("absent/a.svg", &err), -1);
    assert_int_equal(err.kind, ERROR_IO);
    assert_null(canvas_open("odd.png", 1e6, 10, &err));
    assert_null(canvas_open("odd.png", NAN, 10, &err));
    struct canvas *canvas = canvas_open("odd.png", 20, 20, &err);
    assert_non_null(canvas);
    canvas_abandon(canvas);
    assert_int_equal(access("odd.png", F_OK), -1);
}

static void no_number_reaches_a_terminal_as_a_command(void **state)
{
    (void)state;
    struct error err;
    struct numbers numbers;
    char text[256];
    assert_int_equal(numbers_open("odd.png", "word", &numbers, &err), 0);
    numbers_text(&numbers, "a\x1b[2J\x7f\xc2\x9b\n\xc3\xa9,\"");
    numbers_end_line(&numbers);
    assert_int_equal(numbers_close(&numbers, &err), 0);
    read_file("odd.csv", text, sizeof text);
    assert_string_equal(text, "word\n\"a\xe2\x90\x9b[2J\xe2\x90\xa1\xef\xbf\xbd\xe2\x90\x8a\xc3\xa9,\"\"\"\n");
    unlink("odd.csv");
}

static void somebodys_numbers_stay(void **state)
{
    (void)state;
    struct error err;
    char text[256];
    FILE *file = fopen("b.csv", "w");
    fputs("name,score\nmine,1\n", file);
    fclose(file);
    assert_int_equal(save("b.png", &err), -1);
    assert_int_equal(err.kind, ERROR_IO);
    assert_non_null(strstr(err.message, "b.csv: is there"));
    read_file("b.csv", text, sizeof text);
    assert_string_equal(text, "name,score\nmine,1\n");
    assert_int_equal(access("b.png", F_OK), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ticks_are_round),
        cmocka_unit_test(figures_of_all_kinds),
        cmocka_unit_test(refusals_leave_nothing),
        cmocka_unit_test(no_number_reaches_a_terminal_as_a_command),
        cmocka_unit_test(somebodys_numbers_stay),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
