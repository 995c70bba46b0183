/* SPDX-License-Identifier: Apache-2.0 */
#include "src/eval-condition.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_BYTES = 256 };
enum metric { METRIC_P, METRIC_R, METRIC_F1, METRIC_TP, METRIC_FP, METRIC_FN, N_METRICS };

static const char *const metric_names[N_METRICS] = {"p", "r", "f1", "tp", "fp", "fn"};

struct condition {
    char name[NAME_BYTES]; /* "micro", "PER", "/per/org/member_of" */
    enum metric metric;
    const struct score *score; /* NULL: it is a figure */
    double figure;
    bool greater, or_equal;
    double bound;
};

static int not_a_condition(const char *text, struct error *err)
{
    return error_set(err, ERROR_USAGE, "--fail-if: \"%.200s\" is no condition such as PER.f1<0.86", text);
}

static bool is_average(const char *name)
{
    return !strcmp(name, "micro") || !strcmp(name, "macro") || !strcmp(name, "weighted");
}

static const struct score_counts *find_type(const struct score *score, const char *name)
{
    for (size_t i = 0; score && i < score->n_types; i++)
        if (!strcmp(score->types[i].name, name))
            return &score->types[i].counts;
    return NULL;
}

/* Splits [ner.|re.][NAME.]METRIC, and finds whose score is meant. A relation's name may have dots. */
static int parse_score(const char *text, size_t n, const struct eval_scores *scores, struct condition *out,
                      struct error *err)
{
    char word[NAME_BYTES];
    const struct score *named = NULL;
    if (!n || n >= sizeof word)
        return not_a_condition(text, err);
    memcpy(word, text, n);
    word[n] = '\0';
    char *name = word, *dot;
    if (!strncmp(name, "ner.", 4) || !strncmp(name, "re.", 3)) {
        named = *name == 'n' ? scores->ner : scores->re;
        if (!named)
            return error_set(err, ERROR_USAGE, "--fail-if: %s: entities are not scored here", word);
        name = strchr(name, '.') + 1;
    }
    dot = strrchr(name, '.');
    const char *metric = dot ? dot + 1 : name;
    while (out->metric < N_METRICS && strcmp(metric_names[out->metric], metric))
        out->metric++;
    if (out->metric == N_METRICS)
        return error_set(err, ERROR_USAGE, "--fail-if: %s is not one of p, r, f1, tp, fp, fn", metric);
    if (dot)
        *dot = '\0';
    snprintf(out->name, sizeof out->name, "%s", dot ? name : "micro");
    if (out->metric > METRIC_F1 && is_average(out->name) && strcmp(out->name, "micro"))
        return error_set(err, ERROR_USAGE, "--fail-if: %s is a mean, and has no %s", out->name, metric);
    if (named)
        out->score = named;
    else if (is_average(out->name))
        out->score = scores->ner ? scores->ner : scores->re;
    else
        out->score = find_type(scores->ner, out->name) ? scores->ner : scores->re;
    if (!is_average(out->name) && !find_type(out->score, out->name))
        return error_set(err, ERROR_USAGE, "--fail-if: %s is in neither file", out->name);
    return 0;
}

/* What is no score may be another number; if not, it is said what is wrong with it as a score. */
static int parse_name(const char *text, size_t n, const struct eval_scores *scores, struct condition *out,
                      struct error *err)
{
    if (!parse_score(text, n, scores, out, err))
        return 0;
    if (!n || n >= sizeof out->name)
        return -1;
    memcpy(out->name, text, n);
    out->name[n] = '\0';
    out->score = NULL;
    return eval_figures_find(scores->figures, out->name, &out->figure) ? 0 : -1;
}

/* Reads one condition and moves *at behind it. */
static int parse_condition(const char **at, const struct eval_scores *scores, struct condition *out, struct error *err)
{
    const char *text = *at;
    while (isspace((unsigned char)*text))
        text++;
    size_t n = strcspn(text, "<>");
    const char *p = text + n;
    *out = (struct condition){.greater = *p == '>'};
    if (!*p)
        return not_a_condition(text, err);
    out->or_equal = *++p == '=';
    p += out->or_equal;
    while (n && isspace((unsigned char)text[n - 1]))
        n--;
    char *end;
    out->bound = strtod(p, &end);
    if (end == p || !isfinite(out->bound))
        return not_a_condition(text, err);
    *at = end;
    return parse_name(text, n, scores, out, err);
}

static double value_of(const struct condition *condition)
{
    const struct score *score = condition->score;
    if (!score)
        return condition->figure;
    const struct score_counts *counts =
        is_average(condition->name) ? &score->micro : find_type(score, condition->name);
    struct score_ratios ratios = !strcmp(condition->name, "macro")      ? score_macro(score)
                                 : !strcmp(condition->name, "weighted") ? score_weighted(score)
                                                                        : score_ratios(counts);
    switch (condition->metric) {
    case METRIC_P:
        return ratios.p;
    case METRIC_R:
        return ratios.r;
    case METRIC_TP:
        return (double)counts->tp;
    case METRIC_FP:
        return (double)counts->fp;
    case METRIC_FN:
        return (double)counts->fn;
    default:
        return ratios.f1;
    }
}

static bool condition_holds(const struct condition *condition, struct error *why)
{
    double value = value_of(condition);
    bool equal = condition->or_equal && value == condition->bound;
    bool holds = isnan(value) || equal || (condition->greater ? value > condition->bound : value < condition->bound);
    if (!holds)
        return false;
    const char *sign = condition->greater ? (condition->or_equal ? ">=" : ">") : (condition->or_equal ? "<=" : "<");
    const char *dot = condition->score ? "." : "", *metric = condition->score ? metric_names[condition->metric] : "";
    if (isnan(value))
        error_set(why, ERROR_FINDING, "%s%s%s is undefined, where %s %g fails", condition->name, dot, metric, sign,
                  condition->bound);
    else
        error_set(why, ERROR_FINDING, "%s%s%s is %.6g, which is %s %g", condition->name, dot, metric, value, sign,
                  condition->bound);
    return true;
}

/* The word at *at, "or" or "and", consumed. */
static bool take_word(const char **at, const char *word)
{
    const char *p = *at;
    size_t n = strlen(word);
    while (isspace((unsigned char)*p))
        p++;
    if (strncmp(p, word, n) || !isspace((unsigned char)p[n]))
        return false;
    *at = p + n;
    return true;
}

int eval_condition_check(const char *text, const struct eval_scores *scores, bool *holds_out, struct error *why,
                         struct error *err)
{
    const char *at = text;
    *holds_out = false;
    do {
        bool all = true;
        do {
            struct condition condition;
            struct error said;
            if (parse_condition(&at, scores, &condition, err))
                return -1;
            bool holds = condition_holds(&condition, &said);
            if (all && holds && !*holds_out)
                *why = said;
            all = all && holds;
        } while (take_word(&at, "and"));
        *holds_out = *holds_out || all;
    } while (take_word(&at, "or"));
    while (isspace((unsigned char)*at))
        at++;
    return *at ? not_a_condition(at, err) : 0;
}
