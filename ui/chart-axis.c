/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/chart.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* A distance of ticks that reads well: 1, 2 or 5 times a power of ten. */
static double tick_step(double span, double wanted)
{
    double power = pow(10, floor(log10(span / wanted))), ratio = span / wanted / power;
    return power * (ratio < 1.5 ? 1 : ratio < 3.5 ? 2 : ratio < 7.5 ? 5 : 10);
}

/* As many decimals as the step has, and a real minus sign. */
static void tick_write(struct chart_tick *tick, double step)
{
    double value = fabs(tick->at) < step / 1e6 ? 0 : tick->at;
    char number[sizeof tick->text - 4];
    int decimals = step < 1 ? (int)ceil(-log10(step) - 1e-9) : 0;
    if (decimals > 4 || fabs(value) >= 1e7)
        snprintf(number, sizeof number, "%.6g", fabs(value));
    else
        snprintf(number, sizeof number, "%.*f", decimals, fabs(value));
    snprintf(tick->text, sizeof tick->text, "%s%s", value < 0 ? "\u2212" : "", number);
}

static size_t ticks_linear(double low, double high, double wanted, struct chart_tick *out)
{
    size_t n = 0;
    double step = tick_step(high - low, wanted), first = ceil(low / step - 1e-9);
    while (n < CHART_MAX_TICKS && (first + (double)n) * step <= high + step * 1e-9) {
        out[n].at = (first + (double)n) * step;
        tick_write(&out[n], step);
        n++;
    }
    return n;
}

/* Powers of ten; with few of them, 2 and 5 times these too. */
static size_t ticks_logarithmic(double low, double high, double wanted, struct chart_tick *out)
{
    static const double factors[] = {1, 2, 5};
    double decades = log10(high / low);
    int n_factors = decades <= wanted / 2 ? 3 : 1;
    double step = decades > wanted ? ceil(decades / wanted) : 1;
    size_t n = 0;
    for (double power = floor(log10(low)); power <= log10(high) && n < CHART_MAX_TICKS; power += step)
        for (int i = 0; i < n_factors && n < CHART_MAX_TICKS; i++) {
            double at = factors[i] * pow(10, power);
            if (at < low * (1 - 1e-9) || at > high * (1 + 1e-9))
                continue;
            out[n].at = at;
            snprintf(out[n++].text, sizeof out->text, "%.4g", at);
        }
    return n;
}

size_t chart_ticks(double low, double high, bool logarithmic, double wanted, struct chart_tick out[CHART_MAX_TICKS])
{
    if (!isfinite(low) || !isfinite(high) || !(low < high) || (logarithmic && low <= 0))
        return 0;
    wanted = fmin(fmax(wanted, 2), CHART_MAX_TICKS / 2);
    if (logarithmic) {
        size_t n = ticks_logarithmic(low, high, wanted, out);
        if (n >= 2)
            return n; /* less than half a decade has round numbers of its own */
    }
    return ticks_linear(low, high, wanted, out);
}
